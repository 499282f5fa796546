"""Alignments with words between their rows (``\\intertext``): several displays that share their columns.

Typst has no row of text inside an equation. Each stretch of rows is an equation of its own, so that it is
judged and numbered like any other, and the helper ``rows-with-text`` sets it with the rows of the other
stretches hidden below it, which makes the columns of all of them equally wide.
"""

from dataclasses import dataclass

from typlora.convert.document.builder import Builder
from typlora.convert.document.equation_rows import Row, number_row, row_argument
from typlora.convert.document.equations import columns_helper, display, environment_formula
from typlora.convert.document.nodes import Cursor, Node, content, is_macro
from typlora.convert.document.pieces import LINE_END, Code, Mark, Pieces, Shift, is_empty

_NAMES = ("intertext", "shortintertext")
_CHANGES = {"eqnarray": "third-left", "pairs-apart": "pair-space"}  # what the helpers do to columns
_COLUMNS = ("align", "alignat", "flalign", "xalignat", "eqnarray", "IEEEeqnarray")


@dataclass(frozen=True, slots=True)
class _Rows:
    """A stretch of rows without text between them: what engines get, and its numbers."""

    latex: str
    rows: list[Row]


def has_intertext(nodes: list[Node]) -> bool:
    """Whether words interrupt the rows of a display."""
    return any(is_macro(node, *_NAMES) for node in nodes)


def write_with_intertext(builder: Builder, node: Node, inner: list[Node]) -> None:
    """A display and the words between its rows; ``inner`` is its body."""
    parts = _parts(builder, node, inner)
    stretches = [part for part in parts if isinstance(part, _Rows)]
    if len(stretches) > 1 and node.environmentname.rstrip("*") in _COLUMNS:
        _write_aligned(builder, node, parts)
        return
    for part in parts:
        if isinstance(part, _Rows):
            display(builder, node, part.latex, part.rows)
        else:
            builder.add(LINE_END, *part, LINE_END)


def _parts(builder: Builder, node: Node, inner: list[Node]) -> list[_Rows | Pieces]:
    """Stretches of rows and words, in their order."""
    parts: list[_Rows | Pieces] = []
    row: list[Node] = []

    def rows() -> None:
        while row and (is_macro(row[-1], "\\") or not getattr(row[-1], "chars", "x").strip()):
            row.pop()
        latex, numbers = environment_formula(builder, node, row)
        if any(getattr(part, "chars", "x").strip() for part in row):
            parts.append(_Rows(latex, numbers))
        row.clear()

    cursor = Cursor(inner, builder.context.text)
    while (part := cursor.next()) is not None:
        if not is_macro(part, *_NAMES):
            row.append(part)
            continue
        rows()
        words = builder.flow(content(cursor.arguments(part, "{")[0]))
        if not is_empty(words):
            parts.append(words)
    rows()
    return parts


def _write_aligned(builder: Builder, node: Node, parts: list[_Rows | Pieces]) -> None:
    """``#rows-with-text((<a>, none, $ ... $), [and], $ ... $)``."""
    context = builder.context
    context.need("row-number", "equation-rows", "each-column", "rows-with-text")
    out: Pieces = [LINE_END, Mark("#rows-with-text("), Shift(2)]
    if function := columns_helper(
        node, [row for part in parts if isinstance(part, _Rows) for row in part.rows]
    ):
        context.need(function)
        out += [LINE_END, Mark(f"columns: {_CHANGES[function]},")]
    for part in parts:
        out.append(LINE_END)
        if not isinstance(part, _Rows):
            out += [Mark("["), *part, Mark("],")]
            continue
        labels = [key for row in part.rows for key, _ in row.keys]
        targets = [number_row(context, row) for row in part.rows]
        numbers = [row_argument(builder, row, target) for row, target in zip(part.rows, targets, strict=True)]
        before, after = "$ ", " $,"
        if any(target is not None for target in targets):
            out.append(Mark("("))
            for number in numbers:
                out += [*number, Mark(", ")]
            after = " $),"
            context.numbered_equations = True
        out.append(context.formula(part.latex, node, display=True, labels=labels, before=before, after=after))
    builder.add(*out, Shift(-2), LINE_END, Code(")"), LINE_END)
