"""Footnotes in places where Typst or LaTeX sets mark and text apart."""

import typst as compiler

from typlora.convert.draft import draft
from typlora.tex.project import read_string

from .helpers import blocks, compile_error, drafted, typst, whole

TWO = "\\documentclass[twocolumn]{article}\\begin{document}%s\\end{document}"


def test_a_mark_takes_the_next_text() -> None:
    assert typst("a\\footnotemark{} b\\footnotemark. \\footnotetext{one} \\footnotetext{two}") == (
        "a#footnote[one] b#footnote[two]."
    )
    assert typst("a\\footnotemark[7] b\\footnotetext[7]{one} c\\footnotemark[9]").startswith(
        "a#footnote[one] b"
    )
    assert typst("a\\footnotemark[7]") == "a#super[7]"
    assert typst("\\footnotetext{alone}") == "#footnote[alone]"


def test_notes_of_a_figure_over_two_columns_are_seen() -> None:
    figure = "\\begin{figure*}$x$\\caption{Cap\\footnote{the note}}\\end{figure*}"
    made = draft(read_string(TWO % figure))
    assert "caption: [#noted[Cap#footnote[the note]]]" in blocks(made)[0]
    assert compile_error(made) == ""
    # Typst would leave out its text, not only move it
    text = compiler.compile(whole(made).encode(), format="svg")
    bare = compiler.compile(whole(made).replace("#noted[Cap", "#[Cap").encode(), format="svg")
    assert isinstance(text, bytes) and isinstance(bare, bytes)
    assert text.count(b"<use ") >= bare.count(b"<use ") + len("thenote")


def test_figures_without_notes_stay_simple() -> None:
    made = draft(read_string(TWO % "\\begin{figure*}$x$\\caption{Cap}\\end{figure*}"))
    assert "noted" not in made.preamble and "noted" not in blocks(made)[0]
    assert "noted" not in drafted("\\begin{figure}x\\caption{C\\footnote{n}}\\end{figure}").preamble
