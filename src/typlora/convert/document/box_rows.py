"""Reading boxes that stand on one line of LaTeX, and the spaces between them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from typlora.convert.document.colors import color
from typlora.convert.document.context import Context
from typlora.convert.document.lengths import length
from typlora.convert.document.nodes import (
    Cursor,
    Node,
    argument_text,
    children,
    content,
    end,
    is_blank,
    is_macro,
    kind,
)

SPACE = "0.33em"
GROWS = "1fr"
LINE = 455.0  # points of a line on our pages, against which widths in units are held
_EM = 10.0
_POINTS = {"pt": 1.0, "em": _EM, "cm": 28.45, "mm": 2.845, "in": 72.27}
_SIDES = {"t": "top", "b": "bottom"}
_FRAMES = {"fbox": "stroke: 0.5pt, inset: 3pt", "framebox": "stroke: 0.5pt, inset: 3pt"}
_GAPS = {"quad": "1em", "qquad": "2em", "enspace": "0.5em", " ": SPACE, ",": "0.17em", ";": "0.28em"}
_FILLS = ("hfill", "hfil", "hss")
_WORDS = ("textbf", "textit", "emph", "text", "mbox")
_MOST_WORDS = 40  # characters of LaTeX between two boxes that are a box of their own: an arrow, ``or``
_NEVER = re.compile(r"[\n\r][ \t]*[\n\r]")


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands before a box: ``width`` in Typst, ``1fr`` for what grows, and the least it takes in
    points. ``breaks``: LaTeX may end the line there."""

    width: str = "0pt"
    points: float = 0.0
    breaks: bool = False

    def plus(self, other: "Gap") -> "Gap":
        """Both, one behind the other; of two widths the wider one is shown."""
        widths = [self.width, other.width]
        wider = GROWS if GROWS in widths else max(widths, key=_in_points)
        return Gap(wider, self.points + other.points, self.breaks or other.breaks)


@dataclass(frozen=True, slots=True)
class Box:
    """``node`` stands on the line, ``nodes`` inside of it. ``width`` as Typst writes it, ``auto`` for what
    only TeX knows; ``side``: top, horizon or bottom; ``frame``: arguments of ``block``, if it has one;
    ``what``: page (``minipage`` and the like), table, picture or words."""

    node: Node
    nodes: Sequence[Node]
    what: str
    width: str = "auto"
    side: str = "horizon"
    frame: str = ""
    before: Gap = field(default_factory=Gap)

    @property
    def points(self) -> float:
        """Its width on a line of ours; 0 where it is not known."""
        return _in_points(self.width)


def _in_points(width: str) -> float:
    found = re.fullmatch(r"(-?[\d.]+)(%|pt|em|cm|mm|in)", width)
    if not found:
        return 0.0
    return float(found[1]) * (LINE / 100 if found[2] == "%" else _POINTS[found[2]])


def read_row(context: Context, first: Node, cursor: Cursor) -> tuple[list[Box], list[Node], bool]:
    """The boxes from ``first`` on that stand on its line, what was taken off the cursor for them, and whether
    the line ends behind the last of them."""
    box = _box(context, first)
    if box is None:
        return [], [], False
    boxes, taken, behind = [box], list[Node](), list[Node]()  # behind: read since the last box
    gap, words = Gap(), list[Node]()
    ends = True
    while (node := cursor.next()) is not None:
        behind.append(node)
        if (space := _gap(context, node)) is not None:
            if words:
                words.append(node)
            else:
                gap = gap.plus(space)
        elif (box := _box(context, node)) is not None:
            if words:
                boxes.append(Box(words[0], words, "words", before=gap))
                gap = Gap(SPACE, _EM / 3, True)
            boxes.append(replace(box, before=gap))
            taken += behind
            gap, words, behind = Gap(), [], []
        elif _is_word(context, node) and end(node) - (words or [node])[0].pos <= _MOST_WORDS:
            words.append(node)
        else:
            ends = not words and _ends_line(node)
            break
    else:
        ends = not words
    cursor.push(behind)
    return boxes, taken, ends


def segments(context: Context, nodes: Sequence[Node]) -> Iterator[list[Node] | list[Box]]:
    """The rows of at least two boxes among nodes, and what stands between them."""
    cursor = Cursor(nodes, context.text)
    between: list[Node] = []
    while (node := cursor.next()) is not None:
        boxes, taken, _ = read_row(context, node, cursor)
        if sum(box.what == "page" for box in boxes) > 1:
            if between:
                yield between
            yield boxes
            between = []
        else:
            cursor.push(taken)
            between.append(node)
    if between:
        yield between


def rows_of(boxes: Sequence[Box], centred: bool) -> Iterator[list[Box]]:
    """The same boxes line by line, as many on each as LaTeX has there.

    TeX ends a line early only where the rest of it can be left white: the text is ``centred`` or there is
    space that grows. Otherwise it takes one box too many, which here is one of up to a twentieth.
    """
    line: list[Box] = []
    for box in boxes:
        used, wanted = _width(line), _width([*line, box])
        grows = centred or any(one.before.width == GROWS for one in line[1:])
        too_wide = wanted > (1.005 if grows else 1.05) * LINE or used > 1.005 * LINE
        if line and box.before.breaks and too_wide:
            yield line
            line = []
        line.append(box)
    yield line


def gutters(line: Sequence[Box]) -> list[str]:
    """The spaces between the boxes of a line; none where they alone would make it too wide."""
    gaps = [box.before.width for box in line[1:]]
    return ["0pt"] * len(gaps) if set(gaps) == {SPACE} and _width(line) > LINE else gaps


def _width(line: Sequence[Box]) -> float:
    return sum(box.points for box in line) + sum(box.before.points for box in line[1:])


def _ends_line(node: Node) -> bool:
    if kind(node) == "chars":
        return _NEVER.match(node.chars.lstrip(" \t")) is not None
    if kind(node) == "specials":
        return bool(node.specials_chars.count("\n") > 1)
    return kind(node) == "environment" or is_macro(
        node, "\\", "newline", "par", "linebreak", "caption", "captionof", "label", "vspace", "item",
        "bigskip", "medskip", "smallskip", "vskip", "vfill", "newpage", "clearpage", "section", "subsection",
    )  # fmt: skip


def _gap(context: Context, node: Node) -> Gap | None:
    """The space that a node is, None for anything else."""
    if kind(node) == "comment":
        return None if "\n\n" in (getattr(node, "comment_post_space", "") or "") else Gap()
    if is_blank(node):
        return Gap(SPACE, _EM / 3, True) if node.chars else Gap()
    if kind(node) == "specials" and node.specials_chars == "~":
        return Gap(SPACE, _EM / 3)
    if is_macro(node, *_FILLS):
        return Gap(GROWS, 0.0, True)
    if is_macro(node, "hspace"):
        asked = argument_text(Cursor([], context.text).arguments(node, "*{")[1], context.text)
        if asked in {"\\fill", "\\stretch{1}"}:
            return Gap(GROWS, 0.0, True)
        width = length(asked)
        return Gap(width, _in_points(width), True) if _in_points(width) > 0 else Gap()
    if is_macro(node, *_GAPS):
        width = _GAPS[node.macroname]
        return Gap(width, _in_points(width), node.macroname not in {",", ";"})
    return None


def _is_word(context: Context, node: Node) -> bool:
    if kind(node) == "chars":
        return _NEVER.search(node.chars) is None
    return is_macro(node, *_WORDS) or (kind(node) == "math" and context.text[node.pos : node.pos + 2] != "$$"
                                       and context.text[node.pos : node.pos + 2] != "\\[")  # fmt: skip


def _box(context: Context, node: Node) -> Box | None:
    """The box that a node is."""
    cursor = Cursor([], context.text)
    if kind(node) == "environment":
        name = node.environmentname
        if name == "minipage":
            inside = Cursor(children(node), context.text)
            side, _, _, width = inside.arguments(node, "[[[{")
            return _page(context, node, side, width, inside.rest())
        return Box(node, [node], "table") if name == "tabular" else None
    if is_macro(node, "parbox"):
        side, _, _, width, inner = cursor.arguments(node, "[[[{{")
        return _page(context, node, side, width, content(inner)) if inner is not None else None
    if is_macro(node, "includegraphics"):
        asked = argument_text(cursor.arguments(node, "*[{")[1], context.text)
        found = re.search(r"(?:^|,)\s*width\s*=\s*([^,]*)", asked)
        return Box(node, [node], "picture", length(found[1]) if found else "auto")
    if is_macro(node, *_FRAMES, "colorbox", "fcolorbox"):
        return _framed(context, node)
    return None


def _page(context: Context, node: Node, side: Node | None, width: Node | None, nodes: list[Node]) -> Box:
    where = _SIDES.get(argument_text(side, context.text), "horizon")
    return Box(node, nodes, "page", length(argument_text(width, context.text)), where)


def _framed(context: Context, node: Node) -> Box | None:
    """A frame around one ``minipage`` or ``\\parbox`` and nothing else."""
    cursor = Cursor([], context.text)
    name = node.macroname
    spec = {"framebox": "[[{", "fbox": "{", "colorbox": "[{{", "fcolorbox": "[{{{"}[name]
    arguments = cursor.arguments(node, spec)
    inside = [one for one in content(arguments[-1]) if not is_blank(one)]
    box = _box(context, inside[0]) if len(inside) == 1 else None
    if box is None or box.what != "page" or box.frame:
        return None
    frame = _FRAMES.get(name, "")
    if not frame:
        fill = color(
            context, argument_text(arguments[-2], context.text), argument_text(arguments[0], context.text)
        )
        stroke = "stroke: 0.5pt, " if name == "fcolorbox" else ""
        frame = f"{f'fill: {fill}, ' if fill else ''}{stroke}inset: 3pt"
    return Box(node, box.nodes, "page", box.width, box.side, frame)
