"""When to stop generating a row: at its end, or when nothing good can come any more.

Runaway repetition is where a small model spends most of its time, so each row is watched token by token.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

MAX_PERIOD = 32  # tokens; longer loops run into the length limit first
REPEATS = 5  # a table of zeros repeats too, so the loop must also be long:
LOOP_TOKENS = 60
LOOSE_CLOSERS = 4  # Typst shows a stray bracket; a row of them is a model that lost count
DEEPEST = 100
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


PAIRS = {")": "(", "]": "[", "}": "{"}


class RowWatch:
    """Follows one row. ``piece`` gives the text of a token id.

    ``paired`` says that every bracket of the answer must be closed by its own kind, as in the question: then
    ``allows`` tells of a token whether it keeps to that.
    """

    def __init__(
        self, ends: frozenset[int], limit: int, piece: Callable[[int], str], paired: bool = False
    ) -> None:
        self.ids: list[int] = []
        self.finish: Finish | None = None
        self._ends = ends
        self._limit = limit
        self._piece = piece
        self._tail = ""
        self._brackets = Brackets()
        self._pairs = Pairs() if paired else None

    def allows(self, token: int) -> bool:
        """Whether this token may come next: not where it closes a bracket that is not open.

        The end may come with brackets open: a model that sees no way on would wander off (see ``closed``).
        """
        if self._pairs is None or token in self._ends:
            return True
        return self._pairs.after(self._piece(token)) is not None

    def push(self, token: int) -> bool:
        """Take the next token; true when the row is finished (an end token is not kept)."""
        if token in self._ends:
            self.finish = Finish.END
            return True
        self.ids.append(token)
        text = self._piece(token)
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


def closed(typst: str) -> str:
    """``typst`` with what is missing at its end, where a model stopped inside of arguments or a string.

    The verifier judges it as it judges everything; unclosed it could not even compile.
    """
    brackets = Brackets()
    brackets.read(typst)
    missing = brackets.missing()
    if missing and typst.endswith("\\"):
        missing = " " + missing  # not an escape
    return typst + missing


@dataclass(frozen=True, slots=True)
class Pairs:
    """Brackets outside of strings that are open, and whether the text ends in a string or an escape."""

    open: str = ""
    quoted: bool = False
    escaped: bool = False

    @property
    def closed(self) -> bool:
        """Nothing is open."""
        return not self.open and not self.quoted

    def after(self, text: str) -> "Pairs | None":
        """The state after ``text``; ``None`` where a bracket closes nothing, or another kind."""
        stack, quoted, escaped = self.open, self.quoted, self.escaped
        for char in text:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                quoted = not quoted
            elif quoted:
                continue
            elif char in "([{":
                stack += char
            elif char in PAIRS:
                if not stack.endswith(PAIRS[char]):
                    return None
                stack = stack[:-1]
        return Pairs(stack, quoted, escaped)


# What may stand for a bracket without being one, or for none where one is needed.
_UNPAIRED = re.compile(
    r"\\(?:left|right|[bB]igg?[lr]?)\s*\.|\\[lr](?:brack|brace|paren)\b|\\(?:text|mbox)|[\"%]"
)
_BRACKET = re.compile(r"\\[{}]|\\.|[()\[\]]", re.DOTALL)


def paired(latex: str) -> bool:
    """Whether every round, square and shown curly bracket of the LaTeX is closed by its own kind.

    Then so it is in the Typst. ``[0, 1)`` is not, nor is what hides a bracket (``\\right.``, text).
    """
    if _UNPAIRED.search(latex):
        return False
    found = (one.group() for one in _BRACKET.finditer(latex))
    shown = (one[-1] for one in found if len(one) == 1 or one in ("\\{", "\\}"))
    state = Pairs().after("".join(shown))
    return state is not None and state.closed


class Brackets:
    """Counts brackets of Typst maths as its parser does.

    Any bracket may close any other (``[0, 1)``) and a stray one is shown, but the arguments of a name
    (``frac(``, ``#h(``) and a string must be closed by their own kind, or nothing compiles.
    """

    def __init__(self) -> None:
        self._open: list[bool] = []  # true where the bracket opens the arguments of a name
        self._stray = 0
        self._letters = 0  # of the name that ends here
        self._quoted = False
        self._escaped = False

    def read(self, text: str) -> bool:
        """Go on with ``text``; false when the count is lost beyond hope."""
        for char in text:
            if self._escaped:
                self._escaped, self._letters = False, 0
            elif char == "\\":
                self._escaped = True
            elif char == '"':
                self._quoted = not self._quoted
            elif not self._quoted:
                self._bracket(char)
        return self._stray <= LOOSE_CLOSERS and len(self._open) <= DEEPEST

    def missing(self) -> str:
        """What closes the string and the arguments that are still open; without it nothing compiles."""
        if not any(self._open):
            return '"' if self._quoted else ""
        last = self._open.index(True)
        return ('"' if self._quoted else "") + ")" * (len(self._open) - last)

    def _bracket(self, char: str) -> None:
        if char in "([{":
            self._open.append(char == "(" and self._letters > 1)
        elif char in ")]}":
            if not self._open:
                self._stray += 1
            elif char == ")" or not self._open[-1]:
                self._open.pop()
        if char.isalpha():
            self._letters += 1
        elif char != ".":
            self._letters = 0
