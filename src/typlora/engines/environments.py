"""Environments: rows that shape the whole equation, and tables inside of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from typlora.engines import rules
from typlora.engines.cells import RULES, Tokens, columns_of, environment, rows, visible
from typlora.engines.latex_tokens import argument, option, skip_space, trim
from typlora.engines.rules import Style, UnreadableError
from typlora.tex.wordlist import words

if TYPE_CHECKING:
    from typlora.engines.rewrite import Rewriter

_ROWS = words(
    """
    align alignat flalign xalignat gather multline eqnarray aligned alignedat gathered split multlined
    IEEEeqnarray equation displaymath math dmath subequations
    """
)
_WITH_ARGUMENT = frozenset({"alignat", "xalignat", "alignedat", "IEEEeqnarray"})
MATRICES = {
    "matrix": "#none",
    "pmatrix": '"("',
    "bmatrix": '"["',
    "Bmatrix": '"{"',
    "vmatrix": '"|"',
    "Vmatrix": '"‖"',
    "smallmatrix": "#none",
}
CASES = {
    "cases": "cases(",
    "dcases": "cases(",
    "rcases": "cases(reverse: #true, ",
    "drcases": "cases(reverse: #true, ",
}


def top(rewriter: "Rewriter", tokens: Tokens, style: Style) -> Tokens:
    """A whole formula: an environment around all of it decides the rows of the equation."""
    while tokens[:1] == ["\\label"] and (label := argument(tokens, 1)) is not None:
        tokens = tokens[skip_space(tokens, label[1]) :]
    found = environment(tokens, 0) if tokens[:1] == ["\\begin"] else None
    if found is not None and found[0].rstrip("*") in _ROWS:
        name, body, after = found
        rest = tokens[skip_space(tokens, after) :]
        if all(len(token) == 1 and token in ".,;: " for token in rest):
            # punctuation behind the environment ends its last row
            return _equation(rewriter, name, [*body, *rest], style)
    table = rows(tokens)
    if len(table) > 1 and style == "display":
        return _join(rewriter, table, style)
    return rewriter.group(tokens, style)


def _equation(rewriter: "Rewriter", name: str, body: Tokens, style: Style) -> Tokens:
    plain = name.rstrip("*")
    if plain in _WITH_ARGUMENT and (found := argument(body, 0)) is not None:
        body = body[found[1] :]
    elif plain in ("aligned", "gathered", "alignedat", "split"):
        _, after = option(body, 0)
        body = body[after:]
    body = body[skip_space(body, 0) :]
    if plain in ("equation", "displaymath", "math", "dmath", "subequations"):
        return top(rewriter, body, style)
    table = rows(body)
    if len(table) == 1 and len(table[0]) == 1:
        return top(rewriter, table[0][0], style)
    return _join(rewriter, table, style)


def _join(rewriter: "Rewriter", table: list[list[Tokens]], style: Style) -> Tokens:
    """Rows of an equation, cells kept by ``&``. Cells of amsmath's environments are in display style."""
    out: Tokens = []
    for number, row in enumerate(table):
        if number:
            out.append(rewriter.marks.separator(" \\ "))
        for column, cell in enumerate(row):
            if column:
                out.append(rewriter.marks.separator(" & "))
            out += _displayed(rewriter, cell, style)
    return out


def _displayed(rewriter: "Rewriter", cell: Sequence[str], around: Style) -> Tokens:
    """A cell in display style, said aloud only where Typst would set it otherwise and it shows."""
    inside = rewriter.group(trim(cell), "display")
    if around == "display" or not any(token in rules.SHOWS_STYLE for token in cell):
        return inside
    return rewriter.wrap("display(", inside)


def nested(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> tuple[Tokens, int]:
    """An environment inside a formula."""
    found = environment(tokens, at)
    if found is None:
        raise UnreadableError("an environment is not closed")
    name, body, after = found
    plain = name.rstrip("*")
    if plain in MATRICES:
        _, start = option(body, 0) if name.endswith("*") else (None, 0)
        opening = f"mat(delim: {MATRICES[plain]}, "
        return _table(rewriter, rows(body[start:]), opening, style, "text", plain == "smallmatrix"), after
    if plain in CASES:
        inner: Style = "display" if "d" in plain[:2] else "text"
        return _cases(rewriter, rows(body), CASES[plain], style, inner), after
    if plain in ("array", "darray", "tabular"):
        return _array(rewriter, body, style), after
    if plain in _ROWS:
        if plain in _WITH_ARGUMENT and (skipped := argument(body, 0)) is not None:
            body = body[skipped[1] :]
        else:
            _, start = option(body, 0)
            body = body[start:]
        table = rows(body)
        if len(table) == 1:
            return ["{", *(t for cell in table[0] for t in rewriter.group(trim(cell), style)), "}"], after
        return _aligned(
            rewriter, table, style, plain in ("gathered", "gather", "multline", "multlined")
        ), after
    raise UnreadableError(f"environment {name}")


def substack(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> tuple[Tokens, int]:
    found = argument(tokens, at + 1)
    if found is None:
        raise UnreadableError("\\substack without argument")
    table = rows(found[0])
    if len(table) == 1:
        return ["{", *rewriter.group(trim(table[0][0]), style), "}"], found[1]
    out: Tokens = ["{"]
    for number, row in enumerate(table):
        if number:
            out.append(rewriter.marks.separator(" \\ "))
        out += rewriter.group(trim([t for cell in row for t in cell]), style)
    return [*out, "}"], found[1]


def _cells(
    rewriter: "Rewriter", table: list[list[Tokens]], inner: Style, wrap: str, cell: str, row: str
) -> Tokens:
    out: Tokens = []
    for number, line in enumerate(table):
        if number:
            out.append(rewriter.marks.separator(row))
        for column, content in enumerate(line):
            if column:
                out.append(rewriter.marks.separator(cell))
            inside = rewriter.group(trim(content), inner)
            out += rewriter.wrap(wrap, inside) if wrap and inside else inside
    return out


def _table(
    rewriter: "Rewriter",
    table: list[list[Tokens]],
    opening: str,
    style: Style,
    inner: Style,
    small: bool = False,
) -> Tokens:
    inside = _cells(rewriter, table, inner, "", ", ", "; ")
    out = rewriter.wrap(opening, inside)
    if small:
        return rewriter.wrap("inline(", out) if style == "display" else out
    # Typst sets cells one level smaller than their surroundings, LaTeX always in text style
    return out if style == "display" else rewriter.wrap("display(", out)


def _cases(
    rewriter: "Rewriter", table: list[list[Tokens]], opening: str, style: Style, inner: Style
) -> Tokens:
    # LaTeX puts a quad between the two columns, Typst nothing
    inside = _cells(rewriter, table, inner, "display(" if inner == "display" else "", " & quad ", ", ")
    out = rewriter.wrap(opening, inside)
    return out if style == "display" else rewriter.wrap("display(", out)


def _aligned(rewriter: "Rewriter", table: list[list[Tokens]], style: Style, centred: bool) -> Tokens:
    align = "align: #left, " if not centred and all(len(row) == 1 for row in table) else ""
    inside: Tokens = []
    for number, row in enumerate(table):
        if number:
            inside.append(rewriter.marks.separator("; "))
        for column, cell in enumerate(row):
            if column:
                inside.append(rewriter.marks.separator(" & "))
            inside += _displayed(rewriter, cell, "text")
    out = rewriter.wrap(f"mat(delim: #none, {align}", inside)
    return out if style == "display" else rewriter.wrap("display(", out)


def _array(rewriter: "Rewriter", body: Tokens, style: Style) -> Tokens:
    _, start = option(body, 0)
    found = argument(body, start)
    if found is None:
        raise UnreadableError("an array without columns")
    columns, verticals = columns_of(found[0])
    table = rows(body[found[1] :])
    horizontals: list[int] = []
    for number, row in enumerate(table):
        lines = [token for token in row[0] if token in RULES]
        if lines:
            horizontals.append(number)
            row[0] = [token for token in row[0] if token not in RULES]
        if any(
            token in ("\\multicolumn", "\\multirow", "\\cline", "\\hhline") for cell in row for token in cell
        ):
            raise UnreadableError("cells that span")
    if len(table[-1]) == 1 and not visible(table[-1][0]) and len(table) > 1:
        table.pop()
    width = max(len(row) for row in table)
    horizontals = [number for number in horizontals if number <= len(table)]
    verticals = [number for number in verticals if number <= width]
    options = "delim: #none, "
    if set(columns) == {"l"}:
        options += "align: #left, "
    elif set(columns) == {"r"}:
        options += "align: #right, "
    if horizontals or verticals:
        parts = [
            f"{name}: {numbers[0]}" if len(numbers) == 1 else f"{name}: ({', '.join(map(str, numbers))})"
            for name, numbers in (("hline", horizontals), ("vline", verticals))
            if numbers
        ]
        options += f"augment: #({', '.join(parts)}), "
    return _table(rewriter, table, f"mat({options}", style, "text")
