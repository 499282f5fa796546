"""From a corpus to a data file of verified pairs: dedup, judge in parallel, count, resume.

    report = build(BuildPlan((Path("corpus"),), Path("train_004.jsonl"), jobs=2))

A build that was stopped goes on with what is missing, where inputs and versions are the same; else it
starts again. The result does not depend on ``jobs``.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from typlora.data.canonical import form_key, key_of, keys_of, latex_key
from typlora.data.corpus import Given, read_corpus
from typlora.data.delimiters import BLOCK, FORMULA
from typlora.data.journal import BATCH, Progress, judge_all, open_journal
from typlora.data.judge import Judge, Judged, default_judge
from typlora.data.reasons import NO_REFERENCE, NOT_EXPANDED
from typlora.data.rows import Row, read_rows, write_rows
from typlora.errors import DataError

EXAMPLES = 20  # refused formulas shown for each reason


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What to build. ``exclude``: files whose formulas must not come in (eval, measuring sets).

    ``hold_out``: patterns of origins that go whole to ``held_out_to`` instead. ``spellings``: how many
    LaTeX spellings of one form are kept. ``blocks``: projects give their blocks too, not formulas only.
    """

    corpus: tuple[Path, ...]
    output: Path
    jobs: int = 2
    exclude: tuple[Path, ...] = ()
    hold_out: tuple[str, ...] = ()
    held_out_to: Path | None = None
    spellings: int = 1
    limit: int | None = None
    blocks: bool = False
    batch: int = BATCH


@dataclass(slots=True)
class BuildReport:
    """Counts of one build. ``distinct`` formulas were judged; ``proved`` of them became pairs; ``kept``
    remained after dedup. ``yields`` is proved and judged by kind of formula."""

    given: int = 0
    excluded: int = 0
    distinct: int = 0
    proved: int = 0
    kept: int = 0
    held_out: int = 0
    duplicates: int = 0
    resumed: int = 0
    seconds: float = 0.0
    refusals: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    yields: dict[str, list[int]] = field(default_factory=dict)
    engines: Counter[str] = field(default_factory=Counter)

    @property
    def with_reference(self) -> int:
        """Judged formulas that a reference exists for."""
        return self.distinct - self.refusals[NO_REFERENCE] - self.refusals[NOT_EXPANDED]

    def as_text(self) -> str:
        """For a person: the yield as a whole and by kind, and why formulas were refused."""
        share = self.proved / self.with_reference if self.with_reference else 0.0
        rate = self.proved / self.seconds if self.seconds else 0.0
        lines = [
            f"{self.given:,} formulas read, {self.excluded:,} excluded, {self.distinct:,} different judged",
            f"{self.proved:,} proved = {share:.1%} of the {self.with_reference:,} that have a reference",
            f"{self.kept:,} rows written, {self.held_out:,} held out, {self.duplicates:,} were repetitions",
            f"{self.seconds:.0f} s, {rate:.0f} proved pairs a second"
            + (f" ({self.resumed} batches were there already)" if self.resumed else ""),
            "",
            f"{'kind':<22}{'judged':>9}{'proved':>9}",
        ]
        for kind, (proved, judged) in sorted(self.yields.items(), key=lambda item: (-item[1][1], item[0])):
            lines.append(f"{kind:<22}{judged:>9,}{proved:>9,}")
        lines += ["", f"{'refused because it':<34}{'formulas':>9}"]
        lines += [f"{reason:<34}{number:>9,}" for reason, number in self.refusals.most_common()]
        lines += ["", f"{'engine':<34}{'pairs':>9}"]
        lines += [f"{engine:<34}{number:>9,}" for engine, number in self.engines.most_common()]
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, object]:
        """For ``--report``."""
        names = (
            "given", "excluded", "distinct", "proved", "kept", "held_out", "duplicates", "resumed", "seconds",
            "with_reference", "refusals", "yields", "engines", "examples",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


def build(
    plan: BuildPlan, progress: Progress | None = None, make_judge: Callable[[], Judge] = default_judge
) -> BuildReport:
    """Build ``plan.output``. Raises ``DataError`` where a corpus row or an excluded file is wrong."""
    started = time.monotonic()
    if plan.hold_out and plan.held_out_to is None:
        raise DataError("sources are held out, but --held-out-to says no file for them")
    barred = excluded_keys(plan.exclude)
    report = BuildReport()
    formulas = _distinct(plan, barred, report)
    report.distinct = len(formulas)
    journal = open_journal(plan.output, formulas, plan.batch)
    report.resumed = len(journal.batches) - len(journal.missing())
    answers = list(judge_all(journal, plan.jobs, make_judge, progress))
    proved = [answer for answer in answers if _counted(answer, report)]
    # Held-out sources first: what they hold must not come in by another source.
    held_out = _select([a for a in proved if _held_out(plan, a)], barred, plan.spellings, report)
    barred |= {key for row in held_out for key in keys_of(row)}
    kept = _select([a for a in proved if not _held_out(plan, a)], barred, plan.spellings, report)
    if not kept:
        raise DataError(f"no formula of {len(formulas)} gave a verified pair; nothing was written")
    write_rows(plan.output, kept)
    if plan.held_out_to is not None:
        write_rows(plan.held_out_to, held_out)
    report.kept, report.held_out = len(kept), len(held_out)
    journal.remove()
    report.seconds = time.monotonic() - started
    return report


def excluded_keys(paths: Iterable[Path]) -> set[str]:
    """Keys of every formula in data files or in rows ``{"latex", "display"}``."""
    keys: set[str] = set()
    for path in paths:
        with_latex = _corpus_rows(path)
        if with_latex is not None:
            for one in with_latex:
                keys.add(latex_key(one.latex, one.display))
        else:
            keys.update(key for row in read_rows(path) for key in keys_of(row))
    return keys


def _corpus_rows(path: Path) -> list[Given] | None:
    """The file's formulas where it is of the corpus shape."""
    try:
        return list(read_corpus([path]))
    except DataError:
        if not path.is_file():
            raise
        return None


def _distinct(plan: BuildPlan, barred: set[str], report: BuildReport) -> list[Given]:
    """Formulas that differ before any work is done, in the order of the corpus."""
    seen: set[tuple[str, str]] = set()
    formulas: list[Given] = []
    for one in read_corpus(plan.corpus, plan.blocks):
        if plan.limit is not None and report.given >= plan.limit:
            break
        report.given += 1
        key = key_of(Row(one.latex, "", one.display, {"kind": BLOCK if one.block else FORMULA}))
        if key in barred:
            report.excluded += 1
        elif (key, one.macros) not in seen and one.latex.strip():
            seen.add((key, one.macros))
            formulas.append(one)
    return formulas


def _counted(answer: Judged, report: BuildReport) -> bool:
    """Put the answer into the report; whether it is a pair."""
    counts = report.yields.setdefault(kind_of(answer.given), [0, 0])
    counts[1] += 1
    if answer.reason:
        report.refusals[answer.reason] += 1
        examples = report.examples.setdefault(answer.reason, [])
        if len(examples) < EXAMPLES:
            examples.append(f"{answer.given.source}: {answer.latex[:160]}  [{answer.detail[:160]}]")
        return False
    counts[0] += 1
    report.proved += 1
    report.engines[answer.engine] += 1
    return True


def _held_out(plan: BuildPlan, answer: Judged) -> bool:
    return any(fnmatch(answer.given.origin, pattern) for pattern in plan.hold_out)


def _select(answers: Iterable[Judged], barred: set[str], spellings: int, report: BuildReport) -> list[Row]:
    """Rows after dedup: no canonical LaTeX twice, no form more often than ``spellings``, nothing barred."""
    shown: Counter[str] = Counter()
    seen: set[str] = set()
    rows: list[Row] = []
    for answer in answers:
        row = row_of(answer)
        key, form = key_of(row), answer.form or form_key(row)
        if key in barred or form in barred:
            report.excluded += 1
        elif key in seen or shown[form] >= spellings:
            report.duplicates += 1
        else:
            seen.add(key)
            shown[form] += 1
            rows.append(row)
    return rows


def row_of(answer: Judged) -> Row:
    """The pair with what is known of it."""
    meta = {"kind": answer.kind, "source": answer.given.source, "engine": answer.engine, "verdict": "equal"}
    if answer.given.macros:
        meta["macros"] = answer.given.macros
    return Row(answer.latex, answer.typst, answer.given.display, meta)


def kind_of(given: Given) -> str:
    """The line of the yield table a formula is counted on."""
    latex = given.latex
    if given.block:
        return "block"
    if "\\begin" in latex:
        return latex.split("\\begin", 1)[1].lstrip().lstrip("{").split("}", 1)[0][:20] or "environment"
    return "display" if given.display else "inline"
