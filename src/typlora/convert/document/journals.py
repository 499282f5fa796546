"""What classes of journals and proceedings add: parts under headings of theirs, marks, data for headers."""

from typlora.convert.document.builder import (
    ENVIRONMENTS,
    Builder,
    environment,
    environment_arguments,
    macro,
)
from typlora.convert.document.headings import write_heading
from typlora.convert.document.nodes import Cursor, Node, children, content
from typlora.convert.document.pieces import Styled, Text, is_empty, strip
from typlora.tex.unit import UnitKind


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
        ENVIRONMENTS["itemize"](builder, node)
    else:
        builder.run(children(node))
        builder.flush()


@environment("acknowledgements", "acknowledgments", "acks", "acknowledgement", "Acknowledgements", "ack",
             "acknowledgment")  # fmt: skip
def acknowledgements(builder: Builder, node: Node) -> None:
    """An unnumbered heading and its text."""
    name = "chapter" if builder.context.chapters else "section"
    word = "Acknowledgements" if "gements" in node.environmentname else "Acknowledgments"
    write_heading(builder, node, name, [Text(word)], starred=True)
    builder.run(children(node))
    builder.flush()


@macro("IEEEPARstart", "PARstart", "lettrine")
def big_initial(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A large first letter is a letter."""
    spec = "[{{" if node.macroname == "lettrine" else "{{"
    for argument in cursor.arguments(node, spec)[-2:]:
        builder.run(content(argument))


@macro("ackname", "discintname")
def fixed_words(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Headings that llncs has words for."""
    builder.add(
        Text({"ackname": "Acknowledgments.", "discintname": "Disclosure of Interests."}[node.macroname])
    )


@environment("CCSXML")
def machine_readable(builder: Builder, node: Node) -> None:
    """Concepts for machines; ``\\ccsdesc`` prints them."""


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
