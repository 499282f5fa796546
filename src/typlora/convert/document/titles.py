"""The title block: title, date and what stands with them, and where it is written.

Classes differ in names but not in kind: commands that take a person, a place or a text are collected
while they are read, and the title block is written where ``\\maketitle`` stands (or at the beginning).
"""

import re
from collections.abc import Sequence

from typlora.convert.document.abstracts import write_abstract
from typlora.convert.document.authors import people_of, write_authors
from typlora.convert.document.builder import Builder, environment, macro
from typlora.convert.document.class_looks import is_revtex
from typlora.convert.document.keywords import write_keywords
from typlora.convert.document.nodes import Cursor, Node, children, content, is_macro
from typlora.convert.document.pieces import (
    LINE_BREAK,
    Code,
    Later,
    Mark,
    Piece,
    Pieces,
    Shift,
    Styled,
    Text,
    call,
    is_empty,
    plain,
    strip,
)
from typlora.tex.unit import UnitKind

_FIELDS = {
    "title": "[{", "subtitle": "[{", "date": "[{", "publishers": "{", "subject": "{",
    "titlehead": "{", "dedication": "{", "dedicatory": "{", "preprint": "{", "institute": "[{",
    "translator": "{",
}  # fmt: skip


@macro(*_FIELDS)
def collect(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Keep a field of the title block until it is written."""
    name = node.macroname
    builder.context.meta[name] = [content(cursor.arguments(node, _FIELDS[name])[-1])]
    builder.context.options.setdefault("title-position", str(node.pos))


@macro("maketitle", "makecover")
def maketitle(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The title block stands here."""
    write_title(builder, node)


def write_title(builder: Builder, node: Node) -> None:
    """Title, authors and date, centred. Done once."""
    context = builder.context
    if context.options.get("title-done"):
        return
    context.options["title-done"] = "yes"
    saved_float, context.options["in-float"] = context.options.get("in-float", ""), ""
    title = strip(_field(builder, "title"))
    out: Pieces = []
    for name in ("titlehead", "subject"):
        head = strip(_field(builder, name))
        if not is_empty(head):
            out += [*head, Mark("\n\n")]
    if not is_empty(title):
        words = [Mark(" \\ ") if p == LINE_BREAK else p for p in title if not _is_paragraph(p)]
        out += [Mark(f"#text({'1.2em' if is_revtex(context) else '1.7em'})["), *_strong(words), Code("]")]
        clean = plain([p for p in title if not isinstance(p, Later) and p != LINE_BREAK])
        if clean:
            context.options["title"] = re.sub(r"\s+", " ", clean)
    subtitle = strip(_field(builder, "subtitle"))
    if not is_empty(subtitle):
        out += [Mark("\n\n"), Mark("#text(1.2em)["), *subtitle, Code("]")]
    authors = write_authors(builder)
    if authors:
        out += [Mark("\n\n"), *authors]
    koma = context.document_class.startswith("scr")  # has the date before the publishers
    if koma:
        out += _date(builder)
    for name in ("institute", "publishers", "dedicatory", "dedication", "translator"):
        words = _institutes(builder) if name == "institute" else strip(_field(builder, name))
        if name.startswith("dedic") and not is_empty(words):
            words = [Styled("_", tuple(words))]
        if not is_empty(words):
            out += [Mark("\n\n"), *words]
    if not koma:
        out += _date(builder)
    out = strip(out)
    context.options["in-float"] = saved_float
    if out:
        spaced = [Mark("#set par(spacing: 1em, justify: false)\n")]
        body = [Mark("\n"), Shift(2), Mark("  "), *spaced, *out, Shift(-2), Mark("\n")]
        if context.two_columns:
            context.need("spanning", "noted")
            builder.block(UnitKind.PARAGRAPH, call("spanning", call("align(center)", body)), node)
        else:
            middle = " + horizon" if context.document_class == "beamer" else ""
            builder.block(UnitKind.PARAGRAPH, call(f"align(center{middle})", body), node)
    for saved in context.meta.pop("abstract", []):
        write_abstract(builder, node, saved)
    for kind_of, listed in context.keywords:
        write_keywords(builder, node, kind_of, listed)
    context.keywords = []


def write_waiting(builder: Builder, nodes: Sequence[Node]) -> None:
    """At the end of ``nodes``: an abstract or keywords still waiting for a title never met its command.

    An abstract that is not closed takes ``\\maketitle`` with it, and with that the rest of the document.
    """
    context = builder.context
    if nodes and (context.meta.get("abstract") or context.keywords):
        write_title(builder, nodes[-1])
        builder.flush()


def _institutes(builder: Builder) -> Pieces:
    """Addresses apart; in classes whose authors have numbers for them, with the number before each."""
    rows = builder.context.meta.get("institute") or []
    out: Pieces = []
    parts = [part for row in rows for part in people_of(row)]
    numbered = len(parts) > 1 and builder.context.document_class in {"llncs", "svjour3", "svproc", "svmult"}
    for number, part in enumerate(parts, 1):
        words = strip(builder.inline(part))
        if is_empty(words):
            continue
        out += [Mark("\n\n")] if out else []
        out += [*(call("super", [Text(str(number))]) if numbered else []), *words]
    return out


def _date(builder: Builder) -> Pieces:
    date = strip(_field(builder, "date"))
    return [] if is_empty(date) else [Mark("\n\n"), *date]


def _strong(words: Pieces) -> Pieces:
    """The title in bold."""
    return [Styled("*", tuple(words))]


def _is_paragraph(piece: Piece) -> bool:
    return isinstance(piece, Mark) and "\n\n" in piece.typst


def _field(builder: Builder, name: str) -> Pieces:
    rows = builder.context.meta.get(name) or []
    return builder.inline(rows[0]) if rows else []


@macro("today")
def today(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The day the document is compiled, as LaTeX writes it; Typst knows months in English only."""
    shown = {
        "en": '"[month repr:long] [day padding:none], [year]"',
        "ja": '"[year]年[month padding:none]月[day padding:none]日"',
        "zh": '"[year]年[month padding:none]月[day padding:none]日"',
    }.get(builder.context.language, "")
    builder.add(Code(f"#datetime.today().display({shown})"))


@environment("frontmatter")
def frontmatter(builder: Builder, node: Node) -> None:
    """elsarticle prints the title block where this ends, and has no ``\\maketitle``."""
    context = builder.context
    if "title" not in context.meta and not any(is_macro(n, "title") for n in children(node)):
        builder.run(children(node))
        return
    context.options["has-maketitle"] = context.options["in-frontmatter"] = "yes"
    builder.run(children(node))
    builder.flush()
    write_title(builder, node)
    context.options.pop("in-frontmatter")
