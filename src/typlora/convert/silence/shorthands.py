r"""German words that are written with babel's ``"``: ``Stra"se`` is one word, and so is ``Auf"|lage``."""

import re

from typlora.convert.silence.words import JOIN

_BABEL = re.compile(r"\\(?:usepackage|RequirePackage)\s*(?:\[([^\]]*)\]\s*)?\{([^{}]*)\}")
_CLASS = re.compile(r"\\documentclass\s*\[([^\]]*)\]")
_GERMAN = frozenset({"german", "ngerman", "austrian", "naustrian", "nswissgerman"})
_SHORTHAND = re.compile(r"\"([aouAOUeEiI])|\"[szSZ]|\"[-|\"]")


def in_german(text: str) -> bool:
    """Whether the main language of a document is German, with babel."""
    loaded = [(options or "", names) for options, names in _BABEL.findall(text)]
    packages = {name.strip() for _, names in loaded for name in names.split(",")}
    if not packages & {"babel", "german", "ngerman"}:
        return False
    given = [found[1] for found in _CLASS.finditer(text)] + [
        options for options, names in loaded if "babel" in names
    ]
    names = [name.strip() for options in given for name in options.split(",")]
    known = [n.removeprefix("main=") for n in names if n.startswith("main=")] or [
        name for name in names if name in _GERMAN or name.endswith(("english", "american", "british"))
    ]
    return known[-1] in _GERMAN if known else "babel" not in packages


def unwritten(text: str) -> str:
    """Shorthands as the letters they print, or as what joins a word; as long as before."""

    def shown(found: re.Match[str]) -> str:
        if found[1]:
            return JOIN + found[1]
        return "ss" if found[0][1] in "szSZ" else JOIN * 2

    return _SHORTHAND.sub(shown, text) if '"' in text else text
