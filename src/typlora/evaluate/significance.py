"""Is a difference more than chance: intervals for shares and means, and the paired test."""

import math
import random
from collections.abc import Sequence
from functools import lru_cache

RESAMPLES = 1000  # of means; enough for two digits of a 95 % interval
LEVEL = 0.95


def share_interval(successes: int, total: int) -> tuple[float, float]:
    """The 95 % bootstrap interval of a share, computed instead of drawn.

    A resample of ``total`` yes/no rows has Binomial(total, share) successes, so the percentile bootstrap is
    the quantiles of that distribution. Where all rows agree it has no width; there the exact
    Clopper-Pearson bound of one side says what the sample can really tell.
    """
    if total == 0:
        return 0.0, 1.0
    tail = (1 - LEVEL) / 2
    if successes == 0:
        return 0.0, 1 - tail ** (1 / total)
    if successes == total:
        return tail ** (1 / total), 1.0
    return _binomial_quantiles(successes, total, tail)


@lru_cache(maxsize=4096)
def _binomial_quantiles(successes: int, total: int, tail: float) -> tuple[float, float]:
    share = successes / total
    spread = 8 * math.sqrt(total * share * (1 - share)) + 2  # beyond that the probability is below 1e-14
    first, last = max(0, int(successes - spread)), min(total, int(successes + spread))
    low, high, below = first, last, 0.0
    for count in range(first, last + 1):
        below += math.exp(
            math.lgamma(total + 1)
            - math.lgamma(count + 1)
            - math.lgamma(total - count + 1)
            + count * math.log(share)
            + (total - count) * math.log1p(-share)
        )
        if below <= tail:
            low = count + 1
        if below >= 1 - tail:
            high = count
            break
    return low / total, high / total


def mean_interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of a mean; the same for the same seed."""
    if not values:
        return 0.0, 0.0
    draw = random.Random(seed)
    means = sorted(math.fsum(draw.choices(values, k=len(values))) / len(values) for _ in range(RESAMPLES))
    cut = int(RESAMPLES * (1 - LEVEL) / 2)
    return means[cut], means[-cut - 1]


def pooled_interval(parts: Sequence[tuple[int, int]], seed: int = 0) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of ``sum of kept / sum of totals`` that draws whole parts.

    ``parts`` are (kept, total) of documents: what is lost in one document is lost together, so documents are
    drawn and not their words. With one document it has no width.
    """
    if not any(total for _, total in parts):
        return 0.0, 1.0
    draw = random.Random(seed)
    shares: list[float] = []
    for _ in range(RESAMPLES):
        some = draw.choices(parts, k=len(parts))
        shares.append(sum(kept for kept, _ in some) / max(1, sum(total for _, total in some)))
    shares.sort()
    cut = int(RESAMPLES * (1 - LEVEL) / 2)
    return shares[cut], shares[-cut - 1]


def mcnemar(fixed: int, broken: int) -> float:
    """Exact two-sided p: were the rows that changed as likely to become right as wrong?"""
    changed = fixed + broken
    if changed == 0:
        return 1.0
    return min(1.0, 2 * _tail(min(fixed, broken), changed))


def worse(fixed: int, broken: int) -> float:
    """Exact one-sided p that so many rows broke by chance alone."""
    changed = fixed + broken
    return 1.0 if changed == 0 else _tail(fixed, changed)


def _tail(most: int, changed: int) -> float:
    """P(X <= most) for X ~ Binomial(changed, 1/2)."""
    if most >= changed:
        return 1.0
    return float(sum(math.comb(changed, count) for count in range(most + 1)) / 2**changed)


def tarone_threshold(changed: Sequence[int], alpha: float) -> float:
    """The p that one of many one-sided exact tests must reach so that chance raises any alarm in ``alpha``.

    ``changed`` is the number of rows that changed in each test. A test with n changed rows cannot go below
    2^-n, so it needs no share of ``alpha`` when that is too large (Tarone 1990): dividing by all constructs
    would make the gate blind for the small ones.
    """
    least = [0.5**count for count in changed if count]
    for tests in range(1, len(least) + 2):
        if sum(p <= alpha / tests for p in least) <= tests:
            return alpha / tests
    return alpha / max(1, len(least))
