"""Displays whose rows share a brace or a box: ``numcases``, ``subnumcases`` (cases) and ``empheq``.

A number stands beside each row within the brace, which Typst has not: the helper ``case-rows`` sets them.
"""

import re
from collections.abc import Sequence

from typlora.convert.document.builder import Builder, environment, environment_arguments
from typlora.convert.document.equation_rows import Row, number_row, row_argument, rows_of, settle
from typlora.convert.document.equations import ONE_NUMBER, display, environment_formula, grouped
from typlora.convert.document.formula_source import formula_latex
from typlora.convert.document.nodes import Node, is_macro
from typlora.convert.document.pieces import LINE_END, Mark, Pieces, call

_DELIMITER = re.compile(r"\\empheq(?:big)?(l|r)(brace|brack|angle|vert|Vert|paren|parenthesis)(?![A-Za-z])")
_SIGNS = {
    "lbrace": "\\{", "rbrace": "\\}", "lbrack": "[", "rbrack": "]",
    "langle": "\\langle", "rangle": "\\rangle",
    "lvert": "|", "rvert": "|", "lVert": "\\|", "rVert": "\\|", "lparen": "(", "rparen": ")",
    "lparenthesis": "(", "rparenthesis": ")",
}  # fmt: skip


@environment("numcases", "subnumcases")
def numbered_cases(builder: Builder, node: Node) -> None:
    """A number for each case; the second column is text."""
    (left,), inner = environment_arguments(builder, node, "{")
    rows = _rows(builder, inner)
    cases = " \\\\ ".join(
        _case(builder, row) for row in _split(inner) if formula_latex(row, builder.context).strip()
    )
    latex = f"{builder.source(left)} \\begin{{cases}} {cases} \\end{{cases}}"
    if node.environmentname == "numcases":
        builder.add(LINE_END, *_write(builder, node, latex, rows), LINE_END)
    else:
        grouped(builder, lambda: _write(builder, node, latex, rows))


def _rows(builder: Builder, inner: Sequence[Node]) -> list[Row]:
    rows = rows_of(inner, builder.context)
    if len(rows) > 1 and not formula_latex(_split(inner)[-1], builder.context).strip() and not rows[-1].keys:
        rows.pop()
    return rows


def _split(inner: Sequence[Node]) -> list[list[Node]]:
    """The nodes of each row."""
    rows: list[list[Node]] = [[]]
    for node in inner:
        if is_macro(node, "\\", "cr"):
            rows.append([])
        else:
            rows[-1].append(node)
    return rows


def _case(builder: Builder, row: list[Node]) -> str:
    """A value in mathematics and its condition in text."""
    at = next((n for n, node in enumerate(row) if getattr(node, "specials_chars", "") == "&"), len(row))
    value, condition = (formula_latex(part, builder.context).strip() for part in (row[:at], row[at + 1 :]))
    if re.fullmatch(r"\$[^$]*\$[.,;]?", condition):
        return f"{value} & {condition.replace('$', '')}"
    return f"{value} & \\text{{{condition}}}" if condition else value


def _write(builder: Builder, node: Node, latex: str, rows: list[Row]) -> Pieces:
    """``#case-rows(<a>, auto, $ ... $)``; the equation alone where no row has a number."""
    context = builder.context
    for row in rows:
        settle(context, row)
    if not any(row.numbered for row in rows):
        return [Mark("#unnumbered("), context.formula(latex, node, display=True, before="$ ", after=" $)")]
    context.need("row-number", "case-rows")
    context.numbered_equations = True
    out: Pieces = [Mark("#case-rows(")]
    for row in rows:
        out += [*row_argument(builder, row, number_row(context, row)), Mark(", ")]
    labels = [key for row in rows for key, _ in row.keys]
    return [*out, context.formula(latex, node, display=True, labels=labels, before="$ ", after=" $)")]


@environment("empheq")
def emphasised(builder: Builder, node: Node) -> None:
    """An environment of amsmath with something left or right of it, or a box around it."""
    (options, name), inner = environment_arguments(builder, node, "[{")
    given, inside = builder.source(options), builder.source(name)
    left, right = (_side(given, side) for side in ("left", "right"))
    if not left and not right:
        inner_builder = builder.nested()
        display(inner_builder, node, *environment_formula(builder, node, inner, inside))
        pieces = inner_builder.paragraph
        if "box" in given:
            pieces = [LINE_END, *call("block(stroke: 0.5pt, inset: 6pt, width: 100%)", pieces), LINE_END]
        builder.add(*pieces)
        return
    rows = _rows(builder, inner)
    starred = inside.endswith("*")
    if inside.rstrip("*") in ONE_NUMBER:
        rows = [Row([key for row in rows for key in row.keys], numbered=all(row.numbered for row in rows))]
    for row in rows:
        row.numbered = (row.numbered and not starred) or row.tag is not None
    body = formula_latex(inner, builder.context).strip()
    within = "gathered" if inside.startswith(("gather", "multline")) else "aligned"
    around = (left or "\\left.", right or "\\right.")
    latex = f"{around[0]} \\begin{{{within}}} {body} \\end{{{within}}} {around[1]}"
    builder.add(LINE_END, *_write(builder, node, latex, rows), LINE_END)


def _side(options: str, side: str) -> str:
    """What stands on one side of the rows, its delimiter stretched."""
    found = re.search(rf"\b{side}\s*=\s*(\{{(?:[^{{}}]|\{{[^{{}}]*\}})*\}}|[^,]*)", options)
    if found is None:
        return ""
    text = found[1].strip()
    text = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    how = "\\left" if side == "left" else "\\right"
    return _DELIMITER.sub(lambda sign: f"{how}{_SIGNS[sign[1] + sign[2]]} ", text).strip()
