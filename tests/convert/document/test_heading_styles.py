"""What authors say about their headings (titlesec, sectsty), text centred by a switch, the date of today."""

from pathlib import Path

import pytest

from typlora.convert.draft import draft
from typlora.tex.project import read_project

from .helpers import blocks, compile_error, drafted, typst

BODY = r"\section{A}a\subsection{B}b"


def rules(preamble: str, level: int = 1, body: str = BODY) -> list[str]:
    made = drafted(body, preamble)
    assert compile_error(made) == ""
    head = f"#show heading.where(level: {level}): "
    return [line.removeprefix(head) for line in made.preamble.splitlines() if line.startswith(head)]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (r"\titleformat*{\section}{\large\bfseries\itshape}", ['set text(0.86em, style: "italic")']),
        (r"\titleformat{\section}{\Large\scshape}{\thesection}{1em}{}",
         ['set text(1.03em, weight: "regular")', "smallcaps"]),
        (r"\titleformat{\section}[block]{\normalfont\bfseries\filcenter\color{blue}}{\thesection}{1em}{\MakeUppercase}",
         ["set text(0.71em, fill: blue)", "set align(center)", "upper"]),
        (r"\sectionfont{\color[RGB]{1,2,3}}", ["set text(fill: rgb(1, 2, 3))"]),
        (r"\allsectionsfont{\raggedleft}", ["set align(right)"]),
        (r"\titleformat{\section}{\bfseries}{}{0pt}{}[\titlerule]",
         ["set text(0.71em)", "it => it + block(above: 0.4em, line(length: 100%, stroke: 0.5pt))",
          "set heading(numbering: none)"]),
        (r"\titleformat{\paragraph}[runin]{\bfseries}{}{0pt}{}", []),
        (r"\titleformat{\section}", ['set text(0.71em, weight: "regular")', "set heading(numbering: none)"]),
        (r"%\sectionfont{\itshape}", []),
    ],
)  # fmt: skip
def test_headings_look_as_their_author_says(style: str, expected: list[str]) -> None:
    assert rules(f"\\usepackage{{xcolor,titlesec,sectsty}}{style}") == expected


def test_what_a_style_says_that_is_not_carried_over_is_reported() -> None:
    lost = "layout not carried over: styles of headings and captions (\\titleformat once)"
    for style, reasons in (
        (r"\titleformat{\section}{\sffamily\bfseries}{\thesection}{1em}{}", [lost]),
        (r"\titleformat{\section}{\bfseries}{\S\thesection}{1em}{}", [lost]),
        (r"\titleformat{\section}{\bfseries}{\thesection}{1em}{}", []),
    ):
        assert [loss.reason for loss in drafted(BODY, style).losses] == reasons


def test_numbers_stay_where_something_may_refer_to_them() -> None:
    style = r"\titleformat{\section}{\bfseries}{}{0pt}{}"
    assert rules(style, body=r"\section{A}\label{a}See \ref{a}.") == ["set text(0.71em)"]


def test_styles_and_colours_of_a_class_beside_the_document(tmp_path: Path) -> None:
    (tmp_path / "own.cls").write_text(
        "\\definecolor{deep}{RGB}{1,2,3}\\titleformat{\\section}\n  {\\color{deep}\\large\\bfseries}\n"
        "  {\\thesection}\n  {0.5em}\n  {\\MakeUppercase{#1}}\n  []\n"
    )
    (tmp_path / "main.tex").write_text(f"\\documentclass{{own}}\\begin{{document}}{BODY}\\end{{document}}")
    made = draft(read_project(tmp_path / "main.tex"))
    assert "set text(0.86em, fill: rgb(1, 2, 3))" in made.preamble and "(level: 1): upper" in made.preamble


def test_a_switch_centres_the_rest_of_its_group() -> None:
    assert typst(r"a {\centering b\par} c") == "a\n\n#align(center)[\nb\n]\n\nc"
    assert typst(r"\begin{minipage}{\linewidth}\raggedleft b\end{minipage}") == "#align(right)[\nb\n]"
    assert blocks(drafted(r"\section{\centering A}"))[0] == "= A"
    made = drafted(r"\centering a \section{A} b")
    assert blocks(made)[0] == "a" and "alignment of running text" in made.losses[0].reason
    assert "align" not in typst(r"\begin{figure}\centering a\caption{b}\end{figure}")


def test_the_date_is_written_as_latex_writes_it() -> None:
    assert typst(r"\today") == '#datetime.today().display("[month repr:long] [day padding:none], [year]")'
    assert compile_error(drafted(r"\today")) == ""
