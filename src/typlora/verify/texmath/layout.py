"""Resolve TeX's styles: which operators take limits here, and in which size each part is set.

The TeXbook, appendix G: display D, text T, script S, scriptscript SS; a numerator in D is set in T, in T in
S; scripts in S or SS. Operators take limits in D only, unless \\limits or \\nolimits says otherwise.
"""

from typlora.verify.mathml import DISPLAY, STYLE_NAME, TEXT, part_style, script_style
from typlora.verify.tree import Node, accent, limits, row, scripts, table


def resolve(node: Node, style: int) -> Node:
    """The canonical tree of a raw tree set in ``style`` (0 display, 1 text, 2 script, 3 scriptscript)."""
    kind = node[0]
    if kind in {"c", "sp"}:
        return node
    if kind == "row":
        return row(_resolve_row(node[1], style))
    if kind == "group":
        return resolve(node[1], style)
    if kind == "style":
        return resolve(node[2], node[1])
    if kind == "op":
        return ("c", node[1], "D" if style == DISPLAY else "T")
    if kind == "name":
        return resolve(node[1], style)
    if kind == "force":
        return resolve(node[2], style)
    if kind == "att":
        return _attach(node, style)
    if kind == "stack":
        inner = script_style(style)
        return limits(resolve(node[1], style), _maybe(node[2], inner), _maybe(node[3], inner))
    if kind in {"acc", "uacc"}:
        return accent(node[1], resolve(node[2], style), under=kind == "uacc")
    if kind == "frac":
        own = style if node[4] is None else node[4]
        below = part_style(own)
        return ("frac", resolve(node[1], below), resolve(node[2], below), node[3], STYLE_NAME[own])
    if kind == "sqrt":
        return ("sqrt", resolve(node[1], style))
    if kind == "root":
        return ("root", resolve(node[1], style), resolve(node[2], 3))
    if kind == "mark":
        return ("mark", node[1], resolve(node[2], style))
    if kind == "table":
        return _table(node, style)
    raise ValueError(f"unknown raw node {kind}")


def _resolve_row(items: list[Node], style: int) -> list[Node]:
    return [resolve(item, style) for item in items]


def _maybe(node: Node | None, style: int) -> Node | None:
    return None if node is None else resolve(node, style)


def _takes_limits(base: Node, style: int) -> bool:
    """Whether scripts go above and below this raw base in this style."""
    kind = base[0]
    if kind == "force":
        return bool(base[1] == "limits") or (base[1] == "displaylimits" and style == DISPLAY)
    if kind in {"op", "name"}:
        return bool(base[2]) and style == DISPLAY
    if kind == "row" and len(base[1]) == 1:
        return _takes_limits(base[1][0], style)
    # Braces and brackets over and under are operators with limits in every style.
    return kind in {"acc", "uacc"} and base[1] in {"overbrace", "underbrace", "overbracket", "underbracket"}


def _attach(node: Node, style: int) -> Node:
    _, base, sub, sup = node
    inner = script_style(style)
    below, above = _maybe(sub, inner), _maybe(sup, inner)
    resolved = resolve(base, style)
    if _takes_limits(base, style):
        return limits(resolved, below, above)
    if base[0] == "stack" and resolved[0] != "lim":
        return scripts(resolved, below, above)
    return scripts(resolved, below, above)


def _table(node: Node, style: int) -> Node:
    _, rows, kind = node
    if kind == "aligned":
        inner = DISPLAY
        return table([[resolve(cell, inner) for cell in cells] for cells in rows], "D", flatten=True)
    inner = {"text": TEXT, "script": 2, "display": DISPLAY}[kind]
    name = STYLE_NAME[inner]
    return table([[resolve(cell, inner) for cell in cells] for cells in rows], name, flatten=False)
