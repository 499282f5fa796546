"""Tables as Typst writes them.

Typst tables have lines everywhere by default, LaTeX's have none: every table says ``stroke: none`` and draws
the lines the author drew.
"""

from typlora.convert.document.cells import Cell, Rows
from typlora.convert.document.columns import Column
from typlora.convert.document.pieces import Mark, Pieces, Shift, is_empty


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
            if not any(covered.values()):  # a blank row; under a \\multirow Typst has it already
                out.append(Mark("[], " * (count - 1) + "[],\n"))
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
