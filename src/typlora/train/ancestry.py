"""Where a run starts from: nothing, an earlier run, a checkpoint of one, or a plain PEFT adapter."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typlora.errors import ConfigError, DataError, ModelError
from typlora.model.base import PICKLES
from typlora.model.numbering import lineage
from typlora.model.runs import ADAPTER_FILE, RECORD_FILE, DataFile, RunRecord, read_record
from typlora.train.checkpoint import newest_usable, step_of
from typlora.train.dataset import load_rows

SHAPE = (
    "model_id",
    "lora_r",
    "lora_alpha",
    "lora_targets",
    "rslora",
)  # what an adapter's file already decides


@dataclass(frozen=True, slots=True)
class Parent:
    """``adapter`` holds the weights to go on from; ``record`` is ``None`` if not made by typlora."""

    name: str
    adapter: Path
    run: Path | None
    record: RunRecord | None

    def settings(self) -> dict[str, Any]:
        """Configuration values the adapter dictates."""
        if self.record is not None:
            return {name: self.record.config[name] for name in SHAPE}
        raw = json.loads((self.adapter / "adapter_config.json").read_text(encoding="utf-8"))
        found: dict[str, Any] = {
            "lora_r": raw["r"],
            "lora_alpha": raw["lora_alpha"],
            "lora_targets": sorted(raw["target_modules"]),
            "rslora": raw.get("use_rslora", False),
        }
        if raw.get("base_model_name_or_path"):
            found["model_id"] = raw["base_model_name_or_path"]
        return found


def check_adapter(folder: Path) -> Path:
    """``folder`` if it holds a safetensors adapter; ``ModelError`` says what is wrong with it."""
    if not folder.is_dir():
        raise ModelError(f"{folder}: there is no such adapter folder; see: typlora models list")
    if not (folder / ADAPTER_FILE).is_file():
        if any(path for pattern in PICKLES for path in folder.glob(pattern)):
            raise ModelError(
                f"{folder}: only pickle weights here, and those can run code; only safetensors are read"
            )
        raise ModelError(
            f"{folder}: no {ADAPTER_FILE} in it; is the run unfinished? then: typlora resume {folder}"
        )
    if not (folder / "adapter_config.json").is_file():
        raise ModelError(f"{folder}: adapter_config.json is missing; the adapter cannot be read without it")
    return folder


def parent_of(path: Path) -> Parent:
    """The parent that ``path`` names: a run folder, a checkpoint in one, or an adapter folder.

    ``checkpoint-XXX`` as it stands in the instructions means the newest one.
    """
    if not path.exists() and path.name == "checkpoint-XXX":
        path = newest_usable(path.parent)[0]
    run = path.parent if step_of(path) >= 0 else path
    record = read_record(run) if (run / RECORD_FILE).is_file() else None
    if record is not None and path == run and not (run / ADAPTER_FILE).is_file():
        path = newest_usable(run)[0]
    name = run.name if path == run else f"{run.name}/{path.name}"
    return Parent(name, check_adapter(path), run if record else None, record)


def same_work(parent: Parent, data: list[DataFile], config: Mapping[str, Any]) -> bool:
    """Whether a checkpoint is of this very training: same data (by content) and same configuration."""
    record = parent.record
    if record is None:
        return False
    same_data = [file.sha256 for file in record.data] == [file.sha256 for file in data]
    return same_data and dict(record.config) == dict(config)


def earlier_data(run: Path) -> tuple[list[Any], list[DataFile], list[str]]:
    """Rows of all data versions of ``run`` and its ancestors, the files, and what is gone."""
    rows: list[Any] = []
    files: list[DataFile] = []
    gone: list[str] = []
    seen: set[str] = set()
    for ancestor in lineage(run):
        for file in read_record(ancestor).data:
            if file.sha256 in seen:
                continue
            seen.add(file.sha256)
            try:
                found, described = load_rows([Path(file.path)])
            except DataError as error:
                gone.append(str(error))
                continue
            if described[0].sha256 != file.sha256:
                gone.append(
                    f"{file.path} has changed since {ancestor.name} was trained; replayed as it is now"
                )
            rows += found
            files += described
    return rows, files, gone


def refuse_other_shape(settings: Mapping[str, Any], parent: Parent, origins: Mapping[str, str]) -> None:
    """Raise ``ConfigError`` when a flag asks for another shape than the adapter that is continued has."""
    wrong = [
        f"--{name.replace('_', '-')} {settings[name]} (the adapter has {value})"
        for name, value in parent.settings().items()
        if origins.get(name) == "flag" and settings[name] != value and name != "model_id"
    ]
    if wrong:
        raise ConfigError(f"{parent.name} is continued with the shape it has; leave out: {'; '.join(wrong)}")
