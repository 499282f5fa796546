"""Judge one formula: does the Typst compile, and does it show what the LaTeX shows."""

import re
from collections.abc import Sequence
from functools import lru_cache

from typlora.tex.unit import Unit
from typlora.verify.compare import differences
from typlora.verify.pool import Failure, WorkerPool, chunks
from typlora.verify.preamble import FORMULA_PREAMBLE
from typlora.verify.verdict import Outcome, Verdict

CHUNK = 16  # formulas a message: large enough that messages cost nothing, small enough to share work
MAX_CHARACTERS = 20_000  # a longer formula is not compared (quadratic work); it may still be kept as LaTeX
# Warnings that lose nothing a reader would see; any other "was ignored" leaves the candidate unchecked.
_HARMLESS = re.compile(
    r"under active development|^(h|v|hide|linebreak|parbreak|align|metadata|counter|state)\b.*was ignored"
)


def formula_document(typst: str, display: bool) -> str:
    """A Typst document with one equation and nothing else. Newlines keep a comment from eating the ``$``."""
    return f"{FORMULA_PREAMBLE}$ {typst}\n$" if display else f"{FORMULA_PREAMBLE}${typst.strip()}$"


@lru_cache(maxsize=8192)
def reference(latex: str, display: bool) -> tuple[tuple[str, ...] | None, str]:
    """The canonical tokens of LaTeX, or ``None`` and the reason why there is no reference."""
    from typlora.verify.texmath import UnsupportedError, read_tex
    from typlora.verify.tree import TooDeepError, tokens

    if len(latex) > MAX_CHARACTERS:
        return None, "the formula is too long to compare"
    try:
        return tokens(read_tex(latex, display)), ""
    except UnsupportedError as error:
        return None, f"no reference: {error.construct}"
    except (TooDeepError, RecursionError):
        return None, "no reference: nested too deeply"


def canonical_typst(typst: str, display: bool) -> tuple[tuple[str, ...] | None, Verdict]:
    """The canonical tokens of a candidate (compiled in this process), and the verdict so far."""
    from lxml import html as lxml_html

    from typlora.verify.compiler import compile_item
    from typlora.verify.mathml import read_math
    from typlora.verify.tree import TooDeepError, tokens

    compiled = compile_item((formula_document(typst, display), "html", None, 144.0))
    if not compiled.ok:
        return None, Verdict(False, Outcome.DIFFERENT, error=compiled.error)
    unseen = [
        warning for warning in compiled.warnings if not _HARMLESS.search(warning) and "was ignored" in warning
    ]
    if unseen:
        return None, Verdict(True, Outcome.DIFFERENT, (f"cannot be checked: {unseen[0]}",))
    body = lxml_html.document_fromstring(compiled.pages[0]).find("body")
    formulas, rest = ([], "") if body is None else _split(body)
    if len(formulas) != 1 or rest:
        return None, Verdict(
            True,
            Outcome.DIFFERENT,
            ("is not one formula" if not rest else f"has text beside the formula: {rest[:40]}",),
        )
    try:
        return tokens(read_math(formulas[0])), Verdict(True, Outcome.UNKNOWN)
    except (TooDeepError, RecursionError):
        return None, Verdict(True, Outcome.DIFFERENT, ("is nested too deeply to be compared",))


def _split(body: object) -> tuple[list[object], str]:
    """The outermost ``math`` elements of a page and whatever text stands beside them."""
    from lxml import etree

    formulas: list[object] = []
    beside: list[str] = []
    waiting = [body]
    while waiting:
        element = waiting.pop()
        assert isinstance(element, etree._Element)
        beside.append(element.text or "")
        for child in element:
            beside.append(child.tail or "")
            if child.tag == "math":
                formulas.append(child)
            else:
                waiting.append(child)
    return formulas, "".join(beside).strip()


def judge(latex: str, display: bool, typst: str) -> Verdict:
    """The verdict on one candidate, computed in this process. Untrusted Typst belongs in a worker."""
    found, verdict = canonical_typst(typst, display)
    if found is None:
        return verdict
    wanted, reason = reference(latex, display)
    if wanted is None:
        return Verdict(True, Outcome.UNKNOWN, (reason,))
    unlike = differences(wanted, found)
    return Verdict(True, Outcome.DIFFERENT if unlike else Outcome.EQUAL, unlike)


def judge_many(items: Sequence[tuple[str, bool, str]]) -> list[Verdict]:
    """``judge`` on a chunk; what workers run."""
    return [judge(*item) for item in items]


class FormulaVerifier:
    """Verifies candidates in a pool's workers; with no pool, in this process (trusted Typst only)."""

    def __init__(self, pool: WorkerPool | None = None) -> None:
        self._pool = pool

    def verify(self, units: Sequence[Unit], typst: Sequence[str | None]) -> list[Verdict]:
        """One verdict a unit. ``None`` (an engine with no answer) does not compile."""
        verdicts = [Verdict(False, Outcome.DIFFERENT, error="no candidate")] * len(units)
        asked = [index for index, code in enumerate(typst) if code is not None]
        items = [(units[index].latex, units[index].display, str(typst[index])) for index in asked]
        for index, verdict in zip(asked, self._judge(items), strict=True):
            verdicts[index] = verdict
        return verdicts

    def _judge(self, items: Sequence[tuple[str, bool, str]]) -> list[Verdict]:
        if self._pool is None:
            return judge_many(items)
        out: list[Verdict] = []
        pieces = chunks(items, CHUNK)
        for piece, answer in zip(
            pieces, self._pool.map("typlora.verify.formula:judge_many", pieces), strict=True
        ):
            out.extend(self._alone(piece) if isinstance(answer, Failure) else answer)
        return out

    def _alone(self, piece: Sequence[tuple[str, bool, str]]) -> list[Verdict]:
        """A chunk failed: find the item at fault by asking for each alone."""
        assert self._pool is not None
        verdicts: list[Verdict] = []
        for answer in self._pool.map("typlora.verify.formula:judge_many", [[item] for item in piece]):
            if isinstance(answer, Failure):
                verdicts.append(Verdict(False, Outcome.DIFFERENT, error=f"Typst {answer.message}"))
            else:
                verdicts.extend(answer)
        return verdicts
