"""Japanese: classes, furigana, and what pLaTeX's classes do by themselves.

Line breaks between CJK characters are removed when text is written (`typlora.convert.document.pieces`).
"""

import re

from typlora.convert.document.builder import IGNORED, Builder, environment, environment_arguments, macro
from typlora.convert.document.nodes import Cursor, Node, content, is_macro
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, Styled, Text, call, is_empty
from typlora.tex.unit import UnitKind

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
VERTICAL = frozenset(["tarticle", "treport", "tbook", "utarticle", "utreport", "utbook"])
IGNORED.update(
    {"kanjiskip": "", "xkanjiskip": "", "prebreakpenalty": "", "西暦": "", "和暦": "", "yoko": "", "tate": ""}
)


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


@macro("rensuji", "tatechuyoko")
def upright(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Figures upright in a vertical line, which is written horizontally."""
    builder.run(content(cursor.arguments(node, "*[{")[2]))


@environment("screen", "itembox", "shadebox", "boxnote", "breakbox", "framed", "mdframed", "tcolorbox",
    "shaded", "frshaded",
             "snugshade", "leftbar", "Sbox", "oframed", "mybox", "screenbox")  # fmt: skip
def framed(builder: Builder, node: Node) -> None:
    """A frame around blocks; ``itembox`` and ``tcolorbox`` may have a title."""
    name = node.environmentname
    if name == "itembox":
        arguments, nodes = environment_arguments(builder, node, "[{")
        title = builder.argument(arguments[1])
    else:
        arguments, nodes = environment_arguments(builder, node, "[")
        options = builder.source(arguments[0])
        found = (
            re.search(r"title\s*=\s*(\{[^{}]*\}|[^,]*)", options)
            if name in {"tcolorbox", "mdframed"}
            else None
        )
        title = [Text(re.sub(r"\\[a-zA-Z]+\s*|[{}]", "", found[1]))] if found else []
    cuts = [index for index, part in enumerate(nodes) if is_macro(part, "tcblower")]
    body = builder.flow(nodes[: cuts[0]] if cuts else nodes)
    if cuts:
        rule: Pieces = [Mark("\n\n"), Code("#line(length: 100%, stroke: 0.5pt)"), Mark("\n\n")]
        body = [*body, *rule, *builder.flow(nodes[cuts[0] + 1 :])]
    if not is_empty(title):
        body = [Styled("*", tuple(title)), Mark("\n\n"), *body]
    builder.block(
        UnitKind.PARAGRAPH,
        call(
            "block(stroke: 0.5pt, inset: 8pt, width: 100%)",
            [Mark("\n"), Shift(2), Mark("  "), *body, Shift(-2), Mark("\n")],
        ),
        node,
    )
