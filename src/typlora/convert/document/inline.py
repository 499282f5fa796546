"""Words with a style: emphasis, fonts, colours, boxes, footnotes, links, and switches like ``\\bf``."""

import re
from collections.abc import Callable

from typlora.convert.document.builder import IGNORED, MACROS, SWITCHES, Builder, macro
from typlora.convert.document.nodes import Cursor, Node, content
from typlora.convert.document.pieces import (
    Code,
    Mark,
    Pieces,
    Styled,
    Text,
    call,
    is_empty,
    plain,
    strip,
)
from typlora.convert.kept import raw_inline


def string(value: str) -> str:
    """A Typst string literal."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def strong(builder: Builder, pieces: Pieces) -> Pieces:
    """``*...*``"""
    return [Styled("*", tuple(pieces))] if not is_empty(pieces) else pieces


def emphasis(builder: Builder, pieces: Pieces) -> Pieces:
    """``_..._``"""
    return [Styled("_", tuple(pieces))] if not is_empty(pieces) else pieces


def monospace(builder: Builder, pieces: Pieces) -> Pieces:
    """Raw text where it is only text, otherwise text in a fixed-width font."""
    pieces = strip(pieces)
    if is_empty(pieces):
        return pieces
    value = plain(pieces)
    if value is not None and "\n\n" not in value:
        shown = raw_inline(value.replace("\u00a0", " ").replace("\u00ad", ""))
        return (
            [Mark(shown)]
            if shown.startswith("`") and not shown.startswith("```")
            else [Code(f"#raw({string(value)})")]
        )
    builder.context.need("mono")
    return call("mono", pieces)


def _wrapped(function: str) -> Callable[[Builder, Pieces], Pieces]:
    def wrap(builder: Builder, pieces: Pieces) -> Pieces:
        return pieces if is_empty(pieces) else call(function, pieces)

    return wrap


def unchanged(builder: Builder, pieces: Pieces) -> Pieces:
    """A style that Typst output does not show."""
    return pieces


STYLES: dict[str, Callable[[Builder, Pieces], Pieces]] = {
    **dict.fromkeys(("textbf", "alert", "structure"), strong),
    **dict.fromkeys(("emph", "textit", "textsl"), emphasis),
    **dict.fromkeys(("texttt",), monospace),
    **dict.fromkeys(("underline", "uline", "ul", "uuline", "uwave", "dashuline"), _wrapped("underline")),
    **dict.fromkeys(("sout", "st", "xout", "cancel"), _wrapped("strike")),
    "textsc": _wrapped("smallcaps"),
    "textsuperscript": _wrapped("super"),
    "textsubscript": _wrapped("sub"),
    "hl": _wrapped("highlight"),
    "overline": _wrapped("overline"),
    **dict.fromkeys(("fbox", "framebox", "frame", "framed"), _wrapped("box(stroke: 0.5pt, inset: 3pt)")),
    **dict.fromkeys(
        ("textrm", "textup", "textmd", "textnormal", "textsf", "textlf", "mathrm", "text"), unchanged
    ),
    **dict.fromkeys(
        ("hbox", "mbox", "makebox", "protect@", "leavevmode@", "smash", "vbox", "vtop"), unchanged
    ),
    **dict.fromkeys(
        ("textstyleemph", "MakeTextLowercase@", "texorpdfstring@", "rlap", "llap", "clap"), unchanged
    ),
    **dict.fromkeys(
        ("lowercase@", "oldstylenums", "textln", "ensuretext", "nohyphens", "textulc"), unchanged
    ),
    **dict.fromkeys(("MakeUppercase", "uppercase", "MakeTextUppercase"), _wrapped("upper")),
    **dict.fromkeys(("MakeLowercase", "lowercase", "MakeTextLowercase"), _wrapped("lower")),
    "textsfi": unchanged,
}
_BOX_ARGUMENTS = {"framebox": "[[{", "makebox": "[[{"}

_SWITCH_STYLES: dict[str, Callable[[Builder, Pieces], Pieces] | None] = {
    **dict.fromkeys(("bf", "bfseries", "boldmath"), strong),
    **dict.fromkeys(("it", "itshape", "em", "sl", "slshape"), emphasis),
    **dict.fromkeys(("tt", "ttfamily"), monospace),
    **dict.fromkeys(("sc", "scshape"), _wrapped("smallcaps")),
}
SWITCHES.update(_SWITCH_STYLES)
_SIZES = {
    "tiny": "0.5em", "scriptsize": "0.7em", "footnotesize": "0.8em", "small": "0.9em", "large": "1.2em",
    "Large": "1.44em", "LARGE": "1.73em", "huge": "2.07em", "Huge": "2.49em",
}  # fmt: skip


def _size(size: str) -> Callable[[Builder, Pieces], Pieces]:
    def wrap(builder: Builder, pieces: Pieces) -> Pieces:
        return pieces if is_empty(pieces) else call(f"text({size})", pieces)

    return wrap


# Small sizes are how LaTeX authors save room in tables and captions; large ones are meant to be seen.
SWITCHES.update({name: _size(size) for name, size in _SIZES.items() if float(size[:-2]) > 1})
SWITCHES.update(dict.fromkeys((name for name, size in _SIZES.items() if float(size[:-2]) < 1)))
SWITCHES.update(
    dict.fromkeys(
        "rm rmfamily sf sffamily md mdseries up upshape normalfont normalsize upright unboldmath centering "
        "raggedright raggedleft flushleft@ sloppy fussy noindent indent leavevmode frenchspacing nonfrenchspacing "
        "singlespacing onehalfspacing doublespacing justifying RaggedRight RaggedLeft Centering "
        "bgroup egroup begingroup endgroup relax protect null unskip ignorespaces ignorespacesafterend "
        "strut mathstrut maketitle@ mainmatter@ normalcolor selectfont null kern@ hfill hfil hss vfill vfil vss "
        "dotfill hrulefill@ allowbreak nobreak penalty@ break@ clearpage newpage cleardoublepage pagebreak@ "
        "columnbreak samepage eject filbreak goodbreak flushbottom raggedbottom makeatletter makeatother "
        "phantomsection footnoterule tableofcontents@ centerdot@ bibliofont newblock "
        "qedhere@ hyperpage@ nopagebreak@ onecolumn frontmatter backmatter dotfill linebreakhere "
        "IEEEpeerreviewmaketitle IEEEoverridecommandlockouts balance FloatBarrier flushend "
        "normallineskip obeylines obeyspaces ttdefault gdef@ printanswers noprintanswers endinput "
        "fi else ifpdf".replace("@ ", "_unused ").split()
    )
)

IGNORED.update(
    {
        **dict.fromkeys(("vspace", "hspace", "vskip@", "hskip@"), "*{"),
        **dict.fromkeys(
            ["pagestyle", "thispagestyle", "pagenumbering", "setlength@", "label@", "linespread", "phantom", "hphantom", "vphantom", "hypersetup", "captionsetup", "index", "glossary", "enlargethispage", "pdfbookmark@", "lstset", "setminted", "tikzset", "pgfplotsset", "geometry", "usetikzlibrary", "theoremstyle@", "markright", "bibliographystyle", "setstretch", "hyphenation", "sisetup", "urlstyle", "allowdisplaybreaks@", "mdfsetup", "tcbset", "setcitestyle", "bibpunct@", "usetheme", "usecolortheme", "usefonttheme", "vspace*", "hypertargetname", "nolinenumbersat", "includeonly", "nocitelist", "fontfamily", "fontseries", "fontshape", "fontencoding", "graphicspath@", "counterwithout@", "stepcounter", "refstepcounter@", "refstepcounter", "setbeamercovered", "labelwidth_unused", "addtocategory", "glsresetall", "acresetall", "noalign", "penalty_unused"],
            "{",
        ),
        **dict.fromkeys(
            ["setlength", "addtolength", "setcounter", "addtocounter", "markboth", "fontsize", "settowidth", "settoheight", "settodepth", "crefalias", "DeclareGraphicsRule", "setbeamertemplate", "setbeamerfont", "setbeamercolor", "newcolumntype", "addtokomafont", "setkomafont", "titlespacing@"],
            "{{",
        ),
        **dict.fromkeys(["addcontentsline", "contentsline", "crefname", "Crefname"], "{{{"),
        **dict.fromkeys(["pagebreak", "nopagebreak", "nolinebreak", "displaybreak", "allowdisplaybreaks", "twocolumn"], "["),
        **dict.fromkeys(["newcommand", "renewcommand", "providecommand", "DeclareRobustCommand"], "*{[[{"),
        **dict.fromkeys(["newenvironment", "renewenvironment"], "*{[[{{"),
        **dict.fromkeys(["DeclareMathOperator"], "*{{"),
        **dict.fromkeys(["usepackage", "RequirePackage", "setlist", "setenumerate", "setitemize", "bibliographyfont"], "[{"),
        **dict.fromkeys(["newlength", "newsavebox", "newif"], "{"),
        "rule": "[{{",
        "definecolorset": "{{{",
        "titleformat": "*{[{{{{[",
        "titlespacing": "*{{{{",
        "fancyhead": "[{", "fancyfoot": "[{", "fancyhf": "[{", "lhead": "[{", "rhead": "[{", "chead": "[{",
        "lfoot": "[{", "rfoot": "[{", "cfoot": "[{",
        "newcounter": "{[",
        "hyphenchar": "",
        "linenumbers": "", "nolinenumbers": "", "appendixname": "", "doublespace": "", "break": "",
    }
)  # fmt: skip


@macro(*STYLES)
def styled(builder: Builder, node: Node, cursor: Cursor) -> None:
    """``\\textbf{...}`` and everything that styles one argument."""
    spec = _BOX_ARGUMENTS.get(node.macroname, "{")
    argument = cursor.arguments(node, spec)[-1]
    if argument is None:
        return
    inner = builder.nested()
    inner.scoped(content(argument), lambda pieces: STYLES[node.macroname](builder, pieces))
    _merge(builder, inner)


def _merge(builder: Builder, inner: Builder) -> None:
    """Add a nested flow: its paragraphs to this flow, its last one to the current paragraph."""
    for chunk in inner.chunks:
        builder.add(*chunk.pieces)
        builder.flush()
    builder.add(*inner.paragraph)


@macro("textcolor", "color")
def colored(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Coloured words; ``\\color`` colours the rest of its group."""
    from typlora.convert.document.colors import color

    if node.macroname == "color":
        model, name = cursor.arguments(node, "[{")
        fill = color(builder.context, builder.source(name), builder.source(model))
        builder.scoped(
            cursor.rest(), lambda p: call(f"text(fill: {fill})", p) if fill and not is_empty(p) else p
        )
        return
    model, name, argument = cursor.arguments(node, "[{{")
    fill = color(builder.context, builder.source(name), builder.source(model))
    inner = builder.nested()
    inner.scoped(
        content(argument), lambda p: call(f"text(fill: {fill})", p) if fill and not is_empty(p) else p
    )
    _merge(builder, inner)


@macro("colorbox", "fcolorbox")
def color_box(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Words on a coloured ground."""
    from typlora.convert.document.colors import color

    framed = node.macroname == "fcolorbox"
    arguments = cursor.arguments(node, "[{{{" if framed else "[{{")
    fill = color(builder.context, builder.source(arguments[-2]), builder.source(arguments[0]))
    style = f"fill: {fill}, " if fill else ""
    stroke = "stroke: 0.5pt, " if framed else ""
    builder.add(*call(f"box({style}{stroke}inset: 3pt)", builder.argument(arguments[-1])))


@macro(
    "footnote",
    "footnotetext",
    "thanks",
    "tablefootnote",
    "endnote",
    "sidenote",
    "marginpar",
    "marginnote",
    "todo",
)
def footnote(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A footnote; notes in the margin become footnotes too, because Typst has no margin notes."""
    _, argument = cursor.arguments(node, "[{")
    name = node.macroname
    if name in {"marginpar", "marginnote", "sidenote", "todo"}:
        builder.context.lose(node, f"\\{name} is written as a footnote")
    saved = builder.context.current
    body = builder.nested().flow(content(argument))
    builder.context.current = saved
    while (
        builder.paragraph and isinstance(builder.paragraph[-1], Text) and builder.paragraph[-1].text.isspace()
    ):
        builder.paragraph.pop()
    last = builder.paragraph[-1] if builder.paragraph else None
    if isinstance(last, Text) and name != "thanks":
        builder.paragraph[-1] = Text(last.text.rstrip(" \n"))
    builder.add(*call("footnote", body))


@macro("footnotemark")
def footnote_mark(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The mark alone; its text comes with ``\\footnotetext`` and is a footnote of its own there."""
    (number,) = cursor.arguments(node, "[")
    if number is not None:
        builder.add(*call("super", [Text(builder.source(number))]))


@macro("url", "nolinkurl", "path")
def url(builder: Builder, node: Node, cursor: Cursor) -> None:
    """``#link("...")``; a path is only shown."""
    (argument,) = cursor.arguments(node, "{")
    target = _address(builder.source(argument))
    if not target:
        return
    if node.macroname == "url" and re.match(r"[a-zA-Z][a-zA-Z0-9+.\-]*:\S|www\.", target):
        builder.add(Code(f"#link({string(target)})"))
    else:
        builder.add(Code(f"#raw({string(target)})"))


@macro("href", "hyperref", "hyperlink")
def href(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A link with its own words."""
    if node.macroname == "hyperref":
        from typlora.convert.document.references import link_to

        key, words = cursor.arguments(node, "[{")
        if key is None:
            builder.add(*builder.argument(words))
        else:
            builder.add(link_to(builder, builder.source(key), builder.argument(words), node))
        return
    _, address, words = cursor.arguments(node, "[{{")
    target = _address(builder.source(address))
    body = builder.argument(words)
    if node.macroname == "hyperlink" or not target:
        builder.add(*body)
    elif is_empty(body):
        builder.add(Code(f"#link({string(target)})"))
    else:
        builder.add(*call(f"link({string(target)})", body))


def _address(latex: str) -> str:
    """An address without the backslashes LaTeX needed."""
    latex = re.sub(r"\\([%#&_~{}$\\])", r"\1", latex.strip())
    return re.sub(r"\\textasciitilde(\{\})?|\{\\textasciitilde\}", "~", latex).replace("\n", "")


@macro("hypertarget")
def hypertarget(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The words of a link target."""
    builder.add(*builder.argument(cursor.arguments(node, "{{")[1]))


@macro("texorpdfstring")
def texorpdfstring(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The form for the page, not the one for bookmarks."""
    builder.add(*builder.argument(cursor.arguments(node, "{{")[0]))


@macro("enquote", "textquote")
def enquote(builder: Builder, node: Node, cursor: Cursor) -> None:
    """csquotes: quotation marks of the language."""
    (argument,) = cursor.arguments(node, "{")
    builder.add(Mark('"'), *builder.argument(argument), Mark('"'))


@macro("centerline", "leftline", "rightline")
def aligned_line(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A line of its own, aligned."""
    from typlora.tex.unit import UnitKind

    (argument,) = cursor.arguments(node, "{")
    side = {"centerline": "center", "leftline": "left", "rightline": "right"}[node.macroname]
    builder.block(UnitKind.PARAGRAPH, call(f"align({side})", builder.argument(argument)), node)


@macro("foreignlanguage")
def foreign(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Words of another language."""
    builder.add(*builder.argument(cursor.arguments(node, "{{")[1]))


@macro("hrule", "hrulefill", "cleaders", "HRule")
def rule(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A line across the page."""
    from typlora.convert.document.nodes import Chars
    from typlora.tex.unit import UnitKind

    following = cursor.next()
    size = r"\s*(?:height|width|depth)\s*-?\d*\.?\d+\s*(?:true)?[a-z]{2}"
    if following is not None:
        found = re.match(f"(?:{size})+", getattr(following, "chars", ""))
        rest = following.chars[found.end() :] if found else ""
        if not found:
            cursor.push([following])
        elif rest:
            cursor.push([Chars(rest, following.pos + found.end())])
    builder.block(UnitKind.PARAGRAPH, [Code("#line(length: 100%, stroke: 0.5pt)")], node)


# Arguments that decide a size or a place on the page, which the output leaves to Typst: (arguments, the one kept).
_TRANSPARENT = {
    "resizebox": ("*{{{", 3), "scalebox": ("{[{", 2), "raisebox": ("{[[{", 3), "parbox": ("[[[{{", 4),
    "adjustbox": ("{{", 1), "reflectbox": ("{", 0), "rotatebox": ("[{{", 2), "shortstack": ("[{", 1),
    "footnotesize@": ("{", 0), "makecell": ("*[{", 2), "thead": ("*[{", 2), "cellcolor@": ("[{", 1), "subtitle@": ("{", 0),
    "savebox": ("{[[{", 3), "sbox": ("{{", 1), "fontspec": ("{[", 1), "AtBeginDocument": ("{", 0), "textls": ("[{", 1), "acro": ("{{", 0),
    "mathchoice": ("{{{{", 1), "relscale": ("{", None), "ifthenelse": ("{{{", 2), "hspace_unused": ("{", None),
    "linkdest": ("{", None), "rowcolor": ("[{", None), "cellcolor": ("[{", None), "columncolor": ("[{", None),
    "rowcolors": ("*[{{{", None), "arrayrulecolor": ("{", None), "addlinespace": ("[", None), "indexsee": ("{{", None),
    "pdfbookmark": ("[{{", None), "acrodef": ("{[{", None), "numberwithin": ("[{{", None), "write18": ("{", None),
    "special": ("{", None), "message": ("{", None), "typeout": ("{", None), "PackageWarning": ("{{", None),
    "setdescription": ("[{", None), "bibliographyunit": ("[", None), "phantomcaption": ("", None),
    "ContinuedFloat": ("", None), "thetitle": ("", None), "newline_unused": ("", None),
}  # fmt: skip


@macro(*_TRANSPARENT)
def transparent(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Boxes and sizes around content: the content stays in the flow."""
    spec, kept = _TRANSPARENT[node.macroname]
    arguments = cursor.arguments(node, spec)
    if kept is not None and arguments[kept] is not None:
        builder.run(content(arguments[kept]))


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
    if chars is None:
        if following is not None:
            cursor.push([following])
        return
    unit = r"(?:pt|em|ex|cm|mm|in|pc|bp|sp|mu|fill?l?|zw|zh|Q)"
    number = rf"=?\s*[-+]?\s*\d*[.,]?\d+\s*(?:true\s*)?{unit}?"
    found = re.match(rf"\s*{number}(?:\s*plus\s*{number})?(?:\s*minus\s*{number})?", chars)
    from typlora.convert.document.nodes import Chars

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


for _name in ("protect", "relax"):
    MACROS.pop(_name, None)
