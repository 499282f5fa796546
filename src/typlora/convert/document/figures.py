"""Floats and pictures: ``figure(...)`` with caption and label, images found as LaTeX finds them."""

from typlora.convert.document.builder import Builder
from typlora.convert.document.captions import caption_argument, caption_pieces, flat
from typlora.convert.document.context import Context, Target
from typlora.convert.document.float_body import figure_body, is_text, looks_like_table, uncaptioned
from typlora.convert.document.footnotes import with_notes
from typlora.convert.document.inline import string
from typlora.convert.document.nodes import (
    Node,
    is_macro,
    kind,
    known_arguments,
    last_argument,
)
from typlora.convert.document.pieces import (
    Mark,
    Pieces,
    Shift,
)

# Floats with a counter of their own, and what their captions call them.
OWN_FLOATS = {
    "scheme": "Scheme", "chart": "Chart", "graph": "Graph", "listing": "Listing", "longlisting": "Listing",
    "program": "Program", "plate": "Plate", "map": "Map", "video": "Video",
}  # fmt: skip
_OWN_KINDS = {name: "raw" if "listing" in name else f'"{name}"' for name in OWN_FLOATS}


def own_float(context: Context, name: str) -> str:
    """What captions of a float with a counter of its own begin with; empty for figures and tables."""
    declared = OWN_FLOATS.get(name) or context.options.get(f"own-float-{name}", "")
    return context.options.get(f"name-{name}", declared) if declared else ""


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
    target.title = [] if starred else words
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
    name = own_float(context, what)
    kind_of_own = _OWN_KINDS.get(what, string(what))
    out_kind = f"kind: {kind_of_own},\nsupplement: {string(name)},\n" if name else ""
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
    out += [
        *(body or [Mark("[]")]),
        Mark(",\ncaption: "),
        *caption_argument(builder, caption, words),
        Mark(",\n"),
    ]
    if out_kind:
        out.append(Mark(out_kind))
    elif kind_of:
        out.append(Mark(f"kind: {kind_of},\n"))
    if starred:
        out.append(Mark("numbering: none,\noutlined: false,\n"))
    return [*out, Shift(-2), Mark("\n"), Mark(")"), *([target.anchor()] if not starred else [])]


def _before_table(caption: Node, nodes: list[Node]) -> bool:
    tables = [
        n for n in flat(nodes) if kind(n) == "environment" and n.environmentname.startswith(("tab", "long"))
    ]
    return not tables or bool(caption.pos < tables[0].pos or tables[0].environmentname.startswith("long"))
