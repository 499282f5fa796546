"""The committed benchmark: snippets and documents with expectations, run through any converter.

It measures the promises of the design for whoever converts: does the output compile, is what the LaTeX says
there, and is what is missing missing in silence.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from typlora.errors import DataError
from typlora.evaluate import observe
from typlora.evaluate.converters import Converter, Output
from typlora.evaluate.expectations import Check, Said, check
from typlora.evaluate.run import KEPT, judge
from typlora.evaluate.suites import Item, read_suite
from typlora.verify.compiler import CompilerPool
from typlora.verify.formula import formula_document

Expectations = Sequence[Mapping[str, Any]]
FORMULAS, BLOCKS, DOCUMENTS = "formulas.jsonl", "blocks.jsonl", "documents"
_FRAME = "\\documentclass{{article}}\n{}\n\\begin{{document}}\n{}\n\\end{{document}}\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One snippet or document through one converter.

    ``wanted`` and ``met`` count what the expectations ask for. ``silent``: what is missing in an output that
    compiles without the converter having said so.
    """

    id: str
    construct: str
    compiles: bool
    wanted: int
    met: int
    silent: int
    seconds: float
    missing: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """It compiles, and everything expected is there."""
        return self.compiles and self.met == self.wanted


@dataclass(frozen=True, slots=True)
class Document:
    """What a converter made of a document: ``root`` is the folder in which it is compiled."""

    typst: str
    root: Path
    reports: tuple[str, ...]
    seconds: float


def read_expectations(path: Path) -> list[tuple[str, Expectations]]:
    """Construct and expectations of each row of a snippet file, in order."""
    found: list[tuple[str, Expectations]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        record = json.loads(line)
        if not isinstance(record.get("expect"), list) or not record["expect"]:
            raise DataError(f"{path}:{number}: no 'expect'; every snippet needs an expectation")
        found.append((str(record.get("construct", "")), record["expect"]))
    return found


def run_formulas(folder: Path, converter: Converter, pool: CompilerPool) -> list[Case]:
    """All formulas of the suite."""
    items = read_suite(folder / FORMULAS).items
    outputs = converter.convert(items)
    rows = judge(items, outputs, pool)
    cases: list[Case] = []
    for item, output, row, (construct, wanted) in zip(
        items, outputs, rows, read_expectations(folder / FORMULAS), strict=True
    ):
        kind, value = next(iter(wanted[0].items()))
        # LaTeX that is left visible is a document that compiles, and says what was lost.
        compiles = row.compiles or output.engine == KEPT
        met, missing = compiles, row.differences[:2]
        if kind == "equal":
            met = row.equal
        elif kind == "loud":
            met = compiles and output.reported
        elif kind == "contains":
            met = row.compiles and _shows(item, output, value, pool)
        silent = not met and row.compiles and not output.reported
        cases.append(
            Case(item.id, construct, compiles, 1, int(met), int(silent), row.seconds, () if met else missing)
        )
    return cases


def _shows(item: Item, output: Output, wanted: Sequence[str], pool: CompilerPool) -> bool:
    """Whether the formula shows these texts, in this order."""
    if output.typst is None:
        return False
    seen = observe.observe(formula_document(output.typst, item.display), pool)
    if seen.doc is None:
        return False
    tokens = [token for formula in observe.formulas(seen.doc) for token in formula]
    shown = "".join(token.rpartition("/")[0] or token for token in tokens) + seen.text
    place = 0
    for text in wanted:
        place = shown.find(text, place)
        if place < 0:
            return False
        place += len(text)
    return True


def run_blocks(folder: Path, converter: Converter, pool: CompilerPool) -> list[Case]:
    """All blocks of the suite, each as a small document with the preamble it needs."""
    items = [
        Item(item.id, _FRAME.format(item.macros, item.latex), is_block=True)
        for item in read_suite(folder / BLOCKS).items
    ]
    outputs = converter.convert(items)
    expected = read_expectations(folder / BLOCKS)
    return [
        _case(item.id, construct, wanted, _as_document(output), pool)
        for item, output, (construct, wanted) in zip(items, outputs, expected, strict=True)
    ]


def _as_document(output: Output) -> Document:
    text = output.typst if output.typst is not None else output.markup
    return Document(text, Path(), (output.note,) if output.reported and output.note else (), output.seconds)


def run_documents(folder: Path, convert: Callable[[Path], Document], pool: CompilerPool) -> list[Case]:
    """All documents of the suite. ``convert`` gets the path of a ``main.tex``."""
    cases: list[Case] = []
    for main in sorted((folder / DOCUMENTS).glob("*/main.tex")):
        wanted = json.loads((main.parent / "expect.json").read_text(encoding="utf-8"))
        cases.append(_case(main.parent.name, "document", wanted, convert(main), pool))
    return cases


def _case(name: str, construct: str, wanted: Expectations, made: Document, pool: CompilerPool) -> Case:
    root = made.root if made.root != Path() else None
    seen = observe.observe(made.typst, pool, root) if made.typst.strip() else observe.Seen(False, "no output")
    said = Said(made.reports)
    checks = check(wanted, seen, said)
    failed = [one for one in checks if not one.passed]
    return Case(
        id=name,
        construct=construct,
        compiles=seen.compiles,
        wanted=sum(one.wanted for one in checks),
        met=sum(one.met for one in checks),
        silent=sum(_untold(one, said) for one in failed) if seen.compiles else 0,
        seconds=made.seconds,
        missing=tuple(f"{one.kind}: {missing}" for one in failed for missing in one.missing)[:6],
    )


def _untold(one: Check, said: Said) -> int:
    """How much of what is missing the converter's reports do not speak of."""
    lost = one.wanted - one.met
    told = sum(any(word in report for report in said.reports) for word in one.missing)
    return max(0, lost - told)


def case_record(case: Case) -> dict[str, Any]:
    """A case as plain values."""
    return asdict(case)
