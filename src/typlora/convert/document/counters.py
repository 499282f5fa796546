"""LaTeX's counters where a document works with them itself: set, stepped and printed."""

import re

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context, Target, letter, roman
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Later, Mark, Text
from typlora.tex.unit import UnitKind

_STANDARD = frozenset(
    {"part", "chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph"}
    | {"figure", "table", "equation", "footnote"}
)
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
    if name in {"secnumdepth", "tocdepth"}:
        context.options[name] = value
        return
    number = int(value)
    if node.macroname == "addtocounter":
        number += context.counters.values.get(name, 0)
    context.counters.values[name] = number
    counter = "heading" if name == ("chapter" if context.chapters else "section") else _TYPST.get(name)
    if any(theorem.counter == name for theorem in context.theorems.values()):
        counter = f'figure.where(kind: "theorem-{name}")'
    if counter:
        builder.block(UnitKind.RAW, [Mark(f"#counter({counter}).update({max(0, number)})")], node)


@macro("stepcounter", "refstepcounter")
def step_counter(builder: Builder, node: Node, cursor: Cursor) -> None:
    """One more; ``\\refstepcounter`` is what labels that follow point to."""
    context = builder.context
    name = builder.source(cursor.arguments(node, "{")[0])
    context.counters.step(name)
    if node.macroname == "refstepcounter":
        target = context.current = Target(name, shown(context, name))
        builder.add(Later(lambda: [Mark(f"#metadata(none) <{target.label}>")] if target.label else []))


@macro("newcounter")
def new_counter(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A counter of the document's own, which may begin again with another one."""
    name, outer = (builder.source(a) for a in cursor.arguments(node, "{["))
    context = builder.context
    context.counters.values.setdefault(name, 0)
    if outer:
        context.counters.within[name] = outer


@macro("arabic", "roman", "Roman", "alph", "Alph", "fnsymbol", "value")
def show_counter(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The number as it is at this place."""
    value = builder.context.counters.values.get(builder.source(cursor.arguments(node, "{")[0]), 0)
    builder.add(Text(_number(node.macroname, value)))


def _number(style: str, value: int) -> str:
    return {
        "roman": roman(value).lower(), "Roman": roman(value), "alph": letter(value),
        "Alph": letter(value).upper(),
        "fnsymbol": "∗†‡§¶‖"[(value - 1) % 6] if value > 0 else "",
    }.get(style, str(value))  # fmt: skip


_PARTS = re.compile(
    r"\\(arabic|roman|Roman|alph|Alph|fnsymbol)\s*\{([^{}]*)\}|\\the([A-Za-z]+)|\\[A-Za-z]+|[{}]"
)


def shown(context: Context, name: str) -> str:
    """What ``\\the<name>`` prints: as the document redefines it, else as a standard class has it."""
    own = re.search(
        rf"\\(?:renewcommand\*?\s*\{{?|def)\s*\\the{re.escape(name)}(?![A-Za-z])\}}?\s*"
        r"\{((?:[^{}]|\{[^{}]*\})*)\}",
        context.text,
    )
    if own is None:
        value = str(context.counters.values.get(name, 0))
        return context.counters.show(name) if name in _STANDARD else value

    def part(found: re.Match[str]) -> str:
        if found[1]:
            return _number(found[1], context.counters.values.get(found[2], 0))
        return shown(context, found[3]) if found[3] and found[3] != name else ""

    return _PARTS.sub(part, own[1]).strip()


@macro("thesection", "thechapter", "thesubsection", "theequation", "thefigure", "thetable", "thepage")
def the_counter(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The number of a section or float in the form it is printed."""
    name = node.macroname.removeprefix("the")
    if name == "page":
        builder.add(Mark("#context counter(page).display()"))
        return
    builder.add(Text(shown(builder.context, name)))
