"""Run converters over suites and judge what they make, resumable at any row."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from typlora import config
from typlora.convert.settling import first_line
from typlora.evaluate.converters import Converter, Output
from typlora.evaluate.documents import DocumentSuite, evaluate_documents
from typlora.evaluate.metrics import KEPT, chrf, has_chrf, normalised
from typlora.evaluate.results import Evaluation, Journal, RowResult, SuiteResult, row_of, row_record
from typlora.evaluate.suites import Item, Suite
from typlora.verify.compiler import CompilerPool
from typlora.verify.formula import FormulaVerifier, reference
from typlora.verify.verdict import Outcome, Verdict

LAYOUT = 3  # raised when the meaning of a row changes: rows kept from before are then no longer right
BATCH = 256  # rows between two entries of the journal: what a stop can cost

Progress = Callable[[int, int, str], None]
"""``progress(rows done, rows in all, what is running)``."""


def evaluate(
    converter: Converter,
    suites: Sequence[Suite],
    pool: CompilerPool,
    *,
    journals: Path | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
    documents: Sequence[DocumentSuite] = (),
) -> Evaluation:
    """One converter on all suites. ``journals``: the folder of kept rows; ``fresh`` forgets them first."""
    results = [_suite(converter, suite, pool, journals, fresh=fresh, progress=progress) for suite in suites]
    folders = [
        evaluate_documents(converter, folder, pool, journals=journals, fresh=fresh, progress=progress)
        for folder in documents
    ]
    return Evaluation(
        converter.name, converter.version, converter.fingerprint, tuple(results), tuple(folders)
    )


def journals_folder() -> Path:
    """Where rows of evaluations are kept."""
    return config.home() / "evaluations"


def _suite(
    converter: Converter,
    suite: Suite,
    pool: CompilerPool,
    journals: Path | None,
    *,
    fresh: bool,
    progress: Progress | None,
) -> SuiteResult:
    path = None if journals is None else journals / f"{_key(converter, suite)}.jsonl"
    if fresh and path is not None:
        path.unlink(missing_ok=True)
    journal = Journal(path, row_of, row_record)
    items = [item for item in suite.items if not (item.is_block and converter.formulas_only)]
    waiting = [item for item in items if item.id not in journal.rows]
    total = len(items)
    for start in range(0, len(waiting), BATCH):
        if progress is not None:
            progress(total - len(waiting) + start, total, f"{converter.name} on {suite.name}")
        part = waiting[start : start + BATCH]
        journal.add(judge(part, converter.convert(part), pool))
    if progress is not None:
        progress(total, total, f"{converter.name} on {suite.name}")
    rows = tuple(journal.rows[item.id] for item in items)
    return SuiteResult(
        suite.name, suite.path, suite.digest, rows, {item.id: item.constructs for item in items}
    )


def _key(converter: Converter, suite: Suite) -> str:
    from typlora.convert.cache import code_fingerprint

    # The fingerprint of the code: a changed judge never meets old verdicts.
    parts = (
        str(LAYOUT),
        converter.name,
        converter.fingerprint,
        suite.digest,
        code_fingerprint(),
        str(has_chrf()),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def judge(items: Sequence[Item], outputs: Sequence[Output], pool: CompilerPool) -> list[RowResult]:
    """Verdicts on outputs, one a row."""
    verdicts = [output.verdict for output in outputs]
    _judge_formulas(items, outputs, verdicts, pool)
    _judge_blocks(items, outputs, verdicts, pool)
    _judge_markup(outputs, verdicts, pool)
    return [
        _row(item, output, verdict or Verdict(False, Outcome.DIFFERENT, error=output.note))
        for item, output, verdict in zip(items, outputs, verdicts, strict=True)
    ]


def _judge_formulas(
    items: Sequence[Item], outputs: Sequence[Output], verdicts: list[Verdict | None], pool: CompilerPool
) -> None:
    asked = [
        index
        for index, (item, output) in enumerate(zip(items, outputs, strict=True))
        if verdicts[index] is None and output.typst is not None and not item.is_block
    ]
    found = FormulaVerifier(pool).verify(
        [items[index].unit for index in asked], [outputs[index].typst for index in asked]
    )
    for index, verdict in zip(asked, found, strict=True):
        verdicts[index] = verdict


def _judge_blocks(
    items: Sequence[Item], outputs: Sequence[Output], verdicts: list[Verdict | None], pool: CompilerPool
) -> None:
    from typlora.verify.blocks import verify_blocks

    asked = [
        index
        for index, (item, output) in enumerate(zip(items, outputs, strict=True))
        if verdicts[index] is None and output.typst is not None and item.is_block
    ]
    if not asked:
        return
    found = verify_blocks(
        [items[index].unit for index in asked], [outputs[index].typst for index in asked], pool
    )
    for index, verdict in zip(asked, found, strict=True):
        verdicts[index] = verdict


def _judge_markup(outputs: Sequence[Output], verdicts: list[Verdict | None], pool: CompilerPool) -> None:
    """Text where a formula was asked for: it may compile, but it is no formula."""
    asked = [index for index, output in enumerate(outputs) if verdicts[index] is None and output.markup]
    compiled = pool.compile_many([outputs[index].markup for index in asked], "pdf")
    for index, one in zip(asked, compiled, strict=True):
        verdicts[index] = Verdict(one.ok, Outcome.DIFFERENT, (outputs[index].note,), one.error)


def _row(item: Item, output: Output, verdict: Verdict) -> RowResult:
    typst = output.typst if output.typst is not None else output.markup
    kept = output.engine == KEPT
    has_reference = _has_reference(item, verdict)
    outcome = verdict.outcome
    if has_reference and (kept or not verdict.compiles):
        outcome = Outcome.DIFFERENT
    exact = score = None
    if item.target is not None and not item.is_block:  # a document has a preamble that no target has
        exact = normalised(typst) == normalised(item.target)
        score = round(chrf(typst, item.target), 2) if has_chrf() else None
    return RowResult(
        id=item.id,
        compiles=verdict.compiles and not kept,
        outcome=str(outcome),
        reference=has_reference,
        reported=output.reported,
        seconds=round(output.seconds, 6),
        engine=output.engine,
        typst=typst,
        differences=tuple(verdict.differences)
        or tuple(x for x in (first_line(verdict.error), output.note) if x)[:1],
        exact=exact,
        chrf=score,
    )


def _has_reference(item: Item, verdict: Verdict) -> bool:
    """Whether the LaTeX can be compared; for formulas the same whoever converts them."""
    if item.is_block:
        return not verdict.compiles or verdict.outcome is not Outcome.UNKNOWN
    return reference(item.unit.latex, item.unit.display)[0] is not None
