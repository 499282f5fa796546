"""pylatexenc's walker, made fit for real and broken documents.

Nodes, argument parsing and the specification database are pylatexenc's. The loop that reads nodes is our
own for four reasons: the original takes one Python call a character and copies the rest of the text at each
``\\begin``, so a book takes quadratic time; its recursion has no limit; an environment that is not closed
swallows everything up to the end of the file; and it takes every Unicode letter into a control word, which
is wrong before Japanese text.

Only `parse.py` imports this module, inside a function, because pylatexenc is slow to import.
"""

import re
from typing import Any

from pylatexenc.latexwalker import (  # noqa: TID253
    LatexEnvironmentNode,
    LatexMacroNode,
    LatexMathNode,
    LatexSpecialsNode,
    LatexWalkerEndOfStream,
)
from pylatexenc.macrospec import ParsedMacroArgs  # noqa: TID253

from typlora.tex._verbatim import MAX_DEPTH, VerbatimWalker
from typlora.tex.lexer import (
    VERBATIM_COMMANDS,
    VERBATIM_ENVIRONMENTS,
    column_dollar,
    paired_dollar,
    skip_spaces,
    verbatim_end,
    word_end,
)
from typlora.tex.specs import DISPLAY_ENVIRONMENTS

_TEXT = re.compile(r"[\\{}$%&~]|``|''|---?|[!?]`")
_TEXT_BRACKET = re.compile(r"[\\{}$%&~\]]|``|''|---?|[!?]`")
_MATH = re.compile(r"[\\{}$%&~]|\n[ \t]*\n")
_MATH_BRACKET = re.compile(r"[\\{}$%&~\]]")
_CLOSERS = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}
_ENVIRONMENT_NAME = re.compile(r"[ \t]*\n?[ \t]*\{([^{}\\%$\n]{1,80})\}")


class Walker(VerbatimWalker):
    """Never raises on bad input; what is wrong goes to ``problems`` as (start, end, sentence)."""

    # The loop.

    def _read(self, pos: int, state: Any, closer: str, opener: int) -> tuple[list[Any], int]:
        """Nodes up to ``closer`` (consumed), or up to what closes something around it (left there).

        ``closer`` is ``}``, ``]``, a closing math delimiter, ``\\end{name}`` or empty for the whole text.
        ``opener`` is where the construct began, for messages.
        """
        if len(self._open) >= MAX_DEPTH:
            return self._read_flat(pos, state, closer, opener)
        self._open.append(closer)
        try:
            return self._loop(pos, state, closer, opener)
        finally:
            self._open.pop()

    def _loop(self, pos: int, state: Any, closer: str, opener: int) -> tuple[list[Any], int]:
        text = self.s
        size = self._limits.get(opener, len(text)) if closer == "}" else len(text)
        nodes: list[Any] = []
        bracket = closer == "]"
        if closer in _CLOSERS.values():
            stops = _MATH
        elif state.in_math_mode:
            stops = _MATH_BRACKET if bracket else _MATH
        else:
            stops = _TEXT_BRACKET if bracket else _TEXT
        begun = pos  # of the characters not yet in a node
        while True:
            found = stops.search(text, pos, size)
            stop = found.start() if found else size
            if found is None:
                self._chars(nodes, state, begun, size)
                if closer and size == len(text):
                    self.note(
                        opener, min(opener + 1, size), f"the closing {closer} is missing; the text ends first"
                    )
                return nodes, size
            mark = found.group()
            if mark[0] == "\n":
                if closer not in _CLOSERS.values():
                    pos = stop + 1
                    continue
                self._chars(nodes, state, begun, stop)
                self.note(
                    opener,
                    opener + 1,
                    f"the closing {closer} is missing; the formula was ended at the blank line",
                )
                return nodes, stop
            self._chars(nodes, state, begun, stop)
            if mark == closer and mark in "}]$":
                return nodes, found.end()
            if mark == "\\":
                done, pos = self._backslash(nodes, state, closer, opener, stop)
                if done:
                    return nodes, pos
            elif mark == "{":
                node, _, length = self.get_latex_braced_group(stop, parsing_state=state)
                nodes.append(node)
                pos = stop + length
            elif mark == "}":
                if "}" in self._open:
                    self._unclosed(closer, opener)
                    return nodes, stop
                self.note(stop, stop + 1, "a closing brace without an opening one was ignored")
                pos = stop + 1
            elif mark == "$":
                done, pos = self._dollar(nodes, state, closer, opener, stop)
                if done:
                    return nodes, pos
            elif mark == "%":
                pos = self._comment(nodes, state, stop)
            else:
                nodes.append(
                    self.make_node(
                        LatexSpecialsNode,
                        parsing_state=state,
                        specials_chars=mark,
                        nodeargd=None,
                        pos=stop,
                        len=len(mark),
                    )
                )
                pos = found.end()
            begun = pos

    def _unclosed(self, closer: str, opener: int) -> None:
        self.note(opener, opener + 1, f"the closing {closer} is missing")

    # Maths.

    def _dollar(self, nodes: list[Any], state: Any, closer: str, opener: int, start: int) -> tuple[bool, int]:
        text = self.s
        double = text.startswith("$$", start)
        if closer == "$$" and double:
            return True, start + 2
        if state.in_math_mode and closer == "}" and "$" in self._open and not paired_dollar(text, start):
            self._unclosed(closer, opener)
            return True, start
        if not state.in_math_mode and column_dollar(text, start):
            self._chars(nodes, state, start, start + 1)
            return False, start + 1
        delimiter = "$$" if double and not state.in_math_mode else "$"
        return False, self._math(nodes, state, delimiter, start)

    def _math(self, nodes: list[Any], state: Any, delimiter: str, start: int) -> int:
        closer = _CLOSERS[delimiter]
        inner = state.sub_context(in_math_mode=True, math_mode_delimiter=delimiter)
        inside, end = self._read(start + len(delimiter), inner, closer, start)
        nodes.append(
            self.make_node(
                LatexMathNode,
                parsing_state=state,
                displaytype="inline" if delimiter in {"$", "\\("} else "display",
                nodelist=inside,
                delimiters=(delimiter, closer),
                pos=start,
                len=end - start,
            )
        )
        return end

    # Control sequences.

    def _backslash(
        self, nodes: list[Any], state: Any, closer: str, opener: int, start: int
    ) -> tuple[bool, int]:
        """Handle what begins with a backslash; true when it ends the list being read."""
        text = self.s
        after = word_end(text, start, at_letter=self._at_letter)
        word = text[start + 1 : after]
        if word in {"(", "["}:
            return False, self._math(nodes, state, "\\" + word, start)
        if word in {")", "]"}:
            if closer == "\\" + word:
                return True, after
            if "\\" + word in self._open:
                self._unclosed(closer, opener)
                return True, start
            self.note(start, after, f"\\{word} without its beginning was ignored")
            return False, after
        if word in {"begin", "end"} and (name := _ENVIRONMENT_NAME.match(text, after)):
            environment = name.group(1).strip()
            if word == "begin" and environment == "document" and closer:
                # A brace forgotten in the preamble must not swallow the whole document.
                self._unclosed(closer, opener)
                return True, start
            if word == "begin":
                return False, self._environment(nodes, state, environment, start, name.end())
            closing = "\\end{" + environment + "}"
            if closer == closing:
                return True, name.end()
            if closing in self._open:
                self._unclosed(closer, opener)
                return True, start
            if environment in DISPLAY_ENVIRONMENTS and closer[5:-1] in DISPLAY_ENVIRONMENTS:
                # The author mixed up two displays; the text that follows is none of the formula.
                self.note(start, name.end(), f"{closing} was taken for the {closer} that is missing")
                return True, name.end()
            self.note(start, name.end(), f"{closing} without its beginning was ignored")
            return False, name.end()
        if word in VERBATIM_COMMANDS and (end := verbatim_end(text, start, word, after)) is not None:
            return False, self._verbatim_command(nodes, state, word, start, after, end)
        if word in {"makeatletter", "makeatother"}:
            self._at_letter = word == "makeatletter"
        return False, self._macro(nodes, state, word, start, after)

    def _macro(self, nodes: list[Any], state: Any, word: str, start: int, after: int) -> int:
        text = self.s
        self._look_ahead(word, start, after)
        spec = state.latex_context.get_macro_spec(word)
        arguments, end = ParsedMacroArgs(), after
        if spec is not None and spec.args_parser.argspec:
            arguments, end = self._arguments(spec, after, state)
        space = ""
        if end == after and word.isalpha():
            end = skip_spaces(text, after)
            space = text[after:end]
        nodes.append(
            self.make_node(
                LatexMacroNode,
                parsing_state=state,
                macroname=word,
                nodeargd=arguments,
                macro_post_space=space,
                nodeoptarg=None,
                nodeargs=[],
                pos=start,
                len=end - start,
            )
        )
        return end

    def _arguments(self, spec: Any, pos: int, state: Any) -> tuple[Any, int]:
        try:
            arguments, first, length = spec.args_parser.parse_args(w=self, pos=pos, parsing_state=state)
        except LatexWalkerEndOfStream:
            return ParsedMacroArgs(), pos
        return arguments, first + length

    # Environments.

    def _environment(self, nodes: list[Any], state: Any, name: str, start: int, pos: int) -> int:
        self._look_ahead(name, start, pos)
        spec = state.latex_context.get_environment_spec(name)
        arguments: Any = ParsedMacroArgs()
        inner = state
        if name in VERBATIM_ENVIRONMENTS:
            arguments, inside, end = self._verbatim_environment(state, name, start, pos)
        else:
            if spec is not None and spec.args_parser.argspec:
                arguments, pos = self._arguments(spec, pos, state)
            if spec is not None and spec.is_math_mode:
                inner = state.sub_context(in_math_mode=True, math_mode_delimiter="{" + name + "}")
            inside, end = self._read(pos, inner, "\\end{" + name + "}", start)
        nodes.append(
            self.make_node(
                LatexEnvironmentNode,
                parsing_state=state,
                environmentname=name,
                nodelist=inside,
                nodeargd=arguments,
                optargs=[],
                args=[],
                pos=start,
                len=end - start,
            )
        )
        return end
