"""Replay: the right share, every construct, the same for a seed."""

from collections import Counter

import pytest

from typlora.data.constructs import constructs_of
from typlora.data.replay import sample, with_replay
from typlora.data.rows import Row

OLD = [Row(f"x_{{{i}}}", f"x_{i}") for i in range(300)] + [
    Row(r"\sqrt[3]{y}", "root(3, y)"),
    Row(r"\begin{cases}1\\2\end{cases}", "cases(1, 2)", True),
    Row(r"\aleph", "aleph"),
]


def test_rare_constructs_are_drawn_before_common_ones_repeat() -> None:
    drawn = sample(OLD, 12)
    used = Counter(name for row in drawn for name in constructs_of(row.latex))
    assert used["nth root"] == used["cases"] == used["hebrew letters"] == 1
    assert len(drawn) == 12


def test_a_seed_decides_the_draw() -> None:
    assert sample(OLD, 20, seed=1) == sample(list(reversed(OLD)), 20, seed=1)
    assert sample(OLD, 20, seed=1) != sample(OLD, 20, seed=2)
    assert sorted(row.latex for row in sample(OLD, 10_000)) == sorted(row.latex for row in OLD)


@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.5])
def test_the_share_is_of_the_whole(fraction: float) -> None:
    new = [Row(f"y^{{{i}}}", f"y^{i}") for i in range(90)]
    mixed = with_replay(new, OLD, fraction)
    assert all(row in mixed for row in new)
    replayed = len(mixed) - len(new)
    assert replayed == round(90 * fraction / (1 - fraction))


def test_what_is_new_already_is_not_replayed() -> None:
    assert len(with_replay(OLD, OLD, 0.5)) == len(OLD)


def test_a_senseless_share_is_refused() -> None:
    with pytest.raises(ValueError, match="replay fraction"):
        with_replay(OLD, OLD, 1.0)
