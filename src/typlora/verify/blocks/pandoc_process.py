"""Read many pieces of LaTeX with one pandoc process: 60 ms to start, then about a thousand blocks a second.

pandoc is GPL and only ever run as a program of its own. A piece that aborts costs only itself; one that
hangs or crashes the process is found by halving the batch.
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

SECONDS = 10.0  # for a batch, and as long again for every
CHARACTERS = 50_000  # of LaTeX, which take 2 s when nothing is wrong


@dataclass(frozen=True, slots=True)
class Reading:
    """What pandoc made of one piece. ``document`` is its JSON tree, ``raw`` the LaTeX it did not
    understand; ``error`` if it gave up."""

    document: dict[str, Any]
    raw: tuple[str, ...] = ()
    error: str = ""


@cache
def _command() -> tuple[str, ...]:
    import pypandoc

    return (pypandoc.get_pandoc_path(), "lua", "-")


def read_latex(pieces: Sequence[str]) -> list[Reading]:
    """One ``Reading`` for each piece, in order. Never raises for a bad piece."""
    if not pieces:
        return []
    # NUL and lone surrogates cannot be LaTeX; pandoc's decoder would give up on the whole batch.
    clean = [piece.replace("\x00", "").encode("utf-8", "replace").decode() for piece in pieces]
    answer = _run(clean, SECONDS * (1 + sum(map(len, clean)) / CHARACTERS))
    if answer is not None and len(answer) == len(clean):
        return answer
    if len(clean) == 1:
        return [Reading({}, error="pandoc crashed or took too long")]
    half = len(clean) // 2
    return read_latex(clean[:half]) + read_latex(clean[half:])


def _run(pieces: list[str], seconds: float) -> list[Reading] | None:
    script = (files("typlora.verify.blocks") / "read.lua").read_text(encoding="utf-8")
    # `pandoc lua -` would read the script from standard input, where the batch comes in: pass it with -e.
    command = [_command()[0], "lua", "-e", script]
    try:
        done = subprocess.run(
            command, input=json.dumps(pieces), capture_output=True, timeout=seconds, encoding="utf-8"
        )
    except (subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    if done.returncode != 0:
        return None
    return [_reading(json.loads(line)) for line in done.stdout.split("\n") if line.strip()]


def _reading(answer: dict[str, Any]) -> Reading:
    if "error" in answer:
        return Reading({}, error=" ".join(str(answer["error"]).split())[:200])
    return Reading(json.loads(answer["doc"]), tuple(map(str, answer["raw"] or ())))
