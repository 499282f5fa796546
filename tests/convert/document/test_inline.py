"""Words, styles, characters and escaping."""

import pytest

from .helpers import compile_error, drafted, typst

CASES = {
    r"A \emph{big} \textbf{world}": "A _big_ *world*",
    r"{\bf bold} and {\it slanted}": "*bold* and _slanted_",
    r"Under\textbf{lined}word": "Under#strong[lined]word",
    r"\textbf{b}/c and a/\textbf{b}": "*b*\\/c and a\\/*b*",
    r"\textbf{bold}(x) \underline{u}(x)": "*bold*(x) #underline[u];(x)",
    r"\underline{u}.x \underline{u}.": "#underline[u];.x #underline[u].",
    r"\emph{a \emph{b} c}": "#emph[a _b_ c]",
    r"\texttt{a\_b} \verb|x_y|": "`a_b` `x_y`",
    r"\texttt{a `b`}": '#raw("a `b`")',
    r"\textsc{Small} x\textsuperscript{2}": "#smallcaps[Small] x#super[2]",
    r"100\% \# \$ \_ \& \{\}": r"100% \# \$ \_ & {}",
    "http://a.b": "http:/\\/a.b",
    "``quoted''": '"quoted"',
    "a~b -- c---d \\ldots": "a~b -- c---d …",
    r"caf\'e na\"{\i}ve \v{s} \c{c} \ss{} \o": "café naïve š ç ß ø",
    r"one\\two": "one \\\ntwo",
    r"\LaTeX{} is\ nice": "LaTeX is nice",
    "at -1 and 3-4": "at \\-1 and 3-4",
    r"\url{https://a.b/c_d%20e}": '#link("https://a.b/c_d%20e")',
    r"\href{https://a.b}{words}": '#link("https://a.b")[words]',
    r"word\footnote{A note.} more": "word#footnote[A note.] more",
    r"\textcolor{red}{red}": "#text(fill: red)[red]",
    r"\unknowncommand{its text}": "its text",
    r"\unknowncommand": "`\\unknowncommand`",
    "one % comment\ntwo": "one two",
}


@pytest.mark.parametrize(("latex", "expected"), CASES.items())
def test_words(latex: str, expected: str) -> None:
    assert typst(latex) == expected


@pytest.mark.parametrize("latex", CASES)
def test_words_compile(latex: str) -> None:
    assert compile_error(drafted(latex)) == ""


@pytest.mark.parametrize("marker", ["-", "+", "=", "==", "/", "1."])
def test_text_is_not_a_list_or_a_heading(marker: str) -> None:
    made = typst(f"{marker} nothing special")
    assert made.startswith("\\" if marker != "1." else "1\\.")


def test_lines_of_the_source_stay() -> None:
    assert typst("one\n  two\nthree") == "one\ntwo\nthree"


def test_what_is_unknown_is_reported_with_its_place() -> None:
    made = drafted("Text.\n\n\\mystery{words} here.")
    (loss,) = made.losses
    assert "\\mystery" in loss.reason
    assert loss.span.line == 6


def test_comments_and_cjk_line_breaks() -> None:
    assert typst("日本語の\n文章です。\nEnglish\nwords") == "日本語の文章です。\nEnglish\nwords"


def test_a_line_break_that_fits_latex_lines_goes_and_is_told() -> None:
    made = drafted("One\\linebreak two")
    assert typst("One\\linebreak two") == "One two"
    assert ["\\linebreak once" in loss.reason for loss in made.losses] == [True]
    assert typst("\\begin{center}One\\linebreak two\\end{center}").count("\\\n") == 1
