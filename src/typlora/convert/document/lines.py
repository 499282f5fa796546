"""What stands on the lines of a paragraph that Typst would set apart: pictures, and space that grows."""

import re

from typlora.convert.document.pieces import Code, Later, Mark, Piece, Pieces, is_empty

_PICTURE = re.compile(r"#(?:image|scale|rotate|missing-image)\(")
FILL = Code("#h(1fr)")


def in_line(pieces: Pieces) -> Pieces:
    """Pictures among other things in boxes: Typst ends the line at a bare one. Space alone is nothing."""
    if all(piece == FILL or is_empty([piece]) for piece in pieces):
        return []
    return [
        Code(f"#box({piece.typst[1:]})")
        if isinstance(piece, Code) and _PICTURE.match(piece.typst) and not _alone(pieces, index)
        else piece
        for index, piece in enumerate(pieces)
    ]


def _alone(pieces: Pieces, index: int) -> bool:
    """Whether a picture has nothing beside it in its paragraph or between its brackets."""
    before = next((piece for piece in reversed(pieces[:index]) if _is_seen(piece)), None)
    behind = next((piece for piece in pieces[index + 1 :] if _is_seen(piece)), None)
    begins = before is None or (isinstance(before, Mark) and before.typst.rstrip().endswith(("[", "(")))
    return begins and (behind is None or (isinstance(behind, Mark | Code) and behind.typst[0] in "])"))


def _is_seen(piece: Piece) -> bool:
    return not (isinstance(piece, Later) or is_empty([piece]))
