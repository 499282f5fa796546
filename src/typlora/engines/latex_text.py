"""The inside of ``\\text{...}``, ``\\mbox{...}`` and their kind as Typst strings."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from typlora.engines import latex_tokens
from typlora.tex.wordlist import words

STYLES = {
    "\\text": "",
    "\\textrm": "",
    "\\textnormal": "",
    "\\textup": "",
    "\\textmd": "",
    "\\mbox": "",
    "\\hbox": "",
    "\\fbox": "",
    "\\intertext": "",
    "\\shortintertext": "",
    "\\textbf": "bold",
    "\\textit": "italic",
    "\\textsl": "italic",
    "\\emph": "italic",
    "\\texttt": "mono",
    "\\textsf": "sans",
    "\\textsc": "#smallcaps",
}
"""Text commands of maths and the Typst function that stands for their font."""

_DROPPED = words(
    r"""
        \tiny \scriptsize \footnotesize \small \normalsize \large \Large \LARGE \rm
        \rmfamily \upshape \normalfont \mdseries \/ \! \- \strut \protect \selectfont
        \relax \nobreak \allowbreak \scriptstyle \textstyle \displaystyle
        """
)
_SWITCHES = {
    "\\bf": "bold",
    "\\bfseries": "bold",
    "\\it": "italic",
    "\\itshape": "italic",
    "\\em": "italic",
    "\\sl": "italic",
    "\\slshape": "italic",
    "\\tt": "mono",
    "\\ttfamily": "mono",
    "\\sf": "sans",
    "\\sffamily": "sans",
}
_CHARACTERS = {
    "~": "\u00a0",
    "\\ ": " ",
    "\\,": "\u2009",
    "\\;": "\u2004",
    "\\:": "\u2005",
    "\\>": "\u2005",
    "\\quad": "\u2003",
    "\\qquad": "\u2003\u2003",
    "\\enspace": "\u2002",
    "\\thinspace": "\u2009",
    "\\space": " ",
    "\\&": "&",
    "\\%": "%",
    "\\$": "$",
    "\\#": "#",
    "\\_": "_",
    "\\{": "{",
    "\\}": "}",
    "\\ldots": "…",
    "\\dots": "…",
    "\\textellipsis": "…",
    "\\textbackslash": "\\",
    "\\textquotesingle": "'",
    "\\textasciitilde": "~",
    "\\textasciicircum": "^",
    "\\textendash": "–",
    "\\textemdash": "—",
    "\\textbar": "|",
    "\\textless": "<",
    "\\textgreater": ">",
    "\\textunderscore": "_",
    "\\textregistered": "®",
    "\\textcopyright": "©",
    "\\texttrademark": "™",
    "\\textdegree": "°",
    "\\textordmasculine": "º",
    "\\S": "§",
    "\\P": "¶",
    "\\ss": "ß",
    "\\ae": "æ",
    "\\AE": "Æ",
    "\\oe": "œ",
    "\\OE": "Œ",
    "\\o": "ø",
    "\\O": "Ø",
    "\\aa": "å",
    "\\AA": "Å",
    "\\l": "ł",
    "\\L": "Ł",
    "\\i": "ı",
    "\\j": "ȷ",
    "\\TeX": "TeX",
    "\\LaTeX": "LaTeX",
    "\\pounds": "£",
    "\\euro": "€",
    "\\dag": "†",
    "\\ddag": "‡",
}
_ACCENTS = {
    "\\'": "\u0301",
    "\\`": "\u0300",
    "\\^": "\u0302",
    '\\"': "\u0308",
    "\\~": "\u0303",
    "\\=": "\u0304",
    "\\.": "\u0307",
    "\\u": "\u0306",
    "\\v": "\u030c",
    "\\H": "\u030b",
    "\\c": "\u0327",
    "\\k": "\u0328",
    "\\r": "\u030a",
    "\\d": "\u0323",
    "\\b": "\u0331",
}
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Words:
    """``font`` is the Typst function around the string, empty for the font of the text."""

    words: str
    font: str = ""


@dataclass(frozen=True, slots=True)
class Maths:
    """Maths inside text (``\\text{if $x$}``), as tokens."""

    tokens: tuple[str, ...]


def read(tokens: Sequence[str], font: str = "", depth: int = 0) -> list[Words | Maths] | None:
    """The pieces of a text argument; ``None`` when a command in it is unknown: then nobody may guess."""
    if depth > _DEEPEST:
        return None
    pieces: list[Words | Maths] = []
    words: list[str] = []

    def flush() -> None:
        if words:
            pieces.append(Words(_ligatures(unicodedata.normalize("NFC", "".join(words))), font))
            words.clear()

    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token in ("$", "\\(", "\\ensuremath"):
            inside, at = _math(tokens, at)
            if inside is None:
                return None
            flush()
            pieces.append(Maths(tuple(inside)))
        elif token == "{" or token in STYLES:
            found = latex_tokens.argument(tokens, at if token == "{" else at + 1)
            inner = read(found[0], STYLES.get(token) or font, depth + 1) if found else None
            if found is None or inner is None:
                return None
            flush()
            pieces += inner
            at = found[1]
        elif token in _SWITCHES:
            flush()
            font = _SWITCHES[token]
            at = latex_tokens.skip_space(tokens, at + 1)
        elif token in _ACCENTS:
            found = latex_tokens.argument(tokens, at + 1)
            if found is None or len(found[0]) != 1:
                return None
            words.append({"\\i": "i", "\\j": "j"}.get(found[0][0], found[0][0]) + _ACCENTS[token])
            at = found[1]
        elif token in _DROPPED or token in _CHARACTERS:
            words.append(_CHARACTERS.get(token, ""))
            at = latex_tokens.skip_space(tokens, at + 1) if latex_tokens.is_word(token) else at + 1
        elif token[0] == "\\" or token in ("}", "^", "_", "&"):
            return None
        else:
            words.append(token)
            at += 1
    flush()
    return pieces


def quote(words: str) -> str:
    """A Typst string literal."""
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _math(tokens: Sequence[str], at: int) -> tuple[list[str] | None, int]:
    if tokens[at] == "\\ensuremath":
        found = latex_tokens.argument(tokens, at + 1)
        return found if found is not None else (None, at)
    closer = "$" if tokens[at] == "$" else "\\)"
    try:
        stop = tokens.index(closer, at + 1)
    except ValueError:
        return None, at
    return list(tokens[at + 1 : stop]), stop + 1


def _ligatures(words: str) -> str:
    for old, new in (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("`", "‘"), ("'", "’")):
        words = words.replace(old, new)
    return words
