"""Rows of formulas: JSONL in, JSONL out, any size, and safe to interrupt.

A row in: ``{"id", "latex", "display", "macros"}`` (only ``latex`` is needed; other keys are kept). A row
out has in addition ``typst``, ``verdict`` (``equal``, ``different``, ``unknown``), ``engine``,
``seconds``, and ``note`` where something is to be said.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO

from typlora.convert.cascade import Cascade
from typlora.convert.conversion import Conversion
from typlora.convert.settling import keep
from typlora.convert.stack import Options, open_cascade
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.pool import Failure, WorkerPool

Row = dict[str, Any]
CHUNK = 256  # rows a worker answers at once: enough for pandoc's start, few enough to lose little
SECONDS_START, SECONDS_ROW = 15.0, 0.1  # limit of a chunk; measured: 0.004 s a row
_LONGEST_LINE = 16 * 1024 * 1024  # bytes; a longer line is no formula


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that is no row of a formula; ``reason`` says why."""

    line: int
    reason: str


def read_rows(stream: BinaryIO) -> Iterator[Row | BadRow]:
    """The rows of a JSONL stream, blank lines passed over; bad lines are told, never raised."""
    number = 0
    while line := stream.readline(_LONGEST_LINE + 1):
        number += 1
        if len(line) > _LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(_LONGEST_LINE)
            yield BadRow(number, f"longer than {_LONGEST_LINE // 1024 // 1024} MiB")
        elif line.strip():
            yield _row(number, line)


def _row(number: int, line: bytes) -> Row | BadRow:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return BadRow(number, f"not UTF-8 (byte {error.start + 1})")
    except (ValueError, RecursionError) as error:
        return BadRow(number, f"not JSON ({error})")
    if not isinstance(row, dict):
        return BadRow(number, f"a JSON object is needed, not {type(row).__name__}")
    if not isinstance(row.get("latex"), str):
        return BadRow(number, "'latex' must be there and be text")
    if not isinstance(row.get("display"), bool | None):
        return BadRow(number, "'display' must be true or false")
    if not isinstance(row.get("macros"), str | None):
        return BadRow(number, "'macros' must be text")
    return row


def unit_of(row: Row) -> Unit:
    """The row's formula with its macros expanded."""
    from typlora.tex.macros import expand_formula

    latex, macros = str(row["latex"]), str(row.get("macros") or "")
    return Unit(UnitKind.FORMULA, expand_formula(latex, macros), display=bool(row.get("display")))


def answer(row: Row, conversion: Conversion) -> Row:
    """The row with what became of it."""
    told = {
        "typst": conversion.typst,
        "verdict": str(conversion.verdict.outcome),
        "engine": conversion.provenance,
        "seconds": round(conversion.seconds, 5),
        **({"note": conversion.note} if conversion.note else {}),
    }
    return {**{key: value for key, value in row.items() if key != "note"}, **told}


def convert_rows(rows: Sequence[Row], cascade: Cascade) -> list[Row]:
    """The rows with ``typst``, ``verdict``, ``engine`` and ``seconds``."""
    conversions = cascade.convert([unit_of(row) for row in rows])
    return [answer(row, conversion) for row, conversion in zip(rows, conversions, strict=True)]


@lru_cache(maxsize=1)
def _cascade(options: Options) -> Cascade:
    return open_cascade(options)


def convert_chunk(item: tuple[Options, Sequence[Row]]) -> list[Row]:
    """``convert_rows`` in a worker process with engines and a verifier of its own, opened once."""
    options, rows = item
    return convert_rows(rows, _cascade(options))


def convert_stream(rows: Iterable[Row], options: Options, pool: WorkerPool) -> Iterator[list[Row]]:
    """Answers in order, a chunk at a time; constant memory for any number of rows.

    Proposing and verifying both happen in the pool's workers, so the parent only reads and writes. A
    chunk on which a worker dies is halved until the row at fault stands alone; that row keeps its LaTeX.
    """
    waiting: list[Sequence[Row]] = []  # as many as the pool reads ahead

    def hand_out() -> Iterator[tuple[Options, Sequence[Row]]]:
        for chunk in chunks(rows):
            waiting.append(chunk)
            yield options, chunk

    limit = SECONDS_START + CHUNK * SECONDS_ROW
    for result in pool.map("typlora.convert.rows:convert_chunk", hand_out(), limit):
        chunk = waiting.pop(0)
        yield _halved(chunk, result.message, options, pool) if isinstance(result, Failure) else result


def _halved(rows: Sequence[Row], reason: str, options: Options, pool: WorkerPool) -> list[Row]:
    if len(rows) == 1:
        unit = Unit(UnitKind.FORMULA, rows[0]["latex"], display=bool(rows[0].get("display")))
        return [answer(rows[0], keep(unit, f"given up: {reason}"))]
    out: list[Row] = []
    for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
        seconds = SECONDS_START + len(half) * SECONDS_ROW
        result = pool.run("typlora.convert.rows:convert_chunk", (options, half), seconds)
        out.extend(_halved(half, result.message, options, pool) if isinstance(result, Failure) else result)
    return out


def chunks(rows: Iterable[Row], size: int = CHUNK) -> Iterator[list[Row]]:
    """Lists of at most ``size`` rows."""
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some
