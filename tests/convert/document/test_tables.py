"""Tables: columns aligned on decimals, column types of the author's own, spans."""

import pytest

from tests.convert.document.helpers import compile_error, drafted, typst


@pytest.mark.parametrize(
    ("spec", "rows", "cells"),
    [
        ("S", r"12.345 \\ 3.5 \\ 7", ["[12.345]", "[3.5#hide[45]]", "[7#hide[.345]]"]),
        ("S[table-format=-1.2]", r"-1.25 \\ {n/a} \\ 1e3", ["[−1.25#hide[", "[n/a]", "[1 × 10³"]),
        ("D{.}{.}{2}", r"1.25^{**} \\ -3.5 \\ (0.1)", ["[1.25#super[\\*\\*]", "[−3.5#hide[", "[(0.1)"]),
        ("r@{.}l", r"12&25 \\ 3&5", ["columns: 1", "[12.25]", "[3.5#hide[5]]"]),
        ("r@{,}l", r"12&25 \\ 3&5", ["[12,25]", "[3,5#hide[5]]"]),
    ],
)
def test_decimals_stand_below_each_other(spec: str, rows: str, cells: list[str]) -> None:
    made = typst(f"\\begin{{tabular}}{{{spec}}}{rows}\\end{{tabular}}").replace("\u202f", " ")
    for cell in cells:
        assert cell in made


def test_halves_of_numbers_join_under_a_spanning_head() -> None:
    body = (
        r"\begin{tabular}{l r@{.}l c}Name & \multicolumn{2}{c}{Value} & Z \\ \cline{2-3} \cline{4-4}"
        r"A & 1&25 & z\end{tabular}"
    )
    made = typst(body)
    assert "columns: 3" in made
    assert "[Name], table.cell(align: center)[Value], [Z]" in made
    assert "[A], [1.25], [z]" in made
    assert "table.hline(start: 1, end: 2" in made
    assert "table.hline(start: 2, stroke" in made
    assert not compile_error(drafted(body))


def test_other_separators_stay_between_columns() -> None:
    assert "[± 2]" in typst(r"\begin{tabular}{r@{$\pm$}l}1&2\end{tabular}")


def test_column_types_of_the_author() -> None:
    preamble = r"\newcolumntype{d}[1]{D{.}{.}{#1}}\newcolumntype{P}{>{\centering}p{3cm}}"
    made = typst(r"\begin{tabular}{d{2}P}1.25 & x \\ 1 & y\end{tabular}", preamble)
    assert "[1#hide[.25]]" in made
    assert "columns: (auto, 3cm)" in made
    assert "align: (right, center)" in made


def test_bold_numbers_and_cells_that_are_no_numbers() -> None:
    made = typst(r"\begin{tabular}{S}1.25 \\ \bfseries 2.5 \\ {not a number}\end{tabular}")
    assert "#hide[5]" in made
    assert "[not a number]" in made


def test_notes_of_a_table() -> None:
    body = (
        "\\begin{table}\\begin{threeparttable}\\caption{C}\\begin{tabular}{l}a\\tnote{1}\\end{tabular}"
        "\\begin{tablenotes}[flushleft]\\small\\item[1] First $x$.\\item Second.\\end{tablenotes}"
        "\\end{threeparttable}\\end{table}"
    )
    shown = typst(body)
    assert (
        "[a#super[1]]" in shown
        and "#super[1] First $|x|$." in shown
        and "\nSecond." in shown.replace("  ", "")
    )
    made = drafted(body)
    assert compile_error(made) == "" and not made.losses


def test_a_long_table_repeats_its_head_and_ends_with_its_foot() -> None:
    body = (
        "\\begin{longtable}{ll}\\caption{C}\\\\\\toprule A & B\\\\\\midrule\\endfirsthead"
        "\\multicolumn{2}{l}{more of it}\\\\\\toprule A & B\\\\\\midrule\\endhead\\midrule go on\\\\\\endfoot"
        "\\midrule Source: us\\\\\\bottomrule\\endlastfoot x & y\\\\\\end{longtable}"
    )
    made = drafted(body)
    shown = " ".join(typst(body).split())
    assert (
        "table.header( table.hline(stroke: 0.08em), [A], [B], ), table.hline(stroke: 0.05em), [x], [y],"
        in shown
    )
    assert "[y], table.hline(stroke: 0.05em), [Source: us], [], table.hline(stroke: 0.08em), )" in shown
    assert len(made.losses) == 2 and all("another page" in loss.reason for loss in made.losses)
    assert compile_error(made) == ""


def test_what_columns_say_of_their_cells() -> None:
    preamble = "\\usepackage{array}\\newcolumntype{M}{>{$}c<{$}}"
    body = "\\begin{tabular}{>{\\itshape}lMr<{\\%}}a & x^2 & 3\\\\\\multicolumn{2}{c}{both} & \\end{tabular}"
    shown = typst(body, preamble)
    assert "[_a_], [$|x^2|$], [3%]" in shown and "[both], []" in shown
    made = drafted(body, preamble)
    assert compile_error(made) == "" and not made.losses


def test_a_cell_with_a_diagonal() -> None:
    assert "[a \\\\ b], [c]" in typst("\\begin{tabular}{ll}\\diagbox{a}{b} & c\\end{tabular}")
