"""Curricula vitae: moderncv's rows and title; its other commands are definitions (`tex.text_commands`)."""

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.nodes import Cursor, Node, content
from typlora.convert.document.pieces import Code, Mark, Pieces, Text, is_empty, strip
from typlora.convert.document.tally import count
from typlora.tex.unit import UnitKind

_FIELDS = {"phone": "[{", "mobile": "{", "fax": "{", "social": "[[{", "extrainfo": "{", "familyname": "{",
           "born": "{"}  # fmt: skip


@macro(*_FIELDS)
def collect(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A line about the person, kept until the title is written."""
    nodes = content(cursor.arguments(node, _FIELDS[node.macroname])[-1])
    name = "cv-name" if node.macroname == "familyname" else "cv-lines"
    builder.context.meta.setdefault(name, []).append(nodes)


@macro("cvname")
def cv_name(builder: Builder, node: Node, cursor: Cursor) -> None:
    """First and family name."""
    for argument in cursor.arguments(node, "{{"):
        builder.context.meta.setdefault("cv-name", []).append(content(argument))


@macro("cvaddress")
def cv_address(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Street, city and country."""
    for argument in cursor.arguments(node, "{{{"):
        builder.context.meta.setdefault("cv-lines", []).append(content(argument))


@macro("cvquote")
def cv_quote(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A motto below the title."""
    builder.context.meta["cv-quote"] = [content(cursor.arguments(node, "{")[0])]


@macro("makecvtitle")
def title(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Name, title, and how to reach the person."""

    def joined(name: str, between: str) -> Pieces:
        out: Pieces = []
        for row in builder.context.meta.get(name) or []:
            words = strip(builder.inline(row))
            if not is_empty(words):
                out += [*([Text(between)] if out else []), *words]
        return out

    for field, before, after in (
        ("cv-name", "#text(2em)[", "]"),
        ("title", '#text(1.3em, style: "italic")[', "]"),
        ("cv-lines", "#text(0.9em)[", "]"),
        ("author", "#text(0.9em)[", "]"),
        ("cv-quote", "#align(center, emph[", "])"),
    ):
        words = joined(field, " " if field == "cv-name" else " • ")
        if not is_empty(words):
            builder.block(UnitKind.PARAGRAPH, [Mark(before), *words, Code(after)], node)


@macro("cvitem")
def cv_item(builder: Builder, node: Node, cursor: Cursor) -> None:
    """One row: what it is about at the left, its text at the right."""
    _, left, right = cursor.arguments(node, "[{{")
    builder.context.need("grid", "cv-item")
    pieces = [Mark("#cv-item["), *builder.argument(left), Mark("][")]
    body = builder.flow(content(right))
    builder.block(UnitKind.PARAGRAPH, [*pieces, *body, Code("]")], node)


@macro("faIcon")
def icon(builder: Builder, node: Node, cursor: Cursor) -> None:
    """An icon by its name."""
    cursor.arguments(node, "*[{")
    no_icon(builder, node)


def no_icon(builder: Builder, node: Node) -> None:
    """A picture from Font Awesome, which Typst's fonts do not have."""
    count(builder.context, "icons of Font Awesome are not in the output", node, node.macroname, "")


def is_icon(builder: Builder, name: str) -> bool:
    """Whether a command is one of Font Awesome's: ``\\faPhone``."""
    loaded = any(package.startswith("fontawesome") for package in builder.context.packages)
    return (
        name.startswith("fa")
        and name[2:3].isupper()
        and (loaded or "moderncv" in builder.context.document_class)
    )
