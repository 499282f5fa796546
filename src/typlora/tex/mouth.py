"""The texts TeX is reading, one on top of the other, and how arguments are taken from them.

A macro's argument may begin where its own replacement ends, so arguments are read across frames; only the
document itself, at the bottom, ends a search.
"""

import re
from functools import lru_cache

from typlora.tex.lexer import bracket_end, group_end, skip_blank, word_end
from typlora.tex.macros import Macro, Parameter
from typlora.tex.replacement import unbraced

# Searches for something that is not there cost their whole length. After this many of them a text is broken,
# and searches become short, so that the time stays linear.
PATIENCE = 30
SHORT = 100


@lru_cache(maxsize=256)
def _delimiter(wanted: str) -> re.Pattern[str]:
    """What ends an argument; a space in it is any white space without a blank line."""
    return re.compile(r"(?:[ \t]+\n?|\n)(?![ \t]*\n)[ \t]*".join(map(re.escape, wanted.split(" "))))


class Frame:
    """Text being read. ``base`` is where it begins in the document, -1 for the body of a macro."""

    __slots__ = ("base", "depth", "end", "internal", "owner", "position", "text")

    def __init__(
        self, text: str, position: int, end: int, base: int, depth: int, internal: bool, owner: str
    ) -> None:
        self.owner = owner  # the macro whose body it is
        self.text = text
        self.position = position
        self.end = end
        self.base = base
        self.depth = depth
        self.internal = internal


class Mouth:
    """A stack of frames; reads arguments from the top."""

    def __init__(self, text: str) -> None:
        self.frames = [Frame(text, 0, len(text), 0, 0, False, "")]
        self.failures = 0

    def reach(self, far: int) -> int:
        """How far to search."""
        return far if self.failures < PATIENCE else min(far, SHORT if self.failures < 1000 else SHORT // 4)

    def failed(self) -> None:
        """A search ended without success."""
        self.failures += 1

    def arguments(self, macro: Macro) -> list[str | None] | None:
        """The arguments of a use, read from where the reading stands; ``None`` where they are not there."""
        parameters = macro.parameters
        if macro.pair is not None:
            parameters = (Parameter("s"), Parameter("o"), *parameters)
        if macro.prefix:
            frame = self.frames[-1]
            position = frame.position
            if not frame.text.startswith(macro.prefix, position):
                position = skip_blank(frame.text, position)
            if not frame.text.startswith(macro.prefix, position, frame.end):
                return None
            frame.position = position + len(macro.prefix)
        elif parameters and parameters[0].kind == "u" and macro.name.isalpha():
            frame = self.frames[-1]
            frame.position = skip_blank(frame.text, frame.position)  # TeX never sees these
        values: list[str | None] = []
        for parameter in parameters:
            if parameter.kind == "m":
                value = self.mandatory()
                if value is None:
                    return None
            elif parameter.kind == "u":
                value = self._until(parameter.closing)
                if value is None:
                    return None
            else:
                value = self._optional(parameter)
            values.append(value)
        return values

    def _next(self) -> Frame | None:
        """The frame in which the next token stands, blanks skipped; ``None`` at the end."""
        while True:
            frame = self.frames[-1]
            position = skip_blank(frame.text, frame.position)
            if position < frame.end:
                frame.position = position
                return frame
            if frame.depth == 0:
                return None
            self.frames.pop()

    def mandatory(self) -> str | None:
        """A mandatory argument without its braces."""
        frame = self._next()
        if frame is None:
            return None
        text, start = frame.text, frame.position
        character = text[start]
        if character == "{":
            end = group_end(text, start, self.reach(frame.end - start))
            if end < 0:
                self.failed()
                return None
            frame.position = end
            return text[start + 1 : end - 1]
        if character in "}\n&":
            return None
        if character == "\\":
            end = min(frame.end, word_end(text, start, at_letter=frame.internal))
            if text[start + 1 : end] in {"end", "begin", "par", "item", "\\", ")", "]"}:
                return None
            frame.position = end
            return text[start:end]
        frame.position = start + 1
        return character

    def peek(self, character: str) -> bool:
        """Whether the next token is ``character``; blanks before it are skipped only then."""
        for frame in reversed(self.frames):
            position = skip_blank(frame.text, frame.position)
            if position < frame.end:
                if not frame.text.startswith(character, position):
                    return False
                while self.frames[-1] is not frame:
                    self.frames.pop()
                frame.position = position
                return True
            if frame.depth == 0:
                return False
        return False

    def _optional(self, parameter: Parameter) -> str | None:
        if parameter.kind in {"s", "t"}:
            token = "*" if parameter.kind == "s" else parameter.opening
            if not self.peek(token):
                return None
            frame = self.frames[-1]
            frame.position += len(token)
            return "\\BooleanTrue"
        if parameter.kind == "g":
            return self.mandatory() if self.peek("{") else parameter.default
        if parameter.kind == "e":
            if not self.peek(parameter.opening):
                return None
            self.frames[-1].position += len(parameter.opening)
            return self.mandatory()
        if not self.peek(parameter.opening):
            return parameter.default
        frame = self.frames[-1]
        if parameter.opening == "[":
            end = bracket_end(frame.text, frame.position, self.reach(20_000))
        else:
            found = self._find(
                frame, frame.position + len(parameter.opening), parameter.closing, parameter.opening
            )
            end = -1 if found < 0 else found + len(parameter.closing)
        if end < 0 or end > frame.end:
            self.failed()
            return parameter.default
        inside = frame.text[frame.position + len(parameter.opening) : end - len(parameter.closing)]
        frame.position = end
        return unbraced(inside)

    def _until(self, closing: str) -> str | None:
        while self.frames[-1].depth and self.frames[-1].position >= self.frames[-1].end:
            self.frames.pop()
        frame = self.frames[-1]
        found = self._find(frame, frame.position, closing)
        if found < 0:
            return None
        inside = frame.text[frame.position : found]
        end = _delimiter(closing).match(frame.text, found)
        frame.position = found + len(closing) if end is None else end.end()
        return unbraced(inside)

    def _find(self, frame: Frame, position: int, wanted: str, opening: str = "") -> int:
        """Where ``wanted`` stands outside of braces, in the same paragraph; -1 if it does not.

        Pairs of ``opening`` and ``wanted`` on the way are passed over.
        """
        text, end = frame.text, min(frame.end, position + self.reach(20_000))
        depth = 0
        delimiter = _delimiter(wanted)
        while 0 <= position < end:
            if delimiter.match(text, position, end):
                if not depth:
                    return position
                depth -= 1
            elif opening and text.startswith(opening, position):
                depth += 1
            character = text[position]
            if character == "{":
                position = group_end(text, position, end - position)
            elif character == "}" or text.startswith("\n\n", position):
                break
            else:
                position += 2 if character == "\\" else 1
        self.failed()
        return -1

    def next_token(self) -> str:
        """The next character or control sequence to be read; empty at the end."""
        for frame in reversed(self.frames):
            if frame.position < frame.end:
                start = frame.position
                end = word_end(frame.text, start) if frame.text[start] == "\\" else start + 1
                return frame.text[start:end]
        return ""

    def group(self, frame: Frame, position: int) -> int | None:
        """Where the group ends that begins at ``position``, if it does in this frame."""
        if position >= frame.end or frame.text[position] != "{":
            return None
        end = group_end(frame.text, position, self.reach(frame.end - position))
        if end < 0:
            self.failed()
            return None
        return end

    def skip_spaces(self) -> None:
        """Drop the blanks that TeX drops after a control word."""
        frame = self.frames[-1]
        position, newline = frame.position, False
        while position < frame.end and frame.text[position] in " \t\n":
            if frame.text[position] == "\n":
                if newline:
                    return
                newline = True
            position += 1
        frame.position = position
