"""Floats: the environments, and how many figures one of them holds: one for each caption."""

from collections.abc import Iterator

from typlora.convert.document.beside import count_box, flow_of, grid
from typlora.convert.document.box_rows import Box, rows_of, segments
from typlora.convert.document.builder import Builder, environment, environment_arguments
from typlora.convert.document.captions import flat
from typlora.convert.document.chunks import Chunk
from typlora.convert.document.context import Context
from typlora.convert.document.figures import over_columns, own_float, write_float
from typlora.convert.document.float_body import figure_body
from typlora.convert.document.nodes import Node, children, content, end, is_macro, kind, last_argument
from typlora.convert.document.pieces import Code, Mark, Pieces
from typlora.convert.document.sizes import float_in_size
from typlora.tex.unit import UnitKind


@environment(
    "figure", "figure*", "table", "table*", "wrapfigure", "wraptable", "sidewaysfigure", "sidewaystable",
    "sidewaysfigure*", "sidewaystable*", "marginfigure", "margintable", "SCfigure", "SCtable",
    "floatingfigure",
    "teaserfigure", "scheme", "scheme*", "chart", "chart*", "graph", "graph*", "listing", "listing*",
    "longlisting", "program",
    "plate", "map", "video",
)  # fmt: skip
def float_environment(builder: Builder, node: Node) -> None:
    """A float: its body, its caption, its number."""
    name = node.environmentname
    spec = {"wrapfigure": "[{[{", "wraptable": "[{[{", "floatingfigure": "[{"}.get(name, "[")
    _, nodes = environment_arguments(builder, node, spec)
    what = "table" if "table" in name else "figure"
    base = name.rstrip("*")
    if own_float(builder.context, base):
        what = base
    context = builder.context
    saved_float, context.options["in-float"] = context.options.get("in-float", ""), "yes"
    saved, saved_centred = context.current, context.options.get("centred", "")
    centred = any(is_macro(one, "centering") or _is_centre(one) for one in nodes)
    context.options["centred"] = "yes" if centred else ""
    _continued(builder, node, nodes, what)
    for pieces in _figures(builder, node, nodes, what):
        builder.block(UnitKind.TABLE if what == "table" else UnitKind.FIGURE, pieces, node)
    context.options["in-float"], context.options["centred"] = saved_float, saved_centred
    context.current = saved


def _continued(builder: Builder, node: Node, nodes: list[Node], what: str) -> None:
    """``\\ContinuedFloat``: the number is that of the float before."""
    counted = any(is_macro(one, "caption") for one in flat(nodes))
    if (
        counted
        and what in {"figure", "table"}
        and any(is_macro(one, "ContinuedFloat") for one in flat(nodes))
    ):
        builder.context.counters.values[what] = max(0, builder.context.counters.values.get(what, 0) - 1)
        kind_of = "table" if what == "table" else "image"
        back = Code(f"#counter(figure.where(kind: {kind_of})).update(n => n - 1)")
        builder.block(UnitKind.RAW, [back], node)


def _figures(
    builder: Builder, node: Node, nodes: list[Node], what: str, spans: bool = True
) -> Iterator[Pieces]:
    """One figure for each caption; boxes with captions that stand beside each other stay so.

    ``spans``: those of a starred float may stand over both columns.
    """
    context = builder.context
    if sum(is_macro(n, "caption", "captionof") for n in flat(nodes)) < 2 or _subfloats(nodes):
        yield from _one_figure(builder, node, nodes, what, spans)
        return

    def inside(builder: Builder, box: Box) -> Pieces:
        if box.what != "page":
            return flow_of(builder, box)
        found = list(_figures(builder, node, list(box.nodes), what, False))
        return figure_body([Chunk(UnitKind.FIGURE, one, box.node.pos, end(box.node)) for one in found]) or [
            Mark("[]")
        ]

    unwrapped = [inner for n in nodes for inner in (children(n) if _is_centre(n) else [n])]
    for segment in segments(context, unwrapped):
        boxes = [one for one in segment if isinstance(one, Box)]
        if not any(is_macro(n, "caption", "captionof") for box in boxes for n in flat(list(box.nodes))):
            plain = [n for one in segment for n in ([one.node] if isinstance(one, Box) else [one])]
            for part in _split(context, plain):
                yield from _one_figure(builder, node, part, what, spans)
            continue
        for line in rows_of(boxes, bool(context.options.get("centred"))):
            pieces: Pieces = grid(builder, line, inside)
            if spans and over_columns(context, node):
                context.need("spanning", "noted")
                yield [Mark("#spanning("), *pieces, Mark(")")]
            else:
                yield [Mark("#"), *pieces]


def _one_figure(builder: Builder, node: Node, nodes: list[Node], what: str, spans: bool) -> Iterator[Pieces]:
    context = builder.context
    context.options["subfigure"] = "0"
    pieces = write_float(builder, node, None, nodes, what, spans=spans)
    if (size := context.options.pop("float-size", "")) and pieces:
        pieces = float_in_size(size, pieces, _caption_first(context, nodes))
    if pieces:
        yield pieces


def _is_centre(node: Node) -> bool:
    return kind(node) == "environment" and node.environmentname == "center"


def _caption_first(context: Context, nodes: list[Node]) -> bool:
    """Whether the caption stands before the size of the table, and keeps its own."""
    found = [node.pos for node in flat(nodes) if is_macro(node, "caption") and node.pos in context.captions]
    return bool(found) and not any(
        node.pos < found[0] and is_macro(node, "tiny", "scriptsize", "footnotesize", "small")
        for node in flat(nodes)
    )


def _subfloats(nodes: list[Node]) -> bool:
    return any(
        (kind(n) == "environment" and n.environmentname in {"subfigure", "subtable"})
        or is_macro(n, "subfloat", "subfigure")
        for n in flat(nodes)
    )


def _split(context: Context, nodes: list[Node]) -> list[list[Node]]:
    """Several captions in one float: each with what stands before it (and the label right behind)."""
    units: list[Node] = []
    for node in nodes:
        if kind(node) == "environment" and node.environmentname in {"minipage", "center"}:
            units.extend(children(node))
            if node.environmentname == "minipage":
                count_box(context, node)
        elif is_macro(node, "parbox"):
            count_box(context, node)
            units.extend(content(last_argument(node)))
        else:
            units.append(node)
    parts: list[list[Node]] = [[]]
    done = False
    for node in units:
        if (
            done
            and not is_macro(node, "label")
            and not (kind(node) in {"chars", "comment"} and not getattr(node, "chars", "").strip())
        ):
            parts.append([])
            done = False
        parts[-1].append(node)
        done = done or is_macro(node, "caption", "captionof")
    return [part for part in parts if any(kind(n) not in {"comment"} for n in part)]
