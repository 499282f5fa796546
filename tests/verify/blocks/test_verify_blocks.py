"""The block verifier on its own test set, and on what the set cannot say."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verify.blocks.cases import load_pairs
from tests.verify.blocks.faults import wrong_cases
from tests.verify.blocks.rewrites import right_cases
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.blocks import verify_block, verify_blocks
from typlora.verify.compiler import CompilerPool
from typlora.verify.verdict import Outcome, Verdict


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    with CompilerPool(jobs=2, seconds=5) as pool:
        yield pool


def _verify(
    pool: CompilerPool, latex: str, typst: str, kind: str = "paragraph", preamble: str = ""
) -> Verdict:
    return verify_block(Unit(UnitKind(kind), latex), typst, pool, preamble)


def test_no_wrong_conversion_is_called_equal(pool: CompilerPool) -> None:
    cases = wrong_cases(load_pairs(), per_fault=3)
    assert len(cases) > 150
    verdicts = verify_blocks([case.unit for case in cases], [case.typst for case in cases], pool)
    fooled = [case for case, verdict in zip(cases, verdicts, strict=True) if verdict.proved]
    assert not fooled
    assert sum(verdict.compiles for verdict in verdicts) > 150


def test_right_conversions_are_proved(pool: CompilerPool) -> None:
    cases = right_cases(load_pairs(), per_rewrite=4)
    assert len(cases) > 150
    verdicts = verify_blocks([case.unit for case in cases], [case.typst for case in cases], pool)
    missed = [
        (case.typst, verdict) for case, verdict in zip(cases, verdicts, strict=True) if not verdict.proved
    ]
    assert len(missed) <= 0.02 * len(cases), missed


@pytest.mark.parametrize(
    ("latex", "typst", "said"),
    [
        ("one two three", "one three", "‘two’ is missing"),
        (r"\section{A title}", "== A title", "has level 2 instead of 1"),
        (r"\emph{very} old", "very old", "‘very’ is plain instead of italic"),
        (r"see \ref{fig:a}", "see ", "⟨reference⟩"),
        (r"text\footnote{a note}", "text", "⟨note⟩"),
        (r"so $x^2$ holds", "so $x^3$ holds", "formula ‘x^2’ is different"),
        (r"a \label{here} b", "a b", "label here is missing"),
    ],
)
def test_a_difference_is_said_in_words(pool: CompilerPool, latex: str, typst: str, said: str) -> None:
    verdict = _verify(pool, latex, typst)
    assert verdict.outcome is Outcome.DIFFERENT
    assert any(said in sentence for sentence in verdict.differences), verdict


def test_a_command_the_reference_cannot_read_proves_nothing(pool: CompilerPool) -> None:
    verdict = _verify(pool, r"before \mystery{secret} after", "before after")
    assert verdict.outcome is Outcome.UNKNOWN
    assert "mystery" in verdict.differences[0]


def test_latex_that_pandoc_gives_up_on_is_unknown(pool: CompilerPool) -> None:
    verdict = _verify(pool, r"\begin{itemize} \item a", "- a", "list")
    assert (verdict.compiles, verdict.outcome) == (True, Outcome.UNKNOWN)


def test_one_bad_unit_does_not_spoil_the_batch(pool: CompilerPool) -> None:
    units = [Unit(UnitKind.PARAGRAPH, latex) for latex in ("fine", r"\begin{foo}", "also \x00 fine", "{{{")]
    verdicts = verify_blocks(units, ["fine", "foo", "also fine", None], pool)
    assert [verdict.proved for verdict in verdicts] == [True, False, True, False]


def test_typst_that_does_not_compile_or_never_ends(pool: CompilerPool) -> None:
    assert _verify(pool, "a", "#nothing").error
    endless = _verify(pool, "a", "#while true { }")
    assert not endless.compiles
    assert endless.error  # out of time or, by Typst's own limit, out of iterations


@pytest.mark.parametrize(
    "typst", ["/* a", "a #metadata(```x```.text) <x> /*", "a\n#show: it => []", "#hide[a]"]
)
def test_tricks_are_not_equal(pool: CompilerPool, typst: str) -> None:
    assert not _verify(pool, "a", typst).proved


def test_what_the_export_leaves_out_proves_nothing(pool: CompilerPool) -> None:
    verdict = _verify(pool, "before after", "before #circle[secret] after")
    assert verdict.compiles
    assert not verdict.proved


def test_labels_taken_out_of_the_latex_are_still_asked_for(pool: CompilerPool) -> None:
    unit = Unit(UnitKind.HEADING, r"\section{Wells}", labels=("sec:wells",))
    assert verify_block(unit, "= Wells <sec:wells>", pool).proved
    assert not verify_block(unit, "= Wells", pool).proved


def test_section_below_a_chapter(pool: CompilerPool) -> None:
    unit = Unit(UnitKind.HEADING, r"\section{Wells}")
    assert verify_block(unit, "== Wells", pool, heading_shift=1).proved
    assert not verify_block(unit, "= Wells", pool, heading_shift=1).proved


def test_references_print_what_the_preamble_says(pool: CompilerPool) -> None:
    latex, typst = r"see \ref{a} there", "see @a there"
    assert not _verify(pool, latex, typst).proved  # Typst would add a name
    assert _verify(pool, latex, typst, preamble="#set ref(supplement: none)").proved


def test_a_citation_written_out_as_a_link(pool: CompilerPool) -> None:
    latex = r"as \cite{moss} says, see \hyperref[sec:a]{the first part}"
    typst = "as [#link(<moss>)[12]] says, see #link(<sec:a>)[the first part]"
    assert _verify(pool, latex, typst).proved
    assert not _verify(pool, latex, typst.replace("<moss>", "<fern>")).proved
    assert not _verify(pool, latex, typst.replace("first part", "part")).proved


def test_helper_of_the_preamble(pool: CompilerPool) -> None:
    preamble = "#let lemma(title, body) = block[*Lemma.* (#title) #emph(body)]"
    latex = r"\begin{lemma}[Ice] It is \emph{cold}.\end{lemma}"
    assert not _verify(pool, latex, "#lemma[Ice][It is warm.]", "theorem", preamble).proved
    assert _verify(
        pool, latex.replace(r"\emph{cold}", "cold"), "#lemma[Ice][It is cold.]", "theorem", preamble
    ).proved


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(latex=st.text(max_size=60), typst=st.text(max_size=60))
def test_any_text_gets_a_verdict(pool: CompilerPool, latex: str, typst: str) -> None:
    verdict = _verify(pool, latex, typst)
    assert verdict.outcome in Outcome
    assert verdict.compiles or verdict.error or verdict.differences
