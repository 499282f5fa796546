"""Specs: what they can say, what is refused, and that a seed decides every byte."""

from pathlib import Path

import pytest

from typlora.data.canonical import latex_key
from typlora.data.grammar import load_grammar
from typlora.errors import DataError

ROOT = Path(__file__).parents[2]


def spec(folder: Path, text: str, name: str = "spec.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_references_bindings_repetitions_and_grids(tmp_path: Path) -> None:
    grammar = load_grammar(
        spec(
            tmp_path,
            """
            [rules]
            start = ['\\sum_{@{i=index}=1}^n x_@i+@{2..2 index ","};@table|@{one}z|\\alpha@index']
            table = ['@{grid 2..2 3..3 one}']
            index = ['k']
            one = ['1']
            """,
        )
    )
    text, start = grammar.write("1")
    assert text == r"\sum_{k=1}^n x_k+k,k;1 & 1 & 1 \\ 1 & 1 & 1|1z|\alpha k"
    assert start == "start"


def test_fields_stand_before_common_rules_and_do_not_mix(tmp_path: Path) -> None:
    grammar = load_grammar(
        spec(
            tmp_path,
            """
            [rules]
            start = ['@letter@letter@letter']
            letter = ['z']
            [fields.one]
            letter = ['a']
            [fields.two]
            letter = ['b']
            """,
        )
    )
    assert {grammar.write(str(seed))[0] for seed in range(40)} == {"aaa", "bbb"}


def test_weights_and_focus_decide_how_often(tmp_path: Path) -> None:
    grammar = load_grammar(
        spec(tmp_path, "[rules]\na = ['9| x', '1| y']\nb = ['z']\n[focus]\na = 3\nb = 1\n", "w.toml")
    )
    written = [grammar.write(str(seed))[0] for seed in range(800)]
    assert 0.15 < written.count("z") / 800 < 0.35
    assert written.count("x") > 5 * written.count("y")


def test_recursion_ends(tmp_path: Path) -> None:
    grammar = load_grammar(spec(tmp_path, "[rules]\nstart = ['99| (@start@start)', 'x']\n"))
    assert all(len(grammar.write(str(seed))[0]) < 10_000 for seed in range(50))


def test_a_grammar_that_explodes_is_stopped(tmp_path: Path) -> None:
    grammar = load_grammar(
        spec(tmp_path, "[rules]\nstart = ['@{900..900 a}']\na = ['@{900..900 b}']\nb = ['x']\n")
    )
    with pytest.raises(DataError, match="parts in one row"):
        grammar.write("0")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[rules]\nstart = ['@nothing']", "uses @nothing, which no rule defines"),
        ("[rules]\nstart = ['(@start)']", "can never end"),
        ("[rules]\nstart = []", "not empty"),
        ("[rules]\nstart = [1]", "list of texts"),
        ("rules = 3", "must be a table"),
        ("[rules\n", "not valid TOML"),
        ("include = ['missing.toml']", "cannot be read"),
        ("include = ['spec.toml']", "includes itself"),
        ("[rules]\nstart = ['x']\n[focus]\nother = 1", "focus 'other' is not a rule"),
        ("[rules]\nstart = ['x']\n[focus]\nstart = -1", "not negative"),
        ("macros = 'none.tex'\n[rules]\nstart = ['x']", "cannot be read"),
    ],
)
def test_a_wrong_spec_is_named_with_its_rule(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(DataError, match=r"spec\.toml|missing\.toml") as caught:
        load_grammar(spec(tmp_path, text))
    assert reason in str(caught.value)


@pytest.mark.parametrize("name", ["basic", "full", "multiline", "blocks"])
def test_the_shipped_specs_are_sound_diverse_and_repeatable(name: str) -> None:
    path = ROOT / "jsonl" / "synth" / f"{name}.toml"
    written = [load_grammar(path).write(f"t:{number}")[0] for number in range(3)]
    grammar = load_grammar(path)
    assert [grammar.write(f"t:{number}")[0] for number in range(3)] == written
    many = {latex_key(grammar.write(f"t:{number}")[0], True) for number in range(400)}
    assert len(many) > (250 if name == "basic" else 330)
    assert not any("@" in grammar.write(f"u:{number}")[0] for number in range(200))
