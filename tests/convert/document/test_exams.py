"""Exams, exercise sheets, letters, curricula vitae: classes with commands of their own."""

import re

import pytest

from typlora.convert.draft import Draft, draft
from typlora.tex.project import read_string

from .helpers import blocks, compile_error, drafted, typst


def of_class(name: str, body: str, preamble: str = "") -> Draft:
    return draft(
        read_string(f"\\documentclass{name}\n{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n")
    )


EXAM = r"""\begin{questions}
\question[10] Compute:
\begin{parts}\part[1] $x$ \part $y$ \begin{subparts}\subpart z\end{subparts}\end{parts}
\question Which?
\begin{choices}\choice One \CorrectChoice Two\end{choices}
\begin{solution}Two.\end{solution}
It is \fillin[Two][2cm].
\bonusquestion[3] More.
\end{questions}"""


def test_questions_parts_and_choices() -> None:
    made = of_class("[addpoints]{exam}", EXAM)
    text = "\n".join(blocks(made))
    assert "+ (10~points) Compute:\n  + (1~point) $|x|$\n  + $|y|$\n    + z" in text
    assert 'numbering: "A."' in text or 'numbering("A", n)' in text
    assert "It is #box(width: 2cm, stroke: (bottom: 0.5pt))." in text
    assert "(3~points (bonus)) More." in text
    assert "Solution" not in text
    assert ["solutions that LaTeX does not print" in loss.reason for loss in made.losses] == [True]
    assert compile_error(made) == ""


@pytest.mark.parametrize(("option", "command"), [("[answers]", ""), ("", r"\printanswers")])
def test_solutions_where_the_class_prints_them(option: str, command: str) -> None:
    made = of_class(option + "{exam}", EXAM, command)
    assert any("*Solution:* Two." in block for block in blocks(made))
    assert not made.losses


def test_other_names_of_points() -> None:
    made = of_class(
        "{exam}", r"\begin{questions}\question[2] A\end{questions}", r"\pointpoints{Punkt}{Punkte}"
    )
    assert blocks(made) == ["+ (2~Punkte) A"]


def test_exercises_beside_each_other() -> None:
    made = drafted(
        "\\begin{tasks}(3)\\task $a$ \\task b\\label{t} \\task[x)] c\\end{tasks} \\ref{t}",
        "\\usepackage{tasks}",
    )
    text = "\n".join(blocks(made))
    assert "columns: (1fr,) * 3" in text
    assert "[a)~$|a|$]" in text
    assert "[b)~b" in text
    assert "[x)~c]" in text
    assert text.endswith("[b)]")
    assert not made.losses
    assert compile_error(made) == ""


def test_lines_to_write_on() -> None:
    assert typst(r"Name: \hrulefill") == "Name: #box(width: 1fr, line(length: 100%, stroke: 0.5pt))"
    assert typst(r"A \underline{\hspace{2cm}} b") == "A #box(width: 2cm, stroke: (bottom: 0.5pt)) b"
    assert typst(r"\underline{ab}") == "#underline[ab]"
    assert typst(r"A \makebox[3cm]{\dotfill}") == "A #box(width: 3cm)[#box(width: 1fr, repeat[.])]"


def test_a_list_within_one_that_has_numbers_of_its_own() -> None:
    body = (
        "\\begin{enumerate}[label=\\roman*),start=3]\\item A\\begin{enumerate}\\item B\\end{enumerate}"
        "\\begin{enumerate}[label*=\\arabic*.]\\item C\\end{enumerate}\\end{enumerate}"
    )
    text = typst(body, "\\usepackage{enumitem}")
    assert '#set enum(numbering: "i)", full: false, start: 3)' in text
    assert '#set enum(numbering: "(a)", full: false, start: 1)' in text
    assert '"iii)" + numbering("1", n) + "."' in text


def test_labels_with_numbers_of_other_counters() -> None:
    body = (
        "\\section{A}\\begin{enumerate}[label=\\thesection.\\arabic*]\\item\\label{a} B\\end{enumerate}"
        "\\begin{enumerate}[label=(\\alph*),ref=\\thesection(\\alph*)]\\item\\label{b} C\\end{enumerate}"
        "\\ref{a} \\ref{b}"
    )
    text = typst(body, "\\usepackage{enumitem}")
    assert '"1." + numbering("1", n)' in text
    assert text.endswith("#link(<a>)[1.1] #link(<b>)[1(a)]")


def test_settings_of_each_level() -> None:
    nested = r"\begin{enumerate}\item A\begin{enumerate}\item B\end{enumerate}\end{enumerate}"
    levels = r"\setlist[enumerate,1]{label=\Roman*.}\setlist[enumerate,2]{label=\alph*)}"
    text = typst(nested, r"\usepackage{enumitem}" + levels)
    assert 'numbering: "I."' in text
    assert 'numbering: "a)"' in text
    own = r"\newlist{qs}{enumerate}{2}\setlist[qs,1]{label=Q\arabic*.}\setlist[qs,2]{label=(\roman*)}"
    text = typst(nested.replace("enumerate", "qs"), r"\usepackage{enumitem}" + own)
    assert 'numbering: "Q1."' in text
    assert 'numbering: "(i)"' in text


LETTER = r"""\begin{letter}{Dr Smith\\Low Road}
\opening{Dear Dr Smith,}
Thank you.
\closing{Yours,}
\ps{P.S. More.}
\encl{A map}
\cc{Prof. Miller}
\end{letter}"""


def test_a_letter() -> None:
    made = of_class("{letter}", LETTER, r"\signature{Jane\\Head}\address{Dept\\Street}\date{3 March}")
    text = "\n".join(blocks(made))
    places = [
        text.find(words)
        for words in (
            "Dept",
            "3 March",
            "Dr Smith",
            "Dear Dr",
            "Thank",
            "Yours,",
            "Jane",
            "P.S.",
            "encl:",
            "A map",
            "cc:",
            "Prof.",
        )
    ]
    assert -1 not in places
    assert places == sorted(places)
    assert not made.losses
    assert compile_error(made) == ""


def test_a_letter_of_koma_script() -> None:
    preamble = (
        r"\usepackage[ngerman]{babel}\setkomavar{fromname}{Max}\setkomavar{fromemail}{a@b.c}"
        r"\setkomavar{subject}{Vertrag}\setkomavar{customer}{K 1}\setkomavar{date}{1. Mai}"
    )
    text = "\n".join(blocks(of_class("[fromemail]{scrlttr2}", LETTER, preamble)))
    places = [
        text.find(words)
        for words in (
            "Max",
            "E-Mail: a",
            ". Mai",
            "Dr Smith",
            "Kundennummer: K 1",
            "#strong[Vertrag]",
            "Dear",
            "Anlage(n):",
        )
    ]
    assert -1 not in places
    assert places == sorted(places)


def test_a_curriculum_vitae() -> None:
    body = (
        r"\makecvtitle\section{Education}\cventry{2010}{PhD}{X}{City}{}{About \emph{things}.}"
        r"\cvitem{Title}{Y}\cvitemwithcomment{German}{Native}{mother}\cvlistitem{One}"
    )
    preamble = r"\name{John}{Doe}\title{Engineer}\phone{+1}\email{a@b.c}\address{Street}{City}{Land}"
    made = of_class("{moderncv}", body, preamble)
    text = "\n".join(blocks(made))
    places = [
        text.find(words)
        for words in (
            "John Doe",
            "Engineer",
            "+1",
            "Street",
            "Education",
            "2010",
            "*PhD*, _X_, City.",
            "About",
            "Title",
            "Native",
            "mother",
            "One",
        )
    ]
    assert -1 not in places
    assert not made.losses
    assert compile_error(made) == ""


def test_icons_are_counted() -> None:
    made = drafted(r"\faPhone\ 123 \faIcon{github} x", r"\usepackage{fontawesome5}")
    assert "\n".join(blocks(made)).split() == ["123", "x"]
    assert ["icons of Font Awesome" in loss.reason for loss in made.losses] == [True]


@pytest.mark.parametrize(
    ("package", "outer", "inner", "shown"),
    [
        ("enumitem", "", "", "1 1a 1(a)i"),
        ("enumitem", r"[label=(\Roman*)]", "", "(I) (I)a (I)(a)i"),
        ("enumitem", "", r"[label=(\alph*)]", "1 (a) 1((a))i"),
        ("enumitem", "", r"[label=(\alph*),ref=\alph*]", "1 a 1(a)i"),
        ("enumerate", "", "[(a)]", "1 1a 1(a)i"),
    ],
)
def test_references_to_nested_items_are_as_latex_prints_them(
    package: str, outer: str, inner: str, shown: str
) -> None:
    body = (
        rf"\begin{{enumerate}}{outer}\item\label{{a}} A\begin{{enumerate}}{inner}\item\label{{b}} B"
        r"\begin{enumerate}\item\label{c} C\end{enumerate}\end{enumerate}\end{enumerate}"
        r"\ref{a} \ref{b} \ref{c}"
    )
    text = typst(body, rf"\usepackage{{{package}}}")
    assert re.findall(r"#link\(<\w>\)\[([^]]*)\]", text) == shown.split()
