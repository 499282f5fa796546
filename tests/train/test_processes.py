"""The real command in real processes: killed, short of disk, told nonsense, watched on a terminal."""

import fcntl
import json
import os
import re
import select
import shutil
import signal
import socket
import sqlite3
import struct
import termios
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.train import faults
from tests.train.process import Done, start
from tests.train.tiny import make_base, write_data
from typlora.model.base import weights_hash
from typlora.model.runs import read_record
from typlora.train.checkpoint import checkpoints

FLAGS = ["--dtype", "fp32", "--lora-r", "4", "--lora_dropout", "0", "--batch_size", "8", "--grad-accum", "1"]
FLAGS += ["--epochs", "2", "--save_steps", "3", "--log-steps", "1", "--learning-rate", "1e-2"]
FLAGS += ["--fused", "eager", "--threads", "1"]


@pytest.fixture
def flags(base: Path) -> list[str]:
    return ["--model_id", str(base), *FLAGS]


def train(folder: Path, flags: list[str], data: str = "train_001.jsonl", out: str = "r") -> Done:
    return start(["train", "--data", data, "--out", out, *flags], folder).wait()


def weights(run: Path) -> dict[str, bytes]:
    return {
        name: t.numpy().tobytes() for name, t in load_file(str(run / "adapter_model.safetensors")).items()
    }


def refused(done: Done, *parts: str) -> None:
    """One line on standard error, status 2, that says all ``parts``."""
    assert done.status == 2, done.said
    last = done.said.strip().splitlines()[-1]
    assert last.startswith("typlora "), done.said
    for part in parts:
        assert part in last, last


@pytest.mark.parametrize(
    ("fault", "when", "left"),
    [(faults.kill_in_step, "5", "checkpoint-3"), (faults.kill_in_save, "2", "checkpoint-3")],
    ids=["during a step", "during a save"],
)
def test_kill_9_then_resume_gives_the_weights_of_a_run_never_stopped(
    tmp_path: Path, data: Path, flags: list[str], fault: object, when: str, left: str
) -> None:
    assert train(tmp_path, flags, out="whole").status == 0
    command = ["train", "--data", data.name, "--out", "r", *flags]
    assert start(command, tmp_path, fault=fault, how=when).wait().status == -signal.SIGKILL  # type: ignore[arg-type]
    assert [path.name for path in checkpoints(tmp_path / "r")] == [left]
    assert not (tmp_path / "r" / "adapter_model.safetensors").exists()
    done = start(["resume", "r"], tmp_path).wait()
    assert done.status == 0 and f"going on from {left}" in done.said
    assert weights(tmp_path / "r") == weights(tmp_path / "whole")
    assert read_record(tmp_path / "r").status == "finished"
    assert not list((tmp_path / "r").glob(".checkpoint*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_signal_writes_a_checkpoint_and_says_how_to_go_on(
    tmp_path: Path, data: Path, flags: list[str], number: signal.Signals
) -> None:
    running = start(
        ["train", "--data", data.name, "--out", "r", *flags, "--epochs", "4000", "--save-steps", "9999"],
        tmp_path,
    )
    while not (tmp_path / "r" / "log.jsonl").exists():
        assert running.process.is_alive(), running.said()
        running.process.join(0.02)
    os.kill(running.pid, number)
    done = running.wait()
    assert done.status == 128 + number
    assert "stopping after this step" in done.said
    assert f"stopped by {number.name}" in done.said and "typlora resume r" in done.said
    assert len(checkpoints(tmp_path / "r")) == 1


def test_two_trainings_do_not_share_a_folder(tmp_path: Path, data: Path, flags: list[str]) -> None:
    """The first has no checkpoint yet and no log: nothing in the folder tells that it is at work."""
    command = ["train", "--data", data.name, "--out", "runs/r", *flags]
    running = start([*command, "--epochs", "4000", "--save-steps", "9999", "--log-steps", "9999"], tmp_path)
    record = tmp_path / "runs" / "r" / "run.json"
    while not record.exists():
        assert running.process.is_alive(), running.said()
        running.process.join(0.02)
    before = record.read_bytes()
    for again in ([*command, "--max-steps", "1"], ["resume", "runs/r"]):
        refused(start(again, tmp_path).wait(), "another run is writing runs/r", f"(process {running.pid})")
    assert record.read_bytes() == before
    running.process.kill()
    running.wait()
    assert start([*command, "--max-steps", "1"], tmp_path).wait().status == 0
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["r"]


def test_a_merged_model_is_written_whole_or_not_at_all(tmp_path: Path, data: Path, flags: list[str]) -> None:
    assert train(tmp_path, [*flags, "--max-steps", "1"]).status == 0
    (tmp_path / "file").touch()
    refused(start(["models", "merge", "r", "-o", "file"], tmp_path).wait(), "file is a file")
    command = ["models", "merge", "r", "-o", "m"]
    refused(
        start(command, tmp_path, fault=faults.no_more_than, how="8").wait(), "cannot write m", "make room"
    )
    assert not (tmp_path / "m").exists()
    done = start(command, tmp_path).wait()
    assert done.status == 0 and done.out == "m\n"
    assert done.said == "merged into the 16-bit weights\n"


def test_a_closed_terminal_writes_a_checkpoint(tmp_path: Path, data: Path, flags: list[str]) -> None:
    watched, terminal = os.openpty()
    flags = [*flags, "--epochs", "4000", "--save-steps", "9999"]
    running = start(
        ["train", "--data", data.name, "--out", "r", *flags],
        tmp_path,
        {"TERM": "xterm-256color"},
        terminal=Path(os.ttyname(terminal)),
    )
    while not (tmp_path / "r" / "log.jsonl").exists():
        assert running.process.is_alive()
        if select.select([watched], [], [], 0.02)[0]:
            os.read(watched, 65536)
    os.close(terminal)
    os.close(watched)
    os.kill(running.pid, signal.SIGHUP)
    assert running.wait().status == 128 + signal.SIGHUP
    assert len(checkpoints(tmp_path / "r")) == 1


def test_a_full_disk_keeps_the_earlier_checkpoint_and_the_run_goes_on_later(
    tmp_path: Path, data: Path, flags: list[str]
) -> None:
    assert train(tmp_path, flags, out="whole").status == 0
    assert train(tmp_path, [*flags, "--max-steps", "3"], out="size").status == 0
    optimizer = tmp_path / "size" / "checkpoint-3" / "optimizer.safetensors"
    kilobytes = optimizer.stat().st_size // 1024  # a little less than a checkpoint needs
    command = ["train", "--data", data.name, "--out", "r", *flags]
    done = start(command, tmp_path, fault=faults.no_more_than, how=str(kilobytes)).wait()
    refused(done, "cannot save", "checkpoint-3", "earlier checkpoints are intact", "typlora resume r")
    assert not list((tmp_path / "r").glob(".checkpoint*")) and not checkpoints(tmp_path / "r")
    assert start(["resume", "r"], tmp_path).wait().status == 0
    assert weights(tmp_path / "r") == weights(tmp_path / "whole")


def test_no_write_permission(tmp_path: Path, data: Path, flags: list[str]) -> None:
    runs = tmp_path / "runs"
    runs.mkdir(mode=0o555)
    command = ["train", "--data", data.name, "--out", "runs/r", *flags]
    refused(start(command, tmp_path, fault=faults.without_privilege).wait(), "cannot write", "runs/r")
    assert not list(runs.iterdir())


def test_every_checkpoint_cut_short_is_told_and_none_is_taken(
    tmp_path: Path, data: Path, flags: list[str]
) -> None:
    assert train(tmp_path, [*flags, "--max-steps", "3"]).status == 0
    record = json.loads((tmp_path / "r" / "run.json").read_text())
    (tmp_path / "r" / "run.json").write_text(json.dumps({**record, "status": "running"}))
    broken = tmp_path / "r" / "checkpoint-3" / "optimizer.safetensors"
    broken.write_bytes(broken.read_bytes()[:-100])
    refused(start(["resume", "r"], tmp_path).wait(), "no usable checkpoint", "is cut short (")
    refused(
        train(tmp_path, [*flags, "--resume_from_checkpoint", "r/checkpoint-3", "--max-steps", "3"], out="r"),
        "is cut short (",
    )


def test_a_wrong_base_and_a_run_in_the_way_are_refused(tmp_path: Path, data: Path, flags: list[str]) -> None:
    assert train(tmp_path, [*flags, "--max-steps", "1"]).status == 0
    refused(train(tmp_path, flags), "--out r holds another run", "typlora resume r")
    other = make_base(tmp_path / "other", seed=9)
    done = train(tmp_path, [*flags, "--continue-from", "r", "--model_id", str(other)], out="s")
    refused(done, "was trained on base", "load it on its own base")
    assert done.said.count("sha256:") == 2 and not (tmp_path / "s").exists()
    record = json.loads((tmp_path / "r" / "run.json").read_text())
    (tmp_path / "r" / "run.json").write_text(json.dumps({**record, "template_hash": "0123"}))
    refused(train(tmp_path, [*flags, "--continue-from", "r"], out="s"), "prompt template 0123")


@pytest.mark.parametrize(
    ("weights_file", "told"),
    [("adapter_model.bin", "only pickle weights"), ("notes.txt", "no adapter_model.safetensors")],
)
def test_adapters_without_safetensors_are_refused(
    tmp_path: Path, data: Path, flags: list[str], weights_file: str, told: str
) -> None:
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "adapter_config.json").write_text("{}")
    torch.save({"w": torch.zeros(2)}, tmp_path / "adapter" / weights_file)
    refused(train(tmp_path, [*flags, "--peft_model_path", "adapter"]), told)


ROW = '{"prompt":[{"role":"user","content":"$x$"}],"completion":[{"role":"assistant","content":"$x$"}]}'
EMPTY = ROW.replace('"assistant","content":"$x$"', '"assistant","content":""')


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, ["d.jsonl: there is no such data file"]),
        ("", ["d.jsonl: ", "no rows"]),
        (f"{ROW}\n{{not json\n", ["d.jsonl:2", "not JSON"]),
        (f"{ROW}\n{ROW}\n{EMPTY}\n", ["d.jsonl:3", "empty"]),
        (f'{ROW}\n{{"prompt": 1}}\n', ["d.jsonl:2", "completion"]),
    ],
    ids=["missing", "empty", "not json", "empty completion", "not a row"],
)
def test_data_that_cannot_be_used_is_refused_with_its_line(
    tmp_path: Path, flags: list[str], content: str | None, told: list[str]
) -> None:
    if content is not None:
        (tmp_path / "d.jsonl").write_text(content)
    refused(train(tmp_path, flags, data="d.jsonl"), *told)
    assert not (tmp_path / "r").exists()


def test_long_and_repeated_rows_are_counted_not_cut(tmp_path: Path, data: Path, flags: list[str]) -> None:
    lines = data.read_text().splitlines()
    long = ROW.replace("$x$", "$" + "a+" * 2_000 + "a$", 1)
    data.write_text("\n".join([*lines, long, lines[0], lines[1]]) + "\n")
    done = train(tmp_path, [*flags, "--max-steps", "1"])
    assert done.status == 0 and "40 rows" in done.said
    assert "dropped: 1 too long, 2 duplicates" in done.said
    assert read_record(tmp_path / "r").metrics["dropped_long"] == 1


def test_a_row_of_a_megabyte_is_refused_with_its_line(tmp_path: Path, data: Path, flags: list[str]) -> None:
    huge = ROW.replace("$x$", "$" + "a+" * 500_000 + "a$", 1)
    data.write_text(data.read_text() + huge + "\n")
    refused(train(tmp_path, flags), "train_001.jsonl:41", "longer than")


def test_evaluation_rows_beside_the_data_are_found_and_refused_with_their_ids(
    tmp_path: Path, data: Path, flags: list[str]
) -> None:
    held_out = write_data(tmp_path / "eval.jsonl", 3, start=38)  # two of them are in the data
    lines = [json.loads(line) for line in held_out.read_text().splitlines()]
    held_out.write_text(
        "".join(json.dumps({**line, "meta": {"id": f"e{n}"}}) + "\n" for n, line in enumerate(lines))
    )
    refused(train(tmp_path, flags), "2 rows of the evaluation file", "(e0, e1)")
    assert train(tmp_path, [*flags, "--no-eval-data", "--max-steps", "1"]).status == 0


def test_a_hub_that_cannot_be_reached_is_one_line_with_what_to_do(tmp_path: Path, data: Path) -> None:
    command = ["train", "--data", data.name, "--out", "r", "--profile", "llama32-3b"]
    done = start(command, tmp_path, fault=faults.no_hub).wait()
    refused(done, "meta-llama/Llama-3.2-3B-Instruct", "--model-id", "--profile smollm2-135m")


def test_going_on_with_an_adapter_asks_no_hub(tmp_path: Path, data: Path, base: Path) -> None:
    """PEFT looks for the base's name at the hub when it saves an adapter that it has loaded."""
    shutil.copytree(base, tmp_path / "home" / "base" / "smollm2-135m")
    weights_hash(tmp_path / "home" / "base" / "smollm2-135m")  # leaves the file that says it is complete
    here = {"TYPLORA_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "0"}
    command = [
        "train",
        "--data",
        data.name,
        "--model-id",
        "smollm2-135m",
        *FLAGS,
        "--max-steps",
        "1",
        "--out",
    ]
    for more in (["a"], ["b", "--continue-from", "a"]):
        done = start([*command, *more], tmp_path, here, faults.no_network).wait()
        assert done.status == 0, done.said
        assert "smollm2-135m - " not in done.said and "Warning" not in done.said, done.said
    assert f"loading smollm2-135m from {tmp_path / 'home' / 'base' / 'smollm2-135m'}" in done.said
    shown = start(["models", "show", "b"], tmp_path).wait()
    assert "dropped duplicate   0" in shown.out


def test_a_dry_run_plans_for_a_device_that_is_not_here_and_writes_nothing(tmp_path: Path, data: Path) -> None:
    command = ["train", "--data", data.name, "--profile", "llama32-3b", "--dry-run", "--device-memory", "8"]
    done = start(command, tmp_path, fault=faults.no_hub).wait()
    assert done.status == 0
    assert "of 8.00 on a GPU: fits with 2048 tokens at once, activations recomputed" in done.said
    assert "computed, not measured" in done.said and not (tmp_path / "outputs").exists()
    assert "lora_r" in done.said and "profile llama32-3b" in done.said


@pytest.mark.parametrize("sharded", [False, True], ids=["whole", "shared out"])
def test_when_one_process_runs_out_of_memory_all_go_down_together(
    tmp_path: Path, data: Path, flags: list[str], sharded: bool
) -> None:
    flags = [*flags, "--micro-tokens", "160", "--max-steps", "5"]  # so that both processes have work
    assert train(tmp_path, flags, out="one").status == 0

    def team(arguments: list[str], fault: object, how: str) -> list[Done]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        common = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"}
        common |= {"MASTER_PORT": str(port), "ACCELERATE_USE_FSDP": str(sharded)}
        each = [{**common, "RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in (0, 1)]
        started = [start(arguments, tmp_path, own, fault, how) for own in each]  # type: ignore[arg-type]
        try:
            ended = started[1].wait()
            if ended.status:  # what the launcher does when one process fails
                started[0].process.kill()
            return [started[0].wait(), ended]
        finally:
            for one in started:
                one.process.kill()

    command = ["train", "--data", data.name, "--out", "two", *flags]
    first, second = team(command, faults.exhausted, "100")
    if sharded:
        assert second.status == 3 and "micro-batches of" in second.said and "resume two" in second.said
        assert json.loads((tmp_path / "two" / "limits.json").read_text())["micro_rows"] < 8
        first, second = team(["resume", "two"], faults.nothing, "")
    else:
        assert "out of memory: micro-batches of" in first.said
    assert (first.status, second.status) == (0, 0), second.said
    one, two = (load_file(str(tmp_path / name / "adapter_model.safetensors")) for name in ("one", "two"))
    for name in one:
        torch.testing.assert_close(two[name], one[name], rtol=1e-3, atol=1e-4)


def test_a_terminal_shows_a_live_bar_with_all_that_a_person_wants_to_know(
    tmp_path: Path, data: Path, flags: list[str]
) -> None:
    write_data(tmp_path / "eval.jsonl", 4, start=500)
    watched, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = ["train", "--data", data.name, "--out", "r", *flags, "--eval-steps", "4", "--eval-rows", "2"]
    running = start(command, tmp_path, {"TERM": "xterm-256color"}, terminal=Path(os.ttyname(terminal)))
    shown = b""
    while running.process.is_alive() or select.select([watched], [], [], 0.2)[0]:
        if select.select([watched], [], [], 0.1)[0]:
            shown += os.read(watched, 65536)
    text = shown.decode()
    assert running.wait().status == 0, text
    assert "\x1b[1A" in text  # it is redrawn in place
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    last = [line.strip() for line in re.split(r"[\r\n]+", plain) if line.strip()][-3:]
    assert re.fullmatch(r"━+ +verified \d+\.\d% \(step 8\) +10/10 +100% +0:00 left", last[0])
    assert re.fullmatch(r"loss \d\.\d{4} [▁▂▃▄▅▆▇█]+ +rate \S+ +\d+ completion tokens/s", last[1])
    assert last[2] == "done: r"
    assert plain.count("of 2 held-out formulas proved equal") == 2
    assert max(map(len, last)) <= 80


def test_tensorboard_and_trackio_get_the_numbers_without_any_network(
    tmp_path: Path, data: Path, flags: list[str]
) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    pytest.importorskip("trackio")
    command = ["train", "--data", data.name, "--out", "r", *flags, "--report-to", "tensorboard,trackio"]
    done = start(command, tmp_path, {"TRACKIO_DIR": str(tmp_path / "t")}, faults.no_network).wait()
    assert done.status == 0, done.said
    assert done.out == ""
    entries = [json.loads(line) for line in (tmp_path / "r" / "log.jsonl").read_text().splitlines()]
    wanted = {entry["step"]: entry["loss"] for entry in entries}
    events = accumulator.EventAccumulator(str(tmp_path / "r" / "tensorboard"))
    events.Reload()
    found = {event.step: event.value for event in events.Scalars("train/loss")}
    assert found == pytest.approx(wanted) and len(found) == 10
    (database,) = (tmp_path / "t").rglob("typlora.db")
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT step, metrics FROM metrics WHERE run_name = 'r'").fetchall()
    assert {step: json.loads(metrics)["train/loss"] for step, metrics in rows} == pytest.approx(wanted)
