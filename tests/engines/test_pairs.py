"""Brackets of an answer that are closed by their own kind, where those of the LaTeX are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typlora.engines.brackets import Pairs, paired
from typlora.engines.stopping import RowWatch

END = 0
PIECES = {1: "a", 2: "(", 3: ")", 4: "[", 5: "]", 6: ")(", 7: '"', 8: "\\", 9: "frac("}


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("f(x)", True),
        (r"\{a, [b]\}", True),
        (r"\sqrt[3]{x}", True),
        ("[0, 1)", False),
        ("]0, 1[", False),
        (r"\left( x \right.", False),
        (r"\text{(}", False),
        (r"\lbrack 0, 1]", False),
        (r"a \\ (b)", True),
        ("{(}", False),
    ],
)
def test_what_is_paired(latex: str, expected: bool) -> None:
    assert paired(latex) is expected


def allowed(tokens: list[int], paired: bool = True) -> list[int]:
    watch = RowWatch(frozenset({END}), 99, PIECES.__getitem__, paired)
    for token in tokens:
        watch.push(token)
    return [token for token in (END, *PIECES) if watch.allows(token)]


def test_a_bracket_that_closes_nothing_is_not_allowed() -> None:
    assert allowed([1]) == [END, 1, 2, 4, 7, 8, 9]
    assert allowed([2, 4]) == [END, 1, 2, 4, 5, 7, 8, 9]
    assert allowed([9, 1]) == [END, 1, 2, 3, 4, 6, 7, 8, 9]
    assert allowed([2, 7]) == [END, *PIECES], "in a string all is text"
    assert allowed([1, 8]) == [END, *PIECES], "after a backslash a bracket is a letter"


def test_unpaired_questions_allow_all() -> None:
    assert allowed([3, 3], paired=False) == [END, *PIECES]


@given(st.text(alphabet='()[]{}ab"\\ ', max_size=30))
def test_piece_by_piece_is_as_at_once(text: str) -> None:
    state: Pairs | None = Pairs()
    for char in text:
        state = state.after(char) if state is not None else None
    assert state == Pairs().after(text)
