"""Columns of a table, read from the specification of ``tabular`` and its relatives."""

import re
from dataclasses import dataclass

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
    """One column: how it is aligned, its width if it has one, lines left of it, text put before its cells."""

    align: str
    width: str = "auto"
    left: int = 0
    bold: bool = False
    before: str = ""
    after: str = ""


def columns(specification: str, known: dict[str, str] | None = None) -> tuple[list[Column], int]:
    """Columns of an array specification, and the number of lines right of the last one."""
    text = _unfold(specification)
    found: list[Column] = []
    bars = 0
    position = 0
    before, bold, wanted = "", False, ""
    while position < len(text):
        char = text[position]
        position += 1
        if char in "|:":
            bars += char == "|"
        elif char in "@!><":
            argument, position = _group(text, position)
            if char == ">":
                bold = bold or "bfseries" in argument or "\\bf" in argument
                wanted = _wanted(argument) or wanted
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
            found.append(Column(wanted or align, width, bars, bold, before))
            bars, before, bold, wanted = 0, "", False, ""
    return found, bars


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
