"""Sections: levels, numbers, starred forms, appendix, table of contents, labels."""

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.captions import flexible
from typlora.convert.document.context import Context, Target, roman
from typlora.convert.document.emit import escape
from typlora.convert.document.nodes import Cursor, Node, end, is_macro, kind
from typlora.convert.document.pieces import Code, Later, Mark, Piece, Pieces, Text, is_empty, plain, strip
from typlora.convert.document.printed_names import printed_name
from typlora.convert.document.tally import count
from typlora.tex.unit import UnitKind

ORDER = ["part", "chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph"]
NAMES = {"part": "Part", "chapter": "Chapter", "section": "Section", "subsection": "Section"}
RUN_IN = {"paragraph", "subparagraph"}
AMS = frozenset({"amsart", "amsproc"})


def level(context: Context, name: str) -> int:
    """Typst's level of a LaTeX heading: 1 is the highest one the class has besides parts."""
    if context.document_class == "beamer":
        return {"section": 1, "subsection": 2}.get(name, 4)
    return max(1, ORDER.index(name) - (0 if context.chapters else 1))


def is_numbered(context: Context, name: str) -> bool:
    """Whether LaTeX numbers headings of this kind (``secnumdepth``)."""
    if context.document_class == "beamer":
        return False
    depth = int(context.options.get("secnumdepth", "2" if context.chapters else "3"))
    return ORDER.index(name) - 1 <= depth


def runs_in(context: Context, name: str) -> bool:
    """Whether a heading stands on the first line of its paragraph; those of the AMS from subsections on."""
    return name in RUN_IN or (context.document_class in AMS and name in {"subsection", "subsubsection"})


@macro(
    "chapter",
    "section",
    "subsection",
    "subsubsection",
    "paragraph",
    "subparagraph",
    "addchap",
    "addsec",
    "specialsection",
)
def heading(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A heading; the label of an unnumbered one is a plain link."""
    star, short, title = cursor.arguments(node, "*[{")
    if builder.context.document_class == "memoir" and builder.source(title) == "[":  # a third form, for heads
        while (part := cursor.next()) is not None and kind(part) != "group":
            pass
        head, title = builder.context.text[end(title) : part.pos if part else end(title)], part
        builder.context.lose(
            node, "the text of this running head or foot is not in the output", head.strip("[] ")
        )
    name = {"addchap": "chapter", "addsec": "section", "specialsection": "section"}.get(
        node.macroname, node.macroname
    )
    starred = star is not None or node.macroname.startswith("add")
    words = flexible(builder, short, title)
    write_heading(builder, node, name, words, starred=starred)


def write_heading(builder: Builder, node: Node, name: str, title: Pieces, *, starred: bool) -> None:
    """Append a heading block and make it the target of labels that follow."""
    context = builder.context
    starred = starred or (name == "chapter" and bool(context.options.get("no-chapter-numbers")))
    numbered = not starred and is_numbered(context, name)
    number = ""
    if numbered:
        context.counters.step(name)
        number = context.counters.show(name)
        context.need("heading-numbering")
    depth = level(context, name)
    context.need(f"level-{depth}")
    if context.document_class == "beamer":
        what = "section titles of slides are in the outline of the PDF only"
        count(context, what, node, name, context.text[node.pos : end(node)])
    title = [piece if piece != Mark("\n\n") else Text(" ") for piece in strip(title)]
    target = Target(
        "appendix" if context.counters.appendix and name in {"section", "chapter"} else name, number
    )
    target.native = numbered
    if not numbered:
        target.number, target.shown = context.current.number, context.current.shown  # as LaTeX refers to it
    target.title = _one_line(title)
    context.current = target
    if runs_in(context, name):
        context.need(f"run-in-{depth}")
    if starred and is_numbered(context, name):
        context.need("has-starred")
        pieces: Pieces = [_starred(context, depth, title, _is_listed(context, node)), target.anchor()]
    else:
        pieces = [Mark("=" * depth + " "), *_one_line(title), target.anchor()]
    if is_empty(title):
        return
    builder.block(UnitKind.HEADING, pieces, node)
    builder.chunks[-1].run_in = runs_in(context, name)
    context.options.setdefault("first-heading", plain(title) or "")


def _one_line(title: Pieces) -> Pieces:
    """A heading ends with its line, so breaks become spaces."""
    return [
        Text(p.text.replace("\n", " ")) if isinstance(p, Text) else p for p in title if p != Mark(" \\\n")
    ]


def _starred(context: Context, depth: int, title: Pieces, listed: bool) -> Piece:
    """Written in full only where numbers are on, or where it is no line of the table of contents, which the
    whole document decides."""

    def pieces() -> Pieces:
        numbering = ", numbering: none" if "heading-numbering" in context.needs else ""
        outlined = "" if listed or "outline" not in context.needs else ", outlined: false"
        if numbering or outlined:
            return [Mark(f"#heading(level: {depth}{numbering}{outlined})["), *title, Code("]")]
        return [Mark("=" * depth + " "), *_one_line(title)]

    return Later(pieces)


def _is_listed(context: Context, node: Node) -> bool:
    """Whether a starred heading stands in the table of contents: the author says so beside it."""
    if "tocbibind" in context.packages or is_macro(node, "addchap", "addsec"):
        return True
    stop = end(node) if is_macro(node) else node.pos
    return "\\addcontentsline" in context.text[max(0, node.pos - 120) : stop + 160]


@macro("frontmatter", "mainmatter", "backmatter")
def matter(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Chapters before and behind the main part of a book have no numbers."""
    builder.context.options["no-chapter-numbers"] = "" if node.macroname == "mainmatter" else "yes"


_PARTS = {"de": "Teil", "fr": "Partie", "es": "Parte", "it": "Parte", "pt": "Parte", "nl": "Deel"}


@macro("part")
def part(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A part stands above the headings of level 1 without taking a level from them."""
    star, _, title = cursor.arguments(node, "*[{")
    context = builder.context
    words = builder.argument(title)
    if star is None:
        context.counters.step("part")
        number = roman(context.counters.values["part"])
        context.current = Target("part", number)
        name = (
            f"第 {number} 部"
            if context.language == "ja"
            else f"{_PARTS.get(context.language, 'Part')} {number}"
        )
        words = [Text(f"{name}\u2003"), *words]
    context.need("part")
    begin = "#pagebreak(weak: true)\n" if context.chapters else ""
    builder.block(
        UnitKind.HEADING, [Mark(f"{begin}#part["), *words, Code("]"), context.current.anchor()], node
    )


@macro("appendix", "appendices")
def appendix(builder: Builder, node: Node, cursor: Cursor) -> None:
    """From here on headings of the highest level are A, B, ..."""
    context = builder.context
    if context.counters.appendix or context.document_class == "beamer":
        return
    top = "chapter" if context.chapters else "section"
    context.counters.appendix = True
    context.counters.values[top] = 0
    context.counters.formats.pop(top, None)
    context.counters.reset_below(top)
    context.need("appendix")
    builder.block(UnitKind.HEADING, [Mark("#show: appendix")], node)


@macro("tableofcontents", "listoffigures", "listoftables", "listofalgorithms", "lstlistoflistings")
def contents(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Tables of contents are made by Typst again."""
    cursor.arguments(node, "*")  # memoir's form that is not listed in itself
    targets = {
        "listoffigures": ("listfigurename", "image"),
        "listoftables": ("listtablename", "table"),
        "listofalgorithms": ("listalgorithmname", '"algorithm"'),
        "lstlistoflistings": ("lstlistlistingname", "raw"),
    }
    context = builder.context
    if node.macroname == "tableofcontents" and context.document_class != "beamer":
        context.need("outline")
        builder.block(UnitKind.HEADING, [Later(lambda: [Code(_outline(context))])], node)
        return
    context.need("float-list")
    name, kind_of = targets.get(node.macroname, ("", ""))
    title = escape(printed_name(context, name))
    typst = f"#outline(title: [{title}], target: figure.where(kind: {kind_of}))"
    if builder.context.document_class == "beamer" and node.macroname == "tableofcontents":
        cursor.arguments(node, "[")
        typst = "#outline(title: none, depth: 2)"  # slides have titles of their own, which are headings too
    builder.block(UnitKind.HEADING, [Code(typst)], node)


def _outline(context: Context) -> str:
    """``#outline()``, with parts if there are any, and not deeper than LaTeX's ``tocdepth``."""
    arguments = []
    if title := printed_name(context, "contentsname"):
        arguments.append(f"title: [{escape(title)}]")
    if "part" in context.needs:
        arguments.append('target: selector(heading).or(figure.where(kind: "part"))')
    usual = 2 if context.chapters else 3
    if context.document_class.removeprefix("bx").removeprefix("lt").startswith("js"):
        usual -= 1
    depth = int(context.options.get("tocdepth", usual)) + bool(context.chapters)
    if any(f"level-{level}" in context.needs for level in range(max(1, depth) + 1, 8)):
        arguments.append(f"depth: {max(1, depth)}")
    return f"#outline({', '.join(arguments)})"


@macro("printindex", "printglossary", "printglossaries", "listoftodos")
def no_index(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Lists that LaTeX makes with other programs."""
    cursor.arguments(node, "[")
    builder.context.lose(node, f"\\{node.macroname} has no counterpart; the list is not made")
