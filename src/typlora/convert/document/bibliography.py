"""Bibliographies as LaTeX printed them: ``thebibliography``, typed by hand or read from a ``.bbl`` file.

The entries are kept as they are; a citation of a numbered entry is ``[@key]``. With author and year
LaTeX takes the words from the optional argument of ``\\bibitem``, and so do the citations here.
"""

import re
from dataclasses import dataclass

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.context import Context, Target
from typlora.convert.document.headings import write_heading
from typlora.convert.document.lists import items
from typlora.convert.document.nodes import Cursor, Node, content, is_macro, known_arguments, walk
from typlora.convert.document.pieces import Code, Mark, Pieces, Text, is_empty, strip
from typlora.tex.unit import UnitKind

_NATBIB = re.compile(
    r"^(?P<author>.*?)\(?(?P<year>\(?\d{4}[a-z]?(?:[-–/]\d{2,4})?|n\.\s?d\.|in press|to appear)"
    r"\)(?P<long>.*)$",
    re.S,
)


@dataclass(eq=False, slots=True)
class Entry:
    """A reference that can be cited."""

    target: Target
    author: str = ""
    long_author: str = ""
    year: str = ""
    label: str = ""


def collect_entries(context: Context, nodes: list[Node]) -> None:
    """All ``\\bibitem`` of a document in order, before citations are written."""
    number = 0
    labels: list[str] = []
    style = context.options.get("citation-style", "")
    for node in walk(nodes):
        if not is_macro(node, "bibitem"):
            continue
        arguments = [a for _, a in known_arguments(node)]
        key = _source(context, arguments[-1]) if arguments else ""
        optional = _source(context, arguments[0]) if len(arguments) > 1 else ""
        number += 1
        entry = Entry(Target("reference", str(number), native=True))
        _read_label(entry, optional)
        labels.append(entry.year or entry.label)
        if key and key not in context.citations:
            context.citations[key] = entry
            entry.target.keys.append(key)
            entry.target.label = context.unique_label(key)
    if (
        not style
        and labels
        and all(labels)
        and context.document_class not in {"acmart", "revtex4", "revtex4-1", "revtex4-2"}
    ):
        context.options["citation-style"] = "author-year" if any(_years(context)) else "alpha"


def _years(context: Context) -> list[bool]:
    return [bool(entry.year) for entry in context.citations.values() if isinstance(entry, Entry)]


def _source(context: Context, node: Node | None) -> str:
    from typlora.convert.document.nodes import argument_text

    return argument_text(node, context.text)


def _read_label(entry: Entry, optional: str) -> None:
    text = plain_latex(optional)
    found = _NATBIB.match(text)
    if found:
        entry.author, entry.year = found["author"].strip().rstrip("("), found["year"].strip("( ")
        entry.long_author = found["long"].strip()
    elif undated := re.fullmatch(r"([^()]+)\(\)(.*)", text):  # natbib of a work without a year
        entry.author = entry.label = undated[1].strip()
        entry.long_author = undated[2].strip()
    else:
        entry.label = text


def plain_latex(latex: str, *, braces: bool = False) -> str:
    """Words of a short piece of LaTeX as Unicode; ``braces`` keeps those that protect capitals."""
    import unicodedata

    from typlora.convert.document.characters import COMBINING, SYMBOLS

    def accent(found: re.Match[str]) -> str:
        base = {"\\i": "i", "\\j": "j"}.get(found[2], found[2])
        return unicodedata.normalize("NFC", base + COMBINING[found[1]])

    for mark, gap in ((r"['`^\"~=.]", r"\s*"), ("[uvHckrdb]", r"\s+")):
        for outer in (r"\{%s\}", "%s"):  # ``{\\"u}`` is one letter: its braces protect nothing
            latex = re.sub(outer % rf"\\({mark})\s*\{{(\\[ij]|[A-Za-z])\}}", accent, latex)
            latex = re.sub(outer % rf"\\({mark}){gap}(\\[ij](?![A-Za-z])|[A-Za-z])", accent, latex)
    latex = re.sub(r"\\citenamefont\s*|\\(?:emph|textit|textbf|textsc|protect|em|it|bf)\b\s*", "", latex)
    latex = re.sub(r"\\(?:([A-Za-z]+)\s?|([&%#_$]))", lambda m: SYMBOLS.get(m[1] or m[2], ""), latex)
    latex = latex.replace("~", " ").replace("\\ ", " ")
    if not braces:
        latex = re.sub(r"[{}]", "", latex)
    return re.sub(r"\s+", " ", latex).replace("--", "–").strip()


@environment("thebibliography")
def thebibliography(builder: Builder, node: Node) -> None:
    """Heading and entries."""
    context = builder.context
    _, nodes = environment_arguments(builder, node, "{")
    heading(builder, node)
    style = context.options.get("citation-style", "numeric")
    helper = "bibitem" if style != "author-year" else "bib-entry"
    _, found = items(builder, [n for n in nodes if not is_macro(n, "newcommand", "providecommand")])
    for _, inner, item in found:
        arguments = [a for _, a in known_arguments(item)]
        key = _source(context, arguments[-1]) if arguments else ""
        entry = context.citations.get(key)
        body = builder.nested()
        body.run(inner)
        body.flush()
        words: Pieces = []
        for chunk in body.chunks:
            words += ([Text(" ")] if words else []) + chunk.pieces
        if is_empty(words):
            words = [Text(key)]
        context.need(helper)
        head = f"#{helper}["
        if style == "alpha" and isinstance(entry, Entry) and entry.label:
            head = f'#bib-entry(label: "{_quoted(entry.label)}")['
            context.need("bib-entry")
        anchor = [entry.target.anchor()] if isinstance(entry, Entry) and key in entry.target.keys else []
        if isinstance(entry, Entry) and key in entry.target.keys:
            entry.target.keys.remove(key)
        builder.block(UnitKind.BIBLIOGRAPHY, [Mark(head), *words, Code("]"), *anchor], item)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def heading(builder: Builder, node: Node) -> None:
    """``References``, or what the class and the language call it."""
    context = builder.context
    if context.options.get("own-bibliography-heading") or context.document_class == "beamer":
        return
    word = context.options.get("refname") or reference_word(context)
    write_heading(builder, node, "chapter" if context.chapters else "section", [Text(word)], starred=True)


def reference_word(context: Context) -> str:
    """What LaTeX calls the list."""
    if context.language == "ja":
        return "参考文献"
    words = {"de": ("Literatur", "Literaturverzeichnis"), "fr": ("Références", "Bibliographie"),
             "es": ("Referencias", "Bibliografía"), "it": ("Riferimenti bibliografici", "Bibliografia"),
             "pt": ("Referências", "Referências Bibliográficas"), "nl": ("Referenties", "Bibliografie"),
             "pl": ("Literatura", "Bibliografia"), "cs": ("Reference", "Literatura"),
             "ru": ("Список литературы", "Литература"), "uk": ("Література", "Бібліоґрафія"),
             "sv": ("Referenser", "Litteraturförteckning"), "da": ("Litteratur", "Litteratur"),
             "nb": ("Referanser", "Bibliografi"), "fi": ("Viitteet", "Kirjallisuutta"),
             "el": ("Αναφορές", "Βιβλιογραφία"), "hu": ("Hivatkozások", "Irodalomjegyzék"),
             "zh": ("参考文献", "参考文献")}  # fmt: skip
    short, long = words.get(context.language, ("References", "Bibliography"))
    return long if context.chapters else short


@macro("bibinfo", "bibfield", "bibnamefont", "bibfnamefont", "citenamefont", "bibfont", "natexlab",
       "href@noop", "translation", "bibitemStop", "noop")  # fmt: skip
def bibinfo(builder: Builder, node: Node, cursor: Cursor) -> None:
    """revtex's and acmart's marks in a ``.bbl``: only the content is shown."""
    name = node.macroname
    if name in {"bibinfo", "bibfield"}:
        builder.run(content(cursor.arguments(node, "{{")[1]))
    elif name == "noop":
        cursor.arguments(node, "{")
    elif name != "bibitemStop":
        builder.run(content(cursor.arguments(node, "{")[0]))


@macro("BibitemOpen", "BibitemShut", "bibAnnoteFile", "showISBNx", "showDOI", "showURL",
    "BIBentrySTDinterwordspacing",
       "BIBentryALTinterwordspacing", "BIBdecl", "EOS")  # fmt: skip
def bibliography_marks(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Marks of styles around entries."""
    if node.macroname == "BibitemShut":
        cursor.arguments(node, "{")
    elif node.macroname in {"showURL", "showDOI"}:
        builder.run(content(cursor.arguments(node, "{")[0]))


__all__ = ["strip"]
