"""Captions: their words, a shorter form for the list of figures, and captions without a float."""

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Target
from typlora.convert.document.nodes import Cursor, Node, children, content, is_macro, kind, last_argument
from typlora.convert.document.pieces import Code, Later, Mark, Pieces, Shift, Text, is_empty, strip
from typlora.tex.unit import UnitKind

_BOXES = ("parbox", "makebox", "mbox", "fbox", "framebox", "resizebox", "scalebox", "raisebox", "centerline")


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


def caption_pieces(builder: Builder, caption: Node | None, nodes: list[Node]) -> Pieces:
    if caption is None:
        return []
    return strip(builder.flow(content(_arguments(caption)[1])))


def _arguments(caption: Node) -> list[Node | None]:
    """The short form and the caption."""
    spec = "{[{" if caption.macroname == "captionof" else "*[{"
    return Cursor([], "").arguments(caption, spec)[1:]


def caption_argument(builder: Builder, caption: Node, words: Pieces) -> Pieces:
    """``[words]``, or the short form of the list of figures and the words."""
    short, long = _arguments(caption)
    plain = [Mark("["), *words, Mark("]")]
    return either(builder, short, long, words, plain, "float-list")


def flexible(builder: Builder, short: Node | None, long: Node | None) -> Pieces:
    """The words of a heading; ``#with-short[...][...]`` where the table of contents has others."""
    words = builder.argument(long)
    return either(builder, short, long, words, words, "outline")


def either(
    builder: Builder, short: Node | None, long: Node | None, words: Pieces, plain: Pieces, need: str
) -> Pieces:
    """``plain``; where the document has the list ``need`` and the author gives a short form, or the words
    have a footnote, which must not stand in the list again, both forms."""
    context = builder.context
    listed: Pieces = []
    if short is not None:
        listed = strip(builder.argument(short))
    elif any(is_macro(node, "footnote", "footnotemark", "thanks") for node in content(long)):
        notes = ("footnote", "footnotemark", "thanks", "protect")
        listed = strip(builder.inline([node for node in content(long) if not is_macro(node, *notes)]))
    if is_empty(listed):
        return plain

    def pieces() -> Pieces:
        if need not in context.needs:
            return plain
        context.need("with-short")
        call = "#with-short[" if need == "outline" else "with-short(["
        parts = ("][", "]") if need == "outline" else ("], [", "])")
        return [Mark(call), *listed, Mark(parts[0]), *words, Code(parts[1])]

    return [Later(pieces)]


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
