"""Cutting: every formula and block once, in order, with the span of exactly its source."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from typlora.errors import ConfigError
from typlora.tex.segment import cut
from typlora.tex.source import SourceText
from typlora.tex.unit import Span, Unit, UnitKind


def units(text: str, level: str = "formula") -> list[Unit]:
    return cut(SourceText.from_file("a.tex", text), level)  # type: ignore[arg-type]


def at(text: str, span: Span) -> str:
    """The text at a span."""
    lines = text.split("\n")
    rows = lines[span.line - 1 : span.end_line]
    rows[-1] = rows[-1][: span.end_column - 1]
    rows[0] = rows[0][span.column - 1 :]
    return "\n".join(rows)


@pytest.mark.parametrize(
    ("source", "latex", "display"),
    [
        ("$x^2$", "x^2", False),
        (r"\(x\)", "x", False),
        (r"\begin{math}x\end{math}", "x", False),
        (r"\ensuremath{x}", "x", False),
        ("$$ x $$", "x", True),
        ("\\[\nx\n\\]", "x", True),
        (r"\begin{displaymath}x\end{displaymath}", "x", True),
        (r"\begin{equation*}x\end{equation*}", "x", True),
        (r"\begin{align*}x&=y\end{align*}", r"\begin{align*}x&=y\end{align*}", True),
        (r"\begin{alignat}{2}x&=y\end{alignat}", r"\begin{alignat}{2}x&=y\end{alignat}", True),
        (r"\begin{eqnarray}x&=&y\end{eqnarray}", r"\begin{eqnarray}x&=&y\end{eqnarray}", True),
        (
            r"\begin{equation}\begin{split}a\\b\end{split}\end{equation}",
            r"\begin{split}a\\b\end{split}",
            True,
        ),
        (r"\begin{multline}a\\b\end{multline}", r"\begin{multline}a\\b\end{multline}", True),
        (r"$a \text{ if $b$}$", r"a \text{ if $b$}", False),
        ("$a % no\n  b$", "a \nb", False),
    ],
)
def test_formula(source: str, latex: str, display: bool) -> None:
    text = f"one\ntwo {source} three"
    (unit,) = units(text)
    assert (unit.kind, unit.latex, unit.display) == (UnitKind.FORMULA, latex, display)
    assert at(text, unit.span) == source


def test_labels_are_listed_and_removed() -> None:
    text = "\\begin{equation}\n\\label{eq:a}\nx\\label{eq:b}\n\\end{equation}"
    (unit,) = units(text)
    assert unit.latex == "x"
    assert unit.labels == ("eq:a", "eq:b")
    (unit,) = units("\\begin{align}\na &= b \\label{l1} \\\\\nc &= d \\nonumber \\label{l2}\n\\end{align}")
    assert "\\label" not in unit.latex and "\\nonumber" not in unit.latex
    assert unit.latex.startswith("\\begin{align}") and unit.latex.endswith("\\end{align}")
    assert unit.labels == ("l1", "l2")


def test_formulas_everywhere_in_order() -> None:
    text = r"""\documentclass{a}\newcommand{\x}{$no$}
\begin{document}\section{$a$} $b$ \begin{subequations}\begin{align}c\end{align}\end{subequations}
\begin{itemize}\item $d$\end{itemize}\footnote{$e$}\verb|$no$|% $no$
\begin{verbatim}$no$\end{verbatim}\begin{tabular}{c}$f$&$g$\end{tabular}\end{document}"""
    found = [unit.latex for unit in units(text)]
    assert found == ["a", "b", "\\begin{align}c\\end{align}", "d", "e", "f", "g"]


ARTICLE = r"""\documentclass{article}
\newtheorem{satz}{Satz}
\begin{document}
% a comment

\section{One} % here
\label{sec:one}
First paragraph with $x$
and \[y\] more.

Second \textbf{one}.
\begin{itemize}
\item a
\end{itemize}
\begin{satz}\label{s} T
\end{satz}
After. \par New.
\subsection{Two}
\begin{figure}x\end{figure}
\begin{foo}?\end{foo}
\section{Three}
End.
\end{document}
"""


def test_blocks() -> None:
    found = [(unit.kind.value, unit.latex.split("\n")[0]) for unit in units(ARTICLE, "block")]
    assert found == [
        ("heading", "\\section{One} % here"),
        ("paragraph", "First paragraph with $x$"),
        ("paragraph", "Second \\textbf{one}."),
        ("list", "\\begin{itemize}"),
        ("theorem", "\\begin{satz}\\label{s} T"),
        ("paragraph", "After. \\par"),
        ("paragraph", "New."),
        ("heading", "\\subsection{Two}"),
        ("figure", "\\begin{figure}x\\end{figure}"),
        ("raw", "\\begin{foo}?\\end{foo}"),
        ("heading", "\\section{Three}"),
        ("paragraph", "End."),
    ]
    assert [unit.labels for unit in units(ARTICLE, "block") if unit.labels] == [("sec:one",), ("s",)]


def test_sections_and_document() -> None:
    assert [unit.latex[:13] for unit in units(ARTICLE, "section")] == ["\\section{One}", "\\section{Thre"]
    (document,) = units(ARTICLE, "document")
    assert document.latex.startswith("\\section{One}") and document.latex.endswith("End.")
    assert units("% nothing\n", "document") == []
    with pytest.raises(ConfigError, match="block"):
        units("x", "chapter")


PIECES = [
    "\\textbf", "\\label", "\\frac",
    "\\section{A}", "\\label{l}", "x", " ", "\n", "\n\n", "$", "$$", "\\[", "\\]", "{", "}", "%",
    "\\begin{itemize}", "\\end{itemize}", "\\item", "\\begin{align}", "\\end{align}",
    "\\begin{equation}", "\\end{equation}", "&", "\\\\", "\\begin{document}", "\\end{document}",
    "\\par", "\\text{", "\\ensuremath{", "\\begin{foo}", "\\end{foo}", "日",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=400, deadline=2000)
def test_units_of_anything_are_their_source(text: str) -> None:
    for level in ("block", "section", "document"):
        last = (0, 0)
        for unit in units(text, level):
            assert at(text, unit.span) == unit.latex
            assert unit.latex == unit.latex.strip() != ""
            assert (unit.span.line, unit.span.column) >= last
            last = (unit.span.end_line, unit.span.end_column)
    for unit in units(text):
        assert unit.latex.strip()
        assert "\\label{" not in unit.latex


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=300, deadline=2000)
def test_blocks_leave_nothing_out(text: str) -> None:
    from typlora.tex.parse import parse

    if "\\begin{document}" in text or parse(text).problems or "%" in text:
        return
    covered = "".join(unit.latex for unit in units(text, "block"))
    assert "".join(covered.split()) == "".join(text.split())
