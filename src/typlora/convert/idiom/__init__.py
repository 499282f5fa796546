"""Rewrites of Typst maths towards what a person would write; each step is a function of the text."""

from typlora.convert.idiom.spacing import respace
from typlora.convert.idiom.steps import STEPS

__all__ = ["STEPS", "respace"]
