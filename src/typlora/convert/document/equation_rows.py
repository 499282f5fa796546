"""Numbers and labels of the rows of a display, as LaTeX gives them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from typlora.convert.document.context import Context, Target, letter
from typlora.convert.document.nodes import Cursor, Node, argument_text, is_macro, walk
from typlora.convert.document.qed import end_of_proof


@dataclass(slots=True)
class Row:
    """Numbering of one row of a display."""

    keys: list[tuple[str, Node]] = field(default_factory=list)
    tag: str | None = None
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


def row_argument(context: Context, row: Row, target: Target | None) -> str:
    """What ``equation-rows`` is told of a row: a label, ``auto``, ``none`` or a tag."""
    label = f"<{target.label}>" if target is not None and target.label else ""
    if target is None:
        return "none"
    if row.ends_proof:
        return f"(tag: [{row.tag}])"
    if row.tag is not None:
        from typlora.convert.document.inline import string

        tag = re.sub(r"\\(?:text|mathrm|textrm|mbox|textbf|mathbf)\s*|[{}$]", "", row.tag).replace(
            "\\ast", "∗"
        )
        tag = tag.replace("\\dagger", "†").replace("\\star", "⋆").replace("\\prime", "′")
        shown = tag if row.bare_tag else f"({tag})"
        target.number = tag
        return f"(tag: {string(shown)}, label: {label})" if label else f"(tag: {string(shown)})"
    return label or "auto"
