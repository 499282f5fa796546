"""What both rule engines need around their own work: refuse, rewrite, and put back."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from typlora.engines import latex_tokens
from typlora.engines.marks import Marks, has_private
from typlora.engines.rewrite import Rewriter
from typlora.engines.rules import UnreadableError

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
DEEPEST = 100  # tylax overflows its stack near 5,000 and takes the process with it; Typst stops at 256
LONGEST = 50_000  # characters
LEAKS = ("|||HLINE|||", "___TYPST_CELL___", "/* ")
"""Traces of LaTeX an engine did not understand but wrote anyway."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """``latex`` is what the engine shall read; ``restore`` completes its answer."""

    latex: str
    marks: Marks

    def restore(self, typst: str) -> str | None:
        """The engine's Typst with the marks put back; ``None`` when it lost one."""
        return self.marks.restore(typst)


def prepare(latex: str, display: bool) -> Prepared | None:
    """``None`` for what no rule engine is given: too long, too deep, NUL bytes, unreadable."""
    if len(latex) > LONGEST or has_private(latex) or _CONTROL.search(latex):
        return None
    tokens = latex_tokens.split(latex)
    if latex_tokens.nesting(tokens) > DEEPEST:
        return None
    marks = Marks()
    try:
        rewritten = Rewriter(marks).formula(tokens, display)
    except (UnreadableError, OverflowError, RecursionError):
        return None
    return Prepared(latex_tokens.join(rewritten).strip(), marks)


@cache
def rules_version() -> str:
    """Changes with every rule: a hash over the modules that hold them, for the cache of conversions."""
    names = (
        "cells constructs environments latex_text latex_tokens lengths marks prepare renames rewrite rules "
        "symbols typst_tokens"
    )
    digest = hashlib.sha256()
    for name in names.split():
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()[:12]
