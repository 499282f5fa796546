"""Continue, ladder, divergence, refusals: what a run does when things are not as on the first day."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.train.conftest import Trainer
from tests.train.process import start
from tests.train.tiny import make_base, write_data
from typlora.errors import CheckFailed, ConfigError, DataError, ModelError, TyploraError
from typlora.model.numbering import lineage
from typlora.model.prompt import Encoded
from typlora.model.runs import read_record
from typlora.train import loop
from typlora.train.batches import plan_steps
from typlora.train.divergence import Watch
from typlora.train.ladder import Limits
from typlora.train.network import Network


def log(run: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]


def tensors(run: Path) -> dict[str, torch.Tensor]:
    return load_file(str(run / "adapter_model.safetensors"))


def test_continue_trains_all_its_steps_from_step_0(tmp_path: Path, data: Path, run: Trainer) -> None:
    run(data, tmp_path / "tiny-typst-qlora-001", epochs=4)
    new = write_data(tmp_path / "train_002.jsonl", 24, start=100)
    out = tmp_path / "tiny-typst-qlora-002"
    status, said = run(new, out, {"continue_from": tmp_path / "tiny-typst-qlora-001"}, epochs=1, replay=0.25)
    assert status == 0
    assert "replay: 8 rows" in said  # 8 of 32 rows are a quarter
    assert [entry["step"] for entry in log(out)] == [1, 2, 3, 4]
    assert log(out)[0]["rate"] < 1e-2 or log(out)[0]["step"] == 1
    first, second = tensors(tmp_path / "tiny-typst-qlora-001"), tensors(out)
    assert all(not torch.equal(first[name], second[name]) for name in first)
    record = read_record(out)
    assert record.metrics["steps"] == 4 and record.parent == str(tmp_path / "tiny-typst-qlora-001")
    assert [path.name for path in lineage(out)] == [out.name, "tiny-typst-qlora-001"]


def test_continued_run_starts_with_its_parents_weights(tmp_path: Path, data: Path, run: Trainer) -> None:
    run(data, tmp_path / "a")
    run(data, tmp_path / "b", {"continue_from": tmp_path / "a"}, learning_rate=1e-12, replay=0, max_steps=1)
    before, after = tensors(tmp_path / "a"), tensors(tmp_path / "b")
    for name in before:
        torch.testing.assert_close(after[name], before[name])


def test_checkpoint_with_other_data_continues_and_says_so(tmp_path: Path, data: Path, run: Trainer) -> None:
    run(data, tmp_path / "a")
    new = write_data(tmp_path / "train_002.jsonl", 16, start=50)
    request = {"checkpoint": tmp_path / "a" / "checkpoint-XXX"}
    status, said = run(new, tmp_path / "b", request, replay=0, epochs=1)
    assert status == 0 and "continues it as a new run" in said
    assert [entry["step"] for entry in log(tmp_path / "b")] == [1, 2]


def test_checkpoint_with_the_same_work_resumes(tmp_path: Path, data: Path, run: Trainer) -> None:
    run(data, tmp_path / "a")
    whole = tensors(tmp_path / "a")
    for name in ("checkpoint-9", "checkpoint-10"):
        shutil.rmtree(tmp_path / "a" / name)
    record = json.loads((tmp_path / "a" / "run.json").read_text())
    (tmp_path / "a" / "run.json").write_text(json.dumps({**record, "status": "running"}))
    status, said = run(data, tmp_path / "a", {"checkpoint": tmp_path / "a" / "checkpoint-6"})
    assert status == 0 and "resuming" in said and "going on from checkpoint-6" in said
    assert all(torch.equal(whole[name], tensor) for name, tensor in tensors(tmp_path / "a").items())


def test_shape_flags_that_contradict_the_adapter_are_refused(
    tmp_path: Path, data: Path, run: Trainer
) -> None:
    run(data, tmp_path / "a", max_steps=1)
    with pytest.raises(ConfigError, match=r"--lora-r 16 \(the adapter has 4\)"):
        run(data, tmp_path / "b", {"continue_from": tmp_path / "a"}, lora_r=16)


def test_wrong_base_is_refused_with_both_hashes(tmp_path: Path, data: Path, run: Trainer, base: Path) -> None:
    run(data, tmp_path / "a", max_steps=1)
    other = make_base(tmp_path / "other", seed=9)
    with pytest.raises(ModelError) as refused:
        run(data, tmp_path / "b", {"continue_from": tmp_path / "a"}, model_id=str(other))
    assert str(refused.value).count("sha256:") == 2


@pytest.mark.parametrize("left", [["adapter_config.json"], ["adapter_config.json", "adapter_model.bin"]])
def test_adapter_without_safetensors_is_refused(
    tmp_path: Path, data: Path, run: Trainer, left: list[str]
) -> None:
    folder = tmp_path / "adapter"
    folder.mkdir()
    for name in left:
        (folder / name).write_text("{}")
    with pytest.raises(ModelError, match="pickle" if len(left) > 1 else "adapter_model.safetensors"):
        run(data, tmp_path / "r", {"continue_from": folder})


def test_out_that_holds_another_run_is_refused(tmp_path: Path, data: Path, run: Trainer) -> None:
    run(data, tmp_path / "r", max_steps=1)
    with pytest.raises(ConfigError, match="holds another run"):
        run(data, tmp_path / "r", max_steps=1)


def test_rows_that_do_not_fit_are_dropped_and_counted(tmp_path: Path, data: Path, run: Trainer) -> None:
    long = json.loads(data.read_text().splitlines()[0])
    long["prompt"][0]["content"] = "$" + "a+" * 300 + "a$"
    data.write_text(data.read_text() + json.dumps(long) + "\n" + data.read_text().splitlines()[0] + "\n")
    said = run(data, tmp_path / "r", max_steps=1, max_len=200)[1]
    assert "40 rows" in said and "1 too long, 1 duplicates" in said


def test_evaluation_rows_in_training_data_are_refused(tmp_path: Path, data: Path, run: Trainer) -> None:
    leak = write_data(tmp_path / "eval.jsonl", 1, start=7)
    with pytest.raises(DataError, match="1 rows of the evaluation file are in the training data"):
        run(data, tmp_path / "r", {"eval_data": leak})


class Exhausted:
    """Stands before ``micro_step`` and reports no memory for micro-batches of more than ``tokens``."""

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens
        self.original = loop.micro_step

    def __call__(self, network: Network, rows: list[Encoded], scale: float) -> float:
        loss = self.original(network, rows, scale)
        if sum(len(row.input_ids) for row in rows) > self.tokens:
            raise torch.OutOfMemoryError("injected: out of memory")
        return loss


def test_out_of_memory_repeats_the_step_with_smaller_micro_batches(
    tmp_path: Path, data: Path, run: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(data, tmp_path / "whole")
    monkeypatch.setattr(loop, "micro_step", Exhausted(100))
    status, said = run(data, tmp_path / "small")
    assert status == 0 and "same effective batch" in said
    whole, small = log(tmp_path / "whole"), [e for e in log(tmp_path / "small") if "loss" in e]
    assert [entry["step"] for entry in small] == [entry["step"] for entry in whole]
    for one, other in zip(whole, small, strict=True):
        assert one["loss"] == pytest.approx(other["loss"], rel=1e-3)


def test_the_ladder_goes_down_in_order_and_ends_with_advice() -> None:
    rows = [Encoded(tuple(range(200)), 100)] * 4
    limits, seen = Limits(8, 1600, 512), []
    with pytest.raises(TyploraError, match="out of memory with one short row"):
        for _ in range(20):
            fitting = [row for row in rows if len(row.input_ids) <= limits.max_len] or [
                Encoded((1,) * 100, 5)
            ]
            limits, told = limits.smaller(fitting, on_gpu=True)
            seen.append(
                (limits.micro_rows, limits.checkpointing, limits.offload, limits.max_len, "WARN" in told)
            )
    assert seen == [
        (2, False, False, 512, False),
        (1, False, False, 512, False),
        (1, True, False, 512, False),
        (1, True, True, 512, False),
        (1, True, True, 100, True),
    ]


def test_activation_checkpointing_changes_nothing_but_memory(
    tmp_path: Path, data: Path, run: Trainer
) -> None:
    run(data, tmp_path / "a", fused="off", max_steps=3)
    run(data, tmp_path / "b", activation_checkpointing="on", max_steps=3)
    for one, other in zip(log(tmp_path / "a"), log(tmp_path / "b"), strict=True):
        assert one["loss"] == pytest.approx(other["loss"], rel=1e-4)


def test_offloading_changes_nothing_but_where_activations_wait(
    tmp_path: Path, data: Path, run: Trainer
) -> None:
    run(data, tmp_path / "a", max_steps=2)
    run(data, tmp_path / "b", max_steps=2, offload="on")
    first, second = tensors(tmp_path / "a"), tensors(tmp_path / "b")
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_watch_complains_of_nan_and_of_a_rise_but_not_of_noise() -> None:
    watch = Watch()
    assert all(watch.complaint(loss, 1.0) == "" for loss in [2.0, 2.4, 1.7, 1.9] * 5)
    assert "not a number" in watch.complaint(float("nan"), 1.0)
    assert "not finite" in watch.complaint(1.0, float("inf"))
    assert "rose to 9.00" in watch.complaint(9.0, 1.0)


def diverge_at(monkeypatch: pytest.MonkeyPatch, step: int, times: int) -> None:
    """The loss of ``step`` is not a number, ``times`` times."""
    original, left = loop._gradients, [times]

    def broken(run: loop.Run) -> tuple[float, float, int, int]:
        loss, *rest = original(run)
        if run.step == step - 1 and left[0]:
            left[0] -= 1
            loss = float("nan")
        return (loss, *rest)

    monkeypatch.setattr(loop, "_gradients", broken)


def test_divergence_stops_keeps_the_checkpoint_and_advises(
    tmp_path: Path, data: Path, run: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    diverge_at(monkeypatch, 5, 1)
    with pytest.raises(
        CheckFailed, match=r"step 5: the loss is not a number.*--learning-rate.*--lora-dropout"
    ):
        run(data, tmp_path / "r")
    assert (tmp_path / "r" / "checkpoint-3" / "state.json").is_file()


def test_rollback_goes_on_by_itself_at_half_the_rate(
    tmp_path: Path, data: Path, run: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    diverge_at(monkeypatch, 5, 1)
    status, said = run(data, tmp_path / "r", on_divergence="rollback", schedule="constant", warmup_steps=0)
    assert status == 0 and "back to checkpoint-3 with 0.5 of the learning rate" in said
    entries = log(tmp_path / "r")
    assert [entry["step"] for entry in entries] == [1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10]
    assert entries[3]["rate"] == pytest.approx(2 * entries[4]["rate"])


def test_original_command_lines_run_as_they_stand(tmp_path: Path, base: Path) -> None:
    (tmp_path / "jsonl").mkdir()
    write_data(tmp_path / "jsonl" / "train_001.jsonl", 10)
    write_data(tmp_path / "jsonl" / "train_002.jsonl", 10, start=20)
    script = Path(__file__).parents[2] / "python" / "train_llama32_3b_qlora_fixed.py"
    common = "--epochs 10 --batch_size 2 --grad_accum 8 --learning_rate 2e-4"
    common += " --lora_r 8 --lora_alpha 16 --lora_dropout 0.1"
    local = f"--model_id {base} --quantize none --save_steps 4 --save_total_limit 5"
    local += " --max_len 1024 --max_grad_norm 1.0"
    first = f"--data jsonl/train_001.jsonl --out outputs/llama32-3b-typst-qlora-001 {common} {local}"
    second = (
        "--data jsonl/train_002.jsonl --out outputs/llama32-3b-typst-qlora-002 "
        f"--resume_from_checkpoint outputs/llama32-3b-typst-qlora-001/checkpoint-XXX {common} {local}"
    )
    third = (
        "--data jsonl/train_002.jsonl --out outputs/llama32-3b-typst-qlora-003 "
        f"--peft_model_path outputs/llama32-3b-typst-qlora-002 --continue_training --max_steps 1 "
        f"{common} {local}"
    )
    for line in (first, second, third):
        done = start(["python", str(script), *line.split()], tmp_path).wait()
        assert done.status == 0, done.said
    outputs = tmp_path / "outputs"
    assert read_record(outputs / "llama32-3b-typst-qlora-001").metrics["steps"] == 10
    assert read_record(outputs / "llama32-3b-typst-qlora-003").metrics["steps"] == 1
    assert len(lineage(outputs / "llama32-3b-typst-qlora-003")) == 3


@pytest.mark.parametrize(
    ("launch", "said", "settings"),
    [
        ("ddp_cpu", "2 processes\n", {}),
        ("fsdp2_qlora", "2 processes; base layers shared out", {"quantize": "nf4", "dtype": "bf16"}),
    ],
)
def test_accelerate_launches_two_processes_that_train_what_one_trains(
    tmp_path: Path, data: Path, base: Path, run: Trainer, launch: str, said: str, settings: dict[str, str]
) -> None:
    if "quantize" in settings:
        pytest.importorskip("bitsandbytes")
    run(data, tmp_path / "one", batch_size=4, grad_accum=2, max_steps=4, **settings)
    flags = {
        "model_id": str(base), "dtype": "fp32", "lora_r": 4, "lora_dropout": 0, "batch_size": 4,
        "grad_accum": 2, "max_steps": 4, "save_steps": 3, "log_steps": 1, "learning_rate": "1e-2",
        "fused": "eager", "threads": 1, **settings,
    }  # fmt: skip
    words = [word for name, value in flags.items() for word in (f"--{name}", str(value))]
    config = Path(__file__).parents[2] / "configs" / "accelerate" / f"{launch}.yaml"
    command = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(config)]
    command += ["-m", "typlora", "train", "--data", str(data), *words]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert said in done.stderr and done.stderr.count("memory plan") == 1  # one process talks
    (made,) = (tmp_path / "outputs").iterdir()
    assert made.name == "tiny-typst-qlora-001"
    one, two = tensors(tmp_path / "one"), tensors(made)
    near = {"rtol": 1e-3, "atol": 1e-4} if not settings else {"rtol": 0.05, "atol": 4e-3}  # bf16 has 8 bits
    for name in one:
        torch.testing.assert_close(two[name], one[name], **near)
    assert [entry["step"] for entry in log(made)] == [1, 2, 3, 4]
    for mine, theirs in zip(log(tmp_path / "one"), log(made), strict=True):
        assert theirs["loss"] == pytest.approx(mine["loss"], rel=1e-3)


def test_shipped_launch_configurations_are_what_accelerate_reads() -> None:
    config_args = pytest.importorskip("accelerate.commands.config.config_args")
    folder = Path(__file__).parents[2] / "configs" / "accelerate"
    read = {path.stem: config_args.load_config_from_file(str(path)) for path in folder.glob("*.yaml")}
    assert set(read) == {"ddp_cpu", "fsdp2_qlora", "multi_gpu"}
    assert all(config.num_processes == 2 and config.mixed_precision == "no" for config in read.values())
    shared = read["fsdp2_qlora"].fsdp_config
    assert shared["fsdp_version"] == 2 and shared["fsdp_reshard_after_forward"] is True
    assert read["ddp_cpu"].use_cpu and not read["multi_gpu"].use_cpu


def test_steps_of_a_plan_do_not_depend_on_the_machine() -> None:
    assert plan_steps(5, 2, 1, -1, 42).steps == ((4, 1), (0, 3), (2,))


def test_accuracy_is_scored_on_a_fixed_sample_without_changing_the_run(
    tmp_path: Path, data: Path, run: Trainer
) -> None:
    run(data, tmp_path / "a", max_steps=3)
    held_out = {"eval_data": write_data(tmp_path / "eval.jsonl", 9, start=500)}
    said = run(data, tmp_path / "b", held_out, max_steps=3, eval_steps=2, eval_rows=4)[1]
    assert "of 4 held-out formulas proved equal" in said and "verified 0.0% (step 2)" in said
    scored = [entry for entry in log(tmp_path / "b") if "verified" in entry]
    assert [entry["step"] for entry in scored] == [2] and 0 <= scored[0]["verified"] <= 1
    first, second = tensors(tmp_path / "a"), tensors(tmp_path / "b")
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_merged_run_answers_as_base_and_adapter_do(
    tmp_path: Path, data: Path, run: Trainer, base: Path
) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    from typlora.model.export import merge

    run(data, tmp_path / "r", max_steps=3)
    merged = AutoModelForCausalLM.from_pretrained(merge(tmp_path / "r", tmp_path / "m").folder)
    plain = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), str(tmp_path / "r"))
    ids = torch.tensor([[5, 40, 50, 9]])
    with torch.no_grad():
        torch.testing.assert_close(merged(ids).logits.float(), plain(ids).logits, rtol=0.05, atol=0.05)
    with pytest.raises(ConfigError, match="is not empty"):
        merge(tmp_path / "r", tmp_path / "m")


def test_an_adapter_is_read_with_its_bases_tokenizer(
    tmp_path: Path, data: Path, run: Trainer, base: Path
) -> None:
    from typlora.model.export import merge

    run(data, tmp_path / "a", max_steps=2)
    assert not list((tmp_path / "a").rglob("tokenizer*"))
    assert (merge(tmp_path / "a", tmp_path / "m").folder / "tokenizer.json").is_file()
    shutil.copy2(base / "tokenizer.json", tmp_path / "a")  # as earlier versions wrote it
    status, _ = run(data, tmp_path / "b", {"continue_from": tmp_path / "a"}, max_steps=1)
    assert status == 0 and not (tmp_path / "b" / "tokenizer.json").exists()


def test_after_4_bit_training_both_ways_of_merging_are_tried(
    tmp_path: Path, data: Path, run: Trainer
) -> None:
    pytest.importorskip("bitsandbytes")
    from typlora.cli.main import main

    run(data, tmp_path / "r", max_steps=2, quantize="nf4", dtype="bf16")
    assert main(["models", "merge", str(tmp_path / "r"), "-o", str(tmp_path / "m")]) == 0
    facts = json.loads((tmp_path / "m" / "merge.json").read_text())
    assert set(facts["losses"]) == {"16-bit", "dequantised 4-bit"}
    assert facts["into"] == min(facts["losses"], key=facts["losses"].get)


def test_reporters_that_are_not_installed_are_refused_before_training(
    tmp_path: Path, data: Path, run: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typlora.train import reporting

    monkeypatch.setattr(reporting, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="pip install tensorboard"):
        run(data, tmp_path / "r", report_to="tensorboard")
    assert run(data, tmp_path / "r", max_steps=1)[0] == 0  # the folder is not taken by a run that never began
