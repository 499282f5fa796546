"""LaTeX that stays visible in the output because nothing better could be proved to compile.

It is shown as raw text between backticks, so a person can read, search and edit it. A kept formula
stays an equation (``$ #[`\\foo`] $``): its label and number survive, and references to it still work.
"""

import re

_RUNS = re.compile(r"`+")
# Raw text within maths does not break at the margin: what is longer than a line becomes a block, which does.
_IN_A_LINE = 60
_HIGHLIGHTED = 5_000  # characters; highlighting costs 0.1 ms each, too much for a formula of 100 kB


def _fence(text: str) -> str:
    """A run of at least three backticks that does not occur in ``text``."""
    longest = max((len(run) for run in _RUNS.findall(text)), default=0)
    return "`" * max(3, longest + 1)


def raw_inline(latex: str) -> str:
    """Typst markup that shows ``latex`` within a line."""
    text = printable(" ".join(latex.split()))
    if not text:
        return ""
    if "`" not in text:
        return f"`{text}`"
    fence = _fence(text)
    return f"{fence} {text} {fence}"  # Typst trims one space on each side next to a backtick only


def raw_block(latex: str) -> str:
    """Typst markup that shows ``latex`` as a block of its own."""
    text = printable(latex).strip("\n")
    fence = _fence(text)
    language = "latex" if len(text) <= _HIGHLIGHTED else ""
    return f"{fence}{language}\n{text}\n{fence}"


def kept_formula(latex: str, display: bool) -> str:
    """The inside of ``$...$`` that shows ``latex``; an equation that is nothing but its source."""
    text = latex.strip()
    if len(text) > _IN_A_LINE or (display and "\n" in text):
        return f"#{'' if display else 'box'}[\n{raw_block(text)}\n]"
    return f"#[{raw_inline(text) or '` `'}]"


def printable(text: str) -> str:
    """Control characters (NUL and the like) become visible pictures; Typst would refuse or hide them."""
    return "".join(
        chr(0x2400 + ord(char)) if ord(char) < 32 and char not in "\n\t" else char
        for char in text.replace("\r\n", "\n").replace("\r", "\n")
    )
