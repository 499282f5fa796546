"""Compare the words of the LaTeX with those of the compiled Typst, and say where what is missing stood."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from typlora.convert.silence.latex import latex_tokens
from typlora.convert.silence.words import FORMULA, Token, tokens
from typlora.tex.source import SourceText
from typlora.tex.unit import Span

LONGEST = 12  # words of one finding that are named
MOST = 5_000  # doubtful words whose neighbours are looked for; each costs a search through the output
RUN = 4  # so many words in a row that stand too seldom are missing even if each occurs elsewhere
_DANGLING = re.compile(r"\?\?|\[\?\]")  # how references and citations without a target look
_NO_FIGURES = str.maketrans("", "", "0123456789")
_INLINE = frozenset(
    {"strong", "b", "em", "i", "u", "s", "del", "strike", "sub", "code", "mark", "a", "small"}
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Words that are missing, neighbours together, and the stretch of source that held them."""

    words: tuple[str, ...]
    span: Span
    latex: str

    @property
    def reason(self) -> str:
        shown = ", ".join(self.words[:LONGEST])
        more = f" and {len(self.words) - LONGEST} more" if len(self.words) > LONGEST else ""
        return f"words of the LaTeX that are not found in the output: {shown}{more}"


@dataclass(frozen=True, slots=True)
class Checked:
    """How many words were looked for, and what was not found."""

    words: int
    findings: tuple[Finding, ...]

    @property
    def missing(self) -> int:
        """How many words were not found."""
        return sum(len(finding.words) for finding in self.findings)


def check_words(source: SourceText, html: bytes, reported: Sequence[str]) -> Checked:
    """What the output lacks. ``html`` is Typst's export, ``reported`` the LaTeX of all losses.

    A word is missing when it occurs less often than in the LaTeX, and where it stands there the words around
    it are not in the output either. What a reported loss shows is not silent and not counted.
    """
    wanted = latex_tokens(source.text)
    output, within = _html_text(html)
    got = [token.word for token in tokens(output)]
    have = Counter(got)
    inside = [token.word for token in tokens(within)]  # an environment may turn out to be a formula
    have.update(inside)
    for latex in reported:
        have.update(word for word in _plain_words(latex))
    short = Counter(token.word for token in wanted if _counts(token.word)) - have
    text = "".join(got)
    excused = _plain_set(reported)
    doubtful = [index for index, token in enumerate(wanted) if short[token.word] > 0]
    missing = [index for index in doubtful[:MOST] if not _stands(wanted, index, text)]
    left, chosen = Counter(short), set(doubtful[MOST:])
    for index in missing:
        if left[wanted[index].word] > 0:
            left[wanted[index].word] -= 1
            chosen.add(index)
    # Marks of authors and notes are figures that stand elsewhere than in the LaTeX.
    plain = [index for index, token in enumerate(wanted) if not token.word.isdigit()]
    for run in _runs(
        [wanted[index].word for index in plain],
        [word for word in (*got, *inside) if not word.isdigit()],
        {place for place, index in enumerate(plain) if wanted[index].parted},
    ):
        chosen.update(plain[place] for place in run if wanted[plain[place]].word not in excused)
    words = sum(token.word != FORMULA for token in wanted)
    return Checked(words, tuple(_findings(source, wanted, sorted(chosen))))


def _counts(word: str) -> bool:
    """Figures are compared elsewhere, ``1.2e3`` of a column of numbers too: it is printed as a power."""
    if re.fullmatch(r"\d+(?:e\d+)?", word):
        return False
    return word != FORMULA and (len(word) > 1 or ord(word[0]) > 0x3000)


def _stands(wanted: Sequence[Token], index: int, text: str) -> bool:
    """Whether the word with some of its neighbours is in the output, however it is cut into words."""
    for first, last in ((index - 2, index + 1), (index - 1, index + 2), (index, index + 3)):
        row = "".join(token.word for token in wanted[max(0, first) : last])
        if len(row) > len(wanted[index].word) and row in text:
            return True
    return False


def _runs(words: Sequence[str], got: Sequence[str], parted: AbstractSet[int]) -> Iterator[range]:
    """Stretches of at least ``RUN`` words that stand less often in the output than in the LaTeX.

    Three words in a row are the measure. A place where both differ by a word or two (a number, an author's
    name) breaks at most two threes, so words near it still belong to a three that is there.
    """
    left = Counter(zip(words, words[1:], words[2:], strict=False))
    left.subtract(zip(got, got[1:], got[2:], strict=False))
    lacking = [
        left[three] > 0 and not {place + 1, place + 2} & parted
        for place, three in enumerate(zip(words, words[1:], words[2:], strict=False))
    ]
    wanted, text = _letters(words), _letters(got)
    start = 0
    for index in range(len(words) + 1):
        threes = lacking[max(0, index - 2) : index + 1]
        if index < len(words) and threes and all(threes):
            continue
        run = range(start, index)
        real = sum(words[place] != FORMULA for place in run)
        if real >= RUN and _confirmed(words, run, wanted, text):
            yield run
        start = index + 1


def _confirmed(words: Sequence[str], run: range, wanted: str, text: str) -> bool:
    """Whether the words of a run are missing however they are cut into words."""
    for first in run[: len(run) - RUN + 1]:
        row = _letters(words[first : first + RUN])
        if text.count(row) >= wanted.count(row):
            return False
    return True


def _letters(words: Sequence[str]) -> str:
    """Joined without figures, which may be raised and then are words of their own (``<sup>13</sup>C``)."""
    return "".join(words).translate(_NO_FIGURES)


def _findings(source: SourceText, wanted: Sequence[Token], chosen: Sequence[int]) -> Iterator[Finding]:
    row: list[int] = []
    for index in [*chosen, -1]:
        if row and (index < 0 or index - row[-1] > 4):
            words = tuple(wanted[i].word for i in row if wanted[i].word != FORMULA)
            start, stop = wanted[row[0]].at, wanted[row[-1]].at + len(wanted[row[-1]].word)
            if words:
                yield Finding(words, source.span(start, stop), source.text[start:stop])
            row = []
        row.append(index)


def _plain_words(latex: str) -> list[str]:
    return [token.word for token in tokens(re.sub(r"\\[A-Za-z@]+|%", " ", latex))]


def _plain_set(reported: Iterable[str]) -> set[str]:
    return {word for latex in reported for word in _plain_words(latex)}


def _html_text(html: bytes) -> tuple[str, str]:
    """Text in reading order, blocks apart, a formula as its mark; and the text within formulas."""
    import lxml.html

    root: Any = lxml.html.fromstring(html.decode("utf-8", "replace"))
    body = root.find("body")
    out: list[str] = []
    within: list[str] = []
    _collect(body if body is not None else root, out, within)
    return "".join(out), " ".join(within)


def _collect(element: Any, out: list[str], within: list[str]) -> None:
    """Depth first with a stack of its own: nesting in foreign documents has no limit."""
    stack: list[Any] = [element]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            out.append(_DANGLING.sub(f" {FORMULA} ", node))
            continue
        tag = node.tag if isinstance(node.tag, str) else ""
        if tag in {"style", "script", "nav", ""} or node.get("data-outline"):
            continue
        if tag == "span" and node.get("class") in {"ref", "inner"}:
            out.append(f" {FORMULA} ")
            continue
        if tag == "math":
            out.append(f" {FORMULA} ")
            within.extend(node.itertext())
            continue
        inline = tag in _INLINE or (tag == "span" and node.get("class") is None)
        edge = "" if inline else " "
        row: list[Any] = [edge, node.text or ""]
        for child in node:
            row += [child, child.tail or ""]
        row.append(edge)
        stack.extend(reversed(row))
