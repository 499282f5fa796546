"""Larger chunks than formulas: blocks, sections or the whole document, proposed by the model and verified.

The deterministic draft stays the ground: a chunk's candidate replaces it only when it is better. With
``auto`` only chunks are asked for in which something is not proved; with the model alone all of them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from typlora.convert.cache import ConversionCache
from typlora.convert.cascade import Cascade, Progress
from typlora.convert.conversion import Conversion
from typlora.convert.draft import Block, Draft, Slot
from typlora.convert.settling import KEPT
from typlora.engines.base import Engine
from typlora.tex.unit import Span, Unit, UnitKind
from typlora.verify.blocks import verify_blocks
from typlora.verify.compiler import CompilerPool
from typlora.verify.verdict import Verdict

LEVELS = ("formula", "block", "section", "document")
_STRUCTURAL = frozenset({UnitKind.HEADING, UnitKind.RAW})  # front matter and headings are never asked for


class BlockVerifier:
    """``verify_blocks`` with the document's preamble before every candidate."""

    def __init__(self, pool: CompilerPool, preamble: str) -> None:
        self._pool = pool
        self._preamble = preamble

    def verify(self, units: Sequence[Unit], typst: Sequence[str | None]) -> list[Verdict]:
        """One verdict a unit."""
        return verify_blocks(units, typst, self._pool, self._preamble)


def ask_for_chunks(
    draft: Draft,
    conversions: Sequence[Conversion],
    level: str,
    engines: Sequence[Engine],
    pool: CompilerPool,
    *,
    everything: bool,
    cache: ConversionCache | None = None,
    progress: Progress | None = None,
) -> tuple[Draft, list[Conversion]]:
    """The draft with better chunks in place, and what was said of the chunks that were taken.

    ``everything`` asks for every chunk, and takes what compiles; otherwise only chunks that hold something
    unproved are asked for, and only what is proved equal is taken.
    """
    groups = [
        group for group in _groups(draft.blocks, level) if everything or _doubtful(draft, group, conversions)
    ]
    units = [_unit([draft.blocks[index] for index in group]) for group in groups]
    salt = hashlib.sha256(draft.preamble.encode("utf-8", "replace")).hexdigest()[:16]
    cascade = Cascade(engines, BlockVerifier(pool, draft.preamble), cache, simplify=False, batch=8, salt=salt)
    taken: list[Conversion] = []
    blocks: list[Block | None] = list(draft.blocks)
    for group, found in zip(groups, cascade.convert(units, progress), strict=True):
        if found.provenance == KEPT or not (found.verdict.proved or everything):
            continue
        taken.append(found)
        for index in group:
            blocks[index] = None
        blocks[group[0]] = Block(found.unit, (found.typst.strip(),))
    return replace(draft, blocks=tuple(block for block in blocks if block is not None)), taken


def _groups(blocks: Sequence[Block], level: str) -> list[list[int]]:
    """Indices of the blocks of each chunk; front matter stands alone and is left out."""
    body = [index for index, block in enumerate(blocks) if block.unit.latex.strip()]
    if level == "block":
        return [[index] for index in body if blocks[index].unit.kind not in _STRUCTURAL]
    if level == "document":
        return [body] if body else []
    groups: list[list[int]] = []
    for index in body:
        if blocks[index].unit.kind is UnitKind.HEADING or not groups:
            groups.append([])
        groups[-1].append(index)
    return groups


def _unit(blocks: Sequence[Block]) -> Unit:
    if len(blocks) == 1:
        return blocks[0].unit
    first, last = blocks[0].unit.span, blocks[-1].unit.span
    span = Span(first.file, first.line, first.column, last.end_line, last.end_column)
    return Unit(UnitKind.RAW, "\n\n".join(block.unit.latex for block in blocks), span)


def _doubtful(draft: Draft, group: Sequence[int], conversions: Sequence[Conversion]) -> bool:
    """Whether a formula of the chunk is not proved, or a loss was reported in its lines."""
    for index in group:
        block = draft.blocks[index]
        slots = [part.formula for part in block.parts if isinstance(part, Slot)]
        if any(not conversions[slot].verdict.proved for slot in slots):
            return True
        span = block.unit.span
        if any(
            loss.span.file == span.file and span.line <= loss.span.line <= span.end_line
            for loss in draft.losses
        ):
            return True
    return False
