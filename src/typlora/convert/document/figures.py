"""Floats and pictures: ``figure(...)`` with caption and label, images found as LaTeX finds them."""

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context, Target
from typlora.convert.document.float_body import figure_body, is_text, looks_like_table, uncaptioned
from typlora.convert.document.footnotes import with_notes
from typlora.convert.document.nodes import (
    Cursor,
    Node,
    children,
    content,
    is_macro,
    kind,
    known_arguments,
)
from typlora.convert.document.pieces import (
    Mark,
    Pieces,
    Shift,
    Text,
    is_empty,
    strip,
)
from typlora.tex.unit import UnitKind

_BOXES = ("parbox", "makebox", "mbox", "fbox", "framebox", "resizebox", "scalebox", "raisebox", "centerline")
# Floats with a counter of their own, and what their captions call them.
OWN_FLOATS = {
    "scheme": "Scheme", "chart": "Chart", "graph": "Graph", "listing": "Listing", "longlisting": "Listing",
    "program": "Program", "plate": "Plate", "map": "Map", "video": "Video",
}  # fmt: skip
_OWN_KINDS = {name: "raw" if "listing" in name else f'"{name}"' for name in OWN_FLOATS}


def flat(nodes: list[Node]) -> list[Node]:
    """Nodes with those inside groups, centred and boxed environments, but not of subfigures or tables."""
    out: list[Node] = []
    for node in nodes:
        out.append(node)
        boxes = {
            "center",
            "minipage",
            "flushleft",
            "flushright",
            "threeparttable",
            "adjustbox",
            "small",
            "scriptsize",
        }
        if kind(node) == "group" or (kind(node) == "environment" and node.environmentname in boxes):
            out.extend(flat(children(node)))
        elif is_macro(node, *_BOXES):
            out.extend(flat(content(last_argument(node))))
    return out


def over_columns(context: Context, node: Node) -> bool:
    """Whether a float stands over both columns of its page."""
    return kind(node) == "environment" and node.environmentname.endswith("*") and context.two_columns


def write_float(
    builder: Builder, node: Node, ready: Pieces | None, nodes: list[Node], what: str, *, spans: bool = True
) -> Pieces:
    """``#figure(body, caption: [...]) <label>``; ``ready`` is a body that was converted already."""
    context = builder.context
    caption: Node | None = None
    for found in flat(nodes):
        if is_macro(found, "caption", "captionof"):
            caption = found
            if found.macroname == "captionof":
                what = builder.source(known_arguments(found)[0][1]) if known_arguments(found) else what
                what = what if what in {"table", "figure"} else "figure"
            break
    if caption is not None:
        context.captions.add(caption.pos)
    starred = caption is not None and context.text[caption.pos : caption.pos + 9] == "\\caption*"
    target = context.current
    if caption is not None and not starred:
        context.counters.step(what)
        context.need(f"counted-{what}")
        target = Target(what, context.counters.show(what), native=True)
        context.current = target
    words = caption_pieces(builder, caption, nodes)
    if ready is None:
        inner = builder.nested()
        context.options["caption-done"] = "yes"
        inner.run(nodes)
        inner.flush()
        context.options.pop("caption-done", None)
        body = figure_body(inner.chunks)
    else:
        for found in nodes:
            if is_macro(found, "label"):
                context.define(builder.source(last_argument(found)), target, found)
        body = ready
    if caption is None:
        if not body:
            return []
        return uncaptioned(body)
    out_kind = f'kind: {_OWN_KINDS[what]},\nsupplement: "{OWN_FLOATS[what]}",\n' if what in OWN_FLOATS else ""
    kind_argument = "" if (what == "table") == looks_like_table(body) and not is_text(body) else what
    kind_of = {"table": "table", "figure": "image"}.get(kind_argument, "")
    if starred:
        context.need("plain-figure")
    out: Pieces = [Mark("#figure(\n"), Shift(2), Mark("  ")]
    if spans and over_columns(context, node):
        out.append(Mark('placement: top,\nscope: "parent",\n'))
        body = with_notes(context, body, "noted(", ")")
        words = with_notes(context, words, "#noted[", "]")
    context.need(f"caption-{what}")
    if what == "table" and caption is not None and _before_table(caption, nodes):
        context.need("caption-above")
    out += [*(body or [Mark("[]")]), Mark(",\ncaption: ["), *words, Mark("],\n")]
    if out_kind:
        out.append(Mark(out_kind))
    elif kind_of:
        out.append(Mark(f"kind: {kind_of},\n"))
    if starred:
        out.append(Mark("numbering: none,\n"))
    return [*out, Shift(-2), Mark("\n"), Mark(")"), *([target.anchor()] if not starred else [])]


def _before_table(caption: Node, nodes: list[Node]) -> bool:
    tables = [
        n for n in flat(nodes) if kind(n) == "environment" and n.environmentname.startswith(("tab", "long"))
    ]
    return not tables or bool(caption.pos < tables[0].pos or tables[0].environmentname.startswith("long"))


def last_argument(node: Node) -> Node | None:
    arguments = known_arguments(node)
    return arguments[-1][1] if arguments else None


def caption_pieces(builder: Builder, caption: Node | None, nodes: list[Node]) -> Pieces:
    if caption is None:
        return []
    if caption.macroname == "captionof":
        argument = Cursor([], "").arguments(caption, "{[{")[2]
    else:
        argument = Cursor([], "").arguments(caption, "*[{")[2]
    return strip(builder.flow(content(argument)))


def caption_words(builder: Builder, nodes: list[Node]) -> Pieces | None:
    """Words of the first caption, None where there is none."""
    found = next((n for n in flat(nodes) if is_macro(n, "caption")), None)
    if found is None:
        return None
    builder.context.captions.add(found.pos)
    return caption_pieces(builder, found, nodes)


@macro("caption", "captionof", "captionlistentry")
def caption(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Inside a float the first caption was taken already; any other one is a paragraph."""
    arguments = cursor.arguments(node, "{[{" if node.macroname == "captionof" else "*[{")
    if builder.context.options.get("caption-done") and node.pos in builder.context.captions:
        return
    if node.macroname == "captionof" and not builder.context.options.get("in-float"):
        _caption_of(builder, node, builder.source(arguments[0]), builder.argument(arguments[2]))
        return
    builder.flush()
    builder.add(*builder.argument(arguments[2]))
    builder.flush()


def _caption_of(builder: Builder, node: Node, what: str, words: Pieces) -> None:
    """A caption without a float: it takes the picture or table right before it, and the number."""
    context = builder.context
    what = what if what in {"figure", "table"} else "figure"
    context.counters.step(what)
    context.need(f"counted-{what}", f"caption-{what}")
    target = context.current = Target(what, context.counters.show(what), native=True)
    body: Pieces = []
    if not is_empty(builder.paragraph) and not any(
        isinstance(piece, Text) and piece.text.strip() for piece in builder.paragraph
    ):
        body, builder.paragraph = strip(builder.paragraph), []
    elif is_empty(builder.paragraph) and builder.chunks and builder.chunks[-1].kind is UnitKind.TABLE:
        body = builder.chunks.pop().pieces
    kind_of = "table" if what == "table" else "image"
    pieces: Pieces = [Mark("#figure(\n"), Shift(2), Mark("  ["), *body, Mark("],\ncaption: ["), *words]
    pieces += [Mark(f"],\nkind: {kind_of},\n"), Shift(-2), Mark("\n"), Mark(")"), target.anchor()]
    builder.block(UnitKind.FIGURE, pieces, node)
