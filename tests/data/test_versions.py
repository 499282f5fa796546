"""Data versions in a folder, canonical keys, and that evaluation stays apart from training."""

from pathlib import Path

import pytest

from typlora.data.canonical import key_of, latex_key
from typlora.data.rows import Row, write_rows
from typlora.data.versions import earlier, fingerprint, next_version, overlap, refuse_overlap, versions
from typlora.errors import DataError


def test_versions_are_found_by_name_and_in_order(tmp_path: Path) -> None:
    for name in (
        "train_010.jsonl",
        "train_002.jsonl",
        "eval.jsonl",
        "train_2.jsonl",
        "train_003_fixed.jsonl",
    ):
        (tmp_path / name).write_text("{}\n")
    assert [version.number for version in versions(tmp_path)] == [2, 10]
    assert next_version(tmp_path).name == "train_011.jsonl"
    assert [path.name for path in earlier(tmp_path / "train_010.jsonl")] == ["train_002.jsonl"]
    assert earlier(tmp_path / "eval.jsonl") == []


def test_the_first_version_is_001(tmp_path: Path) -> None:
    assert next_version(tmp_path / "new").name == "train_001.jsonl"


def test_three_digits_end_at_999(tmp_path: Path) -> None:
    (tmp_path / "train_999.jsonl").write_text("{}\n")
    with pytest.raises(DataError, match="999"):
        next_version(tmp_path)
    with pytest.raises(DataError, match="no such folder"):
        versions(tmp_path / "none")


def test_a_fingerprint_changes_with_the_bytes(tmp_path: Path) -> None:
    file = tmp_path / "train_001.jsonl"
    write_rows(file, [Row("x", "x"), Row("y", "y")])
    before = fingerprint(file)
    assert before.rows == 2
    write_rows(file, [Row("x", "x"), Row("z", "z")])
    assert fingerprint(file).sha256 != before.sha256


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x_{1}", "x_1"),
        (r"a \le b", r"a\leq b"),
        (r"f\colon A\to B", r"f : A \rightarrow B"),
        ("a = b.", "a=b"),
        ("a % note\n= b", "a=b"),
        (r"\text{if}", r"\mbox{if}"),
        (r"a\,b", "ab"),
        (r"\alpha x", r"\alpha  x"),
    ],
)
def test_two_spellings_of_one_formula_have_one_key(one: str, other: str) -> None:
    assert latex_key(one, True) == latex_key(other, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x_1", "x^1"),
        ("ab", "ba"),
        (r"\alpha x", r"\alphax"),
        ("x_{12}", "x_12"),
        ("{ab}", "ab"),
        ("x'", "x"),
    ],
)
def test_two_formulas_have_two_keys(one: str, other: str) -> None:
    assert latex_key(one, True) != latex_key(other, True)


def test_display_is_part_of_the_key_and_blocks_have_theirs() -> None:
    assert latex_key("x", True) != latex_key("x", False)
    assert key_of(Row("a  b", "", meta={"kind": "paragraph"})) == key_of(
        Row("a\nb", "", meta={"kind": "list"})
    )


def test_evaluation_rows_in_the_training_data_are_refused_by_name(tmp_path: Path) -> None:
    training, evaluation = tmp_path / "train_001.jsonl", tmp_path / "eval.jsonl"
    write_rows(training, [Row("x_{1}", "x_1"), Row("y", "y")])
    write_rows(evaluation, [Row("x_1", "x_1"), Row("z", "z")])
    assert overlap([Row("x_{1}", "x_1")], [Row("x_1", "x_1")]) == ["$x_1$"]
    assert overlap([Row(r"{a \over b}", "a/b")], [Row(r"\frac ab", "a/b")]) == []
    assert overlap([Row(r"{a \over b}", "a/b")], [Row(r"\frac ab", "a/b")], forms=True) == [r"$\frac ab$"]
    with pytest.raises(DataError, match=r"1 rows of eval\.jsonl .*\$x_1\$"):
        refuse_overlap(training, evaluation)
    write_rows(training, [Row("y", "y")])
    refuse_overlap(training, evaluation)
