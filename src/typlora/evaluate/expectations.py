"""Checkable expectations of a snippet or document, instead of one golden string.

In a file they are objects with one key each:

    {"equal": true}                     a formula: the verifier's verdict
    {"contains": ["lim"]}               a formula: these characters are shown, in this order
    {"words": ["two words", "50%"]}     each phrase stands in the text
    {"absent": ["\\\\cite"]}            none of these does
    {"headings": [[1, "Title"]]}        exactly these, in order; levels may be shifted as a whole
    {"lists": [["bullets", 3]]}         a list of that kind and length, for each
    {"tables": [[2, 3]]}                a table of that many rows and columns, for each
    {"cells": ["a"]}                    a cell with exactly this text, for each
    {"spans": [[1, 2]]}                 a cell over that many rows and columns, for each
    {"formulas": ["x^2"]}               a formula equal to this LaTeX, for each
    {"captions": [...]}, {"footnotes": [...]}, {"links": [...]}, {"labels": [...]}
    {"code": ["x = 1"]}                 each line stands in code or text, character by character
    {"emphasis": [["b", "word"]]}       bold (b) or italic (i) words
    {"refs": 2}, {"images": 1}          at least so many references resolved, pictures there
    {"theorems": ["Lemma"]}             a block with this head, for each
    {"loud": "tikzcd"}                  reported by the converter, or its LaTeX visible in the output
    {"compiles": true}                  no more than that

Content can be met by an output that does not compile (a missing label, a missing picture): whether it
compiles is counted apart.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from typlora.errors import DataError
from typlora.evaluate import observe
from typlora.evaluate.observe import Seen, squeezed
from typlora.verify.blocks.model import Doc, Theorem
from typlora.verify.blocks.walk import every_block


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation and whether it was met. ``missing`` says what is not there."""

    kind: str
    wanted: int
    met: int
    missing: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """All of it was met."""
        return self.met == self.wanted


@dataclass(frozen=True, slots=True)
class Said:
    """What the converter itself said of the conversion: empty where it said nothing."""

    reports: tuple[str, ...] = ()

    def names(self, phrase: str) -> bool:
        """Whether a report speaks of this piece of LaTeX."""
        return any(phrase in report for report in self.reports)


def check(expectations: Iterable[Mapping[str, Any]], seen: Seen, said: Said) -> list[Check]:
    """Every expectation against what was seen; nothing is met where nothing can be read."""
    found: list[Check] = []
    for one in expectations:
        if len(one) != 1:
            raise DataError(f"an expectation has one key, not {sorted(one)}")
        ((kind, value),) = one.items()
        found.append(_check(kind, value, seen, said))
    return found


def _check(kind: str, value: Any, seen: Seen, said: Said) -> Check:
    items: Sequence[Any] = value if isinstance(value, list) else [value]
    if kind not in _KINDS:
        raise DataError(f"there is no expectation '{kind}'; there are {', '.join(_KINDS)}")
    wanted = value if kind in _COUNTS else len(items)
    if kind == "compiles":
        return Check(kind, 1, int(seen.compiles), () if seen.compiles else (seen.error[:120],))
    if kind == "loud":
        loud = said.names(str(value)) or str(value) in seen.text
        return Check(kind, 1, int(loud), () if loud else (str(value),))
    if seen.doc is None:
        return Check(kind, wanted, 0, (seen.error[:120],))
    if kind in _COUNTS:
        count = _COUNTS[kind](seen.doc)
        return Check(kind, value, min(value, count), () if count >= value else (f"{count} of {value}",))
    missing = _KINDS[kind](items, seen)
    return Check(kind, wanted, wanted - len(missing), tuple(map(str, missing)))


def _doc(seen: Seen) -> Doc:
    assert seen.doc is not None
    return seen.doc


def _words(items: Sequence[str], seen: Seen) -> list[str]:
    text = seen.text
    return [item for item in items if squeezed(item) not in text]


def _absent(items: Sequence[str], seen: Seen) -> list[str]:
    text = seen.text
    return [item for item in items if item in text]


def _headings(items: Sequence[Any], seen: Seen) -> list[Any]:
    """The wanted ones that are missing, or all of them where others stand between."""
    wanted = [(level, squeezed(title)) for level, title in items]
    found = observe.headings(_doc(seen))
    for shift in (0, 1, -1, 2):
        if [(level + shift, title) for level, title in wanted] == found:
            return []
    titles = [title for _, title in found]
    missing: list[Any] = [item for item in wanted if item[1] not in titles]
    return missing or [f"found {found}"]


def _lists(items: Sequence[Any], seen: Seen) -> list[Any]:
    return _without(((kind, length) for kind, length in items), observe.lists(_doc(seen)).elements())


def _tables(items: Sequence[Any], seen: Seen) -> list[Any]:
    found = [(table.rows, table.columns) for table in observe.tables(_doc(seen))]
    return _without(((rows, columns) for rows, columns in items), found)


def _cells(items: Sequence[str], seen: Seen) -> list[Any]:
    cells = [observe.cell_text(cell) for table in observe.tables(_doc(seen)) for cell in table.cells]
    return _without(map(squeezed, items), cells)


def _spans(items: Sequence[Any], seen: Seen) -> list[Any]:
    cells = [(cell.rows, cell.columns) for table in observe.tables(_doc(seen)) for cell in table.cells]
    return _without(((rows, columns) for rows, columns in items), cells)


def _formulas(items: Sequence[str], seen: Seen) -> list[str]:
    """Display or inline: a sum has its limits elsewhere, and which of the two stands in the LaTeX."""
    from typlora.verify.compare import same
    from typlora.verify.formula import reference

    found = list(observe.formulas(_doc(seen)).elements())
    missing: list[str] = []
    for latex in items:
        wanted = [tokens for tokens in (reference(latex, way)[0] for way in (True, False)) if tokens]
        if not wanted:
            raise DataError(f"the expected formula {latex} has no reference; write it another way")
        place = next((i for i, got in enumerate(found) if any(same(one, got) for one in wanted)), None)
        if place is None:
            missing.append(latex)
        else:
            found.pop(place)
    return missing


def _captions(items: Sequence[str], seen: Seen) -> list[Any]:
    return _without(map(squeezed, items), observe.captions(_doc(seen)))


def _footnotes(items: Sequence[str], seen: Seen) -> list[Any]:
    return _without(map(squeezed, items), observe.footnotes(_doc(seen)))


def _links(items: Sequence[str], seen: Seen) -> list[str]:
    there = observe.links(_doc(seen))
    return [item for item in items if item not in there and item.rstrip("/") not in there]


def _labels(items: Sequence[str], seen: Seen) -> list[str]:
    """However a converter spells them: ``eq:a`` may become ``eq-a``."""
    there = {_plain(label) for label in _doc(seen).labels}
    return [item for item in items if _plain(item) not in there]


def _plain(label: str) -> str:
    return "".join(char if char.isalnum() else "-" for char in label)


def _code(items: Sequence[str], seen: Seen) -> list[str]:
    from typlora.verify.blocks.model import Code

    lines = [
        line for block in every_block(_doc(seen).blocks) if isinstance(block, Code) for line in block.lines
    ]
    text = seen.text
    return [item for item in items if not any(item in line for line in lines) and squeezed(item) not in text]


def _emphasis(items: Sequence[Any], seen: Seen) -> list[Any]:
    there = observe.emphasised(_doc(seen))
    return [(mark, word) for mark, word in items if (mark, word) not in there]


def _theorems(items: Sequence[str], seen: Seen) -> list[Any]:
    heads = [one.head for one in every_block(_doc(seen).blocks) if isinstance(one, Theorem)]
    return _without(items, heads)


def _without(wanted: Iterable[Any], there: Iterable[Any]) -> list[Any]:
    """What is wanted and not there, each thing there used once."""
    left = list(there)
    missing = []
    for one in wanted:
        if one in left:
            left.remove(one)
        else:
            missing.append(one)
    return missing


def _nothing(items: Sequence[Any], seen: Seen) -> list[Any]:
    return []


_COUNTS: dict[str, Callable[[Doc], int]] = {"refs": observe.resolved, "images": observe.images}
_KINDS: dict[str, Callable[[Sequence[Any], Seen], list[Any]]] = {
    "words": _words,
    "absent": _absent,
    "headings": _headings,
    "lists": _lists,
    "tables": _tables,
    "cells": _cells,
    "spans": _spans,
    "formulas": _formulas,
    "captions": _captions,
    "footnotes": _footnotes,
    "links": _links,
    "labels": _labels,
    "code": _code,
    "emphasis": _emphasis,
    "theorems": _theorems,
    "refs": _nothing,
    "images": _nothing,
    "loud": _nothing,
    "compiles": _nothing,
}
