"""Columns of slides: ``columns`` with ``column`` environments or ``\\column`` commands."""

import re

from typlora.convert.document.builder import Builder, environment, environment_arguments
from typlora.convert.document.lengths import length
from typlora.convert.document.nodes import Cursor, Node, argument_text, is_macro, kind
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift
from typlora.tex.unit import UnitKind

Column = tuple[str, list[Node]]  # its width as Typst writes it, and what is in it


@environment("columns")
def columns(builder: Builder, node: Node) -> None:
    """A grid with the widths of the columns; what stands before the first one comes before it."""
    context = builder.context
    (options,), nodes = environment_arguments(builder, node, "[")
    before, parts = _parts(builder, nodes)
    builder.run(before)
    builder.flush()
    if not parts:
        return
    cells: Pieces = []
    for _, inside in parts:
        cells += [Mark("\n["), Shift(2), Mark("\n"), *builder.flow(inside), Shift(-2), Mark("\n],")]
    asked = argument_text(options, context.text)
    top = "t" in context.class_options or re.search(r"(?:^|,)\s*[tT]\s*(?:,|$)", asked)
    align = "" if top else "\nalign: horizon,"
    context.need("grid")
    widths = _widths([width for width, _ in parts])
    head = f"\ncolumns: ({widths}{',' if len(parts) == 1 else ''}),\ncolumn-gutter: 1em,{align}"
    grid = [Mark("#grid("), Shift(2), Mark(head), *cells, Shift(-2), Mark("\n"), Code(")")]
    builder.block(UnitKind.PARAGRAPH, grid, node)


def _parts(builder: Builder, nodes: list[Node]) -> tuple[list[Node], list[Column]]:
    """What stands before the first column, and the columns; space that grows between them is left out."""
    before: list[Node] = []
    parts: list[Column] = []
    text = builder.context.text
    cursor = Cursor(nodes, text)
    command = False  # the last column was begun by a command, which has no end
    while (node := cursor.next()) is not None:
        if kind(node) == "environment" and node.environmentname == "column":
            (_, width), inside = environment_arguments(builder, node, "[{")
            parts.append((length(argument_text(width, text)), inside))
            command = False
        elif is_macro(node, "column"):
            _, width = cursor.arguments(node, "[{")
            parts.append((length(argument_text(width, text)), []))
            command = True
        elif not is_macro(node, "hfill", "hfil") or command:
            (parts[-1][1] if parts else before).append(node)
    return before, parts


def _widths(widths: list[str]) -> str:
    """Shares of the line where all are shares of it, so that the gutters have room."""
    if len(set(widths)) == 1 or not all(width.endswith("%") for width in widths):
        return ", ".join("1fr" if len(set(widths)) == 1 or width == "auto" else width for width in widths)
    return ", ".join(f"{width[:-1]}fr" for width in widths)
