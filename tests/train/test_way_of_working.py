"""The way of working, run as it is written: every command of docs/training.md and of both READMEs' sections.

The base and the gated Llama are the tiny model here, under the names that the commands use.
"""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.train import faults
from tests.train.process import start
from typlora.data.rows import Row, write_rows
from typlora.model.base import weights_hash
from typlora.model.runs import read_record

ROOT = Path(__file__).parents[2]
LLAMA = "models--meta-llama--Llama-3.2-3B-Instruct"
SECTIONS = (
    ("docs/training.md", "# Training on your own documents", None),
    ("README.md", "## Training on your own documents", "## Limits"),
    ("README.ja.md", "## 学習の流れ", "## 性能と限界"),
)


def commands() -> list[str]:
    """Every command once, in the order of the pages; comments are taken off."""
    found: dict[str, None] = {}
    for name, first, last in SECTIONS:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert first in text and (last is None or last in text), name
        text = text.partition(first)[2]
        text = text if last is None else text.partition(last)[0]
        for block in re.findall(r"```bash\n(.*?)```", text, re.S):
            for line in block.replace("\\\n", " ").splitlines():
                words = shlex.split(line, comments=True)
                if words:
                    found.setdefault(shlex.join(words))
    return list(found)


def rows(start: int, count: int) -> list[Row]:
    """Different rows that the verifier calls equal."""
    return [
        Row(rf"\frac{{x_{{{n}}}}}{{{n}}}", f"x_{n}/{n}", n % 2 == 0, {"kind": "formula"})
        for n in range(start, start + count)
    ]


@pytest.fixture
def workplace(tmp_path: Path, base: Path) -> Path:
    """A small checkout: data, a sample, the scripts, an adapter 000 that is promoted, and both bases."""
    home = tmp_path / "home" / "base" / "smollm2-135m"
    shutil.copytree(base, home)
    weights_hash(home)  # leaves the file that says the base is complete
    snapshot = tmp_path / "hub" / LLAMA / "snapshots" / "0"
    shutil.copytree(base, snapshot)
    (tmp_path / "hub" / LLAMA / "refs").mkdir()
    (tmp_path / "hub" / LLAMA / "refs" / "main").write_text("0")
    (tmp_path / "jsonl").mkdir()
    for number in (1, 2, 3):
        write_rows(tmp_path / "jsonl" / f"train_{number:03}.jsonl", rows(20 * number, 20))
    write_rows(tmp_path / "jsonl" / "eval.jsonl", rows(900, 3))
    (tmp_path / "sample").mkdir()
    text = "\\documentclass{article}\\begin{document}We see $x_1$ and \\[ \\frac{a}{b} \\]\\end{document}\n"
    (tmp_path / "sample" / "sample_small.tex").write_text(text)
    for name in ("python", "configs"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def test_every_command_runs_as_it_is_written(workplace: Path) -> None:
    environment = {
        "TYPLORA_HOME": str(workplace / "home"),
        "CXX": "no-compiler",  # compiling the fused pass takes longer than all of this
        "NO_COLOR": "1",
    }

    def run(line: str) -> str:
        words = shlex.split(line)
        arguments = words if words[0] == "python" else words[1:]
        done = start(arguments, workplace, environment, faults.hub_cache, str(workplace / "hub")).wait()
        assert done.status == 0, f"{line}\n{done.said}"
        return done.said + done.out

    first = "typlora train --profile smollm2-135m --data jsonl/train_001.jsonl --max-steps 1"
    run(f"{first} --out outputs/smollm2-135m-typst-qlora-000")
    said = {
        line: run(line)
        for line in commands()
        if not line.startswith("accelerate ")  # tests/train/test_going_on.py launches it
    }
    assert len(said) >= 18
    outputs = workplace / "outputs"
    assert read_record(outputs / "smollm2-135m-typst-qlora-002").parent.endswith("qlora-001")  # type: ignore[union-attr]
    assert read_record(outputs / "llama32-3b-typst-qlora-001").config["quantize"] == "nf4"
    assert read_record(outputs / "llama32-3b-typst-qlora-002").parent_adapter.startswith(  # type: ignore[union-attr]
        "outputs/llama32-3b-typst-qlora-001/checkpoint-"
    )
    assert (outputs / "promoted").read_text().strip() == "smollm2-135m-typst-qlora-002"
    assert {"current_test.typ", "002_test.typ", "001.typ", "002.typ", "003.typ"} <= {
        path.name for path in (workplace / "trained").iterdir()
    }
    assert "<svg" in (workplace / "curves.svg").read_text() and (workplace / "report.html").is_file()
    assert json.loads((workplace / "jsonl" / "train_005.jsonl").read_text().splitlines()[0])["prompt"]
    assert "is finished" in said["typlora chain 001..003 --profile smollm2-135m"]
    dry = next(text for line, text in said.items() if "--dry-run" in line)
    assert "on a GPU" in dry and "20 rows" in dry
