"""A unit: a piece of LaTeX that can be judged alone, and where it stands in the user's files."""

from dataclasses import dataclass
from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is; decides which engines are asked and how it is verified."""

    FORMULA = "formula"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    FIGURE = "figure"
    THEOREM = "theorem"
    LISTING = "listing"
    ALGORITHM = "algorithm"
    BIBLIOGRAPHY = "bibliography"
    QUOTE = "quote"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the user's files. Lines and columns count from 1; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Span("", 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of LaTeX.

    ``latex`` is the text to convert: for a formula its inside without ``$`` or ``\\[``, user macros
    expanded; an environment that decides the layout stays (``\\begin{align} ... \\end{align}``).
    ``display`` is meaningful for formulas only. ``macros`` holds the LaTeX definitions (newline
    separated) that the text still needs, empty after full expansion. ``labels`` are the ``\\label``
    keys that were inside, in order; they are removed from a formula's ``latex`` and stay in larger units.
    """

    kind: UnitKind
    latex: str
    span: Span = NOWHERE
    display: bool = False
    macros: str = ""
    labels: tuple[str, ...] = ()
