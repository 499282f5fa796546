"""Overlays of beamer: the specifications ``<2->`` are taken out of the source before it is parsed.

Everything a frame shows at any time is shown at once, and each frame that had some is reported.
"""

import re
from bisect import bisect_right

from typlora.tex.lexer import group_end, skip_blank
from typlora.tex.source import Problem, SourceText

_COMMANDS = (
    "item only uncover visible invisible onslide alt temporal alert structure textbf textit textsl textrm "
    "textsf texttt emph color textcolor includegraphics footnote action label hyperlink hypertarget frame "
    "column bibitem note movie againframe transduration framezoom pause part section subsection "
    "subsubsection frametitle framesubtitle mode setcounter addtocounter beamerbutton"
)
_SPECIFICATION = r"<[^<>\n\\$&{}]{0,60}>"
_PLACE = re.compile(
    rf"(\\(?:{'|'.join(_COMMANDS.split())})(?![A-Za-z])\*?(?:\s*\[[^\]\n]*\])?"
    r"|\\begin\s*\{[A-Za-z]+\*?\}(?:\s*\[[^\]\n<]*\])?(?:\s*\{[^{}\n]*\})?)"
    rf"\s*({_SPECIFICATION}|\[\s*{_SPECIFICATION}\s*\])"
)
_IS_OVERLAY = re.compile(r"[\d+@|]|\b(?:handout|beamer|article|presentation|trans|second|all)\b")
_IS_MODE = re.compile(r"<\s*(?:presentation|beamer|all)\s*>")  # says nothing of a slide's steps
_FRAME = re.compile(r"\\begin\s*\{frame\}|\\frame(?![A-Za-z])")
_PAUSE = re.compile(r"\\pause(?![A-Za-z])")
_LINK = re.compile(r"(\\hyperlink[a-z]*\s*\{[^{}<>\n]*)(<[\d+-]{1,8}>)(?=\s*\})")
_BEAMER = re.compile(r"\\documentclass\s*(?:\[[^\]]*\])?\s*\{beamer\}")


def flatten_overlays(source: SourceText) -> tuple[SourceText, list[Problem]]:
    """The source without overlay specifications, and a problem for each frame that had some."""
    text = source.text
    if not _BEAMER.search(text[:20_000]):
        return source, []
    parts: list[SourceText] = []
    done = 0
    places = [found.start() for found in _PAUSE.finditer(text)]
    found_all = [*_PLACE.finditer(text), *_LINK.finditer(text)]
    for found in sorted(found_all, key=lambda found: found.start(2)):
        if found.start(2) >= done and _IS_OVERLAY.search(found[2]):
            parts.append(source.slice(done, found.start(2)))
            done = found.end(2)
            if found.re is _PLACE and not _IS_MODE.fullmatch(found[2]):
                places.append(found.start())
    frames = [found.start() for found in _FRAME.finditer(text)]
    told = sorted({frames[bisect_right(frames, place) - 1] if frames else 0 for place in places})
    reason = "overlays of this frame are shown all at once"
    problems = [Problem(source.span(at, at + len("\\begin{frame}")), reason) for at in told]
    if not parts:
        return source, problems
    return SourceText.join([*parts, source.slice(done, len(text))]), problems


IN_FORMULAS = (
    "only", "uncover", "visible", "invisible", "onslide", "action", "alert", "structure", "pause", "alt",
    "temporal",
)  # fmt: skip


def formula_cuts(text: str, start: int, name: str) -> list[tuple[int, int, str]]:
    """What to cut out of a formula, and what to put there, for an overlay command that begins at ``start``.

    Its argument stays a group unless it has rows or columns of the formula in it; alternatives stand with a
    slash between.
    """
    done = start + 1 + len(name)
    cuts = [(start, done, " ")]
    count = {"pause": 0, "alt": 2, "temporal": 3}.get(name, 1)
    for index in range(count):
        brace = skip_blank(text, done)
        stop = group_end(text, brace) if text[brace : brace + 1] == "{" else -1
        if stop < 0:
            break
        if index:
            cuts.append((done, brace, r"\;/\;"))
        elif re.search(r"&|\\\\", text[brace:stop]):
            cuts += [(brace, brace + 1, " "), (stop - 1, stop, " ")]
        done = stop
    return cuts
