"""The report of a conversion: what became of every unit, for people and for programs."""

from typlora.convert.report.items import Document, Item, Report, Status, build

__all__ = ["Document", "Item", "Report", "Status", "build"]
