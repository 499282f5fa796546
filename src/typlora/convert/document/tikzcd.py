"""Commutative diagrams of tikz-cd, read as a grid of cells and arrows.

Only what the helper ``diagram`` of the preamble can draw is read: anything else (loops, colours, anchors,
named nodes) gives ``None``, and the diagram is treated as a picture.
"""

import re
from dataclasses import dataclass, replace

from typlora.tex.lexer import bracket_end

_BEGIN = re.compile(r"\\begin\s*\{tikzcd\}\s*")
_END = re.compile(r"\\end\s*\{tikzcd\}\s*$")
_ARROW = re.compile(r"\\(arrow|ar|[rlud]{1,4}ar)(?![A-Za-z])")
_WAY = re.compile(r"[rlud]+")
_LABEL = re.compile(r'"(?P<label>(?:[^"{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)"\s*(?P<rest>.*)', re.S)
_STYLES = {
    "hook": "hook", "hook'": "hook-right", "two heads": "two-heads", "dashed": "dashed", "dotted": "dotted",
    "tail": "tail", ">->": "tail", "Rightarrow": "double", "Leftarrow": "double", "equal": "equal",
    "equals": "equal", "=": "equal", "no head": "line", "dash": "line", "-": "line", "mapsto": "maps-to",
    "maps to": "maps-to", "|->": "maps-to", "phantom": "phantom", "draw=none": "phantom",
    "rightarrow": "", "leftarrow": "", "->": "",
    "<-": "", "rightarrowtail": "tail", "twoheadrightarrow": "two-heads", "hookrightarrow": "hook",
    "crossing over": "", "densely dashed": "dashed", "2tail": "", "arrows": "",
}  # fmt: skip
_BACKWARDS = frozenset({"Leftarrow", "leftarrow", "<-"})
_PLACES = {
    "very near start": 0.125,
    "near start": 0.25,
    "near end": 0.75,
    "very near end": 0.875,
    "midway": 0.5,
}
_SEPARATIONS = {
    ("column", "tiny"): 1.3, ("column", "small"): 1.9, ("column", "scriptsize"): 1.6,
    ("column", "normal"): 3.1, ("column", "large"): 4.3, ("column", "huge"): 5.5,
    ("row", "tiny"): 1.05, ("row", "small"): 1.5, ("row", "scriptsize"): 1.2, ("row", "normal"): 2.4,
    ("row", "large"): 3.3, ("row", "huge"): 4.2,
}  # fmt: skip
_HARMLESS = re.compile(
    r"(ampersand replacement|cramped|cells|every|math mode|baseline|nodes in empty cells)\b"
)
SHIFT = 0.24  # em: what `shift left` of tikz-cd moves an arrow by


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one (row, column) to another; ``bend`` in degrees, ``shift`` in em, both to the left."""

    start: tuple[int, int]
    stop: tuple[int, int]
    label: str = ""
    swap: bool = False
    styles: tuple[str, ...] = ()
    bend: float = 0.0
    shift: float = 0.0
    at: float = 0.5


@dataclass(frozen=True, slots=True)
class Diagram:
    """``cells`` are LaTeX formulas row by row, every row filled up to ``columns``; ``gap`` is in em."""

    cells: tuple[str, ...]
    columns: int
    arrows: tuple[Arrow, ...]
    gap: tuple[float, float]


class _Strange(Exception):
    """Something that is not a simple diagram."""


def read_diagram(latex: str) -> Diagram | None:
    """The diagram of a whole ``tikzcd`` environment; ``None`` where it is not a simple one."""
    begin, end = _BEGIN.match(latex), _END.search(latex)
    if begin is None or end is None:
        return None
    body = re.sub(r"(?<!\\)%[^\n]*\n?\s*", "", latex[begin.end() : end.start()])
    try:
        gap = (_SEPARATIONS["column", "normal"], _SEPARATIONS["row", "normal"])
        if body.startswith("["):
            stop = _bracket(body, 0)
            gap = _gap(body[1 : stop - 1], gap)
            if "ampersand replacement" in body[:stop]:
                body = body[:stop] + body[stop:].replace("\\&", "&")
            body = body[stop:]
        rows, arrows = _grid(body)
        columns = max((len(row) for row in rows), default=0)
        cells = tuple(cell for row in rows for cell in [*row, *[""] * (columns - len(row))])
        for arrow in arrows:
            for row, column in (arrow.start, arrow.stop):
                if not (0 <= row < len(rows) and 0 <= column < columns):
                    return None
    except _Strange:
        return None
    return Diagram(cells, columns, tuple(arrows), gap) if cells else None


def _gap(options: str, gap: tuple[float, float]) -> tuple[float, float]:
    wide, tall = gap
    for option in _split(options):
        found = re.fullmatch(r"(column |row )?sep\s*=\s*\{?(.+?)\}?", option)
        if found is None:
            if _SEPARATIONS.get(("row", option)) or not _HARMLESS.match(option):
                raise _Strange(option)
            continue
        for which in [found[1].strip()] if found[1] else ["column", "row"]:
            size = _SEPARATIONS.get((which, found[2].strip())) or _length(found[2]) + (
                0.7 if which == "column" else 0.6
            )
            wide, tall = (size, tall) if which == "column" else (wide, size)
    return wide, tall


def _length(text: str) -> float:
    """A length in em."""
    found = re.fullmatch(r"\s*(-?\d*\.?\d+)\s*(em|ex|pt|cm|mm)\s*", text)
    if found is None:
        raise _Strange(text)
    return float(found[1]) * {"em": 1, "ex": 0.43, "pt": 0.1, "cm": 2.85, "mm": 0.285}[found[2]]


def _bracket(text: str, start: int) -> int:
    """Behind the ``]`` that closes the ``[`` at ``start``; quoted brackets do not count."""
    position, depth, quoted = start, 0, False
    while position < len(text):
        char = text[position]
        if char == '"':
            quoted = not quoted
        elif char == "{":
            position = _braces(text, position) - 1
        elif not quoted:
            depth += (char == "[") - (char == "]")
            if depth == 0:
                return position + 1
        position += 1
    return max(bracket_end(text, start), start + 1)


def _braces(text: str, start: int) -> int:
    """Behind the ``}`` that closes the ``{`` at ``start``."""
    depth, position = 0, start
    while position < len(text):
        if text[position] == "\\":
            position += 2
            continue
        depth += (text[position] == "{") - (text[position] == "}")
        position += 1
        if depth == 0:
            return position
    raise _Strange("unbalanced braces")


def _grid(body: str) -> tuple[list[list[str]], list[Arrow]]:
    """Cells by row, and all arrows."""
    rows: list[list[str]] = [[""]]
    arrows: list[Arrow] = []
    position = depth = 0
    while position < len(body):
        here = (len(rows) - 1, len(rows[-1]) - 1)
        if (found := _ARROW.match(body, position)) and not depth:
            position = _arrow(body, found, here, arrows)
            continue
        step = 1
        if body.startswith("\\\\", position) and not depth:
            option = re.compile(r"\\\\\s*(?:\[[^\]]*\])?").match(body, position)
            rows.append([""])
            position = option.end() if option else position + 2
            continue
        if body[position] == "\\":
            word = re.compile(r"\\(begin|end)\b|\\[A-Za-z]+|\\.", re.S).match(body, position)
            step = len(word[0]) if word else 1
            depth += 0 if word is None or not word[1] else 1 if word[1] == "begin" else -1
        elif body[position] == "{":
            step = _braces(body, position) - position
        elif body[position] == "&" and not depth:
            rows[-1].append("")
            position += 1
            continue
        elif body[position] == "|" and body.startswith("|[", position) and not rows[-1][-1].strip():
            raise _Strange("cell options")
        rows[-1][-1] += body[position : position + step]
        position += step
    cells = [[_unbraced(cell.strip()) for cell in row] for row in rows]
    while (
        len(cells) > 1
        and not any(cells[-1])
        and not any(len(cells) - 1 in (a.start[0], a.stop[0]) for a in arrows)
    ):
        cells.pop()
    return cells, arrows


def _unbraced(text: str) -> str:
    if text.startswith("{") and _braces(text, 0) == len(text):
        return text[1:-1].strip()
    return text


def _arrow(body: str, found: re.Match[str], here: tuple[int, int], arrows: list[Arrow]) -> int:
    """Read one arrow command that starts in the cell ``here``; where it ends."""
    position = found.end()
    options: list[str] = [] if found[1] in {"arrow", "ar"} else [found[1].removesuffix("ar")]
    spaces = re.compile(r"\s*")

    def following() -> str:
        return body[(spaces.match(body, position) or found).end() :][:1]

    def skip() -> int:
        return (spaces.match(body, position) or found).end()

    if following() == "[":
        start = skip()
        position = _bracket(body, start)
        options += _split(body[start + 1 : position - 1])
    if not any(_WAY.fullmatch(o) or o.startswith(("to=", "from=")) for o in options) and following() == "{":
        start = skip()  # \arrow{r}[swap]{f}, as it was written before version 0.9
        position = _braces(body, start)
        options.append(body[start + 1 : position - 1].strip())
        options += _old_labels(body, position)[0]
        position = _old_labels(body, position)[1]
    elif found[1] not in {"arrow", "ar"} and following() == "{":
        more, position = _old_labels(body, position)
        options += more
    arrows.extend(_arrows(options, here))
    return position


def _old_labels(body: str, position: int) -> tuple[list[str], int]:
    options: list[str] = []
    while found := re.compile(r"\s*(\[[^\]]*\])?\s*(?=\{)").match(body, position):
        stop = _braces(body, found.end())
        label = body[found.end() + 1 : stop - 1]
        rest = (found[1] or "")[1:-1]
        styles = [o for o in _split(rest) if o not in {"swap", "description", *_PLACES}]
        placed = [o for o in _split(rest) if o in {"swap", "description", *_PLACES}]
        options += [*styles, f'"{{{label}}}"{{{",".join(placed)}}}'] if label.strip() else styles
        position = stop
    return options, position


def _split(options: str) -> list[str]:
    """At commas outside of braces and quotes."""
    parts, quoted, position = [""], False, 0
    while position < len(options):
        char = options[position]
        if char == "{":
            stop = _braces(options, position)
            parts[-1] += options[position:stop]
            position = stop
            continue
        quoted = quoted != (char == '"')
        if char == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += char
        position += 1
    return [part.strip() for part in parts if part.strip()]


def _arrows(options: list[str], here: tuple[int, int]) -> list[Arrow]:
    """The arrow, and one that is not seen for each label after the first."""
    arrow = Arrow(here, here)
    labels: list[tuple[str, bool, bool, float]] = []
    swapped = backwards = False
    for option in options:
        if found := _LABEL.fullmatch(option):
            labels.append(_label(found))
        elif option == "swap":
            swapped = not swapped
        elif option in _STYLES:
            backwards = backwards or option in _BACKWARDS
            arrow = replace(arrow, styles=(*arrow.styles, *([_STYLES[option]] if _STYLES[option] else [])))
        elif _WAY.fullmatch(option):
            arrow = replace(arrow, stop=_moved(here, option))
        else:
            arrow = _option(arrow, option)
    if arrow.start == arrow.stop:
        raise _Strange("a loop, or no direction")
    if backwards:
        arrow = replace(arrow, start=arrow.stop, stop=arrow.start, bend=-arrow.bend, shift=-arrow.shift)
    out = []
    for index, (label, swap, over, at) in enumerate(labels or [("", False, False, 0.5)]):
        styles = ("phantom",) if index else arrow.styles
        styles = (*styles, "over") if over else styles
        turn = (swap + swapped + backwards) % 2 == 1
        place = 1 - at if backwards else at
        out.append(replace(arrow, label=label, swap=turn, styles=styles, at=place))
    return out


def _label(found: re.Match[str]) -> tuple[str, bool, bool, float]:
    """Its LaTeX; whether it stands on the other side, or on the arrow; and where along it."""
    rest = found["rest"].strip()
    swap = rest.startswith("'")
    rest = rest.lstrip("' ")
    rest = rest[1:-1] if rest.startswith("{") and rest.endswith("}") else rest
    over, at = False, 0.5
    for option in _split(rest):
        if option in {"'", "swap"}:
            swap = not swap
        elif option == "description" or option == "anchor=center":
            over = True
        elif option in _PLACES:
            at = _PLACES[option]
        elif position := re.fullmatch(r"pos\s*=\s*(0?\.\d+)", option):
            at = float(position[1])
        elif not option.startswith("inner sep"):
            raise _Strange(option)
    return _unbraced(found["label"].strip()), swap, over, at


def _option(arrow: Arrow, option: str) -> Arrow:
    """Options with values."""
    name, _, value = (part.strip() for part in option.partition("="))
    if name in {"from", "to"} and (cell := re.fullmatch(r"(\d+)-(\d+)", value)):
        place = (int(cell[1]) - 1, int(cell[2]) - 1)
        return replace(arrow, start=place) if name == "from" else replace(arrow, stop=place)
    if name == "to" and _WAY.fullmatch(value):
        return replace(arrow, stop=_moved(arrow.start, value))
    sign = -1 if name.endswith("right") else 1
    if name in {"bend left", "bend right"} and re.fullmatch(r"\d*", value):
        return replace(arrow, bend=sign * float(value or 30))
    if name in {"shift left", "shift right"}:
        size = SHIFT * float(value or 1) if re.fullmatch(r"[\d.]*", value) else _length(value)
        return replace(arrow, shift=arrow.shift + sign * size)
    if name == "curve" and (height := re.fullmatch(r"\{\s*height\s*=\s*(-?\d+)pt\s*\}", value)):
        return replace(arrow, bend=max(-60.0, min(60.0, -1.6 * float(height[1]))))
    raise _Strange(option)


def _moved(place: tuple[int, int], way: str) -> tuple[int, int]:
    return (
        place[0] + way.count("d") - way.count("u"),
        place[1] + way.count("r") - way.count("l"),
    )
