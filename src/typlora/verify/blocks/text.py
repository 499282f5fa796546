"""Build a ``Text`` from pieces of either side, absorbing what is only a way of writing it.

Absorbed: curly and straight quotes, ties and thin spaces, discretionary hyphens, ligature characters,
``…`` and ``...``; space between a CJK character and anything that is not one (both systems make that gap
themselves). Kept: a space between two CJK characters, which is the fault that a line break makes.
"""

import re
import unicodedata

from typlora.verify.blocks.model import (
    FORMULA_MARK,
    IMAGE_MARK,
    MARKS,
    NOTE_MARK,
    REF_MARK,
    Atom,
    Formula,
    Image,
    Note,
    Ref,
    Text,
    Word,
)

_SAME = str.maketrans(
    {
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‘’‚‛`´", "'"),
        **dict.fromkeys("‐‑", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
        "…": "...",
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
    }
)
_NO_MARKS = dict.fromkeys(map(ord, MARKS), "\ufffd")  # the same characters in somebody's text
_CJK = (
    "\u2e80-\u2fdf\u3000-\u30ff\u3130-\u318f\u31f0-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\uff00-\uffef\U00020000-\U0003ffff"
)
_GAP = re.compile(rf"(?<=[{_CJK}])\s+(?=[^\s{_CJK}])|(?<=[^\s{_CJK}])\s+(?=[{_CJK}])")
_IS_CJK = re.compile(rf"[{_CJK}]")
_CITES = re.compile(rf"(?<={REF_MARK})[\s,;]+(?={REF_MARK})")
_BEFORE_NOTE = re.compile(rf"\s+(?={NOTE_MARK})")


def normal(text: str) -> str:
    """One spelling for quotes, dashes and invisible characters; white space is left alone."""
    return unicodedata.normalize("NFC", text.translate(_SAME)).replace("''", '"')


def is_cjk(char: str) -> bool:
    """Whether lines of this script are set without a space between characters."""
    return bool(char) and _IS_CJK.match(char) is not None


class TextBuilder:
    """Collects characters with their style and atoms, in order."""

    def __init__(self) -> None:
        self._chars: list[str] = []
        self._styles: list[str] = []
        self._atoms: list[Atom] = []
        self._links: list[str] = []
        self.soft_break = False

    def add(self, text: str, style: frozenset[str] = frozenset()) -> None:
        """Append running text; any white space in it means one space."""
        self._append(normal(text).translate(_NO_MARKS), style)

    def _append(self, text: str, style: frozenset[str] = frozenset()) -> None:
        if self.soft_break and text:
            self.soft_break = False
            if not (self._chars and is_cjk(self._chars[-1]) and is_cjk(text[0])):
                self._chars.append(" ")
                self._styles.append("")
        self._chars.extend(text)
        self._styles.extend(["".join(sorted(style))] * len(text))

    def add_atom(self, atom: Atom) -> None:
        mark = {Formula: FORMULA_MARK, Ref: REF_MARK, Note: NOTE_MARK, Image: IMAGE_MARK}[type(atom)]
        self._append(mark)
        self._atoms.append(atom)

    def add_link(self, target: str) -> None:
        self._links.append(target.removeprefix("mailto:").rstrip("/"))

    def finish(self) -> Text:
        text = "".join(self._chars)
        keep = [True] * len(text)
        for pattern in (_GAP, _CITES, _BEFORE_NOTE):
            for match in pattern.finditer(text):
                keep[match.start() : match.end()] = [False] * (match.end() - match.start())
        words: list[Word] = []
        letters: list[str] = []
        styles: list[str] = []
        for char, style, kept in [*zip(text, self._styles, keep, strict=True), (" ", "", True)]:
            if not kept:
                continue
            if not char.isspace():
                letters.append(char)
                styles.append(style)
            elif letters:
                words.append(Word("".join(letters), _runs(letters, styles)))
                letters, styles = [], []
        return Text(tuple(words), tuple(self._atoms), tuple(self._links))


def _runs(letters: list[str], styles: list[str]) -> tuple[tuple[int, str], ...]:
    runs: list[tuple[int, str]] = []
    for char, style in zip(letters, styles, strict=True):
        if not char.isalnum():
            continue
        if runs and runs[-1][1] == style:
            runs[-1] = (runs[-1][0] + 1, style)
        else:
            runs.append((1, style))
    return () if len(runs) == 1 and not runs[0][1] else tuple(runs)


def without_style(text: Text, mark: str) -> Text:
    """The same text with one kind of emphasis taken away (bold in a heading says nothing)."""
    words = []
    for word in text.words:
        merged: list[tuple[int, str]] = []
        for count, style in word.style:
            style = style.replace(mark, "")
            if merged and merged[-1][1] == style:
                merged[-1] = (merged[-1][0] + count, style)
            else:
                merged.append((count, style))
        runs = () if len(merged) == 1 and not merged[0][1] else tuple(merged)
        words.append(Word(word.text, runs))
    return Text(tuple(words), text.atoms, text.links)


def with_style(text: Text, mark: str) -> Text:
    """The same text with one kind of emphasis on every letter."""
    words = []
    for word in text.words:
        runs = word.style or ((sum(map(str.isalnum, word.text)), ""),)
        merged = tuple((count, "".join(sorted({*marks, mark}))) for count, marks in runs if count)
        words.append(Word(word.text, merged))
    return Text(tuple(words), text.atoms, text.links)


def words_of(text: str) -> list[str]:
    """Words for counting: letters and digits only, CJK characters one by one, lower case kept apart."""
    found: list[str] = []
    for chunk in normal(unicodedata.normalize("NFKC", text)).split():
        chunk = "".join(char for char in chunk if char not in MARKS)
        run = ""
        for char in chunk:
            if is_cjk(char):
                if run:
                    found.append(run)
                    run = ""
                if char.isalnum():
                    found.append(char)
            elif char.isalnum():
                run += char
            elif run:
                found.append(run)
                run = ""
        if run:
            found.append(run)
    return found
