"""Sets a run up (fresh, continued, resumed), trains, and leaves a complete run folder behind."""

import hashlib
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from typlora.errors import ConfigError, InputError
from typlora.model.base import resolve, weights_hash
from typlora.model.profiles import TrainConfig, effective
from typlora.model.prompt import PromptEncoder
from typlora.model.runs import RunRecord, library_versions, read_record, write_record
from typlora.train.batches import plan_steps
from typlora.train.checkpoint import checkpoints, newest_usable, save_adapter
from typlora.train.dataset import encode_rows, load_rows, refuse_leaks
from typlora.train.loop import Run, Stopped, train
from typlora.train.network import build_network
from typlora.train.optim import Optimizer
from typlora.train.progress import Progress


def start(
    *,
    data: Sequence[Path],
    out: Path,
    profile: str | None = None,
    file: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    continue_from: str | None = None,
    eval_data: Path | None = None,
    stream: TextIO | None = None,
) -> int:
    """Train a new run in ``out``; returns the exit status."""
    stream = stream or sys.stderr
    settings = effective(profile, file, flags)
    print(settings.table(), file=stream, flush=True)
    config = settings.config
    rows, files = load_rows(data)
    if eval_data is not None:
        refuse_leaks(rows, load_rows([eval_data])[0])
    if (out / "run.json").exists():
        raise ConfigError(
            f"--out {out} holds another run; give a new folder, or go on with: typlora resume {out}"
        )
    base = resolve(config.model_id)
    encoder = PromptEncoder.from_folder(base)
    record = RunRecord(
        name=out.name,
        base=config.model_id,
        base_hash=weights_hash(base),
        template_hash=encoder.template_hash,
        data=tuple(files),
        parent=None,
        config=config.as_dict(),
        origins=dict(settings.origins),
        versions=library_versions(),
    )
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make {out}: {error.strerror}") from error
    write_record(out, record)
    shutil.copy2(base / "tokenizer.json", out / "tokenizer.json")
    shutil.copy2(base / "tokenizer_config.json", out / "tokenizer_config.json")
    return _go(out, record, config, base, encoder, rows, resume=False, stream=stream)


def resume(run: Path, stream: TextIO | None = None) -> int:
    """Go on with a stopped run exactly where it stopped; returns the exit status."""
    stream = stream or sys.stderr
    record = read_record(run)
    config = effective(flags=record.config).config
    rows, files = load_rows([Path(file.path) for file in record.data])
    for was, now in zip(record.data, files, strict=True):
        if was.sha256 != now.sha256:
            raise InputError(
                f"{now.path} has changed since {run} began; resume needs the same data; train a new run with "
                f"--continue-from {run}"
            )
    base = resolve(config.model_id)
    encoder = PromptEncoder.from_folder(base)
    record.check(run, weights_hash(base), encoder.template_hash)
    return _go(run, record, config, base, encoder, rows, resume=True, stream=stream)


def _go(
    out: Path,
    record: RunRecord,
    config: TrainConfig,
    base: Path,
    encoder: PromptEncoder,
    rows: Sequence[Any],
    *,
    resume: bool,
    stream: TextIO,
) -> int:
    import torch

    if config.threads:
        torch.set_num_threads(config.threads)
    dataset = encode_rows(rows, encoder, config.max_len)
    print(dataset.summary(), file=stream, flush=True)
    plan = plan_steps(len(dataset.rows), config.rows_per_step, config.epochs, config.max_steps, config.seed)
    network = build_network(base, config, encoder.pad_id)
    optimizer = Optimizer(network.trainable(), config, len(plan.steps))
    state = Run(
        folder=out,
        config=config,
        network=network,
        rows=dataset.rows,
        plan=plan,
        base_name=config.model_id,
        data_hash=_hash([file.sha256 for file in record.data]),
        config_hash=_hash(record.config),
        optimizer=optimizer,
        progress=Progress(out / "log.jsonl", len(plan.steps), config.log_steps, stream),
    )
    if resume:
        if checkpoints(out):
            checkpoint, position, skipped = newest_usable(out)
            for reason in skipped:
                print(f"passed over: {reason}", file=stream)
            state.restore(checkpoint, position)
            print(f"going on from {checkpoint.name}", file=stream)
        else:
            print("no checkpoint yet: from the first step", file=stream)
    try:
        train(state)
    except Stopped as stopped:
        print(f"{stopped}; go on with: typlora resume {out}", file=stream, flush=True)
        return 128 + stopped.signal_number
    save_adapter(network.model, out, config.model_id)
    record = record.finished({"steps": state.step, "loss": state.watch.mean, "rows": len(dataset.rows)})
    write_record(out, record)
    print(f"done: {out}", file=stream, flush=True)
    return 0


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
