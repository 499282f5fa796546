"""What the body of a table is: cells with what they span, and lines between rows."""

from dataclasses import dataclass, field

from typlora.convert.document.pieces import Pieces


@dataclass(slots=True)
class Cell:
    """A cell with the number of columns and rows it takes."""

    pieces: Pieces
    columns: int = 1
    rows: int = 1
    align: str = ""
    fill: str = ""


@dataclass(slots=True)
class Rows:
    """The rows of a table in order, and the lines between them: ``(before row, start, end, stroke)``."""

    cells: list[list[Cell]] = field(default_factory=list)
    lines: list[tuple[int, int, int | None, str]] = field(default_factory=list)
    header: int = 0
