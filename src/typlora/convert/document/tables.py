"""Tables: ``tabular`` and its relatives, alone or inside a float."""

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.columns import columns
from typlora.convert.document.decimals import join_columns, pad
from typlora.convert.document.nodes import Cursor, Node, children, is_macro, kind
from typlora.convert.document.pieces import Code, Mark, Text, is_empty, strip
from typlora.convert.document.table_rows import read_rows
from typlora.convert.document.table_writer import write_table
from typlora.tex.unit import UnitKind


@environment(
    "tabular",
    "tabular*",
    "tabularx",
    "tabulary",
    "longtable",
    "supertabular",
    "tabu",
    "longtabu",
    "xltabular",
)
def tabular(builder: Builder, node: Node) -> None:
    """A table; inside a float it becomes the body of the figure."""
    context = builder.context
    name = node.environmentname
    spec = "{[{" if name in {"tabular*", "tabularx", "tabulary", "xltabular"} else "[{"
    if name.endswith("tabularx") and name != "tabularx":
        spec = "[{"  # a class's own, whose width is not given
    arguments, nodes = environment_arguments(builder, node, spec)
    cols, right = columns(builder.source(arguments[-1]), context.text)
    saved = context.options.get("in-table", "")
    context.options["in-table"] = "yes"
    rows = read_rows(builder, nodes, cols, node)
    context.options["in-table"] = saved
    cols = join_columns(rows, cols)
    pad(rows, cols)
    context.need("table")
    captions = [n for n in nodes if is_macro(n, "caption")]
    pieces = write_table(
        rows, cols, right, full_width=name in {"tabular*", "tabularx", "tabulary", "xltabular"}
    )
    if not pieces:
        return
    if context.options.get("fit-table") and not saved:
        context.need("fit-width")
        pieces = [Mark("fit-width("), *pieces, Mark(")")]
    if captions:
        from typlora.convert.document.figures import write_float

        builder.block(UnitKind.TABLE, write_float(builder, node, pieces, nodes, "table"), node)
    elif saved or context.options.get("in-float"):
        builder.add(Mark("#"), *pieces, Code(""))
    elif builder.paragraph and not is_empty(builder.paragraph):
        builder.add(Mark("#box("), *pieces, Code(")"))
    else:
        builder.block(UnitKind.TABLE, [Mark("#"), *pieces], node)


@macro("diagbox", "backslashbox", "slashbox")
def divided(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A head cell with a diagonal: what stands left below it, and right above it."""
    _, *words = cursor.arguments(node, "[{{")
    below, above = (strip(builder.argument(part)) for part in words)
    builder.add(*below, Text(" \\ "), *above)


def is_table(nodes: list[Node]) -> bool:
    """True where a row of nodes holds a table."""
    return any(
        (
            kind(n) == "environment"
            and n.environmentname.rstrip("*") in {"tabular", "tabularx", "longtable", "tabu", "tabulary"}
        )
        or (kind(n) in {"group", "environment"} and is_table(children(n)))
        for n in nodes
    )
