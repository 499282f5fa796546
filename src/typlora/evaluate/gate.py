"""The gate: a model version is only promoted when it is better and breaks nothing that worked.

    verdict = compare(before, after)
    if not verdict.passed: print(*verdict.reasons, sep="\\n")

Compared row by row on every suite, in all and by construct, for "equal" and for "compiles". A drop counts
when McNemar's exact test, one-sided, finds it at ``ALPHA``; among the constructs of a suite the threshold
is divided as Tarone's method allows, so that a hundred constructs are not a hundred chances of a false
alarm.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from typlora.evaluate.metrics import Change, Share, change
from typlora.evaluate.results import Evaluation, RowResult, SuiteResult
from typlora.evaluate.significance import tarone_threshold, worse

ALPHA = 0.05
WHOLE = "all"  # the name under which a suite's rows stand together
NAMED = 8  # rows named in a reason; `typlora models diff` shows all of them


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: ``metric`` (``equal`` or ``compiles``) on the rows of one construct of one suite.

    ``p`` is one-sided: the chance of so many broken rows between versions that are equally good.
    """

    suite: str
    construct: str
    metric: str
    before: Share
    after: Share
    fixed: tuple[str, ...]
    broken: tuple[str, ...]
    p: float
    threshold: float

    @property
    def dropped(self) -> bool:
        """Significantly worse than before."""
        return len(self.broken) > len(self.fixed) and self.p <= self.threshold

    def __str__(self) -> str:
        where = self.suite if self.construct == WHOLE else f"{self.suite}, {self.construct}"
        rows = ", ".join(self.broken[:NAMED]) + (" ..." if len(self.broken) > NAMED else "")
        return (
            f"{where}: {self.metric} {self.before.count} -> {self.after.count} of {self.after.total} "
            f"({len(self.fixed)} fixed, {len(self.broken)} broken, p = {self.p:.2g}); broken rows: {rows}"
        )


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """``passed`` when nothing dropped, something got better, and every suite was there to compare.

    ``reasons`` are lines for a person, empty when passed.
    """

    checks: tuple[Check, ...]
    reasons: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the later version may be promoted."""
        return not self.reasons

    @property
    def drops(self) -> tuple[Check, ...]:
        """What is significantly worse."""
        return tuple(check for check in self.checks if check.dropped)


def compare(before: Evaluation, after: Evaluation, alpha: float = ALPHA) -> GateVerdict:
    """Whether ``after`` may take the place of ``before``; both evaluated on the same suites."""
    checks: list[Check] = []
    reasons: list[str] = []
    for old in before.suites:
        new = after.suite(old.digest)
        if new is None:
            reasons.append(f"{old.suite}: {after.converter} was not evaluated on it; evaluate both again")
            continue
        if len(new.rows) != len(old.rows):
            reasons.append(f"{old.suite}: {len(old.rows)} rows before, {len(new.rows)} now; use no --limit")
            continue
        checks.extend(_checks(old, new, alpha))
    reasons.extend(str(check) for check in checks if check.dropped)
    if not reasons and not _better(checks):
        reasons.append(f"{after.converter} is not better than {before.converter} on any suite")
    return GateVerdict(tuple(checks), tuple(reasons))


def _better(checks: Sequence[Check]) -> bool:
    """More rows equal than before, over all suites together."""
    whole = [check for check in checks if check.construct == WHOLE and check.metric == "equal"]
    return sum(len(one.fixed) for one in whole) > sum(len(one.broken) for one in whole)


def _checks(old: SuiteResult, new: SuiteResult, alpha: float) -> list[Check]:
    checks: list[Check] = []
    for metric in ("equal", "compiles"):
        checks.append(_check(old, new, metric, WHOLE, None, alpha))
        names = sorted({name for names in new.constructs.values() for name in names})
        parts = [
            _check(old, new, metric, name, {i for i, used in new.constructs.items() if name in used}, 0.0)
            for name in names
        ]
        threshold = tarone_threshold([len(one.fixed) + len(one.broken) for one in parts], alpha)
        checks.extend(replace(one, threshold=threshold) for one in parts)
    return checks


def _check(
    old: SuiteResult, new: SuiteResult, metric: str, construct: str, ids: set[str] | None, threshold: float
) -> Check:
    some_old, some_new = _only(old, ids), _only(new, ids)
    found: Change = change(some_old, some_new, metric)
    return Check(
        old.suite,
        construct,
        metric,
        _share(some_old.rows, metric),
        _share(some_new.rows, metric),
        found.fixed,
        found.broken,
        worse(len(found.fixed), len(found.broken)),
        threshold,
    )


def _only(result: SuiteResult, ids: set[str] | None) -> SuiteResult:
    if ids is None:
        return result
    return replace(result, rows=tuple(row for row in result.rows if row.id in ids))


def _share(rows: Iterable[RowResult], metric: str) -> Share:
    judged = [row for row in rows if row.reference or metric == "compiles"]
    return Share(sum(bool(getattr(row, metric)) for row in judged), len(judged))
