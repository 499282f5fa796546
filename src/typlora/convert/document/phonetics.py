"""Phonetic script (tipa): its ASCII input as the letters of the International Phonetic Alphabet."""

from collections.abc import Sequence

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.nodes import Cursor, Node, content
from typlora.convert.document.pieces import Piece, Pieces, Styled, Text

_LETTERS = str.maketrans(
    {
        **dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ɑβɕðɛɸɣɦɪʝʁʎɱŋɔʔʕɾʃθʊʋɯχʏʒ", strict=True)),
        **dict(zip("0123456789@", "ʉɨʌɜɥɐɒɤɵɘə", strict=True)),
        **{":": "ː", ";": "ˑ", '"': "ˈ", "g": "ɡ", "?": "ʔ", "|": "|"},
    }
)


def phonetic(pieces: Sequence[Piece]) -> Pieces:
    """Plain text in tipa's letters; what a command printed stays as it is."""
    out: Pieces = []
    for piece in pieces:
        if isinstance(piece, Text):
            out.append(Text(piece.text.translate(_LETTERS)))
        elif isinstance(piece, Styled):
            out.append(Styled(piece.mark, tuple(phonetic(piece.pieces))))
        else:
            out.append(piece)
    return out


@macro("textipa")
def textipa(builder: Builder, node: Node, cursor: Cursor) -> None:
    """``\\textipa{DIs}`` is ðɪs."""
    builder.add(*phonetic(builder.inline(content(cursor.arguments(node, "{")[0]))))


@environment("IPA")
def ipa(builder: Builder, node: Node) -> None:
    """The same for a stretch of text."""
    builder.add(*phonetic(builder.inline(environment_arguments(builder, node, "")[1])))
