"""LaTeX's counters where a document works with them itself: set, stepped and printed."""

import re

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import letter, roman
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Mark, Text
from typlora.tex.unit import UnitKind

_TYPST = {
    "equation": "math.equation", "figure": "figure.where(kind: image)", "table": "figure.where(kind: table)",
}  # fmt: skip


@macro("setcounter", "addtocounter")
def set_counter(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Counters that Typst counts are set there too."""
    name, value = (builder.source(a) for a in cursor.arguments(node, "{{"))
    context = builder.context
    if found := re.fullmatch(r"\\value\s*\{([^{}]*)\}", value):
        value = str(context.counters.values.get(found[1], 0))
    if not re.fullmatch(r"-?\d{1,6}", value):
        return
    if name == "secnumdepth":
        context.options["secnumdepth"] = value
        return
    number = int(value)
    if node.macroname == "addtocounter":
        number += context.counters.values.get(name, 0)
    context.counters.values[name] = number
    counter = "heading" if name == ("chapter" if context.chapters else "section") else _TYPST.get(name)
    if counter:
        builder.block(UnitKind.RAW, [Mark(f"#counter({counter}).update({max(0, number)})")], node)


@macro("stepcounter", "refstepcounter")
def step_counter(builder: Builder, node: Node, cursor: Cursor) -> None:
    """One more."""
    builder.context.counters.step(builder.source(cursor.arguments(node, "{")[0]))


@macro("arabic", "roman", "Roman", "alph", "Alph", "fnsymbol", "value")
def show_counter(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The number as it is at this place."""
    value = builder.context.counters.values.get(builder.source(cursor.arguments(node, "{")[0]), 0)
    shown = {
        "roman": roman(value).lower(), "Roman": roman(value), "alph": letter(value),
        "Alph": letter(value).upper(),
        "fnsymbol": "∗†‡§¶‖"[(value - 1) % 6] if value > 0 else "",
    }.get(node.macroname, str(value))  # fmt: skip
    builder.add(Text(shown))


@macro("thesection", "thechapter", "thesubsection", "theequation", "thefigure", "thetable", "thepage")
def the_counter(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The number of a section or float in the form it is printed."""
    name = node.macroname.removeprefix("the")
    if name == "page":
        builder.add(Mark("#context counter(page).display()"))
        return
    builder.add(Text(builder.context.counters.show(name)))
