"""Rows of the repair task: only what the verifier refused, encoded with the refused and the complaint."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.engines.tiny import byte_tokenizer

from typlora.data.inspection import inspect, shown
from typlora.data.repairs import corrupted, encode_row, from_model, slip
from typlora.data.rows import Row, read_rows, write_rows
from typlora.engines.base import Candidate
from typlora.engines.complaint import LONGEST, complaint
from typlora.model.prompt import PromptEncoder
from typlora.tex.unit import Unit
from typlora.verify.compiler import CompilerPool
from typlora.verify.formula import FormulaVerifier
from typlora.verify.verdict import Outcome, Verdict

PAIRS = [
    Row(r"\frac{a}{b}", "a / b", True, {"kind": "formula", "source": "x"}),
    Row("x_1^2", "x_1^2"),
    Row(r"\alpha + \beta", "alpha + beta"),
    Row(r"\section{One}", "= One", False, {"kind": "heading"}),
]


@pytest.fixture(scope="module")
def verifier() -> Iterator[FormulaVerifier]:
    with CompilerPool(1) as pool:
        yield FormulaVerifier(pool)


@pytest.fixture(scope="module")
def encoder() -> PromptEncoder:
    return PromptEncoder(byte_tokenizer()[0])


class Scripted:
    """Answers from a table: the first greedily, the rest as draws."""

    def __init__(self, answers: dict[str, list[str]]) -> None:
        self._answers = answers
        self.drawn: list[str] = []

    def propose(self, units: Sequence[Unit]) -> list[Candidate | None]:
        found = [self._answers.get(unit.latex) for unit in units]
        return [None if not some else Candidate(some[0], "model") for some in found]

    def sample(self, units: Sequence[Unit], k: int) -> list[list[Candidate]]:
        self.drawn += [unit.latex for unit in units]
        return [[Candidate(one, "model") for one in self._answers[unit.latex][1 : k + 1]] for unit in units]


def test_rows_come_from_what_the_model_was_refused_with(verifier: FormulaVerifier) -> None:
    model = Scripted({
        r"\frac{a}{b}": ["b / a", "a / b", "frac(a", "b / a"],
        "x_1^2": ["x_1^2", "never drawn"],
    })  # fmt: skip
    rows = from_model(PAIRS, model, verifier, samples=3)
    assert [(row.typst, row.meta["refused"]) for row in rows] == [("a / b", "b / a"), ("a / b", "frac(a")]
    assert "unclosed delimiter" in rows[1].meta["complaint"]
    assert rows[0].meta["complaint"] and rows[0].meta["source"] == "x"
    assert model.drawn == [r"\frac{a}{b}"], "only where the first answer is wrong"


def test_slips_are_refused_ones_and_the_same_for_the_same_seed(verifier: FormulaVerifier) -> None:
    rows = corrupted(PAIRS * 8, verifier, seed=1)
    assert len(rows) > 8
    assert all(row.meta["refused"] != row.typst and row.meta["complaint"] for row in rows)
    assert rows == corrupted(PAIRS * 8, verifier, seed=1)
    assert rows != corrupted(PAIRS * 8, verifier, seed=2)
    again = verifier.verify([_unit(row) for row in rows], [str(row.meta["refused"]) for row in rows])
    assert not any(verdict.proved for verdict in again)


def test_slips_are_of_many_kinds() -> None:
    found = {slip("frac(a, b) + sum_(i = 1)^n x_i", random.Random(seed)) for seed in range(60)}
    assert len(found) > 30


def test_a_row_shows_the_model_what_was_wrong(encoder: PromptEncoder, tmp_path: Path) -> None:
    plain = PAIRS[0]
    row = Row(plain.latex, plain.typst, True, {**plain.meta, "refused": "b / a", "complaint": "swapped"})
    encoded = encode_row(row, encoder)
    prompt = encoder.encode_repair(plain.latex, "b / a", "swapped", True)
    assert list(encoded.input_ids) == [*prompt, *encoder.encode_completion("a / b")]
    assert encoded.prompt_length == len(prompt)
    assert encode_row(plain, encoder) == encoder.encode_pair(plain.latex, plain.typst, True)
    assert row.digest != plain.digest, "it is no repetition of the pair"
    write_rows(tmp_path / "train_001.jsonl", [plain, row])
    problems: list[object] = []
    assert list(read_rows(tmp_path / "train_001.jsonl", problems.append))[1].meta["refused"] == "b / a"
    assert not problems
    assert "<refused>" in shown(inspect(row, encoder))


def test_a_complaint_is_one_short_line() -> None:
    assert complaint(Verdict(False, Outcome.UNKNOWN, error="unknown variable: foo (hint: try\n bar)")) == (
        "unknown variable: foo"
    )
    assert complaint(Verdict(True, Outcome.DIFFERENT, ("a\n b", "c", "d"))) == "a b; c"
    assert complaint(Verdict(True, Outcome.EQUAL)) == complaint(Verdict(True, Outcome.UNKNOWN)) == ""
    assert len(complaint(Verdict(True, Outcome.DIFFERENT, ("x" * 900,)))) == LONGEST


def _unit(row: Row) -> Unit:
    from typlora.data.check import unit_of

    return unit_of(row)
