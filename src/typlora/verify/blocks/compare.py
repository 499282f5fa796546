"""Compare a reference with a candidate, both canonical, and say in words how they differ."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from textwrap import dedent

from typlora.verify.blocks.model import (
    Block,
    Code,
    Display,
    Doc,
    Float,
    Formula,
    Heading,
    Image,
    Items,
    Note,
    Para,
    Quote,
    Table,
    Text,
    Theorem,
    Word,
)
from typlora.verify.blocks.refs import align_refs
from typlora.verify.blocks.text import with_style
from typlora.verify.blocks.theorems import flatten_theorems

SameFormula = Callable[[Formula, Formula], bool | None]
_STYLE_NAMES = {
    "b": "bold", "i": "italic", "u": "underlined", "s": "struck out", "c": "small capitals",
    "^": "superscript", "_": "subscript", "`": "code",
}  # fmt: skip
_KINDS = {
    Heading: "heading", Para: "paragraph", Display: "display formula", Items: "list", Table: "table",
    Float: "float with caption", Code: "listing", Quote: "quotation", Theorem: "theorem",
}  # fmt: skip
MAX_DIFFERENCES = 12  # a person reads a few; more only says that all is different


@dataclass
class _Findings:
    same_formula: SameFormula
    differences: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def add(self, *sentences: str) -> None:
        self.differences += sentences


def compare_docs(
    reference: Doc, candidate: Doc, same_formula: SameFormula
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is different, and what cannot be decided (a formula without canonical form)."""
    found = _Findings(same_formula)
    _blocks(found, *flatten_theorems(reference.blocks, candidate.blocks), "")
    # A label that only the Typst has shows nowhere.
    for label in sorted(reference.labels - candidate.labels):
        found.add(f"label {label} is missing")
    for label in sorted(reference.places.keys() & candidate.places.keys()):
        if reference.places[label] != candidate.places[label]:
            found.add(f"label {label} is at {candidate.places[label]} instead of {reference.places[label]}")
    return tuple(found.differences[:MAX_DIFFERENCES]), tuple(found.unknown)


def _blocks(found: _Findings, left: Sequence[Block], right: Sequence[Block], where: str) -> None:
    left, right = _run_in(left, right)
    if [type(block) for block in left] == [type(block) for block in right]:
        for one, other in zip(left, right, strict=True):
            _block(found, one, other, where)
        return
    names = ([_summary(block) for block in left], [_summary(block) for block in right])
    for change, a, b, c, d in SequenceMatcher(None, *names, autojunk=False).get_opcodes():
        if change == "equal":
            for one, other in zip(left[a:b], right[c:d], strict=True):
                _block(found, one, other, where)
            continue
        found.add(*(f"{where}{name} is missing" for name in names[0][a:b]))
        found.add(*(f"{where}{name} is not in the LaTeX" for name in names[1][c:d]))


def _summary(block: Block) -> str:
    match block:
        case Heading() | Para():
            text = block.text.plain
        case Float():
            text = block.caption.plain
        case Code():
            text = block.lines[0] if block.lines else ""
        case _:
            text = ""
    return f"{_KINDS[type(block)]} ‘{text[:40]}’" if text else _KINDS[type(block)]


def _run_in(left: Sequence[Block], right: Sequence[Block]) -> tuple[Sequence[Block], Sequence[Block]]:
    """``\\paragraph{X}`` may become bold words at the start of its paragraph, as LaTeX sets it."""
    if any(isinstance(block, Heading) and block.level >= 4 for block in right):
        return left, right
    if not any(isinstance(block, Heading) and block.level >= 4 for block in left):
        return left, right
    joined: list[Block] = []
    bold: Text | None = None
    for block in left:
        if isinstance(block, Heading) and block.level >= 4 and bold is None:
            bold = with_style(block.text, "b")
            continue
        if bold is not None:
            if isinstance(block, Para):
                text = block.text
                block = Para(Text(bold.words + text.words, bold.atoms + text.atoms, bold.links + text.links))
            else:
                joined.append(Para(bold))
            bold = None
        joined.append(block)
    return [*joined, Para(bold)] if bold is not None else joined, right


def _block(found: _Findings, left: Block, right: Block, where: str) -> None:
    match left, right:
        case Heading(), Heading():
            if left.level != right.level:
                found.add(
                    f"{where}heading ‘{left.text.plain[:40]}’ has level {right.level} instead of {left.level}"
                )
            _text(found, left.text, right.text, f"{where}heading: ")
        case Para(), Para():
            _text(found, left.text, right.text, where)
        case Display(), Display():
            _formula(found, left.formula, right.formula, where)
        case Items(), Items():
            _items(found, left, right, where)
        case Table(), Table():
            _table(found, left, right, where)
        case Float(), Float():
            _text(found, left.caption, right.caption, f"{where}caption: ")
            _blocks(found, left.blocks, right.blocks, where)
        case Code(), Code():
            _code(found, left, right, where)
        case Quote(), Quote():
            _blocks(found, left.blocks, right.blocks, f"{where}quotation: ")
        case Theorem(), Theorem():
            _text(found, left.title, right.title, f"{where}theorem title: ")
            _blocks(found, left.blocks, right.blocks, where)


def _items(found: _Findings, left: Items, right: Items, where: str) -> None:
    if (left.ordered, bool(left.terms)) != (right.ordered, bool(right.terms)):
        found.add(f"{where}a {_list_kind(left)} list became a {_list_kind(right)} one")
    if left.start != right.start:
        found.add(f"{where}the list starts at {right.start} instead of {left.start}")
    if len(left.items) != len(right.items) or len(left.terms) != len(right.terms):
        found.add(f"{where}list has {len(right.items)} items instead of {len(left.items)}")
        return
    for number, (one, other) in enumerate(zip(left.terms, right.terms, strict=True), 1):
        _text(found, one, other, f"{where}term {number}: ")
    for number, (one_item, other_item) in enumerate(zip(left.items, right.items, strict=True), 1):
        _blocks(found, one_item, other_item, f"{where}item {number}: ")


def _list_kind(items: Items) -> str:
    return "description" if items.terms else "numbered" if items.ordered else "bulleted"


def _table(found: _Findings, left: Table, right: Table, where: str) -> None:
    if (left.rows, left.columns) != (right.rows, right.columns):
        shape, wanted = f"{right.rows} x {right.columns}", f"{left.rows} x {left.columns}"
        found.add(f"{where}table has {shape} cells instead of {wanted}")
    ours = {(cell.row, cell.column): cell for cell in right.cells}
    theirs = {(cell.row, cell.column): cell for cell in left.cells}
    for place in sorted(theirs.keys() | ours.keys()):
        at = f"{where}cell {place[0] + 1},{place[1] + 1}: "
        one, other = theirs.get(place), ours.get(place)
        if one is None or other is None:
            found.add(at + ("is missing" if other is None else "is not in the LaTeX"))
            continue
        if (one.rows, one.columns) != (other.rows, other.columns):
            found.add(f"{at}spans {other.rows}x{other.columns} instead of {one.rows}x{one.columns}")
        _blocks(found, one.blocks, other.blocks, at)


def _code(found: _Findings, left: Code, right: Code, where: str) -> None:
    # Inside lists pandoc takes away indentation that all lines have; what it left must be there.
    if left.lines in (right.lines, tuple(dedent("\n".join(right.lines)).split("\n"))):
        return
    for change, a, b, c, d in SequenceMatcher(None, left.lines, right.lines, autojunk=False).get_opcodes():
        if change != "equal":
            found.add(*(f"{where}listing: line ‘{line[:50]}’ is missing" for line in left.lines[a:b]))
            found.add(
                *(f"{where}listing: line ‘{line[:50]}’ is not in the LaTeX" for line in right.lines[c:d])
            )


def _formula(found: _Findings, left: Formula, right: Formula, where: str) -> None:
    name = " ".join(left.tex.split())[:50]
    if left.display != right.display:
        found.add(f"{where}formula ‘{name}’ is {'in the line' if left.display else 'displayed'}")
    same = found.same_formula(left, right)
    if same is None:
        found.unknown.append(f"{where}formula ‘{name}’ has no reference")
    elif not same:
        found.add(f"{where}formula ‘{name}’ is different")


def _text(found: _Findings, left: Text, right: Text, where: str) -> None:
    left, right = align_refs(left, right)
    one, other = [word.text for word in left.words], [word.text for word in right.words]
    if one != other:
        found.add(*_word_changes(left, right, where))
    else:
        for word, twin in zip(left.words, right.words, strict=True):
            if word.style != twin.style:
                found.add(f"{where}‘{word}’ is {_style_name(twin)} instead of {_style_name(word)}")
    kinds = ([type(atom) for atom in left.atoms], [type(atom) for atom in right.atoms])
    if kinds[0] == kinds[1]:
        for mine, yours in zip(left.atoms, right.atoms, strict=True):
            _atom(found, mine, yours, where)
    elif one == other:
        found.add(f"{where}formulas, notes or references are in another order")
    if left.links != right.links:
        found.add(f"{where}links go to {_listed(right.links)} instead of {_listed(left.links)}")


def _atom(found: _Findings, left: object, right: object, where: str) -> None:
    match left, right:
        case Formula(), Formula():
            _formula(found, left, right, where)
        case Note(), Note():
            _blocks(found, left.blocks, right.blocks, f"{where}footnote: ")
        case Image(), Image():
            if left.name != right.name:
                found.add(f"{where}picture {right.name or 'without name'} instead of {left.name}")
        case _:
            if left != right:
                found.add(f"{where}reference {right} instead of {left}")


def _word_changes(left: Text, right: Text, where: str) -> Iterator[str]:
    one, other = [str(word) for word in left.words], [str(word) for word in right.words]
    for change, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        old, new = " ".join(one[a:b])[:60], " ".join(other[c:d])[:60]
        if change == "delete":
            yield f"{where}‘{old}’ is missing"
        elif change == "insert":
            yield f"{where}‘{new}’ is not in the LaTeX"
        elif change == "replace":
            yield f"{where}‘{old}’ became ‘{new}’"


def _style_name(word: Word) -> str:
    marks = sorted({mark for _, style in word.style for mark in style})
    return " ".join(_STYLE_NAMES[mark] for mark in marks) or "plain"


def _listed(links: Sequence[str]) -> str:
    return ", ".join(links) or "nothing"
