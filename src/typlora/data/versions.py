"""The store of data versions: ``train_NNN.jsonl`` and ``eval.jsonl`` in one folder, usually ``jsonl/``.

Three digits and no suffixes: a correction is made in the same file, the next idea is the next number.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from typlora.data.canonical import key_of, keys_of
from typlora.data.rows import Row, read_rows
from typlora.errors import DataError

EVAL_NAME = "eval.jsonl"
_NAME = re.compile(r"\Atrain_(\d{3})\.jsonl\Z")


@dataclass(frozen=True, slots=True)
class DataVersion:
    """One training file and its number."""

    path: Path
    number: int

    @property
    def name(self) -> str:
        """``train_001``."""
        return self.path.stem


def versions(folder: Path) -> list[DataVersion]:
    """The versions in ``folder`` by number; other files are not versions and are left out."""
    if not folder.is_dir():
        raise DataError(f"{folder}: there is no such folder of data versions")
    found = [
        DataVersion(path, int(match.group(1)))
        for path in folder.iterdir()
        if (match := _NAME.match(path.name)) and path.is_file()
    ]
    return sorted(found, key=lambda version: version.number)


def next_version(folder: Path) -> Path:
    """Where the next version goes: the highest number plus one, ``train_001.jsonl`` in an empty folder."""
    known = versions(folder) if folder.is_dir() else []
    number = known[-1].number + 1 if known else 1
    if number > 999:
        raise DataError(f"{folder}: version 999 is the last one three digits can name; start another folder")
    return folder / f"train_{number:03d}.jsonl"


def version_number(path: Path) -> int | None:
    """The number in a version's file name, ``None`` where the name is not a version's."""
    match = _NAME.match(path.name)
    return int(match.group(1)) if match else None


def earlier(path: Path) -> list[Path]:
    """The versions beside ``path`` with a lower number: what a replay draws from."""
    number = version_number(path)
    return [] if number is None else [v.path for v in versions(path.parent) if v.number < number]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What ``run.json`` records of a data file. ``sha256`` is that of the bytes."""

    path: str
    sha256: str
    rows: int


def fingerprint(path: Path) -> Fingerprint:
    """Hash and row count. Raises ``DataError`` where the file cannot be read."""
    digest = hashlib.sha256()
    rows = 0
    try:
        with path.open("rb") as file:
            for line in file:
                digest.update(line)
                rows += bool(line.strip())
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror or error}); check the path given"
        ) from error
    return Fingerprint(str(path), digest.hexdigest(), rows)


def overlap(training: Iterable[Row], evaluation: Iterable[Row], forms: bool = False) -> list[str]:
    """The prompts of evaluation rows that stand in the training rows too, sorted: with the same canonical
    LaTeX, and with ``forms`` (slower) with anything that shows the same."""
    keys = keys_of if forms else lambda row: {key_of(row)}
    held_out = {key: row.prompt for row in evaluation for key in keys(row)}
    return sorted({held_out[key] for row in training for key in keys(row) if key in held_out})


def refuse_overlap(training: Path, evaluation: Path) -> None:
    """Raise ``DataError`` that names the first shared rows: a model must not be measured on what it saw."""
    shared = overlap(read_rows(training), read_rows(evaluation))
    if shared:
        shown = "; ".join(shared[:3])
        raise DataError(
            f"{training}: {len(shared)} rows of {evaluation.name} are in the training data ({shown}); "
            "delete them there"
        )
