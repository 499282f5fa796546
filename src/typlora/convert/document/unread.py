"""Files that could not be read: the command that names one stands where its content is missing."""

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.nodes import Chars, Cursor, Node, end, kind
from typlora.convert.document.pieces import Mark
from typlora.convert.kept import raw_inline
from typlora.tex.includes import includes
from typlora.tex.wordlist import words

_LONGEST = 1_000  # characters of a command with its names
COMMANDS = words(
    """input include subfile subfileinclude import subimport inputfrom includefrom subinputfrom
    subincludefrom"""
)


@macro(*COMMANDS)
def unread(builder: Builder, node: Node, cursor: Cursor) -> None:
    """An ``\\input`` that is still here: its file is missing, part of a loop, or outside of the project."""
    context = builder.context
    found = next(includes(context.text[node.pos : node.pos + _LONGEST]), None)
    stop = max(end(node), node.pos + found.end if found is not None and found.start == 0 else 0)
    while (following := cursor.peek(skip_blank=False)) is not None and following.pos < stop:
        cursor.next()
        if end(following) > stop and kind(following) == "chars":
            cursor.push([Chars(following.chars[stop - following.pos :], stop)])
    latex = context.text[node.pos : stop]
    builder.add(Mark(raw_inline(latex)))
    span = context.node_span(node)
    place = (span.file, span.line, span.column)
    if all((loss.span.file, loss.span.line, loss.span.column) != place for loss in context.losses):
        context.lose(node, f"what \\{node.macroname} names was not read", latex)
