"""Resume gives the weights of a run that never stopped; checkpoints survive what can happen to them."""

import io
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from tests.train.conftest import Trainer
from tests.train.tiny import write_data
from typlora.errors import InputError, ModelError
from typlora.model.runs import read_record
from typlora.train import loop
from typlora.train.checkpoint import checkpoints, newest_usable, read_position
from typlora.train.session import resume


def weights(run: Path) -> dict[str, bytes]:
    return {
        name: t.numpy().tobytes() for name, t in load_file(str(run / "adapter_model.safetensors")).items()
    }


def stop_after(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """SIGTERM reaches this very process during ``step``, as an operator's would."""
    original = loop._gradients

    def interrupted(run: loop.Run) -> tuple[float, float, int, int]:
        if run.step == step - 1:
            os.kill(os.getpid(), signal.SIGTERM)
        return original(run)

    monkeypatch.setattr(loop, "_gradients", interrupted)


@pytest.mark.parametrize("dropout", [0.0, 0.2])
def test_resumed_run_is_bit_equal_to_one_never_stopped(
    tmp_path: Path, data: Path, run: Trainer, monkeypatch: pytest.MonkeyPatch, dropout: float
) -> None:
    assert run(data, tmp_path / "whole", lora_dropout=dropout)[0] == 0
    with monkeypatch.context() as patch:
        stop_after(patch, 4)
        status, said = run(data, tmp_path / "parts", lora_dropout=dropout)
    assert status == 128 + signal.SIGTERM
    assert "typlora resume" in said and (tmp_path / "parts" / "checkpoint-4").is_dir()
    assert resume(tmp_path / "parts", stream=io.StringIO()) == 0
    assert weights(tmp_path / "parts") == weights(tmp_path / "whole")
    assert read_record(tmp_path / "parts").status == "finished"


def test_checkpoint_cut_short_is_passed_over(
    tmp_path: Path, data: Path, run: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(data, tmp_path / "whole")[0] == 0
    with monkeypatch.context() as patch:
        stop_after(patch, 7)
        run(data, tmp_path / "parts")
    broken = tmp_path / "parts" / "checkpoint-7" / "optimizer.safetensors"
    broken.write_bytes(broken.read_bytes()[:-100])
    with pytest.raises(ModelError, match="cut short"):
        read_position(broken.parent)
    said = io.StringIO()
    assert resume(tmp_path / "parts", stream=said) == 0
    assert "passed over" in said.getvalue() and "checkpoint-6" in said.getvalue()
    assert weights(tmp_path / "parts") == weights(tmp_path / "whole")


def test_resume_refuses_changed_data(
    tmp_path: Path, data: Path, run: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stop_after(patch, 3)
        run(data, tmp_path / "r")
    write_data(data, 41)
    with pytest.raises(InputError, match="has changed"):
        resume(tmp_path / "r", stream=io.StringIO())


def test_only_the_newest_checkpoints_are_kept(tmp_path: Path, data: Path, run: Trainer) -> None:
    run(data, tmp_path / "r", save_steps=1, save_total_limit=2)
    assert [path.name for path in checkpoints(tmp_path / "r")] == ["checkpoint-9", "checkpoint-10"]


def test_disk_full_while_saving_keeps_the_earlier_checkpoint(
    tmp_path: Path, data: Path, run: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import safetensors.torch

    original = safetensors.torch.save_file
    calls = iter(range(100))

    def full(*args: object, **kwargs: object) -> None:
        if next(calls) >= 2:  # the adapter and the optimizer of the first checkpoint went through
            raise OSError(28, "No space left on device")
        original(*args, **kwargs)

    monkeypatch.setattr(safetensors.torch, "save_file", full)
    with pytest.raises(ModelError, match=r"No space left.*earlier checkpoints are intact"):
        run(data, tmp_path / "r")
    assert newest_usable(tmp_path / "r")[1].step == 3
    assert not list((tmp_path / "r").glob(".checkpoint*"))


def test_kill_9_during_a_save_leaves_the_previous_checkpoint_usable(
    tmp_path: Path, data: Path, run: Trainer
) -> None:
    run(data, tmp_path / "whole")
    shutil.copytree(tmp_path / "whole", tmp_path / "r")
    for path in checkpoints(tmp_path / "r")[1:]:
        shutil.rmtree(path)
    code = f"""
import os, signal, torch
from pathlib import Path
from typlora.train import checkpoint
from typlora.train.checkpoint import Position, save_checkpoint
checkpoint.save_adapter = lambda model, folder, name: (folder / "adapter.safetensors").write_bytes(b"1")
checkpoint.write_atomic = lambda path, text: os.kill(os.getpid(), signal.SIGKILL)
save_checkpoint(Path({str(tmp_path / "r")!r}), None, {{"x": torch.zeros(9)}}, Position(4, "", ""), "b", 5)
"""
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"OMP_NUM_THREADS": "1"})
    assert done.returncode == -signal.SIGKILL
    assert list((tmp_path / "r").glob(".checkpoint-4*"))  # what it left is not taken for a checkpoint
    assert newest_usable(tmp_path / "r")[0].name == "checkpoint-3"
