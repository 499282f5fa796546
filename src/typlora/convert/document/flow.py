"""One flow of paragraphs and blocks, as it is written: the document, a list item, a table cell, a caption."""

from collections.abc import Callable
from dataclasses import dataclass, field

from typlora.convert.document.chunks import Chunk
from typlora.convert.document.context import Context
from typlora.convert.document.lines import in_line
from typlora.convert.document.nodes import Node, end
from typlora.convert.document.pieces import Mark, Piece, Pieces, is_empty, strip
from typlora.tex.unit import UnitKind


@dataclass(slots=True)
class Flow:
    """Finished chunks, and the paragraph that is being written from ``start`` to ``stop`` of the source."""

    context: Context
    chunks: list[Chunk] = field(default_factory=list)
    paragraph: Pieces = field(default_factory=list)
    start: int = -1
    stop: int = 0
    odd: bool = False  # the paragraph has a command that nobody knows
    one_line: bool = False  # a heading, a cell of a line: blocks have no place in it

    def add(self, *pieces: Piece) -> None:
        """Append to the current paragraph."""
        self.paragraph.extend(pieces)

    def block(self, kind: UnitKind, pieces: Pieces, node: Node, note: str = "") -> None:
        """End the paragraph and append a block of its own."""
        stop = self.stop
        self.stop = min(stop, max(node.pos, self.start))
        self.flush()
        self.stop = stop
        if pieces:
            self.chunks.append(Chunk(kind, pieces, node.pos, end(node), note=note))

    def flush(self) -> None:
        """End the current paragraph."""
        pieces = in_line(strip(self.paragraph))
        if pieces and not is_empty(pieces):
            start = self.start if self.start >= 0 else self.stop
            if self.chunks and self.chunks[-1].run_in:
                heading = self.chunks.pop()
                pieces, start = [*heading.pieces, Mark("\n"), *pieces], heading.start
            stop = max(self.stop, start)
            self.chunks.append(Chunk(UnitKind.PARAGRAPH, pieces, start, stop, inline=True, odd=self.odd))
        elif pieces and self.chunks:
            self.chunks[-1].pieces.extend(pieces)
        self.paragraph, self.start, self.odd = [], -1, False

    def take(self, inner: "Flow", style: Callable[[Pieces], Pieces]) -> None:
        """A flow of its own into this one, with a style on every paragraph."""
        tail = inner.paragraph
        inner.paragraph = []
        for chunk in inner.chunks:
            pieces = style(chunk.pieces) if chunk.inline else chunk.pieces
            if chunk.inline:
                self.add(*pieces)
                self.flush()
            else:
                self.flush()
                self.chunks.append(Chunk(chunk.kind, pieces, chunk.start, chunk.stop, False, chunk.note))
        if tail:
            self.add(*(tail if is_empty(tail) else style(tail)))
