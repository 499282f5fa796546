"""The language of a document, and where it changes."""

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Mark, is_empty
from typlora.tex.unit import UnitKind

_LANGUAGES = {
    "german": "de", "ngerman": "de", "deutsch": "de", "french": "fr", "francais": "fr", "spanish": "es",
    "italian": "it", "portuguese": "pt", "brazil": "pt", "brazilian": "pt", "russian": "ru", "dutch": "nl",
    "polish": "pl", "czech": "cs", "japanese": "ja", "swedish": "sv", "danish": "da", "norsk": "nb",
    "finnish": "fi",
    "bulgarian": "bg", "ukrainian": "uk", "greek": "el", "turkish": "tr", "hungarian": "hu", "romanian": "ro",
}  # fmt: skip


def read_language(context: Context, option: str) -> None:
    """Take the language from an option of a class or package, if it names one."""
    if option in _LANGUAGES:
        context.language = _LANGUAGES[option]
    elif option in {"english", "american", "british", "USenglish", "UKenglish"}:
        context.language = "en"


@macro("selectlanguage")
def selectlanguage(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The language of what follows; at the beginning that of the document."""
    context = builder.context
    main = context.language
    now = context.options.get("language-now", main)
    read_language(context, builder.source(cursor.arguments(node, "{")[0]))
    chosen = context.language
    if builder.chunks or not is_empty(builder.paragraph):
        context.language = main
        if chosen != now:
            builder.block(UnitKind.RAW, [Mark(f'#set text(lang: "{chosen}")')], node)
    context.options["language-now"] = chosen
