"""From formulas to what the model gets wrong, and from that to proved pairs."""

from collections.abc import Sequence

from typlora.convert.judging import Verifier
from typlora.convert.simplify import simplify
from typlora.data.corpus import Given
from typlora.data.judge import Judge, cost
from typlora.data.rows import Row
from typlora.engines.base import Candidate
from typlora.improve.journal import Answer
from typlora.improve.plan import Plan
from typlora.improve.units import Asked
from typlora.improve.workshop import Sampler

SAMPLED = "model:sample"
KNOWN = "data"  # the Typst that the unit's own file has for it


def greedy(
    asked: Sequence[Asked], indices: Sequence[int], model: Sampler, verifier: Verifier
) -> list[Answer]:
    """The model's first answer to each, judged."""
    units = [asked[index].unit for index in indices]
    candidates = model.propose(units)
    verdicts = verifier.verify(units, [None if one is None else one.typst for one in candidates])
    return [
        Answer(index, "" if one is None else one.typst, "model", verdict.proved)
        for index, one, verdict in zip(indices, candidates, verdicts, strict=True)
    ]


def sampled(
    asked: Sequence[Asked],
    indices: Sequence[int],
    model: Sampler,
    verifier: Verifier,
    plan: Plan,
    number: int,
) -> list[Answer]:
    """The best proved one of several draws, in idiomatic form."""
    drawn = model.sample(
        [asked[index].unit for index in indices], plan.samples, plan.temperature, plan.seed + number
    )
    offers = [
        (index, one) for index, some in zip(indices, drawn, strict=True) for one in some if one.typst.strip()
    ]
    return _best(asked, indices, offers, verifier, SAMPLED)


def by_others(
    asked: Sequence[Asked], indices: Sequence[int], judge: Judge, verifier: Verifier
) -> list[Answer]:
    """What rule engines are proved right with; else the Typst that the unit came with, if it is proved."""
    given = [Given(asked[index].latex, asked[index].display, "", asked[index].source) for index in indices]
    found = {
        index: Answer(index, one.typst, one.engine, True)
        for index, one in zip(indices, judge.judge(given), strict=True)
        if one.typst
    }
    rest = [index for index in indices if index not in found]
    offers = [(index, Candidate(asked[index].target, KNOWN)) for index in rest if asked[index].target]
    found.update((one.index, one) for one in _best(asked, rest, offers, verifier, KNOWN))
    return [found[index] for index in indices]


def _best(
    asked: Sequence[Asked],
    indices: Sequence[int],
    offers: Sequence[tuple[int, Candidate]],
    verifier: Verifier,
    engine: str,
) -> list[Answer]:
    verdicts = verifier.verify([asked[index].unit for index, _ in offers], [one.typst for _, one in offers])
    best: dict[int, str] = {}
    for (index, one), verdict in zip(offers, verdicts, strict=True):
        latex = asked[index].latex
        if verdict.proved and (index not in best or cost(latex, one.typst) < cost(latex, best[index])):
            best[index] = one.typst
    tidy = simplify([asked[index].unit for index in best], list(best.values()), verifier)
    proved = dict(zip(best, tidy, strict=True))
    return [
        Answer(index, proved[index], engine, True) if index in proved else Answer(index) for index in indices
    ]


def rows_of(asked: Sequence[Asked], answers: Sequence[Answer], number: int) -> list[Row]:
    """Proved answers as rows of a data version."""
    return [
        Row(
            asked[answer.index].latex,
            answer.typst,
            asked[answer.index].display,
            {
                "kind": "formula",
                "source": "improve",
                "round": number,
                "engine": answer.engine,
                "verdict": "equal",
                "from": asked[answer.index].source,
            },
        )
        for answer in answers
        if answer.proved
    ]
