"""The league table in the terminal."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from typlora.evaluate.document_metrics import SHOWN as ASPECTS
from typlora.evaluate.document_metrics import Kept, document_change, measure_documents
from typlora.evaluate.document_results import DocumentsResult
from typlora.evaluate.metrics import (
    Change,
    Metrics,
    Share,
    by_construct,
    by_engine,
    by_model_alone,
    change,
    constructs_by_loss,
    measure,
)
from typlora.evaluate.results import Evaluation, Report, SuiteResult

SHOWN = 12  # constructs and rows named in the terminal; all of them are in the JSON and the page


def show(report: Report, console: Any) -> None:
    """Print a table a suite, the constructs that lose most rows, and the versions."""
    first = report.evaluations[0]
    for suite in first.suites:
        results = [(one, one.suite(suite.digest)) for one in report.evaluations]
        there = [(one, result) for one, result in results if result is not None]
        console.print(_league(suite, there))
        console.print(_legend(suite), style="dim", soft_wrap=True)
        console.print()
        if (table := _constructs(there)) is not None:
            console.print(table)
            console.print()
        for line in engine_lines(there):
            console.print(line, markup=False, soft_wrap=True)
    for folder in first.documents:
        found = [(one, one.folder(folder.digest)) for one in report.evaluations]
        console.print(_documents(folder, [(one, result) for one, result in found if result is not None]))
        console.print(DOCUMENTS_LEGEND, style="dim", soft_wrap=True)
        for line in solved_lines([(one, result) for one, result in found if result is not None]):
            console.print(line, markup=False, soft_wrap=True)
        console.print()
    told = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    console.print(f"versions: {told}", style="dim", soft_wrap=True)


DOCUMENTS_LEGEND = (
    "per cent of what the LaTeX has by pandoc's reading of it, all documents together; nothing is kept where "
    "an output cannot be read. shapes: tables with the right rows, columns, spans. references: to labels "
    "that exist. silent: words, formulas, figures missing without a report, a thousand words, in documents "
    "that compile. In brackets: 95 % bootstrap that draws documents. p: sign test against the first line"
)


def engine_lines(results: Sequence[tuple[Evaluation, SuiteResult]]) -> list[str]:
    """Which engine of a cascade solved how much, and the rows that only its model solved."""
    lines: list[str] = []
    for evaluation, result in results:
        engines = by_engine(result.rows)
        if len(engines) < 2 or not evaluation.converter.startswith("typlora"):
            continue
        parts = ", ".join(f"{name} {one.equal} of {one.answered}" for name, one in engines.items())
        lines.append(f"{evaluation.converter}, equal of answered: {parts}")
        alone = by_model_alone(result.rows)
        if any(one.engine for one in alone):
            lines.append(f"solved by the model alone: {len(alone)} rows")
            lines += [f"  {row.id}  {' '.join(row.typst.split())[:110]}" for row in alone[:SHOWN]]
            if len(alone) > SHOWN:
                lines.append(f"  ... and {len(alone) - SHOWN} more, all of them in --json and --html")
        lines.append("")
    return lines


def solved_lines(results: Sequence[tuple[Evaluation, DocumentsResult]]) -> list[str]:
    """Which engine of a cascade proved how many formulas of the documents."""
    lines: list[str] = []
    for evaluation, result in results:
        solved: Counter[str] = Counter()
        for row in result.rows:
            solved.update(row.solved)
        parts = ", ".join(f"{name} {count:,}" for name, count in solved.most_common() if name)
        if parts:
            lines.append(f"{evaluation.converter}, formulas proved in them: {parts}")
    return lines


def _documents(folder: DocumentsResult, results: Sequence[tuple[Evaluation, DocumentsResult]]) -> Any:
    from rich.table import Table

    table = Table(
        box=None, pad_edge=False, header_style="bold", title=f"{folder.suite}: {len(folder.rows)} documents"
    )
    table.title_justify = "left"
    table.add_column("converter", overflow="fold")
    for name in ("compile", "readable", *ASPECTS, "silent", "reported", "s each", "p compile", "p formulas"):
        table.add_column(name, justify="right")
    base = results[0][1]
    for evaluation, result in results:
        if not result.rows:
            continue  # formulas only
        figures = measure_documents(result.rows)
        cells = [f"{figures.compiles.count} of {figures.compiles.total}", str(figures.readable)]
        cells += [_kept(figures.kept[name]) for name in ASPECTS]
        cells += [f"{figures.silent:.1f}", str(figures.reports), f"{figures.seconds:.2f}"]
        if result is not base:
            cells += [f"{document_change(base, result, of).p:.2g}" for of in ("compiles", "formulas")]
        table.add_row(evaluation.converter, *cells)
    return table


def _kept(one: Kept) -> str:
    if one.value is None:
        return "-"
    low, high = one.interval
    return f"{int(1000 * one.value) / 10:.1f} ({100 * low:.0f}-{100 * high:.0f})"


def _league(suite: SuiteResult, results: Sequence[tuple[Evaluation, SuiteResult]]) -> Any:
    from rich.table import Table

    table = Table(
        box=None, pad_edge=False, header_style="bold", title=f"{suite.suite}: {len(suite.rows)} rows"
    )
    table.title_justify = "left"
    table.add_column("converter", overflow="fold")
    table.add_column("rows", justify="right")
    for name in (
        "compiles %",
        "equal %",
        "95 %",
        "silent %",
        "reported %",
        "exact %",
        "chrF",
        "ms/row",
        "fixes",
        "breaks",
        "p",
    ):
        table.add_column(name, justify="right")
    base = results[0][1]
    for evaluation, result in results:
        figures = measure(result.rows)
        versus = ["", "", ""] if result is base else _versus(change(base, result))
        table.add_row(evaluation.converter, str(figures.rows), *_cells(figures), *versus)
    return table


def _cells(figures: Metrics) -> list[str]:
    low, high = figures.equal.interval
    return [
        percent(figures.compiles),
        percent(figures.equal),
        f"{100 * low:.1f}-{100 * high:.1f}",
        percent(figures.silent),
        percent(figures.reported),
        percent(figures.exact),
        "-" if figures.chrf is None else f"{figures.chrf:.1f}",
        f"{1000 * figures.seconds:.2f}",
    ]


def percent(share: Share) -> str:
    """``98.5``, cut and not rounded, so that 100.0 means all; ``-`` where there is nothing to count."""
    if not share.total:
        return "-"
    return f"{int(1000 * share.count / share.total) / 10:.1f}"


def _versus(found: Change) -> list[str]:
    return [str(len(found.fixed)), str(len(found.broken)), f"{found.p:.2g}"]


def _legend(suite: SuiteResult) -> str:
    unjudged = sum(not row.reference for row in suite.rows)
    return (
        f"equal: of {len(suite.rows) - unjudged} rows that have a reference, {unjudged} have none. "
        "silent: wrong, compiles, and not reported; reported: by the converter itself. "
        "fixes, breaks: rows against the first line, "
        "p by McNemar's exact test"
    )


def _constructs(results: Sequence[tuple[Evaluation, SuiteResult]]) -> Any:
    """Per cent equal of the constructs in which the first converter loses most rows."""
    from rich.table import Table

    found = [by_construct(result) for _, result in results]
    worst = constructs_by_loss(found[0])[:SHOWN]
    if not worst:
        return None
    table = Table(
        box=None, pad_edge=False, header_style="bold", title="equal % by construct, most losses first"
    )
    table.title_justify = "left"
    table.add_column("construct")
    table.add_column("rows", justify="right")
    for evaluation, _ in results:
        table.add_column(evaluation.converter, justify="right")
    for name in worst:
        shares = [percent(one[name].equal) if name in one else "-" for one in found]
        table.add_row(name, str(found[0][name].equal.total), *shares)
    return table
