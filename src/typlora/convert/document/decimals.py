"""Columns aligned on their decimal points: siunitx ``S``, dcolumn ``D``, and ``r@{.}l``.

Typst aligns whole cells. Such a column stands right, and where a number has fewer decimals than the widest
one the missing ones follow hidden: ``[3.5#hide[45]]`` below ``[12.345]``. Digits are of one width, so that
the points stand below each other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from typlora.convert.document.cells import Cell, Rows
from typlora.convert.document.columns import Column
from typlora.convert.document.pieces import Mark, Piece, Pieces, Styled, Text, is_empty, strip
from typlora.convert.document.units import number_text

_SHOWN = re.compile(
    r"(?P<left>[(<>~±−+\-]*[\d\u202f]*)(?P<right>(?:[.,][\d\u202f]*)?[)%]?(?:[(±\u202f×].*)?)"
)
_TYPED = re.compile(r"[-+<>]?\d*[.,]?\d*(?:\s*(?:\+-|\(\d+\)|\\pm).*)?(?:[eE][-+]?\d+)?")
_TAIL = re.compile(r"(?P<number>[^^]*?)\s*\^\s*\{?(?P<tail>\*+|[a-z†‡§¶∗]+)\}?")


@dataclass(frozen=True, slots=True)
class Number:
    """What follows the whole part of a number, from the point on, and what is raised behind it."""

    right: str
    tail: str = ""


def join_columns(rows: Rows, cols: list[Column]) -> list[Column]:
    """``r@{.}l`` as one column: the numbers in it were written in two halves."""
    while index := next((i for i, column in enumerate(cols) if column.decimal == "half"), 0):
        point, first = cols[index].before.strip(), cols[index - 1]
        rows.cells = [_joined_row(row, index, point) for row in rows.cells]
        rows.lines = [
            (before, start - (start >= index), None if stop is None else stop - (stop > index), stroke)
            for before, start, stop, stroke in rows.lines
        ]
        joined = Column("right", left=first.left, bold=first.bold, before=first.before, decimal="joined")
        cols = [*cols[: index - 1], joined, *cols[index + 1 :]]
    return cols


def _joined_row(row: Sequence[Cell], index: int, point: str) -> list[Cell]:
    out: list[Cell] = []
    column = 0
    for cell in row:
        start, column = column, column + cell.columns
        if start == index and cell.columns == 1 and out:
            _join(out[-1], cell, point)
            continue
        if start <= index < column and cell.columns > 1:
            cell.columns -= 1
        out.append(cell)
    return out


def _join(first: Cell, second: Cell, point: str) -> None:
    """The second half of a number behind the first; what is not a number keeps its distance."""
    halves = first.columns == 1 and not first.align and not second.align
    if is_empty(first.pieces) and (is_empty(second.pieces) or not halves):
        first.pieces = second.pieces
    elif not is_empty(second.pieces) or halves:
        first.pieces = strip([*first.pieces, Text(point if halves else " "), *second.pieces])


def typed(latex: str) -> str | None:
    """A number as siunitx prints it where ``latex`` is one and nothing else."""
    text = latex.strip().strip("$").strip()
    return number_text(text) if re.search(r"\d", text) and _TYPED.fullmatch(text) else None


def raised(latex: str) -> tuple[str, str] | None:
    """``1.23^{**}`` of a column set in mathematics: the number, and what is raised."""
    found = _TAIL.fullmatch(latex.strip())
    if found is None:
        return None
    return number_text(found["number"]), found["tail"]


def pad(rows: Rows, cols: Sequence[Column]) -> None:
    """Let the numbers of every decimal column end at one place."""
    for index, column in enumerate(cols):
        if not column.decimal:
            continue
        numbers = [(cell, number) for cell in _column(rows, index) if (number := _number(cell.pieces))]
        if not numbers:
            continue
        widest = max((number.right for _, number in numbers), key=len)
        tail = max((number.tail for _, number in numbers), key=len)
        for cell, number in numbers:
            cell.pieces = [*cell.pieces, *_padding(number, widest, tail)]


def _padding(number: Number, widest: str, tail: str) -> Pieces:
    hidden: Pieces = []
    if missing := widest[len(number.right) :]:
        hidden += [Mark("#hide["), Text(missing), Mark("]")]
    if missing := tail[len(number.tail) :]:
        hidden += [Mark("#hide[#super["), Text(missing), Mark("]]")]
    return hidden


def _column(rows: Rows, index: int) -> list[Cell]:
    found = []
    for row in rows.cells:
        column = 0
        for cell in row:
            if column == index and cell.columns == 1 and not cell.align:
                found.append(cell)
            column += cell.columns
    return found


def _number(pieces: Sequence[Piece]) -> Number | None:
    row = list(pieces)
    tail = ""
    if len(row) > 2 and row[-3] == Mark("#super[") and isinstance(row[-2], Text):
        tail, row = row[-2].text, row[:-3]
    text = _plain(row)
    if text is None or not re.search(r"\d", text):
        return None
    found = _SHOWN.fullmatch(text.strip())
    return Number(found["right"], tail) if found else None


def _plain(pieces: Sequence[Piece]) -> str | None:
    out = []
    for piece in pieces:
        if isinstance(piece, Text):
            out.append(piece.text)
        elif isinstance(piece, Styled) and (inner := _plain(piece.pieces)) is not None:
            out.append(inner)
        else:
            return None
    return "".join(out)
