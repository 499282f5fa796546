"""``--keep-macros``: macros used often are functions in the output, and the page stays the same."""

from collections.abc import Iterator

import pytest

from typlora.convert.cascade import Cascade
from typlora.convert.pipeline import Converted, convert_project
from typlora.convert.stack import open_rules
from typlora.convert.tree import same_pages
from typlora.tex.project import read_string
from typlora.verify.compiler import CompilerPool
from typlora.verify.formula import FormulaVerifier

MACROS = r"""
\newcommand{\R}{\mathbb{R}}
\newcommand{\norm}[1]{\left\lVert #1 \right\rVert}
\newcommand{\inner}[2]{\langle #1, #2 \rangle}
\DeclareMathOperator*{\argmin}{arg\,min}
\newcommand{\loss}[2][f]{\mathcal{L}_{#1}(#2)}
\newcommand{\method}{\textsc{FooNet}\xspace}
\newcommand{\compare}[2]{\textbf{#1} versus \emph{#2}}
\newcommand{\bigO}[1]{$\mathcal{O}(#1)$}
\newcommand{\var}{\textrm{Var}}
\newcommand{\seldom}{\mathbf{s}_{t+1}}
\newenvironment{aside}[1]{\begin{quote}\textbf{#1:} }{\end{quote}}
"""


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    with CompilerPool(1) as made:
        yield made


def convert(
    body: str, macros: str, pool: CompilerPool, *, keep: bool = True, tree: bool = False
) -> Converted:
    text = (
        f"\\documentclass{{article}}\n\\usepackage{{amsmath,xspace}}\n{macros}\\begin{{document}}\n{body}\n"
        "\\end{document}\n"
    )
    cascade = Cascade(open_rules(), FormulaVerifier(pool))
    return convert_project(
        read_string(text), cascade, pool, source="main.tex", output="main.typ", keep=keep, tree=tree
    )


def test_calls_in_formulas_and_in_text(pool: CompilerPool) -> None:
    body = r"""
We use \method, then \method again; \method{} wins. \compare{A}{B}, \compare{$x$}{y z}, \compare{one}{two}.
It takes \bigO{n^2}, \bigO{\log n} or \bigO{n}.
Let $\norm{f(x)}^2 = \inner{x}{y} + \inner{\frac{a}{b}}{(c, d)}$.
\[ \argmin_{x\in\R^n} \norm{x - \inner{u}{v}} + \loss{x} + \loss[g]{y, z} + \argmin_y \seldom \]
\begin{align} \norm{\frac{1}{2}} &= \argmin_z \loss{z} \\ \R &\to \R \end{align}
$\var(X) + \var(Y) = 2\var$.
\begin{aside}{Note} First.\end{aside} \begin{aside}{Hint} Second with $\R$.\end{aside}
\begin{aside}{End} Third.\end{aside}
"""
    plain = convert(body, MACROS, pool, keep=False)
    made = convert(body, MACROS, pool)
    for line in (
        '#let argmin = $op("arg\u2009min", limits: #true)$',
        "#let inner(first, second) = $chevron.l first, second chevron.r$",
        "#let loss(first, second) = $cal(L)_(first)(second)$",
        "#let bigO(body) = $cal(O)(body)$",
        "#let compare(first, second) = [*#first* versus _#second;_]",
        "#let method = [#smallcaps[FooNet]]",
        "We use #method, then #method again; #method wins. #compare[A][B], #compare[$x$][y z]",
        "It takes #bigO($n^2$), #bigO($log n$) or #bigO($n$).",
        "= inner(x, y) + inner(a/b, (c, d))$",
        "$#var;(X) + #var;(Y) = 2var$",
        "loss(f, x) + loss(g, y\\, z)",
        "#aside[Hint][",
    ):
        assert line in made.typst
    assert "myNorm(x - inner(u\\, v))" in made.typst or "myNorm(x - inner(u, v))" in made.typst
    assert "RR" in made.typst and "myR" not in made.typst  # a function for one symbol gains nothing
    assert "#let seldom" not in made.typst
    assert same_pages(made.pdf, plain.pdf)
    assert made.document.losses() == plain.document.losses() == ()
    assert made.document.missing == plain.document.missing == 0


def test_what_looks_different_as_a_function_is_expanded(pool: CompilerPool) -> None:
    macros = r"""\newcommand{\half}{\frac{1}{2}}\newcommand{\say}[1]{\emph{#1} said}
\newcommand{\open}{\left(}\newcommand{\pile}{a \\ b}\newcommand{\step}[1]{\label{#1}}
"""
    body = r"""
\begin{verbatim}
\half \say \half
\end{verbatim}
$\half + \half$, \say{A}, \say{B}, \say{C}. \[ x^\half \] $\open x\right) \open y \right) \open z\right)$
"""
    made = convert(body, macros, pool)
    plain = convert(body, macros, pool, keep=False)
    assert same_pages(made.pdf, plain.pdf)
    assert "#let open" not in made.typst and "#let step" not in made.typst
    assert "#say[A], #say[B], #say[C]" in made.typst


def test_functions_go_with_the_helpers_of_a_tree(pool: CompilerPool) -> None:
    made = convert("$\\inner{a}{b} \\inner{c}{d} \\inner{e}{f}$", MACROS, pool, tree=True)
    assert "$inner(a, b) inner(c, d) inner(e, f)$" in made.typst
    assert any("kept as functions: inner as inner" in note for note in made.document.notes)


def test_nothing_to_keep_changes_nothing(pool: CompilerPool) -> None:
    made = convert("$\\inner{a}{b}$ \\method", MACROS, pool)
    assert made.typst == convert("$\\inner{a}{b}$ \\method", MACROS, pool, keep=False).typst
