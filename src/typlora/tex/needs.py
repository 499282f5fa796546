"""Known commands that still wait for their arguments while a text is expanded.

TeX hands ``\\hat`` the macro that follows as one token, before it is expanded; so where a macro stands for a
whole argument its replacement has to be put in braces.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Need:
    """A command (or ``^``: ``script``) that waits for ``count`` arguments at brace level ``level``."""

    level: int
    count: int
    script: bool
    bracket: bool = False  # inside of its optional argument


class Needs:
    """The commands that wait, the innermost last."""

    def __init__(self) -> None:
        self._waiting: list[Need] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, level: int, count: int, *, script: bool = False) -> None:
        """A command that takes arguments has been read."""
        self._waiting.append(Need(level, count, script))

    def at(self, level: int) -> Need | None:
        """The command whose argument stands at the place being read, if there is one."""
        need = self._waiting[-1] if self._waiting else None
        return need if need is not None and need.level == level and not need.bracket else None

    def seen(self, level: int) -> None:
        """A token or group was read that may be an argument."""
        need = self.at(level)
        if need is not None:
            need.count -= 1
            if need.count <= 0:
                self._waiting.pop()

    def characters(self, text: str, level: int) -> None:
        """Characters were read; each may be an argument."""
        for character in text:
            need = self._waiting[-1] if self._waiting else None
            if need is None or need.level != level:
                return
            if need.bracket:
                need.bracket = character != "]"
            elif character == "[" and not need.script:
                need.bracket = True
            elif not character.isspace() and not (character == "*" and not need.script):
                self.seen(level)

    def leave(self, level: int) -> None:
        """A group was closed; what waited inside of it waits no longer."""
        while self._waiting and self._waiting[-1].level > level:
            self._waiting.pop()

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()
