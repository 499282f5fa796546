"""Assembling: whatever is at fault, the result compiles, and the rest of the document is untouched."""

from collections.abc import Callable, Iterator

import pytest

from tests.convert.fakes import formula
from typlora.convert.assemble import Assembled, assemble
from typlora.convert.conversion import Conversion
from typlora.convert.draft import Block, Draft, Slot
from typlora.convert.settling import KEPT
from typlora.tex.unit import Span, Unit, UnitKind
from typlora.verify.compiler import Compiled, CompilerPool
from typlora.verify.verdict import Outcome, Verdict


@pytest.fixture(scope="module")
def compile_one() -> Iterator[Callable[[str], Compiled]]:
    with CompilerPool(1, seconds=5) as pool:
        yield lambda source: pool.compile(source, format="pdf")


def paragraph(*parts: str | Slot, latex: str = "LATEX", line: int = 1) -> Block:
    return Block(Unit(UnitKind.PARAGRAPH, latex, Span("a.tex", line, 1, line, 9)), parts)


def conversion(typst: str, latex: str = r"\x") -> Conversion:
    return Conversion(formula(latex), typst, Verdict(True, Outcome.EQUAL), "rules:fake")


def put_together(
    blocks: list[Block],
    formulas: list[Conversion],
    compile_one: Callable[[str], Compiled],
    preamble: str = "",
    seconds: float = 60,
) -> Assembled:
    draft = Draft(tuple(blocks), tuple(one.unit for one in formulas), (), preamble, ())
    done = assemble(draft, formulas, compile_one, seconds=seconds)
    assert compile_one(done.typst).ok
    return done


def test_a_healthy_document_needs_one_compile(compile_one: Callable[[str], Compiled]) -> None:
    done = put_together(
        [paragraph("Let ", Slot(0), "."), paragraph("End.")], [conversion("x_1")], compile_one, "#set par()"
    )
    assert done.typst == "#set par()\n\nLet $x_1$.\n\nEnd.\n"
    assert done.compiles == 1 and done.pdf.startswith(b"%PDF") and not done.losses


def test_the_formula_at_fault_is_kept_and_its_neighbours_stay(compile_one: Callable[[str], Compiled]) -> None:
    formulas = [conversion("a"), conversion("nope", r"\nope{`}"), conversion("b")]
    done = put_together([paragraph("A ", Slot(0), " B ", Slot(1), " C ", Slot(2))], formulas, compile_one)
    assert "$a$" in done.typst and "$b$" in done.typst and r"\nope{`}" in done.typst
    assert [one.provenance for one in done.conversions] == ["rules:fake", KEPT, "rules:fake"]
    assert "unknown variable" in done.conversions[1].note


def test_many_faults(compile_one: Callable[[str], Compiled]) -> None:
    formulas = [conversion("nope" if i % 3 == 0 else f"x_{i}", f"\\x{i}") for i in range(12)]
    done = put_together([paragraph(f"P{i} ", Slot(i)) for i in range(12)], formulas, compile_one)
    assert [one.provenance == KEPT for one in done.conversions] == [i % 3 == 0 for i in range(12)]


def test_the_block_at_fault_becomes_raw(compile_one: Callable[[str], Compiled]) -> None:
    blocks = [
        paragraph("Before"),
        paragraph("#table(columns: 2)[", latex="\\begin{tabular} ``` \\end{tabular}", line=7),
        paragraph("After"),
    ]
    done = put_together(blocks, [], compile_one)
    assert "Before" in done.typst and "After" in done.typst and r"\begin{tabular} ```" in done.typst
    assert [loss.span.line for loss in done.losses] == [7]


def test_many_blocks_at_fault_do_not_cost_a_compile_each(compile_one: Callable[[str], Compiled]) -> None:
    bad = range(40, 80)
    blocks = [paragraph(f"#nope{i}" if i in bad else f"P{i}", latex=f"L{i}", line=i + 1) for i in range(160)]
    done = put_together(blocks, [], compile_one)
    assert sorted(loss.span.line - 1 for loss in done.losses) == list(bad)
    assert all(f"P{i}\n" in done.typst for i in range(160) if i not in bad)
    assert done.compiles < 100  # of parts, most of them small; not 40 of the whole


def test_labels_of_a_block_that_became_raw_are_gone_at_once(compile_one: Callable[[str], Compiled]) -> None:
    bad = paragraph("#nope\n#metadata(none) <a> #metadata(none) <b> #metadata(none) <c>", latex="LOST")
    done = put_together([bad, *(paragraph(f"See @{name}.") for name in "abc")], [], compile_one)
    assert done.compiles == 2 and all(f"\\ref{{{name}}}" in done.typst for name in "abc")


def test_a_fault_without_a_line_is_found_by_bisection(compile_one: Callable[[str], Compiled]) -> None:
    def blind(source: str) -> Compiled:
        compiled = compile_one(source)
        return Compiled(compiled.ok, compiled.pages, "something is wrong", None)

    blocks = [paragraph(f"P{i}" if i != 5 else "#nope", latex=f"L{i}", line=i + 1) for i in range(9)]
    done = put_together(blocks, [], blind)
    assert [loss.span.line for loss in done.losses] == [6] and "P4" in done.typst and "L5" in done.typst


def test_missing_and_doubled_labels(compile_one: Callable[[str], Compiled]) -> None:
    heading = '#set heading(numbering: "1")\n= H <here>'
    blocks = [
        paragraph(heading),
        paragraph("See @here and @nowhere and #ref(<gone>)."),
        paragraph("= Again <here>"),
    ]
    done = put_together(blocks, [], compile_one)
    assert "@here" in done.typst and r"`\ref{nowhere}`" in done.typst and r"`\ref{gone}`" in done.typst
    assert done.typst.count("<here>") == 1 and len(done.losses) == 3


def test_all_missing_labels_are_mended_at_once_in_every_form(compile_one: Callable[[str], Compiled]) -> None:
    preamble = "#let cited(..keys) = context keys.pos().map(ref).join[, ]"
    blocks = [paragraph(f"Work \\[@w{number}\\] says.") for number in range(40)]
    forms = "See #cited(<w1>, <v2>, <v3>), #link(<v4>)[the last part], "
    forms += "#cite(<v5>, supplement: [p. (3)]), @v6[Part]."
    done = put_together(
        [*blocks, paragraph(forms), paragraph("= Here <here>\n\nAt @here.")], [], compile_one, preamble
    )
    assert done.compiles <= 3
    assert r"`\cite{w1,v2,v3}`, #[the last part], `\cite{v5}`, `\ref{v6}`." in done.typst
    assert r"`\ref{w39}`" in done.typst and "<here>" in done.typst
    assert {loss.latex for loss in done.losses} >= {r"\ref{w0}", r"\ref{v4}"}


def test_a_reference_to_something_without_number(compile_one: Callable[[str], Compiled]) -> None:
    blocks = [paragraph("= H <here>"), paragraph("See @here.")]
    done = put_together(blocks, [], compile_one)
    assert "= H" in done.typst and r"\ref{here}" in done.typst


def test_a_broken_preamble_shows_everything_as_latex(compile_one: Callable[[str], Compiled]) -> None:
    done = put_together(
        [paragraph("Text ", Slot(0), latex=r"Text $\x$")], [conversion("x")], compile_one, "#nope()"
    )
    assert r"Text $\x$" in done.typst and done.losses and done.conversions[0].provenance == KEPT


def test_typst_that_never_ends_is_replaced(compile_one: Callable[[str], Compiled]) -> None:
    with CompilerPool(1, seconds=3) as pool:
        blocks = [
            paragraph("Fine"),
            paragraph("#for i in range(1000000000) {}", latex="LOOP"),
            paragraph("Good"),
        ]
        done = put_together(blocks, [], lambda source: pool.compile(source, format="pdf"))
    assert "Fine" in done.typst and "LOOP" in done.typst and "Good" in done.typst


def test_no_time_left_still_compiles(compile_one: Callable[[str], Compiled]) -> None:
    done = put_together(
        [paragraph("#nope", latex="L1"), paragraph("b", latex="L2")], [], compile_one, seconds=0
    )
    assert "L1" in done.typst and "L2" in done.typst


def test_an_empty_document() -> None:
    done = assemble(Draft((), (), (), "", ()), [], lambda source: Compiled(True, (b"%PDF",)))
    assert done.typst.strip() == ""
