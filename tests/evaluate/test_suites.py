"""Suites of every row format, and what is said of bad ones."""

import json
from pathlib import Path

import pytest

from typlora.errors import DataError
from typlora.evaluate.suites import find_suites, read_suite


def write(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_all_formats(tmp_path: Path) -> None:
    suite = read_suite(
        write(
            tmp_path / "mixed.jsonl",
            {"id": "a", "latex": r"\R^n", "display": True, "macros": r"\newcommand{\R}{\mathbb{R}}"},
            {
                "prompt": [{"role": "user", "content": r"$\frac{1}{2}$"}],
                "completion": [{"role": "assistant", "content": "$1/2$"}],
            },
            {"system": "s", "instruction": "Convert", "input": r"\[x^2\]", "output": "$ x^2 $"},
            {"id": "a", "latex": "y"},
            {"id": "b", "latex": r"\section{One}", "kind": "heading"},
        )
    )
    plain, current, older, again, block = suite.items
    assert plain.unit.latex == r"\mathbb{R}^n" and plain.display and plain.target is None
    assert current.latex == r"\frac{1}{2}" and current.target == "1/2" and current.line == 2
    assert "fraction" in current.constructs
    assert older.display and older.target == "x^2"
    assert again.id == "a#2"
    assert block.is_block and "heading" in block.constructs


def test_limit_is_spread_evenly(tmp_path: Path) -> None:
    suite = read_suite(write(tmp_path / "s.jsonl", *({"id": str(i), "latex": "x"} for i in range(100))))
    assert [item.id for item in suite.limited(4).items] == ["0", "25", "50", "75"]
    assert suite.limited(4).digest == suite.digest and suite.limited(None) is suite


def test_digest_follows_the_content(tmp_path: Path) -> None:
    first = read_suite(write(tmp_path / "a.jsonl", {"id": "1", "latex": "x"}))
    second = read_suite(write(tmp_path / "b.jsonl", {"id": "1", "latex": "x", "source": "elsewhere"}))
    third = read_suite(write(tmp_path / "c.jsonl", {"id": "1", "latex": "y"}))
    assert first.digest == second.digest != third.digest


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "no rows"), (b'{"id": 1}\n', ":1:"), (b'{"latex": "x"}\nnot json\n', ":2:"), (b"\xff\n", "UTF-8")],
)
def test_bad_suites(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match=told):
        read_suite(path)


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        find_suites([tmp_path / "no.jsonl"])
    with pytest.raises(DataError, match="neither a"):
        find_suites([tmp_path])
