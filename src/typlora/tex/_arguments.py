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

from typlora.tex.lexer import Groups, groups, keys_end, skip_blank, word_end
from typlora.tex.wordlist import words

MAX_PROBLEMS = 200
# Arguments that TeX ends with the paragraph: keys, names and lengths, and titles of sections.
_KEYED = re.compile(r"[A-Za-z]*(?:[cC]ite[a-z]*|ref|label)")
_NAMED = words(
    """color pagecolor textcolor colorbox definecolor colorlet hspace vspace rule fontsize usepackage
    RequirePackage documentclass bibliography bibliographystyle addbibresource bibitem input include index url
    includegraphics stepcounter pagestyle thispagestyle pagenumbering path nolinkurl tabular longtable array
    minipage"""
)

_NAMED_TWICE = frozenset({"setlength", "addtolength", "setcounter", "addtocounter", "tabularx"})
_TITLES = words("part chapter section subsection subsubsection paragraph subparagraph")
_NEXT_GROUP = re.compile(r"\*?\s?(?:\[[^][{}]*\]\s?){0,2}\{")
_BRACKETS = re.compile(r"[{}\[\]]|\\.|%.*")


class ArgumentWalker(LatexWalker):  # type: ignore[misc]
    """Never raises on bad input; what is wrong goes to ``problems`` as (start, end, sentence)."""

    def __init__(self, text: str, database: Any) -> None:
        super().__init__(text, latex_context=database, tolerant_parsing=True)
        self.problems: list[tuple[int, int, str]] = []
        self._open: list[str] = []  # what closes the constructs around the place being read
        self._at_letter = False
        self._limits: dict[int, int] = {}  # braces that nobody closed, and where their groups end

    def note(self, start: int, end: int, message: str) -> None:
        """Record a problem, but not thousands of them."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append((start, end, message))

    def _look_ahead(self, word: str, start: int, after: int) -> None:
        """Keep an argument whose brace is forgotten from swallowing the text behind it."""
        title, twice = word in _TITLES, word in _NAMED_TWICE
        if not (title or twice or word in _NAMED or _KEYED.fullmatch(word)):
            return
        for _ in range(2 if twice else 1):
            if (before := _NEXT_GROUP.match(self.s, after)) is None:
                return
            brace = before.end() - 1
            if (limit := self._groups.limits.get(brace)) is not None:
                self._limits[brace] = limit if title else keys_end(self.s, brace)
                what = "it was ended at the blank line" if title else "it was ended behind its first word"
                self.note(start, brace + 1, f"the closing }} of {word} is missing; {what}")
                return
            after = self._groups.ends.get(brace, brace + 1)

    def _read(self, pos: int, state: Any, closer: str, opener: int) -> tuple[list[Any], int]:
        """Nodes up to ``closer``; see `Walker`."""
        raise NotImplementedError

    @cached_property
    def _groups(self) -> Groups:
        return groups(self.s)

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
