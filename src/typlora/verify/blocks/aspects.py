"""What two documents have in common: of each aspect how much the Typst has, and what is missing."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import takewhile
from textwrap import dedent
from typing import TypeVar

from typlora.verify.blocks.formulas import latex_tokens, like, typst_tokens
from typlora.verify.blocks.model import (
    REF_MARK,
    Block,
    Code,
    Doc,
    Float,
    Heading,
    Image,
    Items,
    Note,
    Para,
    Ref,
    Table,
    Text,
)
from typlora.verify.blocks.refs import absorb_names, label_name, open_links, write_dangling
from typlora.verify.blocks.text import words_of
from typlora.verify.blocks.walk import all_words, every_block, every_formula, every_text, map_texts

_Kind = TypeVar("_Kind", bound=Block)
ORDER_LIMIT = 4000  # above this many items order is not looked at: aligning is quadratic


@dataclass(frozen=True, slots=True)
class Aspect:
    """``total`` in the LaTeX, ``kept`` of them in the Typst, ``added`` only in the Typst.

    ``missing`` names what is not kept, in the order of the LaTeX; ``unknown`` counts items without reference
    (they are in neither ``total`` nor ``kept``).
    """

    name: str
    total: int
    kept: int
    added: int
    missing: tuple[str, ...] = ()
    unknown: int = 0

    @property
    def share(self) -> float:
        """Kept of total, from 0 to 1; 1 where there was nothing to keep."""
        return self.kept / self.total if self.total else 1.0


def aspects(reference: Doc, candidate: Doc) -> tuple[Aspect, ...]:
    """All aspects, in the order in which they are reported."""
    links = {link for text in every_text(reference.blocks) for link in text.links}
    opened = (map_texts(block, lambda text: open_links(text, links)) for block in candidate.blocks)
    known = {label_name(label) for label in reference.labels}
    asked = {label_name(ref.target) for ref in _refs(every_text(reference.blocks)) if not ref.cite}
    dangling = asked - known
    reference = replace(reference, blocks=_absorbed(reference.blocks, dangling))
    candidate = replace(candidate, blocks=_absorbed(opened, dangling))
    ours, theirs = list(every_block(candidate.blocks)), list(every_block(reference.blocks))
    left_texts, right_texts = list(every_text(reference.blocks)), list(every_text(candidate.blocks))
    left_refs, right_refs = _refs(left_texts), _refs(right_texts)
    cited = {label_name(ref.target) for ref in left_refs if ref.cite}
    entries = None if reference.cited is None else {label_name(key) for key in reference.cited}
    return (
        multiset("words", all_words(reference.blocks).elements(), all_words(candidate.blocks).elements()),
        _headings(theirs, ours, candidate.outline),
        multiset(
            "lists", map(_list_shape, _lists(reference.blocks)), map(_list_shape, _lists(candidate.blocks))
        ),
        multiset("tables", map(_table_key, _of(theirs, Table)), map(_table_key, _of(ours, Table))),
        multiset("emphasis", _emphasised(left_texts), _emphasised(right_texts)),
        multiset("footnotes", _notes(left_texts), _notes(right_texts)),
        multiset("captions", _captions(theirs), _captions(ours)),
        multiset("listings", map(_code_key, _of(theirs, Code)), map(_code_key, _of(ours, Code))),
        _formulas(reference, candidate),
        multiset("labels", sorted(known), sorted({label_name(label) for label in candidate.labels})),
        multiset(
            "references",
            (name for ref in left_refs if not ref.cite and (name := label_name(ref.target)) not in dangling),
            (target for target in map(label_name, (ref.target for ref in right_refs)) if target not in cited),
        ),
        _citations(
            [label_name(ref.target) for ref in left_refs if ref.cite],
            [target for target in map(label_name, (ref.target for ref in right_refs)) if target in cited],
            entries,
        ),
        multiset("figures", _images(left_texts), _images(right_texts)),
    )


def _absorbed(blocks: Iterable[Block], dangling: set[str]) -> tuple[Block, ...]:
    """Names before references belong to them: LaTeX writes ``Fig.``, Typst prints ``Figure``. A reference to
    a label that the LaTeX does not have prints ``??`` there, and is that word here."""
    return tuple(
        map_texts(block, lambda text: absorb_names(write_dangling(text, dangling))) for block in blocks
    )


def multiset(name: str, left: Iterable[Hashable], right: Iterable[Hashable]) -> Aspect:
    """Order does not count."""
    theirs, ours = Counter(left), Counter(right)
    kept = sum((theirs & ours).values())
    missing = tuple(_shown(item) for item in (theirs - ours).elements())
    return Aspect(name, sum(theirs.values()), kept, sum((ours - theirs).values()), missing)


def sequence(name: str, left: Sequence[Hashable], right: Sequence[Hashable], shown: Sequence[str]) -> Aspect:
    """What both have in the same order (a longest common subsequence, nearly)."""
    if max(len(left), len(right)) > ORDER_LIMIT:
        return multiset(name, left, right)
    kept = 0
    missing: list[str] = []
    for change, a, b, _, _ in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if change == "equal":
            kept += b - a
        else:
            missing += shown[a:b]
    return Aspect(name, len(left), kept, len(right) - kept, tuple(missing))


def _shown(item: Hashable) -> str:
    if isinstance(item, tuple):
        return " ".join(_shown(part) for part in item if part != "")[:80]
    return str(item)[:80]


def _of(blocks: Iterable[Block], kind: type[_Kind]) -> list[_Kind]:
    return [block for block in blocks if isinstance(block, kind)]


def _bag(text: Text) -> str:
    return " ".join(words_of(" ".join(word.text for word in text.words)))


def _citations(left: list[str], right: list[str], entries: set[str] | None) -> Aspect:
    """LaTeX prints ``[?]`` for a key that the bibliography does not have: nothing to keep, so ``unknown``."""
    if entries is None:
        return multiset("citations", left, right)
    known = [key for key in left if key in entries]
    aspect = multiset("citations", known, [key for key in right if key in entries])
    return replace(aspect, unknown=len(left) - len(known))


def _code_key(code: Code) -> Hashable:
    """Lines without the indentation that all have. pandoc takes away all of the first line's, so that line
    stands apart."""
    first, *rest = code.lines or ("",)
    return (first.strip(), *dedent("\n".join(rest)).split("\n"))


def _headings(left: list[Block], right: list[Block], outline: tuple[Heading, ...]) -> Aspect:
    """Levels may be shifted as a whole: chapters can be level 1 or 2.

    ``outline``: what Typst counts as headings, whatever they are made to look like (run into the paragraph,
    only in the outline). A title without words is nothing to keep."""
    theirs = [heading for heading in _of(left, Heading) if heading.text.words]
    wanted = [(heading.level, _bag(heading.text)) for heading in theirs]
    shown = [f"{'=' * heading.level} {heading.text.plain}" for heading in theirs]
    run_in = {_bag(heading.text): heading.level for heading in theirs if heading.level >= 4}
    found = [
        (block.level, _bag(block.text)) if isinstance(block, Heading) else _run_in(block, run_in)
        for block in right
    ]
    ours = [heading for heading in found if heading is not None]
    counted = [(heading.level, _bag(heading.text)) for heading in outline]
    tries = (
        sequence("headings", wanted, [(level + shift, words) for level, words in headings], shown)
        for headings in (ours, counted)
        for shift in (0, 1, -1)
    )
    return max(tries, key=lambda aspect: aspect.kept)


def _run_in(block: Block, wanted: dict[str, int]) -> tuple[int, str] | None:
    """``\\paragraph{X}`` that became bold words at the start of its paragraph, as LaTeX sets it."""
    if not isinstance(block, Para):
        return None
    bold = list(takewhile(lambda word: any("b" in marks for _, marks in word.style), block.text.words))
    words = _bag(Text(tuple(bold)))
    return (wanted[words], words) if words in wanted else None


def _lists(blocks: Iterable[Block]) -> list[Items]:
    """Outermost lists only; what is nested is part of their shape."""
    found: list[Items] = []
    for block in blocks:
        if isinstance(block, Items):
            found.append(block)
        elif not isinstance(block, Table):
            found += _lists(getattr(block, "blocks", ()))
    return found


def _list_shape(items: Items) -> tuple[Hashable, ...]:
    name = "terms" if items.terms else "numbers" if items.ordered else "bullets"
    nested = tuple(_list_shape(inner) for item in items.items for inner in _lists(item))
    return (name, len(items.items), *nested)


def _table_key(table: Table) -> tuple[Hashable, ...]:
    cells = tuple(
        (cell.row, cell.column, cell.rows, cell.columns, " ".join(sorted(all_words(cell.blocks).elements())))
        for cell in table.cells
    )
    return (table.rows, table.columns, cells)


def _emphasised(texts: Iterable[Text]) -> Iterable[tuple[str, str]]:
    """Bold and italic letters, a run at a time: CJK text has no words to go by."""
    for text in texts:
        for word in text.words:
            letters = "".join(filter(str.isalnum, word.text))
            start = 0
            for count, style in word.style:
                run, start = letters[start : start + count], start + count
                yield from ((mark, run) for mark in style if mark in "bi")


def _notes(texts: Iterable[Text]) -> Iterable[str]:
    for text in texts:
        for atom in text.atoms:
            if isinstance(atom, Note) and atom.blocks:
                yield " ".join(sorted(word for text in every_text(atom.blocks) for word in _said(text)))


def _captions(blocks: Iterable[Block]) -> Iterator[str]:
    last = None
    for block in _of(blocks, Float):
        words = " ".join(_said(block.caption))
        if words != last:  # pandoc gives the caption to each of several tables in one float
            yield words
        last = words


def _said(text: Text) -> list[str]:
    """Words, with those of a citation's note where the citation stands: ``p. 7`` of ``\\cite[p. 7]{key}``
    belongs to the citation on one side and to the text on the other."""
    refs = iter(_refs([text]))
    pieces = []
    for word in text.words:
        notes = [next(refs).supplement for char in word.text if char == REF_MARK]
        pieces += [word.text, *(note for note in notes if note not in ("", "auto"))]
    return words_of(" ".join(pieces))


def _images(texts: Iterable[Text]) -> Iterable[str]:
    return (atom.name for text in texts for atom in text.atoms if isinstance(atom, Image))


def _refs(texts: Iterable[Text]) -> list[Ref]:
    return [atom for text in texts for atom in text.atoms if isinstance(atom, Ref)]


def _formulas(reference: Doc, candidate: Doc) -> Aspect:
    known: list[tuple[str, ...]] = []
    shown: list[str] = []
    unknown = 0
    for formula in every_formula(reference.blocks):
        tokens = latex_tokens(formula)
        if tokens is None:
            unknown += 1
        else:
            known.append(tokens)
            shown.append(" ".join(formula.tex.split())[:80])
    found = like(known, [typst_tokens(formula) or () for formula in every_formula(candidate.blocks)])
    aspect = sequence("formulas", known, found, shown)
    added = max(0, aspect.added - unknown)
    return Aspect(aspect.name, aspect.total, aspect.kept, added, aspect.missing, unknown)
