"""All figures of a report as plain values, for programs that read ``typlora evaluate --json``."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from typlora.evaluate.document_metrics import document_change, measure_documents
from typlora.evaluate.metrics import (
    Share,
    by_engine,
    by_model_alone,
    change,
    chrf_interval,
    measure,
)
from typlora.evaluate.results import Evaluation, Report, RowResult, SuiteResult


def report_figures(report: Report) -> list[dict[str, Any]]:
    """One object a converter: figures a suite, in all and by construct, and those of documents.

    Shares are ``{"count", "total", "interval"}``, intervals 95 %; ``against_first`` compares with the first
    converter (McNemar's exact p).
    """
    first = report.evaluations[0]
    return [
        {
            "converter": one.converter,
            "suites": [_suite(first, suite) for suite in one.suites],
            "documents": [_documents(first, one, folder.digest) for folder in one.documents if folder.rows],
        }
        for one in report.evaluations
    ]


def _suite(first: Evaluation, result: SuiteResult) -> dict[str, Any]:
    groups: dict[str, list[RowResult]] = {}
    for row in result.rows:
        for name in result.constructs.get(row.id, ()):
            groups.setdefault(name, []).append(row)
    found = {
        "suite": result.suite,
        **_figures(result.rows),
        "engines": {name: asdict(part) for name, part in by_engine(result.rows).items()},
        "model_alone": [row.id for row in by_model_alone(result.rows)],
        "constructs": {name: _figures(groups[name], intervals=False) for name in sorted(groups)},
    }
    if (base := first.suite(result.digest)) is not None and base is not result:
        versus = change(base, result)
        found["against_first"] = {"fixed": versus.fixed, "broken": versus.broken, "p": versus.p}
    return found


def _figures(rows: Sequence[RowResult], *, intervals: bool = True) -> dict[str, Any]:
    one = measure(rows)
    found: dict[str, Any] = {"rows": one.rows, "unjudged": one.unjudged, "seconds": round(one.seconds, 6)}
    for name in ("compiles", "equal", "silent", "reported", "exact"):
        share: Share = getattr(one, name)
        if share.total:
            interval = [round(bound, 5) for bound in share.interval]
            found[name] = {"count": share.count, "total": share.total, "interval": interval}
    if one.chrf is not None:
        found["chrf"] = {"mean": round(one.chrf, 2)}
        if intervals:  # a bootstrap that is drawn: too slow for a hundred constructs
            found["chrf"]["interval"] = [round(bound, 2) for bound in chrf_interval(rows)]
    return found


def _documents(first: Evaluation, one: Evaluation, digest: str) -> dict[str, Any]:
    result, base = one.folder(digest), first.folder(digest)
    assert result is not None
    figures = measure_documents(result.rows)
    found: dict[str, Any] = {
        "suite": result.suite,
        "documents": figures.documents,
        "compiles": {"count": figures.compiles.count, "interval": list(figures.compiles.interval)},
        "readable": figures.readable,
        "kept": {name: asdict(kept) for name, kept in figures.kept.items() if kept.total},
        "silent": round(figures.silent, 3),
        "reported": figures.reports,
        "seconds": round(figures.seconds, 4),
    }
    if base is not None and base is not result:
        found["against_first"] = {
            name: asdict(document_change(base, result, name)) | {"p": document_change(base, result, name).p}
            for name in ("compiles", "words", "formulas")
        }
    return found
