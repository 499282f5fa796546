"""The verdict on a model's answer for a block that no writer knows."""

import re
from collections.abc import Mapping, Sequence

from typlora.convert.unknown.readings import Reading
from typlora.tex.unit import Unit
from typlora.verify.blocks.check import judge, unseen_parts
from typlora.verify.blocks.page import html_source, makes_plain_refs
from typlora.verify.blocks.reference import Reference, references
from typlora.verify.blocks.typst_side import canonical_doc
from typlora.verify.compiler import CompilerPool
from typlora.verify.verdict import Outcome, Verdict

# What a block may call; anything else could reach beyond it (counters, state, rules, places) or hide text.
_ALLOWED = frozenset(
    (
        *("table", "grid", "emph", "strong", "quote", "list", "enum", "terms", "underline", "overline"),
        *("strike", "smallcaps", "sub", "super", "footnote", "link", "block", "box", "rect", "raw", "par"),
        *("linebreak", "align", "highlight", "pad", "h", "v", "sym", "smartquote"),
    )
)
_CALLED = re.compile(r"(?<!\\)#([A-Za-z][\w-]*|\S)")
_HIDES = re.compile(
    r"\b(?:hide|place|scale|move|text|image|counter|state|context|metadata|label|ref|cite)\s*[(\[]"
    r"|\b(?:clip|height|size|fill|dx|dy|body)\s*:|\.update\(|<[\w.:-]+>|(?<!\\)@\w|/\*|//"
)
_STRINGS = re.compile(r"`[^`]*`")


class BlockJudge:
    """A verifier. ``readings`` belong to the LaTeX of a unit; a unit without any is held to its own LaTeX.

    ``EQUAL``: equal to what pandoc reads in the unit itself. ``UNKNOWN``: equal to one of its readings, which
    is named in the first difference. All else is ``DIFFERENT``, also what compiles and cannot be compared.
    """

    def __init__(
        self, pool: CompilerPool, preamble: str, readings: Mapping[str, Sequence[Reading]] | None = None
    ) -> None:
        self._pool = pool
        self._preamble = preamble
        self._readings = readings or {}
        self._references: dict[str, list[Reference]] = {}  # of a unit's LaTeX and its readings

    def verify(self, units: Sequence[Unit], typst: Sequence[str | None]) -> list[Verdict]:
        """One verdict a unit, on what a model wrote."""
        verdicts = [_refused(text) for text in typst]
        open_ones = [index for index, verdict in enumerate(verdicts) if verdict is None]
        compared = self.compare(
            [units[index] for index in open_ones], [typst[index] or "" for index in open_ones]
        )
        for index, verdict in zip(open_ones, compared, strict=True):
            verdicts[index] = verdict
        return [verdict for verdict in verdicts if verdict is not None]

    def compare(self, units: Sequence[Unit], typst: Sequence[str]) -> list[Verdict]:
        """The same for Typst of our own writers, which may use what a model may not."""
        pages = self._pool.compile_many([html_source(text, self._preamble) for text in typst], "html")
        self._read(units)
        return [
            self._judge(unit, page.pages[0], page.warnings)
            if page.ok
            else Verdict(False, Outcome.DIFFERENT, (), page.error)
            for unit, page in zip(units, pages, strict=True)
        ]

    def _judge(self, unit: Unit, page: bytes, warnings: Sequence[str]) -> Verdict:
        candidate = canonical_doc(page, makes_plain_refs(self._preamble))
        if unseen := unseen_parts(warnings):
            return Verdict(True, Outcome.DIFFERENT, unseen)
        known = self._readings.get(unit.latex, ())
        verdicts = [
            judge(one, reference, candidate)
            for one, reference in zip(self._meant(unit), self._references[unit.latex], strict=True)
        ]
        if verdicts[0].proved:
            return verdicts[0]
        for reading, verdict in zip(known, verdicts[1:], strict=True):
            if verdict.proved:
                return Verdict(True, Outcome.UNKNOWN, (reading.what, *reading.dropped))
        nearest = min(verdicts[1:] or verdicts, key=lambda verdict: len(verdict.differences))
        return Verdict(True, Outcome.DIFFERENT, nearest.differences or ("there is no reference",))

    def _meant(self, unit: Unit) -> list[Unit]:
        known = self._readings.get(unit.latex, ())
        return [unit, *(Unit(unit.kind, reading.latex, unit.span) for reading in known)]

    def _read(self, units: Sequence[Unit]) -> None:
        """Have pandoc read what has not been read yet, all by one process."""
        new = list({unit.latex: unit for unit in units if unit.latex not in self._references}.values())
        meant = [self._meant(unit) for unit in new]
        found = iter(references([one for several in meant for one in several]) if new else ())
        for unit, several in zip(new, meant, strict=True):
            self._references[unit.latex] = [next(found) for _ in several]


def _refused(text: str | None) -> Verdict | None:
    """The verdict on what is not even compiled."""
    if text is None:
        return Verdict(False, Outcome.DIFFERENT, ("no candidate",))
    code = _STRINGS.sub("", text)
    hidden = _HIDES.search(code)
    foreign = next((call[0] for call in _CALLED.finditer(code) if call[1] not in _ALLOWED), "")
    if used := foreign or (hidden[0] if hidden else ""):
        return Verdict(
            False, Outcome.DIFFERENT, error=f"{used} could reach beyond its block or hide something"
        )
    return None
