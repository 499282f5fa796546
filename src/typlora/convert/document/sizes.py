"""Sizes of text: ``\\small`` and its relatives, for the rest of the document, a group, or a float.

Small sizes are relative (``#text(0.9em)[...]``), so that they stay right where the size of the document is
changed; one for the rest of the document is a rule.
"""

import re

from typlora.convert.document.builder import SWITCHES, Builder, environment, macro
from typlora.convert.document.context import Context
from typlora.convert.document.nodes import Cursor, Node, children, is_macro, kind, walk
from typlora.convert.document.pieces import Mark, Pieces, Shift, Text, call, is_empty, strip
from typlora.convert.document.tally import count
from typlora.tex.unit import UnitKind

# Sizes of LaTeX's classes in points, for running text of 10, 11 and 12 points.
_SMALL = {
    "tiny": (5, 6, 6), "scriptsize": (7, 8, 8), "footnotesize": (8, 9, 10), "small": (9, 10, 11),
    "normalsize": (10, 11, 12),
}  # fmt: skip
_LARGE = {"large": "1.2em", "Large": "1.44em", "LARGE": "1.73em", "huge": "2.07em", "Huge": "2.49em"}
_LARGEST_TEXT = 12.0  # points: what classes offer for running text
_SLIDES = 20  # points of running text on slides
_DEEPEST = 30  # each size of a group nests what follows; far below the limit of the walk
_LOST = "layout not carried over: small sizes and font switches"


def _sized(size: str, pieces: Pieces) -> Pieces:
    """Words in a size; a space at their end belongs to what follows."""
    if is_empty(pieces):
        return pieces
    last = pieces[-1]
    space: Pieces = [Text(" ")] if isinstance(last, Text) and last.text.endswith((" ", "\n")) else []
    return [*call(f"text({size})", strip(pieces) if space else pieces), *space]


def _large(size: str) -> None:
    SWITCHES[size] = lambda builder, pieces: _sized(_LARGE[size], pieces)


for _name in _LARGE:
    _large(_name)


def _points(context: Context, name: str) -> int:
    """A size in points, for the size of the document's running text."""
    classes = ("10pt", "11pt", "12pt")
    base = next((n for n, option in enumerate(classes) if option in context.class_options), 0)
    if context.document_class == "beamer":
        return round(_SLIDES * _SMALL[name][1] / _SMALL["normalsize"][1])
    return _SMALL[name][base]


def _relative(context: Context, name: str) -> float:
    """A size as a part of that of running text."""
    return _points(context, name) / _points(context, "normalsize")


@macro(*_SMALL)
def small_size(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A rule for the rest of the document, or the size of the rest of a group."""
    context, name = builder.context, node.macroname
    if context.depth == 1 and context.document_class != "beamer":
        size = _points(context, name)
        if str(size) != context.options.get("size-now", str(_points(context, "normalsize"))):
            context.options["size-now"] = str(size)
            builder.block(UnitKind.RAW, [Mark(f"#set text(size: {size}pt)")], node)
        return
    if context.depth > _DEEPEST:
        count(context, _LOST, node, name, "")
        return
    nodes = cursor.rest()
    until = _next_size(nodes)
    cursor.push(nodes[until:])
    _group(builder, node, name, nodes[:until])


def _next_size(nodes: list[Node]) -> int:
    """Where another size takes over; another switch before it would end there too, and so keeps all."""
    for index, node in enumerate(nodes):
        if is_macro(node, *_SMALL, *_LARGE):
            return index
        if is_macro(node, "color", "fontsize") or (is_macro(node) and SWITCHES.get(node.macroname)):
            break
    return len(nodes)


@environment(*(name for name in _SMALL if name != "normalsize"))
def size_environment(builder: Builder, node: Node) -> None:
    """``\\begin{small}``: the same for what stands in it."""
    builder.flush()
    _group(builder, node, node.environmentname, children(node))
    builder.flush()


def _group(builder: Builder, node: Node, name: str, nodes: list[Node]) -> None:
    """``nodes`` in a size: each paragraph, or a block that stands alone; several blocks get a rule."""
    context = builder.context
    scale = _relative(context, name)
    outside = context.options.get("text-scale", "1")
    ratio = f"{scale / float(outside):.2f}".rstrip("0").rstrip(".") + "em"
    if context.options.get("in-float") and not context.options.get("in-table") and _has_table(nodes):
        context.options.setdefault("float-size", "" if ratio == "1em" else ratio)
        builder.run(nodes)
        return
    if ratio == "1em":
        builder.run(nodes)
        return
    context.options["text-scale"] = str(scale)
    inner = builder.nested()
    inner.run(nodes)
    context.options["text-scale"] = outside
    if not any(_is_block(chunk.kind, chunk.inline) for chunk in inner.chunks):
        builder.take(inner, lambda pieces: _sized(ratio, pieces))
        return
    inner.flush()
    builder.flush()
    if len(inner.chunks) == 1:
        (only,) = inner.chunks
        inside: Pieces = [Mark("\n"), Shift(2), Mark("  "), *only.pieces, Shift(-2), Mark("\n")]
        only.pieces = call(f"text({ratio})", inside)
        builder.chunks.append(only)
        return
    usual = round(float(outside) * _points(context, "normalsize"))
    while inner.chunks and inner.chunks[0].kind is UnitKind.HEADING:  # a bibliography's, as large as any
        builder.chunks.append(inner.chunks.pop(0))
    builder.block(UnitKind.RAW, [Mark(f"#set text(size: {_points(context, name)}pt)")], node)
    builder.chunks.extend(inner.chunks)
    after = context.options.get("size-now", str(usual))
    builder.block(UnitKind.RAW, [Mark(f"#set text(size: {after}pt)")], node)


def _is_block(kind_of: UnitKind, inline: bool) -> bool:
    return not inline and kind_of is not UnitKind.RAW


def _has_table(nodes: list[Node]) -> bool:
    return any(kind(part) == "environment" and "tab" in part.environmentname for part in walk(nodes))


def float_in_size(size: str, pieces: Pieces, caption_first: bool) -> Pieces:
    """A float whose author set its table, or all of it, in another size."""
    inside: Pieces = [Mark("\n"), Shift(2), Mark("  "), *pieces, Shift(-2), Mark("\n")]
    if not caption_first:
        return call(f"text({size})", inside)
    return [Mark(f"#[\n  #show table: set text({size})"), *inside, Mark("]")]


@macro("fontsize")
def font_size(builder: Builder, node: Node, cursor: Cursor) -> None:
    """``\\fontsize{20}{25}``: seen where it is larger than any text, as a size by name is."""
    size = builder.source(cursor.arguments(node, "{{")[0]).removesuffix("pt").strip()
    if re.fullmatch(r"\d{1,2}(\.\d+)?", size) and float(size) > _LARGEST_TEXT:
        builder.scoped(cursor.rest(), lambda pieces: _sized(f"{size}pt", pieces))
    else:
        count(builder.context, _LOST, node, "fontsize", "")
