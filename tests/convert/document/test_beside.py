"""Boxes beside each other, pictures on a line, space that grows."""

from pathlib import Path

import pytest
import typst as compiler

from typlora.convert.draft import draft
from typlora.tex.project import read_project, read_string

from .helpers import blocks, compile_error, drafted, typst, whole


def page(width: str, body: str, place: str = "") -> str:
    return f"\\begin{{minipage}}{place}{{{width}}}{body}\\end{{minipage}}"


def one_line(latex: str, preamble: str = "") -> str:
    """The Typst with white space as one space, and that it compiles and nothing is reported."""
    made = drafted(latex, preamble)
    assert compile_error(made) == "" and not made.losses
    return " ".join(typst(latex, preamble).split())


@pytest.mark.parametrize(
    ("between", "gutter"),
    [
        ("%\n", ""),
        ("", ""),
        ("\n", "column-gutter: 0.33em, "),
        ("~", "column-gutter: 0.33em, "),
        ("\\hfill\n", "column-gutter: 1fr, "),
        ("\\hspace{1cm}", "column-gutter: 1cm, "),
        ("\n\\hspace*{\\fill}\n", "column-gutter: 1fr, "),
        ("\\quad\n", "column-gutter: 1em, "),
    ],
)
def test_boxes_of_one_line_are_a_grid(between: str, gutter: str) -> None:
    latex = page("0.45\\textwidth", "a $x$") + between + page(".4\\linewidth", "b")
    assert one_line(latex) == f"#grid( columns: (45%, 40%), {gutter}align: horizon, [ a $|x|$ ], [ b ], )"


@pytest.mark.parametrize(
    ("place", "align"), [("[t]", "top"), ("[b]", "bottom"), ("[c]", "horizon"), ("", "horizon")]
)
def test_boxes_stand_as_they_ask(place: str, align: str) -> None:
    latex = page("3cm", "a", place) + " " + page("3cm", "b", place)
    assert f"align: {align}," in one_line(latex)
    mixed = page("3cm", "a", place) + " " + page("3cm", "\\centering b", "[t]")
    assert f"align: ({align}, center + top)," in one_line(mixed)


def test_a_blank_line_or_a_line_break_ends_a_row() -> None:
    a, b = page("4cm", "a"), page("4cm", "b")
    assert one_line(f"{a}\n\n{b}") == one_line(f"{a}\\\\{b}")
    assert one_line(f"{a}\n\n{b}") == "#block(width: 4cm)[ a ] #block(width: 4cm)[ b ]"


def test_what_is_wider_than_the_line_goes_on_in_the_next_row() -> None:
    """As in LaTeX, which ends a line early only where white is allowed at its end."""
    boxes = [page("0.5\\textwidth", word) for word in "ab"]
    assert one_line(" ".join(boxes)) == "#grid( columns: (50%, 50%), align: horizon, [ a ], [ b ], )"
    assert one_line("\\begin{center}" + " ".join(boxes) + "\\end{center}").count("#block(width: 50%") == 2
    assert "columns: (50%, 50%)" in one_line("\\begin{center}" + "%\n".join(boxes) + "\\end{center}")
    boxes = [page("0.45\\textwidth", word) for word in "abcd"]
    assert one_line("\\hfill".join(boxes)).count("columns: (45%, 45%)") == 2


def test_other_boxes_stand_in_rows_too() -> None:
    assert one_line("\\parbox{3cm}{a}\\quad $\\to$ \\parbox[t]{4cm}{b}").startswith(
        "#grid( columns: (3cm, auto, 4cm), column-gutter: (1em, 0.33em), align: (horizon, horizon, top),"
    )
    framed = one_line(
        "\\fbox{\\parbox{3cm}{a}} \\fcolorbox{black}{red}{" + page("2cm", "b") + "}", "\\usepackage{xcolor}"
    )
    assert "block(width: 100%, stroke: 0.5pt, inset: 3pt)[ a ]" in framed and "fill: red" in framed
    table = "\\begin{tabular}{l}a\\end{tabular}"
    assert "columns: (auto, 3cm)" in one_line(table + " " + page("3cm", "b"))
    assert one_line(f"{table} \\hfill {table}").count("#box(baseline: 50%, table(") == 2


def test_words_before_a_box_keep_it_in_the_text() -> None:
    made = drafted("See \\parbox{3cm}{here} and there.")
    assert blocks(made) == ["See here and there."]
    assert [loss.reason for loss in made.losses] == [
        "layout not carried over: boxes side by side or of a fixed width (\\parbox once)"
    ]


def test_a_box_by_itself_keeps_its_width() -> None:
    assert one_line("\\fbox{" + page(".9\\textwidth", "a\n\nb") + "}") == (
        "#block(width: 90%, stroke: 0.5pt, inset: 3pt)[ a b ]"
    )
    assert "#block(width: 60%, align(start)[" in one_line(
        "\\begin{center}" + page("0.6\\linewidth", "a") + "\\end{center}"
    )
    assert one_line(page("\\textwidth", "a")) == "a"


TWO = (
    "\\begin{figure*}\\centering"
    + page(".45\\textwidth", "\\includegraphics[width=\\linewidth]{no}\\caption{One}\\label{a}")
    + "\\hfill"
    + page(".45\\textwidth", "\\begin{tabular}{l}x\\end{tabular}\\captionof{table}{Two}\\label{b}")
    + "\\end{figure*} See \\ref{a}, \\ref{b}."
)


def test_each_box_of_a_float_has_its_own_caption_and_number() -> None:
    made = drafted(TWO)
    text = " ".join("\n".join(blocks(made)).split())
    assert compile_error(made) == ""
    assert text.startswith("#grid( columns: (45%, 45%), column-gutter: 1fr, ")
    assert 'missing-image("no", width: 100%), caption: [One]' in text and "<a> ], [" in text
    assert "caption: [Two], ) <b>" in text and text.endswith("See @a, @b.")


def test_a_row_of_figures_stands_over_both_columns() -> None:
    made = draft(
        read_string(f"\\documentclass[twocolumn]{{article}}\\begin{{document}}{TWO}\\end{{document}}")
    )
    assert "#spanning(grid(" in "\n".join(blocks(made)) and compile_error(made) == ""


def test_one_caption_is_for_all_boxes_of_its_float() -> None:
    latex = "\\begin{figure}" + page("4cm", "a") + " " + page("4cm", "b") + "\\caption{Both}\\end{figure}"
    assert one_line(latex).startswith("#figure( grid( columns: (4cm, 4cm)")
    beside = (
        "\\begin{figure}" + page("4cm", "a") + " " + page("4cm", "\\caption{At its side}") + "\\end{figure}"
    )
    assert "grid" not in one_line(beside) and "caption: [At its side]" in one_line(beside)


def test_pictures_of_one_line_stay_on_it(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    picture = "\\includegraphics[width=0.4\\linewidth]{a}"
    (tmp_path / "main.tex").write_text(
        "\\documentclass{article}\\begin{document}"
        f"An {picture} b.\n\n{picture}\n\n{picture}\\hfill{picture}\\end{{document}}"
    )
    made = draft(read_project(tmp_path / "main.tex"))
    box = '#box(image("a.svg", width: 40%))'
    assert [block.parts for block in made.blocks] == [
        (f"An {box} b.",),
        ('#image("a.svg", width: 40%)',),
        (f"{box}#h(1fr){box}",),
    ]


def test_space_that_grows() -> None:
    assert one_line("Name \\hfill Date\n\n\\hfill\n\n\\hfill right") == "Name#h(1fr)Date #h(1fr)right"


def test_boxes_are_kept_where_the_document_becomes_html() -> None:
    made = drafted(page("3cm", "left $x$") + page("3cm", "\\section{A}\\label{s} right") + "\\ref{s}")
    html = compiler.compile(whole(made).encode(), format="html")
    assert isinstance(html, bytes) and b"left" in html and b"right" in html
