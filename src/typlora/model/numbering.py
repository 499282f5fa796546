"""Where runs stand: names with numbers, which one is promoted, who descends from whom, what is archived."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from typlora.errors import ModelError
from typlora.files import write_atomic
from typlora.model.runs import ADAPTER_FILE, RECORD_FILE, RunRecord, read_record

PROMOTED_FILE = "promoted"
ARCHIVE = "archive"
_NAME = re.compile(r"\A(?P<base>.+)-typst-qlora-(?P<number>\d{3,})\Z")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run folder and what its record says."""

    path: Path
    record: RunRecord
    promoted: bool

    @property
    def number(self) -> int:
        """The number in the name, 0 where it has none."""
        return number_of(self.path.name)


def number_of(name: str) -> int:
    """``smollm2-135m-typst-qlora-002`` -> 2."""
    found = _NAME.match(name)
    return int(found["number"]) if found else 0


def short_base(model_id: str) -> str:
    """``meta-llama/Llama-3.2-3B-Instruct`` -> ``llama32-3b``, as the original project names its runs."""
    name = model_id.rstrip("/").rsplit("/", 1)[-1].lower().removesuffix("-instruct").removeprefix("meta-")
    name = re.sub(r"llama-(\d)(?:\.(\d))?-", r"llama\1\2-", name)
    return re.sub(r"[^a-z0-9-]+", "-", name).strip("-") or "model"


def runs(outputs: Path) -> list[RunFolder]:
    """All readable runs of ``outputs`` by number and name; a folder without a record is none."""
    if not outputs.is_dir():
        return []
    current = promoted(outputs)
    found = []
    for path in sorted(outputs.iterdir()):
        if (path / RECORD_FILE).is_file():
            found.append(RunFolder(path, read_record(path), path.name == current))
    return sorted(found, key=lambda run: (run.number, run.path.name))


def next_run(outputs: Path, model_id: str) -> Path:
    """The folder of the next run of this base: one above the highest number, archived ones included."""
    base = short_base(model_id)
    highest = 0
    for folder in (outputs, outputs / ARCHIVE):
        for path in folder.iterdir() if folder.is_dir() else ():
            found = _NAME.match(path.name)
            if found and found["base"] == base:
                highest = max(highest, int(found["number"]))
    return outputs / f"{base}-typst-qlora-{highest + 1:03}"


def find_run(name: str, outputs: Path) -> Path:
    """A run by path, folder name or number (``001``). Raises ``ModelError`` where none or several fit."""
    for path in (Path(name), outputs / name):
        if (path / RECORD_FILE).is_file():
            return path
    if (run := numbered(name, outputs)) is not None:
        return run
    raise ModelError(f"there is no run '{name}' here or in {outputs}; see: typlora models list")


def numbered(name: str, outputs: Path) -> Path | None:
    """The run whose number ``name`` is. Raises ``ModelError`` where several have it."""
    if not (name.isascii() and name.isdigit()):
        return None
    fitting = [run.path for run in runs(outputs) if run.number == int(name)]
    if len(fitting) > 1:
        names = ", ".join(path.name for path in fitting)
        raise ModelError(f"several runs have number {name} ({names}); give the folder's name")
    return fitting[0] if fitting else None


def lineage(run: Path) -> list[Path]:
    """The run, its parent, its parent's parent, ...; ends where a parent's folder is gone."""
    chain = [run]
    while (parent := read_record(chain[-1]).parent) is not None:
        places = (
            chain[-1].parent / Path(parent).name,
            run.parent / ARCHIVE / Path(parent).name,
            Path(parent),
        )
        path = next((place for place in places if (place / RECORD_FILE).is_file()), None)
        if path is None or path.resolve() in {link.resolve() for link in chain}:
            break
        chain.append(path)
    return chain


def promoted(outputs: Path) -> str:
    """Name of the promoted run, or an empty string."""
    try:
        return (outputs / PROMOTED_FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def promote(run: Path) -> None:
    """Make ``run`` the one that conversions use. Whether it deserves that is the gate's business."""
    read_record(run)
    if not (run / ADAPTER_FILE).is_file():
        raise ModelError(f"{run} has no {ADAPTER_FILE}; only a finished run can be promoted")
    write_atomic(run.parent / PROMOTED_FILE, run.name + "\n")


def archive(run: Path) -> Path:
    """Move ``run`` to ``archive/`` beside it; refused for the promoted one."""
    read_record(run)
    if promoted(run.parent) == run.name:
        raise ModelError(f"{run.name} is promoted; promote another run first")
    target = run.parent / ARCHIVE / run.name
    if target.exists():
        raise ModelError(f"{target} is there already; move it away first")
    target.parent.mkdir(exist_ok=True)
    try:
        shutil.move(str(run), str(target))
    except OSError as error:
        raise ModelError(f"cannot archive {run}: {error.strerror or error}") from error
    return target
