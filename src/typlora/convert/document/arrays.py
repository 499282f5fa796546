"""Arrays with ``\\multicolumn`` inside of formulas: Typst's matrices know no spans, its tables do.

The array is taken out of the formula, which goes to the engines with a letter of a private plane there, and
its cells are formulas of their own. `typlora.convert.composites` puts the table where the letter stands.
"""

import re
from typing import TYPE_CHECKING

from typlora.convert.document.cells import Cell, Rows
from typlora.convert.document.columns import columns
from typlora.convert.document.emit import emit
from typlora.convert.document.nodes import Node
from typlora.convert.document.nouns import Composite
from typlora.convert.document.pieces import Pieces
from typlora.convert.document.table_writer import write_table

if TYPE_CHECKING:
    from typlora.convert.document.context import Context

FIRST = 0x100000
_ARRAY = re.compile(r"\\begin\s*\{(array|tabular)\}\s*(?:\[[^\]]*\]\s*)?")
_MARK = re.compile(r"\\(begin|end)\s*\{(?:array|tabular)\}")
_LINE = re.compile(r"\s*\\(?:hline|(cline|cmidrule)\s*(?:\([lr]*\))?\s*\{\s*(\d+)\s*-\s*(\d+)\s*\})")
_SPAN = re.compile(r"\s*\\multicolumn\s*")
_MULTIROW = re.compile(r"\s*\\multirow\s*(?:\[[^\]]*\])?\s*")


def take_out(context: "Context", latex: str, node: Node) -> str:
    """``latex`` with a letter for each of its outermost arrays that has spans."""
    position = 0
    while found := _ARRAY.search(latex, position):
        stop = _end(latex, found.end())
        inside = latex[found.start() : stop]
        if stop < 0 or "\\multicolumn" not in inside:
            position = found.end()
            continue
        made = _table(context, latex[found.end() : inside.rindex("\\end") + found.start()], node)
        if made is None:
            position = found.end()
            continue
        mark = chr(FIRST + len(context.composites))
        context.composites.append(Composite(mark, inside, emit(made)))
        latex = latex[: found.start()] + mark + latex[stop:]
        position = found.start() + 1
    return latex


def _end(latex: str, start: int) -> int:
    depth = 1
    for mark in _MARK.finditer(latex, start):
        depth += 1 if mark[1] == "begin" else -1
        if depth == 0:
            return mark.end()
    return -1


def _table(context: "Context", body: str, node: Node) -> Pieces | None:
    """``#table(...)`` of the inside of an array, its column specification in front."""
    specification, position = _group(body, 0)
    cols, right = columns(specification, context.text)
    if not cols:
        return None
    rows = Rows()
    for number, row in enumerate(_split(body[position:], "\\\\")):
        row = re.sub(r"^\s*\[[^\]]*\]", "", row) if number else row
        while line := _LINE.match(row):
            span = (int(line[2]) - 1, int(line[3])) if line[1] else (0, None)
            rows.lines.append((len(rows.cells), *span, "0.5pt"))
            row = row[line.end() :]
        if row.strip():
            rows.cells.append([_cell(context, cell, node) for cell in _split(row, "&")])
    return [*write_table(rows, cols, right)] or None


def _cell(context: "Context", latex: str, node: Node) -> Cell:
    cell = Cell([])
    if span := _SPAN.match(latex):
        count, position = _group(latex, span.end())
        specification, position = _group(latex, position)
        latex, position = _group(latex, position)
        cell.columns = int(count) if count.strip().isdigit() else 1
        inner, _ = columns(specification)
        cell.align = inner[0].align if inner else ""
    if many := _MULTIROW.match(latex):
        count, position = _group(latex, many.end())
        _, position = _group(latex, position)
        latex, position = _group(latex, position)
        cell.rows = abs(int(count)) if count.strip().lstrip("-").isdigit() else 1
    if latex.strip():
        cell.pieces = [context.formula(latex, node, display=False)]
    return cell


def _group(text: str, position: int) -> tuple[str, int]:
    """The inside of the braces at ``position``, and where they end."""
    found = re.compile(r"\s*\{").match(text, position)
    if found is None:
        return "", position
    depth = 0
    for mark in re.compile(r"\\.|[{}]", re.S).finditer(text, found.end() - 1):
        depth += (mark[0] == "{") - (mark[0] == "}")
        if depth == 0:
            return text[found.end() : mark.start()], mark.end()
    return text[found.end() :], len(text)


def _split(text: str, separator: str) -> list[str]:
    """At a separator outside of braces and inner environments."""
    parts, depth, start = [], 0, 0
    for found in re.compile(r"\\begin\b|\\end\b|\\\\|\\.|[{}&]", re.S).finditer(text):
        token = found[0]
        depth += (token in {"{", "\\begin"}) - (token in {"}", "\\end"})
        if token == separator and depth == 0:
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]
