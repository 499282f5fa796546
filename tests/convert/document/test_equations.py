"""Displays, their numbers and references to them."""

from .helpers import compile_error, drafted, typst


def check(latex: str, expected: str, preamble: str = "") -> None:
    assert typst(latex, preamble) == expected
    assert compile_error(drafted(latex, preamble)) == ""


def test_inline_and_display() -> None:
    check("Let $x^2$ and \\[ y \\] end.", "Let $|x^2|$ and\n$ |y| $\nend.")


def test_equations_have_labels() -> None:
    check(
        "\\begin{equation}\\label{eq:a} x = y \\end{equation} See \\eqref{eq:a} and \\ref{eq:a}.",
        "$ |x = y| $ <eq:a>\nSee (@eq:a) and @eq:a.",
    )


def test_every_row_has_its_number() -> None:
    check(
        "\\begin{align} a &= b \\label{r1} \\\\ c &= d \\nonumber \\\\ e &= f \\\\ g \\tag{*}\\l"
        "abel{r4} \\end{align}"
        " \\eqref{r1} \\eqref{r4}",
        '#equation-rows(<r1>, none, auto, (tag: "(*)", label: <r4>), '
        "$ |\\begin{align}\na &= b   \\\\ c &= d  \\\\ e &= f \\\\ g\n\\end{align}| $)\n"
        "(@r1) (#link(<r4>)[\\*])",
    )


def test_displays_without_number_say_so_only_where_others_have_one() -> None:
    check("\\[ x \\]", "$ |x| $")
    check("\\[ x \\] \\begin{equation} y \\end{equation}", "#unnumbered($ |x| $)\n$ |y| $")


def test_starred_environments() -> None:
    check("\\begin{gather*} a \\\\ b \\end{gather*}", "$ |\\begin{gather*}\na \\\\ b\n\\end{gather*}| $")


def test_numbers_within_sections_and_subequations_compile() -> None:
    made = drafted(
        "\\section{A}\\begin{equation}\\label{a}x\\end{equation}\n"
        "\\begin{subequations}\\label{s}\\begin{align}x\\label{s1}\\\\y\\label{s2}\\end{align}\\end{subequations}"
        "\\ref{a} \\ref{s} \\ref{s1}\\cref{a,s1,s2}",
        "\\usepackage{amsmath}\\numberwithin{equation}{section}",
    )
    assert compile_error(made) == ""
    assert not made.losses


def test_macros_are_expanded_in_formulas() -> None:
    made = drafted("$\\R$", "\\newcommand{\\R}{\\mathbb{R}}")
    assert made.formulas[0].latex == "\\mathbb{R}"


def test_comments_and_labels_are_not_part_of_a_formula() -> None:
    made = drafted("\\begin{equation}\nx % note\n\\label{a}\n= y\n\\end{equation}")
    assert "note" not in made.formulas[0].latex
    assert "label" not in made.formulas[0].latex
    assert made.formulas[0].labels == ("a",)
