"""Pictures drawn in LaTeX (TikZ, pgfplots, xy, pstricks, ...): Typst cannot draw them from their source.

Simple commutative diagrams are drawn with Typst's own lines. For the rest LaTeX draws, where there is one
(`drawing.py`), and its picture is included; else the source stays, framed and named, so that nothing is lost
and a person can redraw it. Both are reported.
"""

import hashlib
import re

from typlora.convert.document.builder import Builder, environment, macro
from typlora.convert.document.context import Context
from typlora.convert.document.diagrams import diagram
from typlora.convert.document.drawing import Drawn, draw
from typlora.convert.document.nodes import Chars, Cursor, Node, end, kind
from typlora.convert.document.nouns import Asset
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, Text, is_empty
from typlora.convert.document.tikzcd import read_diagram
from typlora.convert.kept import printable, raw_block
from typlora.tex.unit import UnitKind

TEXT_WIDTH = 440.0  # points; a picture that is wider is fitted into the line
COLUMN_WIDTH = 210.0
# What LaTeX draws into a PDF; pstricks, feynmf and asymptote need more programs.
_DRAWN = frozenset({
    "tikzpicture", "tikzcd", "pgfpicture", "circuitikz", "forest", "picture", "bytefield", "tikzfigure",
    "overpic", "quantikz", "sequencediagram", "ganttchart", "dependency", "feynman", "CD", "qcircuit",
})  # fmt: skip
_DRAWN_COMMANDS = frozenset(["tikz", "chemfig", "xymatrix", "Qcircuit", "smartdiagram"])
_SPACE = re.compile(
    r"(?:[ \t]|\n(?!\s*\n)|%[^\n]*|\\(?:hfill|hfil|quad|qquad|[ ,;~])|\\hspace\*?\{[^{}]*\})*"
)
_WHOLE = re.compile(r"\s*(\\begin\s*\{(\w+)\}.*\\end\s*\{\2\}|\\xymatrix\b.*\})[\s.,;]*", re.S)

_ENVIRONMENTS = (
    "tikzpicture", "tikzcd", "axis", "pspicture", "picture", "circuitikz", "forest", "feynman", "fmffile",
    "fmfgraph",
    "asy", "dot2tex", "bytefield", "prooftree", "mathpar", "CD", "diagram", "overpic", "pgfpicture",
    "scope", "qcircuit",
    "bundle", "quantikz", "dependency", "tikzfigure", "psmatrix", "sequencediagram", "bprooftree",
    "ganttchart", "music",
)  # fmt: skip
_COMMANDS = ("xymatrix", "Qcircuit", "chemfig", "Tree", "tikz", "chemname", "schemestart",
    "pgfplotstabletypeset", "synttree",
             "begin_picture", "DrawSchema", "dirtree", "smartdiagram", "qrcode")  # fmt: skip


@environment(*_ENVIRONMENTS)
def picture(builder: Builder, node: Node) -> None:
    """Drawn natively, by LaTeX, or a placeholder with the source in it."""
    name = node.environmentname
    latex = builder.context.text[node.pos : end(node)]
    if name == "tikzcd" and (pieces := diagram(builder, node, latex)) is not None:
        _place(builder, node, pieces)
        return
    _draw(builder, node, name, latex, name in _DRAWN)


@macro(*_COMMANDS)
def picture_command(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Commands that draw; what they take as arguments belongs to the picture."""
    stop = end(node)
    while (following := cursor.peek()) is not None and kind(following) == "group":
        while cursor.next() is not following:
            pass
        stop = end(following)
    if node.macroname == "tikz":  # \tikz[...] \draw ...; runs to the semicolon
        rest = builder.context.text[stop:]
        found = re.match(r"[^;{}]{0,400};", rest)
        if found and "\n\n" not in found[0]:
            limit = stop + found.end()
            while (following := cursor.peek(skip_blank=False)) is not None and following.pos < limit:
                cursor.next()
                if kind(following) == "chars" and end(following) > limit:
                    cursor.push([Chars(following.chars[limit - following.pos :], limit)])
            stop = limit
    latex = builder.context.text[node.pos : stop]
    _draw(builder, node, f"\\{node.macroname}", latex, node.macroname in _DRAWN_COMMANDS)


@macro("foreach", "loop")
def loop(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Loops are programs; their source stays visible."""
    stop = end(node)
    for _ in range(12):
        following = cursor.next()
        if following is None:
            break
        stop = end(following)
        if kind(following) == "group" and "\n" in builder.context.text[following.pos : stop]:
            break
    builder.keep(node, f"\\{node.macroname} is a program that only LaTeX can run", block=True, stop=stop)


def display_picture(builder: Builder, node: Node, latex: str) -> Pieces | None:
    """A displayed formula that is nothing but a picture: an expression without ``#``, else ``None``."""
    found = _WHOLE.fullmatch(latex)
    if found is None or (found[2] and found[2] not in _DRAWN) or latex.count("\\begin{tikzcd}") > 1:
        return None
    source = found[1]
    if found[2] == "tikzcd" and (pieces := diagram(builder, node, source)) is not None:
        return pieces
    name = found[2] or "\\xymatrix"
    drawn = _drawn(builder.context, source if found[2] else f"${source}$")
    if not drawn.svg:
        return None
    return [Code(_image(builder.context, node, name, source, drawn))]


def _draw(builder: Builder, node: Node, name: str, latex: str, possible: bool) -> None:
    context = builder.context
    if possible:
        source = _original(context, node, latex)
        drawn = _drawn(context, f"${source}$" if name == "\\xymatrix" else source)
        if drawn.svg:
            _place(builder, node, [Code(_image(context, node, name, latex, drawn))])
            return
        reason = drawn.error
    else:
        reason = ""
    _placeholder(builder, node, name, latex, reason)


def _drawn(context: Context, source: str) -> Drawn:
    """LaTeX's picture of a source; at the first one all pictures of the document are drawn at once."""
    if "draw" not in context.options:
        return Drawn()
    if source not in context.drawings:
        sources = [source] if context.drawings else list(dict.fromkeys([*_sources(context), source]))
        for one, drawn in zip(sources, draw(context.project, sources), strict=True):
            context.drawings[one] = drawn
    return context.drawings[source]


def _sources(context: Context) -> list[str]:
    """Sources of all environments that LaTeX has to draw, the outermost of nested ones."""
    text = context.text
    found: list[str] = []
    position = max(0, text.find("\\begin{document}"))
    begin = re.compile(r"\\begin\s*\{(" + "|".join(sorted(_DRAWN)) + r")\}")
    while match := begin.search(text, position):
        position = match.end()
        depth = 1
        for mark in re.compile(r"\\(begin|end)\s*\{" + match[1] + r"\}").finditer(text, match.end()):
            depth += 1 if mark[1] == "begin" else -1
            if depth == 0:
                latex = text[match.start() : mark.end()]
                position = mark.end()
                if match[1] != "tikzcd" or read_diagram(latex) is None:
                    found.append(_as_written(context, match.start(), mark.end(), latex))
                break
    return found


def _original(context: Context, node: Node, latex: str) -> str:
    return _as_written(context, node.pos, node.pos + len(latex), latex)


def _as_written(context: Context, start: int, stop: int, latex: str) -> str:
    """The author's own text of a picture; the expanded one where a macro made it.

    LaTeX has the author's macros, and a loop's ``\\x`` may look like one of them.
    """
    own = context.source.original(start, stop)
    head = latex.split("}", 1)[0]
    return own if own.startswith(head) and own.endswith(latex[-5:]) else latex


def _image(context: Context, node: Node, name: str, latex: str, drawn: Drawn) -> str:
    """The expression that includes a picture; it is reported, for its text is no text any more."""
    short = re.sub(r"\W", "", name)
    path = f"pictures/{short}-{hashlib.sha256(drawn.svg).hexdigest()[:10]}.svg"
    context.assets[path] = Asset(path, data=drawn.svg)
    references = (
        "; references in it show as ??" if re.search(r"\\(?:eq|page|c|auto)?ref\b|\\cite", latex) else ""
    )
    reason = f"drawn with {name}: LaTeX's own picture of it is included ({path}){references}"
    context.lose(node, reason, latex, drawn=not references)
    limit = COLUMN_WIDTH if context.options.get("two-columns") else TEXT_WIDTH
    wanted = context.options.get("picture-width", "")
    if not wanted:
        wanted = "100%" if drawn.width > limit else f"{drawn.width / 28.3465:.2f}cm"
    return f'image("{path}", width: {wanted})'


def _place(builder: Builder, node: Node, expression: Pieces) -> None:
    """In the line where one has begun, or beside the picture before; else as a block."""
    if builder.chunks and _is_beside(builder, node):
        before = builder.chunks.pop()
        builder.paragraph.clear()  # the space between them
        builder.start = before.start
        head, *tail = before.pieces
        head = type(head)(head.typst.removeprefix("#")) if isinstance(head, Mark | Code) else head
        builder.add(Mark("#box("), head, *tail, Code(")"), Text(" "))
    if builder.context.options.get("in-table") or not is_empty(builder.paragraph):
        builder.add(Mark("#box("), *expression, Code(")"))
    else:
        first, *rest = expression
        first = type(first)("#" + first.typst) if isinstance(first, Mark | Code) else first
        builder.block(UnitKind.FIGURE, [first, *rest], node)


def _is_beside(builder: Builder, node: Node) -> bool:
    """Whether a picture stands right before, with nothing but space between them."""
    last = builder.chunks[-1]
    first = last.pieces[0]
    return (
        last.kind is UnitKind.FIGURE
        and isinstance(first, Mark | Code)
        and first.typst.startswith(("#image(", "#diagram("))
        and _SPACE.fullmatch(builder.context.text, last.stop, node.pos) is not None
    )


def _placeholder(builder: Builder, node: Node, name: str, latex: str, reason: str) -> None:
    context = builder.context
    why = f" ({reason})" if reason else ""
    context.lose(node, f"drawn with {name}; its source stands in the picture's place{why}", latex)
    context.need("drawing")
    body: Pieces = [
        Mark("#drawing(\n"),
        Shift(2),
        Mark("  "),
        Mark(_verbatim(latex)),
        Shift(-2),
        Mark("\n"),
        Mark(")"),
    ]
    if context.options.get("in-table"):
        builder.add(*body)
        return
    builder.block(UnitKind.FIGURE, body, node)


def _verbatim(latex: str) -> str:
    lines = printable(latex).strip("\n")
    return raw_block(lines)
