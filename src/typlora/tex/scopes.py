"""Scopes while a text is expanded: open groups and environments, and the definitions that end with them."""

from typlora.tex.defining import Definition
from typlora.tex.definitions import apply
from typlora.tex.macros import Macro, MacroTable
from typlora.tex.mouth import Mouth
from typlora.tex.needs import Needs
from typlora.tex.specs import DISPLAY_ENVIRONMENTS


def environment_key(name: str) -> str:
    """How an environment is called where macros and environments are listed together."""
    return f"begin{{{name}}}"


class Scopes(Mouth):
    """A reader that knows which definitions hold, and whether it stands in a formula."""

    def __init__(self, text: str, table: MacroTable, *, math: bool = False) -> None:
        super().__init__(text)
        self.table = table
        self.math = math
        self.display = False  # in a displayed formula, for \\mathchoice
        self.kept: frozenset[str] = frozenset()  # what stays; environments by their keys
        self._groups: list[bool] = []  # math mode outside of each open group
        self._group_math: bool | None = None
        self._undo: list[tuple[int, bool, str, Macro | None]] = []
        self._needs = Needs()
        self._environments: list[tuple[str, Macro | None, list[str | None], int]] = []
        self._given_up: set[str] = set()
        self._owned = not math  # the table of a formula is shared between formulas

    def _open_group(self) -> None:
        self._groups.append(self.math)
        if self._group_math is not None:
            self.math = self._group_math
            self._group_math = None

    def _close_group(self) -> None:
        if self._groups:
            self.math = self._groups.pop()
        level = len(self._groups)
        self._needs.leave(level)
        while self._undo and self._undo[-1][0] > level:
            _, environment, name, old = self._undo.pop()
            macros = self.table.environments if environment else self.table.definitions
            if old is None:
                macros.pop(name, None)
            else:
                macros[name] = old

    def is_given_up(self, name: str) -> bool:
        """Whether an earlier use of a macro (or of an environment, by its key) failed."""
        return name in self._given_up or name in self.kept

    def open_environment(self, name: str, macro: Macro | None, values: list[str | None], math: bool) -> None:
        """Note that an environment begins; ``macro`` is the user's definition of it, if it is expanded."""
        self._environments.append((name, macro, values, len(self._groups)))
        if macro is None:
            self._needs.clear()
            self._open_group()
            self.math = self.math or math
            self.display = self.display or name in DISPLAY_ENVIRONMENTS

    def close_environment(self, name: str) -> tuple[Macro, list[str | None]] | None:
        """Note that it ends; what to expand then, if it is the user's own."""
        for index in range(len(self._environments) - 1, max(-1, len(self._environments) - 50), -1):
            opened, macro, values, level = self._environments[index]
            if opened != name:
                continue
            if macro is not None:
                del self._environments[index]
                return macro, values
            del self._environments[index:]
            self.display = self.display and name not in DISPLAY_ENVIRONMENTS
            while len(self._groups) > level:
                self._close_group()
            return None
        return None

    def open_group(self) -> None:
        """``\\begingroup`` and its like."""
        self._open_group()

    def close_group(self) -> None:
        """``\\endgroup`` and its like."""
        self._close_group()

    def define(self, definition: Definition) -> None:
        """Put a definition into the table until the group ends."""
        if not self._owned:
            self.table = self.table.copy()
            self._owned = True
        macros = self.table.environments if definition.environment else self.table.definitions
        old = macros.get(definition.name)
        apply(definition, self.table)
        if self._groups and not definition.globally and macros.get(definition.name) is not old:
            self._undo.append((len(self._groups), definition.environment, definition.name, old))
        self._given_up.discard(
            environment_key(definition.name) if definition.environment else definition.name
        )
