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
from typlora.convert.document.pieces import Code, Later, Mark, Pieces, Reference, Text, is_empty, strip
from typlora.tex.unit import UnitKind

_NATBIB = re.compile(
    r"^(?P<author>.*?)\(?(?P<year>\(?\d{4}[a-z]?(?:[-–/]\d{2,4})?|n\.\s?d\.|in press|to appear)\)(?P<long>.*)$",
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
    else:
        entry.label = text


def plain_latex(latex: str, *, braces: bool = False) -> str:
    """Words of a short piece of LaTeX as Unicode; ``braces`` keeps those that protect capitals."""
    import unicodedata

    from typlora.convert.document.characters import COMBINING, SYMBOLS

    def accent(found: re.Match[str]) -> str:
        base = {"\\i": "i", "\\j": "j"}.get(found[2], found[2])
        return unicodedata.normalize("NFC", base + COMBINING[found[1]])

    latex = re.sub(r"\\(['`^\"~=.])\s*\{?(\\[ij]|[A-Za-z])\}?", accent, latex)
    latex = re.sub(r"\\([uvHckrdb])\s*\{(\\[ij]|[A-Za-z])\}", accent, latex)
    latex = re.sub(r"\\citenamefont\s*|\\(?:emph|textit|textbf|textsc|protect|em|it|bf)\b\s*", "", latex)
    latex = re.sub(r"\\([A-Za-z]+|[&%#_$])\s?", lambda m: SYMBOLS.get(m[1], ""), latex)
    latex = latex.replace("~", " ").replace("\\ ", " ")
    if not braces:
        latex = re.sub(r"[{}]", "", latex)
    return re.sub(r"\s+", " ", latex).replace("--", "–").strip()


@environment("thebibliography", "references@")
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
    word = context.options.get("refname") or _word(context)
    write_heading(builder, node, "chapter" if context.chapters else "section", [Text(word)], starred=True)


def _word(context: Context) -> str:
    if context.language == "ja":
        return "参考文献"
    words = {"de": ("Literatur", "Literaturverzeichnis"), "fr": ("Références", "Bibliographie"),
             "es": ("Referencias", "Bibliografía")}  # fmt: skip
    short, long = words.get(context.language, ("References", "Bibliography"))
    return long if context.chapters else short


_CITES = (
    "cite", "citep", "citet", "citealt", "citealp", "citeauthor", "citeyear", "citeyearpar", "citefullauthor", "Cite",
    "Citep", "Citet", "Citealt", "Citealp", "Citeauthor", "parencite", "Parencite", "textcite", "Textcite", "autocite",
    "Autocite", "footcite", "Footcite", "supercite", "fullcite", "footfullcite", "smartcite", "citenum", "onlinecite",
    "shortcite", "citeasnoun", "citetitle", "citeurl", "citedate", "citen", "citeNP", "citeN", "shortciteN", "citeA",
    "citeaffixed", "citeonline", "parencites@", "citename@", "cites@",
)  # fmt: skip


@macro(*_CITES)
def cite(builder: Builder, node: Node, cursor: Cursor) -> None:
    """One citation command with all its keys."""
    star, first, second, keys = cursor.arguments(node, "*[[{")
    context = builder.context
    before = builder.argument(first) if second is not None else []
    after = builder.argument(second if second is not None else first)
    names = [key.strip() for key in builder.source(keys).split(",") if key.strip()]
    context.options["cited"] = "yes"
    name = node.macroname
    for key in names:
        context.options[f"cited:{key}"] = "cited"
    if name in {"footcite", "footfullcite", "Footcite"}:
        builder.add(
            Mark("#footnote["),
            Later(lambda: write_citation(context, node, "cite", names, before, after)),
            Code("]"),
        )
        return
    builder.add(Later(lambda: write_citation(context, node, name, names, before, after)))


@macro("nocite")
def nocite(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Entries that are listed without being cited."""
    (keys,) = cursor.arguments(node, "{")
    for key in builder.source(keys).split(","):
        builder.context.options.setdefault(f"cited:{key.strip()}", "nocite")


def write_citation(
    context: Context, node: Node, command: str, keys: list[str], before: Pieces, after: Pieces
) -> Pieces:
    """A citation in the style of the document."""
    known = [key for key in keys if key in context.citations]
    unknown = [key for key in keys if key not in context.citations]
    for key in unknown:
        context.lose(node, f"citation of '{key}', which is not in the bibliography")
    if not known:
        shown = ", ".join(keys).replace("*/", "").replace("/*", "").replace("//", "/ /")
        note = [Text(", "), *after] if not is_empty(after) else []
        return [Text("["), Code(f"#strong[?]/* {shown} */"), *note, Text("]")]
    entry = context.citations[known[0]]
    if not isinstance(entry, Entry):
        from typlora.convert.document.bibfile import native_citation

        return native_citation(context, command, known, before, after)
    style = context.options.get("citation-style", "numeric")
    lower = command[0].lower() + command[1:]
    entries = [e for key in known if isinstance(e := context.citations[key], Entry)]
    if style == "author-year":
        return _author_year(lower, entries, before, after, context)
    return _numbers(lower, entries, before, after, context, style)


def _link(entry: Entry, words: str) -> Pieces:
    return [Mark(f"#link(<{entry.target.label}>)["), Text(words), Code("]")]


def _numbers(
    command: str, entries: list[Entry], before: Pieces, after: Pieces, context: Context, style: str
) -> Pieces:
    body: Pieces = [*before, Text(" ")] if not is_empty(before) else []
    numbers: Pieces = []
    for index, entry in enumerate(entries):
        if index:
            numbers.append(Text(", "))
        if style == "alpha" and entry.label:
            numbers.extend(_link(entry, entry.label))
        elif entry.target.label:
            context.need("plain-references")
            numbers.append(Reference(entry.target.label))
    tail: Pieces = [Text(", "), *after] if not is_empty(after) else []
    super_style = context.options.get("citation-super") or command == "supercite"
    if command in {"citeauthor", "citeauthor*", "citefullauthor"}:
        return _joined([_link(e, e.author or e.label or e.target.number) for e in entries])
    if command in {"citeyear", "citeyearpar"} and all(e.year for e in entries):
        return _joined([_link(e, e.year) for e in entries])
    if command in {"citenum", "citealp", "citealt", "onlinecite", "citen"}:
        return [*body, *numbers, *tail]
    open_, close = ("[", "]") if context.options.get("citation-brackets") != "round" else ("(", ")")
    if command in {"citet", "textcite", "citeasnoun"} and all(e.author for e in entries):
        out: Pieces = []
        for index, entry in enumerate(entries):
            out += [Text(", ")] if index else []
            context.need("plain-references")
            note = tail if index == len(entries) - 1 else []
            out += [Text(f"{entry.author} {open_}"), Reference(entry.target.label), *note, Text(close)]
        return [*body, *out]
    if super_style:
        return [Mark("#super["), *body, *numbers, *tail, Code("]")]
    return [Text(open_), *body, *numbers, *tail, Text(close)]


def _joined(items_: list[Pieces]) -> Pieces:
    out: Pieces = []
    for index, item in enumerate(items_):
        out += [Text(", ")] if index else []
        out += item
    return out


def _author_year(
    command: str, entries: list[Entry], before: Pieces, after: Pieces, context: Context
) -> Pieces:
    square = context.options.get("citation-brackets") == "square"
    open_, close = ("[", "]") if square else ("(", ")")
    lead: Pieces = [*before, Text(" ")] if not is_empty(before) else []
    tail: Pieces = [Text(", "), *after] if not is_empty(after) else []
    if command in {"citeauthor", "citefullauthor"}:
        return _joined(
            [_link(e, (e.long_author if command == "citefullauthor" else "") or e.author) for e in entries]
        )
    if command == "citeyear":
        return _joined([_link(e, e.year) for e in entries])
    if command == "citeyearpar":
        return [Text(open_), *lead, *_joined([_link(e, e.year) for e in entries]), *tail, Text(close)]
    textual = command in {"citet", "textcite", "citealt", "citeasnoun", "citeA", "citeN", "shortciteN"} or (
        command == "cite" and "biblatex" not in context.packages and "natbib" in context.packages
    )
    if command == "citealt":
        return [*lead, *_joined([_link(e, f"{e.author} {e.year}") for e in entries]), *tail]
    if command == "citealp":
        return [*lead, *_joined([_link(e, f"{e.author}, {e.year}") for e in entries]), *tail]
    if textual:
        out: Pieces = []
        for index, entry in enumerate(entries):
            out += (
                [Text(", " if len(entries) != 2 else " and ")]
                if index and False
                else ([Text(", ")] if index else [])
            )
            inside = [*lead, *_link(entry, entry.year)]
            note = tail if index == len(entries) - 1 else []
            out += [Text(f"{entry.author} {open_}"), *inside, *note, Text(close)]
        return out
    return [Text(open_), *lead, *_joined_with(entries), *tail, Text(close)]


def _joined_with(entries: list[Entry]) -> Pieces:
    out: Pieces = []
    for index, entry in enumerate(entries):
        out += [Text("; ")] if index else []
        out += _link(entry, f"{entry.author}, {entry.year}" if entry.year else entry.label)
    return out


@macro("bibinfo", "bibfield", "bibnamefont", "bibfnamefont", "citenamefont", "bibfont", "BibitemOpen@", "natexlab",
       "href@noop", "enquote@", "eprint@", "translation", "bibitemStop", "noop")  # fmt: skip
def bibinfo(builder: Builder, node: Node, cursor: Cursor) -> None:
    """revtex's and acmart's marks in a ``.bbl``: only the content is shown."""
    name = node.macroname
    if name in {"bibinfo", "bibfield"}:
        builder.run(content(cursor.arguments(node, "{{")[1]))
    elif name == "noop":
        cursor.arguments(node, "{")
    elif name != "bibitemStop":
        builder.run(content(cursor.arguments(node, "{")[0]))


@macro("BibitemOpen", "BibitemShut", "bibAnnoteFile", "showISBNx", "showDOI", "showURL", "BIBentrySTDinterwordspacing",
       "BIBentryALTinterwordspacing", "BIBdecl", "providecommand@", "EOS")  # fmt: skip
def bibliography_marks(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Marks of styles around entries."""
    if node.macroname == "BibitemShut":
        cursor.arguments(node, "{")
    elif node.macroname in {"showURL", "showDOI"}:
        builder.run(content(cursor.arguments(node, "{")[0]))


__all__ = ["strip"]
