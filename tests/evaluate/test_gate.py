"""The gate refuses what a person would refuse, and names the rows."""

from tests.evaluate.made import evaluation
from typlora.evaluate.gate import compare
from typlora.evaluate.metrics import change, measure


def test_better_passes() -> None:
    verdict = compare(evaluation("a", "=====xxxxx"), evaluation("b", "=======xxx"))
    assert verdict.passed and not verdict.drops


def test_equally_good_is_not_better() -> None:
    same = "=====xxxxx"
    verdict = compare(evaluation("a", same), evaluation("b", same))
    assert not verdict.passed
    assert "not better" in verdict.reasons[0]


def test_significant_drop_refuses_and_names_rows() -> None:
    verdict = compare(evaluation("a", "=" * 20), evaluation("b", "x" * 6 + "=" * 14))
    assert not verdict.passed
    assert [check.construct for check in verdict.drops] == ["all"]
    assert "broken rows: 0, 1, 2, 3, 4, 5" in verdict.reasons[0]


def test_a_construct_may_not_pay_for_the_whole() -> None:
    # 40 rows get better, the 12 that use matrices all break.
    before, after = "x" * 40 + "=" * 12, "=" * 40 + "x" * 12
    constructs = {str(i): ("matrix",) if i >= 40 else ("fraction",) for i in range(52)}
    verdict = compare(evaluation("a", before, constructs), evaluation("b", after, constructs))
    assert not verdict.passed
    assert [(check.construct, check.metric) for check in verdict.drops] == [("matrix", "equal")]
    assert len(verdict.drops[0].broken) == 12


def test_many_constructs_raise_no_false_alarm() -> None:
    # One broken row in each of 60 constructs, and more fixed ones: noise, not a drop.
    before = "=" * 60 + "x" * 80
    after = "x" * 60 + "=" * 80
    constructs = {str(i): (f"construct {i % 60}",) for i in range(140)}
    assert compare(evaluation("a", before, constructs), evaluation("b", after, constructs)).passed


def test_compiles_is_guarded_too() -> None:
    before, after = "x" * 10 + "x" * 10, "!" * 10 + "=" * 10
    drops = compare(evaluation("a", before), evaluation("b", after)).drops
    assert [check.metric for check in drops] == ["compiles"]


def test_a_missing_suite_or_rows_refuse() -> None:
    before, after = evaluation("a", "xxx="), evaluation("b", "====")
    short = evaluation("b", "===")
    assert "rows before" in compare(before, short).reasons[0]
    from dataclasses import replace

    assert "not evaluated" in compare(before, replace(after, suites=())).reasons[0]


def test_rows_without_reference_do_not_count_for_equal() -> None:
    figures = measure(evaluation("a", "==x?!").suites[0].rows)
    assert figures.equal.count == 2 and figures.equal.total == 4 and figures.unjudged == 1
    assert figures.compiles.count == 4 and figures.silent.count == 1
    found = change(evaluation("a", "?x").suites[0], evaluation("b", "?=").suites[0])
    assert found.fixed == ("1",) and not found.broken and found.rows == 1
