"""The verdict on a candidate for a block of LaTeX."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from typlora.tex.unit import Unit, UnitKind
from typlora.verify.blocks.compare import compare_docs
from typlora.verify.blocks.formulas import same_formula
from typlora.verify.blocks.model import Block, Doc, Heading, Para, Text
from typlora.verify.blocks.reference import Reference, references
from typlora.verify.blocks.typst_side import canonical_doc, html_source, makes_plain_refs
from typlora.verify.blocks.walk import all_words, every_text
from typlora.verify.verdict import Outcome, Verdict


class Compiled(Protocol):
    """What the pool answers; ``pages`` holds the one HTML page."""

    @property
    def ok(self) -> bool: ...
    @property
    def pages(self) -> tuple[bytes, ...]: ...
    @property
    def error(self) -> str: ...


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
    added to the level of the LaTeX headings: 1 where the document has chapters and a ``\\section`` is level 2.
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
        verdicts.append(judge(unit, reference, candidate, heading_shift))
    return verdicts


def judge(unit: Unit, reference: Reference, candidate: Doc | None, heading_shift: int = 0) -> Verdict:
    """The verdict for a candidate that compiles; ``None`` where its end was swallowed."""
    if candidate is None:
        return Verdict(True, Outcome.DIFFERENT, ("the candidate swallows what follows it",))
    if reference.doc is None:
        return Verdict(True, Outcome.UNKNOWN, (f"no reference: {reference.error}",))
    expected = reference.doc
    if unit.kind is UnitKind.BIBLIOGRAPHY:
        expected, candidate = _flat(expected), _flat(candidate)
    if heading_shift:
        expected = replace(
            expected, blocks=tuple(_shifted(block, heading_shift) for block in expected.blocks)
        )
    differences, unknown = compare_docs(expected, candidate, same_formula)
    if not differences:
        reasons = (*expected.blind, *unknown)
        return Verdict(True, Outcome.UNKNOWN if reasons else Outcome.EQUAL, reasons)
    if expected.loose or _reference_is_poorer(reference, candidate):
        return Verdict(True, Outcome.UNKNOWN, (*expected.loose, *expected.blind, *differences))
    return Verdict(True, Outcome.DIFFERENT, differences)


def _reference_is_poorer(reference: Reference, candidate: Doc) -> bool:
    """The candidate has every word of the LaTeX by the cruder reading, pandoc has not."""
    assert reference.doc is not None
    if not reference.doc.blind:
        return False
    theirs, ours = all_words(reference.doc.blocks), all_words(candidate.blocks)
    return bool((reference.words & ours) - theirs) and not (theirs - ours)


def _shifted(block: Block, shift: int) -> Block:
    return Heading(block.level + shift, block.text) if isinstance(block, Heading) else block


def _flat(doc: Doc) -> Doc:
    """A bibliography is its words in order: whether its entries are a list or paragraphs does not matter."""
    texts = list(every_text(doc.blocks))
    words = tuple(word for text in texts for word in text.words)
    atoms = tuple(atom for text in texts for atom in text.atoms)
    links = tuple(link for text in texts for link in text.links)
    return replace(doc, blocks=(Para(Text(words, atoms, links)),), places={})


def missing_words(reference: Counter[str], candidate: Doc) -> Counter[str]:
    """Words of the LaTeX that the candidate has too few of."""
    return reference - all_words(candidate.blocks)
