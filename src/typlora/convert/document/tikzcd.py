"""Commutative diagrams of tikz-cd, read as a grid of cells and arrows.

Only what the helper ``diagram`` of the preamble can draw is read: anything else (loops, colours, anchors,
named nodes) gives ``None``, and the diagram is treated as a picture.
"""

import re
from dataclasses import dataclass

from typlora.convert.document.tikzcd_arrows import Arrow, read_arrow
from typlora.convert.document.tikzcd_syntax import Strange, braces, bracket, length, split, unbraced

_BEGIN = re.compile(r"\\begin\s*\{tikzcd\}\s*")
_END = re.compile(r"\\end\s*\{tikzcd\}\s*$")
_ARROW = re.compile(r"\\(arrow|ar|[rlud]{1,4}ar)(?![A-Za-z])")
_SEPARATIONS = {
    ("column", "tiny"): 1.3, ("column", "small"): 1.9, ("column", "scriptsize"): 1.6,
    ("column", "normal"): 3.1, ("column", "large"): 4.3, ("column", "huge"): 5.5,
    ("row", "tiny"): 1.05, ("row", "small"): 1.5, ("row", "scriptsize"): 1.2, ("row", "normal"): 2.4,
    ("row", "large"): 3.3, ("row", "huge"): 4.2,
}  # fmt: skip
_HARMLESS = re.compile(
    r"(ampersand replacement|cramped|cells|every|math mode|baseline|nodes in empty cells)\b"
)


@dataclass(frozen=True, slots=True)
class Diagram:
    """``cells`` are LaTeX formulas row by row, every row filled up to ``columns``; ``gap`` is in em."""

    cells: tuple[str, ...]
    columns: int
    arrows: tuple[Arrow, ...]
    gap: tuple[float, float]


def read_diagram(latex: str) -> Diagram | None:
    """The diagram of a whole ``tikzcd`` environment; ``None`` where it is not a simple one."""
    begin, end = _BEGIN.match(latex), _END.search(latex)
    if begin is None or end is None:
        return None
    body = re.sub(r"(?<!\\)%[^\n]*\n?\s*", "", latex[begin.end() : end.start()])
    try:
        gap = (_SEPARATIONS["column", "normal"], _SEPARATIONS["row", "normal"])
        if body.startswith("["):
            stop = bracket(body, 0)
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
    except Strange:
        return None
    return Diagram(cells, columns, tuple(arrows), gap) if cells else None


def _gap(options: str, gap: tuple[float, float]) -> tuple[float, float]:
    wide, tall = gap
    for option in split(options):
        found = re.fullmatch(r"(column |row )?sep\s*=\s*\{?(.+?)\}?", option)
        if found is None:
            if _SEPARATIONS.get(("row", option)) or not _HARMLESS.match(option):
                raise Strange(option)
            continue
        for which in [found[1].strip()] if found[1] else ["column", "row"]:
            size = _SEPARATIONS.get((which, found[2].strip())) or length(found[2]) + (
                0.7 if which == "column" else 0.6
            )
            wide, tall = (size, tall) if which == "column" else (wide, size)
    return wide, tall


def _grid(body: str) -> tuple[list[list[str]], list[Arrow]]:
    """Cells by row, and all arrows."""
    rows: list[list[str]] = [[""]]
    arrows: list[Arrow] = []
    position = depth = 0
    while position < len(body):
        here = (len(rows) - 1, len(rows[-1]) - 1)
        if (found := _ARROW.match(body, position)) and not depth:
            position = read_arrow(body, found, here, arrows)
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
            step = braces(body, position) - position
        elif body[position] == "&" and not depth:
            rows[-1].append("")
            position += 1
            continue
        elif body[position] == "|" and body.startswith("|[", position) and not rows[-1][-1].strip():
            raise Strange("cell options")
        rows[-1][-1] += body[position : position + step]
        position += step
    cells = [[unbraced(cell.strip()) for cell in row] for row in rows]
    while (
        len(cells) > 1
        and not any(cells[-1])
        and not any(len(cells) - 1 in (a.start[0], a.stop[0]) for a in arrows)
    ):
        cells.pop()
    return cells, arrows
