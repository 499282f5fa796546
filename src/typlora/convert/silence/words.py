"""Words as they are compared: in lower case, without accents, ligatures taken apart."""

import re
import unicodedata
from dataclasses import dataclass

JOIN = "\x00"
FORMULA = "\x01"
PART = "\x02"  # between statements of an algorithm, which the output joins with keywords
_WORD = re.compile(rf"[^\W_](?:{JOIN}*[^\W_])*|{FORMULA}|{PART}")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word in lower case without accents, or ``FORMULA``, and where it begins.

    ``parted``: the output may have words between this one and the one before it.
    """

    word: str
    at: int
    parted: bool = False


def tokens(masked: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Words of masked or plain text; CJK text a character each."""
    found: list[Token] = []
    parted = False
    for match in _WORD.finditer(masked, start, len(masked) if end is None else end):
        if match[0] == PART:
            parted = True
            continue
        if match[0] == FORMULA:
            if parted or not (found and found[-1].word == FORMULA):
                found.append(Token(FORMULA, match.start(), parted))
                parted = False
            continue
        word = fold(match[0].replace(JOIN, ""))
        if not word:
            continue
        if _CJK.search(word):
            found += [Token(part, match.start()) for part in re.findall(rf"{_CJK.pattern}|[^\W_]", word)]
        else:
            found.append(Token(word, match.start(), parted))
        parted = False
    return found


def fold(text: str) -> str:
    """Lower case, ligatures taken apart, no accents: TeX writes them in too many ways to compare."""
    plain = unicodedata.normalize("NFKD", text.translate(_SAME)).casefold()
    kept = "".join(char for char in plain if not unicodedata.combining(char) or char in "\u3099\u309a")
    return unicodedata.normalize("NFC", kept)


_SAME = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
                       "ı": "i", "ȷ": "j", "đ": "d", "Đ": "D", "\u00ad": "", "\u200b": "",
                       "\u2060": "", "ε": "e"})  # fmt: skip
