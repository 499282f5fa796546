"""``multline``: the first row on the left, the last one on the right with the number, the others between.

Typst centres the rows of a formula; the helper ``multline`` of the preamble puts each at its side.
"""

from collections.abc import Sequence

from typlora.convert.document.builder import Builder
from typlora.convert.document.equation_rows import Row, number_row, row_argument
from typlora.convert.document.nodes import Node, is_macro
from typlora.convert.document.pieces import LINE_END, Mark

_SHOVED = {"shoveleft": "start", "shoveright": "end"}


def row_sides(nodes: Sequence[Node]) -> list[str]:
    """Where each row stands that the author shoved; empty for the others."""
    sides = [""]
    for node in nodes:
        if is_macro(node, "\\", "cr"):
            sides.append("")
        elif is_macro(node, *_SHOVED):
            sides[-1] = _SHOVED[node.macroname]
    return sides


def write_multline(builder: Builder, node: Node, inner: Sequence[Node], latex: str, rows: list[Row]) -> bool:
    """Write such a display; False where it has one row, which stands in the middle like any other."""
    context = builder.context
    sides = row_sides(inner)
    if len(sides) < 2 or not latex.strip():
        return False
    context.need("row-number", "multline")
    (row,) = rows
    labels = [key for key, _ in row.keys]
    target = number_row(context, row)
    context.numbered_equations = context.numbered_equations or (row.numbered and not row.ends_proof)
    number = [] if target is None else [*row_argument(builder, row, target), Mark(", ")]
    shoved = [f'"{place}": {side}' for place, side in enumerate(sides) if side]
    asked = [Mark(f"shoved: ({', '.join(shoved)}), ")] if shoved else []
    slot = context.formula(latex, node, display=True, labels=labels, before="$ ", after=" $)")
    builder.add(LINE_END, Mark("#multline("), *number, *asked, slot, LINE_END)
    return True
