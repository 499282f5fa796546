"""The body of a table: cells with what they span, and the lines between rows.

A cell is a row of nodes between ``&`` and ``\\\\``.
"""

import re

from typlora.convert.document.builder import Builder
from typlora.convert.document.cells import Cell, Rows
from typlora.convert.document.colors import color
from typlora.convert.document.columns import Column, columns
from typlora.convert.document.decimals import raised, typed
from typlora.convert.document.inline import emphasis, strong
from typlora.convert.document.long_tables import Repeated
from typlora.convert.document.nodes import Cursor, Node, content, is_blank, is_macro, kind, latex
from typlora.convert.document.pieces import Pieces, Text, call, is_empty, strip

_RULES = {"toprule": "0.08em", "midrule": "0.05em", "bottomrule": "0.08em", "hline": "0.5pt", "Xhline": "1pt"}
_RULES |= {"hdashline": "dash", "firsthline": "0.5pt", "lasthline": "0.5pt", "heavyrule": "0.08em"}
_PARTIAL = {"cline": "0.5pt", "cmidrule": "0.03em", "cdashline": "dash"}


def read_rows(builder: Builder, nodes: list[Node], cols: list[Column], owner: Node) -> Rows:
    """Cells and lines of a table body."""
    rows = Rows()
    row: list[Cell] = []
    cell: list[Node] = []
    cursor = Cursor(nodes, builder.context.text)
    captioned = False
    repeated = Repeated(nodes[0].pos if nodes else 0)

    def end_cell() -> None:
        nonlocal cell
        made = _cell(builder, cell, cols, sum(c.columns for c in row))
        row.append(made)
        cell = []

    def end_row() -> None:
        nonlocal row
        if any(not is_blank(n) for n in cell) or row:
            end_cell()
            rows.cells.append(row)
        cell.clear()
        row = []

    while (node := cursor.next()) is not None:
        if kind(node) == "specials" and node.specials_chars == "&":
            end_cell()
        elif is_macro(node, "\\", "tabularnewline", "cr"):
            cursor.arguments(node, "*[")
            if not row and not any(not is_blank(n) for n in cell) and not captioned:
                rows.cells.append([])
            captioned = False
            end_row()
        elif kind(node) == "macro" and node.macroname in _RULES:
            cursor.arguments(node, "{" if node.macroname == "Xhline" else "[")
            if not any(not is_blank(n) for n in cell) and not row:
                rows.lines.append((len(rows.cells), 0, None, _RULES[node.macroname]))
        elif kind(node) == "macro" and node.macroname in _PARTIAL:
            _partial_rule(builder, node, cursor, rows)
        elif is_macro(node, "specialrule"):
            cursor.arguments(node, "{{{")
            rows.lines.append((len(rows.cells), 0, None, "0.08em"))
        elif is_macro(node, "addlinespace", "morecmidrules"):
            cursor.arguments(node, "[")
        elif is_macro(node, "caption", "label"):
            if node.macroname == "caption":
                cursor.arguments(node, "*[{")
                captioned = True  # in a longtable the caption ends with a ``\\`` of its own
        elif is_macro(node, "endhead", "endfirsthead", "endfoot", "endlastfoot"):
            end_row()
            repeated.end(builder, node, rows)
        elif is_macro(node, "noalign", "rowcolors"):
            cursor.arguments(node, "{")
        else:
            cell.append(node)
    end_row()
    repeated.close(rows)
    return rows


def _partial_rule(builder: Builder, node: Node, cursor: Cursor, rows: Rows) -> None:
    """``\\cline{2-3}``, ``\\cmidrule(lr){2-3}``."""
    text = builder.context.text
    known = cursor.arguments(node, "[")
    following = cursor.peek()
    if following is not None and kind(following) == "chars" and following.chars.lstrip().startswith("("):
        cursor.next()
    argument = cursor.arguments(node, "{")[0] if known[0] is None else cursor.arguments(node, "[{")[1]
    found = re.match(r"\s*(\d+)\s*-\s*(\d+)", builder.source(argument)) or re.match(
        r"\\[a-z]+\s*(?:\[[^\]]*\])?\s*(?:\([^)]*\))?\s*\{(\d+)-(\d+)\}", text[node.pos : node.pos + 60]
    )
    if found:
        rows.lines.append((len(rows.cells), int(found[1]) - 1, int(found[2]), _PARTIAL[node.macroname]))


def _cell(builder: Builder, nodes: list[Node], cols: list[Column], index: int) -> Cell:
    """One cell; ``\\multicolumn`` and ``\\multirow`` at its start decide what it spans."""
    cursor = Cursor(nodes, builder.context.text)
    cell = Cell([])
    rest = nodes
    for _ in range(3):
        first = cursor.peek()
        if first is not None and is_macro(first, "multicolumn"):
            while cursor.next() is not first:
                pass
            number, spec, body = cursor.arguments(first, "{{{")
            cell.columns = max(1, _integer(builder.source(number)))
            inner, _ = columns(builder.source(spec), builder.context.text)
            cell.align = inner[0].align if inner else ""
            rest = [*content(body), *cursor.rest()]
        elif first is not None and is_macro(first, "multirow"):
            while cursor.next() is not first:
                pass
            _, number, _, _, _, body = cursor.arguments(first, "[{[{[{")
            cell.rows = max(1, abs(_integer(builder.source(number))))
            rest = [*content(body), *cursor.rest()]
        elif first is not None and is_macro(first, "cellcolor", "rowcolor"):
            while cursor.next() is not first:
                pass
            model, name = cursor.arguments(first, "[{")
            cell.fill = color(builder.context, builder.source(name), builder.source(model))
            rest = cursor.rest()
        else:
            break
        cursor = Cursor(rest, builder.context.text)
    column = cols[index] if index < len(cols) else None
    own = column is not None and cell.columns == 1 and not cell.align
    cell.pieces = (_number(builder, rest, column) if own and column else None) or strip(builder.flow(rest))
    if column is not None and cell.columns == 1 and not is_empty(cell.pieces):
        _dress(builder, cell, column)
    return cell


def _dress(builder: Builder, cell: Cell, column: Column) -> None:
    """What the column says of all its cells."""
    if column.bold:
        cell.pieces = strong(builder, cell.pieces)
    if column.italic:
        cell.pieces = emphasis(builder, cell.pieces)
    if column.color and not cell.fill:
        cell.fill = color(builder.context, column.color, "")
    if column.decimal == "half" or cell.align:
        return
    if column.before:
        cell.pieces = [Text(column.before), *cell.pieces]
    if column.after:
        cell.pieces = [*cell.pieces, Text(column.after)]


def _number(builder: Builder, nodes: list[Node], column: Column) -> Pieces | None:
    """A cell of ``S`` or ``D`` columns, where it holds a number; the latter are set in mathematics, as are
    those of ``>{$}c<{$}``."""
    if column.maths:
        maths = [node for node in nodes if kind(node) != "comment"]
        source = latex(maths, builder.context.text).strip()
        plain_maths = source and "$" not in source and "\\begin{tab" not in source
        return [builder.context.formula(source, maths[0], display=False)] if plain_maths else None
    if column.decimal not in {"S", "D"}:
        return None
    source = latex(nodes, builder.context.text).strip()
    if (number := typed(source)) is not None:
        return [Text(number)]
    if column.decimal == "S":
        return None
    if (found := raised(source)) is not None:
        return [Text(found[0]), *call("super", [Text(found[1])])]
    if re.search(r"[\\^_]", source) and "$" not in source:
        return [builder.context.formula(source, nodes[0], display=False)]
    return None


def _integer(text: str) -> int:
    found = re.match(r"\s*(-?\d{1,3})", text)
    return int(found[1]) if found else 1
