"""Displays that are no formulas: a picture or diagram alone between ``\\[`` and ``\\]``."""

from collections.abc import Sequence

from typlora.convert.document.builder import Builder
from typlora.convert.document.equation_rows import Row, number_row
from typlora.convert.document.nodes import Node
from typlora.convert.document.pictures import display_picture
from typlora.convert.document.pieces import LINE_END, Code, Mark, Pieces


def drawn_display(builder: Builder, node: Node, latex: str, rows: Sequence[Row]) -> bool:
    """Write such a display; False for a formula. Numbers and labels are those of the equation."""
    if "\\begin" not in latex and "\\xymatrix" not in latex:
        return False
    expression = display_picture(builder, node, latex)
    if expression is None:
        return False
    write_display(builder, node, expression, rows)
    return True


def write_display(builder: Builder, node: Node, expression: Pieces, rows: Sequence[Row]) -> None:
    """An expression in the place of an equation, with its number."""
    context = builder.context
    if any(row.numbered for row in rows):
        target = number_row(context, rows[0])
        context.numbered_equations = True
        label = [target.anchor()] if target is not None else []
        builder.add(LINE_END, Mark("$ #"), *expression, Mark(" $"), *label, LINE_END)
        return
    for row in rows:
        for key, place in row.keys:
            context.define(key, context.current, place)
    builder.add(LINE_END, Mark("#align(center, "), *expression, Code(")"), LINE_END)
