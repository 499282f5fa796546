"""The body of a float: one expression from its blocks, and what kind of thing it is."""

import re

from typlora.convert.document.chunks import Chunk
from typlora.convert.document.pieces import Code, Mark, Piece, Pieces, Shift, Text, is_empty, strip


def looks_like_table(body: Pieces) -> bool:
    first = next((p for p in body if isinstance(p, Mark) and p.typst.strip()), None)
    return first is not None and first.typst.lstrip("#").startswith("table(")


def is_text(body: Pieces) -> bool:
    """A body that Typst cannot tell the kind of."""
    first = next((p for p in body if isinstance(p, Mark | Code) and p.typst.strip()), None)
    head = first.typst.lstrip("#").split("(")[0] if first is not None else ""
    return head not in {"table", "image"}


def figure_body(chunks: list[Chunk]) -> Pieces:
    """One expression from the blocks of a float."""
    parts = [strip(_bare(chunk)) for chunk in chunks]
    parts = [part for part in parts if not is_empty(part)]
    if not parts:
        return []
    if len(parts) == 1 and _is_expression(parts[0]):
        return parts[0]
    out: Pieces = [Mark("[\n"), Shift(2), Mark("  ")]
    for index, part in enumerate(parts):
        if index:
            beside = _is_subfigure(part) and _is_subfigure(parts[index - 1])
            out.append(Mark("\n" if beside else "\n\n"))
        out.extend([Mark("#"), *part] if _is_expression(part) else part)
    return [*out, Shift(-2), Mark("\n"), Mark("]")]


def _is_subfigure(part: Pieces) -> bool:
    return isinstance(part[0], Mark) and part[0].typst.startswith("#subfigure(")


_EXPRESSION = re.compile(r"#?(table|fit-width|image|grid|scale|rotate|raw|rect|missing-image|stack)\(")


def _bare(chunk: Chunk) -> Pieces:
    """The pieces of a block, an expression without its ``#``."""
    pieces = chunk.pieces
    if not chunk.inline and len(pieces) > 1 and pieces[0] == Mark("#") and pieces[1] == Mark("grid(\n"):
        return pieces[1:]
    return _unhash(pieces)


def _unhash(pieces: Pieces) -> Pieces:
    """``#image(..)`` alone without its ``#``; anything else unchanged."""
    row = strip(pieces)
    seen = [p for p in row if not (isinstance(p, Mark | Code | Text) and not _string(p).strip())]
    if not seen or not isinstance(seen[0], Mark | Code):
        return pieces
    if len(seen) == 1 and isinstance(seen[0], Code) and _EXPRESSION.match(seen[0].typst):
        return [Code(seen[0].typst.removeprefix("#"))]
    head = seen[0].typst
    if (
        head == "#"
        and len(seen) > 2
        and isinstance(seen[1], Mark)
        and seen[1].typst.startswith(("table(", "fit-width("))
    ):
        depth_ok = sum(isinstance(p, Mark) and p.typst == "#" for p in seen) == 1
        last = seen[-1]
        if depth_ok and isinstance(last, Mark | Code) and _string(last) in {")", ""}:
            return row[1:]
    return pieces


def _string(piece: Piece) -> str:
    return piece.text if isinstance(piece, Text) else piece.typst if isinstance(piece, Mark | Code) else "x"


def _is_expression(pieces: Pieces) -> bool:
    first = next((p for p in pieces if isinstance(p, Mark | Code) and p.typst.strip()), None)
    return (
        pieces[0] is first
        and first is not None
        and bool(re.match(r"(table|fit-width|image|grid|scale|rotate|missing-image)\(", _string(first)))
    )


def uncaptioned(body: Pieces) -> Pieces:
    if _is_expression(body):
        return [Mark("#align(center, "), *body, Mark(")")]
    return [Mark("#align(center)"), *body]
