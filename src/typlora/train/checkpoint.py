"""Checkpoints: all that a run needs to go on exactly where it was, written whole or not at all.

``checkpoint-STEP/`` holds the adapter as PEFT reads it, ``optimizer.safetensors`` (float32 masters, AdamW's
moments, RNG) and ``state.json`` (step, file sizes, hashes of data and configuration). No pickle anywhere.
"""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from typlora.errors import ModelError
from typlora.files import write_atomic
from typlora.model.runs import ADAPTER_FILE

STATE_FILE = "state.json"
OPTIMIZER_FILE = "optimizer.safetensors"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a run stands: ``step`` optimizer steps are done; the data position follows from it."""

    step: int
    data_hash: str
    config_hash: str
    running_loss: float = 0.0
    watched: int = 0
    rate_scale: float = 1.0
    micro_rows: int = 0
    micro_tokens: int = 0
    max_len: int = 0
    checkpointing: bool = False
    offload: bool = False


def step_of(folder: Path) -> int:
    """``checkpoint-150`` -> 150; -1 for anything else."""
    head, _, number = folder.name.partition("checkpoint-")
    return int(number) if head == "" and number.isdigit() else -1


def checkpoints(run: Path) -> list[Path]:
    """All finished checkpoints of a run, oldest first."""
    return sorted((path for path in run.glob("checkpoint-*") if step_of(path) >= 0), key=step_of)


def save_adapter(model: Any, folder: Path, base_name: str) -> None:
    """Write the adapter so that plain PEFT loads it (or, after full fine-tuning, the whole model)."""
    from safetensors.torch import save_file

    if not hasattr(model, "peft_config"):
        model.save_pretrained(folder)
        return
    from peft import get_peft_model_state_dict

    # Embeddings are never trained here; left to decide, PEFT looks for the base's name at the hub.
    state = get_peft_model_state_dict(model, save_embedding_layers=False)
    weights = {name: t.detach().cpu().contiguous() for name, t in state.items()}
    save_file(weights, str(folder / ADAPTER_FILE), metadata={"format": "pt"})
    settings = model.peft_config["default"]
    remembered = settings.base_model_name_or_path, settings.inference_mode
    settings.base_model_name_or_path, settings.inference_mode = base_name, True
    settings.save_pretrained(str(folder))
    settings.base_model_name_or_path, settings.inference_mode = remembered


def save_checkpoint(
    run: Path, model: Any, tensors: dict[str, Any], position: Position, base_name: str, keep: int
) -> Path:
    """Write ``checkpoint-STEP`` beside its final name, rename it, and drop all but the newest ``keep``.

    Raises ``ModelError`` where it cannot be written; earlier checkpoints are untouched then.
    """
    from safetensors.torch import save_file

    final = run / f"checkpoint-{position.step}"
    work = run / f".checkpoint-{position.step}.{os.getpid()}.tmp"
    try:
        for stale in run.glob(".checkpoint-*.tmp"):
            shutil.rmtree(stale, ignore_errors=True)
        work.mkdir(parents=True)
        save_adapter(model, work, base_name)
        save_file(
            {name: t.detach().cpu().contiguous() for name, t in tensors.items()}, str(work / OPTIMIZER_FILE)
        )
        sizes = {path.name: path.stat().st_size for path in sorted(work.iterdir())}
        write_atomic(work / STATE_FILE, json.dumps({**asdict(position), "sizes": sizes}, indent=1))
        for path in work.iterdir():
            _sync(path)
        if final.exists():  # a step saved twice: the new one is the same or better
            shutil.rmtree(final)
        work.rename(final)
        _sync(run)
    except Exception as error:
        shutil.rmtree(work, ignore_errors=True)
        if isinstance(error, KeyboardInterrupt):
            raise
        raise ModelError(
            f"cannot save {final} ({' '.join(str(error).split())[:160]}); earlier checkpoints are intact; "
            f"make room or give write permission, then: typlora resume {run}"
        ) from error
    for old in checkpoints(run)[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def read_position(folder: Path) -> Position:
    """Check that a checkpoint is complete and return its position; ``ModelError`` says what is wrong."""
    path = folder / STATE_FILE
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        sizes = record.pop("sizes")
        position = Position(**record)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder}: not a checkpoint of typlora ({STATE_FILE} missing or broken)") from error
    for name, size in sizes.items():
        found = (folder / name).stat().st_size if (folder / name).is_file() else -1
        if found != size:
            state = "is missing" if found < 0 else f"is cut short ({found} of {size} bytes)"
            raise ModelError(f"{folder / name} {state}; use an earlier checkpoint")
    return position


def newest_usable(run: Path) -> tuple[Path, Position, list[str]]:
    """The newest complete checkpoint, its position, and what was passed over."""
    skipped: list[str] = []
    for folder in reversed(checkpoints(run)):
        try:
            return folder, read_position(folder), skipped
        except ModelError as error:
            skipped.append(str(error))
    told = f" ({'; '.join(skipped)})" if skipped else ""
    raise ModelError(f"{run}: no usable checkpoint to resume from{told}; start it again with typlora train")


def load_tensors(folder: Path) -> dict[str, Any]:
    """What ``Optimizer.state`` and the RNG had."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        tensors: dict[str, Any] = load_file(str(folder / OPTIMIZER_FILE))
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{folder / OPTIMIZER_FILE}: cannot be read ({error})") from error
    return tensors


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
