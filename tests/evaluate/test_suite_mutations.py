"""The expectations of the committed benchmark can fail: each of them, and on outputs spoiled in one place."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from typlora.evaluate import benchmark
from typlora.evaluate.converters import Document
from typlora.evaluate.expectations import Said, check
from typlora.evaluate.observe import Seen
from typlora.evaluate.suites import read_suite
from typlora.verify.compiler import CompilerPool

ROOT = Path(__file__).parents[2]
SUITE = ROOT / "benchmarks" / "suite"
EVERY = 12  # snippets spoiled here; `python benchmarks/suite_mutations.py` spoils all


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    with CompilerPool(1, memory_mb=4096) as opened:
        yield opened


@pytest.fixture
def mutations() -> Iterator[ModuleType]:
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        yield importlib.import_module("suite_mutations")
    finally:
        sys.path.pop(0)


def everything() -> Iterator[tuple[str, str, benchmark.Expectations]]:
    """Name, LaTeX and expectations of all blocks and documents."""
    path = SUITE / benchmark.BLOCKS
    for item, (_, wanted) in zip(read_suite(path).items, benchmark.read_expectations(path), strict=True):
        yield item.id, f"{item.macros}\n{item.latex}", wanted
    for expected in sorted((SUITE / benchmark.DOCUMENTS).glob("*/expect.json")):
        latex = "\n".join(file.read_text("utf-8") for file in sorted(expected.parent.rglob("*.tex")))
        yield expected.parent.name, latex, benchmark.read_expected(expected)


def test_no_expectation_is_met_by_everything(pool: CompilerPool) -> None:
    """Each is unmet by an output that says nothing, by the LaTeX itself as text, or by one that is broken."""
    nothing = benchmark.look(Document("zzz", Path(), (), 0.0), pool)
    broken = Seen(False, "does not compile")
    always: list[str] = []
    for name, latex, wanted in everything():
        rest = [
            one for one in wanted if all(check([one], seen, Said())[0].passed for seen in (nothing, broken))
        ]
        if rest:  # what must not be there: the LaTeX as it is has it
            raw = benchmark.look(
                Document(f"#raw({json.dumps(latex, ensure_ascii=False)})", Path(), (), 0.0), pool
            )
            always += [f"{name}: {one}" for one in rest if check([one], raw, Said())[0].passed]
    assert always == []


def test_names_are_different_and_hardly_a_row_asks_for_compiling_alone() -> None:
    names = [name for name, _, _ in everything()]
    assert len(names) == len(set(names)) and len(names) > 240
    loose = [name for name, _, wanted in everything() if list(wanted) == [{"compiles": True}]]
    assert len(loose) <= 2, loose  # LaTeX that has no right answer


def test_spoiled_outputs_are_noticed(mutations: ModuleType, pool: CompilerPool) -> None:
    faults = [fault for good in mutations.good_ones(pool, EVERY) for fault in mutations.spoiled(good, pool)]
    caught = sum(fault.caught for fault in faults)
    assert len(faults) > 100
    # All of the suite: see benchmarks/suite/README.md. Lower means that somebody wrote loose expectations.
    assert caught / len(faults) > 0.8, [
        f"{one.id} {one.kind}: {one.before}" for one in faults if not one.caught
    ]


def test_spoiling_spoils_one_thing(mutations: ModuleType) -> None:
    text = "#set par()\n#let f(x) = {\n  x\n}\n= Head\nSome words about @a in 1990.\n"
    found = {kind: after for kind, _, after, _ in mutations.spoil(text)}
    assert found["heading lost"] == "Head" and found["word changed"] == "zzzz words about @a in 1990."
    assert found["reference lost"] == "Some words about 1 in 1990." and "in 777." in found["number changed"]
    assert all(whole.startswith("#set par()\n#let f(x) = {\n  x\n}\n") for *_, whole in mutations.spoil(text))
