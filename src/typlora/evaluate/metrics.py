"""Figures of a suite's rows, in all and by construct."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from typlora.evaluate.results import RowResult, SuiteResult
from typlora.evaluate.significance import mcnemar, mean_interval, share_interval

# The names under which models answer, see engines.model_engine and convert.parts.
MODELS = frozenset({"model", "model:parts", "repaired"})
KEPT = "kept-latex"  # our output where no engine has an answer that compiles: the LaTeX itself, visible
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``total``, with its 95 % interval (0 to 1)."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """0 to 1; ``None`` where there is nothing to count."""
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, see ``significance.share_interval``."""
        return share_interval(self.count, self.total)


@dataclass(frozen=True, slots=True)
class Metrics:
    """``equal`` counts rows with a reference only, ``unjudged`` those without. ``seconds`` is a mean a row.

    ``silent``: rows that compile, are wrong, and were not reported by the converter itself. ``reported``:
    rows of which the converter said that something is wrong or not proved, or gave nothing.
    ``chrf`` is the mean over rows with a target, 0 to 100; ``None`` without targets.
    """

    rows: int
    compiles: Share
    equal: Share
    unjudged: int
    silent: Share
    reported: Share
    exact: Share
    chrf: float | None
    seconds: float


def measure(rows: Sequence[RowResult]) -> Metrics:
    """The figures of some rows."""
    judged = [row for row in rows if row.reference]
    targets = [row for row in rows if row.exact is not None]
    scores = [row.chrf for row in rows if row.chrf is not None]
    return Metrics(
        rows=len(rows),
        compiles=Share(sum(row.compiles for row in rows), len(rows)),
        equal=Share(sum(row.equal for row in judged), len(judged)),
        unjudged=len(rows) - len(judged),
        silent=Share(sum(row.silent for row in judged), len(judged)),
        reported=Share(sum(row.reported for row in rows), len(rows)),
        exact=Share(sum(bool(row.exact) for row in targets), len(targets)),
        chrf=sum(scores) / len(scores) if scores else None,
        seconds=sum(row.seconds for row in rows) / max(1, len(rows)),
    )


def chrf_interval(rows: Iterable[RowResult]) -> tuple[float, float]:
    """95 % interval of the mean chrF, 0 to 100."""
    return mean_interval([row.chrf for row in rows if row.chrf is not None])


def by_construct(result: SuiteResult) -> dict[str, Metrics]:
    """Figures of the rows that use each construct; a row counts for all it uses."""
    groups: dict[str, list[RowResult]] = {}
    for row in result.rows:
        for name in result.constructs.get(row.id, ()):
            groups.setdefault(name, []).append(row)
    return {name: measure(rows) for name, rows in groups.items()}


@dataclass(frozen=True, slots=True)
class Solved:
    """What one engine of a cascade contributes: rows it answered, and how many of those are equal."""

    answered: int
    equal: int


def by_engine(rows: Sequence[RowResult]) -> dict[str, Solved]:
    """Contributions by engine, the busiest first.

    A cascade asks an engine only for what those before it did not solve: what a later one solved, none of
    the earlier ones could.
    """
    groups: dict[str, list[RowResult]] = {}
    for row in rows:
        groups.setdefault(row.engine or "nobody", []).append(row)
    found = {name: Solved(len(group), sum(row.equal for row in group)) for name, group in groups.items()}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].equal, -pair[1].answered, pair[0])))


def by_model_alone(rows: Sequence[RowResult]) -> list[RowResult]:
    """Rows of a cascade with rules that only the model solved; empty where the model was alone."""
    if all(row.engine in {"", KEPT, *MODELS} for row in rows):
        return []
    return [row for row in rows if row.equal and row.engine in MODELS]


@dataclass(frozen=True, slots=True)
class Change:
    """Rows of one suite that two converters both did: what the second fixes and breaks of the first.

    ``p`` is McNemar's exact two-sided p.
    """

    fixed: tuple[str, ...]
    broken: tuple[str, ...]
    rows: int

    @property
    def p(self) -> float:
        """Chance of a difference so large between equals."""
        return mcnemar(len(self.fixed), len(self.broken))


def change(before: SuiteResult, after: SuiteResult, of: str = "equal") -> Change:
    """Compare row by row; ``of`` is ``equal`` (rows with a reference) or ``compiles`` (all rows)."""
    earlier = {row.id: row for row in before.rows}
    fixed: list[str] = []
    broken: list[str] = []
    common = 0
    for row in after.rows:
        old = earlier.get(row.id)
        if old is None or (of == "equal" and not row.reference):
            continue
        common += 1
        was, now = bool(getattr(old, of)), bool(getattr(row, of))
        if now and not was:
            fixed.append(row.id)
        elif was and not now:
            broken.append(row.id)
    return Change(tuple(fixed), tuple(broken), common)


def normalised(typst: str) -> str:
    """Spaces apart, as exact match sees it: Typst's meaning needs one space where it needs several."""
    return _SPACES.sub(" ", typst).strip()


def chrf(candidate: str, target: str) -> float:
    """Character n-gram F-score by sacrebleu, 0 to 100. Raises ``ModuleNotFoundError`` without sacrebleu."""
    return float(_scorer().sentence_score(normalised(candidate), [normalised(target)]).score)


@lru_cache(maxsize=1)
def _scorer() -> Any:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()


def has_chrf() -> bool:
    """Whether sacrebleu is installed (extra ``eval``)."""
    from importlib.util import find_spec

    return find_spec("sacrebleu") is not None


def constructs_by_loss(metrics: Mapping[str, Metrics]) -> list[str]:
    """Constructs with rows that are not equal, the one that loses most rows first."""
    lost = {name: one.equal.total - one.equal.count for name, one in metrics.items()}
    return sorted((name for name in lost if lost[name]), key=lambda name: (-lost[name], name))
