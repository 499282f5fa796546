"""Beamer: frames are pages, overlays are flattened and said."""

from typlora.convert.draft import Draft, draft
from typlora.tex.project import read_string

from .helpers import blocks, compile_error

HEAD = "\\documentclass[aspectratio=169]{beamer}\\title{T}\\author{A}\\begin{document}\n%s\\end{document}\n"


def slides(body: str) -> Draft:
    made = draft(read_string(HEAD % body))
    assert compile_error(made) == ""
    return made


def text(body: str) -> str:
    return "\n\n".join(blocks(slides(body)))


def test_each_frame_is_a_page_with_its_title() -> None:
    assert text("\\begin{frame}{One}a\\end{frame}\n\\begin{frame}\\frametitle{Two}b\\end{frame}") == (
        "=== One\n\na\n\n#pagebreak(weak: true)\n\n=== Two\n\nb"
    )


def test_overlays_are_taken_out_and_each_frame_that_had_some_is_reported() -> None:
    made = slides(
        "\\begin{frame}{A}\\begin{itemize}[<+->]\\item<1-> one \\item<2-| alert@3> \\alert<2>{two}"
        "\\end{itemize}\\pause\\only<3>{three}\\only<4>{four}\\end{frame}\n"
        "\\begin{frame}<2->[t]{B}plain $a<b$\\end{frame}\n\\begin{frame}{C}no overlay\\end{frame}"
    )
    shown = "\n\n".join(blocks(made))
    assert "- one\n- *two*" in shown and "three four" in shown and "=== B" in shown
    assert "<1" not in shown and "<2" not in shown and "alert" not in shown and "|a<b|" in shown
    told = [loss.span.line for loss in made.losses if "overlays" in loss.reason]
    assert told == [2, 3]


def test_alternatives_are_both_shown() -> None:
    assert "early / late" in text("\\begin{frame}\\alt<1>{early}{late}\\end{frame}")


def test_sections_stand_on_the_page_that_follows_and_only_they_are_in_the_outline() -> None:
    shown = text(
        "\\begin{frame}{O}\\tableofcontents[currentsection]\\end{frame}\\section{S}\\begin{frame}{F}x\\end{frame}"
    )
    assert "#outline(title: none, depth: 2)\n\n#pagebreak(weak: true)\n\n= S\n\n=== F" in shown


def test_notes_of_the_speaker_are_reported_and_not_shown() -> None:
    made = slides("\\begin{frame}x\\note{Speak up.}\\end{frame}")
    assert "Speak" not in "".join(blocks(made))
    assert [loss.latex for loss in made.losses] == ["\\note{Speak up.}"]


def test_old_frames_subtitles_blocks_and_unnumbered_theorems() -> None:
    shown = text(
        "\\frame{\\frametitle{Old}text}\\begin{frame}{T}{Sub}\\begin{block}{B}<2->in\\end{block}"
        "\\begin{theorem}t\\end{theorem}\\end{frame}"
    )
    assert "=== Old\n\ntext" in shown and "=== T\n\n_Sub_" in shown and "*B*\n\n  in" in shown
    assert "#theorem[t]" in shown
    assert (
        'theorem-like("Theorem", italic: true)'
        in slides("\\begin{frame}\\begin{theorem}t\\end{theorem}\\end{frame}").preamble
    )


def test_slides_are_as_wide_as_they_were() -> None:
    assert 'paper: "presentation-16-9"' in slides("\\begin{frame}x\\end{frame}").preamble


def test_columns_have_their_widths_whether_environments_or_commands() -> None:
    grid = "#grid(\n  columns: (30fr, 70fr),\n  column-gutter: 1em,\n  align: horizon,\n"
    inside = "  [\n    a\n  ],\n  [\n    b\n  ],\n)"
    columns = "\\begin{frame}\\begin{columns}%s\\end{columns}\\end{frame}"
    assert text(columns % "\\column{.3\\textwidth} a \\column{.7\\textwidth} b") == grid + inside
    environments = (
        "\\begin{column}{.3\\textwidth}a\\end{column}\\hfill\\begin{column}{.7\\textwidth}b\\end{column}"
    )
    assert text(columns % environments) == grid + inside
    assert "align" not in text((columns % environments).replace("{columns}", "{columns}[T]", 1))


def test_overlays_within_formulas_leave_the_formula_whole() -> None:
    made = slides(
        "\\begin{frame}\\begin{align*}a &= b \\\\ \\pause "
        "\\onslide<2->{c &= d} \\\\ \\uncover<3>{e} &= \\alert<2>{f}"
        "\\end{align*} $x_\\alert{i}$ $\\alt<2>{u}{v}$\\end{frame}"
    )
    shown = [" ".join(formula.latex.split()) for formula in made.formulas]
    assert shown == [
        r"\begin{align*} a &= b \\ c &= d \\ {e} &= {f} \end{align*}", "x_ {i}", r"{u}\;/\;{v}"
    ]  # fmt: skip


def test_modes_of_headings_and_targets_of_links_are_no_words() -> None:
    shown = text(
        "\\section<presentation>{S}\\begin{frame}\\frametitle<presentation>{F}"
        "\\hyperlink{main<2>}{\\beamergotobutton{Go}} {\\usebeamercolor[fg]{title} words}\\end{frame}"
    )
    assert "= S\n\n=== F" in shown and "[Go] words" in shown and "<2>" not in shown and "fg" not in shown


def test_what_slides_show_again_or_by_themselves_is_reported() -> None:
    made = draft(
        read_string(
            "\\documentclass{beamer}\\AtBeginSection[]{\\begin{frame}{Next}\\end{frame}}\\begin{document}"
            "\\begin{frame}[label=a]x\\end{frame}\\againframe<2>{a}\\begin{frame}\\movie{still}{f.mp4}\\end{frame}"
            "\\end{document}"
        )
    )
    reasons = " ".join(loss.reason for loss in made.losses)
    assert "every section" in reasons and "not shown again" in reasons and "films" in reasons
    assert "still" in "".join(blocks(made)) and "f.mp4" not in "".join(blocks(made))


def test_commands_within_semiverbatim() -> None:
    assert "```\nf(x) {y}\n```" in text(
        "\\begin{frame}[fragile]\n"
        "\\begin{semiverbatim}\nf(\\alert{x}) \\{y\\}\n\\end{semiverbatim}\n\\end{frame}"
    )
