"""Notes of a table: marks in it (``\\tnote``) and their texts below it (threeparttable)."""

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.nodes import Cursor, Node, is_macro
from typlora.convert.document.pieces import LINE_BREAK, Mark, Pieces, Shift, Text, call, is_empty, strip
from typlora.tex.unit import UnitKind


@macro("tnote", "tmark", "TblrNote")
def table_mark(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The raised mark of a note."""
    argument = cursor.arguments(node, "[{")
    builder.add(*call("super", builder.argument(argument[1] if argument[1] is not None else argument[0])))


@environment("tablenotes", "TableNotes", "measuredtablenotes")
def table_notes(builder: Builder, node: Node) -> None:
    """The notes, a line each, smaller than the table and on the left."""
    _, nodes = environment_arguments(builder, node, "[")
    notes: list[Pieces] = []
    cursor = Cursor(nodes, builder.context.text)
    mark: Pieces = []
    row: list[Node] = []

    def finish() -> None:
        words = strip(builder.inline(row))
        shown = call("super", mark) if mark else []
        if shown or not is_empty(words):
            notes.append([*shown, *([Text(" ")] if shown else []), *words])
        row.clear()

    while (found := cursor.next()) is not None:
        if not is_macro(found, "item"):
            row.append(found)
            continue
        finish()
        (argument,) = cursor.arguments(found, "[")
        mark = strip(builder.argument(argument))
    finish()
    if not notes:
        return
    body: Pieces = [Mark("\n"), Shift(2), Mark("  #set align(start)\n#set text(0.85em)\n")]
    for index, note in enumerate(notes):
        body += [*([LINE_BREAK] if index else []), *note]
    builder.block(UnitKind.PARAGRAPH, call("block(width: 100%)", [*body, Shift(-2), Mark("\n")]), node)
