"""Pictures drawn in LaTeX (TikZ, pgfplots, xy, pstricks, ...): Typst cannot draw them from their source.

The source stays, framed and named, so that nothing is lost and a person can redraw it.
"""

import re

from typlora.convert.document.builder import Builder, environment, macro
from typlora.convert.document.nodes import Cursor, Node, end, kind
from typlora.convert.document.pieces import Mark, Pieces, Shift
from typlora.convert.kept import printable, raw_block
from typlora.tex.unit import UnitKind

_ENVIRONMENTS = (
    "tikzpicture", "tikzcd", "axis", "pspicture", "picture", "circuitikz", "forest", "feynman", "fmffile",
    "fmfgraph",
    "asy", "dot2tex", "bytefield", "prooftree", "mathpar", "CD", "diagram", "overpic", "pgfpicture",
    "scope", "qcircuit",
    "bundle", "quantikz", "tikzfigure", "psmatrix", "sequencediagram", "bprooftree", "ganttchart", "music",
)  # fmt: skip
_COMMANDS = ("xymatrix", "Qcircuit", "chemfig", "Tree", "tikz", "chemname", "schemestart",
    "pgfplotstabletypeset", "synttree",
             "begin_picture", "DrawSchema", "dirtree", "smartdiagram", "qrcode")  # fmt: skip


@environment(*_ENVIRONMENTS)
def picture(builder: Builder, node: Node) -> None:
    """A placeholder with the source in it."""
    name = node.environmentname
    _placeholder(builder, node, name, builder.context.text[node.pos : end(node)])


@macro(*_COMMANDS)
def picture_command(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Commands that draw; what they take as arguments belongs to the picture."""
    stop = end(node)
    while (following := cursor.peek()) is not None and kind(following) == "group":
        while cursor.next() is not following:
            pass
        stop = end(following)
    if node.macroname == "tikz":  # \tikz[...] \draw ...; runs to the semicolon
        rest = builder.context.text[stop:]
        found = re.match(r"[^;{}]{0,400};", rest)
        if found and "\n\n" not in found[0]:
            limit = stop + found.end()
            while (following := cursor.peek(skip_blank=False)) is not None and end(following) <= limit:
                cursor.next()
            stop = limit
    _placeholder(builder, node, f"\\{node.macroname}", builder.context.text[node.pos : stop])


@macro("foreach", "loop")
def loop(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Loops are programs; their source stays visible."""
    stop = end(node)
    for _ in range(12):
        following = cursor.next()
        if following is None:
            break
        stop = end(following)
        if kind(following) == "group" and "\n" in builder.context.text[following.pos : stop]:
            break
    builder.keep(node, f"\\{node.macroname} is a program that only LaTeX can run", block=True, stop=stop)


def _placeholder(builder: Builder, node: Node, name: str, latex: str) -> None:
    context = builder.context
    context.lose(node, f"drawn with {name}; its source stands in the picture's place", latex)
    context.need("drawing")
    body: Pieces = [
        Mark("#drawing(\n"),
        Shift(2),
        Mark("  "),
        Mark(_verbatim(latex)),
        Shift(-2),
        Mark("\n"),
        Mark(")"),
    ]
    if context.options.get("in-table"):
        builder.add(*body)
        return
    builder.block(UnitKind.FIGURE, body, node)


def _verbatim(latex: str) -> str:
    lines = printable(latex).strip("\n")
    return raw_block(lines)
