"""Tables: column specifications, spanning cells, rules, and the float around them.

A cell is a row of nodes between ``&`` and ``\\\\``. Typst tables have lines everywhere by default, LaTeX's
have none, so every table says ``stroke: none`` and draws the lines the author drew.
"""

import re
from dataclasses import dataclass, field

from typlora.convert.document.builder import Builder, environment, environment_arguments
from typlora.convert.document.inline import strong
from typlora.convert.document.nodes import Cursor, Node, children, content, is_blank, is_macro, kind
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, Text, is_empty, strip
from typlora.tex.unit import UnitKind

_RULES = {"toprule": "0.08em", "midrule": "0.05em", "bottomrule": "0.08em", "hline": "0.5pt", "Xhline": "1pt"}
_RULES |= {"hdashline": "dash", "firsthline": "0.5pt", "lasthline": "0.5pt", "heavyrule": "0.08em"}
_PARTIAL = {"cline": "0.5pt", "cmidrule": "0.03em", "cdashline": "dash"}
_ALIGN = {
    "l": "left",
    "c": "center",
    "r": "right",
    "p": "left",
    "m": "left",
    "b": "left",
    "X": "left",
    "L": "left",
}
_ALIGN |= {"C": "center", "R": "right", "S": "right", "d": "right", "J": "left", "s": "right", "D": "right"}
_SKIPPED = {"endhead", "endfirsthead", "endfoot", "endlastfoot", "noalign", "rowcolors"}


@dataclass(slots=True)
class Column:
    """One column: how it is aligned, its width if it has one, lines left of it, text put before its cells."""

    align: str
    width: str = "auto"
    left: int = 0
    bold: bool = False
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class Cell:
    """A cell with the number of columns and rows it takes."""

    pieces: Pieces
    columns: int = 1
    rows: int = 1
    align: str = ""
    fill: str = ""


@dataclass(slots=True)
class Rows:
    """The rows of a table in order, and the lines between them: ``(before row, start, end, stroke)``."""

    cells: list[list[Cell]] = field(default_factory=list)
    lines: list[tuple[int, int, int | None, str]] = field(default_factory=list)
    header: int = 0


def columns(specification: str, known: dict[str, str] | None = None) -> tuple[list[Column], int]:
    """Columns of an array specification, and the number of lines right of the last one."""
    text = _unfold(specification)
    found: list[Column] = []
    bars = 0
    position = 0
    before, bold, wanted = "", False, ""
    while position < len(text):
        char = text[position]
        position += 1
        if char in "|:":
            bars += char == "|"
        elif char in "@!><":
            argument, position = _group(text, position)
            if char == ">":
                bold = bold or "bfseries" in argument or "\\bf" in argument
                wanted = _wanted(argument) or wanted
            if char in "@!" and _between(argument):
                before = _between(argument)
        elif char.isalpha() or char in "*":
            width, align = "auto", _ALIGN.get(char, "left")
            if char in "pmbLCRXDSwW":
                if text[position : position + 1] == "[":
                    position = text.find("]", position) + 1 or len(text)
                while text[position : position + 1] == "{" and char in "pmbDwWS":
                    argument, position = _group(text, position)
                    width = length(argument) if char in "pmb" or char in "wW" else "auto"
                    if char in "wW" and argument in {"l", "c", "r"}:
                        align = _ALIGN[argument]
            if char == "X":
                width = "1fr"
            found.append(Column(wanted or align, width, bars, bold, before))
            bars, before, bold, wanted = 0, "", False, ""
    return found, bars


_SIGNS = {
    "Rightarrow": "⇒",
    "rightarrow": "→",
    "to": "→",
    "leftarrow": "←",
    "times": "×",
    "pm": "±",
    "cdot": "·",
    "colon": ":",
}


def _between(argument: str) -> str:
    """Text that ``@{...}`` puts between columns; signs as characters, spaces around kept."""
    text = re.sub(r"\\(?:quad|qquad|hspace\*?\{[^}]*\}|[ ,;:~])", " ", argument)
    text = re.sub(r"\\([a-zA-Z]+)", lambda found: _SIGNS.get(found[1], ""), text)
    text = re.sub(r"[{}$\\]", "", text)
    return f"{text.strip()} " if text.strip() else ""


def _wanted(argument: str) -> str:
    for command, align in (("centering", "center"), ("raggedright", "left"), ("raggedleft", "right")):
        if command in argument.lower():
            return align
    return ""


def _unfold(text: str) -> str:
    """``*{3}{c|}`` written out."""
    for _ in range(20):
        found = re.search(r"\*\s*\{\s*(\d{1,3})\s*\}\s*", text)
        if not found:
            break
        argument, stop = _group(text, found.end())
        text = text[: found.start()] + argument * min(int(found[1]), 200) + text[stop:]
    return text


def _group(text: str, position: int) -> tuple[str, int]:
    """The braces at ``position`` and where they end."""
    while position < len(text) and text[position].isspace():
        position += 1
    if text[position : position + 1] != "{":
        return "", position
    depth = 0
    for index in range(position, len(text)):
        depth += (text[index] == "{") - (text[index] == "}")
        if depth == 0:
            return text[position + 1 : index], index + 1
    return text[position + 1 :], len(text)


def length(latex: str) -> str:
    """A LaTeX length as Typst writes it; ``auto`` for what only TeX knows."""
    latex = latex.strip()
    found = re.fullmatch(r"(-?\d*\.?\d+)\s*(pt|em|ex|cm|mm|in|bp|pc)", latex)
    if found:
        number, unit = float(found[1]), found[2]
        factor, unit = {"ex": (0.45, "em"), "bp": (1.0, "pt"), "pc": (12.0, "pt")}.get(unit, (1.0, unit))
        return f"{round(number * factor, 3):g}{unit}"
    found = re.fullmatch(r"(\d*\.?\d*)\s*\\(?:textwidth|linewidth|columnwidth|hsize|paperwidth)", latex)
    if found:
        return f"{round(float(found[1] or 1) * 100, 2):g}%"
    found = re.fullmatch(r"\\dimexpr\s*(\d*\.?\d*)\s*\\(?:textwidth|linewidth|columnwidth).*", latex, re.S)
    if found:
        return f"{round(float(found[1] or 1) * 100, 2):g}%"
    return "auto"


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
    cols, right = columns(builder.source(arguments[-1]))
    saved = context.options.get("in-table", "")
    context.options["in-table"] = "yes"
    rows = read_rows(builder, nodes, cols, node)
    context.options["in-table"] = saved
    context.need("table")
    captions = [n for n in nodes if is_macro(n, "caption")]
    pieces = write_table(
        rows, cols, right, full_width=name in {"tabular*", "tabularx", "tabulary", "xltabular"}
    )
    if not pieces:
        return
    if captions:
        from typlora.convert.document.figures import write_float

        builder.block(UnitKind.TABLE, write_float(builder, node, pieces, nodes, "table"), node)
    elif saved or context.options.get("in-float"):
        builder.add(Mark("#"), *pieces, Code(""))
    elif builder.paragraph and not is_empty(builder.paragraph):
        builder.add(Mark("#box("), *pieces, Code(")"))
    else:
        builder.block(UnitKind.TABLE, [Mark("#"), *pieces], node)


def read_rows(builder: Builder, nodes: list[Node], cols: list[Column], owner: Node) -> Rows:
    """Cells and lines of a table body."""
    rows = Rows()
    row: list[Cell] = []
    cell: list[Node] = []
    cursor = Cursor(nodes, builder.context.text)

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
            if not row and not any(not is_blank(n) for n in cell):
                rows.cells.append([])
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
        elif is_macro(node, "endhead", "endfirsthead"):
            end_row()
            if node.macroname == "endhead" and rows.header:
                del rows.cells[rows.header :]  # the header of the following pages says the same again
                rows.lines = [line for line in rows.lines if line[0] <= rows.header]
            else:
                rows.header = len(rows.cells)
        elif is_macro(node, "endfoot", "endlastfoot"):
            end_row()
            del rows.cells[rows.header :]
            rows.lines = [line for line in rows.lines if line[0] <= rows.header]
        elif is_macro(node, "noalign", "rowcolors"):
            cursor.arguments(node, "{")
        else:
            cell.append(node)
    end_row()
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
            inner, _ = columns(builder.source(spec))
            cell.align = inner[0].align if inner else ""
            rest = [*content(body), *cursor.rest()]
        elif first is not None and is_macro(first, "multirow"):
            while cursor.next() is not first:
                pass
            _, number, _, _, _, body = cursor.arguments(first, "[{[{[{")
            cell.rows = max(1, abs(_integer(builder.source(number))))
            rest = [*content(body), *cursor.rest()]
        elif first is not None and is_macro(first, "cellcolor", "rowcolor"):
            from typlora.convert.document.colors import color

            while cursor.next() is not first:
                pass
            model, name = cursor.arguments(first, "[{")
            cell.fill = color(builder.context, builder.source(name), builder.source(model))
            rest = cursor.rest()
        else:
            break
        cursor = Cursor(rest, builder.context.text)
    cell.pieces = strip(builder.flow(rest))
    column = cols[index] if index < len(cols) else None
    if column is not None and column.bold and cell.columns == 1:
        cell.pieces = strong(builder, cell.pieces)
    if column is not None and column.before and cell.columns == 1 and not is_empty(cell.pieces):
        cell.pieces = [Text(column.before), *cell.pieces]
    return cell


def _integer(text: str) -> int:
    found = re.match(r"\s*(-?\d{1,3})", text)
    return int(found[1]) if found else 1


def write_table(rows: Rows, cols: list[Column], right: int, *, full_width: bool = False) -> Pieces:
    """``table(...)`` without a leading ``#``."""
    count = max([len(cols), *(sum(c.columns for c in row) for row in rows.cells)], default=0)
    if not count or not rows.cells:
        return []
    cols = cols + [Column("left")] * (count - len(cols))
    out: Pieces = [Mark("table(\n"), Shift(2), Mark("  ")]
    out += [Mark(f"columns: {_columns(cols, full_width)},\n")]
    aligns = [column.align for column in cols]
    shown = aligns[0] if len(set(aligns)) == 1 else f"({', '.join(aligns)})"
    out += [Mark(f"align: {shown},\nstroke: none,\n")]
    for index, column in enumerate(cols):
        if column.left:
            out.append(Mark(f"table.vline(x: {index}, stroke: 0.5pt),\n"))
    if right:
        out.append(Mark(f"table.vline(x: {count}, stroke: 0.5pt),\n"))
    header = rows.header or _header(rows)
    covered: dict[int, int] = {}  # column -> rows below still taken by a \multirow
    for number, row in enumerate(rows.cells):
        if number == 0 and header:
            out.append(Mark("table.header(\n"))
            out.append(Shift(2))
            out.append(Mark("  "))
        _lines(rows, number, count, out)
        if not row:
            pass
        elif not _row(row, count, covered, out):
            out.append(Mark("[],\n"))
        if header and number == header - 1:
            out += [Shift(-2), Mark("\n"), Mark("),\n")]
    _lines(rows, len(rows.cells), count, out)
    out += [Shift(-2), Mark("\n"), Mark(")")]
    return out


def _columns(cols: list[Column], full_width: bool) -> str:
    widths = [column.width for column in cols]
    if full_width and "1fr" not in widths:
        widths = ["1fr" if width == "auto" else width for width in widths]
    if set(widths) == {"auto"}:
        return str(len(widths))
    return f"({', '.join(widths)}{',' if len(widths) == 1 else ''})"


def _header(rows: Rows) -> int:
    """booktabs tables: the rows above the first rule inside are the header."""
    inner = [line[0] for line in rows.lines if line[3] == "0.05em" and line[2] is None]
    tops = [line[0] for line in rows.lines if line[3] == "0.08em"]
    if inner and 0 in tops and 0 < inner[0] <= 3 and inner[0] < len(rows.cells):
        spans = any(cell.rows > inner[0] - n for n, row in enumerate(rows.cells[: inner[0]]) for cell in row)
        return 0 if spans else inner[0]
    return 0


def _lines(rows: Rows, number: int, count: int, out: Pieces) -> None:
    for before, start, stop, stroke in rows.lines:
        if before != number:
            continue
        arguments = [f"start: {start}"] if start else []
        if stop is not None and stop < count:
            arguments.append(f"end: {stop}")
        if stroke == "dash":
            stroke = '(thickness: 0.5pt, dash: "dashed")'
        if start >= count:
            continue
        arguments.append(f"stroke: {stroke}")
        out.append(Mark(f"table.hline({', '.join(arguments)}),\n"))


def _row(row: list[Cell], count: int, covered: dict[int, int], out: Pieces) -> bool:
    """Write the cells of a row, none below a ``\\multirow``. False when nothing was written."""
    column = 0
    written = False
    parts: list[Pieces] = []
    for cell in row:
        if column >= count:
            break
        width = min(cell.columns, count - column)
        under = [c for c in range(column, column + width) if covered.get(c, 0) > 0]
        if under:
            if not is_empty(cell.pieces):  # something stands where LaTeX prints over the spanning cell
                parts.append([])
            column += width
            continue
        arguments = []
        if width > 1:
            arguments.append(f"colspan: {width}")
        if cell.rows > 1:
            arguments.append(f"rowspan: {cell.rows}")
            for c in range(column, column + width):
                covered[c] = cell.rows
        if cell.align and width >= 1 and cell.columns > 0 and (cell.columns > 1 or cell.align):
            arguments.append(f"align: {cell.align}")
        if cell.fill:
            arguments.append(f"fill: {cell.fill}")
        head = f"table.cell({', '.join(arguments)})[" if arguments else "["
        parts.append([Mark(head), *cell.pieces, Mark("]")])
        written = True
        column += width
    while column < count:
        if covered.get(column, 0) <= 0:
            parts.append([Mark("[]")])
            written = True
        column += 1
    for c in list(covered):
        covered[c] -= 1
    for index, part in enumerate(part for part in parts if part):
        if index:
            out.append(Mark(", "))
        out.extend(part)
    if any(parts):
        out.append(Mark(",\n"))
    return written or not parts


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
