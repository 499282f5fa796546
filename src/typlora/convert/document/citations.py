"""Citations: numbers, labels, or authors and years, as the document's style has them."""

import re
from dataclasses import replace

from typlora.convert.document.bibliography import Entry
from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Code, Later, Mark, Pieces, Reference, Styled, Text, is_empty

_CITES = (
    "cite", "citep", "citet", "citealt", "citealp", "citeauthor", "citeyear", "citeyearpar",
    "citefullauthor", "Cite",
    "Citep", "Citet", "Citealt", "Citealp", "Citeauthor", "parencite", "Parencite", "textcite", "Textcite",
    "autocite",
    "Autocite", "footcite", "Footcite", "supercite", "fullcite", "footfullcite", "smartcite", "citenum",
    "onlinecite",
    "shortcite", "citeasnoun", "citetitle", "citeurl", "citedate", "citen", "citeNP", "citeN", "shortciteN",
    "citeA",
    "citeaffixed", "citeonline", "Smartcite", "Citeyear", "Fullcite", "notecite", "pnotecite",
)  # fmt: skip

_PAGES = re.compile(r"[\divxlc]+|\d+\s*(?:-+|–|,)\s*\d+|\d+\s*f{1,2}\.?")


@macro(*_CITES)
def cite(builder: Builder, node: Node, cursor: Cursor) -> None:
    """One citation command with all its keys."""
    star, first, second, keys = cursor.arguments(node, "*[[{")
    context = builder.context
    before = builder.argument(first) if second is not None else []
    after = postnote(builder, second if second is not None else first)
    names = [key.strip() for key in builder.source(keys).split(",") if key.strip()]
    note_cited(context, names)
    name, starred = node.macroname, star is not None

    def pieces(command: str) -> Later:
        return Later(lambda: write_citation(context, node, command, names, before, after, starred=starred))

    if in_footnote(context, name):
        form = "fullcite" if "full" in name else "footcite"
        builder.add(Mark("#footnote["), pieces(form), Code("]"))
    else:
        builder.add(pieces(name))


def note_cited(context: Context, keys: list[str]) -> None:
    """Works that the bibliography has to list."""
    context.options["cited"] = "yes"
    context.options.update({f"cited:{key}": "cited" for key in keys})


def in_footnote(context: Context, command: str) -> bool:
    """Whether the citation stands in a footnote: by its name, or by the style that biblatex was given."""
    lower = command.lower()
    notes = context.options.get("biblatex-style", "").startswith(("verbose", "footnote", "chicago-notes"))
    automatic = context.options.get("biblatex-autocite") == "footnote" or notes
    return lower in {"footcite", "footfullcite"} or (lower in {"autocite", "smartcite"} and automatic)


def postnote(builder: Builder, node: Node | None) -> Pieces:
    """A note behind a work; biblatex puts ``p.`` or ``pp.`` before bare page numbers."""
    words = builder.argument(node)
    source = builder.source(node)
    if "biblatex" in builder.context.packages and _PAGES.fullmatch(source):
        lead = "p." if source.isalnum() else "pp."
        return [Text(f"{lead}\u00a0"), *words]
    return words


@macro("citetext", "volcite", "pvolcite", "defcitealias", "citetalias", "citepalias")
def around_citation(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Words in the parentheses of citations, works cited by volume, and names for works."""
    context, name = builder.context, node.macroname
    if name == "citetext":
        (words,) = cursor.arguments(node, "{")
        builder.add(Text("("), *builder.argument(words), Text(")"))
    elif name == "defcitealias":
        key, words = cursor.arguments(node, "{{")
        context.aliases[builder.source(key)] = builder.argument(words)
    elif name in {"citetalias", "citepalias"}:
        _, _, keys = cursor.arguments(node, "[[{")
        key_names = [key.strip() for key in builder.source(keys).split(",")]
        note_cited(context, key_names)
        shown = [context.aliases.get(key, [Text(key)]) for key in key_names]
        joined = _joined(shown)
        builder.add(*(joined if name == "citetalias" else [Text("("), *joined, Text(")")]))
    else:
        _, volume, pages, key = cursor.arguments(node, "[{[{")
        after: Pieces = [Text("vol.\u00a0"), *builder.argument(volume)]
        if pages is not None:
            after += [Text(", "), *postnote(builder, pages)]
        names = [builder.source(key)]
        note_cited(context, names)
        command = "parencite" if name == "pvolcite" else "cite"
        builder.add(Later(lambda: write_citation(context, node, command, names, [], after)))


@macro("nocite")
def nocite(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Entries that are listed without being cited."""
    (keys,) = cursor.arguments(node, "{")
    for key in builder.source(keys).split(","):
        builder.context.options.setdefault(f"cited:{key.strip()}", "nocite")


def write_citation(
    context: Context,
    node: Node,
    command: str,
    keys: list[str],
    before: Pieces,
    after: Pieces,
    *,
    starred: bool = False,
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
    if unknown:
        shown = ", ".join(unknown).replace("*/", "").replace("/*", "").replace("//", "/ /")
        after = [*after, *([Text(", ")] if not is_empty(after) else []), Code(f"#strong[?]/* {shown} */")]
    entry = context.citations[known[0]]
    if not isinstance(entry, Entry):
        if not context.options.get("bibliography-done"):
            return _without_list(context, node, known)
        from typlora.convert.document.native import native_citation

        return native_citation(context, command, known, before, after, starred=starred)
    style = context.options.get("citation-style", "numeric")
    lower = command[0].lower() + command[1:]
    entries = [e for key in known if isinstance(e := context.citations[key], Entry)]
    if starred and lower == "parencite":
        lower = "citeyearpar"
    elif starred:
        entries = [replace(e, author=e.long_author or e.author) for e in entries]
    if style == "author-year":
        return _author_year(lower, entries, before, after, context)
    return _numbers(lower, entries, before, after, context, style)


def _without_list(context: Context, node: Node, keys: list[str]) -> Pieces:
    """Typst cannot cite where no bibliography is printed; LaTeX shows the keys in bold then."""
    context.lose(node, f"citation of '{', '.join(keys)}', but the document prints no bibliography")
    return [Text("["), Styled("*", (Text(", ".join(keys)),)), Text("]")]


def _link(entry: Entry, words: str) -> Pieces:
    return [Mark(f"#link(<{entry.target.label}>)["), Text(words), Code("]")]


def _numbers(
    command: str, entries: list[Entry], before: Pieces, after: Pieces, context: Context, style: str
) -> Pieces:
    body: Pieces = [*before, Text(" ")] if not is_empty(before) else []
    numbers: Pieces = []
    labels = [entry.target.label for entry in entries]
    ranges = len(entries) > 2 and style != "alpha" and all(labels)
    if ranges and context.options.get("citation-ranges"):
        context.need("plain-references", "cited")
        numbers.append(Code(f"#cited({', '.join(f'<{label}>' for label in labels)})"))
        entries_left: list[Entry] = []
    else:
        entries_left = entries
    for index, entry in enumerate(entries_left):
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
    biblatex = "biblatex" in context.packages
    if command in {"footcite", "smartcite"} or (command == "cite" and biblatex):
        return [*lead, *_joined([_link(e, f"{e.author} {e.year}".rstrip()) for e in entries]), *tail]
    textual = command in {"citet", "textcite", "citealt", "citeasnoun", "citeA", "citeN", "shortciteN"} or (
        command == "cite" and "biblatex" not in context.packages and "natbib" in context.packages
    )
    if command == "citealt":
        return [*lead, *_joined([_link(e, f"{e.author} {e.year}".rstrip()) for e in entries]), *tail]
    if command == "citealp":
        return [*lead, *_joined([_link(e, f"{e.author}, {e.year}".rstrip(", ")) for e in entries]), *tail]
    if textual:
        out: Pieces = []
        for index, entry in enumerate(entries):
            out += [Text(", ")] if index else []
            note = tail if index == len(entries) - 1 else []
            if is_empty(lead) and is_empty(note):
                dated = f" {open_}{entry.year}{close}" if entry.year else ""
                out += _link(entry, entry.author + dated)
            elif is_empty(lead):
                out += [*_link(entry, f"{entry.author} {open_}{entry.year}"), *note, Text(close)]
            else:
                inside = [*lead, *_link(entry, entry.year), *note]
                out += [Text(f"{entry.author} {open_}"), *inside, Text(close)]
        return out
    return [Text(open_), *lead, *_joined_with(entries), *tail, Text(close)]


def _joined_with(entries: list[Entry]) -> Pieces:
    out: Pieces = []
    for index, entry in enumerate(entries):
        out += [Text("; ")] if index else []
        out += _link(entry, f"{entry.author}, {entry.year}" if entry.year else entry.label)
    return out
