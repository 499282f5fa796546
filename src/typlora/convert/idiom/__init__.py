"""Rewrites of Typst maths towards what a person would write; each step is a function of tokens."""

from typlora.convert.idiom.steps import STEPS, Step
from typlora.convert.idiom.tokens import Token, tokenize, write

__all__ = ["STEPS", "Step", "Token", "tokenize", "write"]
