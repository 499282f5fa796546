"""Rounds through their public function: what is counted, what is written, what is promoted, what survives."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.improve.shop import FakeShop, make_run, write_units
from typlora.data.rows import read_rows
from typlora.errors import ConfigError, DataError
from typlora.improve.plan import Plan
from typlora.improve.rounds import Outcome, improve
from typlora.model import numbering

BETTER = {
    "tiny-typst-qlora-001": "==xxxxxxxx",
    "tiny-typst-qlora-002": "=====xxxxx",
    "tiny-typst-qlora-003": "========xx",
}
WORSE = {**BETTER, "tiny-typst-qlora-002": "xxxxxxxxxx", "tiny-typst-qlora-003": "=========="}


class Setting:
    """A project in a folder: units, data versions, outputs with one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.outputs = folder / "outputs"
        self.start = make_run(self.outputs)
        self.work = self.outputs / "improve"
        self.plan = Plan(
            rows=20, samples=2, units=(write_units(folder / "units.jsonl"),), data=folder / "jsonl",
            outputs=self.outputs,
        )  # fmt: skip

    def improve(self, shop: FakeShop, plan: Plan | None = None, fresh: bool = False) -> Outcome:
        return improve(plan or self.plan, shop, self.start, self.work, lambda line: None, fresh=fresh)

    def state(self) -> dict[str, str]:
        """Everything that matters afterwards, by file."""
        kept = [
            *self.folder.glob("jsonl/*"), *self.work.glob("**/*.json*"), self.work / "improve.md",
            *self.outputs.glob("promot*"),
        ]  # fmt: skip
        found = {str(path.relative_to(self.folder)): path.read_text() for path in kept}
        found = {name: text.replace(str(self.folder), "") for name, text in found.items()}
        return {
            name: "\n".join(sorted(text.split("\n"))).strip() if name.endswith("jsonl") else text
            for name, text in found.items()
            if "promotions" not in name
        }


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    return Setting(tmp_path)


def test_a_round_counts_writes_trains_and_promotes(setting: Setting) -> None:
    shop = FakeShop(setting.outputs, BETTER)
    outcome = setting.improve(shop)
    assert outcome.status == 0
    facts = outcome.rounds[0].facts
    rows = list(read_rows(setting.folder / "jsonl" / "train_001.jsonl"))
    numbers = [int("".join(filter(str.isdigit, row.latex))) for row in rows]
    assert facts["asked"] == 20 and facts["left_out"]["without a reference"] > 0
    assert facts["wrong"] >= facts["sampled"] + facts["rules"] == facts["rows"] == len(rows) > 3
    assert all(n % 2 == 0 for n in numbers), "only mistakes are learnt from"
    assert {row.meta["engine"] for row in rows} == {"model:sample", "rules:fake"}
    for row, n in zip(rows, numbers, strict=True):
        assert row.meta["source"] == "improve" and row.meta["round"] == 1 and row.meta["verdict"] == "equal"
        assert (row.meta["engine"] == "model:sample") == (n % 4 == 0)
        assert row.typst == (f"a_{n}" if n % 4 == 0 else f"a_({n})"), "samples are made idiomatic"
    assert numbering.promoted(setting.outputs) == "tiny-typst-qlora-002"
    promotion = json.loads((setting.outputs / "promotions.jsonl").read_text())
    assert promotion["run"] == "tiny-typst-qlora-002" and promotion["passed"]
    log = (setting.work / "improve.md").read_text()
    assert "20.00% of 10" in log and "50.00% of 10" in log and "promoted" in log
    assert json.loads((setting.work / "improve.jsonl").read_text())["rows"] == len(rows)


def test_the_next_round_stands_on_the_promoted_run_and_asks_others(setting: Setting) -> None:
    shop = FakeShop(setting.outputs, BETTER)
    plan = replace(setting.plan, rounds=2, rows=10)
    outcome = setting.improve(shop, plan)
    first, second = outcome.rounds
    assert Path(second.adapter).name == "tiny-typst-qlora-002"
    asked = [
        {line for line in (one.folder / "asked.jsonl").read_text().splitlines()} for one in (first, second)
    ]
    assert not asked[0] & asked[1]
    assert shop.trained == [["train_001.jsonl"], ["train_002.jsonl"]]
    assert numbering.promoted(setting.outputs) == "tiny-typst-qlora-003"


def test_a_refused_run_is_kept_but_not_built_upon(setting: Setting) -> None:
    shop = FakeShop(setting.outputs, WORSE)
    outcome = setting.improve(shop, replace(setting.plan, rounds=2, rows=10))
    first, second = outcome.rounds
    assert first.facts["result"] == "refused" and first.facts["reasons"]
    assert Path(second.adapter).name == "tiny-typst-qlora-001"
    assert shop.trained == [["train_001.jsonl"], ["train_001.jsonl", "train_002.jsonl"]]
    assert outcome.status == 0 and numbering.promoted(setting.outputs) == "tiny-typst-qlora-003"
    assert "not promoted" in (setting.work / "improve.md").read_text()


FORGOT = {"tiny-typst-qlora-001": "===xxxxxxx", "tiny-typst-qlora-002": "xx=xxxxxxx"}
MEAN = "====xxxxxx"


def test_the_mean_of_a_refused_run_and_its_parent_is_judged_too(setting: Setting) -> None:
    shop = FakeShop(setting.outputs, FORGOT, mean=MEAN)
    outcome = setting.improve(shop)
    assert shop.averaged == [("tiny-typst-qlora-001", "tiny-typst-qlora-002")]
    assert outcome.status == 0 and outcome.rounds[0].promoted
    assert numbering.promoted(setting.outputs) == "tiny-typst-qlora-003"
    assert Path(str(outcome.rounds[0].facts["run"])).name == "tiny-typst-qlora-003"
    log = (setting.work / "improve.md").read_text()
    assert "30.00% of 10" in log and "10.00% of 10" in log
    assert "tiny-typst-qlora-003, its mean with the adapter before: suite 40.00% of 10; promoted" in log


def test_a_mean_that_is_no_better_is_refused_as_well(setting: Setting) -> None:
    outcome = setting.improve(FakeShop(setting.outputs, FORGOT, mean="===xxxxxxx"))
    assert outcome.status == 1 and outcome.rounds[0].facts["result"] == "refused"
    assert numbering.promoted(setting.outputs) == "tiny-typst-qlora-001"
    assert (setting.work / "improve.md").read_text().count("not promoted") == 2


def test_status_1_when_the_gate_refuses_everything(setting: Setting) -> None:
    outcome = setting.improve(FakeShop(setting.outputs, WORSE))
    assert outcome.status == 1
    assert numbering.promoted(setting.outputs) == "tiny-typst-qlora-001", "what was in use stays in use"
    assert not (setting.outputs / "promotions.jsonl").exists()


def test_the_gate_compares_with_the_promoted_run_not_with_the_parent(setting: Setting) -> None:
    numbering.promote(make_run(setting.outputs, "other-typst-qlora-009"))
    scores = {**BETTER, "other-typst-qlora-009": "=========x"}
    outcome = setting.improve(FakeShop(setting.outputs, scores))
    assert outcome.rounds[0].facts["result"] == "refused"
    assert numbering.promoted(setting.outputs) == "other-typst-qlora-009"


def test_nothing_to_learn_ends_the_rounds(setting: Setting) -> None:
    odd = setting.folder / "odd.jsonl"
    odd.write_text("".join(json.dumps({"latex": f"a_{n}", "display": False}) + "\n" for n in (1, 3, 7)))
    shop = FakeShop(setting.outputs, BETTER)
    outcome = setting.improve(shop, replace(setting.plan, units=(odd,), rounds=3))
    assert outcome.status == 0 and len(outcome.rounds) == 1 and not shop.trained
    assert outcome.rounds[0].facts["result"] == "nothing"
    assert not (setting.folder / "jsonl").exists()


def test_training_that_was_stopped_goes_on_with_the_same_run(setting: Setting) -> None:
    class Stopping(FakeShop):
        def train(self, data: object, out: Path, adapter: Path) -> int:
            return 143

    assert setting.improve(Stopping(setting.outputs, BETTER)).status == 143
    outcome = setting.improve(FakeShop(setting.outputs, BETTER))
    assert outcome.status == 0 and Path(str(outcome.rounds[0].facts["run"])).name == "tiny-typst-qlora-002"


def test_another_plan_waits_until_the_unfinished_one_is_given_up(setting: Setting) -> None:
    class Stopping(FakeShop):
        def train(self, data: object, out: Path, adapter: Path) -> int:
            return 143

    setting.improve(Stopping(setting.outputs, BETTER))
    other = replace(setting.plan, samples=3)
    with pytest.raises(ConfigError, match=r"--samples.*--fresh"):
        setting.improve(FakeShop(setting.outputs, BETTER), other)
    outcome = setting.improve(FakeShop(setting.outputs, BETTER), other, fresh=True)
    assert [one.number for one in outcome.rounds] == [2]
    assert (setting.folder / "jsonl" / "train_002.jsonl").is_file()


def test_a_plan_that_could_not_begin_may_be_corrected(setting: Setting) -> None:
    wrong = replace(setting.plan, units=(setting.folder / "missing.jsonl",))
    with pytest.raises(DataError, match="no such file"):
        setting.improve(FakeShop(setting.outputs, BETTER), wrong)
    outcome = setting.improve(FakeShop(setting.outputs, BETTER))
    assert [one.number for one in outcome.rounds] == [1] and outcome.status == 0


def test_a_finished_plan_given_again_is_a_new_improvement(setting: Setting) -> None:
    plan = replace(setting.plan, rows=10)
    setting.improve(FakeShop(setting.outputs, BETTER), plan)
    again = setting.improve(FakeShop(setting.outputs, BETTER), plan)
    assert [one.number for one in again.rounds] == [2]


def test_versions_are_never_overwritten(setting: Setting) -> None:
    there = setting.folder / "jsonl" / "train_007.jsonl"
    there.parent.mkdir()
    there.write_text("precious")
    with pytest.raises(ConfigError, match=r"train_007\.jsonl is there already"):
        setting.improve(FakeShop(setting.outputs, BETTER), replace(setting.plan, out_data=there))
    with pytest.raises(ConfigError, match="train_NNN"):
        setting.improve(FakeShop(setting.outputs, BETTER), replace(setting.plan, out_data=Path("new.jsonl")))
    setting.improve(FakeShop(setting.outputs, BETTER))
    assert there.read_text() == "precious" and (there.parent / "train_008.jsonl").is_file()


def test_only_one_process_works_in_a_folder(setting: Setting) -> None:
    class Nosy(FakeShop):
        def train(self, data: object, out: Path, adapter: Path) -> int:
            with pytest.raises(ConfigError, match="another improvement is running"):
                setting.improve(FakeShop(setting.outputs, BETTER))
            return 143

    assert setting.improve(Nosy(setting.outputs, BETTER)).status == 143


PROCESS = """
import sys
from pathlib import Path
from dataclasses import replace
from tests.improve.shop import FakeShop
from tests.improve.test_rounds import BETTER, FORGOT, MEAN, Setting
setting = Setting.__new__(Setting)
setting.folder = Path(sys.argv[1])
setting.outputs = setting.folder / "outputs"
setting.start = setting.outputs / "tiny-typst-qlora-001"
setting.work = setting.outputs / "improve"
from typlora.improve.plan import Plan
setting.plan = Plan(rounds=1 if sys.argv[3] else 2, rows=20, samples=2, data=setting.folder / "jsonl",
                    units=(setting.folder / "units.jsonl",), outputs=setting.outputs)
scores, mean = (FORGOT, MEAN) if sys.argv[3] else (BETTER, "")
shop = FakeShop(setting.outputs, scores, int(sys.argv[2]), mean=mean)
print(setting.improve(shop).status, shop.calls)
"""


def process(setting: Setting, die_at: int, mean: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROCESS, str(setting.folder), str(die_at), "mean" if mean else ""],
        capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def test_killed_anywhere_it_goes_on_to_the_same_end(tmp_path: Path) -> None:
    for name in ("whole", "parts"):
        (tmp_path / name).mkdir()
    whole, parts = Setting(tmp_path / "whole"), Setting(tmp_path / "parts")
    done = process(whole, 0)
    assert done.stdout.split()[0] == "0", done.stderr
    calls = int(done.stdout.split()[1])
    assert calls >= 18
    deaths = 0
    for die_at in (1, 2, 3, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8):  # each time a little further, twice at some places
        done = process(parts, die_at)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        deaths += 1
        for version in parts.folder.glob("jsonl/*"):
            assert list(read_rows(version)), "a version is whole whenever it is there"
    else:
        done = process(parts, 0)
    assert done.stdout.split()[0] == "0", done.stderr
    assert deaths >= 5
    assert parts.state() == whole.state()
    promotions = (parts.outputs / "promotions.jsonl").read_text().splitlines()
    assert [json.loads(line)["run"][-3:] for line in promotions] == ["002", "003"]


def test_killed_around_a_mean_it_goes_on_to_the_same_end(tmp_path: Path) -> None:
    for name in ("whole", "parts"):
        (tmp_path / name).mkdir()
    whole, parts = Setting(tmp_path / "whole"), Setting(tmp_path / "parts")
    done = process(whole, 0, mean=True)
    assert done.stdout.split()[0] == "0", done.stderr
    calls = int(done.stdout.split()[1])
    done = process(parts, calls - 6, mean=True)
    for die_at in (3, 4, 5, 4, 3, 2):
        if done.returncode == 0:
            break
        done = process(parts, die_at, mean=True)
    else:
        done = process(parts, 0, mean=True)
    assert done.stdout.split()[0] == "0", done.stderr
    assert parts.state() == whole.state()
    assert numbering.promoted(parts.outputs) == "tiny-typst-qlora-003"
