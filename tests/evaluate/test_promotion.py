"""What is recorded of a promotion, and what ``models diff`` shows."""

import json
from pathlib import Path

import pytest

from tests.evaluate.made import evaluation
from typlora.errors import ConfigError
from typlora.evaluate.difference import changed_rows, show
from typlora.evaluate.promotion import RECORD, decide, frozen_suites, record
from typlora.evaluate.suites import Item, Suite


def test_a_forced_promotion_needs_who_and_why(tmp_path: Path) -> None:
    refused = decide(evaluation("a", "=" * 20), evaluation("b", "x" * 8 + "=" * 12))
    assert not refused.passed
    for name, reason in (("", "because"), ("ada", " ")):
        with pytest.raises(ConfigError, match="reason"):
            record(tmp_path, "run-002", "run-001", refused, name, reason)
    assert not (tmp_path / RECORD).exists()
    record(tmp_path, "run-002", "run-001", refused, "ada", "the old one cannot read matrices")
    record(tmp_path, "run-003", "run-002", decide(None, evaluation("c", "=")))
    first, second = (json.loads(line) for line in (tmp_path / RECORD).read_text("utf-8").splitlines())
    assert first["forced_by"] == "ada" and first["reason"].startswith("the old") and not first["passed"]
    assert first["reasons"] and "broken rows" in first["reasons"][0]
    assert second["passed"] and second["before"] == "run-002" and not second["forced_by"]


def test_frozen_suites_stand_beside_outputs(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    with pytest.raises(ConfigError, match="no frozen suite"):
        frozen_suites(outputs)
    (tmp_path / "jsonl").mkdir()
    (tmp_path / "jsonl" / "eval.jsonl").write_text('{"id": "a", "latex": "x"}\n')
    assert [suite.name for suite in frozen_suites(outputs)] == ["eval"]


def test_diff_shows_broken_rows_first() -> None:
    suite = Suite(
        "suite", "suite.jsonl", tuple(Item(str(i), f"x_{i}", line=i + 1) for i in range(4)), "digest", 4
    )
    rows = changed_rows(evaluation("a", "=x=x"), evaluation("b", "==x="), [suite])
    assert [(row.item.id, row.is_fixed) for row in rows] == [("2", False), ("1", True), ("3", True)]
    lines = show(rows, 1)
    assert (
        lines[0] == "2 rows fixed, 1 broken" and lines[1] == "BROKEN suite:3 2" and "and 2 more" in lines[-1]
    )
