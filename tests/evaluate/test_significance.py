"""Intervals and tests against values computed another way."""

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typlora.evaluate.significance import mcnemar, mean_interval, share_interval, tarone_threshold, worse


def test_mcnemar_known_values() -> None:
    # 2 * sum_{k<=2} C(12,k) / 2^12, by hand
    assert mcnemar(10, 2) == pytest.approx(2 * (1 + 12 + 66) / 4096)
    assert mcnemar(2, 10) == mcnemar(10, 2)
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(5, 5) == 1.0


def test_worse_is_one_sided() -> None:
    assert worse(0, 5) == 1 / 32
    assert worse(5, 0) == 1.0
    assert worse(0, 0) == 1.0


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_a_probability(fixed: int, broken: int) -> None:
    exact = sum(
        Fraction(math.comb(fixed + broken, k), 2 ** (fixed + broken)) for k in range(min(fixed, broken) + 1)
    )
    assert mcnemar(fixed, broken) == pytest.approx(min(1.0, float(2 * exact)))


@pytest.mark.parametrize(("count", "total"), [(45, 50), (300, 600), (594, 600), (3, 40)])
def test_share_interval_is_the_bootstrap(count: int, total: int) -> None:
    draw = random.Random(1)
    outcomes = [1] * count + [0] * (total - count)
    means = sorted(sum(draw.choices(outcomes, k=total)) / total for _ in range(4000))
    low, high = share_interval(count, total)
    assert low == pytest.approx(means[100], abs=1.01 / total)
    assert high == pytest.approx(means[-101], abs=1.01 / total)


def test_share_interval_of_unanimous_rows_has_width() -> None:
    low, high = share_interval(100, 100)
    assert high == 1.0 and 0.95 < low < 0.97
    assert share_interval(0, 0) == (0.0, 1.0)
    assert share_interval(0, 100) == pytest.approx((0.0, 1 - low))


@given(st.integers(0, 3000), st.integers(1, 3000))
def test_share_interval_holds_the_share(count: int, total: int) -> None:
    count = min(count, total)
    low, high = share_interval(count, total)
    assert 0 <= low <= count / total <= high <= 1


def test_mean_interval_repeats_itself() -> None:
    values = [float(i % 7) for i in range(200)]
    low, high = mean_interval(values)
    assert (low, high) == mean_interval(values)
    assert low < sum(values) / 200 < high


def test_tarone_ignores_tests_that_cannot_speak() -> None:
    # 100 constructs with one changed row each can never reach 0.05, so the large one keeps nearly all of it.
    assert tarone_threshold([1] * 100 + [12], 0.05) == 0.05
    assert tarone_threshold([12] * 10, 0.05) == pytest.approx(0.005)
    assert tarone_threshold([], 0.05) == 0.05
