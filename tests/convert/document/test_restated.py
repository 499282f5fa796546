"""Theorems that a command says again."""

from .helpers import compile_error, drafted, typst

PREAMBLE = "\\usepackage{amsthm,thm-restate}\\newtheorem{thm}{Theorem}"
FIRST = (
    "\\begin{restatable}[Head]{thm}{main}%s Words "
    "\\begin{equation}a\\label{e}\\end{equation}\\end{restatable}"
)


def test_said_again_it_has_the_number_and_the_words_of_the_first_time() -> None:
    body = FIRST % "\\label{t}" + " Then \\main* and \\ref{t}, \\eqref{e}."
    made = drafted(body, PREAMBLE)
    assert compile_error(made) == "" and not made.losses
    assert typst(body, PREAMBLE).split("\n\n") == [
        "#thm(title: [Head])[Words\n$ |a| $ <e>] <t>",
        "Then",
        "#block(width: 100%)[\n  *Theorem~@t* (Head). #emph[Words\n"
        '  #equation-rows((tag: "(1)"), $ |a| $)]\n]',
        "and @t, (@e).",
    ]


def test_a_theorem_without_a_label_gets_one_where_it_is_said_again() -> None:
    assert "] <main>" in typst(FIRST % "" + "\\main", PREAMBLE)
    assert "<main>" not in typst(FIRST % "", PREAMBLE)


def test_numbers_go_on_as_if_it_had_been_said_once() -> None:
    body = FIRST % "" + "\\main \\begin{equation}b\\label{f}\\end{equation}\\begin{thm}x\\end{thm} \\ref{f}"
    made = drafted(body, PREAMBLE)
    assert compile_error(made) == "" and not made.losses
    assert typst(body, PREAMBLE).count("<e>") == 1


def test_an_environment_that_nobody_declared_keeps_its_words() -> None:
    made = drafted("\\begin{restatable}{nothing}{main}Words.\\end{restatable}", PREAMBLE)
    assert [loss.reason for loss in made.losses] == ["unknown environment nothing; its text is kept"]
    assert compile_error(made) == ""
