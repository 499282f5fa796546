"""The formula verifier: right conversions are called equal, wrong ones are not, whatever the input."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verify.cases import Case, composed, read_cases
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.formula import FormulaVerifier, judge, reference
from typlora.verify.verdict import Outcome

CASES = read_cases()


def place(case: Case) -> str:
    """A test's name: the line of its case."""
    return f"line{case.line}"


def test_the_set_is_large_enough_to_mean_something() -> None:
    cases = CASES + composed(CASES)
    assert sum(case.right for case in cases) >= 300
    assert sum(not case.right for case in cases) >= 300


@pytest.mark.parametrize("case", [case for case in CASES if not case.right], ids=place)
def test_a_wrong_conversion_is_never_called_equal(case: Case) -> None:
    assert not judge(case.latex, case.display, case.typst).proved


@pytest.mark.parametrize("case", [case for case in CASES if case.right], ids=place)
def test_a_right_conversion_is_called_equal(case: Case) -> None:
    verdict = judge(case.latex, case.display, case.typst)
    assert verdict.proved, (verdict.error, verdict.differences)


def test_longer_formulas_are_judged_like_their_parts() -> None:
    cases = composed(CASES)
    wrong = [case for case in cases if judge(case.latex, case.display, case.typst).proved is not case.right]
    assert not wrong


def test_differences_say_what_is_wrong_in_words() -> None:
    assert judge("x^2", False, "x^3").differences == ("‘2’ (upright) became ‘3’ (upright)",)
    assert judge("a+b", False, "a").differences == ("‘+’ ‘b’ (italic) is missing",)
    assert "sans-serif" in judge(r"\mathsf{x}", False, "sans(x)").differences[0]


def test_no_reference_is_unknown_not_equal() -> None:
    verdict = judge(r"\somethingnobodyknows x", False, "x")
    assert verdict.compiles and verdict.outcome is Outcome.UNKNOWN
    assert "somethingnobodyknows" in verdict.differences[0]


def test_a_compiler_error_is_reported() -> None:
    verdict = judge("x", False, "frac(1")
    assert not verdict.compiles and "unclosed" in verdict.error


@pytest.mark.parametrize(
    "latex",
    [
        "{" * 10_000 + "}" * 10_000,
        "x^" * 5_000,
        r"\frac" * 5_000,
        "x" * 100_000,
        r"\left(" * 3_000,
        r"\begin{matrix}" * 3_000,
    ],
    ids=["braces", "scripts", "fractions", "long", "lefts", "environments"],
)
def test_absurd_formulas_have_no_reference_and_do_not_crash(latex: str) -> None:
    tokens, reason = reference(latex, True)
    assert tokens is None and reason


@settings(max_examples=300)
@given(st.text(alphabet=r"\{}^_&$%~'()[]|abαβxf1 +-=<>sumfracleftrightbegind", max_size=60), st.booleans())
def test_any_latex_gives_a_reference_or_a_reason(latex: str, display: bool) -> None:
    tokens, reason = reference(latex, display)
    assert (tokens is None) == bool(reason)


@settings(max_examples=150)
@given(st.lists(st.sampled_from([case.latex for case in CASES]), min_size=2, max_size=5), st.booleans())
def test_reading_is_compositional_and_repeatable(parts: list[str], display: bool) -> None:
    whole = r" \quad ".join("{" + part + "}" for part in parts)
    assert reference(whole, display) == reference(whole, display)


def test_units_without_a_candidate_are_not_proved() -> None:
    units = [Unit(UnitKind.FORMULA, "x"), Unit(UnitKind.FORMULA, "y")]
    verdicts = FormulaVerifier().verify(units, [None, "y"])
    assert [verdict.proved for verdict in verdicts] == [False, True]
