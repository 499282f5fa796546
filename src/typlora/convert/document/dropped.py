"""What Typst's output does not show: running heads, the index, lines added to the table of contents; rules.

Words that a reader of the PDF sees are listed with their LaTeX; layout is counted (`tally`).
"""

import re

from typlora.convert.document.builder import IGNORED, MACROS, SWITCHES, Builder, macro
from typlora.convert.document.nodes import Cursor, Node, end, is_macro, kind
from typlora.convert.document.pieces import Code
from typlora.convert.document.tally import count, note_layout
from typlora.tex.specs import MACRO_SPECS
from typlora.tex.wordlist import words

_ONLY_FURNITURE = re.compile(
    r"\\(?:thepage|rightmark|leftmark|slshape|itshape|bfseries|nouppercase|thechapter|thesection|today|sffamily"
    r"|small|footnotesize|scriptsize|rmfamily|textbf|textit|textsl|textsc|protect|relax|empty|scshape|it|bf|sl"
    r"|sc|hfill|quad|qquad|MakeUppercase|hfil|normalfont|fancyplain)(?![A-Za-z])|[\d\s{}\[\]|~,.:/%-]"
)

# The arguments; which of them hold words; and what is said of them.
_HEADS = {
    **dict.fromkeys(("fancyhead", "fancyfoot", "fancyhf", "ihead", "ohead", "ifoot", "ofoot"), ("[{", (1,))),
    **dict.fromkeys(("lhead", "rhead", "chead", "lfoot", "rfoot", "cfoot"), ("[{", (1,))),
    "markboth": ("{{", (0, 1)),
    "markright": ("{", (0,)),
}


@macro(*_HEADS)
def running_head(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Running heads and feet; page numbers alone are layout."""
    spec, places = _HEADS[node.macroname]
    arguments = cursor.arguments(node, spec)
    words = [builder.source(arguments[place]) for place in places]
    if any(_ONLY_FURNITURE.sub("", word) for word in words):
        stop = max((end(argument) for argument in arguments if argument is not None), default=end(node))
        latex = builder.context.text[node.pos : stop]
        builder.context.lose(node, "the text of this running head or foot is not in the output", latex)
    else:
        what = "layout not carried over: page style and page numbers"
        count(builder.context, what, node, node.macroname, "")


@macro("index", "glossary", "indexsee")
def index_entry(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Entries of an index; Typst has none of its own."""
    arguments = cursor.arguments(node, "{{" if node.macroname == "indexsee" else "[{")
    words = ", ".join(builder.source(argument) for argument in arguments if argument is not None)
    what = "entries of the index are not in the output"
    count(builder.context, what, node, node.macroname, f"\\{node.macroname}{{{words}}}")


@macro("addcontentsline", "contentsline")
def contents_line(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Lines that the author added to the table of contents."""
    _, _, words = cursor.arguments(node, "{{{")
    what = "lines added to the table of contents are not in the output"
    count(builder.context, what, node, node.macroname, builder.source(words))


@macro("rule")
def rule(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A line or a bar; a strut, which has no width, is nothing to see."""
    from typlora.convert.document.lengths import length

    _, wide, high = (builder.source(argument) for argument in cursor.arguments(node, "[{{"))
    width, height = length(wide), length(high)
    if re.match(r"-?0*\.?0*[a-z]", width) or re.match(r"-?0*\.?0*[a-z]", height):
        return
    if "auto" in (width, height):
        builder.context.lose(
            node, "a rule whose size only TeX knows is left out", f"\\rule{{{wide}}}{{{high}}}"
        )
        return
    if width.endswith("%"):
        builder.add(Code(f"#line(length: {width}, stroke: {height})"))
    else:
        builder.add(Code(f"#box(width: {width}, height: {height}, fill: black)"))


def in_preamble(builder: Builder, node: Node, cursor: Cursor) -> None:
    """What the preamble says about pages, heads and sizes."""
    if is_macro(node):
        note_layout(builder.context, node)
        if node.macroname in _HEADS:
            running_head(builder, node, cursor)
        elif not _known(node.macroname):
            _unknown(builder, node, cursor)


def _known(name: str) -> bool:
    return any(name in table for table in (MACROS, SWITCHES, IGNORED, MACRO_SPECS, _SETTINGS))


# Settings of packages: nothing a reader sees.
_SETTINGS = words(
    """lstdefinestyle lstdefinelanguage newlist pgfkeys hypersetup write DeclareUnicodeCharacter newacronym
    newglossaryentry DeclareFieldFormat IfFileExists ifx expandafter csname fancypagestyle AfterEndEnvironment
    BeforeBeginEnvironment AtBeginEnvironment AtEndEnvironment NeedsTeXFormat ProvidesPackage ProvidesFile
    tikzstyle newrobustcmd patchcmd apptocmd pretocmd"""
)


def _unknown(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A command that only a class knows may hold the title: its words must not go in silence."""
    groups: list[Node] = []
    while (following := cursor.peek()) is not None and kind(following) == "group":
        while (found := cursor.next()) is not None and found is not following:
            pass
        groups.append(following)
    latex = "".join(builder.context.text[group.pos : end(group)] for group in groups)
    prose = re.search(r"[^\W\d_]{2,}[\s~]+[^\W\d_]{2,}", re.sub(r"\\[A-Za-z@]+", "\\\\", latex))
    if prose and "format" not in node.macroname:
        what = "unknown commands of the preamble, whose words are not in the output"
        count(builder.context, what, node, node.macroname, f"\\{node.macroname}{latex}"[:300])
