"""The evaluation as one self-contained HTML page, made for choosing what to mend next.

Rows that the first converter loses come first, among them those that another converter does right. As in the
report of a conversion, data travel as JSON, are shown as text only, and pictures are rebuilt from a short
list of allowed elements.
"""

from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from typlora.convert.report.items import Item as Shown
from typlora.convert.report.items import Status
from typlora.convert.report.render import Compiler, Pictures, render
from typlora.convert.report.template import fill, link_to
from typlora.evaluate.document_metrics import document_change, measure_documents
from typlora.evaluate.document_results import DocumentsResult
from typlora.evaluate.metrics import by_construct, by_engine, by_model_alone, change, measure
from typlora.evaluate.results import Evaluation, Report, RowResult, SuiteResult
from typlora.evaluate.suites import Item, Suite
from typlora.tex.unit import NOWHERE

LONGEST = 2000  # characters of LaTeX or Typst shown of one row; the whole is in the suite and the JSON
WRONG, UNJUDGED, EQUAL = 0, 2, 3
_STATES = ("broken", "different", "unjudged", "equal")


def to_html(report: Report, suites: Sequence[Suite], pool: Compiler | None, folder: Path) -> str:
    """The page. ``folder`` is where it will stand, for links to the suites; without a pool no pictures."""
    rows = sorted(_rows(report, suites), key=lambda row: row.rank)
    pictures = render(_shown(rows), pool) if pool is not None else Pictures()
    names = sorted({name for row in rows for name in row.item.constructs})
    data = {
        "made": report.made,
        "versions": dict(report.versions),
        "converters": [one.converter for one in report.evaluations],
        "suites": [_suite(report, one, folder) for one in report.evaluations[0].suites],
        "folders": [_folder(report, one) for one in report.evaluations[0].documents],
        "constructs": names,
        "rows": [_row(row, names, pictures) for row in rows],
    }
    template = resources.files("typlora.evaluate.report").joinpath("page.html").read_text("utf-8")
    return fill(template, data, pictures.glyphs)


class _Row:
    """One item with what every converter made of it."""

    def __init__(
        self, suite: int, item: Item, results: Sequence[RowResult | None], model_alone: bool = False
    ) -> None:
        self.suite, self.item, self.results, self.model_alone = suite, item, results, model_alone
        self.states = [state(result) for result in results]

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Losses first; among them those that others do right; then disagreements of others."""
        first, others = self.states[0], self.states[1:]
        right, wrong = sum(one == EQUAL for one in others), sum(one < UNJUDGED for one in others)
        return (first, 0 if first == EQUAL else -right, -wrong, self.suite)


def state(result: RowResult | None) -> int:
    """Index into ``_STATES``, worst first."""
    if result is None:
        return UNJUDGED
    if not result.compiles:
        return WRONG
    if not result.reference:
        return UNJUDGED
    return EQUAL if result.equal else WRONG + 1


def _rows(report: Report, suites: Sequence[Suite]) -> Iterator[_Row]:
    for number, suite in enumerate(suites):
        results = [_by_id(one, suite.digest) for one in report.evaluations]
        alone = {row.id for row in by_model_alone(list(results[0].values()))}
        for item in suite.items:
            if item.id in results[0]:
                yield _Row(number, item, [one.get(item.id) for one in results], item.id in alone)


def _by_id(evaluation: Evaluation, digest: str) -> dict[str, RowResult]:
    found = evaluation.suite(digest)
    return {} if found is None else {row.id: row for row in found.rows}


def _shown(rows: Sequence[_Row]) -> list[Shown]:
    """Formulas to render, in the order of the page; the target beside what is not equal to the LaTeX."""
    found: list[Shown] = []
    for row in rows:
        if row.item.is_block:
            continue
        typst = [one.typst for one in row.results if one is not None and one.compiles]
        if row.states[0] < EQUAL and row.item.target:
            typst.append(row.item.target)
        found += [Shown("formula", Status.PROVED, NOWHERE, "", one, row.item.display) for one in typst]
    return found


def _suite(report: Report, first: SuiteResult, folder: Path) -> dict[str, Any]:
    there = [(one.converter, one.suite(first.digest)) for one in report.evaluations]
    solved = [[name, one.equal, one.answered] for name, one in by_engine(first.rows).items()]
    return {
        "name": first.suite,
        "link": link_to(Path(first.path), folder),
        "solved": solved if len(solved) > 1 and first.rows[0].engine else [],
        "rows": len(first.rows),
        "league": [_line(name, first, result) for name, result in there if result is not None],
    }


def _folder(report: Report, first: DocumentsResult) -> dict[str, Any]:
    """Whole documents: the league, and what the first converter misses in each."""
    found = [(one.converter, one.folder(first.digest)) for one in report.evaluations]
    there = [(name, one) for name, one in found if one is not None and one.rows]
    rows = sorted(first.rows, key=lambda row: (row.compiles, -row.silent, -len(row.missing)))
    return {
        "name": first.suite,
        "size": len(first.rows),
        "league": [_documents_line(name, first, result) for name, result in there],
        "documents": [
            {
                "name": row.id,
                "compiles": row.compiles,
                "error": row.error,
                "counts": {name: list(pair) for name, pair in row.counts.items()},
                "silent": row.silent,
                "missing": [_cut(text) for text in row.missing],
            }
            for row in rows
        ],
    }


def _documents_line(name: str, first: DocumentsResult, result: DocumentsResult) -> dict[str, Any]:
    figures = measure_documents(result.rows)
    return {
        "name": name,
        "documents": figures.documents,
        "compiles": figures.compiles.count,
        "readable": figures.readable,
        "kept": {name: [one.value, *one.interval] for name, one in figures.kept.items()},
        "silent": figures.silent,
        "reports": figures.reports,
        "seconds": figures.seconds,
        "p": document_change(first, result).p,
        "pf": document_change(first, result, "formulas").p,
    }


def _line(name: str, first: SuiteResult, result: SuiteResult) -> dict[str, Any]:
    figures = measure(result.rows)
    versus = change(first, result)
    low, high = figures.equal.interval
    constructs = {
        key: [one.equal.count, one.equal.total]
        for key, one in by_construct(result).items()
        if one.equal.total
    }
    return {
        "name": name,
        "rows": figures.rows,
        "compiles": figures.compiles.value,
        "equal": figures.equal.value,
        "low": low,
        "high": high,
        "judged": figures.equal.total,
        "silent": figures.silent.value,
        "reported": figures.reported.value,
        "exact": figures.exact.value,
        "chrf": figures.chrf,
        "ms": 1000 * figures.seconds,
        "fixed": len(versus.fixed),
        "broken": len(versus.broken),
        "p": versus.p,
        "constructs": constructs,
    }


def _row(row: _Row, names: Sequence[str], pictures: Pictures) -> dict[str, Any]:
    """Short keys: a page has thousands of these."""
    places = {name: place for place, name in enumerate(names)}
    found = {
        "u": row.suite,
        "i": row.item.id,
        "l": row.item.line,
        "o": row.item.source,
        "x": _cut(row.item.latex),
        "m": _cut(row.item.macros),
        "b": row.item.is_block,
        "d": row.item.display,
        "g": _cut(row.item.target or ""),
        "h": pictures.svg.get((row.item.target or "", row.item.display), "") if row.states[0] < EQUAL else "",
        "w": row.model_alone,
        "k": [places[name] for name in row.item.constructs],
        "r": [
            _result(result, one, row.item, pictures)
            for result, one in zip(row.results, row.states, strict=True)
        ],
    }
    return {key: value for key, value in found.items() if value or key in "ul"}


def _result(result: RowResult | None, one: int, item: Item, pictures: Pictures) -> dict[str, Any]:
    if result is None:
        return {"s": one}
    found = {
        "s": one,
        "t": _cut(result.typst),
        "v": [_cut(text) for text in result.differences] if one < EQUAL else [],
        "e": result.engine,
        "q": result.silent,
        "p": pictures.svg.get((result.typst, item.display), "") if not item.is_block else "",
    }
    return {key: value for key, value in found.items() if key == "s" or value}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + f"\n… {len(text) - LONGEST} more characters"
