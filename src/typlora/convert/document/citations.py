"""Citations: numbers, labels, or authors and years, as the document's style has them."""

from typlora.convert.document.bibliography import Entry
from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Code, Later, Mark, Pieces, Reference, Text, is_empty

_CITES = (
    "cite", "citep", "citet", "citealt", "citealp", "citeauthor", "citeyear", "citeyearpar",
    "citefullauthor", "Cite",
    "Citep", "Citet", "Citealt", "Citealp", "Citeauthor", "parencite", "Parencite", "textcite", "Textcite",
    "autocite",
    "Autocite", "footcite", "Footcite", "supercite", "fullcite", "footfullcite", "smartcite", "citenum",
    "onlinecite",
    "shortcite", "citeasnoun", "citetitle", "citeurl", "citedate", "citen", "citeNP", "citeN", "shortciteN",
    "citeA",
    "citeaffixed", "citeonline", )  # fmt: skip


@macro(*_CITES)
def cite(builder: Builder, node: Node, cursor: Cursor) -> None:
    """One citation command with all its keys."""
    _, first, second, keys = cursor.arguments(node, "*[[{")
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
            out += [Text(", ")] if index else []
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
