"""Tokens of Typst maths: enough to rename an identifier without touching strings, text or escapes."""

import re

_TOKEN = re.compile(
    r"""
      (?P<string>"(?:[^"\\]|\\.)*"?)
    | (?P<escape>\\(?:u\{[0-9A-Fa-f]+\}|.)?)
    | (?P<comment>/\*.*?\*/|//[^\n]*)
    | (?P<hash>\#[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)
    | (?P<name>[^\W\d_]{2,}(?:\.[A-Za-z]+)*|[^\W\d_](?:\.[A-Za-z]+)+)
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def split(typst: str) -> list[tuple[str, str]]:
    """Pairs of kind and text that join to ``typst`` again.

    Kinds: ``string``, ``escape``, ``comment``, ``hash`` (``#text``), ``content`` (the ``[...]`` and
    ``(...)`` that belong to a hash expression, taken whole), ``name`` (``plus.o``; single letters are
    ``other``), ``number``, ``space``, ``other``.
    """
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(typst):
        match = _TOKEN.match(typst, at)
        assert match is not None  # the last alternative takes any character
        kind = str(match.lastgroup)
        found.append((kind, match.group()))
        at = match.end()
        if kind == "hash":
            stop = _arguments_end(typst, at)
            if stop > at:
                found.append(("content", typst[at:stop]))
                at = stop
    return found


def join(tokens: list[tuple[str, str]]) -> str:
    """The text of all tokens."""
    return "".join(text for _, text in tokens)


def _arguments_end(typst: str, at: int) -> int:
    """Where the arguments of the hash expression that ends at ``at`` stop."""
    while at < len(typst) and typst[at] in "([":
        depth, index, quoted = 0, at, False
        while index < len(typst):
            char = typst[index]
            if char == "\\":
                index += 1
            elif char == '"':
                quoted = not quoted and typst[at] == "("
            elif not quoted and char in "([{":
                depth += 1
            elif not quoted and char in ")]}":
                depth -= 1
                if depth == 0:
                    break
            index += 1
        if index >= len(typst):
            return len(typst)
        at = index + 1
    return at
