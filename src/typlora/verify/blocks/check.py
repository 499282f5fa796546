"""The verdict on a candidate for a block of LaTeX."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from typlora.tex.unit import Unit, UnitKind
from typlora.verify.blocks.compare import compare_docs
from typlora.verify.blocks.formulas import same_formula
from typlora.verify.blocks.model import Block, Doc, Heading, Items
from typlora.verify.blocks.page import html_source, makes_plain_refs
from typlora.verify.blocks.reference import Reference, references
from typlora.verify.blocks.typst_side import canonical_doc
from typlora.verify.blocks.walk import all_words, lower
from typlora.verify.verdict import Outcome, Verdict

# Left out of HTML, and nothing to read in them.
_HARMLESS = re.compile(r"^(?:page set rule|pagebreak|colbreak|v|h|line|counter|state|metadata|parbreak)\b")


class Compiled(Protocol):
    """What the pool answers; ``pages`` holds the one HTML page."""

    @property
    def ok(self) -> bool: ...
    @property
    def pages(self) -> tuple[bytes, ...]: ...
    @property
    def error(self) -> str: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...


class Pool(Protocol):
    """Killable compilers: candidates are untrusted."""

    def compile_many(self, sources: Sequence[str], format: str) -> Sequence[Compiled]: ...


def verify_block(unit: Unit, typst: str, pool: Pool, preamble: str = "", heading_shift: int = 0) -> Verdict:
    """One block; see ``verify_blocks``."""
    return verify_blocks([unit], [typst], pool, preamble, heading_shift)[0]


def verify_blocks(
    units: Sequence[Unit],
    typst: Sequence[str | None],
    pool: Pool,
    preamble: str = "",
    heading_shift: int = 0,
) -> list[Verdict]:
    """Compare each candidate with what pandoc reads in its unit's LaTeX.

    ``preamble`` is Typst that stands before every candidate (helpers, ``set`` rules). ``heading_shift`` is
    added to the level of the LaTeX headings: 1 where the document has chapters, so that ``\\section`` is 2.
    """
    asked = [(unit, text) for unit, text in zip(units, typst, strict=True) if text is not None]
    compiled = iter(pool.compile_many([html_source(text, preamble) for _, text in asked], "html"))
    read = iter(references([unit for unit, _ in asked]))
    plain_refs = makes_plain_refs(preamble)
    verdicts: list[Verdict] = []
    for unit, text in zip(units, typst, strict=True):
        if text is None:
            verdicts.append(Verdict(False, Outcome.DIFFERENT, ("no candidate",)))
            continue
        page, reference = next(compiled), next(read)
        if not page.ok:
            verdicts.append(Verdict(False, Outcome.DIFFERENT, (), page.error))
            continue
        candidate = canonical_doc(page.pages[0], plain_refs)
        verdict = judge(unit, reference, candidate, heading_shift)
        unseen = unseen_parts(page.warnings)
        if verdict.proved and unseen:
            verdict = Verdict(True, Outcome.UNKNOWN, unseen)
        verdicts.append(verdict)
    return verdicts


def unseen_parts(warnings: Sequence[str]) -> tuple[str, ...]:
    """What the HTML export left out and the prelude does not bring back: it may hold text."""
    found = [warning for warning in warnings if "ignored" in warning and not _HARMLESS.search(warning)]
    return tuple(f"cannot be checked: {warning}" for warning in dict.fromkeys(found))


def judge(unit: Unit, reference: Reference, candidate: Doc | None, heading_shift: int = 0) -> Verdict:
    """The verdict for a candidate that compiles; ``None`` where its end was swallowed."""
    if candidate is None:
        return Verdict(True, Outcome.DIFFERENT, ("the candidate swallows what follows it",))
    if reference.doc is None:
        return Verdict(True, Outcome.UNKNOWN, (f"no reference: {reference.error}",))
    expected = reference.doc
    if unit.kind is UnitKind.BIBLIOGRAPHY:
        expected, candidate = _entries(expected), _entries(candidate)
    if heading_shift:
        expected = replace(
            expected, blocks=tuple(_shifted(block, heading_shift) for block in expected.blocks)
        )
    differences, unknown = compare_docs(expected, candidate, same_formula)
    if not differences:
        reasons = (*expected.blind, *unknown)
        return Verdict(True, Outcome.UNKNOWN if reasons else Outcome.EQUAL, reasons)
    only_added = all(sentence.endswith("is not in the LaTeX") for sentence in differences)
    if expected.loose or (expected.blind and only_added) or _reference_is_poorer(reference, candidate):
        return Verdict(True, Outcome.UNKNOWN, (*expected.loose, *expected.blind, *differences))
    return Verdict(True, Outcome.DIFFERENT, differences)


def _reference_is_poorer(reference: Reference, candidate: Doc) -> bool:
    """The candidate has every word of the LaTeX by the cruder reading, pandoc has not."""
    assert reference.doc is not None
    if not reference.doc.blind:
        return False
    theirs, ours = lower(all_words(reference.doc.blocks)), lower(all_words(candidate.blocks))
    return bool((reference.words & ours) - theirs) and not (theirs - ours)


def _shifted(block: Block, shift: int) -> Block:
    return Heading(block.level + shift, block.text) if isinstance(block, Heading) else block


def _entries(doc: Doc) -> Doc:
    """A bibliography is its entries in order: whether they are a list or paragraphs does not matter."""
    blocks = doc.blocks
    if len(blocks) == 1 and isinstance(blocks[0], Items) and not blocks[0].terms:
        blocks = tuple(block for item in blocks[0].items for block in item)
    return replace(doc, blocks=blocks, places={})
