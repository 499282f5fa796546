"""Commands about the page: sizes, places, spaces, counters of layout. Typst decides these by itself.

Three kinds: switches without effect on what is read, commands that go away with their arguments, and boxes
whose content stays in the flow.
"""

import re

from typlora.convert.document.beside import count_box
from typlora.convert.document.builder import IGNORED, SWITCHES, Builder, macro
from typlora.convert.document.lengths import length
from typlora.convert.document.lines import FILL
from typlora.convert.document.nodes import Chars, Cursor, Node, content
from typlora.convert.document.pieces import Text, text
from typlora.convert.document.tally import count

_SWITCHES = """
    rm rmfamily sf sffamily md mdseries up upshape normalfont
    upright unboldmath raggedright sloppy fussy noindent indent
    leavevmode frenchspacing nonfrenchspacing singlespacing onehalfspacing doublespacing justifying
    RaggedRight bgroup egroup begingroup endgroup relax protect null unskip
    ignorespaces ignorespacesafterend strut mathstrut normalcolor selectfont hss vfill
    vfil vss allowbreak nobreak clearpage newpage cleardoublepage samepage eject
    filbreak goodbreak flushbottom raggedbottom makeatletter makeatother phantomsection footnoterule
    newblock onecolumn IEEEpeerreviewmaketitle
    IEEEoverridecommandlockouts balance FloatBarrier flushend normallineskip obeylines obeyspaces
    printanswers noprintanswers endinput fi else ifpdf linenumbers nolinenumbers appendixname
    doublespace songti kaishu fangsong lishu youyuan
"""
SWITCHES.update(dict.fromkeys(_SWITCHES.split()))

_DROPPED = {
    "*{": "vspace",
    "{": """
        pagestyle thispagestyle pagenumbering linespread phantom hphantom vphantom hypersetup
        captionsetup enlargethispage setminted tikzset pgfplotsset geometry
        usetikzlibrary bibliographystyle setstretch hyphenation urlstyle mdfsetup
        tcbset usetheme usecolortheme usefonttheme includeonly fontfamily fontseries fontshape
        fontencoding setbeamercovered addtocategory noalign newlength newsavebox newif linkdest
        zihao write18 special message typeout arrayrulecolor relscale
""",
    "{{": """
        setboolean
        lstdefinestyle lstdefinelanguage
        setlength addtolength settowidth settoheight settodepth crefalias
        DeclareGraphicsRule setbeamertemplate setbeamerfont setbeamercolor newcolumntype
        addtokomafont setkomafont PackageWarning
""",
    "[": """
        transfade transdissolve transwipe transpush transcover transboxin transboxout transuncover
        pagebreak nopagebreak nolinebreak displaybreak allowdisplaybreaks twocolumn addlinespace
        bibliographyunit
""",
    "*{[[{": "newcommand renewcommand providecommand DeclareRobustCommand",
    "*{[[{{": "newenvironment renewenvironment",
    "*{{": "DeclareMathOperator",
    "[{": """
        usepackage RequirePackage setitemize setdescription rowcolor cellcolor columncolor
""",
    "[{{": "pdfbookmark",
    "[{ ": "selectlanguage",
    "{[": "newcounter",
    "{{{{": "definecolorset",
    "*{[{{{{[": "titleformat",
    "*{{{{": "titlespacing",
    "*[{{{": "rowcolors",
    "": "hyphenchar break phantomcaption ContinuedFloat thetitle",
}
for _spec, _names in _DROPPED.items():
    IGNORED.update(dict.fromkeys(_names.split(), _spec.strip()))


@macro("ifthenelse")
def conditional(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A condition that was not decided while macros were expanded: what it adds is kept."""
    _, then, _ = cursor.arguments(node, "{{{")
    builder.context.lose(node, "the condition cannot be decided; its first branch is taken", "\\ifthenelse")
    if then is not None:
        builder.run(content(then))


@macro("hspace")
def horizontal_space(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A space; a negative one pulls things together."""
    asked = builder.source(cursor.arguments(node, "*{")[1])
    if asked in {"\\fill", "\\stretch{1}"}:
        fill(builder, node, cursor)
    elif not asked.startswith("-"):
        builder.add(Text(" "))


@macro("hfill", "hfil")
def fill(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Space that takes what is left of the line; not in tables, whose columns it would widen."""
    if builder.context.options.get("in-table"):
        count(builder.context, "layout not carried over: horizontal space", node, node.macroname, "")
        builder.add(Text(" "))
        return
    while (
        builder.paragraph
        and isinstance(last := builder.paragraph[-1], Text)
        and last.text.endswith((" ", "\n"))
    ):
        builder.paragraph.pop()
        builder.add(*text(last.text.rstrip(" \n")))
        if last.text.strip(" \n"):
            break
    builder.add(FILL)


# The arguments, and the one that stays.
_TRANSPARENT = {
    "resizebox": ("*{{{", 3), "scalebox": ("{[{", 2), "raisebox": ("{[[{", 3), "parbox": ("[[[{{", 4),
    "adjustbox": ("{{", 1), "reflectbox": ("{", 0), "rotatebox": ("[{{", 2), "shortstack": ("[{", 1),
    "makecell": ("*[{", 2), "thead": ("*[{", 2), "savebox": ("{[[{", 3), "sbox": ("{{", 1),
    "fontspec": ("{[", 1),
    "AtBeginDocument": ("{", 0), "textls": ("[{", 1), "mathchoice": ("{{{{", 1),
}  # fmt: skip


@macro(*_TRANSPARENT)
def transparent(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Boxes and sizes around content: the content stays in the flow."""
    spec, kept = _TRANSPARENT[node.macroname]
    if node.macroname == "parbox":
        count_box(builder.context, node)
    arguments = cursor.arguments(node, spec)
    argument = arguments[kept]
    options = builder.context.options
    saved, outside = options.get("picture-width", ""), options.get("fit-table", "")
    if node.macroname in {"resizebox", "adjustbox"} and not options.get("in-table"):
        options["fit-table"] = "yes"  # a table that LaTeX makes as wide as the text
    if node.macroname == "resizebox" and (width := length(builder.source(arguments[1]))) != "auto":
        options["picture-width"] = width  # what a picture drawn by LaTeX inside of it shall have
    if argument is not None:
        builder.run(content(argument))
    options["picture-width"], options["fit-table"] = saved, outside


@macro(
    "hskip",
    "vskip",
    "kern",
    "penalty",
    "baselineskip",
    "parindent",
    "parskip",
    "hsize",
    "vsize",
    "raise",
    "lower",
)
def dimension(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A TeX length behind a primitive has no argument braces: take it off the following text."""
    following = cursor.next()
    chars = getattr(following, "chars", None)
    if following is None or chars is None:
        if following is not None:
            cursor.push([following])
        return
    unit = r"(?:pt|em|ex|cm|mm|in|pc|bp|sp|mu|fill?l?|zw|zh|Q)"
    number = rf"=?\s*[-+]?\s*\d*[.,]?\d+\s*(?:true\s*)?{unit}?"
    found = re.match(rf"\s*{number}(?:\s*plus\s*{number})?(?:\s*minus\s*{number})?", chars)
    if found:
        chars_left = chars[found.end() :]
        if chars_left:
            cursor.push([Chars(chars_left, following.pos + found.end())])
        if node.macroname == "vskip":
            builder.flush()
        elif node.macroname == "hskip":
            builder.add(Text(" "))
    else:
        cursor.push([following])
