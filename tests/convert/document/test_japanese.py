"""Japanese documents: line ends, typefaces, classes."""

from typlora.convert.draft import Draft, draft
from typlora.tex.project import read_string

from .helpers import blocks, compile_error, typst, whole


def made_of(document_class: str, body: str) -> Draft:
    made = draft(read_string(f"\\documentclass{document_class}\\begin{{document}}{body}\\end{{document}}"))
    assert compile_error(made) == ""
    return made


def test_line_ends_between_characters_are_no_spaces_whatever_is_around_them() -> None:
    assert typst("漢字と\n\\textbf{太字}\nの文。\n\\emph{強調}と") == "漢字と#strong[太字]の文。#emph[強調]と"
    assert typst("前。\n\\ruby{漢字}{かんじ}\nの後") == "前。#ruby[漢字][かんじ]の後"
    assert typst("文\n\\textbf{word} and\n文 $x$\nを") == "文\n*word* and\n文 $|x|$\nを"


def test_gothic_type_is_strong_and_other_families_are_that_of_the_text() -> None:
    assert (
        typst("\\textgt{強}と{\\gtfamily 太}と\\textmc{普}と{\\mcfamily 通}")
        == "#strong[強]と#strong[太]と普と通"
    )
    assert typst("\\kintou{5zw}{均等}に") == "均等に"


def test_jlreq_has_chapters_as_a_book_and_says_that_it_is_not_vertical() -> None:
    made = made_of("[book,tate]{jlreq}", "\\chapter{一}\\section{節}文")
    assert blocks(made)[:2] == ["= 一", "== 節"]
    assert [loss.reason for loss in made.losses] == ["vertical writing is written horizontally"]
    assert "= 節" in blocks(made_of("{jlreq}", "\\section{節}文"))


def test_lists_of_figures_and_tables_have_japanese_titles() -> None:
    shown = whole(made_of("{ltjsarticle}", "\\listoffigures\\listoftables"))
    assert "[図目次]" in shown and "[表目次]" in shown
