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
\begin{thebibliography}{9}\bibitem{moss} Moss on harbours\end{thebibliography}
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
- Moss on harbours
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


def _aspect(verdict: DocumentVerdict, name: str) -> tuple[int, int, int]:
    aspect = verdict.aspect(name)
    assert aspect is not None
    return aspect.kept, aspect.total, aspect.unknown


def test_what_latex_itself_does_not_find_is_nothing_to_keep(pool: CompilerPool) -> None:
    latex = r"""\documentclass{article}\begin{document}
\section{Quay}\label{old quay} See section~\ref{new quay} after \cite{gone} and section~\ref{old quay}.
\end{document}"""
    typst = """#set heading(numbering: "1")
= Quay <old-quay>
See section *??* after [*?*] and section #ref(<old-quay>, supplement: none)."""
    verdict = compare_documents(latex, typst, pool)
    assert _aspect(verdict, "references")[:2] == (1, 1)
    assert _aspect(verdict, "citations") == (0, 0, 1)
    assert _aspect(verdict, "words")[0] == _aspect(verdict, "words")[1]
    lost = compare_documents(latex, typst.replace("#ref(<old-quay>, supplement: none)", "1"), pool)
    assert _aspect(lost, "references")[:2] == (0, 1)


def test_headings_that_look_like_text_are_counted_and_lost_ones_are_missed(pool: CompilerPool) -> None:
    latex = r"""\documentclass{article}\begin{document}
\section{Quay} \paragraph{Ropes} are long. \paragraph{Nets} are wide. \end{document}"""
    rule = "#show heading.where(level: 4): it => strong(it.body) + h(1em)\n"
    kept = f"{rule}= Quay\n==== Ropes\nare long.\n\n==== Nets\nare wide."
    assert _aspect(compare_documents(latex, kept, pool), "headings")[:2] == (3, 3)
    lost = f"{rule}= Quay\n==== Ropes\nare long.\n\nNets are wide."
    assert _aspect(compare_documents(latex, lost, pool), "headings")[:2] == (2, 3)


def test_dots_stand_at_either_height_and_operators_have_no_limits(pool: CompilerPool) -> None:
    latex = r"""\documentclass{article}\usepackage{amsmath}\DeclareMathOperator{\E}{\mathbb{E}}
\begin{document} So $a_1, \dots, a_n$ and \[ \E_{x}[y] = 1. \] \end{document}"""
    assert _aspect(
        compare_documents(latex, "So $a_1, dots.c, a_n$ and $ EE_x [y] = 1. $", pool), "formulas"
    ) == (2, 2, 0)
    assert (
        _aspect(
            compare_documents(latex, "So $a_1, a_2, a_n$ and $ limits(EE)_x [y] = 1. $", pool), "formulas"
        )[0]
        == 0
    )


def test_a_caption_needs_its_words_and_the_notes_of_its_citations(pool: CompilerPool) -> None:
    latex = r"""\documentclass{article}\begin{document}
\begin{figure} x \caption{Tides after \cite[page 7]{moss}}\end{figure}
\begin{thebibliography}{9}\bibitem{moss} Moss\end{thebibliography}\end{document}"""

    def captions(words: str) -> tuple[int, int, int]:
        typst = f"#figure([x], caption: [{words}])\n\n- Moss <moss>"
        return _aspect(compare_documents(latex, typst, pool), "captions")

    assert captions("Tides after #link(<moss>)[Moss 1990], page 7") == (1, 1, 0)
    assert captions("Tides after @moss[page 7]") == (1, 1, 0)
    assert captions("Tides after #link(<moss>)[Moss 1990]") == (0, 1, 0)
    assert captions("Tides @moss[page 7]") == (0, 1, 0)
