"""Arrays with spans inside of formulas."""

from collections.abc import Iterator

import pytest

from typlora.convert.cascade import Cascade
from typlora.convert.pipeline import Converted, convert_project
from typlora.convert.report.items import Status
from typlora.convert.stack import open_rules
from typlora.tex.project import read_string
from typlora.verify.compiler import CompilerPool
from typlora.verify.formula import FormulaVerifier


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    with CompilerPool(1) as made:
        yield made


def convert(body: str, pool: CompilerPool, *, keep: bool = False) -> Converted:
    head = "\\documentclass{article}\n\\newcommand{\\R}{a^{b+c}}"
    text = f"{head}\\begin{{document}}\n{body}\n\\end{{document}}\n"
    cascade = Cascade(open_rules(), FormulaVerifier(pool))
    return convert_project(read_string(text), cascade, pool, source="main.tex", output="main.typ", keep=keep)


def test_an_array_with_spans_is_a_table_within_the_formula(pool: CompilerPool) -> None:
    body = (
        r"\begin{equation}\label{e} A = \left(\begin{array}{c|r} \multicolumn{2}{c}{\frac{a}{b}} \\ \hline"
        r" c & {d \choose e} \\[2pt] & f \end{array}\right)^2 \end{equation} See \ref{e}."
    )
    made = convert(body, pool)
    assert "$ A = ( #table(\n" in made.typst
    assert ") )^2 $ <e>" in made.typst
    assert "table.cell(colspan: 2, align: center)[$a/b$]" in made.typst
    assert "[$c$], [$binom(d, e)$]" in made.typst
    assert "table.hline(stroke: 0.5pt)" in made.typst
    statuses = [item.status for item in made.document.items]
    assert statuses.count(Status.UNPROVED) == 1  # as a whole it has no reference
    assert statuses.count(Status.PROVED) == 4
    (whole,) = [item for item in made.document.items if item.status is Status.UNPROVED]
    assert "\\multicolumn{2}{c}" in whole.latex
    assert made.document.missing == 0


def test_arrays_inside_of_arrays(pool: CompilerPool) -> None:
    inner = r"\begin{array}{cc}\multicolumn{2}{c}{x}\\ y & z\end{array}"
    made = convert(
        rf"\[ \begin{{array}}{{cc}}\multicolumn{{2}}{{c}}{{\R}} \\ {inner} & w\end{{array}} \]", pool
    )
    assert made.typst.count("#table(") == 2
    assert "[$ #table(" in made.typst or "[$#table(" in made.typst


def test_spans_and_kept_macros_together(pool: CompilerPool) -> None:
    body = r"$\R + \R$ and \[ \R = \begin{array}{cc}\multicolumn{2}{c}{\R}\\ y & z\end{array} \]"
    made = convert(body, pool, keep=True)
    assert "#let myR = $a^(b + c)$" in made.typst
    assert "$myR + myR$" in made.typst
    assert "[$myR$]" in made.typst
