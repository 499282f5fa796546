"""From LaTeX to a proved pair, or to the reason why there is none: expand, propose, verify, simplify.

One ``Judge`` lives in each worker process of ``data build`` and ``data synth``, with engines and a
verifier of its own, so that a batch never waits for another.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from typlora.data.blocks import ENGINE, judge_blocks
from typlora.data.canonical import form_of
from typlora.data.corpus import Given
from typlora.data.delimiters import FORMULA
from typlora.data.reasons import NO_REFERENCE, NOT_EXPANDED, refusal
from typlora.engines.base import Candidate, Engine
from typlora.errors import TyploraError
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.verdict import Verdict

Simplify = Callable[[Sequence[Unit], Sequence[str]], list[str]]
"""Proved Typst in, idiomatic Typst that is still proved out."""

# With the physics package \\dd[3]{x} is one thing; engines and reference alike read a symbol and brackets, so
# they agree on what is wrong.
_MISREAD = re.compile(r"\\(?:dd|differential)\s*\[")
_LABEL = re.compile(r"\\label\s*\{[^{}]*\}\s*")


class Verifier(Protocol):
    """What judges candidates: ``typlora.verify.formula.FormulaVerifier`` or a stand-in."""

    def verify(self, units: Sequence[Unit], typst: Sequence[str | None]) -> list[Verdict]: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """``typst`` is empty where ``reason`` says why there is no pair; ``detail`` is the verifier's sentence.

    ``latex`` is macro-expanded and free of labels: what a model is asked and trained with. ``form`` names
    what it shows (``canonical.form_of``).
    """

    given: Given
    latex: str
    typst: str = ""
    engine: str = ""
    reason: str = ""
    detail: str = ""
    kind: str = FORMULA
    form: str = ""


@dataclass(frozen=True, slots=True)
class Judge:
    """``engines`` in the order they are asked; the best proved candidate is taken.

    ``idiom`` writes Typst as a person would, unchecked; ``simplify`` does the same step by step and keeps
    only what stays proved.
    """

    engines: Sequence[Engine]
    verifier: Verifier
    idiom: Callable[[str], str] | None = None
    simplify: Simplify | None = None
    has_reference: Callable[[Unit], bool] = lambda unit: True

    def judge(self, given: Sequence[Given]) -> list[Judged]:
        """One answer each, in order."""
        formulas = iter(self._formulas([one for one in given if not one.block]))
        blocks = iter(self._blocks([one for one in given if one.block]))
        return [next(blocks if one.block else formulas) for one in given]

    def _blocks(self, given: Sequence[Given]) -> list[Judged]:
        def typst_of(formulas: Sequence[Given]) -> list[tuple[str, str]]:
            return [(answer.typst, answer.reason) for answer in self._formulas(formulas)]

        pairs = judge_blocks(given, typst_of) if given else []
        return [
            Judged(
                one, one.latex, pair.typst, ENGINE if pair.typst else "", pair.reason, pair.detail, pair.kind
            )
            for one, pair in zip(given, pairs, strict=True)
        ]

    def _formulas(self, given: Sequence[Given]) -> list[Judged]:
        expanded = [expand(one) for one in given]
        units = [
            Unit(UnitKind.FORMULA, latex, display=one.display)
            for one, latex in zip(given, expanded, strict=True)
            if latex is not None
        ]
        settled = iter(self._settle(units))
        answers: list[Judged] = []
        for one, latex in zip(given, expanded, strict=True):
            if latex is None:
                answers.append(Judged(one, one.latex, reason=NOT_EXPANDED))
                continue
            candidate, reason, detail = next(settled)
            if candidate is None:
                answers.append(Judged(one, latex, reason=reason, detail=detail))
            else:
                form = form_of(latex, one.display)  # remembered by the verifier, so it costs nothing here
                answers.append(Judged(one, latex, candidate.typst, candidate.engine, form=form))
        return answers

    def _settle(self, units: Sequence[Unit]) -> list[tuple[Candidate | None, str, str]]:
        """All engines are asked first. Most agree once their Typst is idiomatic, and one verification is
        enough; where they do not, the better proved one is taken."""
        offered = self._offered(units)
        proved: dict[int, Candidate] = {}
        for turn in range(len(self.engines)):
            asked = {index: tidy[turn] for index, tidy, _ in offered if turn < len(tidy)}
            for index, verdict in self._verify(units, asked):
                if verdict.proved and (
                    index not in proved
                    or cost(units[index].latex, asked[index].typst)
                    < cost(units[index].latex, proved[index].typst)
                ):
                    proved[index] = asked[index]
        refused: dict[int, list[Verdict]] = {index: [] for index in range(len(units))}
        for turn in range(len(self.engines)):
            asked = {index: raw[turn] for index, _, raw in offered if index not in proved and turn < len(raw)}
            found: dict[int, Candidate] = {}
            for index, verdict in self._verify(units, asked):
                refused[index].append(verdict)
                if verdict.proved:
                    found[index] = asked[index]
            proved.update(self._simplified(units, found))
        return [
            (proved[index], "", "") if index in proved else self._refusal(units[index], refused[index])
            for index in range(len(units))
        ]

    def _refusal(self, unit: Unit, verdicts: Sequence[Verdict]) -> tuple[None, str, str]:
        """Where LaTeX itself is not understood no engine is to blame."""
        if not self.has_reference(unit):
            return None, NO_REFERENCE, ""
        return None, *refusal(verdicts)

    def _offered(self, units: Sequence[Unit]) -> list[tuple[int, list[Candidate], list[Candidate]]]:
        """For each unit its different candidates in idiomatic form, and those as the engines wrote them."""
        raw: list[list[Candidate]] = [[] for _ in units]
        for engine in self.engines:
            for index, one in enumerate(engine.propose(units)):
                if one is not None and one.typst.strip():  # nothing can be learnt from an empty formula
                    raw[index].append(one)
        idiom = self.idiom
        offered = []
        for index, candidates in enumerate(raw):
            tidy: dict[str, Candidate] = {}
            for one in candidates if idiom is not None else ():
                assert idiom is not None
                text = idiom(one.typst)
                tidy.setdefault("".join(text.split()), Candidate(text, one.engine))
            offered.append((index, list(tidy.values()), candidates))
        return offered

    def _verify(self, units: Sequence[Unit], asked: dict[int, Candidate]) -> list[tuple[int, Verdict]]:
        found = self.verifier.verify([units[index] for index in asked], [one.typst for one in asked.values()])
        return list(zip(asked, found, strict=True))

    def _simplified(self, units: Sequence[Unit], proved: dict[int, Candidate]) -> dict[int, Candidate]:
        if self.simplify is None or not proved:
            return proved
        simpler = self.simplify([units[index] for index in proved], [one.typst for one in proved.values()])
        return {
            index: Candidate(typst, proved[index].engine)
            for index, typst in zip(proved, simpler, strict=True)
        }


_SPACES_LATEX = re.compile(r"\\(?:[,:;> ]|quad|qquad|thinspace|medspace|thickspace)|~")
_SPACES_TYPST = re.compile(r"\b(?:thin|med|thick|quad|wide)\b|#h\(")
_SPACE_COST = 10  # a lost space weighs more than any saving of characters that engines differ by


def cost(latex: str, typst: str) -> int:
    """Which of two proved candidates is better: the one that keeps the author's spaces, then the shorter."""
    wanted, kept = len(_SPACES_LATEX.findall(latex)), len(_SPACES_TYPST.findall(typst))
    return _SPACE_COST * abs(wanted - kept) + len(typst)


def expand(given: Given) -> str | None:
    """The formula without macros of its author's and without labels; ``None`` where it cannot be had."""
    from typlora.tex.macros import expand_formula

    try:
        latex = expand_formula(given.latex, given.macros)
    except TyploraError:
        return None
    if _MISREAD.search(latex):
        return None
    return _LABEL.sub("", latex).strip() or None


def default_judge() -> Judge:
    """All rule engines, the verifier and the simplifier, all in this process: rule engines write no loops,
    so their Typst may be compiled where it cannot be killed."""
    from typlora.convert.simplify import tidy, walk
    from typlora.engines.pandoc_engine import PandocEngine
    from typlora.engines.tylax_engine import TylaxEngine
    from typlora.verify.formula import FormulaVerifier, reference

    verifier = FormulaVerifier()
    return Judge(
        (PandocEngine(), TylaxEngine()),
        verifier,
        tidy,
        lambda units, typst: walk(units, typst, verifier),
        lambda unit: reference(unit.latex, unit.display)[0] is not None,
    )
