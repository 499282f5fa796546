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
from typlora.verify.blocks.names import names
from typlora.verify.blocks.pandoc_process import read_latex
from typlora.verify.blocks.pandoc_side import canonical_doc
from typlora.verify.blocks.walk import all_words, lower
from typlora.verify.blocks.words import latex_words

_BOXES = r"""
\newcommand{\fbox}[1]{#1}\newcommand{\framebox}[2][]{#2}\newcommand{\makebox}[2][]{#2}
\newcommand{\raisebox}[2]{#2}\newcommand{\resizebox}[3]{#3}\newcommand{\scalebox}[2]{#2}
\newcommand{\rotatebox}[3][]{#3}\newcommand{\colorbox}[2]{#2}\newcommand{\adjustbox}[2]{#2}
\newcommand{\quad}{\ }\newcommand{\qquad}{\ }\newcommand{\enspace}{\ }\newcommand{\thinspace}{\ }
\newcommand{\labelcref}[1]{\ref{#1}}\newcommand{\textbar}{|}
"""
_NEWTHEOREM = re.compile(
    r"\\newtheorem\*?\s*\{([^{}#@\\]+)\}\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}\s*(?:\[[^\]]*\])?"
)
BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\}"
# pandoc expands an operator to \mathop, which has limits where an operator has none.
_OPERATOR = re.compile(
    rf"\\DeclareMathOperator\s*(\*?)\s*(?:\{{\s*(\\[A-Za-z]+)\s*\}}|(\\[A-Za-z]+))\s*({BRACES})"
)
_VERBATIM = re.compile(r"\\begin\s*\{(verbatim\*?|Verbatim|lstlisting|minted|alltt)\}.*?\\end\s*\{\1\}", re.S)
_TABLE = re.compile(r"\\begin\s*\{(tabular[xy*]?|longtable|tabulary)\}.*?\\end\s*\{\1\}", re.S)
_STACK = re.compile(r"\\shortstack\s*(?:\[[^\]]*\])?\s*(\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})")
_LOGO = re.compile(r"\\((?:[A-Z][A-Za-z]*)TeX)(?![A-Za-z])")
_KNOWN_LOGOS = {"LaTeX", "BibTeX", "XeTeX", "LuaTeX", "XeLaTeX", "LuaLaTeX", "AmSTeX", "AMSTeX"}
# A document that changes how its headings look still has headings.
_RESTYLED = re.compile(
    r"\\(?:(?:re)?newcommand\*?\s*\{?\s*|def\s*)"
    r"\\(?:part|chapter|(?:sub)*section|(?:sub)?paragraph|maketitle|footnote|caption|cite[pt]?|ref|eqref|item)\s*\}?"
    rf"\s*(?:\[\d\])?(?:\[[^\]]*\])?(?:#\d)*\s*{BRACES}"
)
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
    (
        re.compile(
            r"\\[hv]rule(?![A-Za-z])(?:\s*(?:height|width|depth)\s*-?[\d.]*\s*(?:\\[A-Za-z]+|[a-z]{2}))*"
        ),
        " ",
    ),
    # pandoc takes a group that follows for an argument and drops it
    (re.compile(r"\\(?:noindent|indent|centering|raggedright|raggedleft|protect|sloppy)(?![A-Za-z])"), " "),
    (re.compile(r"\\(begin|end)\s*\{(?:sideways)?(figure|table)\*?\}"), r"\\\1{\2}"),
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
    return names().theorems | declared


def _prepare(unit: Unit, theorems: dict[str, str]) -> str:
    text = _RESTYLED.sub("", _STYLE.sub("", unit.macros + "\n" + unit.latex))
    text = _NEWTHEOREM.sub("", text)
    text = _OPERATOR.sub(_operator, text)
    logos = {name for name in _LOGO.findall(text) if name not in _KNOWN_LOGOS}
    logos -= {name for name in logos if re.search(rf"\\(?:newcommand\*?\s*\{{?\s*|def\s*)\\{name}\b", text)}
    pieces, position = [], 0
    for verbatim in _VERBATIM.finditer(text):
        pieces += [_rewritten(text[position : verbatim.start()]), verbatim[0]]
        position = verbatim.end()
    text = "".join([*pieces, _rewritten(text[position:])])
    # Style "definition": no italics over the whole text, so the emphasis that is left is the author's.
    declared = "".join(
        f"\\newtheorem{{{name}}}{{{head}}}\n"
        for name, head in theorems.items()
        if name != "proof" and f"{{{name}}}" in text
    )
    # A class draws its own name in ways that pandoc cannot follow: the name as letters.
    declared += "".join(f"\\newcommand{{\\{name}}}{{{name}}}\n" for name in sorted(logos))
    head = f"{_BOXES}\\theoremstyle{{definition}}\n{declared}"
    before, begin, after = text.partition("\\begin{document}")
    return f"{before}{head}{begin}{after}" if begin else head + text


def _operator(found: re.Match[str]) -> str:
    """A definition that pandoc expands to ``\\operatorname``."""
    return f"\\newcommand{{{found[2] or found[3]}}}{{\\operatorname{found[1]}{found[4]}}}"


def _rewritten(text: str) -> str:
    text = _TABLE.sub(_table, text)
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    return text


def _table(found: re.Match[str]) -> str:
    """A blank line between rows is nothing in LaTeX and a row for pandoc; so is a line of a stack."""
    text = re.sub(r"(\\\\(?:\s*\[[^\]]*\])?)[ \t]*\n\s*\n", r"\1\n", found[0])
    return _STACK.sub(lambda stack: stack[1][1:-1].replace("\\\\", " "), text)


def _blind(raw: Iterable[str], theorems: dict[str, str], latex: str) -> tuple[str, ...]:
    reasons: dict[str, None] = {}
    for piece in raw:
        environment = _ENVIRONMENT.match(piece)
        name = _NAME.match(piece)
        if environment:
            if environment[1] not in names().transparent and environment[1].rstrip("*") not in theorems:
                reasons[f"environment {environment[1]} is unknown to the reference"] = None
        elif name and name[1] not in names().harmless:
            reasons[f"\\{name[1]} is unknown to the reference"] = None
    if re.search(r"\\item\s*\[", latex) and re.search(r"\\begin\s*\{(?:itemize|enumerate)\}", latex):
        reasons["labels of single items are unknown to the reference"] = None
    return tuple(reasons)


def _dropped(words: Counter[str], blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Words that the cruder reading has and pandoc has not: at least three letters, to keep noise out."""
    lost = words - lower(all_words(blocks))
    shown = [word for word in lost if len(word) > 2 and word.isalpha()]
    return (f"the two readings of the LaTeX differ on: {', '.join(sorted(shown)[:8])}",) if shown else ()
