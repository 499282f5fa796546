"""Which formulas are asked."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typlora.data.rows import Row, write_rows
from typlora.errors import DataError
from typlora.evaluate.suites import read_suite
from typlora.improve.journal import Answer, answered
from typlora.improve.units import load, pick, save, sources


def corpus(path: Path, *rows: tuple[str, str]) -> Path:
    path.write_text("".join(json.dumps({"latex": a, "display": False, "macros": m}) + "\n" for a, m in rows))
    return path


def test_what_is_measured_on_cannot_be_proved_or_repeats_is_left_out(tmp_path: Path) -> None:
    suite = read_suite(corpus(tmp_path / "eval.jsonl", ("x+y", ""), (r"\R", r"\newcommand{\R}{\mathbb{R}}")))
    file = corpus(
        tmp_path / "c.jsonl",
        ("x + y", ""), ("{x}+y", ""), (r"\mathbb R", ""), (r"\unknown", ""), ("a_1", ""), ("a_{1}", ""),
        (r"\v{b}\label{q}", r"\newcommand{\v}[1]{\mathbf{#1}}"),
    )  # fmt: skip
    found = pick([file], [suite], [], 100, 0)
    assert sorted(one.latex for one in found.asked) == [r"\mathbf{b}", "a_1"] or {
        one.latex for one in found.asked
    } == {r"\mathbf{b}", "a_{1}"}
    assert found.left_out["measured on"] >= 2 and found.left_out["without a reference"] == 1


def test_the_seed_decides_and_known_ones_come_last(tmp_path: Path) -> None:
    file = corpus(tmp_path / "c.jsonl", *((f"a_{{{n}}}", "") for n in range(50)))
    first = pick([file], [], [], 20, 1).asked
    assert first == pick([file], [], [], 20, 1).asked
    assert first != pick([file], [], [], 20, 2).asked
    second = pick([file], [], first, 30, 1).asked
    assert not set(first) & set(second)
    third = pick([file], [], first, 40, 1).asked
    assert len(third) == 40 and set(second) <= set(third)


def test_latex_and_data_versions_give_formulas_too(tmp_path: Path) -> None:
    tex = tmp_path / "a.tex"
    tex.write_text(r"\documentclass{article}\begin{document}Let $q_7$ be.\end{document}")
    folder = tmp_path / "jsonl"
    folder.mkdir()
    write_rows(folder / "train_001.jsonl", [Row("z^2", "z^2", True)])
    assert [one.latex for one in pick([tex], [], [], 5, 0).asked] == ["q_7"]
    found = pick(sources((), folder), [], [], 5, 0).asked
    assert [(one.latex, one.display, one.target) for one in found] == [("z^2", True, "z^2")]
    save(tmp_path, found)
    assert tuple(load(tmp_path)) == found
    with pytest.raises(DataError, match="no data versions"):
        (tmp_path / "empty").mkdir()
        sources((), tmp_path / "empty")


@given(st.integers(0, 400))
def test_a_journal_cut_anywhere_is_completed(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("journal") / "greedy.jsonl"

    def work(indices: object) -> list[Answer]:
        return [Answer(index, f"x_{index}", "model", index % 2 == 0) for index in indices]  # type: ignore[attr-defined]

    whole = answered(path, range(6), 2, work)
    path.write_bytes(path.read_bytes()[:cut])
    assert answered(path, range(6), 2, work) == whole
    assert answered(path, range(6), 2, lambda indices: []) == whole
