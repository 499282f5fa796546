"""Environments inside mathematics: matrices, cases, arrays and aligned displays."""

from typing import TYPE_CHECKING

from typlora.verify.tree import Node, row

if TYPE_CHECKING:
    from typlora.verify.texmath.reader import Reader, _Font

_FENCES = {
    "matrix": ("", ""), "smallmatrix": ("", ""), "array": ("", ""),
    "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"), "Vmatrix": ("‖", "‖"),
    "psmallmatrix": ("(", ")"), "bsmallmatrix": ("[", "]"),
    "cases": ("{", ""), "dcases": ("{", ""), "rcases": ("", "}"), "drcases": ("", "}"),
}  # fmt: skip
# Aligned displays: their cells are set in display style, and one row alone is no table.
_ALIGNED = frozenset({
    "align", "aligned", "alignat", "alignedat", "xalignat", "xxalignat", "flalign", "eqnarray", "split",
    "gather", "gathered", "multline", "multlined", "equation", "displaymath", "math", "subequations",
})  # fmt: skip
_SCRIPT = frozenset({"smallmatrix", "psmallmatrix", "bsmallmatrix", "substack", "subarray"})
_DISPLAY_CELLS = frozenset({"dcases", "drcases"})


def environment(reader: "Reader", name: str, font: "_Font", depth: int) -> Node:
    """The node of ``\\begin{name} ... \\end{name}``; the ``\\begin{name}`` has been taken."""
    from typlora.verify.texmath.reader import UnsupportedError

    plain = name.removesuffix("*")
    lines: str | None = None
    if plain in {"array", "subarray"}:
        reader.raw_option()
        lines = reader.raw_group()
    elif plain in {"alignat", "alignedat", "xalignat", "xxalignat"}:
        reader.raw_option()
        reader.raw_group()
    elif plain in {"aligned", "gathered", "multlined"} or (name.endswith("*") and plain in _FENCES):
        reader.raw_option()
    if plain not in _ALIGNED and plain not in _FENCES and plain not in _SCRIPT:
        raise UnsupportedError(f"environment {name}")
    rows, rules = _rows(reader, name, font, depth)
    if plain in _ALIGNED:
        return ("table", rows, "aligned")
    cells = "script" if plain in _SCRIPT else "display" if plain in _DISPLAY_CELLS else "text"
    body: Node = ("table", rows, cells)
    ruled = _line_mark(lines or "", rules, len(rows))
    if ruled:
        body = ("mark", ruled, body)
    left, right = _FENCES.get(plain, ("", ""))
    fences = [("c", fence, "") for fence in (left, right)]
    return row([*([fences[0]] if left else []), body, *([fences[1]] if right else [])])


def rows_of(source: str, font: "_Font", depth: int) -> list[list[Node]]:
    """Rows and cells of a piece of source (``\\substack``)."""
    from typlora.verify.texmath.reader import Reader, UnsupportedError

    inner = Reader(source)
    rows, _ = _rows(inner, "", font, depth)
    if inner.position < len(inner.text):
        raise UnsupportedError("unbalanced rows")
    return rows


def _rows(reader: "Reader", name: str, font: "_Font", depth: int) -> tuple[list[list[Node]], list[int]]:
    """Rows up to ``\\end{name}`` (taken; the end of the source if no name), and where rules stand."""
    from typlora.verify.texmath.reader import UnsupportedError

    rows: list[list[Node]] = [[]]
    rules: list[int] = []
    stops = frozenset({"\\hline", "\\intertext", "\\shortintertext"})
    while True:
        cell = reader.sequence(stops, font, depth + 1)
        token = reader.take()
        if token == "\\hline":
            rules.append(len(rows) - 1)
            if _is_empty(cell):
                continue
            raise UnsupportedError("\\hline inside a row")
        if token in {"\\intertext", "\\shortintertext"}:
            raise UnsupportedError(token)
        rows[-1].append(cell)
        if token == "&":
            continue
        if token in {"\\\\", "\\cr"}:
            if token == "\\\\":
                reader.starred()
            if token == "\\\\" and reader.position < len(reader.text) and reader.text[reader.position] == "[":
                reader.raw_option()
            rows.append([])
            continue
        if token == "\\end":
            if reader.raw_group().strip() != name:
                raise UnsupportedError("environments that overlap")
            break
        if not token and not name:
            break
        raise UnsupportedError(f"unbalanced \\begin{{{name}}}")
    return rows, rules


def _is_empty(cell: Node) -> bool:
    return cell[0] == "row" and not cell[1]


def _line_mark(columns: str, rules: list[int], rows: int) -> str:
    """The name of the lines drawn in a matrix, as the verifier's show rule names Typst's ``augment``."""
    verticals: list[int] = []
    count = depth = 0
    index = 0
    while index < len(columns):
        character = columns[index]
        depth += (character == "{") - (character == "}")
        if not depth:
            if character in "lcr" or (character in "pmb" and columns[index + 1 : index + 2] == "{"):
                count += 1
            elif character == "|":
                verticals.append(count)
        index += 1
    if not verticals and not rules:
        return ""
    inner_rules = sorted({rule for rule in rules})
    return f"lines h{','.join(map(str, inner_rules))} v{','.join(map(str, sorted(set(verticals))))}"
