"""Where LaTeX for pairs comes from: rows of formulas, or LaTeX projects.

    read_corpus([Path("corpus/"), Path("thesis/main.tex")])

A row is ``{"latex", "display", "macros"?, "source"?}``; a folder stands for its ``*.jsonl`` files where
it has any, else it is read as a LaTeX project. A source is named ``origin:place``: the origin (a
repository, a project) is what is kept together when rows are held out.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from typlora.data.rows import MAX_ROW_BYTES
from typlora.errors import DataError, InputError


@dataclass(frozen=True, slots=True)
class Given:
    """LaTeX of one formula (or ``block``) as its author wrote it; ``macros`` are the definitions it needs."""

    latex: str
    display: bool
    macros: str = ""
    source: str = ""
    block: bool = False

    @property
    def origin(self) -> str:
        """The source without the place in it."""
        return self.source.partition(":")[0]


def corpus_files(paths: Sequence[Path]) -> list[Path]:
    """The files and projects behind ``paths``, in a fixed order. ``DataError`` where one is missing."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            rows = sorted(path.glob("*.jsonl"))
            found += rows or [path]
        elif path.is_file():
            found.append(path)
        else:
            raise DataError(f"{path}: there is no such corpus; give a .jsonl file, a .tex file or a folder")
    if not found:
        raise DataError("no corpus was given; name .jsonl files, .tex files or folders after --corpus")
    return found


def read_corpus(paths: Sequence[Path], blocks: bool = False) -> Iterator[Given]:
    """Every formula of every file, in order, and with ``blocks`` the blocks of projects too.

    Raises ``DataError`` (file:line) for a row that is wrong.
    """
    for path in corpus_files(paths):
        yield from _rows(path) if path.suffix == ".jsonl" else _project(path, blocks)


def _rows(path: Path) -> Iterator[Given]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                yield _given(line, path, number)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from error


def _given(line: bytes, path: Path, number: int) -> Given:
    where = f"{path}:{number}"
    if len(line) > MAX_ROW_BYTES:
        raise DataError(f"{where}: the row is longer than {MAX_ROW_BYTES:,} bytes; delete it")
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: the row is not JSON ({error}); correct or delete it") from None
    if not isinstance(record, dict) or not isinstance(record.get("latex"), str):
        raise DataError(
            f'{where}: the row has no \'latex\'; a corpus row is {{"latex", "display", "macros"}}'
        )
    macros = record.get("macros") or ""
    if not isinstance(macros, str):
        raise DataError(f"{where}: 'macros' must be text, the LaTeX definitions line by line")
    source = str(record.get("source") or path.stem)
    return Given(record["latex"], bool(record.get("display", False)), macros, source)


def _project(path: Path, blocks: bool) -> Iterator[Given]:
    """The formulas (and blocks) of a LaTeX project, macros expanded, each named by where it stands."""
    from typlora.convert.draft import draft
    from typlora.tex.project import read_project

    try:
        found = draft(read_project(path))
    except InputError as error:
        raise DataError(str(error)) from error
    origin = path.name if path.is_dir() else (path.parent.name or path.stem)
    for unit in found.formulas:
        yield Given(unit.latex, unit.display, unit.macros, f"{origin}:{unit.span.file}")
    for block in found.blocks if blocks else ():
        yield Given(block.unit.latex.strip(), False, "", f"{origin}:{block.unit.span.file}", True)
