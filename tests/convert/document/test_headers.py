"""Headers that lecture notes share, boxes and theorems that authors declare, Chinese classes."""

import pytest

from typlora.convert.draft import draft
from typlora.tex.project import read_string

from .helpers import blocks, compile_error, drafted, typst


def test_boxes_of_a_given_size_are_lines_without_their_size() -> None:
    body = r"\framebox{\vbox{\hbox to 6in{\textbf{CS 1} \hfill Fall}\hbox to \hsize{Lecture \hfill 7}}}"
    made = drafted(body)
    assert blocks(made) == ["#box(stroke: 0.5pt, inset: 3pt)[*CS 1*#h(1fr)Fall \\\nLecture#h(1fr)7]"]
    assert not made.losses
    assert compile_error(made) == ""
    assert typst(r"a \hbox{to be} b") == "a to be b"


def test_the_last_title_of_a_box_counts() -> None:
    preamble = r"\usepackage{tcolorbox}\newtcolorbox{warn}[1][]{title=Warning,#1}"
    assert "*Danger*" in typst(r"\begin{warn}[title=Danger] x\end{warn}", preamble)
    assert "*Warning*" in typst(r"\begin{warn} x\end{warn}", preamble)


@pytest.mark.parametrize(
    "declared",
    [
        r"\declaretheorem[name=Satz,numberwithin=section]{thm}",
        r"\declaretheorem{thm}[name=Satz,numberwithin=section]",
        r"\declaretheorem{thm,other}[name=Satz,numberwithin=section]",
    ],
)
def test_what_is_declared_behind_a_theorem_is_read(declared: str) -> None:
    preamble = rf"\usepackage{{thmtools,tcolorbox}}{declared}\newtcbtheorem{{boxed}}{{Boxed}}{{}}{{th}}"
    body = r"\section{A}\begin{thm}X\end{thm}\begin{boxed}{T}{l}Y\end{boxed}\ref{th:l}"
    made = drafted(body, preamble)
    assert blocks(made)[-2:] == ["#boxed(title: [T])[Y] <th:l>", "@th:l"]
    assert 'theorem-like("Satz"' in made.preamble
    assert not made.losses


def test_chinese_classes() -> None:
    body = (
        "{\\heiti 黑体}，{\\zihao{4}\\kaishu 楷书}。\\begin{abstract}摘\\end{abstract}"
        "\\begin{thebibliography}{9}\\bibitem{a}王。\\end{thebibliography}"
    )
    made = draft(read_string(f"\\documentclass{{ctexart}}\\begin{{document}}{body}\\end{{document}}"))
    text = "\n".join(blocks(made))
    assert "*黑体*，楷书。" in text
    assert "= 参考文献" in text or "[参考文献]" in text
    assert 'lang: "zh"' in made.preamble
    assert "[摘要]" in made.preamble
    assert not made.losses


def test_floats_of_floatrow_have_their_own_numbers() -> None:
    body = (
        r"\begin{figure}\begin{floatrow}\ffigbox{a}{\caption{Left}\label{l}}"
        r"\ffigbox{\caption{Right}\label{r}}{b}\end{floatrow}\end{figure}"
        r"\begin{figure}\ffigbox{\caption{One}\label{o}}{c}\end{figure}\ref{l} \ref{r} \ref{o}"
    )
    made = drafted(body, r"\usepackage{floatrow}")
    text = "\n".join(blocks(made))
    assert [f"caption: [{word}]" in text for word in ("Left", "Right", "One")] == [True] * 3
    assert text.endswith("@l @r @o")
    assert not made.losses
    assert compile_error(made) == ""
