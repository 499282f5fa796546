"""Whole documents: what is kept, what is missing, aspect by aspect."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from typlora.tex.project import read_project
from typlora.verify.blocks import DocumentVerdict, compare_documents
from typlora.verify.compiler import CompilerPool

LATEX = r"""
\documentclass{article}
\usepackage{amsmath}
\newcommand{\tide}[1]{\textbf{#1 tide}}
\newtheorem{thm}{Theorem}
\begin{document}
\section{Harbour}\label{sec:harbour}
The \tide{spring} comes twice\footnote{A month.}, see \cite{moss}, Section~\ref{sec:ships} and
\eqref{eq:level}.
\begin{equation}\label{eq:level} h = a + b \end{equation}
\begin{itemize}\item pier \begin{enumerate}\item north \item south\end{enumerate} \item crane\end{itemize}
\section{Ships}\label{sec:ships}
\begin{table}\caption{Cargo}\begin{tabular}{lr} tea & 5 \\ tin & $n+1$ \end{tabular}\end{table}
\begin{figure}\includegraphics{ship.png}\caption{A ship}\end{figure}
\begin{thm} Ships \emph{float}. \end{thm}
\begin{verbatim}
bell = 8
\end{verbatim}
\end{document}
"""
TYPST = """
#set heading(numbering: "1.1")
#set math.equation(numbering: "(1)")
= Harbour <sec:harbour>
The *spring tide* comes twice#footnote[A month.], see @moss, @sec:ships and @eq:level.
$ h = a + b $ <eq:level>
- pier
  + north
  + south
- crane
= Ships <sec:ships>
#figure(table(columns: 2, [tea], [5], [tin], [$n+1$]), caption: [Cargo])
#figure(image("ship.png"), caption: [A ship])
*Theorem 1.* Ships _float_.
```
bell = 8
```
"""


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    with CompilerPool(jobs=1, seconds=20) as pool:
        yield pool


def _kept(verdict: DocumentVerdict) -> dict[str, tuple[int, int]]:
    return {aspect.name: (aspect.kept, aspect.total) for aspect in verdict.aspects}


def test_a_right_document_keeps_everything(pool: CompilerPool) -> None:
    verdict = compare_documents(LATEX, TYPST, pool)
    assert not verdict.compiles  # no picture, no bibliography: said, and compared all the same
    assert verdict.error
    kept = _kept(verdict)
    assert all(found == total for found, total in kept.values()), kept
    assert all(kept[name][1] > 0 for name in kept), kept
    assert not verdict.blind


@pytest.mark.parametrize(
    ("old", "new", "aspect", "missing"),
    [
        ("comes twice", "comes", "words", "twice"),
        ("= Ships", "== Ships", "headings", "= Ships"),
        ("#footnote[A month.]", "", "footnotes", "month"),
        ("  + south\n", "", "lists", "bullets"),
        ("[tin]", "[iron]", "tables", "tin"),
        ("a + b", "a - b", "formulas", "h = a + b"),
        (", caption: [A ship]", "", "captions", "A ship"),
        ("bell = 8", "bell = 9", "listings", "bell = 8"),
        (" <eq:level>", "", "labels", "eq:level"),
        ("@sec:ships", "there", "references", "sec:ships"),
        ("see @moss", "see", "citations", "moss"),
        ('image("ship.png")', "[x]", "figures", "ship"),
        ("_float_", "float", "emphasis", "float"),
    ],
)
def test_a_loss_shows_in_its_aspect(
    pool: CompilerPool, old: str, new: str, aspect: str, missing: str
) -> None:
    assert old in TYPST
    found = compare_documents(LATEX, TYPST.replace(old, new), pool).aspect(aspect)
    assert found is not None
    assert found.kept < found.total
    assert any(missing in item for item in found.missing), found.missing


def test_a_document_that_cannot_be_read_has_no_aspects(pool: CompilerPool) -> None:
    verdict = compare_documents(LATEX, "#unknown", pool)
    assert (verdict.compiles, verdict.aspects) == (False, ())
    assert "unknown" in verdict.error


def test_a_latex_that_pandoc_cannot_read_is_read_in_parts(pool: CompilerPool, tmp_path: Path) -> None:
    broken = LATEX.replace(r"\section{Ships}", r"\section{Wreck} $" + "\n" + r"\section{Ships}")
    (tmp_path / "main.tex").write_text(broken, encoding="utf-8")
    verdict = compare_documents(read_project(tmp_path / "main.tex"), TYPST, pool)
    assert any("cannot read" in reason for reason in verdict.blind)
    assert _kept(verdict)["headings"][0] >= 2


def test_helper_for_rows_of_equations(pool: CompilerPool) -> None:
    latex = r"\begin{align} a &= b \label{eq:a} \\ c &= d \label{eq:b} \end{align} as \eqref{eq:b} says."
    rows = "$ a &= b \\\n c &= d $"
    empty = '#math.equation(block: true, numbering: "(1)", $""$)'
    typst = f"{rows}\n{empty} <eq:a>\n{empty} <eq:b>\nas @eq:b says."
    kept = _kept(compare_documents(latex, typst, pool))
    assert kept["labels"] == (2, 2)
    assert kept["formulas"] == (1, 1)
