"""What a longtable prints again where it breaks: Typst repeats the first head; the last foot ends it."""

import re
from dataclasses import dataclass, field

from typlora.convert.document.builder import Builder
from typlora.convert.document.cells import Rows
from typlora.convert.document.nodes import Node


@dataclass(slots=True)
class Repeated:
    """Heads and feet as they are read. The part being read begins at ``start`` of the source, behind
    ``cells`` rows and ``lines`` lines."""

    start: int
    cells: int = 0
    lines: int = 0
    head: str | None = None
    foot: Rows = field(default_factory=Rows)
    foot_source: tuple[Node, str] | None = None

    def end(self, builder: Builder, node: Node, rows: Rows) -> None:
        """``\\endhead``, ``\\endfirsthead``, ``\\endfoot``, ``\\endlastfoot``: take the part that it ends."""
        source = builder.context.text[self.start : node.pos].strip()
        if node.macroname.endswith("head") and self.head is None:
            self.head = source
            rows.header = len(rows.cells)
        else:
            lines = [
                (row - self.cells, begin, stop, how) for row, begin, stop, how in rows.lines[self.lines :]
            ]
            part = Rows(rows.cells[self.cells :], lines)
            del rows.cells[self.cells :], rows.lines[self.lines :]
            if node.macroname.endswith("head"):
                _tell(builder, node, source, self.head or "")
            else:
                if self.foot_source is not None:
                    _tell(builder, *self.foot_source, self.head or "")
                self.foot, self.foot_source = part, (node, source)
        self.start = node.pos + len(node.macroname) + 1
        self.cells, self.lines = len(rows.cells), len(rows.lines)

    def close(self, rows: Rows) -> None:
        """The foot that stands at the end of the table."""
        end = len(rows.cells)
        rows.cells += self.foot.cells
        rows.lines += [(row + end, start, stop, stroke) for row, start, stop, stroke in self.foot.lines]


def _tell(builder: Builder, node: Node, source: str, head: str) -> None:
    """Report words that only the pages after a break have."""
    if _words(source) - _words(head):
        what = "what LaTeX prints where the table goes on on another page is not in the output"
        builder.context.lose(node, what, source)


def _words(latex: str) -> set[str]:
    plain = re.sub(r"\\[A-Za-z@]+\*?(?:\s*\{[\d|lcrp.-]*\})*", " ", latex)
    return set(re.findall(r"[^\W\d_]+", plain))
