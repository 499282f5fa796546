"""Tokens of LaTeX maths, and the few questions the rewriting rules ask about them.

A formula becomes a flat list of strings: a control sequence with its backslash (``\\frac``, ``\\,``),
one run of white space (always ``" "``), or one character. Comments are dropped. The rules in
``normalise`` work on such lists, so nothing here recurses: foreign input may nest 10,000 deep.
"""

from collections.abc import Sequence

BREAKS = frozenset({"&", "\\\\", "\\cr", "\\tabularnewline", "\\newline"})
"""What ends a table cell: switches and ``\\over`` reach no further."""


def trim(tokens: Sequence[str]) -> list[str]:
    """Without white space at both ends."""
    first, last = 0, len(tokens)
    while first < last and tokens[first] == " ":
        first += 1
    while last > first and tokens[last - 1] == " ":
        last -= 1
    return list(tokens[first:last])


def split(latex: str) -> list[str]:
    """Cut ``latex`` into tokens; joining them gives the same formula with white space collapsed."""
    found: list[str] = []
    at, end = 0, len(latex)
    while at < end:
        char = latex[at]
        if char == "\\":
            stop = at + 1
            while stop < end and latex[stop].isascii() and latex[stop].isalpha():
                stop += 1
            stop = max(stop, min(at + 2, end))
            word = latex[at:stop]
            found.append("\\ " if word in ("\\\n", "\\\t", "\\\r") else word)
            at = stop
        elif char == "%":
            stop = latex.find("\n", at)
            at = end if stop < 0 else stop + 1
        elif char.isspace() and char != "\u00a0":
            while at < end and latex[at].isspace():
                at += 1
            found.append(" ")
        else:
            found.append(char)
            at += 1
    return found


def join(tokens: Sequence[str]) -> str:
    """The formula again; a space is put where a control word would run into a letter."""
    out: list[str] = []
    for token in tokens:
        if out and is_word(out[-1]) and token[:1].isalpha() and token.isascii():
            out.append(" ")
        out.append(token)
    return "".join(out)


def is_word(token: str) -> bool:
    """A control sequence made of letters (``\\frac``), not a control symbol (``\\,``)."""
    return len(token) > 1 and token[0] == "\\" and token[-1].isascii() and token[-1].isalpha()


def skip_space(tokens: Sequence[str], at: int) -> int:
    """The first index from ``at`` on that is not white space (``len(tokens)`` at the end)."""
    while at < len(tokens) and tokens[at] == " ":
        at += 1
    return at


def closing(tokens: Sequence[str], at: int) -> int:
    """Index of the ``}`` that closes the ``{`` at ``at``; -1 when it is missing."""
    depth = 0
    for index in range(at, len(tokens)):
        if tokens[index] == "{":
            depth += 1
        elif tokens[index] == "}":
            depth -= 1
            if depth == 0:
                return index
    return -1


def argument(tokens: Sequence[str], at: int) -> tuple[list[str], int] | None:
    """The argument that starts at ``at`` (a group without its braces, or one token) and where it ends.

    ``None`` when there is none: the end, a closing brace, a cell break, or an unclosed group.
    """
    at = skip_space(tokens, at)
    if at >= len(tokens) or tokens[at] == "}" or tokens[at] in BREAKS:
        return None
    if tokens[at] != "{":
        return [tokens[at]], at + 1
    close = closing(tokens, at)
    return None if close < 0 else (list(tokens[at + 1 : close]), close + 1)


def option(tokens: Sequence[str], at: int) -> tuple[list[str] | None, int]:
    """The ``[...]`` at ``at`` without its brackets, or ``None`` when there is none; and where to go on."""
    start = skip_space(tokens, at)
    if start >= len(tokens) or tokens[start] != "[":
        return None, at
    depth = 0
    for index in range(start + 1, len(tokens)):
        if tokens[index] == "{":
            depth += 1
        elif tokens[index] == "}":
            depth -= 1
        elif tokens[index] == "]" and depth == 0:
            return list(tokens[start + 1 : index]), index + 1
        if depth < 0:
            break
    return None, at


def nesting(tokens: Sequence[str]) -> int:
    """How deep braces, ``\\left``s and environments nest at most."""
    depth = deepest = 0
    for token in tokens:
        if token in ("{", "\\left", "\\begin"):
            depth += 1
            deepest = max(deepest, depth)
        elif token in ("}", "\\right", "\\end"):
            depth -= 1
    return deepest
