"""An answer is accepted where it is equal to a reading, and refused where it loses, adds or hides."""

from collections.abc import Iterator

import pytest

from typlora.convert.unknown.asking import accepted
from typlora.convert.unknown.judge import BlockJudge
from typlora.convert.unknown.readings import readings
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.compiler import CompilerPool
from typlora.verify.verdict import Outcome, Verdict

LIST = r"\begin{things}[flat] \item First \emph{one} with $q_{1}$. \item Second. \end{things}"
BOX = r"\begin{things}{The Title} Some \kw{odd} words. \end{things}"
RIGHT = "- First _one_ with $q_1$.\n- Second."


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    with CompilerPool(1) as pool:
        yield pool


def judged(pool: CompilerPool, latex: str, *typst: str) -> list[Verdict]:
    unit = Unit(UnitKind.PARAGRAPH, latex)
    known = readings(latex, frozenset({"kw"}), frozenset({"things"}))
    return BlockJudge(pool, "", {latex: known}).verify([unit] * len(typst), typst)


def test_what_a_block_may_mean_is_accepted_but_not_proved(pool: CompilerPool) -> None:
    bulleted, numbered = judged(pool, LIST, RIGHT, RIGHT.replace("-", "+"))
    assert bulleted == Verdict(True, Outcome.UNKNOWN, ("as a list", "[flat]"))
    assert numbered == Verdict(True, Outcome.UNKNOWN, ("as a numbered list", "[flat]"))
    plain, quoted, run_in = judged(
        pool,
        BOX,
        "*The Title*\n\nSome odd words.",
        "#quote(block: true)[*The Title*\n\nSome *odd* words.]",
        "#block(stroke: 1pt)[*The Title* Some _odd_ words.]",
    )
    assert [one.differences[0] for one in (plain, quoted, run_in)] == [
        "as text with a bold title",
        "as a quotation with a bold title",
        "as text with a bold title in its line",
    ]


@pytest.mark.parametrize(
    "typst",
    [
        "- First _one_ with $q_1$.",  # an item
        "- First with $q_1$.\n- Second.",  # a word
        "- First one with $q_1$.\n- Second.",  # stress
        "- First _one_ with.\n- Second.",  # a formula
        "- Second.\n- First _one_ with $q_1$.",  # the order
        "- First _one_ with $q_1$.\n- Second.\n- Third.",  # more than there is
        "- First _one_ with $q_2$.\n- Second.",
        "First _one_ with $q_1$. Second.",  # no list
        "",
    ],
)
def test_what_loses_or_adds_is_refused(pool: CompilerPool, typst: str) -> None:
    (verdict,) = judged(pool, LIST, typst)
    assert verdict.outcome is Outcome.DIFFERENT and not accepted(verdict)


@pytest.mark.parametrize(
    "typst",
    [
        "#things[First]",
        "#set text(red)\n" + RIGHT,
        "#hide[a]" + RIGHT,
        "#box(width: 0pt, height: 0pt, clip: true)[\n" + RIGHT + "\n]",
        "#text(fill: white)[\n" + RIGHT + "\n]",
        "#counter(heading).update(3)\n" + RIGHT,
        RIGHT + " <label>",
        RIGHT + " @label",
        RIGHT + "\n/* what follows",
        "#block(box(hide[x]))" + RIGHT,
        "#{ 1 + 1 }" + RIGHT,
    ],
)
def test_what_reaches_beyond_its_block_is_not_even_compiled(pool: CompilerPool, typst: str) -> None:
    (verdict,) = judged(pool, LIST, typst)
    assert not verdict.compiles and "could reach beyond" in verdict.error


def test_what_does_not_compile_is_refused_with_the_reason(pool: CompilerPool) -> None:
    (verdict,) = judged(pool, LIST, "#table(columns: [")
    assert not accepted(verdict) and verdict.error


def test_what_pandoc_knows_can_be_proved(pool: CompilerPool) -> None:
    unit = Unit(UnitKind.LIST, r"\begin{itemize}\item a \item b\end{itemize}")
    assert BlockJudge(pool, "").verify([unit], ["- a\n- b"])[0].proved
