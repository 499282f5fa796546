"""Japanese: classes, furigana, and what pLaTeX's classes do by themselves.

Line breaks between CJK characters are removed when text is written (`typlora.convert.document.pieces`).
"""

from typlora.convert.document.builder import IGNORED, Builder, environment, environment_arguments, macro
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Mark, Shift, call
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
    builder.add(
        *call("ruby", builder.argument(base))[:-1], Mark("]["), *call("", builder.argument(reading))[1:]
    )


@environment("screen", "itembox", "shadebox", "boxnote", "breakbox", "framed", "mdframed", "tcolorbox",
    "shaded", "frshaded",
             "snugshade", "leftbar", "Sbox", "oframed", "mybox", "screenbox")  # fmt: skip
def framed(builder: Builder, node: Node) -> None:
    """A frame around blocks; ``itembox`` and ``tcolorbox`` may have a title."""
    import re

    from typlora.convert.document.pieces import Styled, Text, is_empty

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
    body = builder.flow(nodes)
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
