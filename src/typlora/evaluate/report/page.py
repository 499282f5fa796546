"""The evaluation as one self-contained HTML page, made for choosing what to mend next.

Rows that the first converter loses come first, among them those that another converter does right. As in the
report of a conversion, data travel as JSON, are shown as text only, and pictures are rebuilt from a short
list of allowed elements.
"""

import os
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from typlora.convert.report.items import Item as Shown
from typlora.convert.report.items import Status
from typlora.convert.report.page import script_json
from typlora.convert.report.render import Compiler, Pictures, render
from typlora.evaluate.metrics import by_construct, change, measure
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
        "constructs": names,
        "rows": [_row(row, names, pictures) for row in rows],
    }
    return _page(pictures, data)


class _Row:
    """One item with what every converter made of it."""

    def __init__(self, suite: int, item: Item, results: Sequence[RowResult | None]) -> None:
        self.suite, self.item, self.results = suite, item, results
        self.states = [state(result) for result in results]

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Losses first; among them those that others do right; then disagreements of others."""
        others = self.states[1:]
        first = self.states[0]
        return (
            first,
            -sum(one == EQUAL for one in others),
            -sum(one < UNJUDGED for one in others),
            self.suite,
        )


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
        for item in suite.items:
            if item.id in results[0]:
                yield _Row(number, item, [one.get(item.id) for one in results])


def _by_id(evaluation: Evaluation, digest: str) -> dict[str, RowResult]:
    found = evaluation.suite(digest)
    return {} if found is None else {row.id: row for row in found.rows}


def _shown(rows: Sequence[_Row]) -> list[Shown]:
    """Formulas to render, in the order of the page."""
    return [
        Shown("formula", Status.PROVED, NOWHERE, "", result.typst, row.item.display)
        for row in rows
        for result in row.results
        if result is not None and result.compiles and not row.item.is_block
    ]


def _suite(report: Report, first: SuiteResult, folder: Path) -> dict[str, Any]:
    there = [(one.converter, one.suite(first.digest)) for one in report.evaluations]
    path = Path(first.path)
    try:
        link = quote(os.path.relpath(path.resolve(), folder.resolve()).replace(os.sep, "/"))
    except ValueError:  # another drive
        link = path.resolve().as_uri()
    return {
        "name": first.suite,
        "link": link,
        "rows": len(first.rows),
        "league": [_line(name, first, result) for name, result in there if result is not None],
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


def _page(pictures: Pictures, data: dict[str, Any]) -> str:
    """Fill the template; the look is that of the report of a conversion, taken from its page."""
    folder = resources.files("typlora.evaluate.report")
    look = resources.files("typlora.convert.report").joinpath("page.html").read_text("utf-8")
    style = look.partition("<style>")[2].partition("</style>")[0]
    glyphs = "".join(
        f'<symbol id="{name}" overflow="visible"><path d="{shape}"/></symbol>'
        for name, shape in pictures.glyphs.items()
    )
    page = folder.joinpath("page.html").read_text("utf-8")
    for mark, text in (("{{style}}", style), ("{{glyphs}}", glyphs), ("{{data}}", script_json(data))):
        head, found, tail = page.partition(mark)
        assert found, f"page.html lost its mark {mark}"
        page = head + text + tail
    return page


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + f"\n… {len(text) - LONGEST} more characters"
