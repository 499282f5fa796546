"""Where things end in LaTeX that is read flat: groups, options, formulas, rows of arguments."""

import re
from functools import cached_property

from typlora.tex.lexer import Groups, groups, keys_end

TOKEN = re.compile(r"\\([A-Za-z@]+\*?|.|$)|%[^\n]*\n?|\$\$?|[{}]", re.S)
_BRACES = re.compile(r"\\.|%[^\n]*|[{}]", re.S)
_SPACE = re.compile(r"(?:\s|%[^\n]*\n)*")
_BRACKETS = re.compile(r"\\.|[{}\]]|\n\n", re.S)
_MULTICITE = re.compile(r"\([^()]*\)|\[[^\]]*\]|\{[^{}]*\}")


def closing(text: str, brace: int) -> int:
    """Where the group that opens at ``brace`` ends; the end of the text if it never does."""
    depth = 0
    for found in _BRACES.finditer(text, brace):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
            if depth == 0:
                return found.start()
    return len(text)


class Scanner:
    """Positions in ``text`` up to ``end``: where what begins at one of them ends."""

    def __init__(self, text: str, end: int) -> None:
        self.text, self.end = text, end

    def after(self, closer: str, position: int) -> int:
        """Behind the next ``closer``; a paragraph's end closes a formula that nothing closes."""
        while (at := self.text.find(closer, position, self.end)) >= 0:
            if closer[0] != "$" or self.text[at - 1] != "\\" or self.text[at - 2] == "\\":
                return at + len(closer)
            position = at + 1
        return position

    def all_arguments(self, position: int) -> int:
        """The end of ``(note)(note)[note]{key}[note]{key}...``, biblatex's way to cite several works."""
        while found := _MULTICITE.match(self.text, position, self.end):
            position = found.end()
        return position

    def group(self, brace: int) -> int:
        """Behind a group without words; one that nothing closes ends with its first word."""
        stop = self._groups.ends.get(brace)
        return keys_end(self.text, brace) if stop is None else stop

    @cached_property
    def _groups(self) -> Groups:
        return groups(self.text)

    def skip(self, position: int, spec: str) -> int:
        """Behind all arguments of ``spec``."""
        for wanted in spec:
            ahead = self.blank(position)
            first = self.text[ahead : ahead + 1]
            if wanted == "*" and first == "*":
                position = ahead + 1
            elif wanted == "[" and first == "[":
                position = self.bracket(ahead) + 1
            elif wanted == "(" and first == "(":
                position = self.text.find(")", ahead) + 1 or position
            elif wanted == "{" and first == "{":
                position = self.group(ahead)
            elif wanted == "{" and first == "\\" and (command := TOKEN.match(self.text, ahead)):
                position = command.end()
        return min(position, self.end)

    def blank(self, position: int) -> int:
        """Behind white space and comments, but not over a blank line."""
        found = _SPACE.match(self.text, position, self.end)
        return position if found is None or re.search(r"\n[ \t]*\n", found[0]) else found.end()

    def bracket(self, position: int) -> int:
        """Where the ``]`` of a ``[`` stands, braces respected."""
        depth = 0
        for found in _BRACKETS.finditer(self.text, position + 1, self.end):
            if found[0] == "{":
                depth += 1
            elif found[0] == "}":
                depth -= 1
                if depth < 0:
                    break
            elif found[0] == "]" and depth == 0:
                return found.start()
            elif found[0] == "\n\n":
                break
        return position
