"""The page of an evaluation."""

from typlora.evaluate.report.page import to_html

__all__ = ["to_html"]
