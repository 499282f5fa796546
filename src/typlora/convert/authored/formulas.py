"""Formulas with the author's macros as calls: marks travel through the engines in their place.

For ``\\norm{x}^2`` the engines get mark, ``x``, mark, ``^2``; engines copy letters that they do not know, so
in their answer the marks become ``norm(`` and ``)``. The marks are of a plane of private use.
"""

import re
from collections.abc import Sequence

from typlora.convert.authored.choice import Authored
from typlora.tex.macros import Macro, MacroTable, Parameter, expand_formula

_FIRST = 0xF0000
_PARAMETER = 0xFFF00  # marks of parameters in a definition
_STEP = 12  # marks a macro may need: open, close, and a separator before each argument but the first
_AFTER_NUMBER = re.compile(r"(?<=\d) \Z")
_NAME = re.compile(r"[^\W\d]\w*\Z")
_MARK = re.compile("[\U000f0000-\U000fffff]")
PARAMETER = "typloraparam"  # \typloraparamA{} stands for the first parameter in a body


def has_marks(text: str) -> bool:
    """The text uses these characters itself."""
    return _MARK.search(text) is not None


def parameter_macro(number: int) -> str:
    """LaTeX for a parameter (from 1) in the body of a definition."""
    return f"\\{PARAMETER}{chr(64 + number)}{{}}"


def body_latex(latex: str) -> str:
    """``#1`` as a command that the parser knows."""
    return re.sub(r"#(\d)", lambda found: parameter_macro(int(found[1])), latex)


class Marks:
    """The marks of a set of macros."""

    def __init__(self, authored: Sequence[Authored], table: MacroTable) -> None:
        self.authored = list(authored)
        self.words: set[str] = set()  # names of functions that are a word: a space behind them is seen
        self._marked = MacroTable()
        self._true = table
        for index, one in enumerate(self.authored):
            if one.ending is not None:
                continue
            parameters = tuple(
                Parameter("m") if default is None else Parameter("o", default) for default in one.defaults
            )
            body: list[str | int] = [self._mark(index, 0)]
            for number in range(1, len(parameters) + 1):
                body += [self._mark(index, number + 1), number] if number > 1 else [number]
            if parameters:
                body.append(self._mark(index, 1))
            self._marked.definitions[one.name] = Macro(one.name, parameters, tuple(body))

    @staticmethod
    def _mark(index: int, place: int) -> str:
        return chr(_FIRST + index * _STEP + place)

    def uses(self, latex: str) -> bool:
        """Whether any of the macros, or a parameter, stands in it."""
        found = re.findall(r"\\([A-Za-z]+)", latex)
        return any(name in self._marked.definitions or name.startswith(PARAMETER) for name in found)

    def expanded(self, latex: str, display: bool) -> str:
        """With all macros applied: what the author's formula says."""
        return expand_formula(latex, self._true, display=display, packages=False)

    def marked(self, latex: str, display: bool) -> str:
        """With marks in the place of the macros and parameters."""
        latex = re.sub(
            rf"\\{PARAMETER}([A-I])(?:\{{\}})?", lambda found: chr(_PARAMETER + ord(found[1]) - 64), latex
        )
        return expand_formula(latex, self._marked, display=display, packages=False)

    def calls(self, typst: str, parameters: Sequence[str] = ()) -> str | None:
        """``typst`` with calls for marks; ``None`` where they do not match. ``parameters`` are names."""
        out = ""
        open_calls: list[tuple[int, int, int]] = []  # macro, arguments so far, open brackets
        depth, quoted, skip = 0, False, 0
        for position, char in enumerate(typst):
            code = ord(char)
            if position < skip:
                continue
            if quoted or code < _FIRST:
                quoted = quoted != (char == '"' and not out.endswith("\\"))
                if not quoted:
                    depth += (char in "([{") - (char in ")]}")
                    if char in ",;" and open_calls and depth == open_calls[-1][2] and not out.endswith("\\"):
                        out += "\\"
                out += char
                continue
            following = typst[position + 1 : position + 2]
            if code > _PARAMETER:
                if code - _PARAMETER > len(parameters):
                    return None
                out = _word(out, parameters[code - _PARAMETER - 1], following)
                continue
            index, place = divmod(code - _FIRST, _STEP)
            if index >= len(self.authored):
                return None
            one = self.authored[index]
            if place == 0 and not one.defaults:
                behind = typst[position + 1 :].lstrip(" ")
                tight = one.typst in self.words and behind[:1] in {"(", "[", "."}
                skip = len(typst) - len(behind) if tight else 0
                out = _word(out, f"#{one.typst};" if tight else one.typst, "" if tight else following)
            elif place == 0:
                out = _word(out, one.typst, "") + "("
                open_calls.append((index, 1, depth))
            elif not open_calls or open_calls[-1][0] != index or depth != open_calls[-1][2]:
                return None
            elif place == 1:
                if open_calls.pop()[1] != len(one.defaults):
                    return None
                out = out.rstrip() + ")"
            else:
                out = out.rstrip() + ", "
                open_calls[-1] = (index, place - 1, depth)
        return None if open_calls or has_marks(out) else re.sub(r"(?<=[A-Za-z]\() +|(?<=, ) +", "", out)

    def used(self, typst: str) -> list[Authored]:
        """The macros whose names stand in a text."""
        words = set(re.findall(r"[A-Za-z]+", typst))
        return [one for one in self.authored if one.typst in words]


def _word(before: str, name: str, following: str) -> str:
    """A name behind ``before``, apart from letters and from what would make it a call or a field.

    Not apart from a number: beside a text, which it may stand for, a space would be seen.
    """
    before = _AFTER_NUMBER.sub("", before)
    if _NAME.search(before):
        before += " "
    return before + name + (" " if following and (following.isalnum() or following in "([.") else "")
