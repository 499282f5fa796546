"""Boxes beside each other: ``minipage``, ``\\parbox``, framed ones, and tables and pictures next to them.

Those of one line become a grid with their widths; where they are wider than the line together, the next ones
begin a row of their own, as in LaTeX. Tables without other boxes between stay in their line of text, and so
do pictures (``images``). A box by itself keeps its width.
"""

from collections.abc import Callable, Sequence

from typlora.convert.document.box_rows import GROWS, Box, gutters, read_row, rows_of
from typlora.convert.document.builder import Builder
from typlora.convert.document.context import Context
from typlora.convert.document.float_body import figure_body, looks_like_table
from typlora.convert.document.lines import FILL
from typlora.convert.document.nodes import Cursor, Node, end, is_macro, kind, walk
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, Text, is_empty
from typlora.convert.document.registry import row
from typlora.convert.document.tally import count
from typlora.tex.unit import UnitKind

_LOST = "layout not carried over: boxes side by side or of a fixed width"
LONGEST = 6_000  # characters of LaTeX: a box by itself with more than a page is no box but the document
_NOTHING: Pieces = [Mark("[]")]
Write = Callable[[Builder, Box], Pieces]


@row("minipage", "parbox", "tabular", "includegraphics", "fbox", "framebox", "fcolorbox", "colorbox")
def beside(builder: Builder, node: Node, cursor: Cursor) -> bool:
    """The row of boxes that begins here, or a box by itself; False where it is part of running text."""
    context = builder.context
    if context.options.get("in-table") or not is_empty(builder.paragraph):
        return False
    boxes, taken, ends = read_row(context, node, cursor)
    pages = [box for box in boxes if box.what == "page"]
    done = False
    if len(boxes) > 1 and pages and may_stand_in_boxes(context, boxes):
        builder.flush()
        for line in rows_of(boxes, bool(context.options.get("centred"))):
            if len(line) == 1 and _by_itself(builder, line[0]):
                continue
            builder.block(UnitKind.PARAGRAPH, [Mark("#"), *grid(builder, line, flow_of)], line[0].node)
            builder.chunks[-1].stop = end(line[-1].node)
        done = True
    elif len(boxes) > 1 and not pages and any(box.what == "table" for box in boxes):
        _in_line(builder, boxes)
        done = True
    elif pages and len(boxes) == 1 and (ends or kind(node) == "environment"):
        done = _by_itself(builder, pages[0])
    if done:
        builder.stop = max(builder.stop, end(boxes[-1].node))
    else:
        cursor.push(taken)
    return done


def grid(builder: Builder, line: Sequence[Box], write: Write) -> Pieces:
    """``grid(...)`` of the boxes of one line, which one that is left alone (a caption stood in the other one)
    does not need. ``write`` makes an expression of what is inside a box."""
    context = builder.context
    made = [(box, write(builder, box)) for box in line]
    if sum(inside != _NOTHING for _, inside in made) <= 1:
        return next(
            (_with(f"block({_asked(box)}", inside) for box, inside in made if inside != _NOTHING), _NOTHING
        )
    context.need("grid")
    sides = [_side(context, box, line) for box in line]
    out: Pieces = [Mark("grid(\n"), Shift(2), Mark(f"  columns: {_several([box.width for box in line])},\n")]
    gaps = gutters(line)
    if set(gaps) != {"0pt"}:
        out.append(Mark(f"column-gutter: {gaps[0] if len(set(gaps)) == 1 else _several(gaps)},\n"))
    out.append(Mark(f"align: {sides[0] if len(set(sides)) == 1 else _several(sides)},\n"))
    for box, inside in made:
        if box.frame:
            inside = _with(f"block(width: 100%, {box.frame}", inside)
        out += [*inside, Mark(",\n")]
        if box.what == "page" and box.width == "auto":
            count_box(context, box.node)
    return [*out[:-1], Mark(","), Shift(-2), Mark("\n"), Mark(")")]


def flow_of(builder: Builder, box: Box) -> Pieces:
    """What is inside a box as one expression, the width of a picture being that of its column."""
    options = builder.context.options
    saved, options["centred"] = options.get("centred", ""), "yes" if _centred(box.nodes) else ""
    inner = builder.nested()
    inner.run(box.nodes)
    inner.flush()
    options["centred"] = saved
    body = figure_body(inner.chunks) or _NOTHING
    if box.what == "picture" and isinstance(body[0], Code):
        return [Code(body[0].typst.replace(f"width: {box.width}", "width: 100%"))]
    return body


def may_stand_in_boxes(context: Context, boxes: Sequence[Box]) -> bool:
    """Whether nothing inside begins a page, changes what follows, or stands over both columns."""
    wide = {"figure*", "table*"} if context.two_columns else set()
    for part in walk([node for box in boxes for node in box.nodes]):
        if is_macro(part, "chapter", "maketitle", "appendix", "tableofcontents", "newpage", "clearpage"):
            return False
        if kind(part) == "environment" and part.environmentname in wide:
            return False
    return True


def count_box(context: Context, node: Node) -> None:
    """A box whose width or place the output does not have."""
    count(context, _LOST, node, node.environmentname if kind(node) == "environment" else node.macroname, "")


def _several(values: Sequence[str]) -> str:
    return f"({', '.join(values)}{',' if len(values) == 1 else ''})"


def _side(context: Context, box: Box, line: Sequence[Box]) -> str:
    """How a box stands in its row, and its text in it where that differs from around it."""
    pages = [one for one in line if one.what == "page"]
    vertical = box.side if box.what == "page" else pages[0].side
    around = bool(context.options.get("in-float") or context.options.get("centred"))
    if box.what != "page" or _centred(box.nodes) == around:
        return vertical
    return f"{'start' if around else 'center'} + {vertical}"


def _centred(nodes: Sequence[Node]) -> bool:
    """Whether what is inside is centred: by a switch, or as one picture or table alone."""
    return any(is_macro(node, "centering", "Centering") for node in nodes) or any(
        kind(node) == "environment" and node.environmentname == "center" for node in nodes
    )


def _in_line(builder: Builder, boxes: Sequence[Box]) -> None:
    """Tables (and pictures) as words of a line, their middles at one height."""
    for box in boxes:
        if box is not boxes[0]:
            builder.add(Text(" ") if box.before.width != GROWS else FILL)
        if box.what == "words":
            builder.run(box.nodes)
        else:
            builder.add(Mark("#box(baseline: 50%, "), *flow_of(builder, box), Code(")"))


def _by_itself(builder: Builder, box: Box) -> bool:
    """A box alone on its line: with its width and frame, unless it is as wide as the line or without end."""
    context = builder.context
    if (box.width in {"100%", "auto"} and not box.frame) or end(box.node) - box.node.pos > LONGEST:
        return False
    if not may_stand_in_boxes(context, [box]):
        return False
    around = bool(context.options.get("in-float") or context.options.get("centred"))
    inside = flow_of(builder, box)
    if context.options.get("in-float") and looks_like_table(inside) and not box.frame:
        builder.block(UnitKind.TABLE, [Mark("#"), *inside, Code("")], box.node)
        return True
    if around and not _centred(box.nodes):
        inside = _with("align(start", inside)
    builder.block(UnitKind.PARAGRAPH, [Mark("#"), *_with(f"block({_asked(box)}", inside)], box.node)
    return True


def _asked(box: Box) -> str:
    """Width and frame as arguments of a block."""
    return ", ".join(one for one in (box.width != "auto" and f"width: {box.width}", box.frame) if one)


def _with(call: str, inside: Pieces) -> Pieces:
    """A call that is still open, with a last argument, behind its bracket where that is content."""
    return (
        [Mark(f"{call})"), *inside] if inside[0] == Mark("[\n") else [Mark(f"{call}, "), *inside, Mark(")")]
    )
