"""Rows from a grammar: verified, repeatable, kept apart from what is barred."""

from pathlib import Path

import pytest

from typlora.data.canonical import form_key, key_of, keys_of
from typlora.data.grammar import load_grammar
from typlora.data.rows import line_of
from typlora.data.synth import synthesise
from typlora.errors import DataError

SPECS = Path(__file__).parents[2] / "jsonl" / "synth"


@pytest.mark.parametrize("name", ["basic", "full", "multiline", "blocks"])
def test_a_seed_gives_the_same_bytes_whatever_the_processes(name: str) -> None:
    grammar = load_grammar(SPECS / f"{name}.toml")
    count = 12 if name == "blocks" else 40
    rows, report = synthesise(grammar, count, seed=5, batch=30)
    again, _ = synthesise(grammar, count, seed=5, jobs=2 if name == "basic" else 1, batch=30)
    assert [line_of(row) for row in rows] == [line_of(row) for row in again]
    assert len(rows) == count == report.kept
    assert len({key_of(row) for row in rows}) == len({form_key(row) for row in rows}) == count
    other, _ = synthesise(grammar, 5, seed=6, batch=30)
    assert line_of(other[0]) not in {line_of(row) for row in rows}
    assert all(
        row.meta["verdict"] == "equal" and row.meta["source"].startswith(f"synth:{name}:5:") for row in rows
    )


def test_barred_formulas_do_not_come_back(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        "[rules]\nstart = ['@letter_{@letter}', '@letter^{@letter}']\nletter = ['a', 'b', 'c', 'd']\n"
    )
    grammar = load_grammar(path)
    first, _ = synthesise(grammar, 20, seed=1)
    barred = frozenset(key for row in first for key in keys_of(row))
    second, _ = synthesise(grammar, 20, seed=1, barred=barred)
    assert not {row.prompt for row in first} & {row.prompt for row in second}


def test_a_grammar_that_ran_dry_says_so(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("[rules]\nstart = ['x', 'y']\n")
    with pytest.raises(DataError, match="wrote only 4 different rows of 50"):
        synthesise(load_grammar(path), 50, seed=1)


def test_macros_are_expanded_in_the_pair_and_kept_in_meta(tmp_path: Path) -> None:
    (tmp_path / "m.tex").write_text("\\newcommand{\\RR}{\\mathbb{R}}\n\\newcommand{\\unused}{u}\n")
    path = tmp_path / "s.toml"
    path.write_text("macros = 'm.tex'\n[rules]\nstart = ['x\\in\\RR']\n")
    rows, _ = synthesise(load_grammar(path), 1, seed=1)
    assert rows[0].typst == "x in RR"
    assert "\\RR" not in rows[0].latex.replace("\\mathbb{R}", "")
    assert rows[0].meta["macros"] == "\\newcommand{\\RR}{\\mathbb{R}}"
