"""Overlays of beamer: the specifications ``<2->`` are taken out of the source before it is parsed.

Everything a frame shows at any time is shown at once, and each frame that had some is reported.
"""

import re
from bisect import bisect_right

from typlora.tex.source import Problem, SourceText

_COMMANDS = (
    "item only uncover visible invisible onslide alt temporal alert structure textbf textit textsl textrm "
    "textsf texttt emph color textcolor includegraphics footnote action label hyperlink hypertarget frame "
    "column bibitem note movie againframe transduration framezoom pause"
)
_SPECIFICATION = r"<[^<>\n\\$&{}]{0,60}>"
_PLACE = re.compile(
    rf"(\\(?:{'|'.join(_COMMANDS.split())})(?![A-Za-z])\*?(?:\s*\[[^\]\n]*\])?"
    r"|\\begin\s*\{[A-Za-z]+\*?\}(?:\s*\[[^\]\n<]*\])?(?:\s*\{[^{}\n]*\})?)"
    rf"\s*({_SPECIFICATION}|\[\s*{_SPECIFICATION}\s*\])"
)
_IS_OVERLAY = re.compile(r"[\d+@|]|\b(?:handout|beamer|article|presentation|trans|second|all)\b")
_FRAME = re.compile(r"\\begin\s*\{frame\}|\\frame(?![A-Za-z])")
_PAUSE = re.compile(r"\\pause(?![A-Za-z])")
_BEAMER = re.compile(r"\\documentclass\s*(?:\[[^\]]*\])?\s*\{beamer\}")


def flatten_overlays(source: SourceText) -> tuple[SourceText, list[Problem]]:
    """The source without overlay specifications, and a problem for each frame that had some."""
    text = source.text
    if not _BEAMER.search(text[:20_000]):
        return source, []
    parts: list[SourceText] = []
    done = 0
    places = [found.start() for found in _PAUSE.finditer(text)]
    for found in _PLACE.finditer(text):
        if _IS_OVERLAY.search(found[2]):
            parts.append(source.slice(done, found.start(2)))
            done = found.end(2)
            places.append(found.start())
    frames = [found.start() for found in _FRAME.finditer(text)]
    told = sorted({frames[bisect_right(frames, place) - 1] if frames else 0 for place in places})
    reason = "overlays of this frame are shown all at once"
    problems = [Problem(source.span(at, at + len("\\begin{frame}")), reason) for at in told]
    if not parts:
        return source, problems
    return SourceText.join([*parts, source.slice(done, len(text))]), problems
