"""Inline matrices of a model's answers."""

import pytest

from typlora.engines.matrices import in_display


@pytest.mark.parametrize(
    ("typst", "expected"),
    [
        ("x", "x"),
        ("f = cases(1 & a, 0 & b)", "f = display(cases(1 & a, 0 & b))"),
        ("display(cases(1, 0))", "display(cases(1, 0))"),
        ("mat(a; b) vec(1, 2)", "display(mat(a; b)) display(vec(1, 2))"),
        ("mat(delim: \"(\", a; vec(b, c))", "display(mat(delim: \"(\", a; vec(b, c)))"),
        ("x^(vec(a, b))", "x^(vec(a, b))"),
        ('"mat(" mat(a)', '"mat(" display(mat(a))'),
        ("mat(a; b", "mat(a; b"),
        ("format(a)", "format(a)"),
    ],
)  # fmt: skip
def test_matrices_stand_in_display(typst: str, expected: str) -> None:
    assert in_display(typst) == expected
    assert in_display(expected) == expected
