"""Pieces of Typst that travel through a foreign engine unharmed.

Where an engine is known to misread a construct, ``rewrite`` takes the construct out and leaves private-use
characters in its place: one for an atom (``\\text{if }`` becomes a mark for ``"if "``), two around what
the engine shall still convert (``\\dfrac{a}{b}`` becomes mark, ``\\frac{a}{b}``, mark for ``display(`` and
``)``). Engines copy unknown letters, so ``restore`` finds the marks in their answer and puts the Typst there.
An answer in which a mark is lost or doubled is refused.
"""

import re
from dataclasses import dataclass, field

from typlora.engines import typst_tokens

FIRST, LAST = 0xE000, 0xF8FF  # the private use area of the basic plane
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_SHORTHANDS = frozenset({"||", "[|", "|]", "!="})  # one symbol in Typst, two in LaTeX


def has_private(text: str) -> bool:
    """The text uses private-use characters itself, so no mark could be told from them."""
    return _PRIVATE.search(text) is not None


@dataclass(slots=True)
class Marks:
    """The marks of one formula. A character is a one-letter token of LaTeX and of Typst alike."""

    pieces: list[tuple[str, str]] = field(default_factory=list)  # kind and Typst

    def _new(self, kind: str, typst: str) -> str:
        if FIRST + len(self.pieces) > LAST:
            raise OverflowError("more marks than private-use characters")
        self.pieces.append((kind, typst))
        return chr(FIRST + len(self.pieces) - 1)

    def atom(self, typst: str) -> str:
        """A mark for one Typst atom: a name, a string, a call."""
        return self._new("atom", typst)

    def separator(self, typst: str) -> str:
        """A mark for ``,``, ``;``, ``&`` or a line break; scripts after it get an empty base."""
        return self._new("separator", typst)

    def prime(self, typst: str) -> str:
        """A mark for primes: they stick to what stands before them."""
        return self._new("prime", typst)

    def pair(self, opening: str, closing: str = ")") -> tuple[str, str]:
        """Marks around what the engine converts. ``opening`` is a call: commas inside get escaped."""
        return self._new("open", opening), self._new("close", closing)

    def restore(self, typst: str) -> str | None:
        """``typst`` with every mark replaced; ``None`` when one is missing or stands there twice."""
        if sorted(_PRIVATE.findall(typst)) != [chr(FIRST + i) for i in range(len(self.pieces))]:
            return None
        return _Writer(self.pieces).write(typst)


class _Writer:
    """Puts pieces together, with a space only where a mark's Typst would run into its neighbour."""

    def __init__(self, pieces: list[tuple[str, str]]) -> None:
        self._pieces = pieces
        self._out: list[str] = []
        self._ours = False  # the last thing put came from a mark
        self._open: list[str] = []  # open brackets, and "mark" for each wrapper of ours
        self._base_missing = False  # a script here would have no base

    def write(self, typst: str) -> str:
        parts = typst_tokens.split(typst)
        lonely = self._lonely(parts)
        for index, (kind, text) in enumerate(parts):
            if kind == "space":
                self._space()
            elif _PRIVATE.match(text):
                self._mark(*self._pieces[ord(text) - FIRST])
            elif kind == "other":
                self._character("\\" + text if index in lonely else text)
            else:
                # a mark may stand inside a string or content of the engine's own
                self._put(_PRIVATE.sub(lambda found: self._pieces[ord(found.group()) - FIRST][1], text))
                self._base_missing = False
        return "".join(self._out).strip()

    def _lonely(self, parts: list[tuple[str, str]]) -> set[int]:
        """Brackets without a partner on their side of every mark; Typst pairs any two kinds."""
        found: set[int] = set()
        waiting: list[int] = []  # -1 for a wrapper of ours
        for index, (kind, text) in enumerate(parts):
            if _PRIVATE.match(text):
                kind = self._pieces[ord(text) - FIRST][0]
                if kind == "open":
                    waiting.append(-1)
                elif kind == "close" and -1 in waiting:
                    while (last := waiting.pop()) != -1:
                        found.add(last)
            elif kind == "other" and text in "([{":
                waiting.append(index)
            elif kind == "other" and text in ")]}":
                if waiting and waiting[-1] != -1:
                    waiting.pop()
                else:
                    found.add(index)
        return found | {index for index in waiting if index != -1}

    def _mark(self, kind: str, typst: str) -> None:
        if kind == "open":
            self._put(typst, ours=True)
            self._open.append("mark")
            self._base_missing = True
            return
        if kind in ("close", "separator"):
            self._strip()
        if kind == "close":
            if self._base_missing:
                self._put('""')  # a call with an empty argument does not compile
            while self._open and self._open.pop() != "mark":
                pass
        elif kind == "prime":
            if len(self._out) > 1 and self._out[-1] == " ":
                self._out.pop()
            if self._base_missing or not self._out:
                self._out.append('""')
            self._out.append(typst)
            self._ours = False
            self._base_missing = False
            return
        elif typst.startswith('"'):
            self._strip()
        self._put(typst, ours=True)
        self._base_missing = kind == "separator"

    def _character(self, char: str) -> None:
        if char in "_^" and self._base_missing:
            self._put('""')
        within = bool(self._open) and self._open[-1] == "mark"
        if char in "([{":
            self._open.append("bracket")
        elif char in ")]}":
            if self._open:
                self._open.pop()
        elif char in ",;" and within:
            char = "\\" + char
        elif char == ":" and within and self._last().isalpha():
            self._put(" ")  # `f: A` would name an argument
        elif (char == "!" and self._last() == ")") or (self._last() + char) in _SHORTHANDS:
            self._put(" ")  # `_(1)!` takes the brackets into the script
        self._put(char)
        self._base_missing = False

    def _put(self, text: str, ours: bool = False) -> None:
        if (ours or self._ours) and _collide(self._out[-1] if self._out else "", text):
            self._out.append(" ")
        self._out.append(text)
        self._ours = ours

    def _space(self) -> None:
        last = self._out[-1] if self._out else " "
        if not last.endswith(" ") and not (self._ours and (last.startswith('"') or self._base_missing)):
            self._out.append(" ")

    def _last(self) -> str:
        return self._out[-1][-1] if self._out else ""

    def _strip(self) -> None:
        """Drop a space; before a string it would be visible. The one that ends a line break stays."""
        if len(self._out) > 1 and self._out[-1] == " " and self._out[-2] != "\\":
            self._out.pop()


def _collide(left: str, right: str) -> bool:
    """Written without a space, the two would become one name, one number, a call or a field access."""
    if not left or not right:
        return False
    last, first = left[-1], right[0]
    if (last.isalnum() and first.isalnum()) or last + first in _SHORTHANDS:
        return True
    if first in "([":
        return last.isalnum() or last in ")]$"
    return (
        (first == "." and last != '"') or (last == "." and first.isalpha()) or (last == "\\" and first != " ")
    )
