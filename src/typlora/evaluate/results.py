"""What came out of an evaluation, row by row, and the file it is kept in.

Every row's verdict is kept, so that a comparison never needs a second run.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from typlora.errors import DataError
from typlora.evaluate.document_results import DocumentsResult, documents_of
from typlora.files import write_atomic

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class RowResult:
    """One row through one converter.

    ``compiles``: Typst was proposed that compiles; LaTeX that we leave visible does too, but is no answer.
    ``outcome``: ``equal``, ``different`` or ``unknown``; ``reference``: whether the row can be compared at
    all. ``reported``: the converter said itself that something is wrong with this row, or gave nothing.
    ``exact`` and ``chrf`` (0 to 100) only where the row has a target. ``typst`` is the inside of ``$...$``.
    """

    id: str
    compiles: bool
    outcome: str
    reference: bool
    reported: bool
    seconds: float
    engine: str = ""
    typst: str = ""
    differences: tuple[str, ...] = ()
    exact: bool | None = None
    chrf: float | None = None

    @property
    def equal(self) -> bool:
        """Compiles and shows what the LaTeX shows."""
        return self.compiles and self.outcome == "equal"

    @property
    def silent(self) -> bool:
        """Wrong, and a person would not know: it compiles and nobody said a word."""
        return self.compiles and self.outcome == "different" and not self.reported


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """One converter on one suite. ``constructs`` are those of each row, by id."""

    suite: str
    path: str
    digest: str
    rows: tuple[RowResult, ...]
    constructs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One converter on all suites. ``fingerprint`` names everything that decides its output.

    ``documents``: its results on folders of whole documents.
    """

    converter: str
    version: str
    fingerprint: str
    suites: tuple[SuiteResult, ...]
    documents: tuple[DocumentsResult, ...] = ()

    def suite(self, digest: str) -> SuiteResult | None:
        """The result on the suite with this content."""
        return next((one for one in self.suites if one.digest == digest), None)

    def folder(self, digest: str) -> DocumentsResult | None:
        """The result on the documents with this content."""
        return next((one for one in self.documents if one.digest == digest), None)


@dataclass(frozen=True, slots=True)
class Report:
    """All converters of one run, the measured one first, and the versions of everything."""

    evaluations: tuple[Evaluation, ...]
    versions: Mapping[str, str]
    made: str = ""


def changed_suites(report: Report) -> list[str]:
    """A line for each suite that a kept result knows with other content: such rows are not compared."""

    def contents(one: Evaluation) -> dict[str, str]:
        found = {suite.suite: suite.digest for suite in one.suites}
        return {**found, **{folder.suite: folder.digest for folder in one.documents}}

    first = contents(report.evaluations[0])
    lines: list[str] = []
    for one in report.evaluations[1:]:
        there = contents(one)
        lines += [
            f"{one.converter} was measured on another content of {name}, and is not compared there; "
            "evaluate it again"
            for name, digest in first.items()
            if there.get(name, digest) != digest
        ]
    return lines


def write_report(path: Path, report: Report, figures: Sequence[Mapping[str, Any]] = ()) -> None:
    """One JSON object with all rows' verdicts; ``figures`` (``figures.report_figures``) are for programs."""
    record = {"schema": SCHEMA, "figures": list(figures), **asdict(report)}
    write_atomic(path, json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")


def read_report(path: Path) -> Report:
    """A report written before. Raises ``DataError`` where the file is none."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record.pop("schema") != SCHEMA:
            raise DataError(f"{path}: written by another version; run typlora evaluate again")
        evaluations = tuple(_evaluation(one) for one in record["evaluations"])
        return Report(evaluations, record["versions"], record["made"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: is no result of typlora evaluate --json ({error})") from error


def row_record(row: RowResult) -> dict[str, Any]:
    """A row as plain values."""
    return asdict(row)


def row_of(record: Mapping[str, Any]) -> RowResult:
    """A row from plain values."""
    return RowResult(**{**record, "differences": tuple(record["differences"])})


def _evaluation(record: Mapping[str, Any]) -> Evaluation:
    suites = tuple(
        SuiteResult(
            one["suite"],
            one["path"],
            one["digest"],
            tuple(row_of(row) for row in one["rows"]),
            {key: tuple(names) for key, names in one["constructs"].items()},
        )
        for one in record["suites"]
    )
    documents = tuple(documents_of(one) for one in record.get("documents", ()))
    return Evaluation(record["converter"], record["version"], record["fingerprint"], suites, documents)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_Row = TypeVar("_Row", bound=_Named)


class Journal(Generic[_Row]):
    """Rows of an evaluation that is running or was finished, by id; survives a stop at any moment.

    A journal's name is made of everything that decides its rows, so that one that exists is right, and
    evaluating again what has not changed costs nothing.
    """

    def __init__(
        self,
        path: Path | None,
        read: Callable[[Mapping[str, Any]], _Row],
        write: Callable[[_Row], dict[str, Any]],
    ) -> None:
        self._path = path
        self._write = write
        self.rows: dict[str, _Row] = {}
        if path is not None and path.is_file():
            self.rows = {row.id: row for row in _read_lines(path, read)}

    def add(self, rows: Sequence[_Row]) -> None:
        """Keep rows; a journal that cannot be written is an evaluation that cannot be resumed, no more."""
        self.rows.update((row.id, row) for row in rows)
        if self._path is None:
            return
        text = "".join(json.dumps(self._write(row), ensure_ascii=False) + "\n" for row in rows)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                # A line that was cut off by a stop must not swallow the next one.
                file.write((("\n" if file.tell() else "") + text).encode("utf-8", "replace"))
        except OSError:
            self._path = None


def _read_lines(path: Path, read: Callable[[Mapping[str, Any]], _Row]) -> Iterator[_Row]:
    try:
        with path.open("rb") as file:
            for line in file:
                try:
                    yield read(json.loads(line))
                except (ValueError, KeyError, TypeError):
                    continue
    except OSError:
        return
