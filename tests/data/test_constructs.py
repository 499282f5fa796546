# ruff: noqa: E501  (tables of examples)
"""The declared constructs: enough of them, each detector finds its own and not its neighbour's."""

import time

import pytest

from typlora.data.constructs import BLOCK_FAMILIES, BY_NAME, CONSTRUCTS, FORMULA_FAMILIES, constructs_of

EXAMPLES = {
    "greek lower": r"\alpha", "greek variants": r"\varepsilon", "greek upper": r"\Gamma",
    "negated with not": r"\not\subset", "not in": r"x\notin A", "labelled arrow": r"A\xrightarrow{f}B",
    "limits on both ends": r"\sum_{i=1}^{n}", "forced limits": r"\int\limits_0^1", "stacked conditions": r"\substack{a}",
    "old font switches": r"{\rm d}", "accent on accent": r"\hat{\bar{x}}", "script in script": "x_{a_b}",
    "several primes": "f''", "prime with scripts": "f'_1", "scripts on the left": r"{}^{2}x", "inverse": "A^{-1}",
    "fraction in fraction": r"\frac{\frac{1}{2}}{3}", "fraction without braces": r"\frac12", "root in root": r"\sqrt{1+\sqrt{2}}",
    "one-sided delimiters": r"\left.x\right|", "mixed interval": "[0,1)", "array with lines": r"\begin{array}{c|c}1&2\end{array}",
    "matrix with dots": r"\begin{pmatrix}1&\cdots\\\vdots&\ddots\end{pmatrix}", "column vector": r"\begin{pmatrix}1\\2\end{pmatrix}",
    "display cases": r"\begin{dcases}1\end{dcases}", "several columns": r"a&b&c", "row spacing": r"a\\[2pt]b",
    "operator name": r"\operatorname{im}f", "operator name with limits": r"\operatorname*{argmin}_x",
    "text with a formula": r"\text{if $x$}", "text with accents or CJK": r"\text{平均}", "thousands": "10{,}000",
    "degrees": r"90^{\circ}", "set builder": r"\{x\mid x>0\}", "map with colon": r"f\colon A\to B",
    "conditional bar": r"P(A\mid B)", "sequence": r"x_1,\ldots,x_n", "sentence end": "a=b.", "colour": r"\textcolor{red}{x}", "forced space": r"a\\\ b", "strike out": r"\cancel{x}",
}  # fmt: skip
BLOCKS = {
    "heading": r"\section{A}", "nested list": r"\begin{itemize}\item\begin{enumerate}\item a\end{enumerate}\end{itemize}",
    "table rules": r"\begin{tabular}{l}\toprule\end{tabular}", "footnote": r"a\footnote{b}", "theorem": r"\begin{lemma}a\end{lemma}",
    "Japanese paragraph": "これは段落です。", "paragraph with formulas": "let $x$ be", "reference": r"see \eqref{a}",
    "quotation marks": "``a''", "dashes": "1--2",
}  # fmt: skip


def test_there_are_at_least_120_and_each_has_one_name() -> None:
    assert len(CONSTRUCTS) >= 120
    assert len(BY_NAME) == len(CONSTRUCTS)
    assert {construct.family for construct in CONSTRUCTS} == {*FORMULA_FAMILIES, *BLOCK_FAMILIES}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_formula_shows_its_construct(name: str) -> None:
    assert name in constructs_of(EXAMPLES[name])


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_shows_its_construct(name: str) -> None:
    assert name in constructs_of(BLOCKS[name], True)


@pytest.mark.parametrize(
    ("latex", "absent"),
    [
        (r"\into x", "membership"), (r"\leftarrow", "less or equal"), (r"\sqrt[3]{x}", "square root"), ("f'", "several primes"),
        (r"\mathrm{d}", "old font switches"), (r"\frac{1}{2}", "fraction without braces"), (r"\hat{x}", "wide hat"),
        (r"\bigl(x\bigr)", "big union"), ("x_1", "superscript"), (r"\operatorname*{a}", "operator name"), (r"a \\ b", "forced space"), (r"\not=", "strike out"),
    ],
)  # fmt: skip
def test_a_neighbour_is_not_taken_for_it(latex: str, absent: str) -> None:
    assert absent not in constructs_of(latex)


@pytest.mark.parametrize(
    "unit", ["\\{", "\\frac{", "{a_", "\\left(", "\\begin{array}{c}", "\\\\", "& ", "$ ", "["]
)
def test_hostile_text_takes_no_time(unit: str) -> None:
    text = unit * 20_000
    started = time.perf_counter()
    constructs_of(text)
    constructs_of(text, True)
    assert time.perf_counter() - started < 2
