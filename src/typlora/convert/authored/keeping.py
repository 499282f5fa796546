"""Conversion with the author's macros as functions, checked against the one with everything expanded.

Formulas: the call is verified against the expanded LaTeX, its definitions in front of it; one that is not
proved stays expanded. Text: the page with calls and the page with everything expanded must be the same HTML,
else macros are left out until they are.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from typlora.convert.authored.choice import Authored
from typlora.convert.authored.formulas import Marks, body_latex, has_marks
from typlora.convert.cascade import Cascade
from typlora.convert.composites import compose
from typlora.convert.conversion import Conversion
from typlora.convert.document.nouns import Block, Draft, Slot
from typlora.convert.draft import write_formula
from typlora.convert.judging import Verifier
from typlora.convert.settling import KEPT
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.formula import formula_document
from typlora.verify.verdict import Verdict

SECONDS = 60.0  # of looking for macros whose calls do not look the same
_SINGLE = re.compile(r"[A-Za-z][A-Za-z.]*|.", re.S)  # a name or sign: a function of the author's adds nothing
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9]*")


@dataclass(frozen=True, slots=True)
class Judge:
    """``same``: a conversion shows what the expanded one shows; ``pages`` compiles small documents to HTML,
    ``None`` for one that does not compile."""

    verifier: Verifier
    same: Callable[["Kept"], bool]
    pages: Callable[[Sequence[str]], list[bytes | None]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft whose preamble defines ``macros``, and the conversions of its formulas with calls of them."""

    draft: Draft
    conversions: tuple[Conversion, ...]
    macros: tuple[Authored, ...]


def keep_macros(
    macros: Sequence[Authored],
    make: Callable[[Sequence[Authored]], Draft],
    cascade: Cascade,
    judge: Judge,
    expanded: Draft,
) -> Kept | None:
    """The conversion with as many calls as look the same; ``None`` where no macro can stay.

    ``make`` drafts with some macros kept, ``expanded`` is the draft with none.
    """
    deadline = time.monotonic() + SECONDS
    known = _commands(expanded)
    best: Kept | None = None
    good: list[Authored] = []

    def grow(some: Sequence[Authored]) -> None:
        """Add those of ``some`` that can stay beside the good ones."""
        nonlocal best
        if not some or time.monotonic() > deadline:
            return
        kept = _convert([*good, *some], make, cascade, judge, known)
        if kept is not None and kept.macros and judge.same(kept):
            best = kept
            good.extend(some)
        elif len(some) > 1:
            middle = len(some) // 2
            grow(some[:middle])
            grow(some[middle:])

    called = make(macros).called if macros else frozenset()
    text = [one for one in macros if one.name in called or one.ending is not None]
    grow([one for one in macros if one not in text])  # each call in a formula is judged by itself
    grow(text)
    return best


def _convert(
    macros: Sequence[Authored],
    make: Callable[[Sequence[Authored]], Draft],
    cascade: Cascade,
    judge: Judge,
    known: Counter[str],
) -> Kept | None:
    """Draft, drop the macros that gain nothing, convert."""
    for _ in range(3):
        draft = make(macros)
        if draft.table is None or any(has_marks(unit.latex) for unit in draft.formulas):
            return None
        marks = Marks(macros, draft.table)
        bodies = _bodies(marks, cascade)
        useless = {
            one.key
            for one in macros
            if one.ending is None
            and (_is_formula(one, draft) and _SINGLE.fullmatch(bodies.get(one.name, "x")) is not None)
        } | _still_latex(draft, macros, known)
        if not useless:
            return _calls(draft, marks, bodies, cascade, judge)
        macros = [one for one in macros if one.key not in useless]
        if not macros:
            return None
    return None


def _is_formula(one: Authored, draft: Draft) -> bool:
    """Used in mathematics only, or a formula wherever it stands."""
    return one.name not in draft.called or one.formula is not None


def _commands(draft: Draft) -> Counter[str]:
    """Commands in the LaTeX that a draft shows as such."""
    shown = (part for block in draft.blocks for part in block.parts if isinstance(part, str))
    return Counter(name for part in shown for name in re.findall(r"\\([A-Za-z]+)", part))


def _still_latex(draft: Draft, macros: Sequence[Authored], known: Counter[str]) -> set[str]:
    """Macros whose calls stand in LaTeX that is shown as such, or both in formulas and in text."""
    words = _commands(draft) - known
    inside = {word for unit in draft.formulas for word in re.findall(r"\\([A-Za-z]+)", unit.latex)}
    return {
        one.key
        for one in macros
        if one.name in words
        or (one.ending is None and one.name in inside & draft.called and one.formula is None)
    }


def _bodies(marks: Marks, cascade: Cascade) -> dict[str, str]:
    """Typst of the bodies as formulas; those that are not proved have none."""
    ones = [one for one in marks.authored if one.ending is None]
    units = []
    for one in ones:
        latex = body_latex(one.formula if one.formula is not None else one.latex)
        units.append(Unit(UnitKind.FORMULA, marks.marked(marks.expanded(latex, False), False)))
    bodies: dict[str, str] = {}
    for one, conversion in zip(ones, cascade.convert(units), strict=True):
        if conversion.verdict.proved and (typst := marks.calls(conversion.typst, one.parameters)) is not None:
            bodies[one.name] = typst
            if typst.startswith('"'):
                marks.words.add(one.typst)
    return bodies


def _calls(draft: Draft, marks: Marks, bodies: dict[str, str], cascade: Cascade, judge: Judge) -> Kept:
    parameters = _parameters(draft, marks)
    references = [
        replace(unit, latex=marks.expanded(unit.latex, unit.display)) if marks.uses(unit.latex) else unit
        for unit in draft.formulas
    ]
    marked = [
        replace(unit, latex=marks.marked(unit.latex, unit.display)) if marks.uses(unit.latex) else unit
        for unit in draft.formulas
    ]
    plain = cascade.convert(
        [m if i in parameters else r for i, (r, m) in enumerate(zip(references, marked, strict=True))]
    )
    chosen = list(plain)
    wanted: list[tuple[int, str, str]] = []
    for index, conversion in enumerate(cascade.convert(marked)):
        if marked[index].latex == references[index].latex and index not in parameters:
            continue
        typst = marks.calls(conversion.typst, parameters.get(index, ()))
        if typst is None or conversion.provenance == KEPT:
            continue
        if index in parameters:  # the body of a function of text; compared with the whole page
            chosen[index] = replace(conversion, unit=draft.formulas[index], typst=typst)
            continue
        used = [one for one in marks.used(typst) if one.name in bodies]
        wanted.append((index, typst, " ".join(f"{_let(one, bodies)};" for one in used)))
    for index, typst, verdict in _proved(wanted, references, plain, judge):
        chosen[index] = replace(chosen[index], typst=typst, verdict=verdict)
    chosen = compose(draft, chosen)
    called = "\n".join(conversion.typst for conversion in chosen)
    functions = [
        one
        for one in marks.authored
        if one.name in bodies
        and _is_formula(one, draft)
        and one.ending is None
        and (one.name in draft.called or one.typst in set(_WORDS.findall(called)))
    ]
    lines = [_let(one, bodies) for one in functions]
    lines += [_rendered(block, chosen) for block in draft.definitions]
    text = [one for one in marks.authored if one.name in draft.called and one not in functions]
    preamble = draft.preamble
    if lines:
        preamble = preamble.rstrip("\n") + "\n\n// Macros of the author.\n" + "\n".join(lines) + "\n"
    used_draft = replace(draft, preamble=preamble, formulas=tuple(references))
    return Kept(used_draft, tuple(chosen), (*functions, *text))


def _proved(
    wanted: Sequence[tuple[int, str, str]],
    references: Sequence[Unit],
    plain: Sequence[Conversion],
    judge: Judge,
) -> list[tuple[int, str, Verdict]]:
    """Formulas with calls that are equal to their LaTeX, and show just what the expanded ones show."""
    units = [references[index] for index, _, _ in wanted]
    candidates = [f"{lets} {typst}" for _, typst, lets in wanted]
    verdicts = judge.verifier.verify(units, candidates)
    shown = judge.pages(
        [formula_document(c, unit.display) for c, unit in zip(candidates, units, strict=True)]
    )
    meant = judge.pages(
        [formula_document(plain[index].typst, references[index].display) for index, _, _ in wanted]
    )
    return [
        (index, typst, verdict)
        for (index, typst, lets), verdict, one, other in zip(wanted, verdicts, shown, meant, strict=True)
        if verdict.proved and lets and one is not None and one == other
    ]


def _parameters(draft: Draft, marks: Marks) -> dict[int, tuple[str, ...]]:
    """Formulas that stand in definitions, with the names of the parameters there."""
    by_name = {one.name: one for one in marks.authored}
    return {
        part.formula: by_name[block.unit.span.file.removeprefix("\\")].parameters
        for block in draft.definitions
        for part in block.parts
        if isinstance(part, Slot)
    }


def _let(one: Authored, bodies: dict[str, str]) -> str:
    head = f"{one.typst}({', '.join(one.parameters)})" if one.parameters else one.typst
    return f"#let {head} = ${bodies[one.name]}$"


def _rendered(block: Block, conversions: Sequence[Conversion]) -> str:
    return "".join(
        write_formula(conversions[part.formula].unit, conversions[part.formula].typst, part)
        if isinstance(part, Slot)
        else part
        for part in block.parts
    )
