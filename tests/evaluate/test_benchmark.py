"""The committed benchmark is sound, its checks can fail, and the README shows its stored result."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from typlora.errors import DataError
from typlora.evaluate.benchmark import read_expectations, run_blocks, run_documents, run_formulas
from typlora.evaluate.converters import Document, Output
from typlora.evaluate.expectations import Said, check
from typlora.evaluate.observe import observe
from typlora.evaluate.suites import Item, find_suites, read_suite
from typlora.verify.compiler import CompilerPool

ROOT = Path(__file__).parents[2]
SUITE = ROOT / "benchmarks" / "suite"


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    with CompilerPool(1, memory_mb=4096) as opened:
        yield opened


def test_the_suite_is_large_and_every_row_can_be_checked() -> None:
    suites = {suite.name: suite for suite in find_suites([SUITE])}
    assert sum(suite.size for suite in suites.values()) >= 400
    for name in ("formulas", "blocks"):
        assert len({item.id for item in suites[name].items}) == suites[name].size
        assert all(
            len(one) == 1 for _, wanted in read_expectations(SUITE / f"{name}.jsonl") for one in wanted
        )
    assert len(list((SUITE / "documents").glob("*/main.tex"))) >= 12
    assert all((path.parent / "expect.json").is_file() for path in SUITE.glob("documents/*/main.tex"))


def test_formulas_that_must_be_equal_have_a_reference() -> None:
    from typlora.verify.formula import reference

    suite = read_suite(SUITE / "formulas.jsonl")
    for item, (_, wanted) in zip(suite.items, read_expectations(SUITE / "formulas.jsonl"), strict=True):
        if "equal" in wanted[0]:
            assert reference(item.unit.latex, item.display)[0] is not None, item.id


class Silent:
    """A converter that answers everything with the same text and says nothing."""

    name = version = fingerprint = "silent"
    formulas_only = False

    def __init__(self, text: str) -> None:
        self.text = text

    def convert(self, items: list[Item]) -> list[Output]:
        return [Output(self.text) for _ in items]

    def document(self, main: Path, folder: Path) -> Document:
        return Document(f"= Nothing\n{self.text}", main.parent, (), 0.0)

    def close(self) -> None:
        return None


def test_silence_is_found(pool: CompilerPool) -> None:
    cases = run_formulas(SUITE, Silent("x"), pool)
    assert sum(case.silent for case in cases) > 380 and sum(case.passed for case in cases) < 10
    assert all(case.compiles for case in cases)
    blocks = run_blocks(SUITE, Silent("nothing of it"), pool)
    assert sum(case.passed for case in blocks) < 12 and sum(case.silent > 0 for case in blocks) > 130
    documents = run_documents(SUITE, Silent("nothing of it"), pool)
    assert len(documents) >= 12 and not any(case.passed for case in documents)


GOOD = r"""
#set heading(numbering: "1.1")
= Results <sec>
Fish & chips, see @sec.#footnote[A note.] *bold* and #link("https://example.org")[a link].
#figure(table(columns: 2, [a], [b], table.cell(colspan: 2)[c]), caption: [Two rows]) <tab:x>
- one
- two
```
x = 1
```
$ x^2 $
"""
MET = [
    {"words": ["Fish & chips,", "a link"]}, {"absent": ["\\cite"]}, {"headings": [[1, "Results"]]},
    {"lists": [["bullets", 2]]}, {"tables": [[2, 2]]}, {"cells": ["a", "c"]}, {"spans": [[1, 2]]},
    {"formulas": ["x^2"]}, {"captions": ["Two rows"]}, {"footnotes": ["A note."]}, {"labels": ["tab:x"]},
    {"links": ["https://example.org"]}, {"code": ["x = 1"]}, {"emphasis": [["b", "bold"]]}, {"refs": 1},
    {"compiles": True},
]  # fmt: skip
UNMET = [
    {"words": ["Fish and chips"]}, {"absent": ["chips"]}, {"headings": [[1, "Results"], [1, "More"]]},
    {"lists": [["bullets", 3]]}, {"tables": [[3, 2]]}, {"cells": ["a", "a"]}, {"spans": [[2, 1]]},
    {"formulas": ["x^3"]}, {"captions": ["Two"]}, {"footnotes": ["Another."]}, {"labels": ["tab:y"]},
    {"links": ["https://example.com"]}, {"code": ["y = 1"]}, {"emphasis": [["i", "bold"]]}, {"refs": 2},
    {"images": 1}, {"loud": "tikzpicture"},
]  # fmt: skip


def test_expectations(pool: CompilerPool) -> None:
    seen = observe(GOOD, pool)
    assert [one.kind for one in check(MET, seen, Said()) if not one.passed] == []
    assert [one.kind for one in check(UNMET, seen, Said()) if one.passed] == []
    assert check([{"loud": "tikz"}], seen, Said(("a tikzpicture was left out",)))[0].passed
    assert not check([{"compiles": True}], observe("#nope", pool), Said())[0].passed


def test_the_words_of_a_link_to_a_label_are_seen(pool: CompilerPool) -> None:
    seen = observe("= One <a>\nSee (#link(<a>)[B]).", pool)
    assert [one.passed for one in check([{"words": ["See (B)."]}, {"words": ["A"]}], seen, Said())] == [
        True,
        False,
    ]


def test_a_bad_expectation_is_told(pool: CompilerPool) -> None:
    with pytest.raises(DataError, match="no expectation 'smell'"):
        check([{"smell": 1}], observe("x", pool), Said())


@pytest.mark.skipif(
    not (ROOT / "README.md").is_file()
    or "<!-- league:begin -->" not in (ROOT / "README.md").read_text("utf-8"),
    reason="the README has no league table",
)
def test_the_readme_shows_the_stored_result() -> None:
    done = subprocess.run([sys.executable, "benchmarks/league.py", "--check"], cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def league_table() -> ModuleType:
    """``benchmarks/league_table.py``, which is a script and no package."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        return importlib.import_module("league_table")
    finally:
        sys.path.pop(0)


@pytest.fixture
def tables() -> ModuleType:
    return league_table()


def entry(count: int, equal: int, solved: int = 0) -> dict[str, Any]:
    """What the league stores of a converter that passes ``equal`` of ``count``."""
    case = {"id": "a", "construct": "c", "compiles": True, "wanted": 1, "silent": 0, "seconds": 0.001}
    cases = [{**case, "met": int(number < equal), "solved": {"model": solved}} for number in range(count)]
    figures = {"rows": count, "compiles": count, "judged": count, "equal": equal, "silent": 0}
    figures |= {"interval": [0.1, 0.9], "ms": 1.5, "engines": {}, "model alone": solved}
    kept = {name: [equal, count, 0.1, 0.9] for name in ("words", "headings", "formulas", "shapes")}
    kept |= {"references": [0, 0, 0, 1], "figures": [0, 0, 0, 1]}
    papers = {"documents": count, "compiles": equal, "readable": count, "kept": kept}
    papers |= {"silent": 0.5, "reports": 3, "seconds": 1.0}
    parts = {"formulas": cases, "blocks": cases, "documents": cases}
    found = {"version": "1", "cases": parts, "eval": figures, "formulas": figures, "documents": papers}
    compact: dict[str, Any] = league_table().compact({"converters": {"x": found}})["converters"]["x"]
    return compact


def test_the_tables_say_what_was_measured(tables: ModuleType) -> None:
    result = {
        "versions": {"typst": "0"},
        "converters": {"auto": entry(4, 4, 1), "model": entry(2, 1), "pandoc": entry(4, 2)},
    }
    shown = tables.table(result)
    assert "| **typlora auto** | 100.0 |" in shown and "| pandoc 1 | 50.0 |" in shown
    assert "slow" not in shown  # no limit was set for it
    result["converters"]["model"]["limits"] = {"eval": 2}
    shown = tables.table(result)
    assert "`model`, which is slow: 2 formulas, 2 snippets, 2 documents, 2 rows" in shown
    assert "it alone solved 12 formulas of the suite and 1 of `eval.jsonl`" in shown
    texts = tables.texts_table(result)
    assert (
        "| pandoc 1 | 50.0 (10.0–90.0) |" in texts and "2 of 4" in texts and "Others are ahead" not in texts
    )
    assert "`model`, which is slow: 2 formulas and 2 documents" in texts
    result["converters"]["auto"] = entry(4, 1)
    assert "words (pandoc: not looked into yet)" in tables.texts_table(result)


def test_a_row_of_the_stored_result_is_a_line(tables: ModuleType, tmp_path: Path) -> None:
    result = {"versions": {"typst": "0"}, "converters": {"rules": entry(3, 2)}}
    tables.write_result(result, tmp_path / "r.json")
    text = (tmp_path / "r.json").read_text(encoding="utf-8")
    assert json.loads(text) == result
    assert text.count('\n     {"id": "a", "met": ') == 9
    assert "missing" not in text and "0.001" not in text


def test_a_changed_result_is_noticed(tables: ModuleType) -> None:
    result = {"versions": {"typst": "0"}, "converters": {"rules": entry(2, 1)}}
    begin, end = tables.MARKS["league"]
    readme = f"# Title\n{begin}\nold\n{end}\nrest\n"
    shown = tables.with_table(readme, tables.table(result))
    assert "| 50.0 |" in shown and shown.endswith("rest\n") and "old" not in shown
    assert tables.with_table(shown, tables.table(result)) == shown
    assert tables.with_table("no marks", "x") == "no marks"
    result["converters"]["rules"] = entry(2, 2)
    assert tables.with_table(shown, tables.table(result)) != shown
