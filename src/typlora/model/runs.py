"""Run folders: what a model version is made of, where it comes from, and which one is in use."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from typlora.errors import ModelError
from typlora.files import write_atomic

RECORD_FILE = "run.json"
ADAPTER_FILE = "adapter_model.safetensors"


@dataclass(frozen=True, slots=True)
class DataFile:
    """A data file as a run records it."""

    path: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    """``run.json``: everything that decides what the adapter is, and what it achieved."""

    name: str
    base: str
    base_hash: str
    template_hash: str
    data: tuple[DataFile, ...]
    parent: str | None
    config: Mapping[str, Any]
    origins: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    status: str = "running"
    parent_adapter: str | None = None
    replayed: tuple[DataFile, ...] = ()
    eval_data: str | None = None

    def check(self, folder: Path, base_hash: str, template_hash: str) -> None:
        """Raise ``ModelError`` when the adapter was trained on another base or prompt template."""
        if self.base_hash != base_hash:
            raise ModelError(
                f"{folder} was trained on base {self.base} with weights {self.base_hash}, but these are "
                f"{base_hash}; load it on its own base"
            )
        if self.template_hash != template_hash:
            raise ModelError(
                f"{folder} was trained with prompt template {self.template_hash}, but this version uses "
                f"{template_hash}; train it again or use the typlora version it was made with"
            )

    def finished(self, metrics: Mapping[str, Any]) -> "RunRecord":
        """The record of a completed run."""
        return dataclasses.replace(self, metrics={**self.metrics, **metrics}, status="finished")


def read_record(folder: Path) -> RunRecord:
    """``run.json`` of a run folder; ``ModelError`` where it is none."""
    path = folder / RECORD_FILE
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        for name in ("data", "replayed"):
            raw[name] = tuple(DataFile(**item) for item in raw.get(name, ()))
        return RunRecord(**raw)
    except FileNotFoundError as error:
        raise ModelError(
            f"{folder} is not a run folder: no {RECORD_FILE} in it; see: typlora models list"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: cannot be read ({error})") from error


def write_record(folder: Path, record: RunRecord) -> None:
    """Write ``run.json``."""
    write_atomic(
        folder / RECORD_FILE, json.dumps(dataclasses.asdict(record), indent=1, ensure_ascii=False) + "\n"
    )


def library_versions() -> dict[str, str]:
    """Versions of what can change a run's outcome."""
    found: dict[str, str] = {}
    for name in ("typlora", "torch", "transformers", "peft", "safetensors", "tokenizers", "bitsandbytes"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
