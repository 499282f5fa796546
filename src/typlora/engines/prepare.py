"""What both rule engines need around their own work: refuse, rewrite, and put back."""

from dataclasses import dataclass
from typing import ClassVar

from typlora.engines import latex_tokens

DEEPEST = 100  # tylax overflows its stack near 5,000 and takes the process with it; Typst stops at 256
LONGEST = 50_000  # characters
LEAKS = ("|||HLINE|||", "___TYPST_CELL___", "/* ")
"""Traces of LaTeX an engine did not understand but wrote anyway."""


@dataclass(frozen=True, slots=True)
class Prepared:
    RULES: ClassVar[str] = "1"

    latex: str

    def restore(self, typst: str) -> str | None:
        return typst


def prepare(latex: str, display: bool) -> Prepared | None:
    if len(latex) > LONGEST or "\0" in latex:
        return None
    tokens = latex_tokens.split(latex)
    if latex_tokens.nesting(tokens) > DEEPEST:
        return None
    return Prepared(latex_tokens.join(tokens))
