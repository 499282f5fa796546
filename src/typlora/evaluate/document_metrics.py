"""Figures of whole documents, and which of them a second converter does better or worse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from typlora.evaluate.document_results import ASPECTS, DocumentRow, DocumentsResult
from typlora.evaluate.metrics import Share
from typlora.evaluate.significance import mcnemar, pooled_interval

SHOWN = ("words", "headings", "formulas", "shapes", "references", "figures")  # columns of the tables
COMPILES = "compiles"


@dataclass(frozen=True, slots=True)
class Kept:
    """``kept`` of ``total`` over all documents, with the 95 % bootstrap interval that draws documents."""

    kept: int
    total: int
    interval: tuple[float, float]

    @property
    def value(self) -> float | None:
        """0 to 1; ``None`` where the LaTeX has nothing of it."""
        return self.kept / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class DocumentMetrics:
    """``silent`` per thousand words of the LaTeX; ``seconds`` is a mean a document."""

    documents: int
    compiles: Share
    readable: int
    kept: Mapping[str, Kept]
    silent: float
    reports: int
    seconds: float


def measure_documents(rows: Sequence[DocumentRow]) -> DocumentMetrics:
    """The figures of some documents."""
    kept: dict[str, Kept] = {}
    for name in ASPECTS:
        pairs = [row.counts.get(name, (0, 0)) for row in rows]
        some = [pair for pair in pairs if pair[1]]
        kept[name] = Kept(sum(a for a, _ in some), sum(b for _, b in some), pooled_interval(some))
    words = sum(row.counts.get("words", (0, 0))[1] for row in rows if row.compiles)
    return DocumentMetrics(
        documents=len(rows),
        compiles=Share(sum(row.compiles for row in rows), len(rows)),
        readable=sum(row.readable for row in rows),
        kept=kept,
        silent=1000 * sum(row.silent for row in rows) / max(1, words),
        reports=sum(row.reports for row in rows),
        seconds=sum(row.seconds for row in rows) / max(1, len(rows)),
    )


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """Documents that the second converter does better or worse; ``p`` is the exact two-sided sign test's,
    which is McNemar's where documents are right or wrong."""

    better: tuple[str, ...]
    worse: tuple[str, ...]

    @property
    def p(self) -> float:
        """Chance of a difference so large between equals."""
        return mcnemar(len(self.better), len(self.worse))


def document_change(before: DocumentsResult, after: DocumentsResult, of: str = COMPILES) -> DocumentChange:
    """Compare document by document; ``of`` is ``compiles`` or one of ``ASPECTS``."""
    earlier = {row.id: row for row in before.rows}
    pairs = [(earlier[row.id], row) for row in after.rows if row.id in earlier]
    scored = [(new.id, _score(old, of), _score(new, of)) for old, new in pairs]
    return DocumentChange(
        tuple(name for name, old, new in scored if new > old),
        tuple(name for name, old, new in scored if new < old),
    )


def _score(row: DocumentRow, of: str) -> float:
    if of == COMPILES:
        return float(row.compiles)
    kept, total = row.counts.get(of, (0, 0))
    return kept / total if total else 1.0
