"""The language of a document, where it changes, and babel's shorthands in it."""

import re

from typlora.convert.document.builder import MACROS, Builder, environment, environment_arguments, macro
from typlora.convert.document.context import Context
from typlora.convert.document.nodes import Cursor, Node, content
from typlora.convert.document.pieces import Mark, Pieces, Text, call, is_empty
from typlora.tex.shorthands import OLD_GERMAN, replace_shorthands
from typlora.tex.unit import UnitKind

_LANGUAGES = {
    **dict.fromkeys(("german", "ngerman", "deutsch", "austrian", "naustrian", "nswissgerman"), "de"),
    **dict.fromkeys(("french", "francais", "frenchb", "acadian", "canadien"), "fr"),
    **dict.fromkeys(("portuguese", "portuges", "brazil", "brazilian"), "pt"),
    **dict.fromkeys(("english", "american", "british", "USenglish", "UKenglish", "canadian"), "en"),
    "spanish": "es", "italian": "it", "russian": "ru", "dutch": "nl", "catalan": "ca", "slovak": "sk",
    "polish": "pl", "czech": "cs", "japanese": "ja", "swedish": "sv", "danish": "da", "norsk": "nb",
    "norwegian": "nb", "finnish": "fi", "vietnamese": "vi", "croatian": "hr", "slovene": "sl",
    "bulgarian": "bg", "ukrainian": "uk", "greek": "el", "turkish": "tr", "hungarian": "hu", "magyar": "hu",
    "romanian": "ro",
}  # fmt: skip
_OPENERS = re.compile(r"<<|>>")
_LIGATURES = frozenset({"T1", "T2A", "T2B", "T2C", "X2", "LY1", "QX", "OT4", "LGR"})


def read_language(context: Context, option: str) -> None:
    """Take the language from an option of a class or package, if it names one."""
    if option in _LANGUAGES:
        context.language = _LANGUAGES[option]
        context.options["old-spelling"] = "yes" if option in OLD_GERMAN else ""


def read_options(context: Context, options: list[str]) -> None:
    """babel's options: the last language is the document's, unless one is marked with ``main=``."""
    for option in options:
        read_language(context, option)
    for option in options:
        if option.startswith("main="):
            read_language(context, option.removeprefix("main="))
    context.options["shorthands"] = "yes"


def read_encodings(context: Context, options: list[str]) -> None:
    """Encodings of fonts: in most of them ``<<`` is a quotation mark."""
    if _LIGATURES & set(options):
        context.options["angle-quotes"] = "yes"


def _now(context: Context) -> str:
    return context.options.get("language-now", context.language)


def characters(builder: Builder, chars: str) -> str:
    """A stretch of text with what shorthands and ligatures of its language print."""
    context, options = builder.context, builder.context.options
    if chars.startswith("*") and joined_special(builder, "*"):
        chars = chars[1:].lstrip(" ")
    if '"' in chars and "shorthands" in options:
        chars = replace_shorthands(chars, _now(context), old=bool(options.get("old-spelling")))
    if "angle-quotes" in options and ("<<" in chars or ">>" in chars):
        chars = _OPENERS.sub(lambda found: "«" if found[0] == "<<" else "»", chars)
    return chars


def joined_special(builder: Builder, special: str) -> bool:
    """Whether ``~``, ``--`` or ``''`` ends a shorthand that began at the end of the text before it."""
    context, last = builder.context, builder.paragraph[-1:]
    if "shorthands" not in context.options or not last or not isinstance(last[0], Text):
        return False
    before, quote, begun = last[0].text.rpartition('"')
    if not quote or begun not in {"", "--"}:
        return False
    whole = f'"{begun}{special}'
    compound = special == "--" and replace_shorthands('"--~', _now(context)) == "-"
    shown = whole if compound else replace_shorthands(whole, _now(context))
    if shown.startswith('"') and special != "--":
        return False
    if special == "---":  # the spaces around it are part of the shorthand
        before = before.rstrip()
    builder.paragraph[-1] = Text(before + shown)
    return True


@macro("selectlanguage")
def selectlanguage(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The language of what follows; at the beginning that of the document."""
    context = builder.context
    main = context.language
    now = _now(context)
    read_language(context, builder.source(cursor.arguments(node, "{")[0]))
    chosen = context.language
    if builder.chunks or not is_empty(builder.paragraph):
        context.language = main
        if chosen != now:
            builder.block(UnitKind.RAW, [Mark(f'#set text(lang: "{chosen}")')], node)
    context.options["language-now"] = chosen


@macro("setdefaultlanguage", "setmainlanguage")
def setmainlanguage(builder: Builder, node: Node, cursor: Cursor) -> None:
    """polyglossia: the language of the document."""
    options, name = (builder.source(a) for a in cursor.arguments(node, "[{"))
    read_language(builder.context, name)
    if "babelshorthands=true" in options.replace(" ", ""):
        builder.context.options["shorthands"] = "yes"


def _words(builder: Builder, nodes: list[Node], language: str) -> Pieces:
    context = builder.context
    now, code = _now(context), _LANGUAGES.get(language, "")
    if not code or code == now:
        return builder.inline(nodes)
    context.options["language-now"] = code
    pieces = builder.inline(nodes)
    context.options["language-now"] = now
    return call(f'text(lang: "{code}")', pieces) if not is_empty(pieces) else pieces


@macro("foreignlanguage", "textlang")
def foreign(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Words of another language."""
    _, language, words = cursor.arguments(node, "[{{")
    builder.add(*_words(builder, content(words), builder.source(language)))


@macro("foreignquote")
def foreign_quote(builder: Builder, node: Node, cursor: Cursor) -> None:
    """csquotes: words in the quotation marks of another language."""
    _, language, words = cursor.arguments(node, "*{{")
    code = _LANGUAGES.get(builder.source(language), builder.context.language)
    quoted = [Mark('"'), *_words(builder, content(words), builder.source(language)), Mark('"')]
    builder.add(*call(f'text(lang: "{code}")', quoted))


def _named(builder: Builder, node: Node, cursor: Cursor) -> None:
    words = cursor.arguments(node, "[{")[1]
    builder.add(*_words(builder, content(words), node.macroname.removeprefix("text")))


for _name in _LANGUAGES:
    MACROS.setdefault(f"text{_name}", _named)


@environment("otherlanguage", *(name for name in _LANGUAGES if name != "canadian"))
def other_language(builder: Builder, node: Node) -> None:
    """A stretch in another language, as babel and polyglossia write it."""
    context, name = builder.context, node.environmentname
    by_name = name.rstrip("*") != "otherlanguage"
    arguments, nodes = environment_arguments(builder, node, "[" if by_name else "{")
    now = _now(context)
    code = _LANGUAGES.get(name if by_name else builder.source(arguments[0]), now)
    builder.flush()
    if code != now:
        builder.block(UnitKind.RAW, [Mark(f'#set text(lang: "{code}")')], node)
        context.options["language-now"] = code
    builder.run(nodes)
    builder.flush()
    if code != now:
        context.options["language-now"] = now
        builder.block(UnitKind.RAW, [Mark(f'#set text(lang: "{now}")')], node)
