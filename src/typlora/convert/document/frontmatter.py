"""The front of a document: title, authors, affiliations, date, abstract, keywords.

Classes differ in names but not in kind: commands that take a person, a place or a text are collected
while they are read, and the title block is written where ``\\maketitle`` stands (or at the beginning).
"""

import re

from typlora.convert.document.bibliography import plain_latex
from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.context import Context
from typlora.convert.document.nodes import NO_NODE, Cursor, Node, children, content, end, is_macro, kind
from typlora.convert.document.pieces import (
    LINE_BREAK,
    Code,
    Later,
    Mark,
    Piece,
    Pieces,
    Shift,
    Styled,
    Text,
    call,
    is_empty,
    plain,
    strip,
)
from typlora.tex.unit import UnitKind

_FIELDS = {
    "title": "[{", "subtitle": "[{", "date": "[{", "author": "[{", "publishers": "{", "subject": "{",
    "titlehead": "{", "dedication": "{", "dedicatory": "{", "preprint": "{", "institute": "[{",
    "translator": "{",
}  # fmt: skip
_PLACES = {
    "affiliation": "[{", "affil": "[{", "address": "[{", "curraddr": "[{", "altaffiliation": "[{",
    "icmlaffiliation": "{{", "email": "[{", "ead": "[{", "urladdr": "[{", "homepage": "[{", "orcid": "{",
    "authornote": "{", "additionalaffiliation": "{", "collaboration": "{", "cortext": "[{",
    "fntext": "[{", "tnotetext": "[{", "nonumnote": "{", "thankstext": "{{",
    "orcidlink": "{", "authormark": "{", "emailaddress": "{",
}  # fmt: skip
_PARTS = ("institution", "department", "city", "country", "state", "postcode", "streetaddress", "position",
          "organization", "addressline", "orgname", "orgdiv", "orgaddress", "street", "postal")  # fmt: skip


@macro(*_FIELDS)
def collect(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Keep a field of the title block until it is written."""
    spec = _FIELDS[node.macroname]
    name = node.macroname
    meta = builder.context.meta
    starred = cursor.peek(skip_blank=False)
    if name == "author" and getattr(starred, "chars", "").startswith("*"):
        _, argument, email = cursor.arguments(node, "*{{")  # the corresponding author, with an address
        meta.setdefault("author", []).extend([content(argument), content(email)])
        return
    label, argument = cursor.arguments(node, spec) if spec == "[{" else [None, *cursor.arguments(node, spec)]
    if name == "author" and builder.source(argument) == "*":  # the parser took the star as the argument
        name_of, email = cursor.arguments(NO_NODE, "{{")
        meta.setdefault("author", []).extend([content(name_of), content(email)])
        return
    if name == "author":
        mark = builder.source(label)
        if re.fullmatch(r"[\w, ]{1,12}", mark) and builder.context.document_class.startswith(_MARKED):
            builder.context.author_marks[len(meta.get("author", []))] = mark
        meta.setdefault("author", []).append(content(argument))
    else:
        meta[name] = [content(argument)]
    builder.context.options.setdefault("title-position", str(node.pos))


@macro(*_PLACES)
def place(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Affiliations and addresses follow the author they were given for; within a title they are text."""
    arguments = cursor.arguments(node, _PLACES[node.macroname])
    argument, context = arguments[-1], builder.context
    if context.options.get("title-done"):
        builder.run(content(argument))
        return
    label = builder.source(arguments[0]) if _PLACES[node.macroname] == "[{" else ""
    rows = context.meta.setdefault("author", [])
    if mark := _NOTE_MARKS.get(node.macroname, ""):
        context.author_marks[-len(rows) - 1] = mark
    elif (
        node.macroname in {"affiliation", "address", "affil"}
        and re.fullmatch(r"[\w, ]{1,12}", label)
        and context.document_class.startswith(_MARKED)
    ):
        context.author_marks[-len(rows) - 1] = label
    rows.append([*content(argument)])


_MARKED = ("elsarticle", "cas-", "sn-jnl", "wlscirep")  # classes that join authors and addresses by marks
_NOTE_MARKS = {"cortext": "∗", "fntext": "1", "tnotetext": "☆", "authornote": "∗"}
_KEY_VALUES = re.compile(r"\s*(?:organization|addressline|city|postcode|state|country|department)\s*=")


def _key_values(source: str) -> str:
    """elsarticle's ``organization={...}, city={...}`` as the words alone."""
    values = re.findall(r"\w+\s*=\s*(\{[^{}]*\}|[^,{}]*)", source)
    return ", ".join(value.strip("{} ") for value in values if value.strip("{} "))


@macro(*_PARTS)
def part_of_address(builder: Builder, node: Node, cursor: Cursor) -> None:
    """acmart's pieces of an affiliation, separated by commas."""
    (argument,) = cursor.arguments(node, "{")
    words = builder.argument(argument)
    if is_empty(words):
        return
    if builder.paragraph and not is_empty(builder.paragraph):
        builder.paragraph = [*strip(builder.paragraph), Text(", ")]
    builder.add(*words)


@macro("and", "AND", "sep")
def and_author(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Between authors."""
    builder.flush()


@macro("maketitle", "makecover")
def maketitle(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The title block stands here."""
    write_title(builder, node)


def write_title(builder: Builder, node: Node) -> None:
    """Title, authors and date, centred. Done once."""
    context = builder.context
    if context.options.get("title-done"):
        return
    context.options["title-done"] = "yes"
    saved_float, context.options["in-float"] = context.options.get("in-float", ""), ""
    title = strip(_field(builder, "title"))
    out: Pieces = []
    for name in ("titlehead", "subject"):
        head = strip(_field(builder, name))
        if not is_empty(head):
            out += [*head, Mark("\n\n")]
    if not is_empty(title):
        words = [Mark(" \\ ") if p == LINE_BREAK else p for p in title if not _is_paragraph(p)]
        out += [Mark("#text(1.7em)["), *call_strong(words), Code("]")]
        clean = plain([p for p in title if not isinstance(p, Later) and p != LINE_BREAK])
        if clean:
            context.options["title"] = re.sub(r"\s+", " ", clean)
    subtitle = strip(_field(builder, "subtitle"))
    if not is_empty(subtitle):
        out += [Mark("\n\n"), Mark("#text(1.2em)["), *subtitle, Code("]")]
    authors = _authors(builder)
    if authors:
        out += [Mark("\n\n"), *authors]
    for name in ("institute", "publishers", "dedicatory", "dedication", "translator"):
        words = _institutes(builder) if name == "institute" else strip(_field(builder, name))
        if name.startswith("dedic") and not is_empty(words):
            words = [Styled("_", tuple(words))]
        if not is_empty(words):
            out += [Mark("\n\n"), *words]
    if "date" in context.meta:
        date = strip(_field(builder, "date"))
        if not is_empty(date):
            out += [Mark("\n\n"), *date]
    out = strip(out)
    context.options["in-float"] = saved_float
    if out:
        spaced = [Mark("#set par(spacing: 1em, justify: false)\n")]
        body = [Mark("\n"), Shift(2), Mark("  "), *spaced, *out, Shift(-2), Mark("\n")]
        if two_columns(context):
            context.need("spanning")
            builder.block(UnitKind.PARAGRAPH, call("spanning", call("align(center)", body)), node)
        else:
            builder.block(UnitKind.PARAGRAPH, call("align(center)", body), node)
    for saved in context.meta.pop("abstract", []):
        write_abstract(builder, node, saved)
    for kind_of, listed in context.keywords:
        _write_keywords(builder, node, kind_of, listed)
    context.keywords = []


def _institutes(builder: Builder) -> Pieces:
    """Addresses apart; in classes whose authors have numbers for them, with the number before each."""
    rows = builder.context.meta.get("institute") or []
    out: Pieces = []
    parts = [part for row in rows for part in _people(row)]
    numbered = len(parts) > 1 and builder.context.document_class in {"llncs", "svjour3", "svproc", "svmult"}
    for number, part in enumerate(parts, 1):
        words = strip(builder.inline(part))
        if is_empty(words):
            continue
        out += [Mark("\n\n")] if out else []
        out += [*(call("super", [Text(str(number))]) if numbered else []), *words]
    return out


def two_columns(context: Context) -> bool:
    """Whether pages have two columns that the title block spans."""
    return "twocolumn" in context.class_options or bool(context.options.get("two-columns"))


def call_strong(words: Pieces) -> Pieces:
    """The title in bold."""
    return [Styled("*", tuple(words))]


def _is_paragraph(piece: Piece) -> bool:
    return isinstance(piece, Mark) and "\n\n" in piece.typst


def _field(builder: Builder, name: str) -> Pieces:
    rows = builder.context.meta.get(name) or []
    return builder.inline(rows[0]) if rows else []


def _authors(builder: Builder) -> Pieces:
    """One paragraph for each author with the lines given for them."""
    out: Pieces = []
    context = builder.context
    for index, row in enumerate(context.meta.get("author", [])):
        source = context.text[row[0].pos : end(row[-1])] if row else ""
        if _KEY_VALUES.match(source):
            out += [Mark("\n\n")] if out else []
            mark = context.author_marks.get(-index - 1, "")
            out += [*(call("super", [Text(mark)]) if mark else []), Text(plain_latex(_key_values(source)))]
            continue
        people = [p for p in (_person(builder, nodes) for nodes in _people(row)) if p]
        if len(people) > 1 and any(Mark("\n\n") in p or LINE_BREAK in p for p in people):
            if out:
                out.append(Mark("\n\n"))
            columns = min(len(people), 2 if builder.context.options.get("two-columns") else 3)
            out += [Mark(f"#grid(columns: (1fr,) * {columns}, row-gutter: 1.2em,\n"), Shift(2), Mark("  ")]
            for person in people:
                out += [Mark("["), *person, Mark("],\n")]
            out += [Shift(-2), Mark("\n"), Code(")")]
            continue
        for person in people:
            if out:
                out.append(Mark("\n\n"))
            before, after = context.author_marks.get(-index - 1, ""), context.author_marks.get(index, "")
            out += call("super", [Text(before)]) if before else []
            out.extend(person)
            out += call("super", [Text(after)]) if after else []
    return out


def _people(row: list[Node]) -> list[list[Node]]:
    """An ``\\author`` argument cut at every ``\\and``."""
    out: list[list[Node]] = [[]]
    for node in row:
        if is_macro(node, "and", "And", "AND"):
            out.append([])
        elif not is_macro(node, "maketitle"):
            out[-1].append(node)
    return out


def _person(builder: Builder, nodes: list[Node]) -> Pieces:
    out: Pieces = []
    inner = builder.nested()
    inner.run(nodes)
    inner.flush()
    for chunk in inner.chunks:
        if out:
            out.append(Mark("\n\n"))
        out.extend(chunk.pieces)
    return out


@macro("today")
def today(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The day the document is compiled."""
    builder.add(Code("#datetime.today().display()"))


@environment("abstract", "onecolabstract", "Abstract", "summary", "abstracts")
def abstract(builder: Builder, node: Node) -> None:
    """A centred heading and a narrower block. Classes that print the abstract with the title get it there."""
    context = builder.context
    (_,), nodes = environment_arguments(builder, node, "[")
    later = context.document_class in {"amsart", "amsproc", "acmart", "revtex4", "revtex4-1", "revtex4-2"}
    later = later or bool(context.options.get("in-frontmatter"))
    if later and two_columns(context):
        context.options["abstract-spans"] = "yes"
    if later and not context.options.get("title-done") and context.options.get("has-maketitle"):
        context.meta.setdefault("abstract", []).append(nodes)
        return
    write_abstract(builder, node, nodes)


@macro("abstract", "abst")
def abstract_command(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The abstract as an argument, in classes that print it with the title."""
    (argument,) = cursor.arguments(node, "{")
    if not builder.context.options.get("title-done") and builder.context.options.get("has-maketitle"):
        builder.context.meta.setdefault("abstract", []).append(content(argument))
        return
    write_abstract(builder, node, content(argument))


def write_abstract(builder: Builder, node: Node, nodes: list[Node]) -> None:
    """The helper of the preamble sets heading and width."""
    body = builder.flow(nodes)
    if is_empty(body):
        return
    builder.context.need("abstract")
    inside = [Mark("\n"), Shift(2), Mark("  "), *body, Shift(-2), Mark("\n")]
    block = call("abstract", inside)
    if builder.context.options.get("abstract-spans"):
        builder.context.need("spanning")
        block = call("spanning", block)
    builder.block(UnitKind.PARAGRAPH, block, node)


@macro(
    "keywords",
    "subjclass",
    "pacs",
    "PACS",
    "JEL",
    "kword",
    "classification",
    "ccsdesc",
)
def keywords(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Keywords and classifications with the words LaTeX puts before them."""
    _, argument = cursor.arguments(node, "[{")
    heads = {"keywords": "Keywords", "subjclass": "Mathematics Subject Classification", "pacs": "PACS",
    "PACS": "PACS",
             "JEL": "JEL", "kword": "Keywords", "ccsdesc": "CCS Concepts",
             "classification": "Classification"}  # fmt: skip
    words = _separated(builder, content(argument))
    if node.macroname == "ccsdesc":
        words = [Text(p.text.replace("\u00a0", " → ")) if isinstance(p, Text) else p for p in words]
    _keywords(builder, node, heads.get(node.macroname, "Keywords"), words)


def _keywords(builder: Builder, node: Node, head: str, words: Pieces) -> None:
    """Written here, or with a title that is still to come; what has the same head is joined."""
    context = builder.context
    if is_empty(words):
        return
    if not context.options.get("title-done") and context.options.get("has-maketitle"):
        if context.keywords and context.keywords[-1][0] == head:
            context.keywords[-1][1].extend([Text("; "), *words])
        else:
            context.keywords.append((head, words))
    else:
        _write_keywords(builder, node, head, words)


def _write_keywords(builder: Builder, node: Node, head: str, words: Pieces) -> None:
    builder.block(UnitKind.PARAGRAPH, [Mark(f"_{head}:_ "), *words], node)


def _separated(builder: Builder, nodes: list[Node]) -> Pieces:
    """Keywords between ``\\and`` or ``\\sep``; a code of a classification among them starts a new part."""
    out: Pieces = []
    row: list[Node] = []
    codes = {"MSC": "MSC: ", "PACS": "PACS: ", "JEL": "JEL: ", "UDC": "UDC: "}
    cursor = Cursor(nodes, builder.context.text)
    separator = ", " if builder.context.document_class != "llncs" else " · "

    def finish(lead: str) -> None:
        nonlocal row
        words = strip(builder.inline(row))
        if not is_empty(words):
            out.extend(words)
        row = []
        if lead and out:
            out.append(Text(lead))

    while (node := cursor.next()) is not None:
        if is_macro(node, "and", "sep"):
            finish(separator)
        elif is_macro(node, *codes):
            year, _ = cursor.arguments(NO_NODE, "[[")
            finish("; ")
            edition = builder.source(year)
            code = codes[node.macroname]
            out.append(Text(code.replace(":", f" {edition}:") if edition else code))
            rest = getattr(node, "nodeargd", None)
            row = [a for a in (getattr(rest, "argnlist", None) or []) if a is not None]
        else:
            row.append(node)
    finish("")
    return out


@environment("keyword", "keywords", "IEEEkeywords", "Keywords", "AMS", "MSCcodes", "kwd")
def keyword_environment(builder: Builder, node: Node) -> None:
    """The same as an environment."""
    head = {"AMS": "AMS subject classifications", "MSCcodes": "MSC codes"}.get(
        node.environmentname, "Keywords"
    )
    if node.environmentname == "IEEEkeywords":
        head = "Index Terms"
    _keywords(builder, node, head, _separated(builder, children(node)))


@environment("frontmatter")
def frontmatter(builder: Builder, node: Node) -> None:
    """elsarticle prints the title block where this ends, and has no ``\\maketitle``."""
    context = builder.context
    if "title" not in context.meta and not any(is_macro(n, "title") for n in children(node)):
        builder.run(children(node))
        return
    context.options["has-maketitle"] = context.options["in-frontmatter"] = "yes"
    builder.run(children(node))
    builder.flush()
    write_title(builder, node)
    context.options.pop("in-frontmatter")


@environment("highlights", "graphicalabstract", "IEEEbiography", "IEEEbiographynophoto", "biography")
def titled_part(builder: Builder, node: Node) -> None:
    """Parts that classes print under a heading or a name of their own."""
    name = node.environmentname
    if "biography" in name.lower():
        (_, person), nodes = environment_arguments(builder, node, "[{")
        words = builder.argument(person)
        builder.flush()
        if not is_empty(words):
            builder.add(Styled("*", tuple(strip(words))), Text(" "))
        builder.run(nodes)
        builder.flush()
        return
    head = "Highlights" if name == "highlights" else "Graphical abstract"
    builder.block(UnitKind.PARAGRAPH, [Styled("*", (Text(head),))], node)
    if name == "highlights":
        from typlora.convert.document.builder import ENVIRONMENTS

        ENVIRONMENTS["itemize"](builder, node)
    else:
        builder.run(children(node))
        builder.flush()


@environment("acknowledgements", "acknowledgments", "acks", "acknowledgement", "Acknowledgements", "ack",
             "acknowledgment")  # fmt: skip
def acknowledgements(builder: Builder, node: Node) -> None:
    """An unnumbered heading and its text."""
    from typlora.convert.document.headings import write_heading

    name = "chapter" if builder.context.chapters else "section"
    word = "Acknowledgements" if "gements" in node.environmentname else "Acknowledgments"
    write_heading(builder, node, name, [Text(word)], starred=True)
    builder.run(children(node))
    builder.flush()


@macro("IEEEauthorblockN", "IEEEauthorblockA", "authorblockN", "authorblockA", "name", "fnm", "sur", "spfx",
    "pfx",
       "authorname", "surname", "firstname", "lastname", "givenname")  # fmt: skip
def author_block(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Parts of an author are text; addresses stand on lines of their own."""
    builder.run(content(cursor.arguments(node, "{")[-1]))
    if node.macroname in {"IEEEauthorblockN", "authorblockN"}:
        builder.add(LINE_BREAK)


@macro("IEEEPARstart", "PARstart", "lettrine")
def big_initial(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A large first letter is a letter."""
    spec = "[{{" if node.macroname == "lettrine" else "{{"
    for argument in cursor.arguments(node, spec)[-2:]:
        builder.run(content(argument))


@macro("orcidID")
def orcid_mark(builder: Builder, node: Node, cursor: Cursor) -> None:
    """llncs raises the number behind the author."""
    (argument,) = cursor.arguments(node, "{")
    builder.add(*call("super", [Text(f"[{builder.source(argument)}]")]))


@macro("ackname", "discintname")
def fixed_words(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Headings that llncs has words for."""
    builder.add(
        Text({"ackname": "Acknowledgments.", "discintname": "Disclosure of Interests."}[node.macroname])
    )


@environment("CCSXML")
def machine_readable(builder: Builder, node: Node) -> None:
    """Concepts for machines; ``\\ccsdesc`` prints them."""


@macro("inst", "IEEEauthorrefmark", "authornotemark", "fnref", "corref", "tnoteref")
def institute_mark(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The raised mark that leads from an author to an address."""
    spec = "[" if node.macroname == "authornotemark" else "{"
    (argument,) = cursor.arguments(node, spec)
    words = builder.argument(argument)
    shown = {"fnref": "1", "corref": "∗", "tnoteref": "☆"}.get(node.macroname, "")
    if shown or is_empty(words) or node.macroname == "authornotemark":
        words = [Text(shown or "∗")]
    builder.add(*call("super", words))


# Journal data that classes print in headers and footers, or not at all.
_SILENT = {
    "titlerunning": "{", "authorrunning": "{", "shorttitle": "{", "shortauthors": "{", "runningtitle": "{",
    "runningauthor": "{", "acmJournal": "{", "acmVolume": "{", "acmNumber": "{", "acmArticle": "{",
    "acmYear": "{",
    "acmMonth": "{", "acmDOI": "{", "acmISBN": "{", "acmConference": "[{{{", "acmBooktitle": "{",
    "acmPrice": "{",
    "copyrightyear": "{", "setcopyright": "{", "acmSubmissionID": "{", "received": "[{", "revised": "{",
    "accepted": "{",
    "journal": "{", "volume": "{", "copyrightinfo": "{{", "commby": "{", "markleft": "{",
    "settopmatter": "{", "startPage": "{", "citestyle": "{", "makeindex": "", "makeglossaries": "",
    "makeatletter": "",
    "thanksref": "{", "nobibliography": "{", "pubyear": "{", "firstpage": "{",
    "setcctype": "[{", "Description": "[{", "institutename": "", "theauthor": "", "icmltitlerunning": "{",
    "iclrfinalcopy": "", "neuripsfinalcopy": "", "cvprfinalcopy": "", "logo": "{",
    "frontmatterSC": "{", "issueinfo": "{{{{", "pagespan": "{{", "PII": "{", "dateposted": "{",
    "keywordname": "",
}  # fmt: skip


@macro(*_SILENT)
def silent(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Not shown on the page."""
    cursor.arguments(node, _SILENT[node.macroname])


__all__ = ["kind", "write_title"]
