"""Words of the source that the parser left alone (options of listings), read as text of the document."""

from typlora.convert.document.builder import Builder
from typlora.convert.document.pieces import Pieces
from typlora.tex.parse import parse


def inline_slice(builder: Builder, start: int, stop: int) -> Pieces:
    """The source from ``start`` to ``stop`` as one line; offsets stay those of the source."""
    return builder.inline(parse(" " * start + builder.context.text[start:stop]).nodes)
