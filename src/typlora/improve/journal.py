"""Answers of a stage, one line each: what a stop leaves is used again, and a line cut short is not."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from typlora.errors import InputError


@dataclass(frozen=True, slots=True)
class Answer:
    """For unit ``index``: the Typst, who proposed it, and whether it is proved."""

    index: int
    typst: str = ""
    engine: str = ""
    proved: bool = False


def answered(
    path: Path,
    indices: Sequence[int],
    batch: int,
    work: Callable[[Sequence[int]], list[Answer]],
    progress: Callable[[int, int], None] | None = None,
) -> dict[int, Answer]:
    """``work`` on all ``indices`` that are not in ``path`` yet, kept there batch by batch."""
    found = {answer.index: answer for answer in _read(path)}
    waiting = [index for index in indices if index not in found]
    for start in range(0, len(waiting), batch):
        answers = work(waiting[start : start + batch])
        _append(path, answers)
        found.update((answer.index, answer) for answer in answers)
        if progress is not None:
            progress(len(indices) - len(waiting) + min(len(waiting), start + batch), len(indices))
    return {index: found[index] for index in indices}


def _read(path: Path) -> list[Answer]:
    if not path.is_file():
        return []
    answers = []
    for line in path.read_bytes().split(b"\n"):
        try:
            answers.append(Answer(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return answers


def _append(path: Path, answers: Sequence[Answer]) -> None:
    text = "".join(json.dumps(asdict(answer), ensure_ascii=True) + "\n" for answer in answers)
    try:
        with path.open("ab") as file:
            # A line that was cut off by a stop must not swallow the next one.
            file.write((("\n" if file.tell() else "") + text).encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error.strerror or error}; free the disk and go on"
        ) from error
