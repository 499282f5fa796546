"""``typlora doctor`` and the original inference command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from typlora.cli import _model
from typlora.convert.stack import Options
from typlora.errors import ModelError
from typlora.model.runs import RunRecord, write_record

SCRIPT = Path(__file__).parents[2] / "python" / "inference_llama32_3b.py"


def test_doctor_tells_what_works_and_what_to_do(typlora: Run) -> None:
    done = typlora("doctor", "--json")
    assert done.returncode == 0, done.stderr
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert findings["Typst"]["state"] == "ok" and findings["pandoc"]["state"] == "ok"
    assert findings["base model"]["state"] == "missing"
    assert findings["base model"]["advice"] == "typlora models pull smollm2-135m"
    assert {"memory", "GPU", "fonts", "TeX", "adapter", "plan", "processor"} <= findings.keys()
    assert "rules" in typlora("doctor").stdout


def inference(environment: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90)


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / _model.WEIGHTS).write_bytes(b"")
    return folder


def test_inference_without_the_gated_weights_says_what_to_do(
    environment: dict[str, str], tmp_path: Path, adapter: Path
) -> None:
    source = tmp_path / "a.tex"
    source.write_text("Hello $x$")
    files = ("--input_file", source, "--output_file", tmp_path / "a.typ", "--peft_model_path", adapter)
    done = inference({**environment, "HF_HUB_OFFLINE": "1"}, *files, "--no-chunking", "--max_length", "512")
    assert done.returncode == 2
    assert "meta-llama/Llama-3.2-3B-Instruct" in done.stderr and "--model smollm2-135m" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and not (tmp_path / "a.typ").exists()


def test_inference_without_the_embedded_weights(
    environment: dict[str, str], tmp_path: Path, adapter: Path
) -> None:
    source = tmp_path / "a.tex"
    source.write_text("Hello $x$")
    files = ("--input-file", source, "--output-file", tmp_path / "a.typ", "--peft-model-path", adapter)
    done = inference(environment, *files, "--model_id", "smollm2-135m")
    assert done.returncode == 2 and "typlora models pull smollm2-135m" in done.stderr


def test_the_promoted_run_is_taken_and_else_the_newest(tmp_path: Path) -> None:
    for name in ("base-typst-qlora-001", "base-typst-qlora-002", "base-typst-qlora-003"):
        (tmp_path / name).mkdir()
    for name in ("base-typst-qlora-001", "base-typst-qlora-002"):
        (tmp_path / name / _model.WEIGHTS).write_bytes(b"")
    newest = _model.promoted_run(tmp_path)
    assert newest is not None and newest.name == "base-typst-qlora-002"  # 003 has no weights yet
    (tmp_path / "promoted").write_text("base-typst-qlora-001\n")
    promoted = _model.promoted_run(tmp_path)
    assert promoted is not None and promoted.name == "base-typst-qlora-001"


def test_an_adapter_is_found_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_model, "outputs_folders", lambda: [tmp_path])
    for name in ("base-typst-qlora-001", "base-typst-qlora-002"):
        record = RunRecord(name, "base", "", "", (), None, {})
        (tmp_path / name).mkdir()
        write_record(tmp_path / name, record)
    (tmp_path / "base-typst-qlora-001" / _model.WEIGHTS).write_bytes(b"")
    assert _model.find_adapter("001") == tmp_path / "base-typst-qlora-001" == _model.find_adapter("1")
    for name in ("base-typst-qlora-002", "2"):
        with pytest.raises(ModelError, match=r"not finished.*typlora resume"):
            _model.find_adapter(name)
    with pytest.raises(ModelError, match="there is no adapter in '7'"):
        _model.find_adapter("7")


def test_every_training_flag_says_what_it_does(typlora: Run) -> None:
    said = " ".join(typlora("train", "--help").stdout.split())
    assert "how the learning rate goes on (cosine, linear, constant; default cosine)" in said
    said = " ".join(typlora("improve", "--help").stdout.split())
    assert "how the learning rate goes on (cosine, linear, constant)" in said


def test_what_was_asked_for_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TYPLORA_HOME", str(tmp_path))
    monkeypatch.setattr(_model, "outputs_folders", lambda: [])
    options, notes = _model.with_model(Options(engine="auto", samples=4))
    assert options.engine == "rules" and options.samples == 0 and len(notes) == 1
    for asked in (Options(engine="model"), Options(adapter="nowhere"), Options(model="nowhere")):
        with pytest.raises(ModelError):
            _model.with_model(asked)
