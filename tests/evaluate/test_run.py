"""Evaluation with real verdicts: what is equal, what is wrong in silence, and going on after a stop."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from typlora.errors import ConfigError, DataError
from typlora.evaluate.converters import Output
from typlora.evaluate.metrics import measure
from typlora.evaluate.others import one_equation, open_other
from typlora.evaluate.results import Report, read_report, write_report
from typlora.evaluate.run import evaluate
from typlora.evaluate.suites import Item, Suite
from typlora.verify.compiler import CompilerPool


class Told:
    """A converter that answers from a table, and stops after some items when told to."""

    name = "told"
    version = "1"
    fingerprint = "told/1"
    formulas_only = False

    def __init__(self, answers: dict[str, Output], most: int | None = None) -> None:
        self.answers, self.most, self.asked = answers, most, 0

    def convert(self, items: Sequence[Item]) -> list[Output]:
        if self.most is not None and self.asked + len(items) > self.most:
            raise KeyboardInterrupt
        self.asked += len(items)
        return [self.answers[item.id] for item in items]

    def close(self) -> None:
        return None


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    with CompilerPool(1) as opened:
        yield opened


def suite(*items: Item) -> Suite:
    return Suite("s", "s.jsonl", items, "digest", len(items))


def test_verdicts(pool: CompilerPool) -> None:
    half = r"\frac{1}{2}"
    asked = {
        "right": (Item("right", half, target="1/2"), Output("1/2")),
        "wrong": (Item("wrong", half, target="1/2"), Output("1/3")),
        "told": (Item("told", half), Output("1/3", reported=True)),
        "broken": (Item("broken", half), Output("frac(1")),
        "text": (Item("text", half), Output(None, "half")),
        "nothing": (Item("nothing", half), Output(None, reported=True)),
        "unread": (Item("unread", r"\nosuchcommand{x}"), Output("x")),
    }
    items = [item for item, _ in asked.values()]
    told = Told({name: output for name, (_, output) in asked.items()})
    rows = {row.id: row for row in evaluate(told, [suite(*items)], pool).suites[0].rows}
    assert rows["right"].equal and rows["right"].exact and rows["right"].chrf == 100
    assert rows["wrong"].silent and rows["wrong"].exact is False and rows["wrong"].differences
    assert not rows["told"].silent and rows["told"].outcome == "different"
    assert not rows["broken"].compiles and not rows["broken"].silent and rows["broken"].reference
    assert rows["text"].compiles and rows["text"].silent
    assert not rows["nothing"].compiles and not rows["nothing"].silent
    assert not rows["unread"].reference and not rows["unread"].equal
    figures = measure(list(rows.values()))
    assert figures.equal.count == 1 and figures.equal.total == 6 and figures.unjudged == 1


def test_goes_on_where_it_stopped(
    pool: CompilerPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("typlora.evaluate.run.BATCH", 2)
    items = [Item(str(i), f"x_{i}") for i in range(7)]
    answers = {item.id: Output(f"x_{item.id}") for item in items}
    with pytest.raises(KeyboardInterrupt):
        evaluate(Told(answers, most=4), [suite(*items)], pool, journals=tmp_path)
    (journal,) = tmp_path.iterdir()
    with journal.open("ab") as file:
        file.write(b'{"id": "4", "compi')  # cut off while writing
    second = Told(answers)
    result = evaluate(second, [suite(*items)], pool, journals=tmp_path)
    assert second.asked == 3
    assert all(row.equal for row in result.suites[0].rows)
    third = Told(answers)
    assert evaluate(third, [suite(*items)], pool, journals=tmp_path) == result and third.asked == 0
    evaluate(third, [suite(*items)], pool, journals=tmp_path, fresh=True)
    assert third.asked == 7


def test_results_survive_the_file(pool: CompilerPool, tmp_path: Path) -> None:
    told = Told({"a": Output("x^2")})
    report = Report((evaluate(told, [suite(Item("a", "x^2"))], pool),), {"typst": "0"}, "today")
    write_report(tmp_path / "r.json", report)
    assert read_report(tmp_path / "r.json") == report
    (tmp_path / "bad.json").write_text('{"schema": 1}')
    with pytest.raises(DataError, match="no result"):
        read_report(tmp_path / "bad.json")


@pytest.mark.parametrize("name", ["pandoc", "tylax", "tex2typst"])
def test_others_as_they_are(name: str, pool: CompilerPool) -> None:
    items = (
        Item("easy", r"x_1 \leq \frac{a}{b}"),
        Item("macro", r"\R^n", macros=r"\newcommand{\R}{\mathbb{R}}"),
        Item("align", r"\begin{align} a &= b \\ c &= d \end{align}", display=True),
        Item("unclosed", r"\frac{1}{"),
        Item("after", r"y^2"),
    )
    converter = open_other(name)
    assert converter.version[0].isdigit()
    rows = {row.id: row for row in evaluate(converter, [suite(*items)], pool).suites[0].rows}
    assert rows["easy"].equal and rows["macro"].equal and rows["align"].equal and rows["after"].equal
    assert not rows["unclosed"].equal


def test_raw_means_raw(pool: CompilerPool) -> None:
    # Typst 0.15 has no `sect`; our engine renames it, pandoc as it is does not compile.
    rows = evaluate(open_other("pandoc"), [suite(Item("i", r"A \cap B"))], pool).suites[0].rows
    assert not rows[0].compiles and "sect" in rows[0].differences[0]


def test_unknown_converter() -> None:
    with pytest.raises(ConfigError, match="pandoc, tylax, tex2typst"):
        open_other("word")


@pytest.mark.parametrize(
    ("markup", "inside"),
    [
        ("$x$", "x"),
        ("$ x $\n", "x"),
        ('$ "a $ b" $', '"a $ b"'),
        ("$x$ and $y$", None),
        (r"$a \$ b$", r"a \$ b"),
        ("x", None),
        ("$", None),
        ("#math.equation(block: true, numbering: none)[\n$ a $\n]", "a"),
    ],
)
def test_one_equation(markup: str, inside: str | None) -> None:
    assert one_equation(markup) == inside


def test_kept_latex_is_no_answer(pool: CompilerPool) -> None:
    from typlora.evaluate.metrics import KEPT

    kept = Output('upright("x")', engine=KEPT, reported=True)
    rows = evaluate(Told({"k": kept}), [suite(Item("k", r"\frac{1}{2}"))], pool).suites[0].rows
    assert not rows[0].compiles and rows[0].outcome == "different" and not rows[0].silent


def test_what_each_engine_of_a_cascade_adds() -> None:
    from dataclasses import replace

    from tests.evaluate.made import row
    from typlora.evaluate.metrics import Solved, by_engine, by_model_alone
    from typlora.evaluate.results import Evaluation, SuiteResult
    from typlora.evaluate.table import engine_lines

    answers = ["rules:tylax=", "model=", "model!", "repaired=", "kept-latex!", "!"]
    engines = [(name, one[-1] == "=", one[:-1]) for name, one in zip("abcdef", answers, strict=True)]
    rows = tuple(replace(row(name, equal), engine=engine) for name, equal, engine in engines)
    assert by_engine(rows)["model"] == Solved(2, 1) and by_engine(rows)["nobody"] == Solved(1, 0)
    assert [one.id for one in by_model_alone(rows)] == ["b", "d"]
    # A model that was asked alone solves nothing that rules could not: nobody asked them.
    assert by_model_alone([one for one in rows if one.engine != "rules:tylax"]) == []
    result = SuiteResult("s", "s", "d", rows)
    lines = engine_lines([(Evaluation("typlora auto", "1", "f", (result,)), result)])
    assert "rules:tylax 1 of 1" in lines[0] and lines[1] == "solved by the model alone: 2 rows"
    assert lines[2].split()[0] == "b" and engine_lines([(Evaluation("pandoc", "1", "f", ()), result)]) == []
