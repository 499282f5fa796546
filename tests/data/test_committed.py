"""The data versions in git: enough rows, small enough, proved, and evaluation apart from training."""

import hashlib
from functools import lru_cache
from pathlib import Path

import pytest

from typlora.data.canonical import keys_of
from typlora.data.check import check
from typlora.data.constructs import BLOCK_FAMILIES, CONSTRUCTS
from typlora.data.rows import Row, RowProblem, read_rows
from typlora.data.stats import coverage_of
from typlora.data.versions import versions

FOLDER = Path(__file__).parents[2] / "jsonl"
TRAINING = ("train_001", "train_002", "train_003", "train_004")
# Scores of different days are comparable only on the same rows: change this line with eval.jsonl, knowingly.
EVAL_SHA256 = "a5d7eb95b8da1f3c82a5af81f5e7d37e8af8a5fc504aeccaf32395ad08187e32"

# Constructs no verified row can show yet: the verifier has no reference for them, or they need files.
WITHOUT_ROWS = {"text between rows", "figure", "citation", "algorithm", "bibliography"}


@lru_cache(maxsize=4)
def rows(name: str) -> tuple[Row, ...]:
    problems: list[RowProblem] = []
    found = tuple(read_rows(FOLDER / f"{name}.jsonl", problems.append))
    assert not problems
    return found


def test_there_are_versions_with_enough_rows_and_not_too_many_bytes() -> None:
    assert {f"train_{version.number:03d}" for version in versions(FOLDER)} >= set(TRAINING)
    assert sum(len(rows(name)) for name in TRAINING) >= 15_000
    assert len(rows("eval")) >= 1_500
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= 25_000_000


def test_all_rows_are_the_projects_own_and_say_that_they_were_proved() -> None:
    for name in (*TRAINING, "eval"):
        assert {row.meta["source"].split(":")[0] for row in rows(name)} == {"synth"}
        assert {row.meta["verdict"] for row in rows(name)} == {"equal"}


def test_evaluation_is_frozen() -> None:
    assert hashlib.sha256((FOLDER / "eval.jsonl").read_bytes()).hexdigest() == EVAL_SHA256


def test_no_training_row_shows_what_an_evaluation_row_shows() -> None:
    held_out = {key for row in rows("eval") for key in keys_of(row)}
    for name in TRAINING:
        assert not [row.prompt for row in rows(name) if keys_of(row) & held_out]
        origins = {row.meta["source"].rsplit(":", 1)[0] for row in rows(name)}
        assert not origins & {row.meta["source"].rsplit(":", 1)[0] for row in rows("eval")}


def test_every_construct_has_rows_in_training_and_in_evaluation() -> None:
    training = coverage_of("training", (row for name in TRAINING for row in rows(name)))
    evaluation = coverage_of("eval", rows("eval"))
    wanted = [construct for construct in CONSTRUCTS if construct.name not in WITHOUT_ROWS]
    assert len(wanted) >= 120
    missing = {c.name: training.uses[c.name] for c in wanted if training.uses[c.name] < 5}
    assert not missing
    unmeasured = [c.name for c in wanted if not evaluation.uses[c.name]]
    assert not unmeasured
    assert sum(training.uses[c.name] for c in CONSTRUCTS if c.family in BLOCK_FAMILIES) > 2_000


@pytest.mark.parametrize("name", [*TRAINING, "eval"])
def test_a_sample_still_compiles_and_is_equal(name: str) -> None:
    report = check(FOLDER / f"{name}.jsonl", sample=40, seed=1, jobs=1)
    assert report.checked == 40
    assert not [f"{bad.row.prompt}: {bad.reason}" for bad in report.bad]
