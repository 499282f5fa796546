"""Where what nobody knows begins and ends in the output, so that an answer of a model can take its place.

An unknown environment, or a paragraph with an unknown command, may stand inside of a list, a theorem or a
float, which are one block together. Its edges stay in the parts of the block as empty text (`Seam`). Labels,
references and citations inside have edges of their own: they are no question, for rules know them.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from typlora.convert.document.chunks import Chunk
from typlora.convert.document.nodes import Cursor, Node, end
from typlora.convert.document.pieces import Edge
from typlora.tex.unit import UnitKind

if TYPE_CHECKING:
    from typlora.convert.document.builder import Builder
    from typlora.convert.document.context import Context

_HELD = re.compile(r"label|[A-Za-z]*[Rr]ef|[A-Za-z]*[Cc]ite[A-Za-z]*")
_CALL = re.compile(r"\\[A-Za-z]+\*?(?:\s*\[[^\[\]{}]*\])*\s*\{[^{}]*\}")


def around(context: "Context", chunks: Sequence[Chunk], start: int, stop: int) -> None:
    """Edges around blocks made of the LaTeX from ``start`` to ``stop``."""
    if not chunks:
        return
    context.edges += 1
    chunks[0].pieces.insert(0, Edge(context.edges, True, start, stop))
    chunks[-1].pieces.append(Edge(context.edges, False, start, stop))


def mark_odd(context: "Context", chunks: Sequence[Chunk]) -> None:
    """Edges around paragraphs with a command that nobody knows; cells of tables are left alone."""
    for chunk in chunks:
        if chunk.odd and not context.options.get("in-table"):
            around(context, [chunk], chunk.start, chunk.stop)
            chunk.odd = False


def may_have_edges(context: "Context", chunks: Sequence[Chunk]) -> bool:
    """A float looks at its blocks, and takes a table or picture for its body: no edges there."""
    plain = all(chunk.inline or chunk.kind is UnitKind.LIST for chunk in chunks)
    return plain or not context.options.get("in-float")


@contextmanager
def held(builder: "Builder", node: Node, cursor: Cursor) -> Iterator[None]:
    """Edges around what a label, reference or citation becomes, where that is plain to see in the LaTeX."""
    context = builder.context
    if not _HELD.fullmatch(node.macroname):
        yield
        return
    before = len(builder.paragraph)
    yield
    following = cursor.peek(skip_blank=False)
    stop = following.pos if following is not None else end(node)
    call = _CALL.match(context.text, node.pos)
    if call is None or call.end() > stop or context.text[call.end() : stop].strip():
        return
    if len(builder.paragraph) <= before:  # it shows nothing here
        return
    context.edges += 1
    first = Edge(context.edges, True, node.pos, call.end(), held=True)
    last = Edge(context.edges, False, node.pos, call.end(), held=True)
    builder.paragraph[before:] = [first, *builder.paragraph[before:], last]
