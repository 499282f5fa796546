"""The few rules of TeX's tokenizer that every reader here needs: control words, groups, comments, verbatim.

Finding the next character of a class is done with compiled character classes because that runs at C speed;
structure is followed by hand, never by a pattern. Every function takes a position and looks at a bounded
or strictly advancing stretch, so that bad input costs linear time.
"""

import re
from dataclasses import dataclass

VERBATIM_ENVIRONMENTS = frozenset(
    {"verbatim", "verbatim*", "Verbatim", "Verbatim*", "BVerbatim", "LVerbatim", "SaveVerbatim", "lstlisting"}
    | {"minted", "comment", "alltt", "filecontents", "filecontents*", "VerbatimOut", "semiverbatim", "pycode"}
    | {
        "listing*",
        "luacode",
        "luacode*",
        "python",
        "sagesilent",
        "sageblock",
        "asy",
        "dot2tex",
        "Sinput",
        "Soutput",
    }
    | {
        "Schunk",
        "spverbatim",
        "verbatimtab",
        "boxedverbatim",
        "rawhtml",
        "htmlonly",
        "tcblisting",
        "Highlighting",
    }
    | {"xcomment", "verbatimwrite", "pythoncode", "lstlisting*", "console"}
)
"""Environments whose inside is not LaTeX (or, like ``alltt``, not worth reading as LaTeX)."""

VERBATIM_COMMANDS = frozenset({"verb", "lstinline", "mintinline", "Verb", "url", "path", "nolinkurl", "href"})
"""Commands whose first argument is read with other category codes."""

_WORD = re.compile(r"[A-Za-z]+")
_AT_WORD = re.compile(r"[A-Za-z@]+")
_BRACES = re.compile(r"[\\{}%]")
_BRACKETS = re.compile(r"[\\{}%\]]")
_NAME_LIMIT = 1024  # characters of a file name or a web address


def word_end(text: str, position: int, *, at_letter: bool = False) -> int:
    """End of the control sequence whose backslash is at ``position`` (a star is not part of it)."""
    found = (_AT_WORD if at_letter else _WORD).match(text, position + 1)
    return found.end() if found else min(position + 2, len(text))


def line_end(text: str, position: int) -> int:
    """Offset just after the newline that ends this line."""
    found = text.find("\n", position)
    return len(text) if found < 0 else found + 1


def skip_blank(text: str, position: int) -> int:
    """Over spaces, comments and single newlines, but not over a blank line (which is ``\\par``)."""
    size = len(text)
    newlines = 0
    start = position
    while position < size:
        character = text[position]
        if character == "\n":
            newlines += 1
            if newlines > 1:
                return start
        elif character == "%":
            # A comment swallows its newline and the spaces that begin the next line.
            position = line_end(text, position)
            while position < size and text[position] in " \t":
                position += 1
            start, newlines = position, 0
            if position < size and text[position] == "\n":
                return position
            continue
        elif character not in " \t":
            return position
        position += 1
    return position


def group_end(text: str, position: int, limit: int | None = None) -> int:
    """Offset just after the ``}`` that closes the ``{`` at ``position``; -1 if none (in ``limit``)."""
    depth = 0
    end = len(text) if limit is None else min(len(text), position + limit)
    while found := _BRACES.search(text, position, end):
        character = found.group()
        position = found.end()
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth <= 0:
                return position
        elif character == "\\":
            position += 1
        else:
            position = line_end(text, position)
    return -1


def bracket_end(text: str, position: int, limit: int = 20_000) -> int:
    """Offset just after the ``]`` that closes the ``[`` at ``position``; -1 if none.

    As in LaTeX that is the first one outside of braces: brackets do not nest.
    """
    depth = 0
    end = min(len(text), position + limit)
    while found := _BRACKETS.search(text, position, end):
        character = found.group()
        position = found.end()
        if character == "\\":
            position += 1
        elif character == "%":
            position = line_end(text, position)
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth < 0:
                return -1
        elif depth == 0:
            return position
    return -1


def short_argument(text: str, position: int) -> tuple[str, int] | None:
    """A ``{name}`` at ``position`` (blanks before it allowed) and where it ends; else ``None``."""
    position = skip_blank(text, position)
    if not text.startswith("{", position):
        return None
    end = group_end(text, position, _NAME_LIMIT)
    return None if end < 0 else (text[position + 1 : end - 1], end)


_GROUP_STOPS = re.compile(r"\\.|%[^\n]*|[{}]|\n[ \t]*\n", re.S)
_KEY_LIST = re.compile(r"\s?[^\s{}%,\\$&]*(?:\s?,\s?[^\s{}%,\\$&]+)*")


@dataclass(frozen=True, slots=True)
class Groups:
    """Braces of a text by their offsets: ``ends`` of those that are closed; ``limits`` of those that their
    paragraph does not close: its end."""

    ends: dict[int, int]
    limits: dict[int, int]


def groups(text: str) -> Groups:
    """All braces in one pass: a search for each would be quadratic in what nobody closed."""
    found, opened = Groups({}, {}), []
    limited = 0  # so many of the open braces have met the end of their paragraph
    for stop in _GROUP_STOPS.finditer(text):
        mark = stop[0]
        if mark == "{":
            opened.append(stop.start())
        elif mark == "}" and opened:
            found.ends[opened.pop()] = stop.end()
            limited = min(limited, len(opened))
        elif mark[0] == "\n":
            found.limits.update(dict.fromkeys(opened[limited:], stop.start()))
            limited = len(opened)
    found.limits.update(dict.fromkeys(opened[limited:], len(text)))
    return found


def keys_end(text: str, brace: int) -> int:
    """Where the list of keys, the length or the name behind a brace ends that nobody closed."""
    keys = _KEY_LIST.match(text, brace + 1)
    return keys.end() if keys else brace + 1


def verbatim_end(text: str, position: int, word: str, after: int) -> int | None:
    """End of a verbatim piece: ``word`` is the control word at ``position``, which ends at ``after``.

    ``None`` when it does not start one. An environment without its ``\\end`` runs to the end of the text.
    """
    if word == "begin":
        argument = short_argument(text, after)
        if argument is None or argument[0] not in VERBATIM_ENVIRONMENTS:
            return None
        closing = "\\end{" + argument[0] + "}"
        found = text.find(closing, argument[1])
        return len(text) if found < 0 else found + len(closing)
    if word in VERBATIM_COMMANDS:
        return _verb_end(text, word, after)
    return None


def _verb_end(text: str, word: str, after: int) -> int | None:
    position = after
    if text.startswith("*", position):
        position += 1
    if word in {"lstinline", "Verb", "mintinline", "href"}:
        if text.startswith("[", position) and (end := bracket_end(text, position, 1000)) > 0:
            position = end
        if word == "mintinline" and text.startswith("{", position):
            position = max(position, group_end(text, position, _NAME_LIMIT))
    if position >= len(text):
        return None
    delimiter = text[position]
    if delimiter == "{" and word not in {"verb", "Verb"}:
        return _raw_group_end(text, position)
    if word in {"url", "path", "nolinkurl", "href"} and (delimiter.isalnum() or delimiter.isspace()):
        return None
    if delimiter.isspace() or delimiter == "*":
        return None
    stop = text.find("\n", position + 1)
    found = text.find(delimiter, position + 1, len(text) if stop < 0 else stop)
    return None if found < 0 else found + 1


def _raw_group_end(text: str, position: int) -> int | None:
    """Like ``group_end``, but ``%`` and ``\\`` are ordinary characters, as in ``\\url{a%20b}``."""
    depth = 0
    for index in range(position, min(len(text), position + _NAME_LIMIT)):
        if text[index] == "{":
            depth += 1
        elif text[index] == "}":
            depth -= 1
            if depth == 0:
                return index + 1
    return None


def skip_spaces(text: str, position: int) -> int:
    """Over the blanks that TeX drops after a control word: spaces and one newline, but no blank line."""
    start = position
    newline = False
    while position < len(text) and text[position] in " \t\n":
        if text[position] == "\n":
            if newline:
                return start
            newline = True
        position += 1
    return position


_COLUMN_BEFORE = re.compile(r"[<>]\s*\{[^{}$]*\Z")
_COLUMN_AFTER = re.compile(r"[^{}$]*\}")


def column_dollar(text: str, start: int) -> bool:
    """Whether a dollar stands alone in what a table puts around the cells of a column: ``>{$}c<{$}``."""
    before = text[max(0, start - 60) : start]
    return bool(_COLUMN_BEFORE.search(before) and _COLUMN_AFTER.match(text, start + 1))


def paired_dollar(text: str, start: int) -> bool:
    """Whether the dollars up to the end of the group pair up: then this one opens a formula in text."""
    depth, dollars = 0, 1
    for position in range(start + 1, min(len(text), start + 500)):
        character = text[position]
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth < 0:
                return dollars % 2 == 0
        elif character == "$" and text[position - 1] != "\\":
            dollars += 1
    return False


def closer_end(text: str, pos: int, closer: str) -> tuple[int, int]:
    """Start and end of the next ``closer``, braces respected; the end of the text where it is missing."""
    if closer in {"}", "]"}:
        depth = 0
        for found in _CLOSERS.finditer(text, pos):
            mark = found.group()
            if depth == 0 and mark == closer:
                return found.start(), found.end()
            depth += (mark == "{") - (mark == "}")
            if depth < 0:
                return found.start(), found.start()
        return len(text), len(text)
    at = text.find(closer, pos)
    return (len(text), len(text)) if at < 0 else (at, at + len(closer))


_CLOSERS = re.compile(r"\\.|[{}]|\]", re.DOTALL)
