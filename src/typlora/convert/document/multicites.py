"""biblatex's commands for several works with notes of their own: ``\\cites[p.~3]{a}[see][]{b}``."""

import re

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.citations import in_footnote, note_cited, postnote, write_citation
from typlora.convert.document.nodes import NO_NODE, Chars, Cursor, Node, kind
from typlora.convert.document.pieces import Code, Later, Mark, Pieces, Text, is_empty

_ONE = {
    "cites": "cite", "parencites": "parencite", "textcites": "textcite", "autocites": "autocite",
    "footcites": "footcite", "smartcites": "smartcite", "supercites": "supercite",
}  # fmt: skip
_PARENTHESES = re.compile(r"\(([^()]*)\)")


@macro(*_ONE, *(name.capitalize() for name in _ONE))
def multicite(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Citations in a row; a note before all and one behind all may stand in parentheses."""
    before, after = _shared_note(builder, cursor), _shared_note(builder, cursor)
    if after is None:
        before, after = None, before
    works: list[tuple[list[str], Pieces, Pieces]] = []
    while (found := _work(builder, cursor)) is not None:
        works.append(found)
    if not works:
        builder.context.lose(node, f"\\{node.macroname} without a key")
        return
    context = builder.context
    name = node.macroname[0].lower() + node.macroname[1:]
    command = _ONE[name]
    if before:
        works[0] = (works[0][0], [*before, Text(" "), *works[0][1]], works[0][2])
    if after:
        keys, pre, post = works[-1]
        works[-1] = (keys, pre, [*post, *([Text(", ")] if not is_empty(post) else []), *after])
    for keys, _, _ in works:
        note_cited(context, keys)
    if in_footnote(context, command):
        builder.add(Mark("#footnote["), Later(lambda: _rows(builder, node, "footcite", works)), Code("]"))
        return
    builder.add(Later(lambda: _rows(builder, node, command, works)))


def _rows(
    builder: Builder, node: Node, command: str, works: list[tuple[list[str], Pieces, Pieces]]
) -> Pieces:
    """One pair of parentheses around all of them where no work but the last has a note."""
    context = builder.context
    if all(is_empty(pre) and is_empty(post) for _, pre, post in works[:-1]) and is_empty(works[-1][1]):
        keys = [key for row, _, _ in works for key in row]
        return write_citation(context, node, command, keys, [], works[-1][2])
    out: Pieces = []
    for keys, pre, post in works:
        out += [Text("; " if command != "textcite" else ", ")] if out else []
        out += write_citation(context, node, command, keys, pre, post)
    return out


def _shared_note(builder: Builder, cursor: Cursor) -> Pieces | None:
    following = cursor.peek(skip_blank=False)
    found = _PARENTHESES.match(getattr(following, "chars", "") if following is not None else "")
    if following is None or found is None:
        return None
    cursor.next()
    if rest := following.chars[found.end() :]:
        cursor.push([Chars(rest, following.pos + found.end())])
    return [Text(found[1])]


def _work(builder: Builder, cursor: Cursor) -> tuple[list[str], Pieces, Pieces] | None:
    following = cursor.peek(skip_blank=False)
    bracket = str(getattr(following, "chars", "")).startswith("[")
    if following is None or not (bracket or kind(following) == "group"):
        return None
    first, second, keys = cursor.arguments(NO_NODE, "[[{")
    if first is None and bracket:
        return None
    before = builder.argument(first) if second is not None else []
    after = postnote(builder, second if second is not None else first)
    return [key.strip() for key in builder.source(keys).split(",") if key.strip()], before, after
