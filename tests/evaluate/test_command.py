"""``typlora evaluate`` as a person runs it."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, environment, home, typlora

__all__ = ["environment", "home", "typlora"]

ROWS = [
    {"id": "half", "latex": r"\frac{1}{2}", "typst": "1/2"},
    {"id": "cap", "latex": r"A \cap B", "display": True, "typst": "A inter B"},
    {"id": "script", "latex": "</script><script>alert(1)</script>", "source": "<b>x</b>"},
    {"id": "none", "latex": r"\nosuchcommand{x}"},
]


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    path = tmp_path / "small.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


def test_league(typlora: Run, suite: Path, tmp_path: Path) -> None:
    done = typlora(
        "evaluate", "--engine", "rules", "--suite", suite, "--against", "pandoc,tylax",
        "--json", tmp_path / "r.json", "--html", tmp_path / "r.html", "--jobs", 1,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "typlora rules" in done.stdout and "pandoc 3" in done.stdout and "have none" in done.stdout
    record = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    ours, pandoc, _ = record["evaluations"]
    figures, others, _ = record["figures"]
    assert figures["suites"][0]["constructs"]["fraction"]["equal"]["total"] == 1
    assert figures["suites"][0]["equal"]["interval"] and figures["suites"][0]["chrf"]["mean"] == 100
    assert "cap" in others["suites"][0]["against_first"]["broken"]
    verdicts = {row["id"]: row for row in ours["suites"][0]["rows"]}
    assert verdicts["cap"]["outcome"] == "equal" and verdicts["cap"]["exact"]
    assert not verdicts["none"]["reference"]
    assert {row["id"]: row["compiles"] for row in pandoc["suites"][0]["rows"]}["cap"] is False
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and "://" not in page.replace("http://www.w3.org/", "")

    again = typlora(
        "evaluate", "--engine", "tylax", "--suite", suite, "--against", tmp_path / "r.json", "--jobs", 1
    )
    assert again.returncode == 0 and "typlora rules" in again.stdout


def test_wrong_flags(typlora: Run, suite: Path, tmp_path: Path) -> None:
    for flags, told in (
        (("--suite", tmp_path / "no.jsonl"), "cannot be read"),
        (("--suite", suite, "--against", "nobody"), "nobody"),
        (("--suite", suite, "--engine", "word"), "word"),
        (("--suite", suite, "--adapter", tmp_path), "adapter"),
        (("--suite", suite, "--json", suite), "would overwrite"),
        (("--suite", suite, "--html", tmp_path / "train_001.jsonl"), "would overwrite"),
    ):
        before = suite.read_bytes()
        done = typlora("evaluate", *flags)
        assert done.returncode == 2 and told in done.stderr, (flags, done.stderr)
        assert suite.read_bytes() == before
    done = typlora("evaluate", cwd=tmp_path)
    assert done.returncode == 2 and "--suite" in done.stderr
