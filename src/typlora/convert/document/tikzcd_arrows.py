"""Arrows of tikz-cd: commands and options, as far as the helper ``diagram`` can draw them."""

import re
from dataclasses import dataclass, replace

from typlora.convert.document.tikzcd_syntax import Strange, braces, bracket, length, split, unbraced

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


def read_arrow(body: str, found: re.Match[str], here: tuple[int, int], arrows: list[Arrow]) -> int:
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
        position = bracket(body, start)
        options += split(body[start + 1 : position - 1])
    if not any(_WAY.fullmatch(o) or o.startswith(("to=", "from=")) for o in options) and following() == "{":
        start = skip()  # \arrow{r}[swap]{f}, as it was written before version 0.9
        position = braces(body, start)
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
        stop = braces(body, found.end())
        label = body[found.end() + 1 : stop - 1]
        rest = (found[1] or "")[1:-1]
        styles = [o for o in split(rest) if o not in {"swap", "description", *_PLACES}]
        placed = [o for o in split(rest) if o in {"swap", "description", *_PLACES}]
        options += [*styles, f'"{{{label}}}"{{{",".join(placed)}}}'] if label.strip() else styles
        position = stop
    return options, position


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
        raise Strange("a loop, or no direction")
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
    for option in split(rest):
        if option in {"'", "swap"}:
            swap = not swap
        elif option == "description" or option == "anchor=center":
            over = True
        elif option in _PLACES:
            at = _PLACES[option]
        elif position := re.fullmatch(r"pos\s*=\s*(0?\.\d+)", option):
            at = float(position[1])
        elif not option.startswith("inner sep"):
            raise Strange(option)
    return unbraced(found["label"].strip()), swap, over, at


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
        size = SHIFT * float(value or 1) if re.fullmatch(r"[\d.]*", value) else length(value)
        return replace(arrow, shift=arrow.shift + sign * size)
    if name == "curve" and (height := re.fullmatch(r"\{\s*height\s*=\s*(-?\d+)pt\s*\}", value)):
        return replace(arrow, bend=max(-60.0, min(60.0, -1.6 * float(height[1]))))
    raise Strange(option)


def _moved(place: tuple[int, int], way: str) -> tuple[int, int]:
    return (
        place[0] + way.count("d") - way.count("u"),
        place[1] + way.count("r") - way.count("l"),
    )
