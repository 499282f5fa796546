"""The check for lost words: it finds what is gone, and does not cry wolf."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from typlora.convert.silence import check_words
from typlora.convert.silence.latex import latex_tokens
from typlora.tex.source import SourceText

BODY = "\\documentclass{article}\n\\begin{document}\n%s\n\\end{document}\n"


def lost(latex: str, html: str, *reported: str) -> list[tuple[str, ...]]:
    source = SourceText.from_file("main.tex", BODY % latex)
    page = f"<html><body>{html}</body></html>".encode()
    return [finding.words for finding in check_words(source, page, reported).findings]


def words(latex: str) -> list[str]:
    return [token.word for token in latex_tokens(BODY % latex) if token.word != "\x01"]


def test_a_lost_word_is_named_with_its_line() -> None:
    source = SourceText.from_file("main.tex", BODY % "The tree\nhas green leaves in spring.")
    checked = check_words(source, b"<p>The tree has leaves in spring.</p>", [])
    (finding,) = checked.findings
    assert finding.words == ("green",) and finding.span.line == 4 and checked.words == 7
    assert "green" in finding.reason


def test_common_words_are_missed_as_a_run_even_if_each_occurs_elsewhere() -> None:
    latex = "We see that it is so. It is so that we see. That it is, we see."
    assert lost(latex, "<p>We see that it is so. It is so that we see.</p>") != []


def test_a_repeated_sentence_that_stands_once_too_seldom_is_missed() -> None:
    sentence = "the operator is written upright here"
    assert lost(f"{sentence}. Next. {sentence}.", f"<p>{sentence}. Next.</p>") != []


def test_what_was_reported_is_not_silent() -> None:
    assert lost("Seen. \\foo{hidden words}", "<p>Seen.</p>", "\\foo{hidden words}") == []


@pytest.mark.parametrize(
    ("latex", "html"),
    [
        (
            "{B}ayes and \\textbf{half}way caf\\'e na\\\"{\\i}ve",
            "Bayes and <strong>half</strong>way café naïve",
        ),
        (
            "See \\ref{a}, \\cite[p.~3]{b} and $x+y$ only.",
            "See 1, [2, p. 3] and <math><mi>x</mi></math> only.",
        ),
        ("a\\vspace{2cm plus 1fil} word \\hskip 2pt plus 1em more", "a word more"),
        ("\\begin{tabularx}{\\textwidth}{|l|X|} one & two \\\\[2pt] \\end{tabularx}", "one two"),
        ("\\begin{figure}[htb]\\includegraphics[width=3cm]{pic}\\caption{Tall}\\end{figure}", "Tall"),
        ("\\begin{lemma}[Name] It holds.\\end{lemma}", "Lemma 1 (Name). It holds."),
        ("\\textcolor{red}{warm} \\href{http://a.b}{site} % remark\n end", "warm site end"),
        ("これは\n試験です。", "これは試験です。"),
        ("\\begin{lstlisting}[language=C]\nint main;\n\\end{lstlisting}", "<pre>int main;</pre>"),
        (
            "\\begin{equation}\\text{if}\\end{equation} after \\[ y \\] it",
            "<math></math> after <math></math> it",
        ),
        ("\\def\\bar{secret} shown", "shown"),
        ("bro\\-ken line", "broken line"),
    ],
)
def test_no_wolf(latex: str, html: str) -> None:
    assert lost(latex, f"<p>{html}</p>") == []


def test_the_title_block_counts() -> None:
    source = SourceText.from_file(
        "main.tex", "\\title{Grand Design}\n\\begin{document}\\maketitle Text.\\end{document}"
    )
    (finding,) = check_words(source, b"<p>Text.</p>", []).findings
    assert finding.words == ("grand", "design") and finding.span.line == 1


@given(st.text(alphabet="ab \\{}[]$%&~\n\"'^beginnd(){}lstlisting", max_size=80))
@settings(max_examples=300)
def test_any_text_can_be_read(text: str) -> None:
    source = SourceText.from_file("main.tex", text)
    for token in latex_tokens(text):
        assert 0 <= token.at < len(text)
    check_words(source, b"<p>x</p>", [])


def test_words_of_groups_and_unknown_commands_stay() -> None:
    assert words("\\unknown{alpha}{beta} gamma") == ["alpha", "beta", "gamma"]


def test_verbatim_ends_with_its_line_and_without_an_end_there_is_none() -> None:
    assert words("One \\verb|two three.\n\nFour| five") == ["one", "two", "three", "four", "five"]
    assert words("One \\verb|two % three|, four") == ["one", "two", "three", "four"]


def test_words_within_a_formula_that_stays_latex_are_there() -> None:
    # An open dollar: the reading by paragraphs ends the formula earlier than the conversion does.
    latex = "Let $x be both over its domain here\n\nand the rest of this text too."
    kept = "<code>x be both over its domain here and the rest of this text too.</code>"
    assert not lost(latex, f"<p>We. Let <math>{kept}</math> End.</p>")
    assert lost(latex, "<p>We. Let <math><mi>x</mi></math> End.</p>")


def test_the_keys_of_an_affiliation_are_not_printed() -> None:
    latex = r"\affiliation[1]{organization={University of Cups}, city={Kyoto}} is = {that}"
    assert words(latex) == ["university", "of", "cups", "kyoto", "is", "that"]


def test_marks_of_authors_keep_no_words_apart() -> None:
    latex = r"by \author[2]{Jonas Berg}\cortext[cor1]{Corresponding author}\affiliation[1]{city={Kyoto}}"
    shown = "<p>by Jonas Berg<sup>2</sup></p><p><sup>*</sup>Corresponding author</p><p><sup>1</sup>Kyoto</p>"
    assert not lost(latex, shown)


def test_words_that_a_reference_prints_do_not_part_the_words_around_it() -> None:
    latex = r"we see \cref{a}, \autoref{b} and go"
    shown = '<p>we see section <span class="ref">1</span>, Table <span class="ref">2</span> and go</p>'
    assert not lost(latex, shown)


def test_raised_figures_of_isotopes_belong_to_their_letters() -> None:
    latex = r"\textsuperscript{1}H and {\textsuperscript{13}C} spectra"
    assert not lost(latex, "<p><sup>1</sup>H and <sup>13</sup>C spectra</p>")
