"""A second, cruder reading of the LaTeX: its words, by pylatexenc. It tells where pandoc dropped something."""

import re
from collections import Counter

from typlora.verify.blocks.text import words_of

# Arguments that are never words on the page; pylatexenc keeps arguments of macros it does not know.
_SILENT = re.compile(
    r"\\(?:label|ref|eqref|pageref|autoref|nameref|[cC]ref|vref|hyperref|cite\w*|[a-z]*cite[a-z]*|nocite|bibliography(?:style)?"
    r"|input|include|includegraphics|graphicspath|usepackage|documentclass|vspace|hspace|vskip|hskip|setlength|addtolength"
    r"|setcounter|addtocounter|pagestyle|thispagestyle|index|glossary|hypersetup|definecolor|color|bibitem|url|rule|vphantom"
    r"|hphantom|phantom|linespread|fontsize|selectfont|captionsetup|cmidrule|cline|addlinespace|specialrule|rowcolor|cellcolor"
    r"|columncolor|arrayrulecolor|newtheorem|theoremstyle|newcommand|renewcommand|providecommand|def|DeclareMathOperator"
    r"|lstset|setminted|geometry|addbibresource|numberwithin|allowdisplaybreaks|pgfplotsset|usetikzlibrary|tikzset"
    r"|includepdf|hyphenation|crefname|Crefname|qedhere|tag|date|markboth|addcontentsline|newlength|settowidth"
    r"|begin|end|multicolumn|multirow|resizebox|scalebox|raisebox|parbox|makebox|framebox|textcolor|colorbox|fcolorbox)"
    r"\*?(?:\s*\([^()]*\))?(?:\s*\[[^\[\]]*\])*(?:\s*\{[^{}]*\})?"
)
_COLUMNS = re.compile(
    r"\\begin\s*\{(?:tabular[xy*]?|longtable|array|tabularx|minipage|wrapfigure|multicols|tabulary)\*?\}"
    r"(?:\s*\[[^\[\]]*\])*(?:\s*\{(?:[^{}]|\{[^{}]*\})*\}){1,2}"
)
_VERBATIM = re.compile(
    r"\\begin\s*\{(verbatim|lstlisting|minted|Verbatim|tikzpicture|comment|algorithm\w*|filecontents)\*?\}.*?\\end\s*\{\1\*?\}",
    re.S,
)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_DIMENSION = re.compile(r"-?\d*\.?\d+(?:pt|em|ex|cm|mm|in|px|bp|mu)?")


def latex_words(latex: str) -> Counter[str]:
    """Words of running text (no formulas, no listings), as a multiset. Empty if pylatexenc gives up."""
    from pylatexenc.latex2text import LatexNodes2Text

    _, begin, body = latex.rpartition("\\begin{document}")
    text = _COMMENT.sub("", body if begin else latex)
    for pattern in (_VERBATIM, _COLUMNS, _SILENT):
        text = pattern.sub(" ", text)
    try:
        plain = LatexNodes2Text(
            math_mode="remove", keep_comments=False, strict_latex_spaces=False
        ).latex_to_text(text, tolerant_parsing=True)
    except (Exception, RecursionError):  # tolerant is not total: it has no answer for some broken input
        return Counter()
    return Counter(word for word in words_of(plain) if not _DIMENSION.fullmatch(word))
