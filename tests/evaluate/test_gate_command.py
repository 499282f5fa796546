"""The gate through the command line, with runs that were really trained: one right, one wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.train.conftest import base, run
from typlora.cli.main import main

__all__ = ["base", "run"]

LETTERS = "abcxyzkm"
GOOD, BAD = "tiny-typst-qlora-001", "tiny-typst-qlora-002"
Capture = pytest.CaptureFixture[str]


def write_rows(path: Path, answers: dict[str, str]) -> Path:
    path.parent.mkdir(exist_ok=True)
    rows = [
        {
            "prompt": [{"role": "user", "content": f"${latex}$"}],
            "completion": [{"role": "assistant", "content": f"${typst}$"}],
        }
        for latex, typst in answers.items()
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def shop(
    tmp_path: Path, run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> Path:
    """``jsonl/eval.jsonl`` and two runs: one that learned its rows, and one that learned them wrongly."""
    monkeypatch.setenv("TYPLORA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    write_rows(tmp_path / "jsonl" / "eval.jsonl", {letter: letter for letter in LETTERS})
    settings: dict[str, Any] = {"lora_r": 16, "learning_rate": 2e-2, "epochs": 60, "save_steps": 1000}
    for name, answers in (
        (GOOD, {letter: letter for letter in LETTERS}),
        (BAD, {letter: "qvw"[number % 3] for number, letter in enumerate(LETTERS)}),
    ):
        data = write_rows(tmp_path / "data" / f"train_{name[-3:]}.jsonl", answers)
        status, said = run(data, tmp_path / "outputs" / name, **settings)
        assert status == 0, said
    capsys.readouterr()
    return tmp_path / "outputs"


def promoted(outputs: Path) -> str:
    return (outputs / "promoted").read_text(encoding="utf-8").strip()


def test_every_way_through_the_gate(shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    assert main(["models", "promote", "001", "--jobs", "1"]) == 0
    assert promoted(shop) == GOOD and "is promoted" in capsys.readouterr().out

    # A run that breaks what worked is refused, and the rows are named.
    assert main(["models", "promote", "002", "--jobs", "1"]) == 1
    said = capsys.readouterr().err
    assert (
        "eval: equal 8 -> 0 of 8" in said and "broken rows: line1, line2" in said and f"{GOOD} stays" in said
    )
    assert promoted(shop) == GOOD and len(read_records(shop)) == 1

    # By force only with a reason, and both are written down.
    with monkeypatch.context() as patched:  # refused before hours of measuring
        patched.setattr("typlora.evaluate.promotion.evaluate_run", None)
        assert main(["models", "promote", "002", "--force", "--jobs", "1"]) == 2
    assert "--reason" in capsys.readouterr().err and promoted(shop) == GOOD
    assert main(["models", "promote", "002", "--force", "--reason", "to see", "--jobs", "1"]) == 0
    record = read_records(shop)[-1]
    assert promoted(shop) == BAD and record["reason"] == "to see" and record["forced_by"]
    assert not record["passed"] and record["before"] == GOOD and record["suites"]["eval"]

    # What both do differently, row by row; the other way round the gate lets it through.
    capsys.readouterr()
    assert main(["models", "diff", "002", "001", "--jobs", "1"]) == 0
    said = capsys.readouterr().out
    assert "8 rows fixed, 0 broken" in said and "fixed  eval:1 line1" in said and "latex   a" in said
    assert main(["models", "promote", "001", "--jobs", "1"]) == 0 and promoted(shop) == GOOD
    assert "has changed" not in capsys.readouterr().err

    # A suite with other content is noticed, and measured again for both.
    write_rows(shop.parent / "jsonl" / "eval.jsonl", {letter: letter for letter in LETTERS[:-1]})
    assert main(["models", "promote", "002", "--jobs", "1"]) == 1
    said = capsys.readouterr().err
    assert f"eval has changed since {GOOD} was promoted" in said and "equal 7 -> 0 of 7" in said


def read_records(outputs: Path) -> list[dict[str, Any]]:
    text = (outputs / "promotions.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]
