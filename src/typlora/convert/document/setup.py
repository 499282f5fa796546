"""The LaTeX preamble: class, packages, declarations, as far as the document's looks and numbers need them."""

import re

from typlora.convert.document.builder import MACROS, Builder, macro
from typlora.convert.document.colors import color, from_model
from typlora.convert.document.context import Context
from typlora.convert.document.dropped import in_preamble
from typlora.convert.document.japanese import CHINESE, CLASSES, VERTICAL
from typlora.convert.document.languages import read_encodings, read_language, read_options
from typlora.convert.document.natbib import natbib
from typlora.convert.document.nodes import Cursor, Node, children, content, is_macro, kind, walk
from typlora.convert.document.package_files import names_in
from typlora.convert.document.pieces import plain
from typlora.tex.wordlist import words

CHAPTER_CLASSES = words(
    """book report scrbook scrreprt memoir amsbook extbook extreport thesis jsbook jsreport jbook jreport
    ujbook ujreport ltjsbook ltjsreport bxjsbook bxjsreport tbook treport utbook utreport svmono
    tufte-book ctexrep ctexbook"""
)

# Declarations that are read wherever they stand, preamble, package or body.
_DECLARATIONS = (
    "newtheorem", "spnewtheorem", "declaretheorem", "newmdtheoremenv", "newtcbtheorem",
    "theoremstyle", "newtheoremstyle", "swapnumbers",
    "SetKwFunction", "SetKwInOut", "SetKwInput", "SetKw", "SetKwData", "SetKwProg",
    "declaretheoremstyle",
    "numberwithin",
    "newcounter",
    "definecolor", "colorlet", "providecolor", "graphicspath", "crefname", "Crefname", "setcounter", "lstset",
    "counterwithin", "counterwithout", "sisetup", "DeclareSIUnit", "setcitestyle", "bibpunct",
    "author", "title", "date", "subtitle", "institute", "setdefaultlanguage", "setmainlanguage",
    "signature", "telephone", "location", "setkomavar", "phone", "mobile", "fax", "social", "extrainfo",
    "familyname", "born", "cvname", "cvaddress", "cvquote", "homepage", "settasks",
    "affiliation", "authornote", "curraddr", "urladdr", "dedicatory", "subjclass", "translator",
    "additionalaffiliation", "ead", "cortext", "fntext",
    "address", "email", "affil", "keywords", "subject", "publishers", "titlehead", "curraddr", "abst",
    "AtBeginSection", "AtBeginSubsection", "@addtoreset", "secnumdepth", "altaffiliation", "dedication",
)  # fmt: skip


def read_preamble(builder: Builder, before: list[Node], body: list[Node]) -> None:
    """Everything before ``\\begin{document}``; text there is not part of the document."""
    from typlora.convert.document.numberings import own_numbering

    context = builder.context
    if any(is_macro(node, "maketitle", "titlepage") for node in walk(body)):
        context.options["has-maketitle"] = "yes"
    nodes = list(before)
    cursor = Cursor(nodes, context.text)
    while (node := cursor.next()) is not None:
        if is_macro(node, "documentclass"):
            _class(builder, node, cursor)
        elif is_macro(node, "usepackage", "RequirePackage"):
            _packages(builder, node, cursor)
        elif is_macro(node, *_DECLARATIONS) and node.macroname in MACROS:
            MACROS[node.macroname](builder, node, cursor)
        elif is_macro(node, "renewcommand", "def") and (rule := own_numbering(builder, node, cursor)):
            context.options[f"numbering-{rule[:40]}"] = rule
        elif is_macro(node, "inst", "thanks"):  # ptptex gives addresses with it, amsart supporters
            context.meta.setdefault("author", []).append(content(cursor.arguments(node, "{")[0]))
        elif is_macro(node, "geometry"):
            _geometry(context, builder.source(cursor.arguments(node, "{")[0]))
        elif is_macro(node, "PassOptionsToPackage"):
            options, package = (builder.source(a) for a in cursor.arguments(node, "{{"))
            if package == "natbib":
                natbib(context, [option.strip() for option in options.split(",")])
        elif is_macro(node, "setlength", "parindent"):
            name, value = (builder.source(a) for a in cursor.arguments(node, "{{"))
            if name == "\\parindent" and re.match(r"0|\\z@", value):
                context.options["no-indent"] = "yes"
        elif is_macro(node, "setlist"):
            MACROS["setlist"](builder, node, cursor)
        elif kind(node) == "environment" and node.environmentname == "abstract":
            context.meta.setdefault("abstract", []).append(children(node))
        else:
            in_preamble(builder, node, cursor)
    builder.paragraph.clear()
    if "natbib" in context.packages:
        natbib(context, sorted(context.class_options))  # class options reach every package
    if "cite" in context.packages or context.document_class.startswith("revtex"):
        context.options.setdefault("citation-ranges", "yes")
    context.preamble_formats = dict(context.counters.formats)
    _counters(context)
    _columns(context)
    names_in(context, context.text[: before[-1].pos] if before else "")


def _columns(context: Context) -> None:
    """Classes and conference styles that print two columns without being told."""
    options = context.class_options
    name = context.document_class
    two = name == "article" and bool(context.options.get("package-two-columns"))
    two = two or (name == "IEEEtran" and not {"onecolumn", "draftcls", "draftclsnofoot"} & options)
    two = two or (name == "acmart" and bool({"sigconf", "sigplan", "siggraph"} & options))
    if two and "onecolumn" not in options:
        context.options["two-columns"] = "yes"


def _class(builder: Builder, node: Node, cursor: Cursor) -> None:
    context = builder.context
    options, name = cursor.arguments(node, "[{")
    context.document_class = builder.source(name)
    context.class_options = {
        option.strip() for option in builder.source(options).split(",") if option.strip()
    }
    context.chapters = context.document_class in CHAPTER_CLASSES
    if context.document_class in CLASSES:
        context.language = "ja"
    if context.document_class in CHINESE:
        context.language = "zh"
    if context.document_class in {"letter", "scrlttr2", "moderncv"}:
        context.options["no-indent"] = "yes"
    if context.document_class == "moderncv":
        context.options["secnumdepth"] = "0"
    if context.document_class == "jlreq":
        context.chapters = bool({"book", "report"} & context.class_options)
    if context.document_class in VERTICAL or "tate" in context.class_options:
        context.lose(node, "vertical writing is written horizontally")
    for option in builder.source(options).split(","):  # in order: the last one is the document's
        read_language(context, option.strip())


def _packages(builder: Builder, node: Node, cursor: Cursor) -> None:
    context = builder.context
    options, names = cursor.arguments(node, "[{")
    given = [
        option.strip() for option in re.split(r",(?![^{]*\})", builder.source(options)) if option.strip()
    ]
    for name in builder.source(names).split(","):
        name = name.strip()
        context.packages.add(name)
        if name in {"babel", "german", "ngerman"}:
            read_options(context, [name, *given])
        if name == "polyglossia":
            for option in given:
                read_language(context, option)
        if name == "ctex":
            context.language = "zh"
        if name == "fontenc":
            read_encodings(context, given)
        context.class_options |= {"fleqn", "leqno", "reqno"} & set(given)
        if name == "natbib":
            natbib(context, given)
        if name == "cleveref" and {"capitalise", "capitalize"} & set(given):
            context.options["cleveref-capital"] = "yes"
        if name == "cleveref" and "noabbrev" in given:
            context.options["cleveref-long"] = "yes"
        if name == "biblatex":
            for option in given:
                if option.startswith(("style=", "citestyle=")):
                    context.options["biblatex-style"] = option.split("=", 1)[1].strip()
                if option.startswith(("sorting=", "autocite=")):
                    key, _, value = option.partition("=")
                    context.options[f"biblatex-{key}"] = value.strip()
        if name == "algorithm2e":
            context.options["algorithm2e"] = ",".join(given)
        if name.startswith("alg") and "noend" in given:
            context.options["algorithm-noend"] = "yes"
        if name == "indentfirst":
            context.options["indent-first"] = "yes"
        if name == "parskip":
            context.options["no-indent"] = "yes"
        if name == "geometry":
            _geometry(context, builder.source(options))


def _geometry(context: Context, options: str) -> None:
    """Margins of the page, as far as they are lengths."""
    from typlora.convert.document.lengths import length

    for name, value in re.findall(r"([a-z]+)\s*=\s*([^,]+)", options):
        size = length(value)
        if size == "auto" or size.endswith("%"):
            continue
        sides = {"margin": "left right top bottom", "hmargin": "left right", "vmargin": "top bottom",
        "tmargin": "top",
                 "bmargin": "bottom", "lmargin": "left", "rmargin": "right", "inner": "left",
                 "outer": "right"}  # fmt: skip
        for side in sides.get(name, name).split():
            if side in {"left", "right", "top", "bottom"}:
                context.options[f"margin-{side}"] = size
    if "landscape" in re.split(r"[,\s]+", options):
        context.class_options.add("landscape")
    for paper in ("a4paper", "letterpaper", "a5paper"):
        if paper in options:
            context.class_options.add(paper)


def _counters(context: Context) -> None:
    """What standard classes number within what."""
    within = context.counters.within
    if context.document_class == "llncs":
        context.options.setdefault("secnumdepth", "2")
    if context.document_class.startswith("revtex") and "prl" in context.class_options:
        context.options.setdefault("secnumdepth", "0")
    within.setdefault("subsection", "section")
    within.setdefault("subsubsection", "subsection")
    within.setdefault("paragraph", "subsubsection")
    if context.chapters:
        within.setdefault("section", "chapter")
        for name in ("figure", "table", "equation", "footnote"):
            within.setdefault(name, "chapter")


@macro("numberwithin", "counterwithin", "counterwithout", "@addtoreset")
def numberwithin(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Counters that begin again in every section, or no longer do."""
    _, _, inner, outer = cursor.arguments(node, "*[{{")
    name = builder.source(inner)
    if node.macroname == "counterwithout":
        builder.context.counters.within[name] = ""
    elif node.macroname != "@addtoreset":
        builder.context.counters.within[name] = builder.source(outer)


@macro("definecolor", "providecolor", "colorlet")
def definecolor(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Colours by name."""
    context = builder.context
    if node.macroname == "colorlet":
        name, _, value = cursor.arguments(node, "{[{")
        made = color(context, builder.source(value))
        key = builder.source(name)
    else:
        _, first, model, value = cursor.arguments(node, "[{{{")
        key, made = builder.source(first), from_model(builder.source(model), builder.source(value))
    if made:
        context.colors[key] = made


@macro("graphicspath")
def graphicspath(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Folders where pictures are looked for."""
    (argument,) = cursor.arguments(node, "{")
    inside = builder.source(argument)
    folders = re.findall(r"\{([^{}]*)\}", inside) or [inside]
    builder.context.graphics_paths = [folder.strip() for folder in folders]


@macro("crefname", "Crefname")
def crefname(builder: Builder, node: Node, cursor: Cursor) -> None:
    """What cleveref calls a kind of thing."""
    kind_of, singular, plural = cursor.arguments(node, "{{{")
    words = [plain(builder.argument(a)) or builder.source(a) for a in (singular, plural)]
    key = builder.source(kind_of)
    builder.context.names[key if node.macroname == "crefname" else f"\\Cref {key}"] = (words[0], words[1])
