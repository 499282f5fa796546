"""Sets a run up (fresh, continued, resumed), trains, and leaves a complete run folder behind."""

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from typlora.data.replay import with_replay
from typlora.errors import ConfigError, InputError
from typlora.model.base import resolve, weights_hash
from typlora.model.curves import read_curve
from typlora.model.profiles import Effective, TrainConfig, effective
from typlora.model.prompt import PromptEncoder
from typlora.model.runs import DataFile, RunRecord, library_versions, read_record, write_record
from typlora.train.ancestry import (
    Parent,
    check_adapter,
    earlier_data,
    parent_of,
    refuse_other_shape,
    same_work,
)
from typlora.train.batches import plan_steps
from typlora.train.checkpoint import (
    checkpoints,
    newest_usable,
    read_position,
    save_adapter,
)
from typlora.train.dataset import encode_rows, load_rows, refuse_leaks
from typlora.train.folder import alone, found, holds_a_run
from typlora.train.loop import Run, Stopped, train
from typlora.train.network import build_network, choose_device
from typlora.train.optim import Optimizer
from typlora.train.parallel import Alone, join_team, leads
from typlora.train.planning import dry_run, first_limits
from typlora.train.progress import Progress
from typlora.train.reporting import open_reporters


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for. ``checkpoint`` comes from ``--resume_from_checkpoint``: resume or continue.

    A dry run plans, for a device of ``device_memory`` GB where that is given, and does nothing.
    """

    data: tuple[Path, ...]
    out: Path
    profile: str | None = None
    file: Path | None = None
    flags: Mapping[str, Any] | None = None
    continue_from: Path | None = None
    checkpoint: Path | None = None
    eval_data: Path | None = None
    dry_run: bool = False
    device_memory: float | None = None


def start(request: Request, stream: TextIO | None = None) -> int:
    """Train a new run (or go on with one, if that is what the checkpoint means); returns the exit status."""
    stream = _voice(stream)
    rows, files = load_rows(request.data)
    source = request.continue_from or request.checkpoint
    parent = parent_of(source) if source is not None else None
    # The adapter's shape is a fact; only a flag can contradict it, and that is an error.
    given = dict(request.flags or {})
    facts = {} if parent is None else {k: v for k, v in parent.settings().items() if k not in given}
    settings = effective(request.profile, request.file, given, facts)
    if parent is not None:
        refuse_other_shape(settings.config.as_dict(), parent, settings.origins)
        if request.checkpoint is not None:
            resumed = _resume_instead(request, parent, files, settings.config, stream)
            if resumed is not None:
                return resumed
    print(settings.table(), file=stream, flush=True)
    if request.eval_data is not None:
        refuse_leaks(rows, load_rows([request.eval_data])[0])
    if request.dry_run:
        return dry_run(settings.config, rows, request.device_memory, stream)
    with alone(request.out):
        return _begin(request, settings, parent, rows, files, stream)


def _begin(
    request: Request,
    settings: Effective,
    parent: Parent | None,
    rows: Sequence[Any],
    files: Sequence[DataFile],
    stream: TextIO,
) -> int:
    """A new run in its folder, which nobody else works in."""
    out = request.out
    if leads() and holds_a_run(out):
        raise ConfigError(
            f"--out {out} holds another run; give a new folder, or go on with: typlora resume {out}"
        )
    base = resolve(settings.config.model_id)
    encoder = PromptEncoder.from_folder(base)
    if parent is not None and parent.record is not None:
        parent.record.check(parent.adapter, weights_hash(base), encoder.template_hash)
    elif parent is not None:
        print(f"{parent.adapter} has no run.json: base and prompt template cannot be checked", file=stream)
    record = RunRecord(
        name=out.name,
        base=settings.config.model_id,
        base_hash=weights_hash(base),
        template_hash=encoder.template_hash,
        data=tuple(files),
        parent=None if parent is None else str(parent.run or parent.adapter),
        parent_adapter=None if parent is None else str(parent.adapter),
        replayed=_replayed(parent, settings.config),
        config=settings.config.as_dict(),
        origins=dict(settings.origins),
        versions=library_versions(),
        eval_data=None if request.eval_data is None else str(request.eval_data),
    )
    if leads():
        found(out, record, base)
    return _go(out, record, base, encoder, rows, stream)


def resume(run: Path, checkpoint: Path | None = None, stream: TextIO | None = None) -> int:
    """Go on with a stopped run exactly where it stopped; returns the exit status."""
    stream = _voice(stream)
    with alone(run):
        return _resume(run, checkpoint, stream)


def _resume(run: Path, checkpoint: Path | None, stream: TextIO) -> int:
    record = read_record(run)
    if record.status == "finished":
        print(f"{run} is finished; train further with: typlora train --continue-from {run}", file=stream)
        return 0
    rows, files = load_rows([Path(file.path) for file in record.data])
    for was, now in zip(record.data, files, strict=True):
        if was.sha256 != now.sha256:
            raise InputError(
                f"{now.path} has changed since {run} began; resume needs the same data; train a new run with "
                f"--continue-from {run}"
            )
    base = resolve(str(record.config["model_id"]))
    encoder = PromptEncoder.from_folder(base)
    record.check(run, weights_hash(base), encoder.template_hash)
    return _go(run, record, base, encoder, rows, stream, resuming=True, checkpoint=checkpoint)


def _resume_instead(
    request: Request, parent: Parent, files: list[DataFile], config: TrainConfig, stream: TextIO
) -> int | None:
    """``--resume_from_checkpoint`` with the checkpoint's own data and configuration is a resume."""
    if parent.run is None or not same_work(parent, files, config.as_dict()):
        print(
            f"{parent.name}: other data or configuration, so this continues it as a new run: fresh "
            "optimizer, fresh schedule, step 0",
            file=stream,
        )
        return None
    checkpoint = parent.adapter if parent.adapter != parent.run else None
    if request.out.resolve() != parent.run.resolve():
        raise ConfigError(
            f"--resume-from-checkpoint has the same data and configuration as {parent.run}, so it goes on "
            f"there: give --out {parent.run} or run: typlora resume {parent.run}"
        )
    print(f"same data and configuration: resuming {parent.run}", file=stream)
    return resume(parent.run, checkpoint, stream)


def _replayed(parent: Parent | None, config: TrainConfig) -> tuple[DataFile, ...]:
    """Files that earlier versions' rows are taken from."""
    if parent is None or parent.run is None or not config.replay:
        return ()
    return tuple(earlier_data(parent.run)[1])


def _go(
    out: Path,
    record: RunRecord,
    base: Path,
    encoder: PromptEncoder,
    rows: Sequence[Any],
    stream: TextIO,
    *,
    resuming: bool = False,
    checkpoint: Path | None = None,
) -> int:
    import torch

    config = effective(flags=record.config).config
    if config.threads:
        torch.set_num_threads(config.threads)
    team = join_team(choose_device())
    out = Path(team.same(str(out)))
    if record.replayed:
        earlier, _ = load_rows([Path(file.path) for file in record.replayed])
        before = len(rows)
        rows = with_replay(rows, earlier, config.replay, config.seed)
        print(f"replay: {len(rows) - before} rows of {len(record.replayed)} earlier files", file=stream)
    dataset = encode_rows(rows, encoder, config.max_len)
    print(dataset.summary(), file=stream, flush=True)
    limits = first_limits(base, config, dataset, team, stream)
    plan = plan_steps(len(dataset.rows), config.rows_per_step, config.epochs, config.max_steps, config.seed)
    print(f"loading {config.model_id} from {base}", file=stream, flush=True)
    adapter = None if record.parent_adapter is None else check_adapter(Path(record.parent_adapter))
    network = build_network(base, config, encoder.pad_id, adapter, checkpointing=limits.checkpointing)
    if not isinstance(team, Alone):
        sharded = "; base layers shared out" if network.sharded else ""
        print(f"{team.size} processes{sharded}", file=stream, flush=True)
    state = Run(
        folder=out,
        config=config,
        network=network,
        rows=dataset.rows,
        plan=plan,
        base_name=config.model_id,
        data_hash=_hash([file.sha256 for file in record.data]),
        config_hash=_hash(record.config),
        optimizer=Optimizer(network.trainable(), config, len(plan.steps)),
        progress=Progress(
            out / "log.jsonl",
            len(plan.steps),
            config.log_steps,
            stream,
            open_reporters(config, out) if team.first else [],
        ),
        limits=limits,
        team=team,
    )
    if resuming:
        _restore(state, checkpoint, stream)
        state.lower(state.limits.lowered(out))
    if config.eval_steps:
        from typlora.train.scoring import scorer

        held_out = None if record.eval_data is None else load_rows([Path(record.eval_data)])[0]
        sampled = rows if held_out is None else held_out
        state.after_step.append(scorer(state, encoder, sampled, config, held_out=held_out is not None))
    stopped: Stopped | None = None
    try:
        train(state)
    except Stopped as caught:
        stopped = caught
    finally:
        state.progress.close()
    if stopped is not None:
        print(f"{stopped}; go on with: typlora resume {out}", file=stream, flush=True)
        return 128 + stopped.signal_number
    if team.first:
        save_adapter(network.model, out, config.model_id)
        metrics = {
            "steps": state.step,
            "loss": final_loss(out),
            "rows": len(dataset.rows),
            "dropped_long": dataset.dropped_long,
            "dropped_duplicate": dataset.dropped_duplicate,
        }
        write_record(out, record.finished(metrics))
    print(f"done: {out}", file=stream, flush=True)
    return 0


def _voice(stream: TextIO | None) -> TextIO:
    """Where a run talks to: nowhere for all processes of a team but the first."""
    if leads():
        return stream or sys.stderr
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - lives as long as the process


def _restore(state: Run, checkpoint: Path | None, stream: TextIO) -> None:
    """Stand where the run stopped: at ``checkpoint`` or at the newest that is complete."""
    if checkpoint is not None:
        position, skipped = read_position(checkpoint), list[str]()
    elif checkpoints(state.folder):
        checkpoint, position, skipped = newest_usable(state.folder)
    else:
        print("no checkpoint yet: from the first step", file=stream)
        return
    for reason in skipped:
        print(f"passed over: {reason}", file=stream)
    state.restore(checkpoint, position)
    print(f"going on from {checkpoint.name}", file=stream)


def final_loss(run: Path) -> float:
    """Mean of the last tenth of the logged losses: one step's loss is mostly which rows it drew."""
    values = [value for _, value in read_curve(run, "loss")]
    last = values[-max(1, len(values) // 10) :]
    return round(sum(last) / len(last), 5) if last else 0.0


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
