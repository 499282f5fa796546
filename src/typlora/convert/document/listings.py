"""Text that is shown as it was typed: verbatim, listings, minted, and quotations."""

import re

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.context import Target
from typlora.convert.document.emit import escape
from typlora.convert.document.inline import string
from typlora.convert.document.nodes import Cursor, Node, argument_text, end
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, Text, call, strip, text
from typlora.convert.document.printed_names import printed_name
from typlora.convert.document.slices import inline_slice
from typlora.convert.kept import printable, raw_inline
from typlora.tex.source import SourceText
from typlora.tex.unit import UnitKind

_VERBATIM = (
    "verbatim", "verbatim*", "Verbatim", "Verbatim*", "BVerbatim", "LVerbatim", "lstlisting", "minted",
    "alltt",
    "semiverbatim", "spverbatim", "verbatimtab", "boxedverbatim", "Sinput", "Soutput", "Highlighting",
    "console",
    "pycode", "python", "pythoncode", "luacode", "tcblisting",
)  # fmt: skip
_LANGUAGES = {"c++": "cpp", "[latex]tex": "latex", "tex": "latex", "matlab": "matlab", "[sharp]c": "cs",
    "csharp": "cs",
              "pseudocode": "", "text": "", "none": "", "caml": "ocaml", "[objective]caml": "ocaml",
              "bash": "bash"}  # fmt: skip
_GROUP = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"


@environment(*_VERBATIM)
def verbatim(builder: Builder, node: Node) -> None:
    """A fenced raw block; a caption or label makes it a figure."""
    context = builder.context
    name = node.environmentname
    source = context.text[node.pos : end(node)]
    begin = len(f"\\begin{{{name}}}")
    stop = source.rfind("\\end{")
    inside = source[begin : stop if stop >= begin else len(source)]
    options, language = "", ""
    found = re.match(rf"[ \t]*\n?[ \t]*\[((?:[^\[\]{{}}]|{_GROUP}|\[[^\]]*\])*)\]", inside)
    if found and name not in {"verbatim", "verbatim*"} and "\n\n" not in found[0]:
        options, inside = found[1], inside[found.end() :]
    if name in {"minted", "tcblisting"} and (found := re.match(r"\s*\{([^{}]*)\}", inside)):
        language, inside = found[1].strip(), inside[found.end() :]
    if found := re.search(r"language\s*=\s*(\{[^{}]*\}|\[[^\]]*\]\s*\w+|[^,\]\s]*)", options):
        language = found[1].strip("{} ")
    if not language and name in {"pycode", "python", "pythoncode"}:
        language = "python"
    if name == "semiverbatim":
        inside = re.sub(r"\\(?:alert|structure|textbf|textit|emph)\{([^{}]*)\}", r"\1", inside)
    if name in {"alltt", "semiverbatim"}:
        inside = re.sub(r"\\([{}\\])", r"\1", inside)
    if name == "lstlisting":
        inside = _unescaped(builder, node, inside)
    code = fence(_dedent(inside), language or context.options.get("lst-language", ""))
    settings = {
        key: value[1:-1].strip() if value.startswith("{") else value.strip()
        for key, value in re.findall(rf"(\w+)\s*=\s*({_GROUP}|[^,]*)", options)
    }
    caption, key = settings.get("caption", ""), settings.get("label", "")
    if not caption:
        target = Target("listing", "")
        if key and not name.startswith(("Verbatim", "BVerbatim")):
            context.define(key, context.current if context.current.name else target, node)
        if code and name.startswith(("Verbatim", "BVerbatim")) and key and "frame" in settings:
            title = text(key)  # fancyvrb prints it in the frame
            body = [*title, Mark("\n\n"), *code]
            framed = [Mark("\n"), Shift(2), Mark("  "), *body, Shift(-2), Mark("\n")]
            code = call("block(stroke: 0.5pt, inset: 6pt, width: 100%)", framed)
        if code:
            builder.block(UnitKind.LISTING, code, node)
        return
    _write_listing(builder, node, code, settings)


def _write_listing(builder: Builder, node: Node, code: Pieces, settings: dict[str, str]) -> None:
    """The code, as a numbered figure where it has a caption."""
    context = builder.context
    caption, key = (settings.get(name, "").strip("{} ") for name in ("caption", "label"))
    if not caption:
        builder.block(UnitKind.LISTING, code, node)
        return
    context.counters.step("lstlisting")
    target = Target("listing", str(context.counters.values["lstlisting"]), native=True)
    if key:
        context.define(key, target, node)
    caption = re.sub(r"^\[[^\]]*\]\s*", "", caption)  # the short form for the list of listings
    start = context.text.find(caption, node.pos)
    words = inline_slice(builder, start, start + len(caption)) if start >= 0 else text(caption)
    pieces: Pieces = [Mark("#figure(\n"), Shift(2), Mark("  "), *code, Mark(",\ncaption: ["), *words]
    pieces += [
        Mark(f"],\nsupplement: [{escape(printed_name(context, 'lstlistingname'))}],\n"),
        Shift(-2),
        Mark("\n"),
        Mark(")"),
        target.anchor(),
    ]
    builder.block(UnitKind.LISTING, pieces, node)


def _unescaped(builder: Builder, node: Node, inside: str) -> str:
    """``(*@ ... @*)`` and friends escape to LaTeX inside a listing; that cannot be shown in raw text."""
    if re.search(r"\(\*@.*?@\*\)", inside):
        builder.context.lose(node, "LaTeX inside the listing is shown as text", inside[:80])
    return inside


def _dedent(inside: str) -> str:
    """Without the lines of ``\\begin`` and ``\\end`` and without spaces at the end of lines."""
    lines = inside.expandtabs(4).split("\n")
    if lines and not lines[0].strip():
        lines = lines[1:]
    if lines and not lines[-1].strip():
        lines = lines[:-1]
    return "\n".join(line.rstrip() for line in lines)


def fence(code: str, language: str = "") -> Pieces:
    """A raw block. Typst removes indentation that all lines share, the fence's line included: none here."""
    code = printable(code)
    if not code.strip():
        return []
    runs = [len(run) for run in re.findall(r"`+", code)]
    ticks = "`" * max(3, max(runs, default=0) + 1)
    tag = _LANGUAGES.get(language.lower(), language.lower())
    tag = tag if re.fullmatch(r"[a-z][a-z0-9+\-]*", tag) else ""
    return [Mark(f"{ticks}{tag}\n{code}\n{ticks}")]


@macro("verb", "lstinline", "mintinline", "Verb", "spverb")
def inline_verbatim(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Raw text in a line."""
    source = builder.context.text[node.pos : end(node)]
    source = source[len(node.macroname) + 1 :]
    source = re.sub(r"^\*", "", source)
    if node.macroname != "verb":
        source = re.sub(r"^\s*\[[^\]]*\]", "", source)
    if node.macroname == "mintinline":
        source = re.sub(r"^\s*\{[^{}]*\}", "", source)
    value = source[1:-1] if len(source) > 1 else ""
    builder.add(*raw_pieces(value))


def raw_pieces(value: str) -> Pieces:
    """Raw text in a line, exactly as it is."""
    if not value.strip():
        return text(value)
    shown = raw_inline(value)
    if shown.startswith("```") or value != value.strip() or "  " in value:
        return [Code(f"#raw({string(printable(value))})")]
    return [Mark(shown)]


_SHORT = re.compile(r"\\(?:MakeShortVerb\*?|DefineShortVerb|lstMakeShortInline(?:\[[^\]]*\])?)\s*\{?\\(.)\}?")


def short_verbs(source: SourceText) -> SourceText:
    """``|code|`` written out as ``\\verb|code|`` where the document declared such a character."""
    text = source.text
    chars = {found[1] for found in _SHORT.finditer(text)} - {"$", "\\", "{", "}", "%"}
    if not chars or "\\begin{document}" not in text:
        return source
    start = text.index("\\begin{document}")
    one = "".join(re.escape(char) for char in chars)
    pattern = re.compile(
        r"\\verb\*?(\W).*?\1|\\begin\{(verbatim|Verbatim|lstlisting|minted)\}.*?\\end\{\2\}|(?<!\\)%[^\n]*"
        rf"|\\.|(?P<short>(?P<char>[{one}])[^\n]*?(?P=char))",
        re.S,
    )
    parts, position = [source.slice(0, start)], start
    for found in pattern.finditer(text, start):
        if found["short"]:
            parts += [
                source.slice(position, found.start()),
                source.replaced(found.start(), found.start() + 1, "\\verb"),
            ]
            position = found.start()
    return SourceText.join([*parts, source.slice(position, len(source))])


@macro("MakeShortVerb", "DefineShortVerb", "DeleteShortVerb", "UndefineShortVerb", "lstMakeShortInline")
def short_verb(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Done before parsing (`short_verbs`)."""
    cursor.arguments(node, "*[{")


@macro("lstinputlisting", "verbatiminput", "inputminted", "VerbatimInput")
def listing_file(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A listing from a file of the project."""
    context = builder.context
    arguments = cursor.arguments(node, "[{{" if node.macroname == "inputminted" else "[{")
    name = builder.source(arguments[-1])
    root = context.project.root.resolve()
    path = root / name
    try:
        sound = path.resolve().is_relative_to(root) and path.is_file() and path.stat().st_size < 2_000_000
        code = path.read_text(encoding="utf-8", errors="replace") if sound else ""
    except (OSError, ValueError):
        code = ""
    if not code:
        builder.keep(node, f"file '{name}' is missing or not below the project folder", block=True)
        return
    language = builder.source(arguments[1]) if node.macroname == "inputminted" else ""
    if found := re.search(r"language\s*=\s*(\w+)", builder.source(arguments[0])):
        language = found[1]
    options = builder.source(arguments[0])
    settings = dict(re.findall(rf"(\w+)\s*=\s*({_GROUP}|[^,]*)", options))
    first, last = (settings.get(name, "") for name in ("firstline", "lastline"))
    lines = code.split("\n")[: int(last) if last.isdigit() else None]
    code = "\n".join(lines[int(first) - 1 if first.isdigit() else 0 :])
    _write_listing(builder, node, fence(_dedent(code), language), settings)


@environment("quote", "quotation", "displayquote", "quoting", "verse", "displayquotation")
def quotation(builder: Builder, node: Node) -> None:
    """A quotation of its own."""
    _, nodes = environment_arguments(builder, node, "[[" if node.environmentname == "displayquote" else "")
    body = builder.flow(nodes)
    if not body:
        return
    builder.block(UnitKind.QUOTE, call("quote(block: true)", [Mark("\n"), *body, Mark("\n")]), node)


@macro("epigraph")
def epigraph(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A quotation at the head of a chapter, and whose it is."""
    words, source = (builder.argument(argument) for argument in cursor.arguments(node, "{{"))
    head = [Mark("#quote(block: true, attribution: ["), *strip(source), Mark("])[")]
    builder.block(UnitKind.QUOTE, [*head, *strip(words), Code("]")], node)


@environment("comment", "xcomment", "filecontents", "filecontents*", "htmlonly", "rawhtml", "CCSXML",
    "SaveVerbatim",
             "VerbatimOut", "verbatimwrite")  # fmt: skip
def ignored(builder: Builder, node: Node) -> None:
    """Not part of the document."""


@macro("lstset")
def lstset(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The language of the listings that follow."""
    options = argument_text(cursor.arguments(node, "{")[0], builder.context.text)
    if found := re.search(r"\blanguage\s*=\s*(\{[^{}]*\}|\[[^\]]*\]\s*\w+|\w[^,\s}]*)", options):
        builder.context.options["lst-language"] = found[1].strip("{} ")


__all__ = ["Text", "fence", "raw_pieces"]
