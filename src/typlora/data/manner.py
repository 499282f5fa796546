"""How an author types: the same formula with or without needless braces, tight or airy.

A grammar writes one way; people write many. ``in_manner`` changes only what LaTeX does not see, so a
model learns to look past it.
"""

import random
import re

_TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|\s+|.", re.DOTALL)
_WORD = re.compile(r"\\[a-zA-Z]+\Z")
# A script in braces that needs none: one character or one command without arguments.
_LEAN = re.compile(
    r"([_^])\{([a-zA-Z0-9*]|\\(?:alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi"
    r"|pi|rho|sigma|tau|phi|varphi|chi|psi|omega|Omega|infty|top|dagger|prime|circ|ast|star|perp|times|ell))\}"
)
_AIRY = frozenset({
    "=", "+", "<", ">", "\\leq", "\\geq", "\\le", "\\ge", "\\in", "\\to", "\\neq", "\\subseteq", "\\cup",
    "\\cap", "\\sim", "\\approx", "\\equiv", "\\cong", "\\mid", "\\times", "\\cdot", "\\otimes", "\\oplus",
    "\\mapsto", "\\rightarrow", "\\implies", "\\iff", "\\Rightarrow",
})  # fmt: skip
# Spaces matter inside these, and so does everything in a picture of rows and columns.
_LEAVE = re.compile(r"\\(?:text|mbox|hbox|operatorname|tag|intertext|hspace|mspace|mkern|begin|color)")


def in_manner(latex: str, chance: random.Random) -> str:
    """``latex`` as another author would have typed it; what it shows stays the same."""
    lean, spacing = chance.random() < 0.6, chance.random()
    if lean:
        latex = _LEAN.sub(_unbraced, latex)
    if spacing < 0.35 and not _LEAVE.search(latex):
        return _airy(latex)
    return latex


def joined(left: str, right: str) -> str:
    """``left`` and ``right`` side by side, with a space where a command would run into a letter."""
    if right[:1].isalpha() and right[:1].isascii() and _WORD.search(left):
        return f"{left} {right}"
    return left + right


def _unbraced(match: re.Match[str]) -> str:
    mark, inside = match.groups()
    following = match.string[match.end() : match.end() + 1]
    gap = " " if inside.startswith("\\") and following.isalpha() else ""
    return f"{mark}{inside}{gap}"


def _airy(latex: str) -> str:
    """Spaces around relations and operators, as many authors type them; not inside scripts."""
    out: list[str] = []
    depth = 0
    previous = ""
    for match in _TOKEN.finditer(latex):
        token = match.group()
        if token in _AIRY and depth == 0 and previous not in {"_", "^", ""} and previous not in _AIRY:
            if not out[-1].endswith(" "):
                out.append(" ")
            out.append(token + " ")
        elif token.isspace() and out and out[-1].endswith(" "):
            continue
        else:
            out.append(token)
        depth += (token == "{") - (token == "}")
        previous = token if not token.isspace() else previous
    return "".join(out).strip()
