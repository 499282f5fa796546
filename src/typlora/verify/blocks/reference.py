"""The reference: what a block of LaTeX says, read by pandoc and never by our own writers.

pandoc gets help where it is known to drop text: boxes are defined away, theorem environments declared,
rules inside tables removed. What it still does not understand makes the reference *blind*: then equality
is not claimed (``Outcome.UNKNOWN``).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from typlora.tex.unit import Unit
from typlora.verify.blocks.model import Block, Doc
from typlora.verify.blocks.pandoc_process import read_latex
from typlora.verify.blocks.pandoc_side import canonical_doc
from typlora.verify.blocks.walk import all_words
from typlora.verify.blocks.words import latex_words

THEOREMS = {
    **{name: "Theorem" for name in ("theorem", "thm", "theo", "Theorem", "Thm", "teo")},
    **{name: "Lemma" for name in ("lemma", "lem", "Lemma", "lma")},
    **{name: "Proposition" for name in ("proposition", "prop", "Proposition", "Prop", "propo")},
    **{name: "Corollary" for name in ("corollary", "cor", "Corollary", "coro", "corol")},
    **{name: "Definition" for name in ("definition", "defn", "dfn", "defi", "Definition", "defin")},
    **{name: "Example" for name in ("example", "exmp", "exam", "Example", "ex", "eg")},
    **{name: "Remark" for name in ("remark", "rem", "rmk", "Remark", "rmrk")},
    **{name: name.title() for name in ("claim", "conjecture", "axiom", "exercise", "problem", "assumption", "fact",
                                       "observation", "question", "notation", "property", "hypothesis", "case")},
    "conj": "Conjecture",
    "exer": "Exercise",
    "proof": "Proof",
}  # fmt: skip
_BOXES = r"""
\newcommand{\fbox}[1]{#1}\newcommand{\framebox}[2][]{#2}\newcommand{\makebox}[2][]{#2}
\newcommand{\raisebox}[2]{#2}\newcommand{\resizebox}[3]{#3}\newcommand{\scalebox}[2]{#2}
\newcommand{\rotatebox}[3][]{#3}\newcommand{\colorbox}[2]{#2}\newcommand{\adjustbox}[2]{#2}
\newcommand{\quad}{\ }\newcommand{\qquad}{\ }\newcommand{\enspace}{\ }\newcommand{\thinspace}{\ }
"""
_NEWTHEOREM = re.compile(r"\\newtheorem\*?\s*\{([^{}]+)\}\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}\s*(?:\[[^\]]*\])?")
_STYLE = re.compile(r"\\theoremstyle\s*\{[^{}]*\}")
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}|\blabel\s*=\s*\{?([^\s,{}\]\\]+)\}?(?=[^\n]*\]\s*$)", re.M)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*\n?")
_REWRITES = (
    (re.compile(r"\\(?:cmidrule|cline)\s*(?:\([^()]*\))?\s*(?:\[[^\]]*\])?\s*\{[^{}]*\}"), " "),
    (re.compile(r"\\(?:addlinespace|morecmidrules)\s*(?:\[[^\]]*\])?"), " "),
    (re.compile(r"\\begin\s*\{multicols\*?\}\s*\{[^{}]*\}|\\end\s*\{multicols\*?\}"), "\n\n"),
    (re.compile(r"\\begin\s*\{thebibliography\}\s*\{[^{}]*\}"), r"\\begin{itemize}"),
    (re.compile(r"\\end\s*\{thebibliography\}"), r"\\end{itemize}"),
    (re.compile(r"\\bibitem\s*(?:\[[^\]]*\])?\s*\{[^{}]*\}"), r"\\item "),
    (re.compile(r"\\newblock\b"), " "),
)
# Nothing of these is on the page, or the reader has other ways to see it (references).
_HARMLESS = set(
    ["label", "ref", "eqref", "cref", "Cref", "autoref", "ref*", "vref", "hyperref", "noindent", "indent", "par", "centering", "raggedright", "raggedleft", "vspace", "vspace*", "hspace", "hspace*", "vskip", "hskip", "smallskip", "medskip", "bigskip", "vfill", "hfill", "newpage", "clearpage", "cleardoublepage", "pagebreak", "nopagebreak", "linebreak", "newline", "quad", "qquad", "enspace", "thinspace", "index", "setlength", "addtolength", "setcounter", "addtocounter", "small", "footnotesize", "scriptsize", "tiny", "normalsize", "large", "Large", "LARGE", "huge", "Huge", "selectfont", "fontsize", "normalfont", "bf", "it", "rm", "sf", "tt", "em", "sl", "sc", "bfseries", "itshape", "rmfamily", "sffamily", "ttfamily", "upshape", "slshape", "scshape", "mdseries", "hline", "toprule", "midrule", "bottomrule", "cmidrule", "cline", "addlinespace", "rowcolor", "cellcolor", "arraystretch", "tabcolsep", "protect", "maketitle", "tableofcontents", "appendix", "frontmatter", "mainmatter", "backmatter", "nocite", "bibliographystyle", "pagestyle", "thispagestyle", "allowbreak", "nobreak", "relax", "phantomsection", "qedhere", "qed", "pagenumbering", "sloppy", "fussy", "color", "definecolor", "hypersetup", "captionsetup", "item", "newtheorem", "newtheorem*", "theoremstyle", "usepackage", "documentclass", "nonumber", "notag", "displaystyle", "textstyle", "protect", "ignorespaces", "unskip", "strut", "null", "leavevmode", "boldmath", "graphicspath", "numberwithin", "allowdisplaybreaks", "footnotemark", "setstretch", "singlespacing", "doublespacing", "onehalfspacing", "flushbottom", "raggedbottom", "balance", "FloatBarrier", "hyphenation", "/", "@", ",", ";", "!", ":", "-", "(", ")", "[", "]", ">", "@addtoreset"]
)
_TRANSPARENT = set(
    ["center", "flushleft", "flushright", "minipage", "document", "small", "footnotesize", "scriptsize", "tiny", "normalsize", "large", "Large", "quote", "quotation", "verse", "itemize", "enumerate", "description", "figure", "figure*", "table", "table*", "wrapfigure", "subfigure", "subtable", "abstract", "titlepage", "sloppypar", "singlespace", "landscape", "tabular", "appendices", "raggedright", "spacing", "threeparttable", "tabular*", "tabularx", "longtable"]
)
_NAME = re.compile(r"\s*\\([A-Za-z@]+\*?|.)", re.S)
_ENVIRONMENT = re.compile(r"\s*\\begin\{([^}]*)\}\s*$")


@dataclass(frozen=True, slots=True)
class Reference:
    """``doc`` is None where pandoc gave up: ``error`` says why. ``words`` is the cruder second reading."""

    doc: Doc | None
    words: Counter[str]
    error: str = ""


def references(units: Sequence[Unit]) -> list[Reference]:
    """The reference of each unit, all read by one process."""
    theorems = [_theorems(unit) for unit in units]
    readings = read_latex([_prepare(unit, known) for unit, known in zip(units, theorems, strict=True)])
    found: list[Reference] = []
    for unit, known, reading in zip(units, theorems, readings, strict=True):
        words = latex_words(unit.latex)
        if reading.error:
            found.append(Reference(None, words, reading.error))
            continue
        doc = canonical_doc(reading, known)
        labels = labels_in(unit.latex) | set(unit.labels)
        places = {label: place for label, place in doc.places.items() if label in labels}
        blind = _blind(reading.raw, known, unit.latex) + _dropped(words, doc.blocks)
        found.append(Reference(replace(doc, labels=frozenset(labels), places=places, blind=blind), words))
    return found


def labels_in(latex: str) -> set[str]:
    """Keys of ``\\label`` and of ``label=`` in the options of a listing."""
    return {first or second for first, second in _LABEL.findall(_COMMENT.sub("\n", latex))}


def _theorems(unit: Unit) -> dict[str, str]:
    declared = {name: head for name, head in _NEWTHEOREM.findall(unit.macros + unit.latex)}
    return THEOREMS | declared


def _prepare(unit: Unit, theorems: dict[str, str]) -> str:
    text = _STYLE.sub("", unit.macros + "\n" + unit.latex)
    text = _NEWTHEOREM.sub("", text)
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    # Style "definition": no italics over the whole text, so the emphasis that is left is the author's.
    declared = "".join(
        f"\\newtheorem{{{name}}}{{{head}}}\n"
        for name, head in theorems.items()
        if name != "proof" and f"{{{name}}}" in text
    )
    head = f"{_BOXES}\\theoremstyle{{definition}}\n{declared}"
    before, begin, after = text.partition("\\begin{document}")
    return f"{before}{head}{begin}{after}" if begin else head + text


def _blind(raw: Iterable[str], theorems: dict[str, str], latex: str) -> tuple[str, ...]:
    reasons: dict[str, None] = {}
    for piece in raw:
        environment = _ENVIRONMENT.match(piece)
        name = _NAME.match(piece)
        if environment:
            if environment[1] not in _TRANSPARENT and environment[1].rstrip("*") not in theorems:
                reasons[f"environment {environment[1]} is unknown to the reference"] = None
        elif name and name[1] not in _HARMLESS:
            reasons[f"\\{name[1]} is unknown to the reference"] = None
    if re.search(r"\\item\s*\[", latex) and re.search(r"\\begin\s*\{(?:itemize|enumerate)\}", latex):
        reasons["labels of single items are unknown to the reference"] = None
    return tuple(reasons)


def _dropped(words: Counter[str], blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Words that the cruder reading has and pandoc has not: at least three letters, to keep noise out."""
    lost = words - all_words(blocks)
    shown = [word for word in lost if len(word) > 2 and word.isalpha()]
    return (f"the two readings of the LaTeX differ on: {', '.join(sorted(shown)[:8])}",) if shown else ()
