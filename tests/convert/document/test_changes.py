"""Versions that authors switch on and off: marked changes, excluded environments; floats of their own."""

from .helpers import compile_error, drafted, typst

CHANGES = "A \\added{new} \\deleted{old} \\replaced{good}{bad} \\highlight{hot}"


def test_changes_of_a_draft_are_marked() -> None:
    shown = typst(CHANGES, "\\usepackage{changes}")
    assert shown == (
        "A #text(fill: blue)[new] #strike[old] #text(fill: blue)[good]#strike[bad] #highlight[hot]"
    )
    made = drafted("x\\comment{why} \\added[id=A, comment={so}]{y}", "\\usepackage{changes}")
    assert compile_error(made) == ""
    assert ["remark" in loss.reason for loss in made.losses] == [True, True]


def test_final_changes_are_accepted_also_in_formulas() -> None:
    final = "\\usepackage[final]{changes}"
    assert " ".join(typst(CHANGES + "\\comment{no}.", final).split()) == "A new good hot."
    made = drafted("$\\replaced{a}{b}\\deleted[id=x]{c}$", final)
    assert [formula.latex for formula in made.formulas] == ["{a}"] and not made.losses


def test_excluded_environments_are_not_shown_and_included_ones_are() -> None:
    preamble = "\\usepackage{comment}\\includecomment{long}\n\\excludecomment{draft}\n"
    shown = typst("a\n\\begin{draft}\nnot this\n\\end{draft}\n\\begin{long}\nthis\n\\end{long}\nb", preamble)
    assert shown.split() == ["a", "this", "b"]


def test_floats_that_the_author_declares_have_captions_and_numbers() -> None:
    made = drafted(
        "\\begin{recipe}Flour\\caption{Bread}\\label{r}\\end{recipe}\\ref{r}",
        "\\usepackage{float}\\newfloat{recipe}{t}{lor}\\floatname{recipe}{Rezept}",
    )
    shown = typst(
        "\\begin{recipe}Flour\\caption{Bread}\\label{r}\\end{recipe}\\ref{r}",
        "\\usepackage{float}\\newfloat{recipe}{t}{lor}\\floatname{recipe}{Rezept}",
    )
    assert compile_error(made) == "" and not made.losses
    assert 'kind: "recipe",\n  supplement: "Rezept",\n) <r>\n\n@r' in shown
