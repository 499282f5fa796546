"""Words with a style: emphasis, fonts, colours, boxes, footnotes, links, and switches like ``\\bf``."""

import re
from collections.abc import Callable

from typlora.convert.document.builder import SWITCHES, Builder, macro
from typlora.convert.document.lengths import length
from typlora.convert.document.nodes import Cursor, Node, content, end
from typlora.convert.document.pieces import (
    Code,
    Mark,
    Piece,
    Pieces,
    Styled,
    Text,
    call,
    is_empty,
    plain,
    strip,
)
from typlora.convert.document.tally import count
from typlora.convert.kept import raw_inline


def string(value: str) -> str:
    """A Typst string literal."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def strong(builder: Builder, pieces: Pieces) -> Pieces:
    """``*...*``"""
    return [Styled("*", tuple(pieces))] if not is_empty(pieces) else pieces


def emphasis(builder: Builder, pieces: Pieces) -> Pieces:
    """``_..._``"""
    return [Styled("_", tuple(pieces))] if not is_empty(pieces) else pieces


def monospace(builder: Builder, pieces: Pieces) -> Pieces:
    """Raw text where it is only text, otherwise text in a fixed-width font."""
    pieces = strip(pieces)
    if is_empty(pieces):
        return pieces
    value = plain(pieces)
    value = value.replace("‘", "`") if value is not None else None  # as it was typed
    if value is not None and "\n\n" not in value:
        shown = raw_inline(value.replace("\u00a0", " ").replace("\u00ad", ""))
        return (
            [Mark(shown)]
            if shown.startswith("`") and not shown.startswith("```")
            else [Code(f"#raw({string(value)})")]
        )
    builder.context.need("fixed-width")
    return call("fixed-width", pieces)


def _wrapped(function: str) -> Callable[[Builder, Pieces], Pieces]:
    def wrap(builder: Builder, pieces: Pieces) -> Pieces:
        return pieces if is_empty(pieces) else call(function, pieces)

    return wrap


def unchanged(builder: Builder, pieces: Pieces) -> Pieces:
    """A style that Typst output does not show."""
    return pieces


STYLES: dict[str, Callable[[Builder, Pieces], Pieces]] = {
    **dict.fromkeys(("textbf", "alert", "structure"), strong),
    **dict.fromkeys(("emph", "textit", "textsl"), emphasis),
    **dict.fromkeys(("texttt",), monospace),
    **dict.fromkeys(("underline", "uline", "ul", "uuline", "uwave", "dashuline"), _wrapped("underline")),
    **dict.fromkeys(("sout", "st", "xout", "cancel"), _wrapped("strike")),
    "textsc": _wrapped("smallcaps"),
    "textsuperscript": _wrapped("super"),
    "textsubscript": _wrapped("sub"),
    "hl": _wrapped("highlight"),
    "overline": _wrapped("overline"),
    **dict.fromkeys(("fbox", "framebox", "framed"), _wrapped("box(stroke: 0.5pt, inset: 3pt)")),
    **dict.fromkeys(
        ("textrm", "textup", "textmd", "textnormal", "textsf", "textlf", "mathrm", "text"), unchanged
    ),
    **dict.fromkeys(("mbox", "makebox", "smash"), unchanged),
    **dict.fromkeys(("textstyleemph", "rlap", "llap", "clap"), unchanged),
    **dict.fromkeys(("oldstylenums", "textln", "ensuretext", "nohyphens", "textulc"), unchanged),
    **dict.fromkeys(("MakeUppercase", "uppercase", "MakeTextUppercase"), _wrapped("upper")),
    **dict.fromkeys(("MakeLowercase", "lowercase", "MakeTextLowercase"), _wrapped("lower")),
    "textsfi": unchanged,
    **dict.fromkeys(("so", "caps", "textls"), _wrapped("text(tracking: 0.15em)")),
    **dict.fromkeys(
        ("doublebox", "shadowbox", "ovalbox", "Ovalbox"), _wrapped("box(stroke: 0.5pt, inset: 3pt)")
    ),
}
_SPACE = re.compile(
    r"\s*(?:(?:\\(?:quad|qquad|enspace|hfill)\s*)+|\\hspace\*?\s*\{([^{}]*)\}|\\hskip\s*([\w.]+))\s*"
)
_BOX_ARGUMENTS = {"framebox": "[[{", "makebox": "[[{"}

_SWITCH_STYLES: dict[str, Callable[[Builder, Pieces], Pieces] | None] = {
    **dict.fromkeys(("bf", "bfseries", "boldmath", "gtfamily", "gt", "heiti"), strong),
    **dict.fromkeys(("it", "itshape", "em", "sl", "slshape"), emphasis),
    **dict.fromkeys(("tt", "ttfamily"), monospace),
    **dict.fromkeys(("sc", "scshape"), _wrapped("smallcaps")),
}
SWITCHES.update(_SWITCH_STYLES)


@macro(*STYLES)
def styled(builder: Builder, node: Node, cursor: Cursor) -> None:
    """``\\textbf{...}`` and everything that styles one argument."""
    spec = _BOX_ARGUMENTS.get(node.macroname, "{")
    given = cursor.arguments(node, spec)
    argument = given[-1]
    if argument is None:
        return
    if node.macroname in {"underline", "uline", "ul"} and (blank := blank_line(builder, content(argument))):
        builder.add(blank)
        return
    inner = builder.nested()
    inner.scoped(content(argument), lambda pieces: STYLES[node.macroname](builder, pieces))
    if node.macroname == "makebox" and not inner.chunks and any(_is_filled(p) for p in inner.paragraph):
        width = length(builder.source(given[0]))
        inner.paragraph = call(f"box(width: {width})", inner.paragraph)
    _merge(builder, inner)


def _is_filled(piece: Piece) -> bool:
    return isinstance(piece, Code) and piece.typst.startswith("#box(width: 1fr")


def blank_line(builder: Builder, nodes: list[Node]) -> Code | None:
    """A line to write on, where nothing but space is underlined."""
    found = _SPACE.fullmatch("".join(builder.context.text[node.pos : end(node)] for node in nodes))
    width = "3em" if found and not found[1] else length(found[1]) if found else "auto"
    return Code(f"#box(width: {width}, stroke: (bottom: 0.5pt))") if width != "auto" else None


def _merge(builder: Builder, inner: Builder) -> None:
    """Add a nested flow: its paragraphs to this flow, its last one to the current paragraph."""
    for chunk in inner.chunks:
        builder.add(*chunk.pieces)
        builder.flush()
    builder.add(*inner.paragraph)


@macro("textcolor", "color")
def colored(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Coloured words; ``\\color`` colours the rest of its group."""
    from typlora.convert.document.colors import color

    if node.macroname == "color":
        model, name = cursor.arguments(node, "[{")
        fill = color(builder.context, builder.source(name), builder.source(model))
        builder.scoped(
            cursor.rest(), lambda p: call(f"text(fill: {fill})", p) if fill and not is_empty(p) else p
        )
        return
    model, name, argument = cursor.arguments(node, "[{{")
    fill = color(builder.context, builder.source(name), builder.source(model))
    inner = builder.nested()
    inner.scoped(
        content(argument), lambda p: call(f"text(fill: {fill})", p) if fill and not is_empty(p) else p
    )
    _merge(builder, inner)


@macro("colorbox", "fcolorbox")
def color_box(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Words on a coloured ground."""
    from typlora.convert.document.colors import color

    framed = node.macroname == "fcolorbox"
    arguments = cursor.arguments(node, "[{{{" if framed else "[{{")
    fill = color(builder.context, builder.source(arguments[-2]), builder.source(arguments[0]))
    style = f"fill: {fill}, " if fill else ""
    stroke = "stroke: 0.5pt, " if framed else ""
    builder.add(*call(f"box({style}{stroke}inset: 3pt)", builder.argument(arguments[-1])))


@macro("url", "nolinkurl", "path")
def url(builder: Builder, node: Node, cursor: Cursor) -> None:
    """``#link("...")``; a path is only shown."""
    (argument,) = cursor.arguments(node, "{")
    target = _address(builder.source(argument))
    if not target:
        return
    if node.macroname == "url" and re.match(r"[a-zA-Z][a-zA-Z0-9+.\-]*:\S|www\.", target):
        builder.add(Code(f"#link({string(target)})"))
    else:
        builder.add(Code(f"#raw({string(target)})"))


@macro("doi", "doiurl")
def doi(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The number of a work, linked to it."""
    (argument,) = cursor.arguments(node, "{")
    number = _address(builder.source(argument)).removeprefix("https://doi.org/").removeprefix("doi:")
    if number:
        builder.add(*call(f"link({string(f'https://doi.org/{number}')})", [Text(f"doi:{number}")]))


@macro("href", "hyperref", "hyperlink")
def href(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A link with its own words."""
    if node.macroname == "hyperref":
        from typlora.convert.document.references import link_to

        key, words = cursor.arguments(node, "[{")
        if key is None:
            builder.add(*builder.argument(words))
        else:
            builder.add(link_to(builder, builder.source(key), builder.argument(words), node))
        return
    _, address, words = cursor.arguments(node, "[{{")
    target = _address(builder.source(address))
    body = builder.argument(words)
    if node.macroname == "hyperlink" or not target:
        builder.add(*body)
    elif is_empty(body):
        builder.add(Code(f"#link({string(target)})"))
    else:
        builder.add(*call(f"link({string(target)})", body))


def _address(latex: str) -> str:
    """An address without the backslashes LaTeX needed."""
    latex = re.sub(r"\\([%#&_~{}$\\])", r"\1", latex.strip())
    return re.sub(r"\\textasciitilde(\{\})?|\{\\textasciitilde\}", "~", latex).replace("\n", "")


@macro("hypertarget")
def hypertarget(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The words of a link target."""
    builder.add(*builder.argument(cursor.arguments(node, "{{")[1]))


@macro("texorpdfstring")
def texorpdfstring(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The form for the page, not the one for bookmarks."""
    builder.add(*builder.argument(cursor.arguments(node, "{{")[0]))


@macro("enquote", "textquote")
def enquote(builder: Builder, node: Node, cursor: Cursor) -> None:
    """csquotes: quotation marks of the language, and where the words are from."""
    _, source, point, argument = cursor.arguments(node, "*[[{")
    builder.add(Mark('"'), *builder.argument(argument), *builder.argument(point), Mark('"'))
    if source is not None:
        builder.add(Text(" ("), *builder.argument(source), Text(")"))


@macro("centerline", "leftline", "rightline")
def aligned_line(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A line of its own, aligned."""
    from typlora.tex.unit import UnitKind

    (argument,) = cursor.arguments(node, "{")
    side = {"centerline": "center", "leftline": "left", "rightline": "right"}[node.macroname]
    builder.block(UnitKind.PARAGRAPH, call(f"align({side})", builder.argument(argument)), node)


@macro("hrulefill", "dotfill")
def filled(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A line or dots up to the end of the line; in a cell, which it would widen, a line of its own."""
    if not builder.context.options.get("in-table"):
        drawn = "repeat[.]" if node.macroname == "dotfill" else "line(length: 100%, stroke: 0.5pt)"
        builder.add(Code(f"#box(width: 1fr, {drawn})"))
    elif node.macroname == "hrulefill":
        rule(builder, node, cursor)
    else:
        count(builder.context, "layout not carried over: horizontal space", node, "dotfill", "")


@macro("hrule", "cleaders", "HRule")
def rule(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A line across the page."""
    from typlora.convert.document.nodes import Chars
    from typlora.tex.unit import UnitKind

    following = cursor.next()
    size = r"\s*(?:height|width|depth)\s*-?\d*\.?\d+\s*(?:true)?[a-z]{2}"
    if following is not None:
        found = re.match(f"(?:{size})+", getattr(following, "chars", ""))
        rest = following.chars[found.end() :] if found else ""
        if not found:
            cursor.push([following])
        elif rest:
            cursor.push([Chars(rest, following.pos + found.end())])
    builder.block(UnitKind.PARAGRAPH, [Code("#line(length: 100%, stroke: 0.5pt)")], node)
