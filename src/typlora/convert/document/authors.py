"""Authors of a document with their affiliations, addresses and the marks that join the two."""

import re

from typlora.convert.document.bibliography import plain_latex
from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.class_looks import is_revtex
from typlora.convert.document.context import letter
from typlora.convert.document.nodes import NO_NODE, Cursor, Node, content, end, is_macro
from typlora.convert.document.pieces import (
    LINE_BREAK,
    Code,
    Mark,
    Pieces,
    Shift,
    Styled,
    Text,
    call,
    is_empty,
    strip,
)

_PLACES = {
    "affiliation": "[{", "affil": "[{", "address": "[{", "curraddr": "[{", "altaffiliation": "[{",
    "icmlaffiliation": "{{", "email": "[{", "ead": "[{", "urladdr": "[{", "homepage": "[{", "orcid": "{",
    "authornote": "{", "additionalaffiliation": "{", "collaboration": "{", "cortext": "[{",
    "fntext": "[{", "tnotetext": "[{", "nonumnote": "{", "thankstext": "{{",
    "orcidlink": "{", "authormark": "{", "emailaddress": "{",
}  # fmt: skip
_PARTS = ("institution", "department", "city", "country", "state", "postcode", "streetaddress", "position",
          "organization", "addressline", "orgname", "orgdiv", "orgaddress", "street", "postal")  # fmt: skip
_MARKED = ("elsarticle", "cas-", "sn-jnl", "wlscirep")  # classes that join authors and addresses by marks
_NOTE_MARKS = {"cortext": "∗", "fntext": "1", "tnotetext": "☆"}
_SIGNS = ("∗", "†", "‡", "§", "¶", "∥", "∗∗", "††", "‡‡")  # of notes, in LaTeX's order
_KEY_VALUES = re.compile(r"\s*(?:organization|addressline|city|postcode|state|country|department)\s*=")


@macro("author")
def author(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Keep an author until the title block is written."""
    meta = builder.context.meta
    starred = cursor.peek(skip_blank=False)
    if getattr(starred, "chars", "").startswith("*"):
        _, argument, email = cursor.arguments(node, "*{{")  # the corresponding author, with an address
        meta.setdefault("author", []).extend([content(argument), content(email)])
        return
    label, argument = cursor.arguments(node, "[{")
    if builder.source(argument) == "*":  # the parser took the star as the argument
        name_of, email = cursor.arguments(NO_NODE, "{{")
        meta.setdefault("author", []).extend([content(name_of), content(email)])
        return
    mark = builder.source(label)
    if re.fullmatch(r"[\w, ]{1,12}", mark) and builder.context.document_class.startswith(_MARKED):
        builder.context.author_marks[len(meta.get("author", []))] = mark
    builder.context.options["last-author"] = str(len(meta.get("author", [])))
    meta.setdefault("author", []).append(content(argument))
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
    if node.macroname == "authornote":
        number = int(context.options.get("author-notes", "0")) + 1
        context.options["author-notes"] = str(number)
        mark = _sign(number)
        context.author_marks[-len(rows) - 1] = mark
        _mark_last_author(builder, mark)
    elif mark := _NOTE_MARKS.get(node.macroname, ""):
        context.author_marks[-len(rows) - 1] = mark
    elif (
        node.macroname in {"affiliation", "address", "affil"}
        and re.fullmatch(r"[\w, ]{1,12}", label)
        and context.document_class.startswith(_MARKED)
    ):
        context.author_marks[-len(rows) - 1] = label
    if node.macroname in {"affiliation", "altaffiliation"} and is_revtex(context):
        context.slanted_authors.add(len(rows))
    rows.append([*content(argument)])


def _sign(number: int) -> str:
    return _SIGNS[number - 1] if 0 < number <= len(_SIGNS) else str(number)


def _mark_last_author(builder: Builder, mark: str) -> None:
    """acmart gives notes behind the author they are for."""
    marks, last = builder.context.author_marks, int(builder.context.options.get("last-author", "0"))
    marks[last] = f"{marks[last]},{mark}" if last in marks else mark


def _letters(builder: Builder) -> dict[str, str]:
    """elsarticle prints the labels of addresses as letters, in the order of the addresses."""
    context = builder.context
    if context.document_class != "elsarticle":
        return {}
    given = [context.author_marks[key] for key in sorted(context.author_marks, reverse=True) if key < 0]
    labels = [mark for mark in given if mark not in _NOTE_MARKS.values() or mark.isalpha()]
    return {label: letter(number) for number, label in enumerate(dict.fromkeys(labels), 1)}


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


def write_authors(builder: Builder) -> Pieces:
    """One paragraph for each author with the lines given for them."""
    out: Pieces = []
    context = builder.context
    letters = _letters(builder)
    for place, mark in list(context.author_marks.items()):
        if letters:
            context.author_marks[place] = ",".join(letters.get(one.strip(), one) for one in mark.split(","))
    for index, row in enumerate(context.meta.get("author", [])):
        source = context.text[row[0].pos : end(row[-1])] if row else ""
        if _KEY_VALUES.match(source):
            out += [Mark("\n\n")] if out else []
            mark = context.author_marks.get(-index - 1, "")
            out += [*(call("super", [Text(mark)]) if mark else []), Text(plain_latex(_key_values(source)))]
            continue
        people = [p for p in (_person(builder, nodes) for nodes in people_of(row)) if p]
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
            out += [Styled("_", tuple(person))] if index in context.slanted_authors else person
            out += call("super", [Text(after)]) if after else []
    return out


def people_of(row: list[Node]) -> list[list[Node]]:
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


@macro("IEEEauthorblockN", "IEEEauthorblockA", "authorblockN", "authorblockA", "name", "fnm", "sur", "spfx",
    "pfx",
       "authorname", "surname", "firstname", "lastname", "givenname")  # fmt: skip
def author_block(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Parts of an author are text; addresses stand on lines of their own."""
    builder.run(content(cursor.arguments(node, "{")[-1]))
    if node.macroname in {"IEEEauthorblockN", "authorblockN"}:
        builder.add(LINE_BREAK)


@macro("orcidID")
def orcid_mark(builder: Builder, node: Node, cursor: Cursor) -> None:
    """llncs raises the number behind the author."""
    (argument,) = cursor.arguments(node, "{")
    builder.add(*call("super", [Text(f"[{builder.source(argument)}]")]))


@macro("inst", "IEEEauthorrefmark", "authornotemark", "fnref", "corref", "tnoteref")
def institute_mark(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The raised mark that leads from an author to an address."""
    spec = "[" if node.macroname == "authornotemark" else "{"
    (argument,) = cursor.arguments(node, spec)
    if node.macroname == "authornotemark":
        given = builder.source(argument)
        mark = _sign(int(given) if given.isdecimal() else 1)
        if builder.context.options.get("title-done") or not is_empty(builder.paragraph):
            builder.add(*call("super", [Text(mark)]))
        else:
            _mark_last_author(builder, mark)
        return
    words = builder.argument(argument)
    if node.macroname == "IEEEauthorrefmark" and builder.source(argument).isdecimal():
        words = [Text(_sign(int(builder.source(argument))))]
    shown = {"fnref": "1", "corref": "∗", "tnoteref": "☆"}.get(node.macroname, "")
    if shown or is_empty(words):
        words = [Text(shown or "∗")]
    builder.add(*call("super", words))
