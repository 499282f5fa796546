"""How arguments are read: what pylatexenc's argument parsers ask of a walker; see `_walker.py`."""

import re
from functools import cached_property
from typing import Any

from pylatexenc.latexwalker import (  # noqa: TID253
    LatexCharsNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexToken,
    LatexWalker,
    LatexWalkerEndOfStream,
)
from pylatexenc.macrospec import ParsedMacroArgs  # noqa: TID253

from typlora.tex.lexer import runaway_keys, skip_blank, word_end

MAX_PROBLEMS = 200
_KEYED = re.compile(r"[A-Za-z]*(?:[cC]ite[a-z]*|ref|label)")
_BEFORE_KEYS = re.compile(r"\*?\s?(?:\[[^][{}]*\]\s?){0,2}\{")
_BRACKETS = re.compile(r"[{}\[\]]|\\.|%.*")


class ArgumentWalker(LatexWalker):  # type: ignore[misc]
    """Never raises on bad input; what is wrong goes to ``problems`` as (start, end, sentence)."""

    def __init__(self, text: str, database: Any) -> None:
        super().__init__(text, latex_context=database, tolerant_parsing=True)
        self.problems: list[tuple[int, int, str]] = []
        self._open: list[str] = []  # what closes the constructs around the place being read
        self._at_letter = False
        self._cut: dict[int, int] = {}  # braces of keys that nobody closed, and where the keys end

    def note(self, start: int, end: int, message: str) -> None:
        """Record a problem, but not thousands of them."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append((start, end, message))

    def _look_at_keys(self, word: str, start: int, after: int) -> None:
        """Keep keys whose brace is forgotten from swallowing the text behind them."""
        if not _KEYED.fullmatch(word) or (before := _BEFORE_KEYS.match(self.s, after)) is None:
            return
        brace = before.end() - 1
        if (stop := runaway_keys(self.s, brace)) is not None:
            self._cut[brace] = stop
            self.note(start, after, f"the closing }} of \\{word} is missing; only its keys were taken")

    def _read(self, pos: int, state: Any, closer: str, opener: int) -> tuple[list[Any], int]:
        """Nodes up to ``closer``; see `Walker`."""
        raise NotImplementedError

    @cached_property
    def _closed_brackets(self) -> set[int]:
        """Offsets of the ``[`` that are closed in their group; one pass for all keeps the time linear."""
        closed: set[int] = set()
        stack: list[int] = []  # offsets of open brackets, -1 for an open brace
        for found in _BRACKETS.finditer(self.s):
            mark = found.group()
            if mark == "[":
                stack.append(found.start())
            elif mark == "{":
                stack.append(-1)
            elif mark == "]":
                while stack and stack[-1] >= 0:
                    closed.add(stack.pop())
            elif mark == "}":
                while stack and stack.pop() >= 0:
                    pass
        return closed

    # What pylatexenc's argument parsers call.

    def get_token(self, pos: int, include_brace_chars: Any = None, **_: Any) -> Any:
        """The next token of an argument list: blanks, comments and single newlines before it are skipped."""
        text = self.s
        pos = skip_blank(text, pos)
        if pos >= len(text):
            raise LatexWalkerEndOfStream()
        character = text[pos]
        if character == "\\":
            end = word_end(text, pos, at_letter=self._at_letter)
            return LatexToken("macro", text[pos + 1 : end], pos, end - pos, "")
        if character == "{" or (character == "[" and include_brace_chars):
            return LatexToken("brace_open", character, pos, 1, "")
        if character == "}":
            return LatexToken("brace_close", character, pos, 1, "")
        return LatexToken("char", character, pos, 1, "")

    def get_latex_expression(self, pos: int, strict_braces: Any = None, parsing_state: Any = None) -> Any:
        """One mandatory argument; an empty piece of text where there is none."""
        state = parsing_state or self.make_parsing_state()
        try:
            token = self.get_token(pos)
        except LatexWalkerEndOfStream:
            token = None
        if token is not None and token.tok == "brace_open":
            return self.get_latex_braced_group(token.pos, parsing_state=state)
        missing = (
            token is None or token.tok == "brace_close" or token.arg in {"\n", "end", "begin", "par", "&"}
        )
        if token is None or missing or (token.tok == "char" and token.arg in self._open[-1:]):
            return self._mknodeposlen(LatexCharsNode, parsing_state=state, chars="", pos=pos, len=0)
        if token.tok == "macro":
            return self._mknodeposlen(
                LatexMacroNode,
                parsing_state=state,
                macroname=token.arg,
                nodeargd=ParsedMacroArgs(),
                macro_post_space="",
                nodeoptarg=None,
                nodeargs=None,
                pos=token.pos,
                len=token.len,
            )
        return self._mknodeposlen(
            LatexCharsNode, parsing_state=state, chars=token.arg, pos=token.pos, len=token.len
        )

    def get_latex_maybe_optional_arg(self, pos: int, parsing_state: Any = None) -> Any:
        """An argument in brackets that are closed before the enclosing group is, or ``None``."""
        start = skip_blank(self.s, pos)
        if not self.s.startswith("[", start) or start not in self._closed_brackets:
            return None
        return self.get_latex_braced_group(start, brace_type="[", parsing_state=parsing_state)

    def get_latex_braced_group(self, pos: int, brace_type: str = "{", parsing_state: Any = None) -> Any:
        """A group; one that is never closed ends where what surrounds it ends."""
        state = parsing_state or self.make_parsing_state()
        closer = {"{": "}", "[": "]"}[brace_type]
        if (end := self._cut.get(pos, -1)) >= 0:
            keys = self.make_node(
                LatexCharsNode,
                parsing_state=state,
                chars=self.s[pos + 1 : end],
                pos=pos + 1,
                len=end - pos - 1,
            )
            nodes = [keys]
        else:
            nodes, end = self._read(pos + 1, state, closer, pos)
        return self._mknodeposlen(
            LatexGroupNode,
            nodelist=nodes,
            parsing_state=state,
            delimiters=(brace_type, closer),
            pos=pos,
            len=end - pos,
        )

    def get_latex_nodes(self, pos: int = 0, parsing_state: Any = None, **_: Any) -> Any:
        """All nodes from ``pos`` to the end."""
        nodes, end = self._read(pos, parsing_state or self.make_parsing_state(), "", pos)
        return nodes, pos, end - pos
