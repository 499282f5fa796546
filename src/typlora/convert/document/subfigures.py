"""Parts of a figure with captions of their own, numbered (a), (b), ..."""

from typlora.convert.document.builder import Builder, Chunk, environment, environment_arguments, macro
from typlora.convert.document.captions import caption_pieces, flat
from typlora.convert.document.context import Target, letter
from typlora.convert.document.float_body import figure_body
from typlora.convert.document.lengths import length
from typlora.convert.document.nodes import Cursor, Node, content, end, is_macro
from typlora.convert.document.pieces import Mark, Pieces, strip
from typlora.tex.unit import UnitKind


@environment("subfigure", "subtable", "subfigure*", "subcaptionblock")
def subfigure(builder: Builder, node: Node) -> None:
    """A part of a figure with a caption of its own, numbered (a), (b), ..."""
    arguments, nodes = environment_arguments(builder, node, "[[[{")
    write_subfigure(builder, node, nodes, None, length(builder.source(arguments[3])))


@macro("subfloat", "subcaptionbox")
def subfloat(builder: Builder, node: Node, cursor: Cursor) -> None:
    """subfig's and subcaption's commands for the same."""
    if node.macroname == "subfloat":
        first, second, argument = cursor.arguments(node, "[[{")
        write_subfigure(builder, node, content(argument), content(second or first))
    else:
        words, _, argument = cursor.arguments(node, "{[{")
        write_subfigure(builder, node, content(argument), content(words))


def write_subfigure(
    builder: Builder, node: Node, nodes: list[Node], words: list[Node] | None, width: str = "auto"
) -> None:
    """``#subfigure(...)`` in the flow of its figure."""
    context = builder.context
    context.need("subfigure")
    saved = context.current
    index = int(context.options.get("subfigure", "0")) + 1
    context.options["subfigure"] = str(index)
    number = saved.number or context.counters.show("figure")
    target = context.current = Target("subfigure", f"{number}{letter(index)}")
    found = next((n for n in flat(nodes) if is_macro(n, "caption")), None)
    if found is not None:
        context.captions.add(found.pos)
    inner = builder.nested()
    inner.run(nodes)
    inner.flush()
    shown = caption_pieces(builder, found, nodes) if words is None else strip(builder.inline(words))
    body = figure_body(inner.chunks) or [Mark("[]")]
    context.current = saved
    sized = [Mark(f"width: {width}, ")] if width != "auto" else []
    out: Pieces = [Mark("#subfigure("), *sized, *body, Mark(", caption: ["), *shown, Mark("])")]
    builder.flush()
    builder.chunks.append(Chunk(UnitKind.FIGURE, [*out, target.anchor()], node.pos, end(node)))
