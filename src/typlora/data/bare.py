"""Formulas that data rows hold without delimiters, as the original project's rows do: ``\\int_0^1 x dx``.

Nothing but the text says what they are: TeX sets them only within mathematics ("Missing $ inserted").
"""

import re

from typlora.verify.texmath import symbols

# Names, addresses and words in their arguments say nothing about where the command stands.
_NAMED = re.compile(
    r"\\(?:label|(?:eq|page|auto|name|c|C)?ref|cite[a-z]*|url|path|includegraphics|input|include|texttt|verb"
    r"|text(?:rm|normal|bf|it|sf|up)?|mbox|hbox|operatorname|tag)\*?\s*(?:\[[^\]]*\])*\{[^{}]*\}"
)
_WORD = re.compile(r"\\([a-zA-Z]+)")
_INNER = re.compile(
    r"\\(?:begin|end)\s*\{(?:[pbBvV]?matrix|[pb]?smallmatrix|[dr]?cases|aligned|alignedat|gathered|split|array"
    r"|subarray|multlined)\*?\}"
)
_PROSE = re.compile(r"[^\W\d_]{3,}[\s,.;:]+[^\W\d_]{3,}|[\u3040-\u30ff\u4e00-\u9fff]|\n[ \t]*\n")
# What a text has and a formula cannot.
_TEXT_ONLY = re.compile(
    r"\\(?:begin|end|(?:sub)*section|(?:sub)?paragraph|chapter|part|item|caption|footnote|title|author|emph"
    r"|textbf|textit|texttt|centering|includegraphics|bibliography|cite[a-z]*|url|verb|usepackage"
    r"|documentclass|newcommand|hline|maketitle|par)(?![a-zA-Z])|(?<!\\)\$|\\[()\[\]]"
)
_SCRIPT = re.compile(r"(?<!\\)(?:\\\\)*[_^]")
_SUM = re.compile(r"[=<>+]")
_LONG = re.compile(r"[^\W\d_]{3}")
_COMMANDS = frozenset(
    {"frac", "dfrac", "tfrac", "cfrac", "sqrt", "binom", "operatorname", "mathop", "left", "right", "middle",
     "over", "not", "overset", "underset", "stackrel", "substack", "limits", "nolimits", "pmod", "bmod"}
).union(
    symbols.BIG, symbols.INTEGRALS, symbols.LIMIT_NAMES, symbols.PLAIN_NAMES, symbols.ACCENT_COMMANDS,
    symbols.FONTS, symbols.ARROW_COMMANDS, symbols.STYLES, symbols.DELIMITER_SIZES, symbols.BOLD_COMMANDS,
) - {"overline"}  # fmt: skip
_IN_TEXT_TOO = frozenset(
    ["S", "P", "dag", "ddag", "copyright", "pounds", "textbackslash", "ldots", "dots", "quad", "qquad",
     "space", "underline", "i", "j", "o", "O", "l", "L", "ae", "AE", "oe", "OE", "aa", "AA", "ss",
     "LaTeX", "TeX"]
)  # fmt: skip


def is_mathematics(latex: str) -> bool:
    """Whether ``latex``, which has no delimiters, can be nothing but the inside of one formula."""
    rest, environments = _INNER.subn(" ", latex)
    if _TEXT_ONLY.search(rest):
        return False
    rest = _NAMED.sub(" ", rest)
    words = _WORD.findall(rest)
    letters = _WORD.sub(" ", rest)
    if _PROSE.search(letters):
        return False
    if environments or _SCRIPT.search(letters) or any(map(_needs_mathematics, words)):
        return True
    return not words and bool(_SUM.search(letters)) and not _LONG.search(letters)


def _needs_mathematics(word: str) -> bool:
    return word in _COMMANDS or (word not in _IN_TEXT_TOO and symbols.character(word) is not None)
