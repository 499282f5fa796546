"""The mean of several states of one training, through the command."""

import io
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.train.conftest import Trainer
from typlora.cli.main import main
from typlora.improve.workshop import Shop
from typlora.model.base import resolve
from typlora.model.runs import read_record
from typlora.verify.compiler import CompilerPool


def tensors(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(str(folder / "adapter_model.safetensors"))


@pytest.fixture
def outputs(tmp_path: Path, data: Path, run: Trainer) -> Path:
    """Two runs, the second one continuing the first, which has two checkpoints."""
    folder = tmp_path / "outputs"
    first, second = folder / "tiny-typst-qlora-001", folder / "tiny-typst-qlora-002"
    run(data, first, max_steps=10, save_steps=5)
    run(data, second, {"continue_from": first}, max_steps=4, replay=0)
    return folder


def average(outputs: Path, *states: str) -> int:
    return main(["models", "average", *states, "--outputs", str(outputs)])


def test_the_mean_is_a_run_that_can_be_used(
    outputs: Path, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    early = outputs / "tiny-typst-qlora-001" / "checkpoint-5"
    assert average(outputs, f"{early}=1", "001=2", "2=1") == 0
    made = Path(capsys.readouterr().out.strip())
    assert made == outputs / "tiny-typst-qlora-003"
    parts = [tensors(early), *(tensors(outputs / f"tiny-typst-qlora-00{n}") for n in (1, 2))]
    for name, tensor in tensors(made).items():
        torch.testing.assert_close(
            tensor, 0.25 * parts[0][name] + 0.5 * parts[1][name] + 0.25 * parts[2][name]
        )
    record = read_record(made)
    assert list(record.metrics["averaged"].values()) == [0.25, 0.5, 0.25]
    assert Path(record.parent or "").name == "tiny-typst-qlora-002" and record.status == "finished"
    assert main(["models", "show", "003", "--outputs", str(outputs)]) == 0
    assert "averaged" in capsys.readouterr().out
    from typlora.engines.model_engine import ModelEngine
    from typlora.tex.unit import Unit, UnitKind

    engine = ModelEngine(resolve(str(base)), made, "cpu", backend="transformers")
    assert len(engine.propose([Unit(UnitKind.FORMULA, "x^2", display=False)])) == 1
    engine.close()


def test_what_has_no_common_training_has_no_mean(
    outputs: Path, data: Path, run: Trainer, capsys: pytest.CaptureFixture[str]
) -> None:
    run(data, outputs / "tiny-typst-qlora-007", max_steps=4, seed=99)
    assert average(outputs, "001", "007") == 2
    assert "no states of one training" in capsys.readouterr().err
    run(data, outputs / "tiny-typst-qlora-008", max_steps=1, lora_r=2)
    assert average(outputs, "001", "008") == 2
    assert "different shapes" in capsys.readouterr().err
    assert not (outputs / "tiny-typst-qlora-009").exists()


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (["001"], "two runs at least"),
        (["001", "002=0"], "above 0"),
        (["001", "002=nan"], "above 0"),
        (["001", "002=much"], "not a number"),
        (["001", "055"], "no run '055'"),
    ],
)
def test_what_cannot_be_averaged_is_one_line(
    outputs: Path, states: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert average(outputs, *states) == 2
    error = capsys.readouterr().err
    assert told in error and len(error.splitlines()) == 1


def test_runs_of_one_name_are_both_recorded(outputs: Path) -> None:
    other = shutil.copytree(outputs / "tiny-typst-qlora-001", outputs.parent / "old" / "tiny-typst-qlora-002")
    assert average(outputs, str(other), "002=3") == 0
    assert sorted(read_record(outputs / "tiny-typst-qlora-003").metrics["averaged"].values()) == [0.25, 0.75]


def test_improving_an_adapter_made_elsewhere_has_no_mean(outputs: Path, base: Path) -> None:
    plain = shutil.copytree(outputs / "tiny-typst-qlora-001", outputs.parent / "plain")
    (plain / "run.json").unlink()
    said = io.StringIO()
    with CompilerPool(1) as pool:
        shop = Shop(base, outputs, (), pool, {}, said)
        run, out = outputs / "tiny-typst-qlora-002", outputs / "tiny-typst-qlora-003"
        assert not shop.average(plain, run, out) and not out.exists()
        assert "run.json is missing" in said.getvalue()
        assert shop.average(outputs / "tiny-typst-qlora-001", run, out) and read_record(out).parent


def test_a_run_is_never_overwritten(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tensors(outputs / "tiny-typst-qlora-002")
    out = str(outputs / "tiny-typst-qlora-002")
    assert main(["models", "average", "001", "002", "--outputs", str(outputs), "-o", out]) == 2
    assert "never overwritten" in capsys.readouterr().err
    after = tensors(outputs / "tiny-typst-qlora-002")
    assert all(torch.equal(before[name], after[name]) for name in before)
