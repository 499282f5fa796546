"""The committed benchmark: snippets and documents with expectations, run through any converter.

It measures the promises of the design for whoever converts: does the output compile, is what the LaTeX says
there, and is what is missing missing in silence.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from typlora.errors import DataError
from typlora.evaluate import observe
from typlora.evaluate.converters import Converter, Document, Output
from typlora.evaluate.expectations import Check, Said, check
from typlora.evaluate.metrics import KEPT
from typlora.evaluate.observe import Seen
from typlora.evaluate.run import judge
from typlora.evaluate.suites import Item, read_suite
from typlora.verify.compiler import CompilerPool
from typlora.verify.formula import formula_document

T = TypeVar("T")
Expectations = Sequence[Mapping[str, Any]]
FORMULAS, BLOCKS, DOCUMENTS = "formulas.jsonl", "blocks.jsonl", "documents"
_FRAME = "\\documentclass{{article}}\n{}\n\\begin{{document}}\n{}\n\\end{{document}}\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One snippet or document through one converter.

    ``wanted`` and ``met`` count what the expectations ask for. ``silent``: what is missing in an output that
    compiles without the converter having said so. ``solved``: formulas by the engine that found them.
    """

    id: str
    construct: str
    compiles: bool
    wanted: int
    met: int
    silent: int
    seconds: float
    missing: tuple[str, ...] = ()
    solved: Mapping[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """It compiles, and everything expected is there."""
        return self.compiles and self.met == self.wanted


def read_expectations(path: Path) -> list[tuple[str, Expectations]]:
    """Construct and expectations of each row of a snippet file, in order."""
    found: list[tuple[str, Expectations]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        record = json.loads(line)
        if not isinstance(record.get("expect"), list) or not record["expect"]:
            raise DataError(f"{path}:{number}: no 'expect'; every snippet needs an expectation")
        found.append((str(record.get("construct", "")), record["expect"]))
    return found


def read_expected(path: Path) -> Expectations:
    """The expectations of a document. Raises ``DataError`` where there are none."""
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, list) or not found:
        raise DataError(f"{path}: no expectations; every document needs some")
    return found


def run_formulas(
    folder: Path, converter: Converter, pool: CompilerPool, limit: int | None = None
) -> list[Case]:
    """All formulas of the suite, or ``limit`` of them, evenly spread."""
    pairs = _spread(_rows(folder / FORMULAS), limit)
    items = [item for item, _, _ in pairs]
    outputs = converter.convert(items)
    rows = judge(items, outputs, pool)
    cases: list[Case] = []
    for (item, construct, wanted), output, row in zip(pairs, outputs, rows, strict=True):
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
            Case(
                item.id,
                construct,
                compiles,
                1,
                int(met),
                int(silent),
                row.seconds,
                () if met else missing,
                {row.engine: 1} if met and row.engine else {},
            )
        )
    return cases


def _rows(path: Path) -> list[tuple[Item, str, Expectations]]:
    """Item, construct and expectations of each row."""
    items, expected = read_suite(path).items, read_expectations(path)
    return [(item, construct, wanted) for item, (construct, wanted) in zip(items, expected, strict=True)]


def _spread(found: Sequence[T], most: int | None) -> Sequence[T]:
    """At most ``most``, taken evenly."""
    if most is None or most >= len(found):
        return found
    return [found[int(index * len(found) / most)] for index in range(most)]


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


def run_blocks(
    folder: Path, converter: Converter, pool: CompilerPool, limit: int | None = None
) -> list[Case]:
    """All blocks of the suite, or ``limit``, each as a small document with the preamble it needs."""
    rows = _spread(_rows(folder / BLOCKS), limit)
    items = [Item(item.id, frame(item), is_block=True) for item, _, _ in rows]
    outputs = converter.convert(items)
    return [
        _case(item.id, construct, wanted, as_document(output), pool)
        for (item, construct, wanted), output in zip(rows, outputs, strict=True)
    ]


def frame(item: Item) -> str:
    """A block as a small document, with the preamble it needs."""
    return _FRAME.format(item.macros, item.latex)


def as_document(output: Output) -> Document:
    """What a converter made of a block, as a document that stands nowhere."""
    text = output.typst if output.typst is not None else output.markup
    return Document(text, Path(), (output.note,) if output.reported and output.note else (), output.seconds)


def run_documents(
    folder: Path, converter: Converter, pool: CompilerPool, limit: int | None = None
) -> list[Case]:
    """All documents of the suite, or ``limit``; a converter of formulas only is not asked."""
    cases: list[Case] = []
    mains = [] if converter.formulas_only else sorted((folder / DOCUMENTS).glob("*/main.tex"))
    for main in _spread(mains, limit):
        wanted = read_expected(main.parent / "expect.json")
        with tempfile.TemporaryDirectory(prefix="typlora-") as scratch:
            made = converter.document(main, Path(scratch))
            cases.append(_case(main.parent.name, "document", wanted, made, pool))
    return cases


def _case(name: str, construct: str, wanted: Expectations, made: Document, pool: CompilerPool) -> Case:
    seen = look(made, pool)
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
        solved=dict(made.solved),
    )


def look(made: Document, pool: CompilerPool) -> Seen:
    """What a reader sees of it."""
    root = made.root if made.root != Path() else None
    return observe.observe(made.typst, pool, root) if made.typst.strip() else Seen(False, "no output")


def _untold(one: Check, said: Said) -> int:
    """How much of what is missing the converter's reports do not speak of."""
    lost = one.wanted - one.met
    told = sum(any(word in report for report in said.reports) for word in one.missing)
    return max(0, lost - told)


def case_record(case: Case) -> dict[str, Any]:
    """A case as plain values."""
    return asdict(case)
