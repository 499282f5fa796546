"""Put arguments into a macro's body, and the result into its surroundings."""

from typlora.tex.lexer import bracket_end, group_end, skip_blank, word_end
from typlora.tex.macros import Macro
from typlora.tex.specs import MACRO_SPECS

NO_VALUE = "-NoValue-"  # what xparse puts in for an optional argument that is not there


def replacement(macro: Macro, values: list[str | None]) -> str:
    """What a use of a macro stands for; for a pair of delimiters the first two values are star and size."""
    if macro.pair is None:
        return fill(macro.body, values)
    star, size, *rest = values
    left, right, middle = "", "", ""
    if star is not None:
        left, right, middle = "\\left", "\\right", "\\middle"
    elif size is not None:
        left, right, middle = size + "l", size + "r", size
    body = tuple(
        piece.replace("\\delimsize", middle) if isinstance(piece, str) else piece for piece in macro.body
    )
    parts = [fill(macro.pair.before, rest), left, macro.pair.left, fill(body, rest), right]
    return glue([*parts, macro.pair.right, fill(macro.pair.after, rest)])


def fill(body: tuple[str | int, ...], values: list[str | None]) -> str:
    """A body with its parameters put in."""
    parts = []
    for piece in body:
        if isinstance(piece, str):
            parts.append(piece)
        elif piece <= len(values):
            value = values[piece - 1]
            parts.append(NO_VALUE if value is None else value)
    return glue(parts)


def glue(parts: list[str]) -> str:
    """Join texts so that no control word grows by the letter that follows it."""
    chunks: list[str] = []
    for part in parts:
        if not part:
            continue
        if chunks and part[0].isascii() and part[0].isalpha() and ends_with_word(chunks[-1]):
            chunks.append(" ")
        chunks.append(part)
    return "".join(chunks)


def ends_with_word(text: str) -> bool:
    """Whether the last token of a text is a control word."""
    position = len(text)
    while (
        position
        and text[position - 1].isascii()
        and (text[position - 1].isalpha() or text[position - 1] == "@")
    ):
        position -= 1
    if position == len(text) or not position or text[position - 1] != "\\":
        return False
    backslashes = 0
    while position and text[position - 1] == "\\":
        backslashes += 1
        position -= 1
    return backslashes % 2 == 1


def without_line(text: str, start: int, end: int) -> int:
    """Where to go on after taking out ``start``..``end``: no empty line (a new paragraph) is left."""
    before, after = start, end
    while before and text[before - 1] in " \t":
        before -= 1
    while after < len(text) and text[after] in " \t":
        after += 1
    alone = (not before or text[before - 1] == "\n") and text.startswith("\n", after)
    return after + 1 if alone else end


def unbraced(text: str) -> str:
    """``{x}`` as ``x``, if the text is one group."""
    return text[1:-1] if text.startswith("{") and group_end(text, 0) == len(text) else text


def as_argument(text: str, script: bool) -> str:
    """The replacement of a macro that is the whole argument of ``\\hat``, ``\\frac`` or ``^``.

    TeX hands the macro over as one token; text must be braced to stay together. After ``^`` TeX expands first
    and takes one token, so there only a command with its own arguments is braced.
    """
    if len(text) < 2 or (text[0] == "{" and group_end(text, 0) == len(text)):
        return text
    if text[0] == "\\":
        after = word_end(text, 0)
        if after == len(text):
            return text
        if script:
            count = MACRO_SPECS.get(text[1:after], "").count("{")
            return "{" + text + "}" if count and _covers(text, after, count) else text
    elif script:
        return text
    return "{" + text + "}"


def _covers(text: str, position: int, count: int) -> bool:
    """Whether ``count`` arguments from ``position`` are all the rest of the text."""
    for _ in range(count):
        if text.startswith("*", position):
            position += 1
        position = skip_blank(text, position)
        if text.startswith("[", position):
            position = skip_blank(text, max(position, bracket_end(text, position)))
        if position >= len(text):
            return False
        if text[position] == "{":
            position = group_end(text, position)
            if position < 0:
                return False
        elif text[position] == "\\":
            position = word_end(text, position)
        else:
            position += 1
    return not text[position:].strip()
