"""Line ends within Japanese and Chinese text: TeX makes no space of them, Typst does.

Within a stretch of text the emitter joins the lines; here the neighbours are seen as readers see them, so
that the words of ``*strong*`` text, furigana and the like count, and not their marks.
"""

import re
from collections.abc import Sequence

from typlora.convert.document.pieces import Code, Mark, Piece, Pieces, Styled, Text

CJK = (
    r"\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    r"\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0002fa1f"
)
IS_CJK = re.compile(f"[{CJK}]")
_OPENS = re.compile(
    r"#(?:ruby|strong|emph|text|underline|highlight|super|sub|smallcaps|fixed-width)\b[^\[\n]*\["
)
_LINE_END = re.compile(r"[ \t]*\n[ \t\n]*$")
_LINE_START = re.compile(r"^[ \t]*\n[ \t\n]*")


def join_lines(pieces: Sequence[Piece]) -> Pieces:
    """The same row without the line ends that stand between two CJK characters of different pieces."""
    out: Pieces = []
    for index, piece in enumerate(pieces):
        if isinstance(piece, Styled):
            piece = Styled(piece.mark, tuple(join_lines(piece.pieces)))
        elif isinstance(piece, Text) and "\n" in piece.text:
            piece = Text(_joined(piece.text, out, pieces[index + 1 :]))
        out.append(piece)
    return out


def _joined(text: str, before: Sequence[Piece], behind: Sequence[Piece]) -> str:
    start = _LINE_START.match(text)
    if start and IS_CJK.match(_last(before)) and IS_CJK.match(text[start.end() :] or _first(behind)):
        text = text[start.end() :]
    stop = _LINE_END.search(text)
    if stop and stop.start() and IS_CJK.match(text[stop.start() - 1]) and IS_CJK.match(_first(behind)):
        text = text[: stop.start()]
    return text


def _first(pieces: Sequence[Piece]) -> str:
    """The first character a reader sees; empty where that is no text."""
    for piece in pieces:
        if isinstance(piece, Text) and piece.text:
            return piece.text[0]
        if isinstance(piece, Styled) and (found := _first(piece.pieces)):
            return found
        if not (isinstance(piece, Mark | Code) and _OPENS.fullmatch(piece.typst)) and not _is_empty(piece):
            return ""
    return ""


def _last(pieces: Sequence[Piece]) -> str:
    """The last character a reader has seen; empty where that is no text."""
    for piece in reversed(pieces):
        if isinstance(piece, Text) and piece.text:
            return piece.text[-1]
        if isinstance(piece, Styled) and (found := _last(piece.pieces)):
            return found
        if not (isinstance(piece, Mark | Code) and piece.typst == "]") and not _is_empty(piece):
            return ""
    return ""


def _is_empty(piece: Piece) -> bool:
    return (isinstance(piece, Text) and not piece.text) or (isinstance(piece, Styled) and not piece.pieces)
