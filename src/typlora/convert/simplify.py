"""Make Typst idiomatic, step by step, and keep only what the verifier calls equal.

Nothing is ever made worse: a formula whose every step is refused stays as it was.
"""

from collections.abc import Sequence

from typlora.convert.idiom import STEPS, Step, tokenize, write
from typlora.convert.judging import Verifier
from typlora.tex.unit import Unit

_LONGEST = 50_000  # characters; a longer formula is nobody's to edit


def tidy(typst: str, steps: Sequence[Step] = STEPS) -> str:
    """All steps without asking anybody; a step that fails on strange input is passed over."""
    if len(typst) > _LONGEST:
        return typst
    tokens = tokenize(typst)
    for step in steps:
        try:
            tokens = step(tokens)
        except IndexError:
            continue
    return write(tokens).strip()


def simplify(
    units: Sequence[Unit], typst: Sequence[str], verifier: Verifier, steps: Sequence[Step] = STEPS
) -> list[str]:
    """The idiomatic form of each proved ``typst[i]`` of the formula ``units[i]``.

    All steps are tried at once first, for all formulas in one verification; formulas whose result is
    refused are walked through step by step, again all of them in one verification a step.
    """
    best = list(typst)
    everything = {index: text for index, old in enumerate(typst) if (text := tidy(old, steps)) != old}
    refused = _keep_proved(units, everything, best, verifier)
    walked = walk([units[i] for i in refused], [best[i] for i in refused], verifier, steps)
    for index, text in zip(refused, walked, strict=True):
        best[index] = text
    return best


def walk(
    units: Sequence[Unit], typst: Sequence[str], verifier: Verifier, steps: Sequence[Step] = STEPS
) -> list[str]:
    """``simplify`` where all steps at once are known to be refused."""
    best = list(typst)
    for step in steps:
        tried = {index: text for index, old in enumerate(best) if (text := tidy(old, (step,))) != old}
        _keep_proved(units, tried, best, verifier)
    return best


def _keep_proved(
    units: Sequence[Unit], tried: dict[int, str], best: list[str], verifier: Verifier
) -> list[int]:
    """Put what is proved into ``best``; the indices of what is not."""
    if not tried:
        return []
    verdicts = verifier.verify([units[index] for index in tried], list(tried.values()))
    refused = []
    for (index, text), verdict in zip(tried.items(), verdicts, strict=True):
        if verdict.proved:
            best[index] = text
        else:
            refused.append(index)
    return refused
