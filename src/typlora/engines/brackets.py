"""Brackets of Typst maths: what is open, what is missing at the end, whether they pair as in the LaTeX."""

import re
from dataclasses import dataclass

LOOSE_CLOSERS = 4  # Typst shows a stray bracket; a row of them is a model that lost count
DEEPEST = 100
PAIRS = {")": "(", "]": "[", "}": "{"}


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
