"""Footnotes: text and mark together, or apart (``\\footnotemark``), or in what stands over two columns."""

from collections.abc import Sequence

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context, Target
from typlora.convert.document.nodes import Cursor, Node, content
from typlora.convert.document.pieces import Later, Mark, Piece, Pieces, Styled, Text, call, resolve

NESTED = 3  # footnotes within each other; with more there is no HTML for the check for lost words


@macro(
    "footnote",
    "footnotetext",
    "thanks",
    "tablefootnote",
    "endnote",
    "sidenote",
    "marginpar",
    "marginline",
    "marginnote",
    "todo",
)
def footnote(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A footnote; notes in the margin become footnotes too, because Typst has no margin notes."""
    number, argument = cursor.arguments(node, "[{")
    name = node.macroname
    if name in {"marginpar", "marginline", "marginnote", "sidenote", "todo"}:
        builder.context.lose(node, f"\\{name} is written as a footnote")
    context = builder.context
    if context.notes == NESTED:
        context.lose(node, f"a footnote within {NESTED} others is written in parentheses")
        builder.add(Text(" ("), *builder.inline(content(argument)), Text(")"))
        return
    saved = context.current
    if name == "footnote":
        context.counters.step("footnote")
    target = context.current = Target("footnote", str(context.counters.values.get("footnote", 0) or ""))
    context.notes += 1
    body = builder.nested().flow(content(argument))
    context.notes -= 1
    context.current = saved
    while (
        builder.paragraph and isinstance(builder.paragraph[-1], Text) and builder.paragraph[-1].text.isspace()
    ):
        builder.paragraph.pop()
    last = builder.paragraph[-1] if builder.paragraph else None
    if isinstance(last, Text) and name != "thanks":
        builder.paragraph[-1] = Text(last.text.rstrip(" \n"))
    note = [*call("footnote", body), target.anchor()]
    marks = context.marks.get(builder.source(number), []) if name == "footnotetext" else []
    if marks:
        marks.pop(0).extend(note)
    else:
        builder.add(*note)


@macro("footnotemark")
def footnote_mark(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The mark; its text comes with the next ``\\footnotetext`` of the same number."""
    context = builder.context
    (argument,) = cursor.arguments(node, "[")
    number = builder.source(argument)
    if argument is None:
        context.counters.step("footnote")
    note: Pieces = []
    context.marks.setdefault(number, []).append(note)
    builder.add(Later(lambda: note or (call("super", [Text(number)]) if number else [])))


def with_notes(context: Context, pieces: Pieces, before: str, after: str) -> Pieces:
    """What will stand over both columns, within the helper ``noted`` if there are footnotes in it."""

    def around(mark: str) -> Later:
        def found() -> Pieces:
            if not _has_note(resolve(pieces)):
                return []
            context.need("noted")
            return [Mark(mark)]

        return Later(found)

    return [around(before), *pieces, around(after)] if pieces else pieces


def _has_note(pieces: Sequence[Piece]) -> bool:
    return any(
        piece == Mark("#footnote[") or (isinstance(piece, Styled) and _has_note(piece.pieces))
        for piece in pieces
    )
