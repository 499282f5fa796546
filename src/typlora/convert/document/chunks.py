"""A chunk of a flow of text: one paragraph or another block."""

from collections.abc import Sequence
from dataclasses import dataclass

from typlora.convert.document.pieces import PARAGRAPH, Pieces
from typlora.tex.unit import UnitKind


@dataclass(slots=True)
class Chunk:
    """A paragraph (``inline``) or another block, with the stretch of source it came from."""

    kind: UnitKind
    pieces: Pieces
    start: int
    stop: int
    inline: bool = False
    note: str = ""
    run_in: bool = False  # a heading on the first line of the paragraph that follows
    odd: bool = False  # has a command that nobody knows


def join(chunks: Sequence[Chunk]) -> Pieces:
    """Chunks one after the other with blank lines between."""
    out: Pieces = []
    for chunk in chunks:
        if out:
            out.append(PARAGRAPH)
        out.extend(chunk.pieces)
    return out
