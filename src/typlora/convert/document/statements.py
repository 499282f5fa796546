"""Statements of an algorithm as lines with depths and numbers, whichever package they were written for."""

import re
from dataclasses import dataclass, field

from typlora.convert.document.builder import Builder
from typlora.convert.document.context import Target
from typlora.convert.document.nodes import Node, argument_text, known_arguments
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, Styled, Text, is_empty, strip
from typlora.tex.macros import MacroTable

# Words before the argument of a command, or in its place.
HEADS = {"Require": "Require:", "Ensure": "Ensure:", "Input": "Input:", "Output": "Output:",
    "Return": "return",
          "Print": "print", "KwIn": "Input:", "KwOut": "Output:", "KwData": "Data:", "KwResult": "Result:",
          "KwRet": "return", "SetAlgoLined": "", "Initialize": "Initialize:", "KwInput": "Input:",
          "KwOutput": "Output:"}  # fmt: skip


@dataclass(slots=True)
class Line:
    """One line: how deep it stands, what it says, and whether it counts."""

    depth: int
    pieces: Pieces
    numbered: bool = True


@dataclass(slots=True)
class Lines:
    """The lines of one algorithm. ``waiting`` are places of labels of the line that is still being read."""

    builder: Builder
    found: list[Line] = field(default_factory=list)
    waiting: Pieces = field(default_factory=list)
    count: int = 0

    def add(self, depth: int, pieces: Pieces, *, numbered: bool = True) -> None:
        """A line with what it says; nothing for an empty one."""
        if is_empty(pieces):
            return
        self.found.append(Line(depth, [*strip(pieces), *self.waiting], numbered))
        self.waiting = []
        self.count += numbered

    def append(self, pieces: Pieces) -> None:
        """Something more on the last line."""
        if self.found:
            self.found[-1].pieces = [*self.found[-1].pieces, *pieces]

    def label(self, node: Node, *, pending: bool) -> None:
        """``\\label``: the number of the line that is being read (``pending``), else of the last one."""
        context = self.builder.context
        target = Target("line", str(self.count + pending))
        known = known_arguments(node)
        context.define(argument_text(known[-1][1], context.text) if known else "", target, node)
        if pending:
            self.waiting.append(target.hidden_anchor())
        else:
            self.append([target.hidden_anchor()])


def bold(words: str) -> Pieces:
    """Keywords of a statement."""
    return [Styled("*", (Text(words),))] if words else []


def keyword_commands(table: MacroTable) -> dict[str, str]:
    """The author's ``\\algorithmic...`` commands by name, with what they print before their argument."""
    return {
        name: "".join(part for part in macro.body if isinstance(part, str))
        for name, macro in table.definitions.items()
        if name.startswith("algorithmic")
    }


def keyword(builder: Builder, name: str, usual: str) -> str:
    """What the document prints for a keyword: ``\\renewcommand{\\algorithmicrequire}{\\textbf{Input:}}``."""
    own = builder.context.keyword_commands.get(f"algorithmic{name}")
    return usual if own is None else re.sub(r"\\[A-Za-z]+\*?\s*|[{}]", "", own).replace("~", "\u00a0").strip()


def write_lines(builder: Builder, lines: Lines, *, numbered: bool) -> Pieces:
    """``#algorithm-lines`` with one argument a line: depth, content, and ``none`` where it has no number."""
    if not lines.found:
        return []
    builder.context.need("algorithm-lines")
    out: Pieces = [
        Mark(f"#algorithm-lines(numbered: {'true' if numbered else 'false'},\n"),
        Shift(2),
        Mark("  "),
    ]
    for line in lines.found:
        closing = "]),\n" if line.numbered or not numbered else "], none),\n"
        out += [Mark(f"({line.depth}, ["), *line.pieces, Mark(closing)]
    return [*out, Shift(-2), Mark("\n"), Code(")")]
