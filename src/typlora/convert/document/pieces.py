"""Pieces: what converters of constructs return, and how a row of pieces becomes Typst markup.

Escaping depends on the neighbours: ``-`` is a list marker only where a line begins, ``*`` is not strong
emphasis inside a word, ``#emph[x](y)`` would be a call. So text stays plain Unicode in a `Text` until
the whole row is known, and `emit` escapes it there.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Union

from typlora.convert.document.nouns import Slot


@dataclass(frozen=True, slots=True)
class Text:
    """Plain Unicode text, escaped when it is written. A no-break space becomes ``~``."""

    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Typst markup that is written as it stands."""

    typst: str


@dataclass(frozen=True, slots=True)
class Code:
    """Markup that ends in a code expression (``#f[x]``): what follows must not read as its continuation."""

    typst: str


@dataclass(frozen=True, slots=True)
class Reference:
    """``@label``, or ``#ref(<label>)`` where the next character would be read as part of the label."""

    label: str


@dataclass(frozen=True, slots=True)
class Styled:
    """``*strong*`` (``mark`` is ``*``) or ``_emphasis_`` (``_``)."""

    mark: str
    pieces: tuple["Piece", ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """Change of the indentation of the lines that follow, in spaces."""

    by: int


@dataclass(frozen=True, slots=True)
class Later:
    """Pieces that are known only when the whole document was read (references, labels)."""

    pieces: Callable[[], Sequence["Piece"]]


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a stretch of LaTeX (offsets ``start`` to ``stop``) begins or ends; nothing is written for it, but
    it stays in place as a `Seam`. ``held`` as there."""

    number: int
    begins: bool
    start: int
    stop: int
    held: bool = False


Piece = Union[Text, Mark, Code, Reference, Styled, Shift, Later, Edge, Slot]  # noqa: UP007 - Styled is a forward reference
Pieces = list[Piece]

PARAGRAPH = Mark("\n\n")
LINE_BREAK = Mark(" \\\n")
LINE_END = Mark("\n")


def text(value: str) -> Pieces:
    """One `Text`, or nothing for an empty string."""
    return [Text(value)] if value else []


def call(function: str, content: Iterable[Piece]) -> Pieces:
    """``#function[content]``."""
    return [Mark(f"#{function}["), *content, Code("]")]


def resolve(pieces: Iterable[Piece]) -> Pieces:
    """The same row without `Later`."""
    out: Pieces = []
    for piece in pieces:
        if isinstance(piece, Later):
            out.extend(resolve(piece.pieces()))
        elif isinstance(piece, Styled):
            out.append(Styled(piece.mark, tuple(resolve(piece.pieces))))
        elif isinstance(piece, Edge) and piece.held and out and out[-1] == replace(piece, begins=True):
            out.pop()  # a label that shows nothing here
        elif isinstance(piece, Text) and out and isinstance(out[-1], Text):
            out[-1] = Text(out[-1].text + piece.text)
        else:
            out.append(piece)
    return out


def strip(pieces: Sequence[Piece]) -> Pieces:
    """Without white space and line breaks at both ends."""
    row = list(pieces)
    if row and (isinstance(row[0], Edge) or isinstance(row[-1], Edge)):
        first = next((n for n, piece in enumerate(row) if not isinstance(piece, Edge)), len(row))
        last = next((n for n, piece in enumerate(reversed(row)) if not isinstance(piece, Edge)), 0)
        last = max(first, len(row) - last)
        return [*row[:first], *strip(row[first:last]), *row[last:]]
    while row and _blank(row[0]):
        row.pop(0)
    while row and _blank(row[-1]):
        row.pop()
    if row and isinstance(row[0], Text):
        row[0] = Text(row[0].text.lstrip(" \t\n"))
    if row and isinstance(row[0], Mark):
        row[0] = Mark(row[0].typst.lstrip(" \t\n"))
    if row and isinstance(row[-1], Text):
        row[-1] = Text(row[-1].text.rstrip(" \t\n"))
    if row and isinstance(row[-1], Mark):
        row[-1] = Mark(row[-1].typst.rstrip(" \t\n"))
    return row


def _blank(piece: Piece) -> bool:
    if isinstance(piece, Text):
        return not piece.text.strip(" \t\n")
    if isinstance(piece, Mark):
        return piece == LINE_BREAK or not piece.typst.strip()
    return isinstance(piece, Styled) and all(map(_blank, piece.pieces))


def is_empty(pieces: Sequence[Piece]) -> bool:
    """True where nothing would be seen."""
    return all(_blank(piece) or isinstance(piece, Shift | Edge) for piece in pieces)


def plain(pieces: Iterable[Piece]) -> str | None:
    """The text of a row that is only text, else None."""
    out: list[str] = []
    for piece in pieces:
        if isinstance(piece, Text):
            out.append(piece.text)
        elif isinstance(piece, Mark) and piece.typst in {'"', "'"}:
            out.append(piece.typst)
        else:
            return None
    return "".join(out)
