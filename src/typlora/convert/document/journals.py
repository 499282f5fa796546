"""What classes of journals and proceedings add: parts under headings of theirs, marks, data for headers."""

from typlora.convert.document.builder import (
    ENVIRONMENTS,
    Builder,
    environment,
    environment_arguments,
    macro,
)
from typlora.convert.document.headings import write_heading
from typlora.convert.document.nodes import Cursor, Node, children, content, end, is_macro, walk
from typlora.convert.document.pieces import Styled, Text, call, is_empty, strip
from typlora.convert.document.tally import count
from typlora.tex.unit import UnitKind


@environment("highlights", "graphicalabstract", "IEEEbiography", "IEEEbiographynophoto", "biography")
def titled_part(builder: Builder, node: Node) -> None:
    """Parts that classes print under a heading or a name of their own."""
    name = node.environmentname
    if "biography" in name.lower():
        (photo, person), nodes = environment_arguments(builder, node, "[{")
        if name == "IEEEbiographynophoto" and person is None:
            person = photo
        elif photo is not None and any(is_macro(part, "includegraphics") for part in walk(content(photo))):
            builder.context.lose(photo, "the photo of a biography is not in the output")
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
    "copyrightyear": "{", "setcopyright": "{", "acmSubmissionID": "{",
    "journal": "{", "volume": "{", "copyrightinfo": "{{", "commby": "{", "markleft": "{",
    "settopmatter": "{", "startPage": "{", "citestyle": "{", "makeindex": "", "makeglossaries": "",
    "makeatletter": "",
    "thanksref": "{", "nobibliography": "{", "pubyear": "{", "firstpage": "{",
    "setcctype": "[{", "Description": "[{", "institutename": "", "theauthor": "", "icmltitlerunning": "{",
    "iclrfinalcopy": "", "neuripsfinalcopy": "", "cvprfinalcopy": "", "logo": "{",
    "frontmatterSC": "{", "issueinfo": "{{{{", "pagespan": "{{", "PII": "{", "dateposted": "{",
    "keywordname": "",
}  # fmt: skip


@macro("IEEEpubid", "received", "revised", "accepted")
def printed_by_class(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Lines that classes print at the foot of a page or at the end, of data that only editors have."""
    argument = cursor.arguments(node, "[{")[1]
    latex = builder.context.text[node.pos : end(argument) if argument is not None else end(node)]
    what = "what journals print at the foot of a page or at the end (dates, copyright) is not in the output"
    builder.context.lose(node, what, latex)


@macro("minisec")
def small_heading(builder: Builder, node: Node, cursor: Cursor) -> None:
    """KOMA-Script's heading without number and place in the table of contents."""
    (argument,) = cursor.arguments(node, "{")
    builder.flush()
    builder.block(UnitKind.PARAGRAPH, [Styled("*", tuple(strip(builder.argument(argument))))], node)


@macro("plainbreak", "fancybreak", "pfbreak", "plainfancybreak")
def scene_break(builder: Builder, node: Node, cursor: Cursor) -> None:
    """memoir's breaks between scenes: space, or a line of signs."""
    spec = {"pfbreak": "*", "plainfancybreak": "*{{{"}.get(node.macroname, "*{")
    argument = cursor.arguments(node, spec)[-1]
    builder.flush()
    if node.macroname == "plainbreak":
        count(builder.context, "layout not carried over: vertical space", node, node.macroname, "")
        return
    words = [Text("* * *")] if node.macroname == "pfbreak" else builder.argument(argument)
    builder.block(UnitKind.PARAGRAPH, call("align(center)", words), node)


@macro("chapterprecis", "chapterprecishere")
def precis(builder: Builder, node: Node, cursor: Cursor) -> None:
    """memoir's summary below the title of a chapter."""
    (argument,) = cursor.arguments(node, "{")
    builder.flush()
    builder.block(UnitKind.PARAGRAPH, [Styled("_", tuple(strip(builder.argument(argument))))], node)


@macro(*_SILENT)
def silent(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Not shown on the page."""
    cursor.arguments(node, _SILENT[node.macroname])
