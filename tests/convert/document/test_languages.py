"""Languages: babel's shorthands, words that languages and packages print, where the language changes."""

import pytest

from typlora.convert.draft import draft
from typlora.tex.project import read_string

from .helpers import blocks, compile_error, drafted, typst

GERMAN = r"\usepackage[ngerman]{babel}"
T1 = r"\usepackage[T1]{fontenc}"


@pytest.mark.parametrize(
    ("language", "latex", "shown"),
    [
        ("ngerman", 'Stra"se, "Arger, "`Zitat"\', "<so">', "Straße, Ärger, „Zitat“, «so»"),
        ("ngerman", 'Auf"|lage, 3"=fach, Ein- und "~ausgang, x""y', "Auflage, 3-fach, Ein- und -ausgang, xy"),
        ("ngerman", '"Haus"', '\\"Haus\\"'),
        ("german", 'Dru"cker, Schi"ffahrt', "Drucker, Schiffahrt"),
        ("spanish", '1"a y 2"o, "<sí">, ?`Qué? !`Hola!', "1ª y 2º, «sí», ¿Qué? ¡Hola!"),
        ("russian", 'Тире "--- вот; Санкт"=Петербург; А"--~Б', "Тире~— вот; Санкт-Петербург; А-Б"),
        ("dutch", 'co"operatie', "coöperatie"),
        ("english", 'say "and"', 'say \\"and\\"'),
        ("ngerman,english", 'say "and"', 'say \\"and\\"'),
        ("main=ngerman,english", 'f"ur', "für"),
    ],
)
def test_shorthands_of_babel(language: str, latex: str, shown: str) -> None:
    made = drafted(latex, rf"\usepackage[{language}]{{babel}}")
    assert blocks(made) == [shown]
    assert not made.losses
    assert compile_error(made) == ""


def test_shorthands_are_those_of_the_language_they_stand_in() -> None:
    body = r'f"ur \foreignlanguage{english}{a "so" b} f"ur'
    assert typst(body, GERMAN) == 'für #text(lang: "en")[a \\"so\\" b] für'
    assert typst('f"ur') == 'f\\"ur'
    assert typst(r'\verb|"a| \texttt{x}', GERMAN) == '`"a` `x`'


def test_a_stretch_of_another_language_begins_and_ends() -> None:
    body = "Eins.\n\n\\begin{otherlanguage}{english}\nTwo.\n\\end{otherlanguage}\n\nDrei."
    assert blocks(drafted(body, GERMAN)) == [
        "Eins.",
        '#set text(lang: "en")',
        "Two.",
        '#set text(lang: "de")',
        "Drei.",
    ]


def test_the_last_of_the_classs_languages_is_the_documents() -> None:
    source = r"\documentclass[%s]{article}\usepackage{babel}\begin{document}f\"ur\end{document}"
    source = source.replace(r"\"", '"')
    assert blocks(draft(read_string(source % "english,spanish,ngerman"))) == ["für"]
    assert blocks(draft(read_string(source % "ngerman,spanish,english"))) == ['f\\"ur']


def test_polyglossia() -> None:
    preamble = r"\usepackage{polyglossia}\setdefaultlanguage[variant=mono]{greek}\setotherlanguage{english}"
    body = "\\begin{abstract}Α\\end{abstract}\n\\textenglish{words}\n\n\\begin{english}More.\\end{english}"
    made = drafted(body, preamble)
    assert 'lang: "el"' in made.preamble
    assert "Περίληψη" in made.preamble
    assert '#text(lang: "en")[words]' in blocks(made)
    assert not made.losses


def test_angles_are_quotation_marks_where_the_fonts_encoding_has_them() -> None:
    assert typst("<<so>>", T1) == "«so»"
    assert "«" not in typst("<<so>>")


@pytest.mark.parametrize(
    ("language", "latex", "shown"),
    [
        (
            "french",
            r"1\ier{} 2\ieme{} \no 5 \bsc{Durand} \nombre{12345}",
            "1#super[er] 2#super[e] n#super[o]~5 #smallcaps[Durand] 12345",
        ),
        ("czech", r"\uv{ano}", "„ano“"),
        ("ngerman", r"\glq a\grq{} \frqq b\flqq", "‚a‘ »b«"),
        ("spanish", r"$\sen x$", r"$|\operatorname{sen} x|$"),
        ("russian", r"$\arctg x$", r"$|\operatorname{arctg} x|$"),
    ],
)
def test_commands_of_a_language(language: str, latex: str, shown: str) -> None:
    made = drafted(latex, rf"\usepackage[{language}]{{babel}}")
    assert blocks(made) == [shown]
    assert not made.losses


@pytest.mark.parametrize(
    ("language", "word", "name"),
    [
        ("ngerman", "Literatur", "Abbildung"),
        ("brazil", "Referências", "Figura"),
        ("polish", "Literatura", "Figure"),
        ("russian", "Список литературы", "рис."),
        ("french", "Références", "figure"),
    ],
)
def test_headings_and_names_of_references(language: str, word: str, name: str) -> None:
    body = (
        r"\begin{figure}x\caption{Y}\label{f}\end{figure}\autoref{f}"
        r"\begin{thebibliography}{9}\bibitem{a}A.\end{thebibliography}"
    )
    text = typst(body, rf"\usepackage[{language}]{{babel}}\usepackage{{hyperref}}")
    assert f"= {word}\n" in text
    assert f"{name}~@f" in text


def test_where_a_quotation_is_from() -> None:
    preamble = r"\usepackage[english]{babel}\usepackage{csquotes}"
    assert typst(r"\textquote[Goethe][.]{More light}", preamble) == '"More light." (Goethe)'
    assert typst(r"\foreignquote{ngerman}{ja}", preamble) == '#text(lang: "de")["#text(lang: "de")[ja]"]'
