"""Pictures drawn by LaTeX itself: all of a document in one run, each a page that is cut to its size.

The pictures stand in a document with the author's own preamble. Where that does not compile (a class that is
not installed), they are tried with a plain class and only what pictures need: packages, settings and
definitions. A picture that fails does not take the others along: then each is run alone.
"""

import hashlib
import re
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from typlora import config
from typlora.convert.document.latex_process import Tools, find_tools, run_latex, to_svg
from typlora.errors import TyploraError
from typlora.files import write_atomic
from typlora.tex.definitions import DEFINING, read_definition
from typlora.tex.includes import control_words
from typlora.tex.lexer import skip_blank
from typlora.tex.macros import MacroTable
from typlora.tex.project import Project

SECONDS = 60.0  # of one run of TeX; large pgfplots take 10
SECONDS_ALL = 240.0  # of all runs for a document
_BEGUN = "typlora: the preamble is read"
_BODY = r"""
\begin{document}
\typeout{%s}
\newbox\typlorabox
\ifdefined\pagewidth
  \let\typlorawidth\pagewidth \let\typloraheight\pageheight
  \edef\typloranext{\pdfvariable horigin=1bp \pdfvariable vorigin=1bp }\typloranext
\else
  \let\typlorawidth\pdfpagewidth \let\typloraheight\pdfpageheight \pdfhorigin=1bp \pdfvorigin=1bp
\fi
\hoffset=0pt \voffset=0pt
\def\typlorapage{%%
  \typlorawidth=\dimexpr\wd\typlorabox+2bp\relax
  \typloraheight=\dimexpr\ht\typlorabox+\dp\typlorabox+2bp\relax
  \shipout\box\typlorabox}
"""
_SETTINGS = {
    "usetikzlibrary": 1, "usepgfplotslibrary": 1, "usepgflibrary": 1, "tikzset": 1, "pgfplotsset": 1,
    "definecolor": 3, "colorlet": 2, "tikzstyle": 1, "pgfdeclarelayer": 1, "pgfsetlayers": 1, "forestset": 1,
    "setchemfig": 1, "ctikzset": 1, "usecircuitikzset": 1, "newlength": 1, "setlength": 2, "newdimen": 1,
    "newcount": 1, "newcounter": 1, "setcounter": 2, "sisetup": 1, "tikzcdset": 1, "pgfkeys": 1,
    "graphicspath": 1,
}  # fmt: skip
_NEEDED = re.compile(
    r"tikz|pgf|xcolor|^color$|circuitikz|^ams(math|symb|fonts|text|bsy)$|mathtools|^bm$|bbm|dsfont|mathrsfs|"
    r"stmaryrd|siunitx|forest|chemfig|^xy|physics|braket|fontenc|inputenc|lmodern|graphic|ifthen|^calc$|"
    r"textcomp|array|multirow|booktabs|feynman|quantikz|qcircuit|mathdots|upgreek|esint|cancel|nicefrac|xfrac|"
    r"fontspec|unicode-math|luatexja|CJK|bytefield|sequence|gantt|etoolbox|xparse|xspace|babel"
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as SVG with its width in points, or the reason (``error``) why there is none."""

    svg: bytes = b""
    width: float = 0.0
    error: str = ""


def draw(project: Project, sources: Sequence[str]) -> list[Drawn]:
    """LaTeX's own picture of each source, in order. Raises nothing: what fails has a reason."""
    text = project.source.text
    begin = text.find("\\begin{document}")
    preamble = text[:begin] if begin >= 0 else "\\documentclass{article}\n"
    body = text[begin:] if begin >= 0 else text
    tools = find_tools(preamble)
    if isinstance(tools, str):
        return [Drawn(error=tools)] * len(sources)
    extra = _declarations(_without(body, sources))
    whole = _Workshop(tools, project.root, f"{preamble}\n{extra}")
    found = {source: cached for source in sources if (cached := whole.remembered(source)) is not None}
    missing = [source for source in dict.fromkeys(sources) if source not in found]
    if missing:
        reduced = _Workshop(tools, project.root, f"{_plain(preamble, sources)}\n{extra}")
        found.update(_draw_all(whole, reduced, missing))
        for source in missing:
            whole.remember(source, found[source])
    return [found[source] for source in sources]


def _draw_all(whole: "_Workshop", reduced: "_Workshop", sources: Sequence[str]) -> dict[str, Drawn]:
    """All pictures by the first preamble that compiles; those at fault are taken out one by one."""
    deadline = time.monotonic() + SECONDS_ALL
    found: dict[str, Drawn] = {}
    shop = whole
    waiting = list(sources)
    while waiting:
        drawn, fault = shop.run(waiting, deadline)
        if drawn is not None:
            found.update(zip(waiting, drawn, strict=True))
            break
        if not fault.begun and shop is whole:
            shop = reduced  # the preamble is at fault, not a picture
            continue
        if fault.picture is None:
            found.update((source, Drawn(error=fault.reason)) for source in waiting)
            break
        found[waiting.pop(fault.picture)] = Drawn(error=fault.reason)
    return found


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a run made no pictures; ``picture`` is the one at fault, ``begun``: the preamble was read."""

    reason: str
    begun: bool = True
    picture: int | None = None


@dataclass(frozen=True, slots=True)
class _Workshop:
    """One preamble, and the pictures made with it."""

    tools: Tools
    root: Path
    preamble: str

    def run(self, sources: Sequence[str], deadline: float) -> tuple[list[Drawn] | None, _Fault]:
        """All pictures, or ``None`` and what is at fault."""
        seconds = min(SECONDS, deadline - time.monotonic())
        if seconds < 1:
            return None, _Fault("there was no time left")
        document = self.preamble + _BODY % _BEGUN
        lines = []  # the first line of each picture
        for source in sources:
            lines.append(document.count("\n") + 1)
            document += f"\\setbox\\typlorabox=\\hbox{{\\normalfont\\normalsize {source}%\n}}"
            document += f"{_overhang(source)}\\typlorapage\n"
        with tempfile.TemporaryDirectory(prefix="typlora-") as name:
            pdf = Path(name) / "pictures.pdf"
            pdf.with_suffix(".tex").write_text(f"{document}\\end{{document}}\n", encoding="utf-8")
            said = run_latex(self.tools, pdf.parent, "pictures", [self.root.resolve()], seconds)
            if (reason := _reason(said)) or not pdf.is_file():
                line = re.search(r"^l\.(\d+)", said, re.M)
                picture = bisect_right(lines, int(line[1])) - 1 if line else -1
                one = 0 if len(sources) == 1 else None
                return None, _Fault(
                    reason or "LaTeX makes no page of it", _BEGUN in said, picture if picture >= 0 else one
                )
            drawn = [_picture(to_svg(self.tools, pdf, page, SECONDS)) for page in range(1, len(sources) + 1)]
        return drawn, _Fault("")

    def remembered(self, source: str) -> Drawn | None:
        """The picture of an earlier conversion."""
        try:
            return _picture(self._place(source).read_bytes())
        except OSError:
            return None

    def remember(self, source: str, drawn: Drawn) -> None:
        """Keep a picture for the next conversion; a cache that cannot be written is no fault."""
        if drawn.svg:
            try:
                write_atomic(self._place(source), drawn.svg)
            except (OSError, TyploraError):
                return

    def _place(self, source: str) -> Path:
        digest = hashlib.sha256()
        for part in (self.tools.fingerprint(), self.preamble, source + _overhang(source)):
            digest.update(part.encode("utf-8", "replace") + b"\0")
        for name in sorted(set(re.findall(r"[\w./-]+\.\w{1,5}|(?<=\{)[\w./-]+(?=\})", source))):
            path = self.root / name  # data that the picture reads
            try:
                if path.is_file():
                    digest.update(path.read_bytes())
            except (OSError, ValueError):
                continue
        return config.home() / "pictures" / f"{digest.hexdigest()}.svg"


def _overhang(source: str) -> str:
    """Room above a box for what LaTeX prints outside of it: the numbers of bits over a bytefield."""
    return "\\ht\\typlorabox=\\dimexpr\\ht\\typlorabox+6pt\\relax" if "\\bitheader" in source else ""


def _reason(said: str) -> str:
    """The first error in TeX's output, with the line of the picture it is in."""
    found = re.search(r"^! (.*)", said, re.M)
    return f"LaTeX says: {found[1].strip()}" if found else ""


def _picture(svg: bytes | None) -> Drawn:
    if not svg:
        return Drawn(error="the page could not be turned into SVG")
    found = re.search(rb"""<svg[^>]*?\swidth=["']([\d.]+)(?:pt|px)?["']""", svg[:4000])
    width = float(found[1]) if found else 0.0
    return Drawn(svg, width) if width > 2.1 else Drawn(error="LaTeX's picture of it is empty")


def _without(body: str, sources: Sequence[str]) -> str:
    """The body without its pictures: what they define is theirs."""
    for source in sources:
        body = body.replace(source, " ")
    return body


def _declarations(text: str) -> str:
    """Definitions and settings of pictures that stand in ``text``, in order."""
    return "\n".join(_declared(text, lambda word: word in _SETTINGS or word in DEFINING))


def _declared(text: str, wanted: Callable[[str], bool]) -> list[str]:
    found: list[str] = []
    done = 0
    table = MacroTable()
    for word, start, after in control_words(text, at_letter=True):
        if start < done or not wanted(word):
            continue
        if word in DEFINING:
            definition = read_definition(
                text, word, after, min(len(text), after + 20_000), table, internal=True
            )
            if definition is None or definition.failed:
                continue
            done = definition.end
        else:
            done = _arguments(text, after, _SETTINGS[word])
        shown = text[start:done]
        found.append(f"\\makeatletter {shown}\\makeatother" if "@" in shown else shown)
    return found


def _arguments(text: str, after: int, count: int) -> int:
    """Behind so many groups or names, with options in between; ``after`` where they are not there."""
    position = after
    for _ in range(count):
        found = _ARGUMENT.match(text, position)
        if found is None:
            return after
        position = found.end() if found[1] else _group_end(text, found.end())
    option = re.compile(r"\s*=?\s*\[[^\]]*\]").match(text, position)
    return option.end() if option else position


_ARGUMENT = re.compile(r"\s*(?:\[[^\]]*\]|=)*\s*(?:(\\[A-Za-z@]+)|(?=\{))")


def _group_end(text: str, start: int) -> int:
    """Behind the ``}`` that closes the ``{`` at ``start``."""
    depth = 0
    for found in re.compile(r"\\.|[{}]", re.S).finditer(text, start):
        depth += (found[0] == "{") - (found[0] == "}")
        if depth == 0:
            return found.end()
    return start


def _plain(preamble: str, sources: Sequence[str]) -> str:
    """A plain class with what pictures need of the author's preamble."""
    option = re.search(r"\\documentclass\s*\[([^\]]*)\]", preamble)
    size = re.search(r"\b1[012]pt\b", option[1]) if option else None
    lines = [f"\\documentclass[{size[0] if size else '10pt'}]{{article}}"]
    loaded: set[str] = set()
    for options, names in re.findall(r"^[^%\n]*?\\usepackage\s*(\[[^\]]*\])?\s*\{([^}]*)\}", preamble, re.M):
        wanted = [name.strip() for name in names.split(",") if _NEEDED.search(name.strip())]
        loaded.update(wanted)
        lines += [f"\\usepackage{options}{{{name}}}" for name in wanted]
    text = "".join(sources)
    for package, sign in (("amsmath", ""), ("tikz", "tikz"), ("tikz-cd", "{tikzcd}"), ("pgfplots", "{axis}")):
        if package not in loaded and sign in text:
            lines.append(f"\\usepackage{{{package}}}")
    return "\n".join([*lines, _declarations(skip_class(preamble))])


def skip_class(preamble: str) -> str:
    """The preamble behind ``\\documentclass``."""
    found = re.search(r"\\documentclass\s*(?:\[[^\]]*\])?\s*\{[^}]*\}", preamble)
    return preamble[skip_blank(preamble, found.end()) :] if found else preamble
