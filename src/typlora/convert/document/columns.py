"""Columns of a table, read from the specification of ``tabular`` and its relatives."""

import re
from dataclasses import dataclass
from functools import lru_cache

from typlora.convert.document.lengths import length

_ALIGN = {
    "l": "left",
    "c": "center",
    "r": "right",
    "p": "left",
    "m": "left",
    "b": "left",
    "X": "left",
    "L": "left",
}
_ALIGN |= {"C": "center", "R": "right", "S": "right", "d": "right", "J": "left", "s": "right", "D": "right"}


@dataclass(slots=True)
class Column:
    """One column: how it is aligned, its width if it has one, lines left of it, text around its cells.

    ``maths`` cells stand between ``>{$}`` and ``<{$}``; ``color`` is what the author calls their background.

    ``decimal`` says that numbers stand with their points below each other: ``S`` or ``D`` (of siunitx and
    dcolumn), ``half`` (the ``l`` of ``r@{.}l``) or ``joined`` (both of them).
    """

    align: str
    width: str = "auto"
    left: int = 0
    bold: bool = False
    before: str = ""
    decimal: str = ""
    after: str = ""
    italic: bool = False
    maths: bool = False
    color: str = ""


def columns(specification: str, source: str = "") -> tuple[list[Column], int]:
    """Columns of an array specification, and the number of lines right of the last one.

    ``source`` is the document, whose ``\\newcolumntype`` are applied.
    """
    text = _unfold(_own_types(_unfold(specification), source))
    found: list[Column] = []
    bars = 0
    position = 0
    before, wanted, said = "", "", ""
    while position < len(text):
        char = text[position]
        position += 1
        if char in "|:":
            bars += char == "|"
        elif char in "@!><":
            argument, position = _group(text, position)
            if char == ">":
                said += argument
                wanted = _wanted(argument) or wanted
            if char == "<" and found and "$" not in argument:
                found[-1].after = _between(argument).strip()
            if char in "@!" and _between(argument):
                before = _between(argument)
        elif char.isalpha() or char in "*":
            width, align = "auto", _ALIGN.get(char, "left")
            if char in "pmbLCRXDSwW":
                if text[position : position + 1] == "[":
                    position = text.find("]", position) + 1 or len(text)
                while text[position : position + 1] == "{" and char in "pmbDwWS":
                    argument, position = _group(text, position)
                    width = length(argument) if char in "pmb" or char in "wW" else "auto"
                    if char in "wW" and argument in {"l", "c", "r"}:
                        align = _ALIGN[argument]
            if char == "X":
                width = "1fr"
            decimal = char if char in "SD" else ""
            bold = "bfseries" in said or "\\bf" in said
            made = Column(wanted or align, width, bars, bold, before, decimal)
            made.italic = bool(re.search(r"\\(?:itshape|it|em|slshape)(?![A-Za-z])", said))
            made.maths = len(re.findall(r"(?<!\\)\$|\\\(", said)) == 1
            if painted := re.search(r"\\columncolor\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}", said):
                made.color = painted[1]
            if _halves(found[-1] if found else None, made):
                made.decimal = "half"
            found.append(made)
            bars, before, wanted, said = 0, "", "", ""
    return found, bars


def _halves(first: Column | None, second: Column) -> bool:
    """``r@{.}l``: the whole part of a number in one column, its decimals in the next."""
    return (
        first is not None
        and second.before.strip() in {".", ","}
        and (first.align, second.align) == ("right", "left")
        and not second.left
        and first.width == second.width == "auto"
    )


def _own_types(text: str, source: str) -> str:
    """Column types of the author's own written out."""
    types = _types(source) if "\\newcolumntype" in source else {}
    for _ in range(20):
        position, changed = 0, False
        while position < len(text):
            char = text[position]
            if char == "{":
                _, position = _group(text, position)
            elif char in types:
                count, body = types[char]
                stop = position + 1
                for number in range(1, count + 1):
                    argument, stop = _group(text, stop)
                    body = body.replace(f"#{number}", argument)
                text = text[:position] + body + text[stop:]
                position, changed = position + len(body), True
            else:
                position += 1
        if not changed or len(text) > 5_000:
            break
    return text


@lru_cache(maxsize=4)
def _types(source: str) -> dict[str, tuple[int, str]]:
    types: dict[str, tuple[int, str]] = {}
    for found in re.finditer(r"\\newcolumntype\s*\{?\s*(\w)\s*\}?\s*(?:\[(\d)\])?\s*(?=\{)", source):
        types[found[1]] = (int(found[2] or 0), _group(source, found.end())[0])
    return types


_SIGNS = {
    "Rightarrow": "⇒",
    "rightarrow": "→",
    "to": "→",
    "leftarrow": "←",
    "times": "×",
    "pm": "±",
    "cdot": "·",
    "colon": ":",
}


def _between(argument: str) -> str:
    """Text that ``@{...}`` puts between columns; signs as characters, spaces around kept."""
    text = re.sub(r"\\(?:quad|qquad|hspace\*?\{[^}]*\}|[ ,;:~])", " ", argument)
    text = re.sub(r"\\([a-zA-Z]+)", lambda found: _SIGNS.get(found[1], ""), text)
    text = re.sub(r"[{}$\\]", "", text)
    return f"{text.strip()} " if text.strip() else ""


def _wanted(argument: str) -> str:
    for command, align in (("centering", "center"), ("raggedright", "left"), ("raggedleft", "right")):
        if command in argument.lower():
            return align
    return ""


def _unfold(text: str) -> str:
    """``*{3}{c|}`` written out."""
    for _ in range(20):
        found = re.search(r"\*\s*\{\s*(\d{1,3})\s*\}\s*", text)
        if not found:
            break
        argument, stop = _group(text, found.end())
        text = text[: found.start()] + argument * min(int(found[1]), 200) + text[stop:]
    return text


def _group(text: str, position: int) -> tuple[str, int]:
    """The braces at ``position`` and where they end."""
    while position < len(text) and text[position].isspace():
        position += 1
    if text[position : position + 1] != "{":
        return "", position
    depth = 0
    for index in range(position, len(text)):
        depth += (text[index] == "{") - (text[index] == "}")
        if depth == 0:
            return text[position + 1 : index], index + 1
    return text[position + 1 :], len(text)
