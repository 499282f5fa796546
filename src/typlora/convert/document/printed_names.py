"""What a document calls its parts (``Figure``, ``Proof``), in its language or as the author says.

Read as text: the redefinitions stand in the preamble, in classes beside the document, or within
``\\addto\\captionsgerman``. Names that Typst has for every language are left to it.
"""

import re
from collections.abc import Iterator

from typlora.convert.document.context import Context
from typlora.tex.lexer import group_end, skip_blank

_RENAMED = re.compile(
    r"\\(?:(?:re|provide)?newcommand\*?|g?def)\s*\{?\s*\\((?:contents|listfigure|listtable|listalgorithm|figure|table"
    r"|abstract|ref|bib|proof|lstlisting|lstlistlisting|algorithm)name"
    r"|(?:figure|table|section|equation|chapter|theorem)autorefname)\s*\}?\s*(?=\{)"
)
_FLOAT = re.compile(
    r"\\(?:floatname|SetAlgorithmName)\s*\{\s*(\w+)\s*\}\s*(?=\{)|\\SetAlgorithmName\s*(?=\{)"
)
_NEW_FLOAT = re.compile(
    r"\\(?:newfloat|DeclareFloatingEnvironment|DeclareNewFloatType)\s*(?:\[([^\]]*)\])?\s*\{([A-Za-z]+)\}"
)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_STYLE = re.compile(r"\\(?:bf|bfseries|it|itshape|sc|scshape|sf|sffamily|normalfont|small|large|Large"
                    r"|centering|textbf|textit|textsc|text|protect)(?![A-Za-z])\s*|[{}]")  # fmt: skip
_USUAL = {
    "proofname": {
        "de": "Beweis", "fr": "Démonstration", "es": "Demostración", "it": "Dimostrazione",
        "pt": "Demonstração", "nl": "Bewijs", "ru": "Доказательство", "pl": "Dowód", "cs": "Důkaz",
        "sv": "Bevis", "da": "Bevis", "nb": "Bevis", "fi": "Todistus", "hu": "Bizonyítás",
        "el": "Απόδειξη", "uk": "Доведення", "ro": "Demonstrație", "zh": "证明",
    },
    "abstractname": {
        "ja": "概要", "de": "Zusammenfassung", "fr": "Résumé", "es": "Resumen", "it": "Sommario",
        "pt": "Resumo", "nl": "Samenvatting", "ru": "Аннотация", "pl": "Streszczenie", "cs": "Abstrakt",
        "sv": "Sammanfattning", "da": "Resumé", "nb": "Sammendrag", "fi": "Tiivistelmä",
        "el": "Περίληψη", "uk": "Анотація", "ro": "Rezumat", "hu": "Kivonat", "vi": "Tóm tắt nội dung",
        "zh": "摘要",
    },
    "listfigurename": {
        "ja": "図目次", "de": "Abbildungsverzeichnis", "fr": "Table des figures", "es": "Índice de figuras",
        "it": "Elenco delle figure", "pt": "Lista de Figuras", "nl": "Lijst van figuren",
        "ru": "Список иллюстраций", "pl": "Spis rysunków", "cs": "Seznam obrázků", "sv": "Figurer",
        "da": "Figurer", "nb": "Figurer", "fi": "Kuvat", "zh": "插图目录",
    },
    "listtablename": {
        "ja": "表目次", "de": "Tabellenverzeichnis", "fr": "Liste des tableaux", "es": "Índice de cuadros",
        "it": "Elenco delle tabelle", "pt": "Lista de Tabelas", "nl": "Lijst van tabellen",
        "ru": "Список таблиц", "pl": "Spis tabel", "cs": "Seznam tabulek", "sv": "Tabeller",
        "da": "Tabeller", "nb": "Tabeller", "fi": "Taulukot", "zh": "表格目录",
    },
}  # fmt: skip
_KINDS = {"figurename": "image", "tablename": "table"}
_ENGLISH = {
    "proofname": "Proof", "abstractname": "Abstract", "listfigurename": "List of Figures",
    "listtablename": "List of Tables", "listalgorithmname": "List of Algorithms",
    "lstlistlistingname": "Listings", "lstlistingname": "Listing", "algorithmname": "Algorithm",
}  # fmt: skip


def read_names(context: Context, text: str) -> None:
    """Take the names that are set in a stretch of LaTeX."""
    for found in _NEW_FLOAT.finditer(text):
        options, name = found.groups()
        given = re.search(r"\bname\s*=\s*\{?([^{},]*)", options or "")
        context.options[f"own-float-{name}"] = given[1].strip() if given else name.capitalize()
    for name, words in renamed(text):
        if name in {"refname", "bibname"}:
            context.options["refname"] = words
        else:
            context.options[f"name-{name}"] = words


def renamed(text: str) -> Iterator[tuple[str, str]]:
    """Names and what they are set to, as plain words; those that are more than words are left alone."""
    if "name" not in text and "Name" not in text:
        return
    text = _COMMENT.sub("", text)
    for found in [*_RENAMED.finditer(text), *_FLOAT.finditer(text)]:
        brace = skip_blank(text, found.end())
        stop = group_end(text, brace)
        words = _STYLE.sub("", text[brace + 1 : stop - 1]).replace("~", "\u00a0").strip()
        if stop > 0 and words and "\\" not in words and "#" not in words:
            yield found[1] or "algorithm", words


def printed_name(context: Context, name: str) -> str:
    """What the author, the language or LaTeX calls a part."""
    own = context.options.get(f"name-{name}")
    return own or _USUAL.get(name, {}).get(context.language) or _ENGLISH.get(name, "")


def supplements(context: Context) -> list[str]:
    """Rules for what captions of figures and tables begin with, where the author says so."""
    return [
        _supplement(what, context.options[f"name-{what}"])
        for what in _KINDS
        if f"name-{what}" in context.options and f"counted-{what.removesuffix('name')}" in context.needs
    ]


def supplement_from_here(context: Context, place: int) -> str:
    """The rule for a name that the body redefines at ``place``, if there is one: before a supplement, say."""
    found = _RENAMED.match(context.text, place)
    if found is None:
        return ""
    stop = group_end(context.text, skip_blank(context.text, found.end()))
    for name, words in renamed(context.text[place:stop]):
        if name in _KINDS:
            return _supplement(name, words)
        context.options["refname" if name in {"refname", "bibname"} else f"name-{name}"] = words
    return ""


def _supplement(name: str, words: str) -> str:
    from typlora.convert.document.emit import escape

    return f"#show figure.where(kind: {_KINDS[name]}): set figure(supplement: [{escape(words)}])"
