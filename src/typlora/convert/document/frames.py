"""Frames around blocks: framed, mdframed, tcolorbox and the boxes of Japanese classes."""

import re

from typlora.convert.document.builder import Builder, environment, environment_arguments
from typlora.convert.document.colors import color
from typlora.convert.document.nodes import Node, is_macro
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, Styled, call, is_empty, strip
from typlora.convert.document.slices import inline_slice
from typlora.tex.unit import UnitKind

_FRAME = "block(stroke: 0.5pt, inset: 8pt, width: 100%)"


def _box_title(builder: Builder, node: Node, options: str) -> Pieces:
    """What ``title=`` says."""
    given = re.findall(r"(?<![A-Za-z])(?:frame)?title\s*=\s*(\{(?:[^{}]|\{[^{}]*\})*\}|[^,]*)", options)
    words = given[-1].strip() if given else ""  # the last one counts: defaults stand before it
    words = words[1:-1].strip() if words.startswith("{") and words.endswith("}") else words
    start = builder.context.text.find(words, node.pos) if words else -1
    return strip(inline_slice(builder, start, start + len(words))) if start >= 0 else []


def _box_look(builder: Builder, options: str) -> str:
    """The frame, with the colours that tcolorbox or mdframed are given."""
    given = dict(re.findall(r"(\w+)\s*=\s*(\{[^{}]*\}|[^,\]]*)", options))
    shown = {}
    for side, names in (("fill", ("colback", "backgroundcolor")), ("stroke", ("colframe", "linecolor"))):
        name = next((given[key].strip("{} ") for key in names if key in given), "")
        shown[side] = color(builder.context, name, "") if name else ""
    stroke = f"0.5pt + {shown['stroke']}" if shown["stroke"] else "0.5pt"
    fill = f"fill: {shown['fill']}, " if shown["fill"] else ""
    return f"block({fill}stroke: {stroke}, inset: 8pt, width: 100%)"


@environment("screen", "itembox", "shadebox", "boxnote", "breakbox", "framed", "mdframed", "tcolorbox",
    "shaded", "frshaded",
             "snugshade", "leftbar", "Sbox", "oframed", "mybox", "screenbox")  # fmt: skip
def framed(builder: Builder, node: Node) -> None:
    """A frame around blocks; ``itembox`` and ``tcolorbox`` may have a title."""
    name = node.environmentname
    if name == "itembox":
        arguments, nodes = environment_arguments(builder, node, "[{")
        title, look = builder.argument(arguments[1]), _FRAME
    else:
        arguments, nodes = environment_arguments(builder, node, "[")
        options = builder.source(arguments[0])
        title = _box_title(builder, node, options) if name in {"tcolorbox", "mdframed"} else []
        look = _box_look(builder, options)
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
            look,
            [Mark("\n"), Shift(2), Mark("  "), *body, Shift(-2), Mark("\n")],
        ),
        node,
    )
