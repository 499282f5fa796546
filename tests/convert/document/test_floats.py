"""Tables, figures, theorems, algorithms, drawings."""

from pathlib import Path

import typst as compiler

from typlora.convert.draft import Draft, draft
from typlora.tex.project import read_project

from .helpers import blocks, compile_error, drafted, typst, whole


def check(latex: str, expected: str, preamble: str = "") -> None:
    assert typst(latex, preamble) == expected
    assert compile_error(drafted(latex, preamble)) == ""


def test_table_with_spans_and_rules() -> None:
    check(
        "\\begin{table}\\caption{T}\\label{t}\\begin{tabular}{l|r}\\toprule a & b \\\\ \\midrule "
        "\\multicolumn{2}{c}{both} \\\\ 1 & \\multirow{2}{*}{x} \\\\ 2 & \\\\ \\bottomrule\\end{"
        "tabular}\\end{table}",
        "#figure(\n  table(\n    columns: 2,\n    align: (left, right),\n    stroke: none,\n"
        "    table.vline(x: 1, stroke: 0.5pt),\n    table.header(\n      table.hline(stroke: 0.0"
        "8em),\n      [a], [b],\n    ),\n"
        "    table.hline(stroke: 0.05em),\n    table.cell(colspan: 2, align: center)[both],\n"
        "    [1], table.cell(rowspan: 2)[x],\n    [2],\n    table.hline(stroke: 0.08em),\n  ),\n"
        "  caption: [T],\n) <t>",
    )


def test_missing_pictures_are_visible() -> None:
    made = drafted(
        "\\begin{figure}\\includegraphics[width=.5\\textwidth]{no}\\caption{C $x$}\\label{f}\\en"
        "d{figure}\\ref{f}"
    )
    assert 'missing-image("no", width: 50%)' in "".join(str(p) for b in made.blocks for p in b.parts)
    assert [loss.reason for loss in made.losses] == ["picture 'no' is missing; a placeholder stands for it"]
    assert compile_error(made) == ""


def test_pictures_are_found_as_latex_finds_them(tmp_path: Path) -> None:
    (tmp_path / "pics").mkdir()
    (tmp_path / "pics" / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    (tmp_path / "main.tex").write_text(
        "\\documentclass{article}\\graphicspath{{pics/}}\\begin{document}\\begin{figure}\\centering"
        "\\includegraphics[width=0.5\\linewidth]{a}\\caption{C}\\end{figure}\\end{document}"
    )
    made = draft(read_project(tmp_path / "main.tex"))
    assert made.blocks[0].parts == ('#figure(\n  image("pics/a.svg", width: 50%),\n  caption: [C],\n)',)
    assert [asset.path for asset in made.assets] == ["pics/a.svg"]


def test_pictures_outside_of_the_project_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("<svg/>")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "main.tex").write_text(
        "\\documentclass{article}\\begin{document}\\includegraphics{../a.svg}\\end{document}"
    )
    made = draft(read_project(tmp_path / "in" / "main.tex"))
    assert not made.assets
    assert len(made.losses) == 1


def test_theorems_share_counters() -> None:
    preamble = "\\newtheorem{theorem}{Theorem}[section]\\newtheorem{lemma}[theorem]{Lemma}"
    check(
        "\\section{S}\\begin{theorem}[Name]\\label{t} Words.\\end{theorem}\\begin{lemma}\\label{"
        "l} More.\\end{lemma}"
        "\\begin{proof}By \\ref{t}, \\cref{l}.\\end{proof}",
        "= S\n\n#theorem(title: [Name])[Words.] <t>\n\n#lemma[More.] <l>\n\n#proof[\n  By @t, lemma~@l.\n]",
        preamble,
    )


def test_algorithms() -> None:
    check(
        "\\begin{algorithmic}[1]\\While{$x$}\\State go \\Comment{why}\\EndWhile\\end{algorithmic}",
        "#algorithm-lines(numbered: true,\n  (0, [*while* $|x|$ *do*]),\n  (1, [go ▷ why]),\n  ("
        "0, [*end while*]),\n)",
    )


def test_drawings_keep_their_source() -> None:
    made = drafted("\\begin{tikzpicture}\\draw (0,0);\\end{tikzpicture}")
    assert "\\draw (0,0);" in "".join(str(p) for b in made.blocks for p in b.parts)
    assert len(made.losses) == 1
    assert compile_error(made) == ""


def test_units_and_chemistry() -> None:
    check("\\SI{3e8}{\\metre\\per\\second}, \\ce{H2O}", "3\u202f×\u202f10⁸\u202fm\u202fs⁻¹, H#sub[2]O")


def test_title_block() -> None:
    made = drafted("\\maketitle Words.", "\\title{A \\& B}\\author{Jane \\and John}\\date{May}")
    assert made.preamble.startswith('#set document(title: "A & B")')
    assert "".join(str(p) for p in made.blocks[0].parts) == (
        "#align(center)[\n  #set par(spacing: 1em, justify: false)\n  #text(1.7em)[*A & B*]\n\n "
        " Jane\n\n  John\n\n  May\n]"
    )
    assert compile_error(made) == ""


def test_a_caption_outside_of_a_float_has_a_number_of_its_own() -> None:
    made = drafted(
        "\\section{S}\n\n\\begin{tabular}{l}a\\end{tabular}\n\\captionof{table}{Words}\\label{t}\n\n"
        "See \\ref{t}.",
        "\\usepackage{caption}",
    )
    text = "\n".join(blocks(made))
    assert "caption: [Words]" in text and "kind: table" in text and "<t>" in text and "@t" in text
    assert compile_error(made) == ""


def page_of(made: Draft, place: str) -> int:
    """The page on which something of the document stands; ``here()`` is its end."""
    probe = whole(made) + f"\n#context [#metadata({place}.page()) <page>]"
    return int(compiler.query(probe.encode(), "<page>", field="value", one=True))


def test_a_small_float_stays_on_one_page_and_a_tall_one_goes_on() -> None:
    filler = "\n\n".join("line" for _ in range(40))
    table = "\\begin{table}\\begin{tabular}{l}%s\\end{tabular}\\caption{C}\\label{t}\\end{table}"
    small = drafted(filler + table % ("a\\\\" * 12) + " \\ref{t}")
    assert page_of(small, "locate(<t>)") == 2 == page_of(small, "here()")
    assert page_of(drafted("line" + table % ("a\\\\" * 200)), "here()") > 3


def test_theorems_go_on_on_the_next_page() -> None:
    """They are figures to Typst, which do not break: the end of a long one was off the page."""
    long = "\n\n".join("line" for _ in range(80))
    made = drafted(f"\\begin{{thm}}{long}\\end{{thm}}", "\\newtheorem{thm}{Theorem}")
    assert page_of(made, "here()") == 2


def test_a_table_scaled_to_the_width_of_the_text_is_made_smaller_where_it_is_wider() -> None:
    cells = " & ".join(["w" * 40] * 4)
    inside = f"\\begin{{tabular}}{{llll}}{cells}\\end{{tabular}}"
    body = f"\\begin{{table}}\\resizebox{{\\textwidth}}{{!}}{{{inside}}}\\caption{{C}}\\end{{table}}"
    made = drafted(body)
    assert typst(body).startswith("#figure(\n  fit-width(table(") and "kind: table," in typst(body)
    assert compile_error(made) == ""
    pages = [
        compiler.compile(source.encode(), format="png")
        for source in (whole(made), whole(made).replace("fit-width(table(", "(x => x)(table("))
    ]
    assert pages[0] != pages[1]
    assert "fit-width" in typst(f"\\begin{{adjustbox}}{{width=5cm}}{inside}\\end{{adjustbox}}")
    assert "fit-width" not in typst(inside)


def test_lists_of_figures_have_the_short_captions() -> None:
    body = (
        "\\listoffigures\\begin{figure}x\\caption[Short]{Long}\\end{figure}"
        "\\begin{figure}x\\caption{With\\footnote{N.} note}\\end{figure}"
        "\\begin{figure}x\\caption*{None}\\end{figure}"
    )
    shown = typst(body)
    assert "caption: with-short([Short], [Long])" in shown
    assert "caption: with-short([With note], [With#footnote[N.] note])" in shown
    assert "numbering: none,\n  outlined: false" in shown
    assert compile_error(drafted(body)) == ""
    assert "caption: [Long]" in typst(body.replace("\\listoffigures", ""))


def test_names_of_parts_are_the_authors_or_the_languages() -> None:
    preamble = (
        "\\usepackage[ngerman]{babel}\\usepackage{amsthm,listings,algorithm}\n"
        "\\renewcommand{\\figurename}{Abb.}\\addto\\captionsngerman{\\renewcommand{\\contentsname}{Inhalt}}\n"
        "\\renewcommand\\lstlistingname{Quelltext}\\floatname{algorithm}{Verfahren}\n"
    )
    made = drafted(
        "\\tableofcontents\\listoffigures\\begin{proof}p\\end{proof}\\begin{figure}a\\caption{A}\\end{figure}\n"
        "\\begin{algorithm}\\caption{B}x\\end{algorithm}\\begin{lstlisting}[caption=C]\ny\n\\end{lstlisting}",
        preamble,
    )
    shown = whole(made)
    assert compile_error(made) == ""
    for part in (
        "#outline(title: [Inhalt])", "title: [Abbildungsverzeichnis]", "title: [Beweis]",
        "supplement: [Abb.]",
        'supplement: "Verfahren"', "supplement: [Quelltext]",
    ):  # fmt: skip
        assert part in shown


def test_a_name_that_the_body_sets_holds_from_there() -> None:
    shown = typst(
        "\\begin{figure}a\\caption{A}\\end{figure}\n\\renewcommand{\\figurename}{Supplementary Figure}\n"
        "\\begin{figure}b\\caption{B}\\end{figure}"
    )
    rule = "#show figure.where(kind: image): set figure(supplement: [Supplementary Figure])"
    assert shown.index("[A]") < shown.index(rule) < shown.index("[B]")


def test_continued_floats_keep_their_number() -> None:
    made = drafted(
        "\\begin{figure}a\\caption{A}\\label{a}\\end{figure}\\begin{figure}\\ContinuedFloat b\\caption{B}"
        "\\end{figure}\\begin{figure}c\\caption{C}\\label{c}\\end{figure}\\nameref{c}",
        "\\usepackage{caption}",
    )
    shown = whole(made)
    assert compile_error(made) == ""
    back = "#counter(figure.where(kind: image)).update(n => n - 1)"
    assert shown.count(back) == 1 and shown.index("[A]") < shown.index(back) < shown.index("[B]")
