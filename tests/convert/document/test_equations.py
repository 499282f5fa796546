"""Displays, their numbers and references to them."""

import json
import re

import typst as compiler

from .helpers import compile_error, drafted, typst, whole


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


def test_rows_of_multline_stand_at_their_sides_and_the_number_with_the_last() -> None:
    check(
        "\\begin{multline}\\label{m} a \\\\ \\shoveleft{+ b} \\\\ + c \\end{multline} \\eqref{m}",
        '#multline(<m>, shoved: ("1": start), $ |'
        "\\begin{multline}\na \\\\  {+ b} \\\\ + c\n\\end{multline}| $)\n"
        "(@m)",
    )
    check(
        "\\begin{multline*} a \\\\ + b \\end{multline*}",
        "#multline($ |\\begin{multline*}\na \\\\ + b\n\\end{multline*}| $)",
    )
    check(
        "\\begin{multline} a \\end{multline}",
        "$ |\\begin{multline}\na\n\\end{multline}| $",
    )


def test_words_between_rows_leave_the_columns_alone() -> None:
    check(
        "\\begin{align} a &= b \\label{i} \\\\ \\intertext{and, by \\ref{i}, $x$} c &= d \\nonumber \\\\ "
        "e &= f \\shortintertext{so} g &= h \\nonumber \\end{align}",
        "#rows-with-text(\n  (<i>, $ |\\begin{align}\na &= b\n\\end{align}| $),\n  [and, by @i, $|x|$],\n"
        "  (none, auto, $ |\\begin{align}\nc &= d  \\\\ e &= f\n\\end{align}| $),\n  [so],\n"
        "  $ |\\begin{align}\ng &= h\n\\end{align}| $,\n)",
    )


def test_words_before_the_rows_or_between_centred_ones_are_paragraphs() -> None:
    check(
        "\\begin{align*} \\intertext{If} a &= b \\end{align*}",
        "If\n$ |\\begin{align*}\na &= b\n\\end{align*}| $",
    )
    check(
        "\\begin{gather*} a \\\\ \\intertext{and} b \\end{gather*}",
        "$ |\\begin{gather*}\na\n\\end{gather*}| $\nand\n$ |\\begin{gather*}\nb\n\\end{gather*}| $",
    )


def test_rows_around_words_are_as_wide_as_the_widest() -> None:
    """Both equal signs stand at one place of the page."""
    import typst as compiler

    made = drafted("\\begin{align*} xxxxxxx &= 1 \\\\ \\intertext{and} y &= 2 \\end{align*}")
    rows = iter(("x x x x x x x &= 1", "y &= 2"))
    parts = [
        part if isinstance(part, str) else f"{part.before}{next(rows)}{part.after}"
        for block in made.blocks
        for part in block.parts
    ]
    source = "\n\n".join((made.preamble, "".join(parts)))
    svg = compiler.compile(source.encode(), format="svg")
    assert isinstance(svg, bytes)
    places: dict[str, list[str]] = {}
    for x, glyph in re.findall(r'matrix\(1 0 0 -1 ([\d.]+) [\d.]+\)"><use xlink:href="#(\w+)"', svg.decode()):
        places.setdefault(glyph, []).append(x)
    twice = [found for found in places.values() if len(found) == 2]  # the equal sign alone
    assert len(twice) == 1 and len(set(twice[0])) == 1


def test_columns_stand_where_latex_sets_them() -> None:
    check(
        "\\begin{align*} a &= b & c &= d \\\\ e &= f \\end{align*}",
        "#pairs-apart($ |\\begin{align*}\na &= b & c &= d \\\\ e &= f\n\\end{align*}| $)",
    )
    check(
        "\\begin{eqnarray} a &=& b \\\\ c &=& d \\label{l} \\end{eqnarray} \\ref{l}",
        "#eqnarray(auto, <l>, $ |\\begin{eqnarray}\na &=& b \\\\ c &=& d\n\\end{eqnarray}| $)\n@l",
    )
    assert "apart" not in typst("\\begin{alignat*}{2} a &= b & c &= d \\end{alignat*}")
    assert "apart" not in typst("\\begin{align*} a &= b \\\\ c &= \\text{d \\& e} \\end{align*}")


def test_pairs_of_columns_stay_apart_where_words_interrupt_them() -> None:
    body = "\\begin{align*} a &= b & c &= d \\\\ \\intertext{so} e &= f & g &= h \\end{align*}"
    assert typst(body).startswith("#rows-with-text(\n  columns: pair-space,\n  $ |")
    rows = "a &= b & c &= d"
    made = drafted(body)
    assert compile_error(made, rows) == ""
    # The end of one pair and the start of the next: 2 em of 10 points more than where they touch.
    sizes = (f"measure({one}).width.pt()" for one in (f"each-column($ {rows} $, pair-space)", f"$ {rows} $"))
    probe = whole(made, rows) + f"\n#context [#metadata(({', '.join(sizes)})) <gap>]"
    (found,) = json.loads(compiler.query(probe.encode(), "<gap>", field="value"))
    assert 19 < found[0] - found[1] < 21
    assert page(whole(made, rows)) != page(whole(made, rows).replace("columns: pair-space,", ""))


def page(source: str) -> bytes:
    return bytes(compiler.compile(source.encode(), format="png"))


def test_the_helpers_of_columns_compile_with_columns() -> None:
    rows = "a &= & b \\\n c &= & d"
    for name in ("eqnarray*", "eqnarray", "align", "align*"):
        made = drafted(f"\\begin{{{name}}} a &=& b \\\\ c &=& d \\end{{{name}}}")
        assert compile_error(made, rows) == ""


def test_a_symbol_printed_twice_is_the_symbol_it_looks_like() -> None:
    twice = "\\newcommand\\indep{\\protect\\mathpalette{\\protect\\two}{\\perp}}"
    shift = "\\def\\two#1#2{\\mathrel{\\rlap{$#1#2$}\\mkern2mu{#1#2}}}"
    assert typst("$X \\indep Y$", twice + shift) == "$|X \\Vbar Y|$"
    assert (
        typst("$X \\indep Y$", "\\newcommand{\\indep}{\\mathpalette\\two\\perp}" + shift) == "$|X \\Vbar Y|$"
    )
    other = "\\def\\two#1#2{\\mathrel{\\rlap{$#1#2$}\\mkern2mu{#1\\not#2}}}"
    assert "\\Vbar" not in typst("$X \\indep Y$", twice + other)


def test_tags_with_formulas_and_references() -> None:
    body = (
        "\\begin{equation}\\label{a}x\\end{equation}\\begin{equation}\\tag{\\ref{a}$'$}\\label{b}y\\end{equation}"
        "\\begin{align}\\tag{P$_0$}\\label{c}y\\\\\\tag*{$*$}z\\end{align}\\eqref{b}, \\ref{c}."
    )
    shown = typst(body)
    assert "#equation-rows((tag: [(@a$|'|$)], label: <b>), $ |y| $)" in shown
    assert '#equation-rows((tag: [(P$|_0|$)], label: <c>), (tag: "*"), $ ' in shown
    assert shown.endswith("(#link(<b>)[@a$|'|$]), #link(<c>)[P$|_0|$].")
    assert compile_error(drafted(body)) == ""


def test_numbers_within_a_brace() -> None:
    body = (
        "\\begin{numcases}{|x|=}x & $x>0$\\label{a}\\\\-x & if not\\nonumber\\end{numcases}"
        "\\begin{subnumcases}{f=}1 & one\\label{b}\\\\2 & two\\label{c}\\end{subnumcases}"
        "\\begin{empheq}[left=\\empheqlbrace]{align}u&=1\\label{d}\\\\v&=2\\end{empheq}"
        "\\ref{a}, \\ref{c}, \\ref{d}."
    )
    shown = typst(body, "\\usepackage{cases,empheq}")
    cases = "|x|= \\begin{cases} x & x>0 \\\\ -x & \\text{if not} \\end{cases}"
    assert f"#case-rows(<a>, none, $ |{cases}| $)" in shown
    assert "#subequations[\n#case-rows(<b>, <c>, $ |f= \\begin{cases} 1 & \\text{one}" in shown
    braced = "\\left\\{ \\begin{aligned} u&=1 \\\\v&=2 \\end{aligned} \\right."
    assert f"#case-rows(<d>, auto, $ |{braced}| $)" in shown
    made = drafted(body, "\\usepackage{cases,empheq}")
    assert compile_error(made) == "" and not made.losses


def test_a_box_around_an_environment() -> None:
    shown = typst("\\begin{empheq}[box=\\fbox]{align}u&=1\\label{d}\\\\v&=2\\end{empheq}\\ref{d}")
    assert "#block(stroke: 0.5pt, inset: 6pt, width: 100%)[\n#equation-rows(<d>, auto, $ |" in shown
    assert "#align" not in typst("\\begin{empheq}{equation*}x\\end{empheq}")


def test_displays_on_the_left_are_indented() -> None:
    body = "\\[a\\]\\begin{align}b&=c\\label{x}\\\\d&=e\\end{align}\\eqref{x}"
    left = "#show math.equation.where(block: true): set align(start)"
    for head, indent in (
        ("\\usepackage[fleqn]{amsmath}", "pad(left: 2.5em, it)"),
        ("\\usepackage[fleqn]{amsmath}\\setlength{\\mathindent}{1cm}", "pad(left: 1cm, it)"),
    ):
        made = drafted(body, head)
        assert left in made.preamble and indent in made.preamble and compile_error(made) == ""
        html = compiler.compile(whole(made).encode(), format="html")
        assert isinstance(html, bytes) and b"<math" in html
    assert "pad(" not in drafted(body, "\\usepackage[fleqn,leqno]{amsmath}").preamble
    assert left not in drafted(body, "\\usepackage{amsmath}").preamble
    assert left not in drafted("$a$", "\\usepackage[fleqn]{amsmath}").preamble
