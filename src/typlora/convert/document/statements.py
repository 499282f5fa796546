"""Statements of an algorithm as lines with depths, whichever package they were written for."""

from typlora.convert.document.builder import Builder
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, Styled, Text

Line = tuple[int, Pieces]

# Words before the argument of a command, or in its place.
HEADS = {"Require": "Require:", "Ensure": "Ensure:", "Input": "Input:", "Output": "Output:",
    "Return": "return",
          "Print": "print", "KwIn": "Input:", "KwOut": "Output:", "KwData": "Data:", "KwResult": "Result:",
          "KwRet": "return", "SetAlgoLined": "", "Initialize": "Initialize:", "KwInput": "Input:",
          "KwOutput": "Output:"}  # fmt: skip


def bold(words: str) -> Pieces:
    """Keywords of a statement."""
    return [Styled("*", (Text(words),))] if words else []


def write_lines(builder: Builder, lines: list[Line], *, numbered: bool) -> Pieces:
    """``#algorithm-lines`` with one argument a line: depth and content."""
    if not lines:
        return []
    builder.context.need("algorithm-lines")
    out: Pieces = [
        Mark(f"#algorithm-lines(numbered: {'true' if numbered else 'false'},\n"),
        Shift(2),
        Mark("  "),
    ]
    for depth, pieces in lines:
        out += [Mark(f"({depth}, ["), *pieces, Mark("]),\n")]
    return [*out, Shift(-2), Mark("\n"), Code(")")]
