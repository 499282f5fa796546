"""What one version does right that another does not, row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from typlora.evaluate.metrics import change
from typlora.evaluate.results import Evaluation, RowResult
from typlora.evaluate.suites import Item, Suite


@dataclass(frozen=True, slots=True)
class Changed:
    """One row that changed its verdict: the LaTeX, and what both versions made of it."""

    suite: str
    item: Item
    before: RowResult
    after: RowResult

    @property
    def is_fixed(self) -> bool:
        """Right now, wrong before; the other way round it is broken."""
        return self.after.equal


def changed_rows(before: Evaluation, after: Evaluation, suites: Sequence[Suite]) -> list[Changed]:
    """Broken rows first, then fixed ones, in the order of the suites."""
    found: list[Changed] = []
    for suite in suites:
        old, new = before.suite(suite.digest), after.suite(suite.digest)
        if old is None or new is None:
            continue
        items = {item.id: item for item in suite.items}
        olds: Mapping[str, RowResult] = {row.id: row for row in old.rows}
        news: Mapping[str, RowResult] = {row.id: row for row in new.rows}
        both = change(old, new)
        found.extend(
            Changed(suite.name, items[name], olds[name], news[name]) for name in (*both.broken, *both.fixed)
        )
    return sorted(found, key=lambda one: one.is_fixed)


def show(rows: Sequence[Changed], limit: int | None = None) -> list[str]:
    """Lines for a terminal."""
    fixed = sum(row.is_fixed for row in rows)
    lines = [f"{fixed} rows fixed, {len(rows) - fixed} broken"]
    shown = rows if limit is None else rows[:limit]
    for row in shown:
        lines += [
            f"{'fixed ' if row.is_fixed else 'BROKEN'} {row.suite}:{row.item.line} {row.item.id}",
            f"  latex   {_line(row.item.latex)}",
            f"  before  {_line(row.before.typst)}{_why(row.before)}",
            f"  after   {_line(row.after.typst)}{_why(row.after)}",
        ]
    if len(shown) < len(rows):
        lines.append(f"... and {len(rows) - len(shown)} more")
    return lines


def _why(row: RowResult) -> str:
    return "" if row.equal or not row.differences else f"   ({_line(row.differences[0])})"


def _line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 160 else flat[:159] + "…"
