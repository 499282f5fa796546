"""The walk over the parse tree: text becomes paragraphs, every construct goes to its converter.

What no converter registered for (see `registry`) keeps its text and is reported. A `Builder` collects one
flow of paragraphs and blocks: the document, a list item, a table cell, a caption.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from typlora.convert.document.chunks import Chunk, join
from typlora.convert.document.flow import Flow
from typlora.convert.document.nodes import (
    Cursor,
    Node,
    argument_text,
    children,
    content,
    delimiter,
    end,
    kind,
)
from typlora.convert.document.pieces import (
    Mark,
    Pieces,
    Text,
)
from typlora.convert.document.quotes import quote
from typlora.convert.document.registry import (
    ENVIRONMENTS,
    IGNORED,
    MACROS,
    ROWS,
    SWITCHES,
    SwitchConverter,
    environment,
    macro,
)
from typlora.convert.document.seams import held, mark_odd
from typlora.convert.document.tally import KINDS, note_layout
from typlora.convert.document.unregistered import unknown_command, unknown_environment
from typlora.convert.kept import raw_block, raw_inline
from typlora.tex.unit import UnitKind

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
MAX_DEPTH = 60  # nesting of groups and environments; deeper input is kept as LaTeX


@dataclass(slots=True)
class Builder(Flow):
    """One flow of text and the walk that fills it."""

    # what converters call

    def nested(self) -> "Builder":
        """A flow of its own for the inside of something."""
        return Builder(self.context, one_line=self.one_line)

    def inline(self, nodes: Sequence[Node]) -> Pieces:
        """Nodes as one line of text; paragraphs inside are joined by line breaks of the source."""
        inner = self.nested()
        inner.one_line = True
        inner.run(nodes)
        inner.flush()
        out: Pieces = []
        for chunk in inner.chunks:
            if out:
                out.append(Mark("\n\n") if not chunk.inline else Text(" "))
            out.extend(chunk.pieces)
        return out

    def flow(self, nodes: Sequence[Node]) -> Pieces:
        """Nodes as paragraphs and blocks with blank lines between."""
        inner = self.nested()
        inner.one_line = False
        inner.run(nodes)
        inner.flush()
        mark_odd(self.context, inner.chunks)
        return join(inner.chunks)

    def argument(self, node: Node | None) -> Pieces:
        """An argument as a line of text."""
        return self.inline(content(node))

    def source(self, node: Node | None) -> str:
        """The LaTeX inside an argument."""
        return argument_text(node, self.context.text)

    def keep(self, node: Node, reason: str, *, block: bool = False, stop: int = 0) -> None:
        """Leave LaTeX visible in the output and report it."""
        latex = self.context.text[node.pos : stop or end(node)]
        self.context.lose(node, reason, latex)
        if block:
            self.block(UnitKind.RAW, [Mark(raw_block(latex))], node, note=reason)
        else:
            self.add(Mark(raw_inline(latex)))

    # the walk

    def run(self, nodes: Sequence[Node]) -> None:
        """Convert a row of nodes into this flow."""
        if self.context.depth > MAX_DEPTH:
            if nodes:
                self.add(Mark(raw_inline(self.context.text[nodes[0].pos : end(nodes[-1])])))
                self.context.lose(nodes[0], "nested too deeply; left as LaTeX")
            return
        self.context.depth += 1
        try:
            cursor = Cursor(nodes, self.context.text)
            while (node := cursor.next()) is not None:
                self._node(node, cursor)
        finally:
            self.context.depth -= 1

    def _node(self, node: Node, cursor: Cursor) -> None:
        what = kind(node)
        if what != "comment":
            if self.start < 0 and not (what == "chars" and not node.chars.strip()):
                blank = len(node.chars) - len(node.chars.lstrip()) if what == "chars" else 0
                self.start = node.pos + blank  # what is included begins in its own file
            self.stop = end(node)
        if what == "chars":
            self._chars(node.chars, node.pos)
        elif what == "comment":
            space = getattr(node, "comment_post_space", "") or ""
            if _PARAGRAPH.search(space):
                self.flush()
        elif what == "group":
            self._group(node)
        elif what == "math":
            from typlora.convert.document.equations import math_node

            math_node(self, node)
        elif what == "specials":
            self._specials(node)
        elif what == "environment":
            if not self._row(node.environmentname, node, cursor):
                self._environment(node)
        elif not self._row(node.macroname, node, cursor):
            self._macro(node, cursor)

    def _row(self, name: str, node: Node, cursor: Cursor) -> bool:
        """Whether a row of boxes began here and was written."""
        return name in ROWS and name not in self.context.authored and ROWS[name](self, node, cursor)

    def _chars(self, chars: str, position: int) -> None:
        """Text; a blank line in it ends the paragraph there, which its span must tell."""
        stop, at = self.stop, 0
        for match in [*_PARAGRAPH.finditer(chars), None]:
            until = len(chars) if match is None else match.start()
            if at < until:
                if self.start < 0 and chars[at:until].strip():
                    self.start = position + at
                self.add(Text(self._shown(chars[at:until]).replace("`", "‘")))
            if match is not None:
                self.stop = position + until
                self.flush()
                at = match.end()
        self.stop = stop

    def _shown(self, chars: str) -> str:
        from typlora.convert.document.languages import characters

        return characters(self, chars)

    def _group(self, node: Node) -> None:
        inner = children(node)
        if delimiter(node) == "[":
            self.add(Text("["))
            self.run(inner)
            self.add(Text("]"))
        else:
            self.run(inner)

    def _specials(self, node: Node) -> None:
        from typlora.convert.document.languages import joined_special

        chars = node.specials_chars
        if joined_special(self, chars):
            return
        if chars == "~":
            self.add(Text("\u00a0"))
        elif chars in {"``", "''"}:
            self.add(quote(chars, self.paragraph))
        elif chars == "&":
            self.add(Text(" "))
        elif chars.strip() == "" and chars.count("\n") > 1:
            self.flush()
        else:
            self.add(Text({"!`": "¡", "?`": "¿"}.get(chars, chars)))

    def _macro(self, node: Node, cursor: Cursor) -> None:
        name = node.macroname
        if name in KINDS:
            note_layout(self.context, node)
        if name in self.context.authored:
            from typlora.convert.document.authored import call

            call(self, node, cursor, self.context.authored[name])
        elif name in self.context.restated:
            from typlora.convert.document.restated import say_again

            say_again(self, node, cursor)
        elif name in SWITCHES:
            self._switch(node, SWITCHES[name], cursor)
        elif name in MACROS:
            with held(self, node, cursor):
                MACROS[name](self, node, cursor)
        elif name in IGNORED:
            cursor.arguments(node, IGNORED[name])
        else:
            unknown_command(self, node, cursor)

    def _switch(self, node: Node, style: SwitchConverter | None, cursor: Cursor) -> None:
        if style is not None:  # else what follows is read on: a hundred \\noindent are not nested
            converter = style
            self.scoped(cursor.rest(), lambda pieces: converter(self, pieces))

    def scoped(self, nodes: Sequence[Node], style: Callable[[Pieces], Pieces]) -> None:
        """Convert nodes with a style on every paragraph; the first and the last one join their neighbours."""
        inner = self.nested()
        inner.run(nodes)
        self.take(inner, style)

    def _environment(self, node: Node) -> None:
        name = node.environmentname
        context = self.context
        if name in KINDS:
            note_layout(self.context, node)
        if name in context.authored:
            from typlora.convert.document.authored import surround

            surround(self, node, context.authored[name])
            return
        converter = ENVIRONMENTS.get(name)
        if converter is None and f"own-float-{name.rstrip('*')}" in context.options:
            converter = ENVIRONMENTS["figure"]
        if converter is None and name in context.theorems:
            from typlora.convert.document.theorems import theorem

            converter = theorem
        if converter is None and "tabular" in name:
            converter = ENVIRONMENTS["tabularx"]
        if converter is None and name.endswith("*"):
            converter = ENVIRONMENTS.get(name[:-1])
        if converter is not None:
            converter(self, node)
            return
        unknown_environment(self, node)


def environment_arguments(builder: Builder, node: Node, spec: str) -> tuple[list[Node | None], list[Node]]:
    """Arguments of an environment as ``spec`` says, and the nodes of its body behind them."""
    cursor = Cursor(children(node), builder.context.text)
    arguments = cursor.arguments(node, spec)
    return arguments, cursor.rest()


__all__ = [
    "ENVIRONMENTS",
    "IGNORED",
    "MACROS",
    "SWITCHES",
    "Builder",
    "Chunk",
    "environment",
    "environment_arguments",
    "join",
    "macro",
]
