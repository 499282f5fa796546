"""What came out of whole documents, document by document, as it is kept in files."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

# The order in which they are shown. Shapes: rows, columns and spans of tables; tables: their cells as well.
ASPECTS = (
    "words", "headings", "formulas", "shapes", "tables", "references", "citations", "figures",
    "captions", "footnotes", "lists",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document through one converter.

    ``counts``: kept and total by aspect, total as the LaTeX has it; where the output cannot be read nothing
    is kept. ``silent``: words, formulas and figures that are missing in an output that compiles and that no
    report of the converter names. ``reports``: how much it reported. ``solved``: proved formulas by engine.
    """

    id: str
    compiles: bool
    readable: bool
    counts: Mapping[str, tuple[int, int]]
    silent: int
    reports: int
    seconds: float
    solved: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class DocumentsResult:
    """One converter on one folder of documents."""

    suite: str
    path: str
    digest: str
    rows: tuple[DocumentRow, ...]


def document_record(row: DocumentRow) -> dict[str, Any]:
    """A document's row as plain values."""
    return asdict(row)


def document_of(record: Mapping[str, Any]) -> DocumentRow:
    """A document's row from plain values."""
    counts = {name: (int(kept), int(total)) for name, (kept, total) in record["counts"].items()}
    return DocumentRow(**{**record, "counts": counts, "missing": tuple(record["missing"])})


def documents_of(record: Mapping[str, Any]) -> DocumentsResult:
    """A folder's result from plain values."""
    rows = tuple(document_of(row) for row in record["rows"])
    return DocumentsResult(record["suite"], record["path"], record["digest"], rows)
