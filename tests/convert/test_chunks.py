"""Larger chunks: the draft stays the ground, and only something better takes its place."""

from collections.abc import Iterator, Sequence

import pytest

from typlora.convert.cascade import Cascade
from typlora.convert.chunks import ask_for_chunks
from typlora.convert.conversion import Conversion
from typlora.convert.draft import Draft, draft
from typlora.engines.base import Candidate
from typlora.engines.fake import FakeEngine
from typlora.tex.project import read_string
from typlora.tex.unit import Unit
from typlora.verify.compiler import CompilerPool
from typlora.verify.formula import FormulaVerifier

LATEX = r"""First \emph{plain} words.

Second $\nosuch{x}$ words.

\section{Third}
Fourth words."""


class Model(FakeEngine):
    """Takes blocks and can be sampled, as the model engine."""

    def sample(self, units: Sequence[Unit], k: int) -> list[list[Candidate]]:
        return [[] for _ in units]


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    with CompilerPool(1) as pool:
        yield pool


def drafted(pool: CompilerPool) -> tuple[Draft, list[Conversion]]:
    made = draft(read_string(LATEX))
    return made, Cascade([FakeEngine({})], FormulaVerifier(pool)).convert(made.formulas)


def text_of(made: Draft) -> list[str]:
    return ["".join(part if isinstance(part, str) else "$" for part in block.parts) for block in made.blocks]


def test_auto_asks_only_for_what_is_not_proved(pool: CompilerPool) -> None:
    made, conversions = drafted(pool)
    model = Model(lambda unit: "Invented words.")
    after, taken = ask_for_chunks(made, conversions, "block", [model], pool, everything=False)
    assert [unit.latex.strip() for unit in model.asked] == [r"Second $\nosuch{x}$ words."]
    assert not taken and text_of(after) == text_of(made)  # it was not equal


def test_a_proved_chunk_is_taken(pool: CompilerPool) -> None:
    made = draft(read_string("First words.\n\nSecond $x$ words."))
    conversions = Cascade([FakeEngine({})], FormulaVerifier(pool)).convert(made.formulas)
    model = Model(lambda unit: "Second $x$ words.")
    after, taken = ask_for_chunks(made, conversions, "block", [model], pool, everything=False)
    assert [one.verdict.proved for one in taken] == [True]
    assert text_of(after) == ["First words.", "Second $x$ words."]


def test_the_model_alone_gets_everything_and_is_reported(pool: CompilerPool) -> None:
    made, conversions = drafted(pool)
    model = Model(lambda unit: "= Third\nFourth words.\n" if "Third" in unit.latex else "Other words.")
    after, taken = ask_for_chunks(made, conversions, "section", [model], pool, everything=True)
    assert text_of(after) == ["Other words.", "= Third\nFourth words."]
    assert not taken[0].verdict.proved
    whole = Model(lambda unit: "All of it.")
    after, taken = ask_for_chunks(made, conversions, "document", [whole], pool, everything=True)
    assert text_of(after) == ["All of it."] and len(whole.asked) == 1
    assert taken[0].unit.span.line == 1


def test_a_chunk_that_does_not_compile_leaves_the_draft(pool: CompilerPool) -> None:
    made, conversions = drafted(pool)
    model = Model(lambda unit: "#nope(")
    after, taken = ask_for_chunks(made, conversions, "document", [model], pool, everything=True)
    assert text_of(after) == text_of(made) and not taken
