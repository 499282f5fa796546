"""The end of a proof, where the author puts it, and theorems with their numbers first."""

from .helpers import compile_error, drafted, typst


def proof(inside: str) -> str:
    return f"\\begin{{proof}}{inside}\\end{{proof}}"


def test_the_square_stands_where_it_is_asked_for() -> None:
    body = proof("List\\begin{itemize}\\item a \\qedhere\\end{itemize}")
    assert typst(body) == "#proof(qed: false)[\n  List\n\n  - a #h(1fr) $square$\n]"
    made = drafted(body + proof("b"))
    assert compile_error(made) == "" and "#if qed [#h(1fr) $square$]" in made.preamble
    assert "qed" not in drafted(proof("b")).preamble


def test_the_square_of_a_display_stands_on_its_last_line() -> None:
    made = drafted(proof("So \\[ x = y. \\qedhere \\]"))
    assert typst(proof("So \\[ x = y. \\qedhere \\]")) == (
        "#proof(qed: false)[\n  So\n  #equation-rows((tag: [$square$]), $ |x = y.| $)\n]"
    )
    assert made.formulas[0].latex == "x = y." and compile_error(made) == ""
    rows = typst(proof("\\begin{align*} a &= b \\\\ c &= d \\qedhere \\end{align*}"))
    assert "#equation-rows(none, (tag: [$square$]), $ |" in rows
    shown = typst(
        proof("\\begin{gather*} a \\qedhere \\end{gather*}"), "\\renewcommand{\\qedsymbol}{$\\blacksquare$}"
    )
    assert "(tag: [$square.filled$])" in shown


def test_a_row_with_a_number_keeps_it() -> None:
    body = proof("\\begin{equation} x \\label{a} \\qedhere \\end{equation}")
    assert typst(body) == "#proof[\n  $ |x| $ <a>\n]"


def test_numbers_before_names() -> None:
    preamble = "\\usepackage{amsthm}\\swapnumbers\\newtheorem{a}{A}\\newtheorem*{n}{N}"
    preamble += "\\swapnumbers\\newtheorem{b}{B}"
    made = drafted("\\begin{a}x\\end{a}\\begin{n}x\\end{n}\\begin{b}x\\end{b}", preamble)
    assert compile_error(made) == ""
    assert '"A", kind: "theorem-a", italic: true, swap: true)' in made.preamble
    assert '"B", kind: "theorem-b", italic: true)' in made.preamble
