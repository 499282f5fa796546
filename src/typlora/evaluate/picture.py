"""A second opinion that shares nothing with the verifier: both sides typeset, glyphs and places compared.

    opinions = compare_pictures(pairs, pool)        # pairs of (latex, display, typst)

LaTeX is typeset by ``pdflatex`` in Computer Modern, Typst in New Computer Modern Math, which is drawn after
it, so letters, sizes and baselines nearly coincide; glyphs are read from both PDFs with ``pdfminer``. It is
rough: rules (fraction bars, roots, overlines) are not seen, and pieces of growing delimiters only as there
or not. It is used on samples, to find faults of the verifier; nothing else needs it or TeX.
"""

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from statistics import median

from typlora.errors import ConfigError
from typlora.evaluate.glyphs import Glyph, glyph_pages
from typlora.verify.compiler import CompilerPool

SHIFT = (
    0.5  # em: scripts behind tall things stand up to 0.45 em apart, a limit for a script or sub for sup more
)
LARGE = 0.85  # above it a glyph has text size, below it script size (0.7)
SECONDS = 300.0
_PREAMBLE = r"""\documentclass[10pt]{article}
\usepackage[utf8]{inputenc}
\usepackage[paperwidth=90cm,paperheight=60cm,margin=2cm]{geometry}
\usepackage{amsmath,amssymb,mathtools,mathrsfs,bm}
\newcommand\maybe[1]{\IfFileExists{#1.sty}{\usepackage{#1}}{}}
\maybe{cancel}\maybe{stmaryrd}\maybe{xcolor}\maybe{upgreek}
\input{glyphtounicode}\pdfgentounicode=1
\pagestyle{empty}\parindent=0pt
\begin{document}
"""
_TYPST = """#set page(width: 90cm, height: 60cm, margin: 2cm)
#set text(font: "New Computer Modern", size: 10pt)
#set math.equation(numbering: none)
#show math.equation: set text(font: "New Computer Modern Math")
"""
# Grow by pieces or variants: only whether they are there is compared.
_GROWING = set("()[]{}|‖⟨⟩⌊⌋⌈⌉√∑∏∫∬∭∮⋃⋂⨁⨂⋁⋀∐⏞⏟⎛⎜⎝⎞⎟⎠⎡⎢⎣⎤⎥⎦⎧⎨⎩⎪⎫⎬⎭∥∣/\\˜ˆ¯ˇ˘´`˙¨⃗→←↔⇒⇐⇔↦↪↩⟶⟵⟷⟺⟼⇝—–-−⁀‿")
_MARK = "TYPLORAPAGE"


class Opinion(StrEnum):
    """What the pictures say. ``UNREADABLE``: one side could not be typeset or its glyphs have no names."""

    SAME = "same"
    GLYPHS = "other glyphs"
    PLACES = "other places"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Picture:
    """The opinion on one pair, and what differs."""

    opinion: Opinion
    detail: str = ""


def has_tex() -> bool:
    """Whether the LaTeX side can be typeset here."""
    return shutil.which("pdflatex") is not None


def compare_pictures(pairs: Sequence[tuple[str, bool, str]], pool: CompilerPool) -> list[Picture]:
    """An opinion on each ``(latex, display, typst)``. Raises ``ConfigError`` without TeX or pdfminer."""
    left = latex_glyphs([(latex, display) for latex, display, _ in pairs])
    right = typst_glyphs([(typst, display) for _, display, typst in pairs], pool)
    lines = [not re.search(r"\\(?:\\|cr\b|atop|substack)", latex) for latex, _, _ in pairs]
    return [compare(*sides) for sides in zip(left, right, lines, strict=True)]


def compare(left: Sequence[Glyph] | str, right: Sequence[Glyph] | str, one_line: bool = True) -> Picture:
    """The opinion on two lists of glyphs; a text instead of glyphs says why there are none.

    Without ``one_line`` places are not compared: the two space their lines differently.
    """
    if isinstance(left, str):
        return Picture(Opinion.UNREADABLE, f"LaTeX: {left}")
    if isinstance(right, str):
        return Picture(Opinion.UNREADABLE, f"Typst: {right}")
    ours, theirs = ([one for one in side if one.char not in _GROWING] for side in (left, right))
    wanted, found = Counter(map(_name, ours)), Counter(map(_name, theirs))
    if wanted != found:
        return Picture(Opinion.GLYPHS, _unlike(wanted, found))
    wanted, found = Counter(map(_sized, ours)), Counter(map(_sized, theirs))
    if wanted != found:
        return Picture(Opinion.PLACES, _unlike(wanted, found))
    moved = _moved(ours, theirs) if one_line else ""
    return Picture(Opinion.PLACES, moved) if moved else Picture(Opinion.SAME)


def _unlike(wanted: Counter[str], found: Counter[str]) -> str:
    missing, added = " ".join((wanted - found).elements()), " ".join((found - wanted).elements())
    return f"missing {missing or 'nothing'}; added {added or 'nothing'}"


def _name(glyph: Glyph) -> str:
    return f"{glyph.char}/{glyph.style}" if glyph.style else glyph.char


def _sized(glyph: Glyph) -> str:
    """With its size: text 1, script 0.7, script of script 0.5."""
    size = "" if glyph.size > LARGE else " in script size" if glyph.size > 0.6 else " in smallest size"
    return _name(glyph) + size


def _moved(left: Sequence[Glyph], right: Sequence[Glyph]) -> str:
    """The first glyph that stands at another height."""
    ours, theirs = _centred(left), _centred(right)
    pairs = _paired(ours, theirs)
    if not pairs:
        return ""
    # Which line is the base line is not told: half of the glyphs in text size must agree on it.
    large = [pair for pair in pairs if pair[0].size > LARGE] or pairs
    shift = median(other.y - one.y for one, other in large)
    for one, other in pairs:
        if abs(other.y - one.y - shift) > SHIFT:
            return f"{one.char} at height {one.y:+.2f} em became {other.y - shift:+.2f} em"
    return ""


def _centred(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Heights from the middle glyph of text size, and x from the leftmost."""
    if not glyphs:
        return []
    large = [one.y for one in glyphs if one.size > LARGE] or [one.y for one in glyphs]
    x, y = min(one.x for one in glyphs), median(large)
    return [replace(one, x=one.x - x, y=one.y - y) for one in glyphs]


def _paired(left: Sequence[Glyph], right: Sequence[Glyph]) -> list[tuple[Glyph, Glyph]]:
    """Each glyph with the like one that stands nearest; x counts as a share of the width."""
    width = [max((one.x for one in side), default=0.0) or 1.0 for side in (left, right)]
    waiting: dict[str, list[Glyph]] = {}
    for other in right:
        waiting.setdefault(_sized(other), []).append(other)
    pairs: list[tuple[Glyph, Glyph]] = []
    for one in sorted(left, key=lambda glyph: glyph.x):
        group = waiting[_sized(one)]
        costs = [
            abs(one.y - other.y) + width[0] * abs(one.x / width[0] - other.x / width[1]) for other in group
        ]
        pairs.append((one, group.pop(costs.index(min(costs)))))
    return pairs


def latex_glyphs(formulas: Sequence[tuple[str, bool]]) -> list[list[Glyph] | str]:
    """Glyphs of each formula by pdflatex; a text where TeX reports an error or glyphs have no names."""
    if not has_tex():
        raise ConfigError("pdflatex is not installed; the picture check needs a TeX installation")
    pages = "".join(
        f"\\typeout{{{_MARK} {number} \\thepage}}\n{_latex(latex, display)}\n\\newpage\n"
        for number, (latex, display) in enumerate(formulas)
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "all.tex").write_text(_PREAMBLE + pages + "\\end{document}\n", encoding="utf-8")
        command = ["pdflatex", "-interaction=nonstopmode", "-no-shell-escape", "all.tex"]
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=SECONDS, check=False)
        log = done.stdout.decode("utf-8", "replace")
        pdf = Path(folder, "all.pdf")
        found = list(glyph_pages(pdf.read_bytes())) if pdf.is_file() else []
    parts = re.split(rf"^{_MARK} (\d+) (\d+)$", log, flags=re.MULTILINE)
    told = {
        int(n): (int(page), part) for n, page, part in zip(*(parts[i::3] for i in (1, 2, 3)), strict=True)
    }
    return [_one_page(number, told, found) for number in range(len(formulas))]


def _one_page(
    number: int, told: dict[int, tuple[int, str]], found: list[list[Glyph] | str]
) -> list[Glyph] | str:
    """The page of a formula, or why it cannot be used."""
    if number not in told:
        return "TeX stopped before it"
    page, log = told[number]
    if bad := re.search(r"^! (.*)$", log, re.MULTILINE):
        return bad.group(1)[:80]
    following = told.get(number + 1, (page + 1, ""))[0]
    if following != page + 1 or page > len(found):
        return "it does not fit on a page"
    return found[page - 1]


def _latex(latex: str, display: bool) -> str:
    from typlora.data.delimiters import wrap_latex

    text = wrap_latex(latex, display)
    return (
        re.sub(r"\\begin\{(align|gather|multline|flalign|alignat|eqnarray)\}", r"\\begin{\1*}", text)
        .replace("\\end{align}", "\\end{align*}")
        .replace("\\end{gather}", "\\end{gather*}")
        .replace("\\end{multline}", "\\end{multline*}")
        .replace("\\end{flalign}", "\\end{flalign*}")
        .replace("\\end{alignat}", "\\end{alignat*}")
        .replace("\\end{eqnarray}", "\\end{eqnarray*}")
    )


def typst_glyphs(formulas: Sequence[tuple[str, bool]], pool: CompilerPool) -> list[list[Glyph] | str]:
    """Glyphs of each formula by Typst; a text where it does not compile."""
    sources = [_TYPST + (f"$ {typst}\n$" if display else f"${typst.strip()}$") for typst, display in formulas]
    out: list[list[Glyph] | str] = []
    for compiled in pool.compile_many(sources, "pdf"):
        if not compiled.ok:
            out.append(compiled.error[:80])
            continue
        out.append(next(iter(glyph_pages(compiled.pages[0])), "no page"))
    return out
