"""TeX's own boxes, ``\\hbox to 6in{...}``: the size goes, and boxes in a ``\\vbox`` are lines of it."""

import re

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.nodes import Cursor, Node, content, is_macro, kind, last_argument
from typlora.convert.document.pieces import LINE_BREAK

_SIZE = re.compile(r"\s*(?:to|spread)\s*(-?[\d.]+\s*(?:true\s*)?[a-z]{2})?\s*$")


def _size(cursor: Cursor, begun: str) -> None:
    """Pass over ``to 6in`` or ``to \\hsize``, of which ``begun`` is read."""
    following = cursor.peek(skip_blank=False)
    if following is None or not (size := _SIZE.match(begun + getattr(following, "chars", ""))):
        return
    cursor.next()
    if not size[1] and (behind := cursor.peek()) is not None and is_macro(behind):
        while cursor.next() is not behind:
            pass


@macro("hbox", "vbox", "vtop")
def box(builder: Builder, node: Node, cursor: Cursor) -> None:
    """What is in the box, in the flow; a line of its own where a vertical box holds it."""
    group = last_argument(node) or cursor.peek()
    if group is not None and kind(group) != "group":  # the parser takes the t of "to" for an argument
        _size(cursor, getattr(last_argument(node), "chars", ""))
        group = cursor.peek()
    if group is None or kind(group) != "group":
        return
    if group is not last_argument(node):
        while cursor.next() is not group:
            pass
    options = builder.context.options
    outside = options.get("in-vbox", "")
    options["in-vbox"] = "yes" if node.macroname != "hbox" else ""
    if outside and node.macroname == "hbox" and builder.paragraph:
        builder.add(LINE_BREAK)
    inner = builder.nested()
    inner.run(content(group))
    builder.take(inner, lambda pieces: pieces)
    options["in-vbox"] = outside
