"""Japanese: classes, furigana, and what pLaTeX's classes do by themselves.

Line breaks between CJK characters are removed when text is written (`typlora.convert.document.pieces`).
"""

from typlora.convert.document.builder import IGNORED, Builder, macro
from typlora.convert.document.nodes import Cursor, Node, content
from typlora.convert.document.pieces import Code, Mark, Styled, Text, call
from typlora.convert.document.tally import count
from typlora.tex.wordlist import words

CLASSES = frozenset(
    [
        "jsarticle",
        "jsreport",
        "jsbook",
        "jarticle",
        "jreport",
        "jbook",
        "tarticle",
        "treport",
        "tbook",
        "ujarticle",
        "ujreport",
        "ujbook",
        "utarticle",
        "utreport",
        "utbook",
        "jlreq",
        "ltjsarticle",
        "ltjsreport",
        "ltjsbook",
        "ltjarticle",
        "ltjreport",
        "ltjbook",
        "bxjsarticle",
        "bxjsreport",
        "bxjsbook",
        "kiyou",
        "ipsj",
    ]
)
CHINESE = frozenset({"ctexart", "ctexrep", "ctexbook", "ctexbeamer"})
VERTICAL = words("tarticle treport tbook utarticle utreport utbook ltjtarticle ltjtreport ltjtbook")

IGNORED.update(
    {"kanjiskip": "", "xkanjiskip": "", "prebreakpenalty": "", "西暦": "", "和暦": "", "yoko": "", "tate": "",
     "mcfamily": "", "mgfamily": "", "rubyfamily": ""}
)  # fmt: skip


@macro("ruby", "kana", "furigana", "jruby")
def ruby(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The reading above the characters."""
    _, base, reading = cursor.arguments(node, "[{{")
    builder.context.need("ruby")
    bases, readings = builder.source(base).split("|"), builder.source(reading).split("|")
    if len(bases) == len(readings) > 1:  # a reading for each character
        for one, above in zip(bases, readings, strict=True):
            builder.add(*call("ruby", [Text(one)])[:-1], Mark("]["), Text(above), Code("]"))
        return
    words = [
        Text(piece.text.replace("|", "")) if isinstance(piece, Text) else piece
        for piece in builder.argument(base)
    ]
    above_all = [
        Text(piece.text.replace("|", "")) if isinstance(piece, Text) else piece
        for piece in builder.argument(reading)
    ]
    builder.add(*call("ruby", words)[:-1], Mark("]["), *call("", above_all)[1:])


@macro("kenten", "bou", "bouten")
def emphasis_marks(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Dots beside characters, which Typst has not: strong emphasis."""
    _, argument = cursor.arguments(node, "[{")
    builder.add(Styled("*", tuple(builder.argument(argument))))


@macro("textgt", "textmc", "textmg")
def family(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Gothic type is what Japanese uses for strong emphasis; the other families are those of the text."""
    (argument,) = cursor.arguments(node, "{")
    if node.macroname == "textgt":
        builder.add(Styled("*", tuple(builder.argument(argument))))
    else:
        builder.run(content(argument))


@macro("kintou", "kintouwari", "jidou")
def spread(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Characters spread over a width: the characters."""
    _, argument = cursor.arguments(node, "{{")
    count(builder.context, "layout not carried over: horizontal space", node, node.macroname, "")
    builder.run(content(argument))


@macro("rensuji", "tatechuyoko")
def upright(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Figures upright in a vertical line, which is written horizontally."""
    builder.run(content(cursor.arguments(node, "*[{")[2]))
