"""Pieces of tikz-cd's syntax: brackets, quotes, lists of options, lengths."""

import re

from typlora.tex.lexer import bracket_end


class Strange(Exception):
    """Something that is not a simple diagram."""


def length(text: str) -> float:
    """A length in em."""
    found = re.fullmatch(r"\s*(-?\d*\.?\d+)\s*(em|ex|pt|cm|mm)\s*", text)
    if found is None:
        raise Strange(text)
    return float(found[1]) * {"em": 1, "ex": 0.43, "pt": 0.1, "cm": 2.85, "mm": 0.285}[found[2]]


def bracket(text: str, start: int) -> int:
    """Behind the ``]`` that closes the ``[`` at ``start``; quoted brackets do not count."""
    position, depth, quoted = start, 0, False
    while position < len(text):
        char = text[position]
        if char == '"':
            quoted = not quoted
        elif char == "{":
            position = braces(text, position) - 1
        elif not quoted:
            depth += (char == "[") - (char == "]")
            if depth == 0:
                return position + 1
        position += 1
    return max(bracket_end(text, start), start + 1)


def braces(text: str, start: int) -> int:
    """Behind the ``}`` that closes the ``{`` at ``start``."""
    depth, position = 0, start
    while position < len(text):
        if text[position] == "\\":
            position += 2
            continue
        depth += (text[position] == "{") - (text[position] == "}")
        position += 1
        if depth == 0:
            return position
    raise Strange("unbalanced braces")


def unbraced(text: str) -> str:
    """Without the braces around all of it."""
    if text.startswith("{") and braces(text, 0) == len(text):
        return text[1:-1].strip()
    return text


def split(options: str) -> list[str]:
    """Options, parted at commas outside of braces and quotes."""
    parts, quoted, position = [""], False, 0
    while position < len(options):
        char = options[position]
        if char == "{":
            stop = braces(options, position)
            parts[-1] += options[position:stop]
            position = stop
            continue
        quoted = quoted != (char == '"')
        if char == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += char
        position += 1
    return [part.strip() for part in parts if part.strip()]
