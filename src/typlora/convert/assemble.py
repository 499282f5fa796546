"""Join blocks and formulas into one document, and make sure that it compiles.

The whole is compiled once. When that fails, the compiler's line leads through a line-to-owner map to the
formulas and the block at fault; without a usable line the fault is found by bisection over blocks. From the
third block at fault on all blocks are tried in groups (``_sift``), because one compile of the whole for
each fault would make the time grow with the square of the length. What is at fault is replaced by its
LaTeX, visibly, with a ``Loss``; nothing else is touched. At the very worst (a time box, or faults that do
not yield) the whole source is shown as raw text: the result always compiles.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from typlora.convert.conversion import Conversion
from typlora.convert.draft import Block, Draft, Loss, Slot, write_formula
from typlora.convert.kept import raw_block
from typlora.convert.labels import DEFINED, Labels, missing_label
from typlora.convert.owned_text import Text
from typlora.convert.settling import KEPT, first_line, keep
from typlora.errors import EngineError

SECONDS = 120.0  # all of mending together; a healthy document needs one compile
COMPILES = 20  # ... or the time of so many compiles of the whole, where one takes long
SIFT_AFTER = 2  # blocks at fault that are found one by one


class Result(Protocol):
    """What ``verify.compiler.Compiled`` tells."""

    @property
    def ok(self) -> bool: ...
    @property
    def error(self) -> str: ...
    @property
    def line(self) -> int | None: ...
    @property
    def pages(self) -> tuple[bytes, ...]: ...


Compile = Callable[[str], Result]


@dataclass(frozen=True, slots=True)
class Assembled:
    """``typst`` compiles, to the PDF in ``pdf``. ``conversions`` in the order of the draft's formulas,
    replaced ones updated; ``losses`` are the draft's and those found here; ``compiles`` counts the
    compiler runs. ``blocks`` are the texts of the draft's blocks as they stand in ``typst`` behind the
    preamble; empty where the whole is shown as LaTeX."""

    typst: str
    pdf: bytes
    conversions: tuple[Conversion, ...]
    losses: tuple[Loss, ...]
    compiles: int
    blocks: tuple[str, ...] = ()


class _Assembly:
    def __init__(self, draft: Draft, conversions: Sequence[Conversion], compile_one: Compile, seconds: float):
        self.draft = draft
        self.conversions = list(conversions)
        self.blocks: list[Block] = list(draft.blocks)
        self.losses: list[Loss] = []
        self.raw: set[int] = set()
        self.labels = Labels(self.blocks, self.conversions, self.losses, self.raw)
        self.compiles = 0
        self._compile = compile_one
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._sifted = False

    def render(self, only: range | None = None) -> Text:
        """The document; with ``only`` no other blocks than these."""
        text = Text()
        if self.draft.preamble:
            text.add(self.draft.preamble.rstrip("\n") + "\n\n")
        for index in range(len(self.blocks)) if only is None else only:
            block = self.blocks[index]
            if index:
                text.add("\n\n")
            self._render_block(text, index, block)
        text.add("\n")
        return text

    def _render_block(self, text: Text, index: int, block: Block) -> None:
        if index in self.raw:
            text.add(raw_block(block.unit.latex), index)
            return
        for part in block.parts:
            if isinstance(part, Slot):
                conversion = self.conversions[part.formula]
                text.add(write_formula(conversion.unit, conversion.typst, part), index, part.formula)
            else:
                text.add(part, index)

    def texts(self) -> tuple[str, ...]:
        """Each block by itself."""
        out = []
        for index, block in enumerate(self.blocks):
            text = Text()
            self._render_block(text, index, block)
            out.append("".join(text.parts))
        return tuple(out)

    def try_compile(self, text: Text) -> Result:
        self.compiles += 1
        return self._compile("".join(text.parts))

    def run(self) -> tuple[str, bytes]:
        while True:
            text = self.render()
            started = time.monotonic()
            result = self.try_compile(text)
            if self.compiles == 1:
                took = time.monotonic() - started
                self._deadline = time.monotonic() + max(
                    self._seconds, min(COMPILES * took, COMPILES * self._seconds)
                )
            if result.ok:
                return "".join(text.parts), b"".join(result.pages)
            if time.monotonic() > self._deadline or not self._mend(text, result):
                return self._everything_raw(result.error)

    def _mend(self, text: Text, result: Result) -> bool:
        """Replace one fault; False where nothing is left to replace."""
        if self.labels.mend(text, result.error, result.line):
            return True
        owners = {owner for owner in text.owners(result.line) if owner[0] >= 0}
        formulas = sorted(formula for _, formula in owners if formula >= 0)
        if faulty := self._faulty_formulas(formulas, result.error):
            for formula in faulty:
                self._keep_formula(formula, result.error)
            return True
        if len(self.raw) >= SIFT_AFTER and not self._sifted:
            self._sifted = True
            if self._sift():
                return True
        for block in sorted({block for block, _ in owners}):
            if block not in self.raw:
                self._keep_block(block, result.error)
                return True
        return self._bisect()

    def _faulty_formulas(self, formulas: Sequence[int], error: str) -> list[int]:
        """Those of ``formulas`` that do not compile by themselves; one on its line is taken at its word."""
        open_ones = [index for index in formulas if self.conversions[index].provenance != KEPT]
        if len(open_ones) == 1 and len(formulas) == 1:
            return open_ones
        faulty = []
        for index in open_ones:
            if time.monotonic() > self._deadline:
                break
            conversion = self.conversions[index]
            self.compiles += 1
            alone = f"{self.draft.preamble}\n\n{write_formula(conversion.unit, conversion.typst)}\n"
            if not self._compile(alone).ok:
                faulty.append(index)
        return faulty

    def _bisect(self) -> bool:
        """Without a line: the first block whose presence makes the document fail becomes raw."""
        low, high = 0, len(self.blocks)  # the first `low` blocks compile, the first `high` do not
        if not self._stands(range(0)):
            return False  # the preamble itself is at fault
        while high - low > 1:
            if time.monotonic() > self._deadline:
                return False
            middle = (low + high) // 2
            if self._stands(range(middle)):
                low = middle
            else:
                high = middle
        if low in self.raw or low >= len(self.blocks):
            return False
        self._keep_block(low, "the document does not compile with it")
        return True

    def _stands(self, some: range) -> bool:
        """Whether these blocks compile without the others; references to those are no fault of theirs."""
        result = self.try_compile(self.render(some))
        return result.ok or missing_label(result.error)

    def _sift(self) -> bool:
        """Find all blocks at fault: groups that compile are done, the others are halved. The work is that of
        a few compiles of the whole for each doubling of the faults, not of one for each fault."""
        groups, faulty = [range(len(self.blocks))], []
        while groups:
            group = groups.pop()
            if time.monotonic() > self._deadline:
                break
            if len(group) < len(self.blocks) and self._stands(group):
                continue
            if len(group) == 1:
                faulty.append(group[0])
            else:
                middle = len(group) // 2
                groups += [group[middle:], group[:middle]]
        for index in faulty:
            if index not in self.raw:
                self._keep_block(index, "its Typst does not compile by itself")
        return bool(faulty)

    def _keep_formula(self, index: int, error: str) -> None:
        unit = self.conversions[index].unit
        reason = f"does not compile inside the document: {first_line(error)}"
        self.conversions[index] = keep(unit, reason)

    def _keep_block(self, index: int, error: str) -> None:
        unit = self.blocks[index].unit
        self.raw.add(index)
        reason = f"the {unit.kind} is shown as LaTeX; its Typst does not compile: {first_line(error)}"
        self.losses.append(Loss(unit.span, unit.latex, reason))
        gone: list[str] = []
        for part in self.blocks[index].parts:
            if isinstance(part, Slot):
                gone += DEFINED.findall(f"{part.before} {part.after}")
                self.conversions[part.formula] = keep(self.conversions[part.formula].unit, reason)
            else:
                gone += DEFINED.findall(part)
        for label in gone:
            self.labels.show(label)

    def _everything_raw(self, error: str) -> tuple[str, bytes]:
        """The last resort; raw text under no preamble cannot fail."""
        reason = f"the whole document is shown as LaTeX; it could not be mended: {first_line(error)}"
        for index, block in enumerate(self.blocks):
            if index not in self.raw:
                self.raw.add(index)
                self.losses.append(Loss(block.unit.span, block.unit.latex, reason))
        self.conversions = [keep(conversion.unit, reason) for conversion in self.conversions]
        typst = "\n\n".join(raw_block(block.unit.latex) for block in self.blocks) + "\n"
        result = self._compile(typst)
        if not result.ok:
            raise EngineError(f"the Typst compiler does not work here: {first_line(result.error)}")
        return typst, b"".join(result.pages)


def joined(draft: Draft, conversions: Sequence[Conversion]) -> str:
    """The document as it is, not compiled and nothing mended."""
    return "".join(_Assembly(draft, conversions, _never, 0.0).render().parts)


def _never(source: str) -> Result:
    raise EngineError("not compiled here")


def assemble(
    draft: Draft,
    conversions: Sequence[Conversion],
    compile_one: Compile,
    *,
    seconds: float = SECONDS,
) -> Assembled:
    """Join and mend. ``compile_one`` compiles one source in a process that can be killed.

    ``conversions[i]`` belongs to ``draft.formulas[i]``. Raises ``EngineError`` only when even raw text
    does not compile, which means that there is no working compiler.
    """
    work = _Assembly(draft, conversions, compile_one, seconds)
    typst, pdf = work.run()
    hopeless = len(work.raw) == len(work.blocks)
    blocks = () if hopeless else work.texts()
    losses = (*draft.losses, *work.losses)
    return Assembled(typst, pdf, tuple(work.conversions), losses, work.compiles, blocks)
