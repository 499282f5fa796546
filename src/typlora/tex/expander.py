"""Apply user macros to a text, as TeX would while reading it.

Why a tokenizer of our own and not the parser: expansion comes before there is a tree (see `macros.py`), and
formulas are expanded by the ten thousand. The text is read from a stack of frames: the document below, the
bodies of macros in use above it. What comes out is a list of pieces, each either a stretch of the document or
text that stands for the use of a macro.

Bounds: a use of a macro in the document may need 100 levels, 20,000 steps and 2 million characters; a use
that needs more, or that reaches TeX's inner machinery, is undone and stays in the text as it was.
"""

import re
from collections.abc import Callable, Mapping

from typlora.tex.defining import Definition
from typlora.tex.definitions import DEFINING, read_definition
from typlora.tex.lexer import VERBATIM_COMMANDS, line_end, verbatim_end, word_end
from typlora.tex.macros import Macro, MacroTable
from typlora.tex.mouth import Frame
from typlora.tex.output import Output, Piece
from typlora.tex.replacement import as_argument, replacement, without_line
from typlora.tex.scopes import Scopes
from typlora.tex.specs import MACRO_SPECS, STRUCTURAL, TEXT_ARGUMENT
from typlora.tex.uses import Abort, Use

MAX_DEPTH = 100
MAX_STEPS = 20_000
MAX_CHARACTERS = 2_000_000
MAX_TOTAL = 60_000_000  # characters of all uses together
MAX_PROBLEMS = 200

_STOPS = re.compile(r"[\\{}%^_$]")


class Expander(Scopes):
    """One run over one text."""

    def __init__(
        self, text: str, table: MacroTable, commands: Mapping[str, "Handler"], *, math: bool = False
    ) -> None:
        super().__init__(text, table, math=math)
        self.commands = commands
        self.problems: list[tuple[int, int, str]] = []
        self.flags: dict[str, bool] = {}  # \\newif switches by their condition's name
        self.lefts = 0  # \left without its \right so far
        self.conditions: list[bool] = []  # true where \else and \fi belong to a condition we decided
        self.output = Output()
        self._use: Use | None = None
        self._total = 0

    def run(self) -> list[Piece]:
        """Read everything; never raises."""
        while True:
            try:
                self._loop()
                return self.output.pieces
            except Abort as abort:
                self._undo_use(abort)

    # Reading.

    def _loop(self) -> None:
        frames = self.frames
        while frames:
            frame = frames[-1]
            found = _STOPS.search(frame.text, frame.position, frame.end)
            stop = found.start() if found else frame.end
            if stop > frame.position:
                if self._needs:
                    self._needs.characters(frame.text[frame.position : stop], len(self._groups))
                self.output.copy(frame, frame.position, stop)
                frame.position = stop
            if found is None:
                frames.pop()
                continue
            character = found.group()
            if character == "\\":
                self._control(frame, stop)
                continue
            frame.position = stop + 1
            if character == "{":
                self._needs.seen(len(self._groups))
                self._open_group()
            elif character == "}":
                self._close_group()
            elif character == "%":
                frame.position = min(frame.end, line_end(frame.text, stop))
            elif character == "$":
                if frame.text.startswith("$", stop + 1) and stop + 1 < frame.end and not self.math:
                    frame.position = stop + 2
                self.math = not self.math
                self.display = self.math and frame.position == stop + 2
            self.output.copy(frame, stop, frame.position)
            if character in "^_":
                self._needs.add(len(self._groups), 1, script=True)

    def _control(self, frame: Frame, start: int) -> None:
        text = frame.text
        after = min(frame.end, word_end(text, start, at_letter=frame.internal))
        word = text[start + 1 : after]
        macro = self.table.definitions.get(word)
        if (
            macro is not None
            and not macro.machinery
            and word not in self._given_up
            and word not in self.kept
            and (word not in STRUCTURAL or macro.overrides)
        ):
            self._macro(frame, start, after, macro)
            return
        handler = self.commands.get(word)
        if handler is not None and handler(self, frame, start, after, word):
            return
        if word.startswith("if") and len(word) > 2 and self.commands["if"](self, frame, start, after, word):
            return
        if self.flags and self._switch(frame, after, word):
            return
        if word in DEFINING and self._definition(frame, start, after, word):
            return
        if word in VERBATIM_COMMANDS or word == "begin":
            end = verbatim_end(text, start, word, after)
            if end is not None:
                self._needs.seen(len(self._groups))
                self._raw(frame, start, min(end, frame.end))
                return
        if frame.depth and "@" in word and len(word) > 1:
            raise Abort(frame.owner)
        if word in {"makeatletter", "makeatother"}:
            frame.internal = word == "makeatletter"
        self._needs.seen(len(self._groups))
        self._raw(frame, start, after)
        self.known_command(word)

    def _switch(self, frame: Frame, after: int, word: str) -> bool:
        """``\\footrue`` and ``\\foofalse`` of a known ``\\newif\\iffoo``."""
        for ending, value in (("true", True), ("false", False)):
            if word.endswith(ending) and "if" + word.removesuffix(ending) in self.flags:
                self.flags["if" + word.removesuffix(ending)] = value
                frame.position = after
                self.skip_spaces()
                return True
        return False

    def known_command(self, word: str) -> None:
        """Prepare for the arguments of a command that stays in the text."""
        if word == "left":
            self.lefts += 1
        elif word == "right":
            self.lefts = max(0, self.lefts - 1)
        elif word in "([" and word:
            self.math = True
            self.display = word == "["
        elif word in ")]" and word:
            self.math = self.display = False
        spec = MACRO_SPECS.get(word)
        if spec and (count := spec.count("{")):
            self._needs.add(len(self._groups), count)
            if word in TEXT_ARGUMENT:
                self._group_math = False

    def _raw(self, frame: Frame, start: int, end: int) -> None:
        self.output.copy(frame, start, end)
        frame.position = end

    # Definitions.

    def _definition(self, frame: Frame, start: int, after: int, word: str) -> bool:
        definition = read_definition(
            frame.text, word, after, min(frame.end, after + self.reach(frame.end)), self.table, frame.internal
        )
        if definition is None:
            return False
        if definition.failed:
            self.failed()
        end = min(definition.end, frame.end)
        if definition.macro is None:
            self._raw(frame, start, end)
            return True
        if definition.expand_now and frame.depth == 0:
            definition = self._expand_now(definition)
        frame.position = without_line(frame.text, start, end)
        self.define(definition)
        return True

    def _expand_now(self, definition: Definition) -> Definition:
        """``\\edef``: the body as it is now; only for bodies without parameters."""
        macro = definition.macro
        if macro is None or macro.parameters or not macro.body:
            return definition
        inner = Expander(str(macro.body[0]), self.table.copy(), self.commands, math=self.math)
        body = "".join(piece.of(str(macro.body[0])) for piece in inner.run())
        changed = Macro(macro.name, (), (body,), macro.prefix, internal=macro.internal)
        return Definition(definition.end, definition.name, changed, globally=definition.globally)

    # Uses.

    def begin_use(self, frame: Frame, start: int, after: int, name: str) -> None:
        """Remember where a use in the document began; inside of a use only count."""
        if frame.depth == 0:
            self._use = Use(
                name, frame.base + start, frame.base + after, len(self.frames) - 1, after,
                self.output.mark(), self.math, len(self._groups),
                len(self._environments), len(self.conditions),
            )  # fmt: skip
            self.output.origin = (self._use.first, self._use.last)
        elif frame.depth >= MAX_DEPTH:
            raise Abort(
                frame.owner, f"it needs more than {MAX_DEPTH} levels of expansion; does it use itself?"
            )

    def push(self, text: str, depth: int, internal: bool, owner: str) -> None:
        """Read ``text`` next, as part of the use under way."""
        use = self._use
        if use is not None:
            use.steps += 1
            use.characters += len(text)
            self._total += len(text)
            if use.steps > MAX_STEPS or use.characters > MAX_CHARACTERS or self._total > MAX_TOTAL:
                raise Abort(use.name, "its expansion grows too large")
            self._extend(use)
        self.frames.append(Frame(text, 0, len(text), -1, depth + 1, internal, owner))

    def _extend(self, use: Use) -> None:
        """A use ends where the reading of its arguments has come to."""
        below = self.frames[use.frame]
        use.last = max(use.last, below.base + min(below.position, below.end))
        self.output.origin = (use.first, use.last)

    def _undo_use(self, abort: Abort) -> None:
        """Go back to before the use. Another macro's fault: read it again without that one; else leave it."""
        use = self._use
        if use is None:  # a built-in command of the document itself
            return
        self._use = None
        del self.frames[use.frame + 1 :]
        frame = self.frames[use.frame]
        self.output.undo(use.pieces)
        del self._groups[use.groups :]
        del self._environments[use.environments :]
        del self.conditions[use.conditions :]
        self._needs.clear()
        self.math = use.math
        start = use.first - frame.base
        if abort.message and len(self.problems) < MAX_PROBLEMS:
            message = f"\\{abort.culprit} was not expanded: {abort.message}"
            self.problems.append((use.first, use.first + use.after - start, message))
        if abort.culprit != use.name and abort.culprit not in self._given_up:
            self._given_up.add(abort.culprit)
            frame.position = start
            return
        self._given_up.add(use.name)
        self._raw(frame, start, use.after)

    def _macro(self, frame: Frame, start: int, after: int, macro: Macro) -> None:
        self.begin_use(frame, start, after, macro.name)
        frame.position = after
        values = self.arguments(macro)
        if values is None:
            if frame.depth:
                raise Abort(frame.owner)
            self._needs.clear()
            self._raw(frame, start, after)
            return
        if not values and not macro.prefix and macro.name.isalpha() and not self.math:
            self.skip_spaces()
        text = replacement(macro, values)
        if macro.final:
            self._needs.seen(len(self._groups))
            self._put_final(text)
            return
        if (need := self._needs.at(len(self._groups))) is not None:
            text = as_argument(self._with_its_arguments(text), need.script)
        self.push(text, frame.depth, macro.internal, macro.name)

    def _with_its_arguments(self, text: str) -> str:
        """A replacement that is a bare ``\\mathbf`` takes its arguments along, so that both can be braced."""
        count = MACRO_SPECS.get(text[1:], "") if text.startswith("\\") else ""
        for kind in count:
            if kind == "{" and (value := self.mandatory()) is not None:
                text += "{" + value + "}"
        return text

    def _put_final(self, text: str) -> None:
        """Text that is not read again."""
        if self._use is not None:
            self._extend(self._use)
        self.output.write(text)
        if text[0] == "\\":
            self.known_command(text[1:])


Handler = Callable[[Expander, Frame, int, int, str], bool]
"""Handles a command (expander, frame, its start, the end of its name, its name); false: nothing was done."""
