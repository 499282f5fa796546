"""What a document defines for itself counts more than what is usual: environments, counters, names."""

from tests.convert.document.helpers import blocks, compile_error, drafted, typst, whole
from typlora.convert.draft import draft
from typlora.tex.project import read_string

_PACKAGES = r"\usepackage{amsmath,xcolor}"


def test_an_environment_of_the_author_wins_over_the_usual_theorem() -> None:
    text = typst(
        r"""\begin{note} Mind the tide. \end{note}
\begin{remark} It turns. \end{remark}
\begin{lemma} It is real. \end{lemma}""",
        r"\newenvironment{note}{\textbf{Note:} }{}\newenvironment{remark}{\begin{quote}}{\end{quote}}",
    )
    assert "*Note:* Mind the tide." in text
    assert "#quote(block: true)[\nIt turns.\n]" in text
    assert "#lemma[It is real.]" in text


def test_counters_of_the_author_count_and_are_labelled() -> None:
    preamble = r"""\newcounter{exa}[section]\renewcommand{\theexa}{\thesection.\arabic{exa}}
\newenvironment{exercise}[1][]{\refstepcounter{exa}\par\textbf{Exercise~\theexa. #1}\ }{\par}"""
    latex = r"""\section{Quay}\begin{exercise}[Hard]\label{one} Do it.\end{exercise}
\section{Pier}\begin{exercise} Try.\end{exercise}\begin{exercise}\label{two} Go.\end{exercise}
See \ref{one} and \ref{two}."""
    text = typst(latex, preamble)
    assert "*Exercise~1.1. Hard* Do it." in text
    assert "*Exercise~2.2.*  Go." in text
    assert "See #link(<one>)[1.1] and #link(<two>)[2.2]." in text
    assert not compile_error(drafted(latex, preamble))


def test_a_number_may_be_computed_from_another_counter() -> None:
    text = typst(
        r"\begin{exe}\ex One\end{exe} After (\exn{0}) comes (\exn{1}).",
        r"""\usepackage{gb4e}\newcounter{t}
\newcommand{\exn}[1]{\setcounter{t}{\value{exx}}\addtocounter{t}{#1}\arabic{t}}""",
    )
    assert "After (1) comes (2)." in text


def test_names_of_definitions_hide_nothing_that_formulas_use() -> None:
    made = drafted(
        r"""{\ttfamily Typed \emph{words}} for $\mathtt{x}$.
\begin{prop} $a \propto b$ \end{prop}\begin{sum} $\sum_i i$ \end{sum}""",
        r"\newtheorem{prop}{Proposition}\newtheorem{sum}{Sum}",
    )
    assert "#let prop-block =" in made.preamble and "#let sum-block =" in made.preamble
    assert "#let mono" not in made.preamble
    assert not compile_error(made, 'mono("x") prop sum_i i')


def test_colours_of_formulas_are_kept_around_them_and_reported_inside() -> None:
    latex = r"All $\textcolor{red}{\alpha}$ and part $\textcolor{blue}{x} + {\color{red} y}$."
    text = typst(latex, _PACKAGES)
    assert "All #text(fill: red)[$|\\alpha|$]" in text
    assert r"$|{x} + {  y}|$" in text
    reasons = [loss.reason for loss in drafted(latex, _PACKAGES).losses]
    assert any("colours inside formulas" in reason for reason in reasons)


def test_ruby_with_an_option() -> None:
    assert "#ruby[潮][しお]" in typst(r"\ruby[g]{潮}{しお}", r"\usepackage{pxrubrica}")


def test_numbers_look_as_the_document_says_in_preamble_and_body() -> None:
    preamble = r"\renewcommand{\thesection}{S\arabic{section}}\renewcommand\thefigure{S\arabic{figure}}"
    latex = r"""\section{Quay}\label{q}\subsection{Pier}\label{p} \ref{q}, \ref{p}, \ref{f}, \eqref{e}.
\begin{figure} x \caption{A figure}\label{f}\end{figure}
\renewcommand{\theequation}{T\arabic{equation}}
\begin{equation}\label{e} a \end{equation} \appendix \section{More}"""
    made = drafted(latex, preamble)
    assert '#set heading(numbering: (..n, place: none) => "S" + numbering("1.1", ..n))' in made.preamble
    assert 'set figure(numbering: (n, place: none) => "S" + numbering("1", n))' in made.preamble
    assert "#set math.equation(numbering" in typst(latex, preamble)
    error = compile_error(made)
    assert not error, error


def test_formulas_without_boxes_of_no_width() -> None:
    text = typst(r"$\overset{\makebox[0pt]{\mbox{def}}}{=}$", _PACKAGES)
    assert r"|\overset{\mbox{\mbox{def}}}{=}|" in text


def test_a_japanese_book_numbers_its_chapters_and_not_its_table_of_contents() -> None:
    made = draft(
        read_string(
            r"\documentclass{jsbook}\begin{document}\tableofcontents"
            r"\chapter{海}\label{c} \ref{c}\end{document}"
        )
    )
    assert (
        '"第1章"' in made.preamble and "heading.where(level: 1): set heading(numbering" not in made.preamble
    )
    assert not compile_error(made)


def test_the_language_that_is_selected_first_is_the_documents() -> None:
    made = drafted(
        r"\selectlanguage{english} Words. \selectlanguage{german} Worte.",
        r"\usepackage[english,german]{babel}",
    )
    assert "lang:" not in made.preamble
    assert blocks(made) == ["Words.", '#set text(lang: "de")', "Worte."]


def test_chemistry_without_braces_takes_one_figure() -> None:
    text = typst(r"\chem{CH_2Cl_2}, \chem{^{1}H~NMR}, \ce{SO4^2-}")
    assert "CH#sub[2]Cl#sub[2], #super[1]H NMR, SO#sub[4]#super[2−]" in text


def test_a_logo_of_the_class_is_its_name() -> None:
    assert "the PTPTeX style" in typst(r"the \PTPTeX{} style")


def test_phonetic_letters() -> None:
    assert typst(r"\textipa{[DIs @]} and \emph{\textipa{Si:}}") == "[ðɪs ə] and _ʃiː_".replace(
        "[", "\\["
    ).replace("]", "\\]")


def test_numbers_of_citations_are_compressed_where_the_style_does() -> None:
    latex = r"""One \cite{d,a,b} two \cite{a,b}.
\begin{thebibliography}{9}\bibitem{a} A\bibitem{b} B\bibitem{d} D\end{thebibliography}"""
    text = typst(latex, r"\usepackage[numbers,sort&compress]{natbib}")
    assert r"One \[#cited(<d>, <a>, <b>)\] two \[@a, @b\]." in text
    assert not compile_error(drafted(latex, r"\usepackage[numbers,sort&compress]{natbib}"))
    assert "#cited(" not in typst(latex, r"\usepackage[numbers]{natbib}")


def test_blank_rows_stay_and_a_caption_is_no_row() -> None:
    text = typst(
        "\\begin{longtable}{lc}\\caption{Tides.}\\\\\n a & b\\\\\n\\\\\n c & d\\\\\n\\end{longtable}",
        r"\usepackage{longtable}",
    )
    assert "[a], [b],\n    [], [],\n    [c], [d]," in text
    assert text.count("[], []") == 1


def _printed(latex: str, preamble: str) -> str:
    """The text of the compiled document, tags left out."""
    import re

    import typst as compiler

    html = compiler.compile(whole(drafted(latex, preamble)).encode(), format="html").decode()
    return " ".join(re.sub(r"<[^>]*>", " ", html.partition("<body>")[2]).split())


def test_numbers_of_theorems_are_printed_as_the_author_says() -> None:
    preamble = r"""\usepackage{amsthm}\newtheorem{thmx}{Theorem}\renewcommand{\thethmx}{\Alph{thmx}}
\newtheorem{as}{Assumption}[section]\renewcommand{\theas}{(A\arabic{as})}"""
    latex = r"""\section{S}\begin{thmx}\label{b} W.\end{thmx}\begin{as}\label{a} V.\end{as}
\section{T}\begin{as}\label{c} U.\end{as} See \ref{b}, \ref{a}, \ref{c}."""
    printed = _printed(latex, preamble)
    assert "Theorem A" in printed and "Assumption (A1)" in printed
    assert printed.endswith("See A , (A1) , (A1) .")


def test_a_theorem_under_a_number_that_the_author_gives() -> None:
    preamble = r"""\usepackage{amsthm}\newtheorem{thm}{Theorem}\newtheorem{inner}{Theorem}
\newenvironment{custom}[1]{\renewcommand\theinner{#1}\inner}{\endinner}"""
    latex = r"""\begin{thm}\label{t} W.\end{thm}\begin{custom}{8}\label{e} V.\end{custom}
\renewcommand{\thethm}{\ref{t}$'$}\begin{thm}\label{p} X.\end{thm}\addtocounter{thm}{-1}
\begin{thm}\label{u} Y.\end{thm} See \ref{t}, \ref{e}, \ref{u}."""
    text = typst(latex, preamble)
    assert "#inner(number: [8])[V.] <e>" in text and "#thm(number: [@t$|'|$])[X.] <p>" in text
    assert _printed(latex, preamble).endswith("See 1 , 8 , 2 .")


def test_numbers_with_those_of_sections_before_them() -> None:
    latex = r"""\section{S}\begin{equation}\label{a}x\end{equation}\appendix
\renewcommand{\theequation}{\Alph{section}\arabic{equation}}\setcounter{equation}{0}
\section{T}\begin{equation}\label{b}y\end{equation} See \ref{a}, \ref{b}."""
    assert _printed(latex, "").endswith("See 1 , A1 .")
    latex = r"""\section{S}\begin{equation}\label{a}x\end{equation}\section{T}\begin{equation}\label{b}y
\end{equation} See \ref{a}, \ref{b}."""
    assert _printed(latex, r"\renewcommand{\theequation}{\thesection.\arabic{equation}}").endswith(
        "See 1.1 , 2.2 ."
    )
