r"""babel's shorthands: what ``"a``, ``"=`` and their relatives print, by language.

They are characters to TeX and no commands, so neither the expander nor the parser sees anything in them.
"""

import re
from collections.abc import Mapping

_SOFT, _THIN = "\u00ad", "\u202f"
# Hyphenation, in every language that has shorthands at all.
_USUAL = {"-": _SOFT, "=": "-", "~": "-", "|": "", '"': ""}
_MARKS = {"<": "«", ">": "»", "`": "„", "'": "“"}
_DIAERESES = dict(zip("aouAOUeEiI", "äöüÄÖÜëËïÏ", strict=True))
_DOUBLED = {letter: letter for letter in "cCfFlLmMnNpPrRtT"}
_GERMAN = _USUAL | _MARKS | _DIAERESES | {"s": "ß", "S": "SS", "z": "ß", "Z": "SZ", "/": "/"}
_CYRILLIC = _USUAL | _MARKS | {"---": "\u00a0—", "--~": "-", "--*": "—\u00a0", ",": _THIN}
_SPANISH = (
    _USUAL
    | {"<": "«", ">": "»", "`": "«", "'": "»", "u": "ü", "U": "Ü", "i": "ï", "I": "Ï", "c": "ç", "C": "Ç"}
    | {"a": "ª", "A": "ª", "o": "º", "O": "º", "/": "/", "?": "¿", "!": "¡"}
)
_BY_LANGUAGE: Mapping[str, Mapping[str, str]] = {
    "de": _GERMAN,
    "nl": _USUAL | {letter: _DIAERESES[letter] for letter in "aeiou"} | {"`": "„", "'": "”", "/": "/"},
    "ru": _CYRILLIC,
    "uk": _CYRILLIC,
    "bg": _CYRILLIC,
    "es": _SPANISH,
    "pt": _USUAL | {"<": "«", ">": "»"},
    "pl": _USUAL | _MARKS | {"'": "”"},
    **dict.fromkeys(("da", "nb", "sv", "fi"), _USUAL | _MARKS | {"'": "”", "`": "„"}),
}
# Old spelling: a consonant that hyphenation doubles.
OLD_GERMAN = frozenset({"german", "austrian", "swissgerman"})
_SHORTHAND = re.compile(r'"(--[-~*]|.)', re.S)


def replace_shorthands(text: str, language: str, *, old: bool = False) -> str:
    """Text with what its shorthands print; what the language has no meaning for stays as it is."""
    table = _BY_LANGUAGE.get(language)
    if table is None or '"' not in text:
        return text
    if old and language == "de":
        table = {**table, **_DOUBLED}

    def shown(found: re.Match[str]) -> str:
        return table.get(found[1], found[0])

    return _SHORTHAND.sub(shown, text)
