"""A suite: the rows that converters are measured on, from any of the project's row formats.

    suite = read_suite(Path("jsonl/eval.jsonl"))

A row is a data row (LaTeX with its target Typst) or ``{"id", "latex", "display", "macros"}``, optionally
with ``typst`` (a target), ``source`` and ``constructs``. A folder is the suites in it, one a ``.jsonl`` file;
its documents (``documents.find_documents``) are suites of their own.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from typlora.data.constructs import constructs_of
from typlora.data.delimiters import FORMULA
from typlora.data.rows import MAX_ROW_BYTES, parse_record
from typlora.errors import DataError
from typlora.tex.unit import Span, Unit, UnitKind


@dataclass(frozen=True)
class Item:
    """One row of a suite. ``latex`` is as written, ``target`` the Typst it should become if known."""

    id: str
    latex: str
    display: bool = False
    macros: str = ""
    target: str | None = None
    source: str = ""
    line: int = 0
    is_block: bool = False

    @cached_property
    def unit(self) -> Unit:
        """The row as the verifier and our engines take it: macros expanded."""
        from typlora.tex.macros import expand_formula

        span = Span(self.source, self.line, 1, self.line, 1)
        if self.is_block:
            return Unit(UnitKind.RAW, self.latex, span, macros=self.macros)
        return Unit(UnitKind.FORMULA, expand_formula(self.latex, self.macros), span, self.display)

    @cached_property
    def constructs(self) -> tuple[str, ...]:
        """What of LaTeX the row uses, after macro expansion."""
        return constructs_of(self.unit.latex, self.is_block)


@dataclass(frozen=True, slots=True)
class Suite:
    """``digest`` names the rows' content; ``size`` is the number of rows before a limit."""

    name: str
    path: str
    items: tuple[Item, ...]
    digest: str
    size: int

    def limited(self, most: int | None) -> "Suite":
        """At most ``most`` rows, taken evenly from the whole suite: files are often sorted by source."""
        if most is None or most >= len(self.items):
            return self
        step = len(self.items) / most
        return replace(self, items=tuple(self.items[int(index * step)] for index in range(most)))


def find_suites(paths: Sequence[Path]) -> list[Suite]:
    """The suites of files and folders. Raises ``DataError`` (file:line) for what is none, or has no rows."""
    suites: list[Suite] = []
    for path in paths:
        if path.is_dir():
            files = sorted(path.glob("*.jsonl"))
            if not files and not any(path.glob("*/main.tex")):
                raise DataError(
                    f"{path}: neither a .jsonl file nor a folder with a main.tex in this folder; "
                    "give a suite file or a folder of documents"
                )
            suites.extend(read_suite(file) for file in files)
        else:
            suites.append(read_suite(path))
    return suites


def read_suite(path: Path) -> Suite:
    """Read one file. Raises ``DataError`` for the first line that is no row: figures need every row."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}); check --suite") from error
    items = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            items.append(_item(line, number))
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}:{number}: the row {error}; correct or delete this line") from error
    if not items:
        raise DataError(f"{path}: the file has no rows")
    return Suite(path.stem, str(path), tuple(_distinct(items)), _digest(items), len(items))


def _item(line: bytes, number: int) -> Item:
    if len(line) > MAX_ROW_BYTES:
        raise ValueError(f"is longer than {MAX_ROW_BYTES:,} bytes")
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError("is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON ({error.msg})") from error
    if isinstance(record, dict) and isinstance(record.get("latex"), str):
        return _plain(record, number)
    row = parse_record(record)
    return Item(
        id=str(row.meta.get("id") or f"line{number}"),
        latex=row.latex,
        display=row.display,
        macros=_text(row.meta.get("macros")),
        target=row.typst,
        source=_text(row.meta.get("source")),
        line=number,
        is_block=row.is_block,
    )


def _plain(record: dict[str, Any], number: int) -> Item:
    if not isinstance(record.get("display"), bool | None):
        raise ValueError("has a 'display' that is neither true nor false")
    kind = record.get("kind")
    return Item(
        id=str(record.get("id") or f"line{number}"),
        latex=record["latex"],
        display=bool(record.get("display")),
        macros=_text(record.get("macros")),
        target=record["typst"] if isinstance(record.get("typst"), str) else None,
        source=_text(record.get("source")),
        line=number,
        is_block=kind is not None and kind != FORMULA,
    )


def _text(value: object) -> str:
    """Macros may stand as one text or as a list of definitions."""
    if isinstance(value, list):
        return "\n".join(str(part) for part in value)
    return value if isinstance(value, str) else ""


def _distinct(items: Sequence[Item]) -> Iterable[Item]:
    """The items with ids that are all different: results are found again by id."""
    seen: dict[str, int] = {}
    for item in items:
        seen[item.id] = seen.get(item.id, 0) + 1
        yield item if seen[item.id] == 1 else replace(item, id=f"{item.id}#{seen[item.id]}")


def _digest(items: Sequence[Item]) -> str:
    digest = hashlib.sha256()
    for item in items:
        parts = (item.id, item.latex, item.display, item.macros, item.target, item.is_block)
        digest.update(json.dumps(parts, ensure_ascii=True).encode() + b"\n")
    return digest.hexdigest()[:16]
