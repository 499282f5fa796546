"""Acronyms, glossaries and lists of symbols."""

from .helpers import compile_error, drafted, typst

PREAMBLE = (
    "\\usepackage[acronym]{glossaries}\\newacronym{cnn}{CNN}{convolutional network}"
    "\\newacronym[longplural={deep nets},shortplural=DNs]{dn}{DN}{deep net}"
    "\\newglossaryentry{tea}{name=tea,description={a drink of $x$}}\n"
)


def test_acronyms_are_written_out_where_they_are_used_first() -> None:
    body = (
        "\\gls{cnn}, \\gls{cnn}, \\glspl{cnn}, \\Glspl{dn}, \\acrshort{dn}, \\acrlong{cnn}, \\acrfull{dn}, "
    )
    assert typst(body + "\\Gls{tea}.", PREAMBLE) == (
        "convolutional network (CNN), CNN, CNNs, Deep nets (DNs), DN, convolutional network, deep net (DN), "
        "Tea."
    )
    assert not drafted(body, PREAMBLE).losses
    made = drafted("\\gls{none}", PREAMBLE)
    assert made.losses[0].reason == "'none' is in no glossary; its key is shown"


def test_the_packages_acronym_and_acro() -> None:
    preamble = "\\usepackage{acro}\\DeclareAcronym{db}{short=DB, long=data base}"
    assert typst("\\ac{db} and \\ac{db}, \\acp{db}.", preamble) == "data base (DB) and DB, DBs."
    body = "\\ac{ml}.\\begin{acronym}\\acro{ml}[ML]{machine learning}\\end{acronym}"
    assert typst(body, "\\usepackage{acronym}") == "machine learning (ML).\n\n/ #[ML]: machine learning"


def test_lists_of_what_is_used() -> None:
    body = (
        "\\gls{cnn}, \\gls{tea}.\\nomenclature{$c$}{speed}\n\n\\printglossary"
        "\\printglossary[type=\\acronymtype]\\printnomenclature"
    )
    shown = typst(body, PREAMBLE + "\\usepackage{nomencl}")
    assert "= Glossary\n\n/ #[tea]: a drink of $|x|$" in shown
    assert "= Acronyms\n\n/ #[CNN]: convolutional network" in shown and "DN" not in shown
    assert shown.endswith("= Nomenclature\n\n/ #[$|c|$]: speed")
    assert compile_error(drafted(body, PREAMBLE)) == ""
