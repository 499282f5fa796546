"""When to stop generating a row: at its end, or when nothing good can come any more.

Runaway repetition is where a small model spends most of its time, so each row is watched token by token.
"""

from collections.abc import Callable
from enum import StrEnum

from typlora.engines.brackets import Brackets, Pairs
from typlora.engines.names import Names

MAX_PERIOD = 32  # tokens; longer loops run into the length limit first
REPEATS = 5  # a table of zeros repeats too, so the loop must also be long:
LOOP_TOKENS = 60
FORBIDDEN = (
    *("#import", "#include", "#eval", "#read", "#plugin", "#sys", "#std", "#show", "#set", "#context"),
    *("#let", "#for", "#while", "#csv", "#json", "#toml", "#yaml", "#xml", "#cbor", "#image", "@preview"),
)
"""Conversions never need these, and each reaches outside of the formula or runs a program."""


class Finish(StrEnum):
    """Why a row ended; only ``END`` gives a candidate."""

    END = "end"
    LENGTH = "length"
    REPETITION = "repetition"
    UNBALANCED = "unbalanced"
    FORBIDDEN = "forbidden"


class RowWatch:
    """Follows one row. ``piece`` gives the text of a token id.

    ``paired`` says that every bracket of the answer must be closed by its own kind, as in the question,
    ``maths`` that every name must exist: ``allows`` tells of a token whether it keeps to that.
    """

    def __init__(
        self,
        ends: frozenset[int],
        limit: int,
        piece: Callable[[int], str],
        paired: bool = False,
        maths: bool = False,
    ) -> None:
        self.ids: list[int] = []
        self.finish: Finish | None = None
        self._ends = ends
        self._limit = limit
        self._piece = piece
        self._tail = ""
        self._brackets = Brackets()
        self._pairs = Pairs() if paired else None
        self._names = Names() if maths else None

    def allows(self, token: int) -> bool:
        """Whether this token may come next: not where it closes a bracket that is not open, and not where it
        makes a name that does not exist.

        The end may come with brackets open: a model that sees no way on would wander off (see ``closed``).
        """
        if token in self._ends:
            return self._names is None or self._names.complete
        text = self._piece(token)
        if self._names is not None and self._names.after(text) is None:
            return False
        return self._pairs is None or self._pairs.after(text) is not None

    def push(self, token: int) -> bool:
        """Take the next token; true when the row is finished (an end token is not kept)."""
        if token in self._ends:
            self.finish = Finish.END
            return True
        self.ids.append(token)
        text = self._piece(token)
        if self._names is not None:
            self._names = self._names.after(text)
        if self._pairs is not None:
            self._pairs = self._pairs.after(text)  # None after a token that ``allows`` would have refused
        self._tail = (self._tail + text)[-16:]
        if any(word in self._tail for word in FORBIDDEN):
            self.finish = Finish.FORBIDDEN
        elif not self._brackets.read(text):
            self.finish = Finish.UNBALANCED
        elif self._loops():
            self.finish = Finish.REPETITION
        elif len(self.ids) >= self._limit:
            self.finish = Finish.LENGTH
        return self.finish is not None

    def _loops(self) -> bool:
        ids = self.ids
        if len(ids) < LOOP_TOKENS:
            return False
        for period in range(1, MAX_PERIOD + 1):
            span = max(period * REPEATS, LOOP_TOKENS)
            if len(ids) >= span + period and ids[-span:] == ids[-span - period : -period]:
                return True
        return False
