"""What a draft is made of: blocks of Typst with holes for formulas, and the list of what was lost."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from typlora.tex.macros import MacroTable
from typlora.tex.source import SourceText
from typlora.tex.unit import Span, Unit


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a formula. ``before`` and ``after`` stand around its Typst, dollar signs, label and
    numbering included; `typlora.convert.draft.write_formula` puts the three together."""

    formula: int
    before: str = "$"
    after: str = "$"


class Seam(str):
    """Empty text in the parts of a block, where something begins or ends that a model may be asked about:
    the LaTeX from ``start`` to ``stop``. ``held``: a label, reference or citation, which rules know.
    ``indent`` is that of the lines there."""

    number: int
    begins: bool
    start: int
    stop: int
    held: bool
    indent: int

    def __new__(cls, number: int, begins: bool, start: int, stop: int, held: bool, indent: int) -> "Seam":
        """An empty string that knows its place."""
        seam = super().__new__(cls, "")
        seam.number, seam.begins, seam.start, seam.stop = number, begins, start, stop
        seam.held, seam.indent = held, indent
        return seam


@dataclass(frozen=True, slots=True)
class Block:
    """A unit of the document as Typst: ``parts`` one after the other, no separator between them."""

    unit: Unit
    parts: tuple[str | Slot, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """LaTeX that could not be converted as it was meant, where it stands, and why.

    ``drawn``: what it shows is in the output all the same, as LaTeX's own picture.
    """

    span: Span
    latex: str
    reason: str
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Asset:
    """A file the Typst needs beside it: ``path`` is relative to the output and uses ``/``; the content is
    ``data``, or the file ``source`` when ``data`` is None."""

    path: str
    source: Path | None = None
    data: bytes | None = None

    def digest(self) -> bytes:
        """What tells its content from another's; empty where it cannot be read."""
        try:
            data = self.source.read_bytes() if self.data is None and self.source else self.data
        except OSError:
            data = None
        return hashlib.sha256(data or b"").digest()


@dataclass(frozen=True, slots=True)
class Composite:
    """A part of a formula that is Typst of another kind: ``mark`` stands for it in the formula's LaTeX,
    ``latex`` is what it was, ``parts`` what it becomes (without a ``#``)."""

    mark: str
    latex: str
    parts: tuple[str | Slot, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole document before its formulas are converted: preamble, then blocks, a blank line between.

    ``source`` is the LaTeX it was made of, macros expanded: what the check for lost words reads. Where macros
    were kept, ``definitions`` are those that text needs, ``table`` has all that the author defines, and
    ``called`` are the keys of those called in text.
    """

    blocks: tuple[Block, ...]
    formulas: tuple[Unit, ...]
    losses: tuple[Loss, ...]
    preamble: str
    assets: tuple[Asset, ...]
    source: SourceText | None = None
    definitions: tuple[Block, ...] = ()
    table: MacroTable | None = None
    called: frozenset[str] = frozenset()
    composites: tuple[Composite, ...] = ()
