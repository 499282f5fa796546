"""Read the MathML that Typst's HTML export writes into the canonical tree.

Source of the style rules: Typst sets fraction parts, scripts and matrix cells one size smaller as TeX does
(``typst-layout/src/math``), with one difference: cells of an inline ``mat``, ``vec`` or ``cases`` are in
script size. The export does not say so; measuring the layout does, so the reader computes it.
"""

import re
from typing import Any

from typlora.verify.letters import BIG_OPERATORS, fold, styled
from typlora.verify.tree import (
    ACCENTS,
    EMPTY,
    MAX_DEPTH,
    Node,
    TooDeepError,
    accent,
    limits,
    row,
    scripts,
    table,
)

DISPLAY, TEXT, SCRIPT, SCRIPTSCRIPT = range(4)  # TeX's styles, as sizes
STYLE_NAME = ("D", "T", "S", "S")
_GAP = 0.15  # em; a Typst `thin` is 0.1667 em, anything less cannot keep two words apart


def part_style(style: int) -> int:
    """The style of a numerator or denominator set in ``style``."""
    return min(style + 1, SCRIPTSCRIPT)


def script_style(style: int) -> int:
    """The style of a sub- or superscript on a base set in ``style``."""
    return SCRIPT if style < SCRIPT else SCRIPTSCRIPT


def read_math(element: Any) -> Node:
    """The canonical tree of a ``math`` element (lxml). Raises ``TooDeepError``."""
    style = DISPLAY if element.get("display") == "block" else TEXT
    return row([_read(child, style, 0) for child in element])


def _own_style(element: Any, style: int) -> int:
    level = element.get("scriptlevel")
    shown = element.get("displaystyle")
    if level is not None and level.isdigit():
        style = min(TEXT + int(level), SCRIPTSCRIPT)
    if shown == "true":
        return DISPLAY
    if shown == "false" and style == DISPLAY:
        return TEXT
    return style


def _children(element: Any, style: int, depth: int) -> list[Node]:
    return [_read(child, style, depth + 1) for child in element]


def _letters(element: Any, style: int) -> Node:
    text = element.text or ""
    items: list[Node] = []
    for base, letter_style in styled(text):
        if base.isspace():
            items.append(("sp",))
        elif base in BIG_OPERATORS:
            items.append(("c", base, "D" if style == DISPLAY else "T"))
        else:
            items.extend(("c", part, letter_style) for part in base)
    return row(items)


def _read(element: Any, style: int, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise TooDeepError
    if not isinstance(element.tag, str):
        return EMPTY  # a comment
    style = _own_style(element, style)
    tag = element.tag
    if tag in {"mi", "mn", "mo", "mtext", "ms"}:
        inner = [] if not len(element) else _children(element, style, depth)
        return row([_letters(element, style), *inner])
    if tag == "mspace":
        width = (element.get("width") or "0").removesuffix("em")
        try:
            return ("sp",) if float(width) > _GAP else EMPTY
        except ValueError:
            return EMPTY
    if tag in {"msub", "msup", "msubsup"}:
        return _scripts(element, style, depth)
    if tag in {"munder", "mover", "munderover"}:
        return _under_over(element, style, depth)
    if tag == "mmultiscripts":
        return _multiscripts(element, style, depth)
    if tag == "mfrac":
        below = part_style(style)
        parts = _children(element, below, depth)
        kind = "none" if element.get("linethickness") in {"0", "0em", "0pt"} else "bar"
        return ("frac", parts[0], parts[1], kind, STYLE_NAME[style]) if len(parts) == 2 else row(parts)
    if tag == "msqrt":
        return ("sqrt", row(_children(element, style, depth)))
    if tag == "mroot":
        return ("root", _read(element[0], style, depth + 1), _read(element[1], SCRIPTSCRIPT, depth + 1))
    if tag == "mtable":
        return _table(element, style, depth)
    if tag == "mphantom":
        return EMPTY
    if tag == "math" and element.get("display") == "block":
        style = DISPLAY
    items = _children(element, style, depth)
    if element.text and element.text.strip():
        items.insert(0, row([("c", *fold(c)) for c in element.text if not c.isspace()]))
    return row(items)


def _scripts(element: Any, style: int, depth: int) -> Node:
    base = _read(element[0], style, depth + 1)
    parts = [_read(child, script_style(style), depth + 1) for child in element[1:]]
    sub = parts[0] if element.tag != "msup" else None
    sup = parts[-1] if element.tag != "msub" else None
    return scripts(base, sub, sup)


def _mark_of(element: Any) -> str:
    """The character of an element that may be an accent mark."""
    return (element.text or "").strip() if element.tag in {"mo", "mtext", "mi"} and not len(element) else ""


# What the verifier's own show rules write for constructs that the export drops (see preamble.py).
_SHOWN = {"\u0336": "cancel", "\u0332": "underline"}
BOX_MARK = "\u25a2\u25a2"


def _lines(augment: str) -> str:
    """The name of a matrix's lines from the ``repr`` of ``augment``: ``1`` or ``(hline: (1,), vline: 2)``."""
    if augment.strip().lstrip("-").isdigit():
        return f"lines h v{augment.strip()}"
    places = {"hline": "", "vline": ""}
    for name, many, one in re.findall(r"(hline|vline): (?:\(([^)]*)\)|(-?\d+))", augment):
        numbers = sorted(
            {int(part) for part in (many or one).split(",") if part.strip().lstrip("-").isdigit()}
        )
        places[name] = ",".join(map(str, numbers))
    return f"lines h{places['hline']} v{places['vline']}"


def _ruled(lines: str, matrix: Node) -> Node:
    """A matrix with lines: they belong to the table, not to the delimiters around it."""
    members = list(matrix[1]) if matrix[0] == "row" else [matrix]
    return row([("mark", lines, item) if item[0] == "tab" else item for item in members])


def _under_over(element: Any, style: int, depth: int) -> Node:
    first, rest = element[0], list(element[1:])
    mark = _mark_of(rest[0])
    if len(rest) == 1 and mark in _SHOWN:
        body = _read(first, style, depth + 1)
        return accent("underline", body, under=True) if mark == "\u0332" else ("mark", "cancel", body)
    if len(rest) == 1 and mark.startswith("\u2983"):
        return _ruled(_lines(mark.strip("\u2983\u2984")), _read(first, style, depth + 1))
    if len(rest) == 1 and mark == BOX_MARK:
        return ("mark", "box", _read(first, style, depth + 1))
    if (
        len(rest) == 1
        and (element.get("accent") == "true" or element.get("accentunder") == "true")
        and mark in ACCENTS
    ):
        return accent(mark, _read(first, style, depth + 1), under=element.tag == "munder")
    base = _read(first, style, depth + 1)
    parts = [_read(child, script_style(style), depth + 1) for child in rest]
    under = parts[0] if element.tag != "mover" else None
    over = parts[-1] if element.tag != "munder" else None
    return limits(base, under, over)


def _multiscripts(element: Any, style: int, depth: int) -> Node:
    base = _read(element[0], style, depth + 1)
    after: list[Node] = []
    before: list[Node] = []
    into = after
    for child in element[1:]:
        if child.tag == "mprescripts":
            into = before
        else:
            into.append(EMPTY if child.tag == "none" else _read(child, script_style(style), depth + 1))
    post = scripts(base, *_pair(after)) if any(part != EMPTY for part in after) else base
    return row([scripts(EMPTY, *_pair(before)), post]) if before else post


def _pair(parts: list[Node]) -> tuple[Node | None, Node | None]:
    sub = parts[0] if parts and parts[0] != EMPTY else None
    sup = parts[1] if len(parts) > 1 and parts[1] != EMPTY else None
    return sub, sup


def _table(element: Any, style: int, depth: int) -> Node:
    is_display = "multiline-equation" in (element.get("class") or "")
    inner = style if is_display else part_style(style)
    rows = [
        [row([_read(item, inner, depth + 1) for item in cell]) for cell in line if cell.tag == "mtd"]
        for line in element
        if line.tag == "mtr"
    ]
    return table([[_trim(cell) for cell in line] for line in rows], STYLE_NAME[inner], flatten=is_display)


def _trim(cell: Node) -> Node:
    """Typst puts a gap at a cell's end where text stood beside the separator."""
    items = [item for item in (cell[1] if cell[0] == "row" else [cell])]
    while items and items[-1] == ("sp",):
        items.pop()
    while items and items[0] == ("sp",):
        items.pop(0)
    return row(items)
