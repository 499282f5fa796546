"""A row: one verified pair of LaTeX and Typst, and how it stands in a JSONL file.

    rows = list(read_rows(Path("jsonl/train_001.jsonl")))
    write_rows(Path("jsonl/train_002.jsonl"), rows)

In a file a formula keeps its delimiters, which say whether it is displayed: ``$x$`` or ``\\[x\\]``
(``\\begin{align}...`` as it stands), and ``$x$`` or ``$ x $`` in Typst. In a ``Row`` they are off, so
that nothing downstream parses them again. Blocks are whole texts on both sides. A text without delimiters
that can only be mathematics (``\\frac{a}{b}``, as the original project wrote its rows) is a formula within a
line.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from typlora.data.bare import is_mathematics
from typlora.data.delimiters import (
    BLOCK,
    FORMULA,
    unwrap_formula,
    unwrap_latex,
    unwrap_typst,
    wrap_latex,
    wrap_typst,
)
from typlora.data.formats import turns
from typlora.errors import DataError
from typlora.files import write_atomic

# A formula has about 30 bytes and a block a few hundred: a row of this size is a file pasted by accident,
# and no profile could train on it.
MAX_ROW_BYTES = 200_000
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # how Windows' shells begin a file they write

REFUSED = "refused"  # in ``meta``: the candidate that a row of the repair task shows (data/repairs.py)


@dataclass(frozen=True, slots=True)
class Row:
    """``latex`` and ``typst`` are a formula's insides (no delimiters), or whole blocks.

    ``meta`` holds what is known of the pair: ``kind``, ``macros``, ``source``, ``engine``, ``verdict``,
    ``constructs``; all optional. ``display`` is meaningful for formulas only.
    """

    latex: str
    typst: str
    display: bool = False
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """``formula`` unless ``meta`` says otherwise."""
        return str(self.meta.get("kind", FORMULA))

    @property
    def is_block(self) -> bool:
        """Whole text on both sides, whatever kind of block it is."""
        return self.kind != FORMULA

    @property
    def prompt(self) -> str:
        """The LaTeX as it stands in a file, with its delimiters."""
        return wrap_latex(self.latex, self.display) if self.kind == FORMULA else self.latex

    @property
    def completion(self) -> str:
        """The Typst as it stands in a file, with its delimiters."""
        return wrap_typst(self.typst, self.display) if self.kind == FORMULA else self.typst

    @property
    def digest(self) -> str:
        """Names the pair, whatever its format and ``meta``."""
        text = f"{self.prompt}\0{self.completion}"
        if REFUSED in self.meta:  # the second task asks another question about the same pair
            text += f"\0{self.meta[REFUSED]}"
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A line that cannot be used, or (``duplicate``) need not be."""

    file: str
    line: int
    reason: str
    duplicate: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: the row {self.reason}"


def parse_record(record: Any) -> Row:
    """One decoded JSON value as a row. Raises ``ValueError`` with the reason ("has an empty completion")."""
    if not isinstance(record, dict):
        split = "; write each row on a line of its own" if isinstance(record, list) else ""
        raise ValueError(f"is not a JSON object but {type(record).__name__}{split}")
    user, answer = turns(record)
    meta = record.get("meta") or {}
    if not isinstance(meta, dict):
        raise ValueError("has a 'meta' that is not an object")
    declared = meta.get("kind")
    if declared is not None and declared != FORMULA:
        return Row(user, answer, False, meta)
    latex, display, kind = unwrap_latex(user)
    if declared == FORMULA:
        # meta settles what the text alone leaves open: a dollar inside, or no delimiters at all.
        latex, display = unwrap_formula(user, bool(meta.get("display", False)))
    elif kind == BLOCK and not (is_mathematics(user) and "$" not in unwrap_typst(answer)):
        return Row(user, answer, False, {**meta, "kind": BLOCK})
    typst = unwrap_typst(answer)
    if not latex or not typst:
        raise ValueError("has an empty formula")
    return Row(latex, typst, display, meta)


def record_of(row: Row) -> dict[str, Any]:
    """The row in the current format."""
    record: dict[str, Any] = {
        "prompt": [{"role": "user", "content": row.prompt}],
        "completion": [{"role": "assistant", "content": row.completion}],
    }
    if row.meta:
        record["meta"] = dict(row.meta)
    return record


def line_of(row: Row) -> str:
    """The row as one line of JSON, without the newline."""
    return json.dumps(record_of(row), ensure_ascii=False, separators=(",", ":"))


def read_rows(path: Path, on_problem: Callable[[RowProblem], None] | None = None) -> Iterator[Row]:
    """Stream the rows of a JSONL file in any of the three formats; blank lines are skipped.

    Without ``on_problem`` the first bad line raises ``DataError`` (file:line and reason). With it every
    bad line is reported and skipped, and so is a row that repeats an earlier one; the reading goes on.
    A missing or empty file raises ``DataError`` either way.
    """
    return (row for _, row in numbered_rows(path, on_problem))


def numbered_rows(
    path: Path, on_problem: Callable[[RowProblem], None] | None = None
) -> Iterator[tuple[int, Row]]:
    """``read_rows`` with the line of each row, from 1."""
    seen: set[str] = set()
    empty = True
    for number, record, reason in _records(path):
        empty = False
        row: Row | None = None
        if not reason:
            try:
                row = parse_record(record)
            except ValueError as error:
                reason = str(error)
        if row is None:
            problem = RowProblem(str(path), number, reason)
            if on_problem is None:
                raise DataError(
                    f"{problem}; correct or delete this line (typlora data check lists all of them)"
                )
            on_problem(problem)
            continue
        if on_problem is not None:
            if row.digest in seen:
                on_problem(RowProblem(str(path), number, "repeats an earlier row", duplicate=True))
                continue
            seen.add(row.digest)
        yield number, row
    if empty:
        raise DataError(f"{path}: the file has no rows")


def write_rows(path: Path, rows: Iterable[Row]) -> int:
    """Write rows in the current format, whole or not at all; returns how many."""
    lines = [line_of(row) for row in rows]
    write_atomic(path, "".join(f"{line}\n" for line in lines))
    return len(lines)


def _records(path: Path) -> Iterator[tuple[int, Any, str]]:
    """Line number, decoded value, and the reason where there is none."""
    try:
        with path.open("rb") as file:
            for number, line in _lines(file):
                if len(line) > MAX_ROW_BYTES:
                    yield (
                        number,
                        None,
                        f"is longer than {MAX_ROW_BYTES:,} bytes; no model can be trained on it",
                    )
                    continue
                try:
                    text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
                except UnicodeDecodeError as error:
                    found = "is UTF-16" if line[:2] in _UTF_16 else f"is not UTF-8 (byte {error.start + 1})"
                    yield number, None, f"{found}; save the file as UTF-8"
                    continue
                if not text:
                    continue
                try:
                    yield number, json.loads(text), ""
                except (ValueError, RecursionError) as error:
                    where = (
                        f"column {error.colno}: {error.msg}"
                        if isinstance(error, json.JSONDecodeError)
                        else error
                    )
                    split = "; a row is one line" if text in {"{", "["} else ""
                    yield number, None, f"is not JSON ({where}){split}"
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror or error}); check the path given"
        ) from error


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Numbered lines; of one that is too long only the first bytes are kept, so that memory stays small."""
    number = 0
    while line := file.readline(MAX_ROW_BYTES + 1):
        number += 1
        if len(line) > MAX_ROW_BYTES:
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = file.readline(MAX_ROW_BYTES + 1)
        yield number, line
