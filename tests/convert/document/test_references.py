"""References to things that exist, that do not, and that exist twice."""

import pytest

from .helpers import blocks, compile_error, drafted, typst


def check(latex: str, expected: str, preamble: str = "") -> None:
    assert typst(latex, preamble) == expected
    assert compile_error(drafted(latex, preamble)) == ""


def test_missing_targets_are_visible_and_reported() -> None:
    made = drafted("See \\ref{nope} and \\cite{nobody}.")
    assert typst("See \\ref{nope} and \\cite{nobody}.") == (
        "See #strong[??]/* \\ref{nope} */ and \\[#strong[?]/* nobody */\\]."
    )
    assert [loss.reason for loss in made.losses] == [
        "reference to 'nope', which does not exist",
        "citation of 'nobody', which is not in the bibliography",
    ]
    assert compile_error(made) == ""


def test_keys_whose_brace_is_forgotten_take_no_text() -> None:
    made = drafted("See \\cite{a, b and \\emph{more}.\n\nAs in \\ref{c too.")
    assert blocks(made) == [
        "See \\[#strong[?]/* a, b */\\] and _more_.",
        "As in #strong[??]/* \\ref{c} */ too.",
    ]
    assert [loss.reason for loss in made.losses if "closing" in loss.reason] == [
        "the closing } of cite is missing; it was ended behind its first word",
        "the closing } of ref is missing; it was ended behind its first word",
    ]
    assert compile_error(made) == ""


def test_a_label_given_twice_keeps_the_first() -> None:
    made = drafted("\\section{A}\\label{x}\n\\section{B}\\label{x}\nSee \\ref{x}.")
    assert compile_error(made) == ""
    assert [loss.reason for loss in made.losses] == ["label 'x' is defined twice; references go to the first"]


def test_labels_become_typst_labels() -> None:
    check("\\section{A}\\label{a b/c}\nSee \\ref{a b/c}--x.", "= A <a-b-c>\n\nSee #ref(<a-b-c>)--x.")


def test_label_ends_where_the_sentence_ends() -> None:
    check("\\section{A}\\label{a}\nSee \\ref{a}. Or \\ref{a}: yes.", "= A <a>\n\nSee @a. Or @a: yes.")


def test_two_labels_of_one_thing() -> None:
    check("\\section{A}\\label{a}\\label{b}\n\\ref{b}", "= A <a>\n\n@a")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("\\autoref{a}", "section~@a"),
        ("\\cref{a}", "section~@a"),
        ("\\Cref{a,b,c}", "Sections~@a to @c"),
        ("\\cref{a,b}", "sections~@a and @b"),
        ("\\cref{a,e}", "section~@a and eq.~(@e)"),
        ("\\pageref{a}", "#page-of(<a>)"),
        ("\\hyperref[a]{here}", "#link(<a>)[here]"),
    ],
)
def test_names(command: str, expected: str) -> None:
    body = "\\section{A}\\label{a}\\section{B}\\label{b}\\section{C}\\label{c}"
    body += "\\begin{equation}\\label{e}x\\end{equation}\n\n"
    assert typst(body + command).split("\n\n")[-1] == expected
    assert compile_error(drafted(body + command)) == ""


def test_numbered_citations() -> None:
    check(
        "\\cite{a,b} \\cite[p.~3]{a}\\begin{thebibliography}{9}\\bibitem{a} One.\\bibitem{b} Two"
        ".\\end{thebibliography}",
        "\\[@a, @b\\] \\[@a, p.~3\\]\n\n= References\n\n#bibitem[One.] <a>\n\n#bibitem[Two.] <b>",
    )


def test_author_year_citations() -> None:
    item = "\\bibitem[Smith et al.(2000)Smith and Jones]{s} Smith."
    entry = f"\\begin{{thebibliography}}{{9}}{item}\\end{{thebibliography}}"
    check(
        "\\citet{s} \\citep[see][p.~3]{s} \\citeauthor{s}" + entry,
        "#link(<s>)[Smith et al. (2000)] (see #link(<s>)[Smith et al., 2000], p.~3) #link(<s>)[S"
        "mith et al.]\n\n"
        "= References\n\n#bib-entry[Smith.] <s>",
        "\\usepackage{natbib}",
    )


def test_a_label_in_a_footnote_is_the_number_of_the_footnote() -> None:
    made = drafted(
        "\\section{S}\\label{s} One\\footnote{a}, two\\footnote{\n\\label{fn}b}. See \\ref{fn}, \\ref{s}."
    )
    text = "\n".join(blocks(made))
    assert "#footnote[b] <fn>" in text and "#note-number(<fn>)" in text and "@s" in text
    assert compile_error(made) == ""


def test_braces_in_the_caption_of_a_listing() -> None:
    made = drafted(
        "\\begin{lstlisting}[caption={A \\texttt{b.c} d},label=k]\nfoo\n\\end{lstlisting}\nSee \\ref{k}."
    )
    text = "\n".join(blocks(made))
    assert "caption: [A `b.c` d]" in text and "@k" in text
    assert compile_error(made) == ""


def test_titles_of_what_is_referred_to() -> None:
    shown = typst(
        "\\section{On $x$}\\label{s}\\begin{thm}[Main]\\label{t}W.\\end{thm}"
        "\\begin{thm}\\label{u}W.\\end{thm}"
        "\\nameref{s}, \\nameref{t}, \\nameref{u}, \\nameref*{s}, \\ref*{s}.",
        "\\usepackage{amsthm,hyperref}\\newtheorem{thm}{Theorem}",
    )
    assert shown.endswith("#link(<s>)[On $|x|$], #link(<t>)[Main], @u, #link(<s>)[On $|x|$], @s.")


def test_cleveref_as_its_options_and_the_author_say() -> None:
    body = (
        "\\section{A}\\label{s}\\begin{thm}\\label{t}W.\\end{thm}\\begin{equation}\\label{e}x\\end{equation}\n\n"
        "\\cref{s,t,e}, \\Cref{t}, \\cref{e}, \\Cref{e}."
    )
    preamble = "\\usepackage{amsthm}\\newtheorem{thm}{Theorem}\\usepackage%s{cleveref}"
    last = typst(body, preamble % "").split("\n\n")[-1]
    assert last == "section~@s, theorem~@t, and eq.~(@e), Theorem~@t, eq.~(@e), Equation~(@e)."
    last = typst(body, preamble % "[capitalize,noabbrev]").split("\n\n")[-1]
    assert last == "Section~@s, Theorem~@t, and Equation~(@e), Theorem~@t, Equation~(@e), Equation~(@e)."
    last = typst(body, preamble % "[capitalise]" + "\\crefname{thm}{thm.}{thms.}").split("\n\n")[-1]
    assert last == "Section~@s, thm.~@t, and Eq.~(@e), Thm.~@t, Eq.~(@e), Equation~(@e)."


def test_short_titles_stand_in_the_contents() -> None:
    body = "\\tableofcontents\\section[Short]{Long}\\section{Noted\\footnote{N.}}"
    body += "\\subsection*{Free}\\label{f}\\ref{f}"
    shown = typst(body)
    assert "= #with-short[Short][Long]" in shown and "= #with-short[Noted][Noted#footnote[N.]]" in shown
    assert shown.endswith("#link(<f>)[2]")  # as LaTeX: the number of what was numbered last
    assert compile_error(drafted(body)) == ""
    assert typst("\\section[Short]{Long}") == "= Long"


def test_works_without_a_year() -> None:
    entry = (
        "\\begin{thebibliography}{9}\\bibitem[Doe()Doe]{d} D.\\bibitem[Roe(2000)]{r} R.\\end{thebibliography}"
    )
    shown = typst("\\citet{d}, \\citep{d}, \\citealp{d}." + entry, "\\usepackage{natbib}")
    assert shown.startswith("#link(<d>)[Doe], (#link(<d>)[Doe]), #link(<d>)[Doe].")
