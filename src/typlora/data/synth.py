"""Rows written by a grammar: LaTeX from the rules, Typst from the engines, both sides verified.

The same spec, number and seed give the same bytes, whatever the number of processes: formulas are
numbered, each is written from its number and the seed, and those that are proved are taken in order.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from typlora.data.build import row_of
from typlora.data.canonical import form_key, key_of
from typlora.data.corpus import Given
from typlora.data.delimiters import BLOCK, FORMULA
from typlora.data.grammar import Grammar
from typlora.data.journal import Progress, judge_batches
from typlora.data.judge import Judge, default_judge
from typlora.data.manner import in_manner
from typlora.data.rows import Row
from typlora.errors import DataError

BATCH = 500
# A grammar that keeps writing what it wrote before has run dry; this many in a row tell it.
DRY_AFTER = 10_000

_DEFINED = re.compile(r"\\(?:(?:re)?newcommand|DeclareMathOperator\*?|def)\s*\{?\\([a-zA-Z]+)")
_STANDING = re.compile(r"\\begin\{(?:align|gather|multline|flalign|alignat|eqnarray)\*?\}|\\tag")


@dataclass(slots=True)
class SynthReport:
    """``written`` formulas were judged, ``kept`` became rows; ``refusals`` by reason, with examples."""

    written: int = 0
    kept: int = 0
    repeated: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)


def synthesise(
    grammar: Grammar,
    count: int,
    seed: int,
    *,
    barred: frozenset[str] = frozenset(),
    jobs: int = 1,
    batch: int = BATCH,
    progress: Progress | None = None,
    make_judge: Callable[[], Judge] = default_judge,
) -> tuple[list[Row], SynthReport]:
    """``count`` verified rows. ``barred`` holds keys (``canonical.keys_of``) that must not come in.

    Raises ``DataError`` where the grammar cannot write so many different formulas.
    """
    report = SynthReport()
    rows: list[Row] = []
    seen = set(barred)
    formulas = _formulas(grammar, seed, seen, report)
    while len(rows) < count:
        missing = count - len(rows)
        wave = _take(formulas, max(batch, missing + missing // 8))
        if not wave:
            raise DataError(
                f"the spec '{grammar.name}' wrote only {len(rows)} different rows of {count}; "
                "ask for fewer or give its rules more alternatives"
            )
        batches = [wave[at : at + batch] for at in range(0, len(wave), batch)]
        answers = dict(judge_batches(jobs, list(enumerate(batches)), make_judge))
        for number in range(len(batches)):
            for answer in answers[number]:
                report.written += 1
                if answer.reason:
                    report.refusals[answer.reason] += 1
                    examples = report.examples.setdefault(answer.reason, [])
                    if len(examples) < 100:
                        examples.append(f"{answer.latex}  [{answer.detail}]")
                    continue
                row = row_of(answer)
                keys = {key_of(row), answer.form or form_key(row)}
                # The LaTeX as written was looked up before; what it expands to and what it shows was not.
                if (answer.form or form_key(row)) in seen or (answer.given.macros and key_of(row) in seen):
                    report.repeated += 1
                elif len(rows) < count:
                    seen |= keys
                    rows.append(row)
        if progress is not None:
            progress(len(rows), count, len(rows))
    report.kept = len(rows)
    return rows, report


def _take(formulas: Iterator[Given], count: int) -> list[Given]:
    return [one for _, one in zip(range(count), formulas, strict=False)]


def _formulas(grammar: Grammar, seed: int, seen: set[str], report: SynthReport) -> Iterator[Given]:
    """Different formulas without end, or until the grammar repeats itself only."""
    definitions = _definitions(grammar.macros)
    written: set[str] = set()
    number = dry = 0
    while dry < DRY_AFTER:
        text, _ = grammar.write(f"{grammar.name}:{seed}:{number}")
        chance = random.Random(f"manner:{seed}:{number}")
        block = grammar.blocks
        latex = text if block else in_manner(text, chance)
        display = not block and _displayed(latex, chance)
        key = key_of(Row(latex, "", display, {"kind": BLOCK if block else FORMULA}))
        if key in written or key in seen:
            report.repeated += 1
            dry += 1
        else:
            dry = 0
            written.add(key)
            source = f"synth:{grammar.name}:{seed}:{number}"
            yield Given(latex, display, _needed(latex, definitions), source, block)
        number += 1


def _displayed(latex: str, chance: random.Random) -> bool:
    """Environments that stand alone are displayed; of the rest long formulas more often than short ones."""
    if _STANDING.search(latex):
        return True
    return chance.random() < min(0.85, 0.15 + len(latex) / 120)


def _definitions(macros: str) -> dict[str, str]:
    """Each definition of the preamble by the name it defines."""
    found = {}
    for line in macros.splitlines():
        if match := _DEFINED.match(line.strip()):
            found[match.group(1)] = line.strip()
    return found


def _needed(latex: str, definitions: dict[str, str]) -> str:
    """The definitions that the text uses."""
    names = set(re.findall(r"\\([a-zA-Z]+)", latex))
    return "\n".join(line for name, line in definitions.items() if name in names)
