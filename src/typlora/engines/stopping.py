"""When to stop generating a row: at its end, or when nothing good can come any more.

Runaway repetition is where a small model spends most of its time, so each row is watched token by token.
"""

from collections.abc import Callable
from enum import StrEnum

MAX_PERIOD = 32  # tokens; longer loops run into the length limit first
REPEATS = 5  # a table of zeros repeats too, so the loop must also be long:
LOOP_TOKENS = 60
LOOSE_CLOSERS = 4  # Typst shows a stray bracket; a row of them is a model that lost count
DEEPEST = 100
FORBIDDEN = (
    "#import",
    "#include",
    "#eval",
    "#read",
    "#plugin",
    "#sys",
    "#show",
    "#set",
    "#context",
    "@preview",
)
"""Conversions never need these, and each reaches outside of the formula."""


class Finish(StrEnum):
    """Why a row ended; only ``END`` gives a candidate."""

    END = "end"
    LENGTH = "length"
    REPETITION = "repetition"
    UNBALANCED = "unbalanced"
    FORBIDDEN = "forbidden"


class RowWatch:
    """Follows one row. ``piece`` gives the text of a token id."""

    def __init__(self, ends: frozenset[int], limit: int, piece: Callable[[int], str]) -> None:
        self.ids: list[int] = []
        self.finish: Finish | None = None
        self._ends = ends
        self._limit = limit
        self._piece = piece
        self._tail = ""
        self._depth = 0
        self._quoted = False
        self._escaped = False

    def push(self, token: int) -> bool:
        """Take the next token; true when the row is finished (an end token is not kept)."""
        if token in self._ends:
            self.finish = Finish.END
            return True
        self.ids.append(token)
        text = self._piece(token)
        self._tail = (self._tail + text)[-16:]
        if any(word in self._tail for word in FORBIDDEN):
            self.finish = Finish.FORBIDDEN
        elif self._unbalanced(text):
            self.finish = Finish.UNBALANCED
        elif self._loops():
            self.finish = Finish.REPETITION
        elif len(self.ids) >= self._limit:
            self.finish = Finish.LENGTH
        return self.finish is not None

    def _unbalanced(self, text: str) -> bool:
        for char in text:
            if self._escaped:
                self._escaped = False
            elif char == "\\":
                self._escaped = True
            elif char == '"':
                self._quoted = not self._quoted
            elif self._quoted:
                continue
            elif char in "([{":
                self._depth += 1
            elif char in ")]}":
                self._depth -= 1
        return self._depth < -LOOSE_CLOSERS or self._depth > DEEPEST

    def _loops(self) -> bool:
        ids = self.ids
        if len(ids) < LOOP_TOKENS:
            return False
        for period in range(1, MAX_PERIOD + 1):
            span = max(period * REPEATS, LOOP_TOKENS)
            if len(ids) >= span + period and ids[-span:] == ids[-span - period : -period]:
                return True
        return False
