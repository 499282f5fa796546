"""Quotation marks: Typst's own where it turns them the same way as LaTeX."""

from collections.abc import Sequence

from typlora.convert.document.pieces import Mark, Piece, Text


def quote(chars: str, before: Sequence[Piece]) -> Piece:
    """A quotation mark: Typst's own where it will turn the same way, else the character itself."""
    opening = chars in {"``", "`"}
    previous = ""
    for piece in reversed(before):
        if isinstance(piece, Text) and piece.text:
            previous = piece.text[-1]
            break
        previous = "x" if not isinstance(piece, Mark) or piece.typst.strip() else ""
        if isinstance(piece, Mark) and piece.typst == '"':
            previous = "("
        break
    after_word = bool(previous) and not previous.isspace() and previous not in "([{-–—\u00a0"
    double = len(chars) == 2
    if opening == (not after_word):
        return Mark('"' if double else "'")
    return Text(
        {(True, True): "“", (True, False): "”", (False, True): "‘", (False, False): "’"}[double, opening]
    )
