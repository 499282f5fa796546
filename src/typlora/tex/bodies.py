"""The bodies of macros: cut at their parameters, and judged by what they need to be expanded."""

import re

from typlora.tex.lexer import line_end
from typlora.tex.macros import Macro

_CONTROL_WORD = re.compile(r"\\([A-Za-z@]+)")
_PRIMITIVES = frozenset(
    {
        "expandafter",
        "csname",
        "futurelet",
        "catcode",
        "afterassignment",
        "aftergroup",
        "setbox",
        "box",
        "copy",
    }
    | {
        "advance",
        "multiply",
        "count",
        "dimen",
        "toks",
        "loop",
        "read",
        "write",
        "immediate",
        "openout",
        "the",
    }
    | {
        "number",
        "romannumeral",
        "string",
        "meaning",
        "mathchar",
        "mathchardef",
        "chardef",
        "halign",
        "valign",
    }
    | {
        "noalign",
        "everypar",
        "mathpalette",
        "special",
        "if",
        "ifx",
        "ifnum",
        "ifdim",
        "ifcat",
        "ifcase",
        "ifodd",
    }
    | {
        "ifhmode",
        "ifvmode",
        "ifdefined",
        "ifcsname",
        "ooalign",
        "lower",
        "raise",
        "numexpr",
        "dimexpr",
        "detokenize",
    }
    | {
        "@startsection",
        "list",
        "trivlist",
        "newcount",
        "newdimen",
        "value",
        "the",
        "ifinner",
        "accent",
        "char",
    }
)


_NUMBER_STYLES = frozenset({"arabic", "roman", "Roman", "alph", "Alph", "fnsymbol"})
# A counter that takes the value of another: the writer of the document can do that.
_COPIES = re.compile(r"\\(?:set|addto)counter\s*\{[^{}]*\}\s*\{\s*\\value\s*\{[^{}]*\}\s*\}")
INSIDE_LEFT = "\\ifnum\\currentgrouptype=16"  # true between \left and \right; a known way to write \suchthat


def needs_machinery(macro: Macro) -> bool:
    """Whether a body computes with TeX's registers, boxes or tokens, which only TeX can do."""
    pieces = macro.body if macro.ending is None else (*macro.body, *macro.ending)
    return any(
        not _PRIMITIVES.isdisjoint(_CONTROL_WORD.findall(_COPIES.sub("", piece.replace(INSIDE_LEFT, ""))))
        for piece in pieces
        if isinstance(piece, str)
    )


def shows_number(macro: Macro) -> bool:
    """Whether it is a ``\\theequation``: how a counter is shown, which its writer must see."""
    words = {word for piece in macro.body if isinstance(piece, str) for word in _CONTROL_WORD.findall(piece)}
    return macro.name.startswith("the") and any(
        word in _NUMBER_STYLES or word.startswith("the") for word in words
    )


# In a class or package these mean that a command arranges pages and does not abbreviate text.
_LAYOUT = frozenset(
    {
        "newpage",
        "clearpage",
        "twocolumn",
        "onecolumn",
        "setkeys",
        "hrule",
        "vrule",
        "vskip",
        "hskip",
        "vspace",
    }
    | {"setlength", "addtolength", "setcounter", "global", "pagestyle", "thispagestyle", "def", "let", "gdef"}
)


def arranges_pages(macro: Macro) -> bool:
    """Whether a macro of a class or package is about layout or options, so that it is better left alone."""
    pieces = macro.body if macro.ending is None else (*macro.body, *macro.ending)
    for piece in pieces:
        if isinstance(piece, str):
            words = _CONTROL_WORD.findall(piece)
            if not _LAYOUT.isdisjoint(words) or piece.count("@") > sum(word.count("@") for word in words):
                return True
    return False


def body_pieces(text: str, count: int) -> tuple[str | int, ...]:
    """A body cut at its parameters ``#1`` ...; comments are dropped and ``##`` becomes ``#``."""
    text = without_comments(text)
    pieces: list[str | int] = []
    begun, position = 0, text.find("#")
    buffer = ""
    while position >= 0:
        following = text[position + 1 : position + 2]
        if following == "#":
            buffer += text[begun : position + 1]
            begun = position = position + 2
        elif following.isdigit() and following.isascii() and 1 <= int(following) <= count:
            if buffer or position > begun:
                pieces.append(buffer + text[begun:position])
            buffer = ""
            pieces.append(int(following))
            begun = position = position + 2
        else:
            position += 1
        position = text.find("#", position)
    if rest := buffer + text[begun:]:
        pieces.append(rest)
    return tuple(pieces)


def without_comments(text: str) -> str:
    """Without comments; as in TeX, one takes its newline and the blanks of the next line with it."""
    if "%" not in text:
        return text
    out: list[str] = []
    position = begun = 0
    while (position := text.find("%", position)) >= 0:
        backslashes = position
        while backslashes > begun and text[backslashes - 1] == "\\":
            backslashes -= 1
        if (position - backslashes) % 2:
            position += 1
            continue
        out.append(text[begun:position])
        position = line_end(text, position)
        while position < len(text) and text[position] in " \t":
            position += 1
        begun = position
    out.append(text[begun:])
    return "".join(out)
