"""Make proved Typst idiomatic, step by step, and keep only what the verifier still calls equal.

All steps are tried at once first, for all formulas in one verification; only formulas whose result is
refused are walked through step by step, again all of them in one verification a step. Nothing is ever
made worse: a formula whose every step is refused stays as it was.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from typlora.convert.idiom import STEPS
from typlora.convert.idiom.steps import Step
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.verdict import Verdict


class Verifier(Protocol):
    """What judges candidates."""

    def verify(self, units: Sequence[Unit], typst: Sequence[str | None]) -> list[Verdict]: ...


def simplifier(
    verifier: Verifier, steps: Sequence[Step] = STEPS
) -> Callable[[Sequence[Unit], Sequence[str]], list[str]]:
    """``simplify`` with its verifier, in the form that ``Cascade`` takes."""
    return lambda units, typst: simplify(units, typst, verifier, steps)


def simplify(
    units: Sequence[Unit], typst: Sequence[str], verifier: Verifier, steps: Sequence[Step] = STEPS
) -> list[str]:
    """The idiomatic form of each proved ``typst[i]`` of ``units[i]``; other kinds than formulas stay."""
    best = list(typst)
    wanted = [
        text if unit.kind is not UnitKind.FORMULA else apply(text, steps)
        for unit, text in zip(units, typst, strict=True)
    ]
    changed = [index for index, text in enumerate(wanted) if text != typst[index]]
    refused = []
    for index, verdict in zip(changed, _verify(units, changed, wanted, verifier), strict=True):
        if verdict.proved:
            best[index] = wanted[index]
        else:
            refused.append(index)
    for step in steps if refused else ():
        tried = {index: apply(best[index], (step,)) for index in refused}
        ask = [index for index in refused if tried[index] != best[index]]
        texts = [tried.get(index, text) for index, text in enumerate(best)]
        for index, verdict in zip(ask, _verify(units, ask, texts, verifier), strict=True):
            if verdict.proved:
                best[index] = tried[index]
    return best


def apply(typst: str, steps: Sequence[Step] = STEPS) -> str:
    """All steps without asking anybody; a step that fails on strange input is passed over."""
    for step in steps:
        try:
            typst = step(typst)
        except (IndexError, RecursionError):
            continue
    return typst


def _verify(
    units: Sequence[Unit], indices: Sequence[int], texts: Sequence[str], verifier: Verifier
) -> list[Verdict]:
    if not indices:
        return []
    return verifier.verify([units[index] for index in indices], [texts[index] for index in indices])
