"""The real command: a tiny random model asked, trained, evaluated; killed while it trains, it goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.train.tiny import make_base, write_data
from typlora.data.rows import read_rows
from typlora.model.runs import read_record

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("peft")


class Project:
    """A checkout with one trained run, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ, "TYPLORA_HOME": str(folder / "home"), "OMP_NUM_THREADS": "1", "NO_COLOR": "1",
            "CUDA_VISIBLE_DEVICES": "",
        }  # fmt: skip
        (folder / "jsonl").mkdir()
        write_data(folder / "jsonl" / "train_001.jsonl", 24)
        write_data(folder / "jsonl" / "eval.jsonl", 3, start=100)
        base = make_base(folder / "base")
        done = self.typlora(
            "train", "--data", "jsonl/train_001.jsonl", "--out", "outputs/base-typst-qlora-001",
            "--model-id", str(base), "--dtype", "fp32", "--lora-r", "4", "--lora-dropout", "0",
            "--batch-size", "4", "--grad-accum", "1", "--epochs", "1", "--fused", "eager", "--threads", "1",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "typlora", *arguments],
            cwd=self.folder, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def typlora(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        out, errors = process.communicate(timeout=180)
        assert "Traceback" not in errors, errors
        return subprocess.CompletedProcess(arguments, process.returncode, out, errors)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("project"))


IMPROVE = (
    "improve", "--rows", "6", "--samples", "2", "--jobs", "1", "--backend", "transformers",
    "--device", "cpu", "--epochs", "20", "--save-steps", "2",
)  # fmt: skip


def test_a_round_for_real_killed_while_training(project: Project) -> None:
    process = project.start(*IMPROVE)
    run = project.folder / "outputs" / "base-typst-qlora-002"
    deadline = time.monotonic() + 120
    while not list(run.glob("checkpoint-*")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert process.poll() is None, process.communicate()[1]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert read_record(run).status == "running"
    done = project.typlora(*IMPROVE)
    assert done.returncode == 1, done.stderr  # a random model does not become better in sixty steps
    assert "going on from checkpoint-" in done.stderr
    record = read_record(run)
    assert record.status == "finished" and record.parent is not None
    assert Path(record.parent).name == "base-typst-qlora-001"
    assert [Path(file.path).name for file in record.replayed] == ["train_001.jsonl"]
    assert record.config["replay"] == 0.5 and record.config["learning_rate"] == pytest.approx(2e-4 / 3)
    rows = list(read_rows(project.folder / "jsonl" / "train_002.jsonl"))
    assert len(rows) == 6 and all(row.meta["engine"].startswith("rules:") for row in rows)
    line = json.loads((project.folder / "outputs" / "improve" / "improve.jsonl").read_text())
    assert line["asked"] == line["wrong"] == line["rules"] == 6 and line["result"] == "refused"
    assert line["before"] == line["after"] == {"eval": [0, 3]}
    assert "not promoted" in done.stdout
    assert (project.folder / "outputs" / "promoted").read_text().strip() == "base-typst-qlora-001"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--adapter", "nowhere"), "nowhere"),
        (("--units", "missing.jsonl"), "missing.jsonl: there is no such file"),
        (("--temperature", "0"), "--temperature"),
        (("--out-data", "jsonl/new.jsonl"), "train_NNN"),
        (("--seed", "x"), "--seed"),
        (("--rounds", "0"), "1 or more"),
        (("--suite", "missing.jsonl"), "missing.jsonl"),
        (("--backend", "nonsense"), "nonsense"),
    ],
)
def test_wrong_flags_are_one_line_and_status_2(
    project: Project, arguments: tuple[str, ...], said: str
) -> None:
    done = project.typlora(*IMPROVE, "--work", "elsewhere", "--fresh", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
