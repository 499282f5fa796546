"""Text that is never interpreted: verbatim, comments, what is nested too deeply; see `_walker.py`."""

from typing import Any

from pylatexenc.latexwalker import LatexCharsNode, LatexCommentNode, LatexMacroNode  # noqa: TID253
from pylatexenc.macrospec import ParsedMacroArgs, ParsedVerbatimArgs  # noqa: TID253

from typlora.tex._arguments import ArgumentWalker
from typlora.tex.lexer import bracket_end, closer_end, line_end

MAX_DEPTH = 60  # nesting that is followed; what lies deeper stays one piece of text. Real papers reach 25.


class VerbatimWalker(ArgumentWalker):
    """Reads what stands in the text as it is."""

    def _chars(self, nodes: list[Any], state: Any, start: int, end: int) -> None:
        if start < end:
            nodes.append(
                self.make_node(
                    LatexCharsNode, parsing_state=state, chars=self.s[start:end], pos=start, len=end - start
                )
            )

    def _verbatim_command(
        self, nodes: list[Any], state: Any, word: str, start: int, after: int, end: int
    ) -> int:
        """``\\verb|..|``, ``\\url{..}`` and the like: the argument as it stands, in a characters node."""
        text = self.s
        first = end - 2
        delimiter = text[end - 1]
        opening = {"}": "{"}.get(delimiter, delimiter)
        if opening == "{":
            first = after
            while text[first] == "[":
                first = bracket_end(text, first)
            if word == "mintinline":
                first = text.index("}", first) + 1
        else:
            first = text.rindex(delimiter, after, end - 1)
        chars = self.make_node(
            LatexCharsNode,
            parsing_state=state,
            chars=text[first + 1 : end - 1],
            pos=first + 1,
            len=max(0, end - first - 2),
        )
        arguments = ParsedVerbatimArgs(chars, (opening, delimiter))
        if word == "href":
            shown, position, length = self.get_latex_expression(end, parsing_state=state)
            arguments = ParsedMacroArgs([chars, shown], "{{")
            end = position + length
        nodes.append(
            self.make_node(
                LatexMacroNode,
                parsing_state=state,
                macroname=word,
                nodeargd=arguments,
                macro_post_space="",
                nodeoptarg=None,
                nodeargs=[],
                pos=start,
                len=end - start,
            )
        )
        return end

    def _verbatim_environment(
        self, state: Any, name: str, start: int, pos: int
    ) -> tuple[Any, list[Any], int]:
        """Options (in ``argnlist``) and inside (one characters node), neither of them interpreted."""
        text = self.s
        options: list[Any] = []
        kinds = ""
        while pos < len(text) and text[pos] in "[{" and len(kinds) < 3:
            closing = bracket_end(text, pos, 2000) if text[pos] == "[" else text.find("}", pos, pos + 500) + 1
            if closing <= 0:
                break
            if text[pos] == "{" and name not in {
                "minted",
                "filecontents",
                "filecontents*",
                "VerbatimOut",
                "tcblisting",
            }:
                break
            node = self.make_node(
                LatexCharsNode,
                parsing_state=state,
                chars=text[pos + 1 : closing - 1],
                pos=pos + 1,
                len=closing - pos - 2,
            )
            options.append(node)
            kinds += text[pos]
            pos = closing
        closer = "\\end{" + name + "}"
        stop = text.find(closer, pos)
        end = stop + len(closer)
        if stop < 0:
            self.note(start, pos, f"the closing {closer} is missing; the text ends first")
            stop = end = len(text)
        inside: list[Any] = []
        self._chars(inside, state, pos, stop)
        return ParsedMacroArgs(options, kinds), inside, end

    def _comment(self, nodes: list[Any], state: Any, start: int) -> int:
        """A comment takes its newline and the blanks of the next line, unless that line is empty."""
        text = self.s
        end = line_end(text, start)
        stop = end - 1 if text[end - 1] == "\n" else end
        after = end
        while after < len(text) and text[after] in " \t":
            after += 1
        if stop == end or text.startswith("\n", after):
            after = stop
        nodes.append(
            self.make_node(
                LatexCommentNode,
                parsing_state=state,
                comment=text[start + 1 : stop],
                comment_post_space=text[stop:after],
                pos=start,
                len=after - start,
            )
        )
        return after

    def _read_flat(self, pos: int, state: Any, closer: str, opener: int) -> tuple[list[Any], int]:
        """What is nested too deeply: up to its closer, as one piece of text."""
        stop, end = closer_end(self.s, pos, closer)
        self.note(opener, opener + 1, f"more than {MAX_DEPTH} levels of nesting; the inside was not read")
        nodes: list[Any] = []
        self._chars(nodes, state, pos, stop)
        return nodes, end
