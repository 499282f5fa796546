"""What ``\\autoref`` calls a thing: hyperref's words, in the document's language."""

from collections.abc import Mapping

from typlora.convert.document.context import Context

_NAMES = ("equation", "figure", "table", "part", "chapter", "section", "subsection", "subsubsection",
          "paragraph", "item", "footnote", "appendix")  # fmt: skip
_ROWS = {
    "en": "Equation Figure Table Part chapter section subsection subsubsection paragraph item footnote "
    "Appendix",
    "de": "Gleichung Abbildung Tabelle Teil Kapitel Abschnitt Unterabschnitt Unterunterabschnitt Absatz "
    "Punkt Fußnote Anhang",
    "fr": "équation figure tableau partie chapitre section sous-section sous-sous-section paragraphe item "
    "note annexe",
    "it": "Equazione Figura Tabella Parte Capitolo sezione sottosezione sottosottosezione paragrafo punto "
    "nota Appendice",
    "es": "Ecuación Figura Tabla Parte Capítulo Sección Subsección Subsubsección Párrafo Elemento "
    "Nota~a~pie~de~página Apéndice",
    "pt": "Equação Figura Tabela Parte Capítulo Seção Subseção Subsubseção parágrafo Item Nota~de~rodapé "
    "Apêndice",
    "ru": "выр. рис. табл. ч. гл. разд. разд. разд. п. п. сноска прил.",
}
_BY_LANGUAGE: Mapping[str, Mapping[str, str]] = {
    language: dict(zip(_NAMES, row.split(), strict=True)) for language, row in _ROWS.items()
}
_OTHERS = {"algorithm": "Algorithm", "listing": "Listing", "line": "line"}


def autoref_name(context: Context, kind: str) -> str:
    """The word before the number of a target of this kind; the author's own comes first."""
    if own := context.options.get(f"name-{kind}autorefname"):
        return own
    names = _BY_LANGUAGE.get(context.language, _BY_LANGUAGE["en"])
    if kind == "subfigure":
        return names["figure"]
    return (names.get(kind) or _OTHERS.get(kind) or kind).replace("~", "\u00a0")
