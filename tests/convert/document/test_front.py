"""Title blocks of the classes authors write for: everything they print is there, in their order."""

import re

import pytest
import typst as compiler

from typlora.convert.draft import draft
from typlora.tex.project import read_string

from .helpers import blocks, compile_error, drafted, whole

CASES = {
    "elsarticle": (
        r"\documentclass{elsarticle}\begin{document}\begin{frontmatter}\title{Pots\tnoteref{t}}"
        r"\tnotetext[t]{Funded.}\author[1]{Ada\corref{c}}\ead{a@b.c}\author[2]{Jo}\cortext[c]{To write to}"
        r"\affiliation[1]{organization={Cups}, city={Kyoto}}\address[2]{Lids}"
        r"\begin{abstract}Short.\end{abstract}"
        r"\begin{keyword}tea \sep lid \MSC[2020] 00A00\end{keyword}\end{frontmatter}Body.\end{document}",
        ["Pots", "Funded.", "Ada", "a@b.c", "Jo", "To write to", "Cups, Kyoto", "Lids", "Short.",
         "tea, lid; MSC 2020: 00A00", "Body."],
    ),
    "llncs": (
        r"\documentclass{llncs}\begin{document}\title{Pots\thanks{Funded.}}\author{Ada\inst{1}\orcidID{0-1} "
        r"\and Jo\inst{2}}\institute{Cups \and Lids\\ \email{a@b.c}}\maketitle\begin{abstract}Short."
        r"\keywords{tea \and lid}\end{abstract}\begin{proof}Yes. \qed\end{proof}\end{document}",
        ["Pots", "Funded.", "Ada", "[0-1]", "Jo", "1", "Cups", "2", "Lids", "a@b.c", "Short.",
         "tea · lid", "Yes."],
    ),
    "acmart": (
        r"\documentclass[sigconf]{acmart}\title{Pots}\subtitle{Sub}\author{Ada}\authornote{Both equal.}"
        r"\affiliation{\institution{Cups}\city{Kyoto}\country{Japan}}\email{a@b.c}\begin{document}"
        r"\begin{abstract}Short.\end{abstract}\begin{CCSXML}<c>junk</c>\end{CCSXML}\ccsdesc[500]{Soft~Deep}"
        r"\ccsdesc{Hard}\keywords{tea, lid}\maketitle Body.\end{document}",
        ["Pots", "Sub", "Ada", "Both equal.", "Cups, Kyoto, Japan", "a@b.c", "Short.", "Soft → Deep; Hard",
         "tea, lid", "Body."],
    ),
    "IEEEtran": (
        r"\documentclass[conference]{IEEEtran}\begin{document}\title{Pots\thanks{Funded.}}\author{"
        r"\IEEEauthorblockN{Ada}\IEEEauthorblockA{Cups\\ Kyoto}\and\IEEEauthorblockN{Jo}"
        r"\IEEEauthorblockA{Lids}}"
        r"\maketitle\begin{abstract}Short.\end{abstract}\begin{IEEEkeywords}tea\end{IEEEkeywords}"
        r"\section{One}"
        r"\IEEEPARstart{T}{his} is.\begin{IEEEbiography}[{x}]{Ada}was born.\end{IEEEbiography}\end{document}",
        ["Pots", "Funded.", "Ada", "Cups", "Kyoto", "Jo", "Lids", "Short.", "Index Terms", "tea", "One",
         "This is.", "Ada", "was born."],
    ),
    "amsart": (
        r"\documentclass{amsart}\title{Pots}\author{Ada}\address{Cups}\curraddr{Kyoto}\email{a@b.c}"
        r"\urladdr{http://c.d}\thanks{Funded.}\subjclass{00A00}\keywords{tea}\dedicatory{To lids}"
        r"\begin{document}\begin{abstract}Short.\end{abstract}\maketitle Body.\end{document}",
        ["Pots", "Ada", "Cups", "Kyoto", "a@b.c", "http://c.d", "Funded.", "To lids", "Short.",
         "00A00", "tea", "Body."],
    ),
    "neurips": (
        r"\documentclass{article}\usepackage{neurips_2023}\title{Pots}\author{Ada\thanks{Funded.}"
        r"\\ Cups\\ \texttt{a@b}"
        r"\And Jo \\ Lids}\begin{document}\maketitle\begin{abstract}Short.\end{abstract}"
        r"\begin{ack}To all.\end{ack}"
        r"\end{document}",
        ["Pots", "Ada", "Funded.", "Cups", "a@b", "Jo", "Lids", "Short.", "Acknowledgments", "To all."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_front_matter(name: str) -> None:
    latex, expected = CASES[name]
    made = draft(read_string(latex))
    assert compile_error(made) == ""
    shown = re.sub(r"\\(?=[@\[\]/])", "", "\n\n".join(blocks(made)))
    place = 0
    for words in expected:
        found = shown.find(words, place)
        assert found >= 0, (words, shown)
        place = found + len(words)
    assert "junk" not in shown and "square" not in shown


def test_footnotes_of_a_title_over_two_columns_are_on_the_page() -> None:
    """Typst drops the text of footnotes in what floats over both columns."""
    import io

    import typst
    from pdfminer.high_level import extract_text

    made = draft(read_string(CASES["IEEEtran"][0].replace("Funded", "Fundedbytea")))
    assert "Fundedbytea" in extract_text(io.BytesIO(typst.compile(whole(made).encode(), format="pdf")))


def test_chapters_before_and_behind_the_main_part_have_no_numbers() -> None:
    made = draft(
        read_string(
            "\\documentclass{book}\\begin{document}\\frontmatter\\chapter{Preface}\\mainmatter\\chapter{One}"
            "\\label{c}\\backmatter\\chapter{After} \\ref{c}\\end{document}"
        )
    )
    assert compile_error(made) == ""
    assert blocks(made)[:3] == [
        "#heading(level: 1, numbering: none)[Preface]",
        "= One <c>",
        "#heading(level: 1, numbering: none)[After]",
    ]


def test_an_abstract_that_is_not_closed_loses_nothing() -> None:
    source = (
        r"\documentclass{acmart}\begin{document}\title{Pots}\begin{abstract}Short.\end{itemize}\keywords{tea}"
        r"\maketitle\section{Lids}Body.\end{document}"
    )
    made = draft(read_string(source))
    shown = "\n".join(blocks(made))
    assert [word for word in ("Pots", "Short.", "tea", "Lids", "Body.") if word not in shown] == []
    assert compile_error(made) == ""


def test_headings_and_captions_of_physics_journals() -> None:
    body = r"\section{One}a\subsection{Two}b\begin{figure}c\caption{C}\end{figure}"
    body += r"\begin{table}\caption{T}\begin{tabular}{l}d\end{tabular}\end{table}"
    made = draft(read_string(rf"\documentclass{{revtex4-2}}\begin{{document}}{body}\end{{document}}"))
    assert compile_error(made) == ""
    for rule in (
        "#set figure.caption(separator: [. ])",
        "#show figure.where(kind: image): set figure(supplement: [FIG.])",
        '#show figure.where(kind: table): set figure(supplement: [TABLE], numbering: "I")',
        "#show heading.where(level: 1): it => align(center, text(0.65em, upper(it)))",
    ):
        assert rule in made.preamble
    assert "where(level: 3)" not in made.preamble and "FIG." not in drafted(body).preamble


SECTIONS = (
    r"\title{Pots}\author{Ann}\affiliation{School of Tea}\begin{abstract}Short.\end{abstract}\maketitle"
    r"\section{A}\label{a}\subsection{B}\label{b}See \ref{a} and \ref{b}."
)


@pytest.mark.parametrize(
    ("name", "levels", "pattern"),
    [("revtex4-1", '"I.", "A.", "1.", "a."', "I A 1 a"), ("IEEEtran", '"I.", "A.", "1)", "a)"', "I-A1a")],
)
def test_numbers_of_sections_where_they_stand_and_where_they_are_meant(
    name: str, levels: str, pattern: str
) -> None:
    made = draft(read_string(rf"\documentclass{{{name}}}\begin{{document}}{SECTIONS}\end{{document}}"))
    assert f"let pattern = ({levels})" in made.preamble and f'numbering("{pattern}", ..n)' in made.preamble
    shown = "\n".join(blocks(made))
    assert "See @a and @b." in shown and compile_error(made) == ""
    assert ("_School of Tea_" in shown) == ("[Abstract]" not in made.preamble) == (name != "IEEEtran")
    probe = (
        whole(made)
        + f'#context assert(numbering("{pattern}", ..counter(heading).at(<b>)) == "{pattern[:3]}")'
    )
    compiler.compile(probe.encode())


def front(document_class: str, body: str, preamble: str = "") -> str:
    made = draft(
        read_string(f"\\documentclass{document_class}{preamble}\\begin{{document}}{body}\\end{{document}}")
    )
    assert compile_error(made) == ""
    return "\n\n".join(blocks(made))


def test_notes_of_acmart_are_marked_where_they_belong() -> None:
    shown = front(
        "{acmart}",
        "\\title{T}\\author{Ada}\\authornote{Both.}\\author{Bob}\\authornotemark[1]\\author{Cyd}\\authornote{One.}"
        "\\maketitle x",
    )
    for part in ("Ada#super[∗]\n", "#super[∗]Both.", "Bob#super[∗]\n", "Cyd#super[†]\n", "#super[†]One."):
        assert part in shown


def test_elsarticle_prints_letters_for_the_labels_of_addresses() -> None:
    shown = front(
        "{elsarticle}",
        "\\begin{frontmatter}\\title{T}\\author[in1]{Ada\\corref{c}}\\author[in1,in2]{Bob}\\cortext[c]{Me.}"
        "\\affiliation[in1]{organization={One}}\\address[in2]{Two}\\end{frontmatter}",
    )
    for part in ("Ada#super[∗]#super[a]", "Bob#super[a,b]", "#super[∗]Me.", "#super[a]One", "#super[b]Two"):
        assert part in shown


def test_marks_of_ieee_authors_are_signs_and_what_journals_add_is_reported() -> None:
    made = draft(
        read_string(
            "\\documentclass{IEEEtran}\\begin{document}\\title{T}\\author{\\IEEEauthorblockN{Ada\\IEEEauthorrefmark{2}}}"
            "\\maketitle\\IEEEpubid{0000 IEEE} x\\begin{IEEEbiography}[{\\includegraphics{a}}]{Ada} Bio."
            "\\end{IEEEbiography}\\end{document}"
        )
    )
    shown = "".join(blocks(made))
    assert "Ada#super[†]" in shown and "0000" not in shown and "*Ada* Bio." in shown
    assert any("0000 IEEE" in loss.latex for loss in made.losses)
    assert any("photo" in loss.reason for loss in made.losses)


def test_memoir_and_koma_headings() -> None:
    shown = front(
        "{memoir}",
        "\\tableofcontents*\\chapter[Short][Head]{Long}\\chapterprecis{What.}x\\pfbreak y\\plainbreak{1}z",
    )
    assert "#outline()" in shown and "#with-short[Short][Long]" in shown and "Head" not in shown
    assert "_What._" in shown and "#align(center)[\\* \\* \\*]" in shown and "\\*\n\n=" not in shown
    koma = front(
        "{scrartcl}",
        "\\maketitle\\minisec{Mini} x",
        "\\title{T}\\publishers{Pub}\\date{Day}",
    )
    assert koma.index("Day") < koma.index("Pub") and "*Mini*" in koma
