"""Numbers and labels of the rows of a display, as LaTeX gives them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from typlora.convert.document.context import Context, Target, letter
from typlora.convert.document.nodes import Cursor, Node, argument_text, is_macro, walk
from typlora.convert.document.pieces import Mark, Pieces, Text
from typlora.convert.document.qed import end_of_proof

if TYPE_CHECKING:
    from typlora.convert.document.builder import Builder


@dataclass(slots=True)
class Row:
    """Numbering of one row of a display."""

    keys: list[tuple[str, Node]] = field(default_factory=list)
    tag: str | None = None
    tag_argument: Node | None = None
    bare_tag: bool = False
    numbered: bool = True
    ends_proof: bool = False  # \\qedhere stands in it


def rows_of(nodes: Sequence[Node], context: Context) -> list[Row]:
    """Numbering of each row of a display; rows inside nested environments do not count."""
    rows = [Row()]
    for node in nodes:
        if is_macro(node, "\\", "cr"):
            rows.append(Row())
        else:
            for part in walk([node]):
                _numbering(part, rows[-1], context)
    return rows


def _numbering(node: Node, row: Row, context: Context) -> None:
    if is_macro(node, "nonumber", "notag", "IEEEnonumber"):
        row.numbered = False
    elif is_macro(node, "label"):
        row.keys.append((_argument(node, context), node))
    elif is_macro(node, "tag"):
        row.tag = _argument(node, context)
        row.tag_argument = next((a for a in Cursor([], context.text).arguments(node, "*{")[1:] if a), None)
        row.bare_tag = context.text[node.pos : node.pos + 5] == "\\tag*"
    elif is_macro(node, "qedhere"):
        row.ends_proof = True


def _argument(node: Node, context: Context) -> str:
    (argument,) = [a for a in Cursor([], context.text).arguments(node, "{") if a is not None] or [None]
    if argument is not None:
        return argument_text(argument, context.text)
    found = re.compile(r"\\\w+\*?\s*\{([^{}]*)\}").match(context.text, node.pos)
    return found[1].strip() if found else ""


def settle(context: Context, row: Row) -> None:
    """What a row shows in place of a number: the end of a proof, or the number it had the first time."""
    if context.options.get("restating") and row.numbered and row.tag is None:
        known = [context.targets[key] for key, _ in row.keys if key in context.targets]
        row.numbered, row.tag = bool(known), known[0].number if known else None
    _place_qed(context, row)


def _place_qed(context: Context, row: Row) -> None:
    """``\\qedhere`` puts the end of the proof where a row without number has room for one."""
    if row.ends_proof and not row.numbered and context.options.get("in-proof"):
        row.tag = end_of_proof(context)
        row.numbered = True
        context.options["qed-placed"] = "yes"
        context.need("placed-qed")
    else:
        row.ends_proof = False


def number_row(context: Context, row: Row) -> Target | None:
    """Count a row and let its labels point to it."""
    if not row.numbered:
        for key, place in row.keys:
            context.define(key, context.current, place)
        return None
    if row.tag is not None:
        target = Target("equation", row.tag, native=False)
    else:
        context.counters.step("equation")
        target = Target("equation", equation_number(context), native=True)
    for key, place in row.keys:
        context.define(key, target, place)
    return target


def equation_number(context: Context) -> str:
    """The number of the equation that was just counted."""
    parent = context.options.get("subequations")
    value = context.counters.values.get("equation", 0)
    if parent is not None:
        return parent + letter(value)
    return context.counters.show("equation")


def row_argument(builder: "Builder", row: Row, target: Target | None) -> Pieces:
    """What ``equation-rows`` is told of a row: a label, ``auto``, ``none`` or a tag."""
    if target is None:
        return [Mark("none")]
    if row.ends_proof:
        return [Mark(f"(tag: [{row.tag}])")]
    if row.tag is None:
        return [Mark(f"<{target.label}>" if target.label else "auto")]
    from typlora.convert.document.inline import string

    label = f", label: <{target.label}>)" if target.label else ")"
    tag = re.sub(r"\\(?:text|mathrm|textrm|mbox|textbf|mathbf)\s*|[{}$]", "", row.tag).replace("\\ast", "∗")
    tag = tag.replace("\\dagger", "†").replace("\\star", "⋆").replace("\\prime", "′")
    if row.tag_argument is not None and re.search(r"[\\_^'~]", tag):  # formulas and references in it
        words = builder.argument(row.tag_argument)
        target.shown = words
        brackets = [] if row.bare_tag else [Text("("), Text(")")]
        return [Mark("(tag: ["), *brackets[:1], *words, *brackets[1:], Mark(f"]{label}")]
    target.number = tag
    return [Mark(f"(tag: {string(tag if row.bare_tag else f'({tag})')}{label}")]
