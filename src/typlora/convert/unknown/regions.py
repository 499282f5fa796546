"""Stretches inside of one block: what nobody knows in a list item, a theorem or a float.

The document writers leave seams there (``convert/document/seams.py``). A label, reference or citation inside
is taken out of the question as formulas are, and what rules made of it comes back into the answer.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from typlora.convert.document.nouns import Block, Seam, Slot

_AT = re.compile(r"@([\w\-.:]+)")
_CONTINUES = re.compile(r"[\w\-.:(\[;]")  # what would be read as part of the code or label before it
_STRUCTURE = re.compile(r"[-+/=`#]|\d+\.")  # an answer that has to begin a line of its own


@dataclass(frozen=True, slots=True)
class Held:
    """What rules made of the LaTeX from ``start`` to ``stop``: a label, a reference or a citation."""

    parts: tuple[str | Slot, ...]
    start: int
    stop: int

    def before(self, following: str) -> tuple[str | Slot, ...]:
        """The parts as they can stand before ``following`` text."""
        last = self.parts[-1]
        if not (isinstance(last, str) and _CONTINUES.match(following)):
            return self.parts
        if (label := _AT.fullmatch(last)) is not None:
            return (*self.parts[:-1], f"#ref(<{label[1]}>);")
        return (*self.parts, ";") if last.endswith((")", "]")) else self.parts


@dataclass(frozen=True, slots=True)
class Region:
    """``parts[first:last]`` of a block are what the LaTeX from ``start`` to ``stop`` became."""

    block: int
    first: int
    last: int
    start: int
    stop: int
    indent: int


def regions(blocks: Sequence[Block]) -> Iterator[Region]:
    """The regions of all blocks, an outer one before those inside of it."""
    for index, block in enumerate(blocks):
        found: list[Region] = []
        begun: dict[int, int] = {}
        for place, part in enumerate(block.parts):
            if not isinstance(part, Seam) or part.held:
                continue
            if part.begins:
                begun[part.number] = place
            elif part.number in begun:
                first = begun[part.number] + 1
                found.append(Region(index, first, place, part.start, part.stop, part.indent))
        yield from sorted(found, key=lambda one: (one.start, -one.stop))


def collapsed(parts: Sequence[str | Slot]) -> list[str | Slot | Held]:
    """Parts without seams, each held one in one piece."""
    out: list[str | Slot | Held] = []
    inside: list[str | Slot] | None = None
    for part in parts:
        if not isinstance(part, Seam):
            (out if inside is None else inside).append(part)
        elif part.held and part.begins and inside is None:
            inside = []
        elif part.held and not part.begins and inside is not None:
            out.append(Held(tuple(inside), part.start, part.stop))
            inside = None
    return [*out, *(inside or [])]


def put(block: Block, region: Region, answer: Sequence[str | Slot]) -> Block:
    """The block with an answer in a region, on a line of its own and indented where it has to be."""
    indent = " " * region.indent
    inside: list[str | Slot] = [
        part.replace("\n", "\n" + indent) if isinstance(part, str) else part for part in answer
    ]
    line = _line(block.parts[: region.first])
    if line.strip() and inside and isinstance(inside[0], str) and _STRUCTURE.match(inside[0]):
        inside.insert(0, f"{'' if line.endswith('[') else '#[]'}\n{indent}")
    parts = (*block.parts[: region.first], *inside, *block.parts[region.last :])
    return Block(block.unit, parts, block.note)


def _line(parts: Sequence[str | Slot]) -> str:
    """What stands on the line before a region."""
    line = ""
    for part in reversed(parts):
        if isinstance(part, Slot):
            return f"${line}"
        line = part + line
        if "\n" in part:
            break
    return line.rpartition("\n")[2]
