"""A second, cruder reading of the LaTeX: its words, by pylatexenc. It tells what pandoc dropped."""

import re
from collections import Counter
from functools import cache

from typlora.verify.blocks.names import names
from typlora.verify.blocks.text import words_of

_COLUMNS = re.compile(
    r"\\begin\s*\{(?:tabular[xy*]?|longtable|array|tabularx|minipage|wrapfigure|multicols|tabulary)\*?\}"
    r"(?:\s*\[[^\[\]]*\])*(?:\s*\{(?:[^{}]|\{[^{}]*\})*\}){1,2}"
)
_VERBATIM = re.compile(
    r"\\begin\s*\{(verbatim|lstlisting|minted|Verbatim|tikzpicture|comment|algorithm\w*|filecontents)\*?\}.*?\\end\s*\{\1\*?\}",
    re.S,
)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_OPTIONS = r"\*?(?:\s*\([^()]*\))?(?:\s*\[[^\[\]]*\])*"
_ARGUMENT = r"(?:\s*\{[^{}]*\})"
_DIMENSION = re.compile(r"-?\d*\.?\d+(?:pt|em|ex|cm|mm|in|px|bp|mu)?")


@cache
def _silent() -> re.Pattern[str]:
    """pylatexenc keeps the arguments of macros that it does not know; these are never words on the page."""
    one = rf"\\(?:{'|'.join(names().silent)})(?![A-Za-z]){_OPTIONS}{_ARGUMENT}?"
    two = rf"\\(?:{'|'.join(names().silent_pairs)})(?![A-Za-z]){_OPTIONS}{_ARGUMENT}{{0,2}}"
    return re.compile(f"{two}|{one}")


def latex_words(latex: str) -> Counter[str]:
    """Words of running text in lower case (no formulas, no listings), as a multiset.

    Lower case, since pylatexenc shouts headings. Empty if it gives up.
    """
    from pylatexenc.latex2text import LatexNodes2Text

    _, begin, body = latex.rpartition("\\begin{document}")
    text = _COMMENT.sub("", body if begin else latex)
    for pattern in (_VERBATIM, _COLUMNS, _silent()):
        text = pattern.sub(" ", text)
    try:
        plain = LatexNodes2Text(
            math_mode="remove", keep_comments=False, strict_latex_spaces=False
        ).latex_to_text(text, tolerant_parsing=True)
    except (Exception, RecursionError):  # tolerant is not total: it has no answer for some broken input
        return Counter()
    return Counter(word for word in words_of(plain.lower()) if not _DIMENSION.fullmatch(word))
