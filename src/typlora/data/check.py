"""Verify a data file again: every target compiles and is still equal on the pinned Typst version.

A data file may come from anywhere, so its Typst is untrusted and runs in workers that can be killed.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typlora.data.delimiters import FORMULA
from typlora.data.rows import Row, RowProblem, numbered_rows, read_rows
from typlora.data.versions import overlap
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.verdict import Outcome, Verdict

BATCH = 512
_UNKNOWN = re.compile(r"\\[a-zA-Z]+")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row whose pair is not proved; ``reason`` is the verifier's."""

    line: int
    row: Row
    reason: str


@dataclass(slots=True)
class CheckReport:
    """What was found in one file. ``leaked`` are prompts that ``eval.jsonl`` holds too."""

    path: Path
    rows: int = 0
    checked: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def ok(self) -> bool:
        """Nothing to correct; a repeated row is not a fault."""
        return not self.bad and not self.leaked and all(problem.duplicate for problem in self.problems)


def check(
    path: Path,
    *,
    evaluation: Path | None = None,
    sample: int | None = None,
    seed: int = 0,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> CheckReport:
    """Check ``path`` (or ``sample`` rows of it) and that it shares nothing with ``evaluation``.

    Bad lines are collected, not raised; a file that cannot be read raises ``DataError``.
    """
    from typlora.verify.compiler import CompilerPool

    report = CheckReport(path)
    rows = list(numbered_rows(path, report.problems.append))
    report.rows = len(rows)
    report.kinds = Counter(row.kind for _, row in rows)
    if evaluation is not None:
        report.leaked = overlap((row for _, row in rows), read_rows(evaluation), forms=True)
    if sample is not None and sample < len(rows):
        rows = random.Random(seed).sample(rows, sample)
    with CompilerPool(jobs) as pool:
        for at in range(0, len(rows), BATCH):
            batch = rows[at : at + BATCH]
            verdicts = verify_rows([row for _, row in batch], pool)
            for (line, row), verdict in zip(batch, verdicts, strict=True):
                report.checked += 1
                if not verdict.proved:
                    report.bad.append(BadRow(line, row, why(verdict)))
            if progress is not None:
                progress(report.checked, len(rows))
    return report


def verify_rows(rows: Sequence[Row], pool: Any) -> list[Verdict]:
    """One verdict a row; ``pool`` is a ``CompilerPool``."""
    from typlora.data.blocks import verify as verify_blocks
    from typlora.verify.formula import FormulaVerifier

    verdicts: list[Verdict | None] = [None] * len(rows)
    formulas = [index for index, row in enumerate(rows) if not row.is_block]
    blocks = [index for index, row in enumerate(rows) if row.is_block]
    for indices, verify in (
        (formulas, FormulaVerifier(pool).verify),
        (blocks, lambda units, typst: verify_blocks(units, typst, pool)),
    ):
        if indices:
            found = verify([unit_of(rows[i]) for i in indices], [rows[i].typst for i in indices])
            for index, verdict in zip(indices, found, strict=True):
                verdicts[index] = verdict
    return [verdict for verdict in verdicts if verdict is not None]


def unit_of(row: Row) -> Unit:
    """The row's LaTeX as a unit; a kind that is no unit's is a paragraph."""
    kind = UnitKind(row.kind) if row.kind in set(UnitKind) else UnitKind.PARAGRAPH
    return Unit(kind, row.latex, display=row.display and row.kind == FORMULA)


def why(verdict: Verdict) -> str:
    """A verdict that proves nothing, in one line."""
    if not verdict.compiles:
        return f"does not compile: {verdict.error or 'no message'}".splitlines()[0]
    if verdict.outcome is Outcome.UNKNOWN:
        reason = "; ".join(verdict.differences[:1]) or "there is no reference to compare with"
        unknown = _UNKNOWN.search(reason)
        return f"{reason} (if {unknown[0]} is a macro, write what it stands for)" if unknown else reason
    return f"is not equal: {'; '.join(verdict.differences[:2])}"
