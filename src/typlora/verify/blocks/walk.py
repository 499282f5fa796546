"""Walk over canonical blocks: every text, every formula, every word, in order."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from typlora.verify.blocks.model import (
    Block,
    Code,
    Display,
    Float,
    Formula,
    Heading,
    Items,
    Note,
    Para,
    Quote,
    Table,
    Text,
    Theorem,
)
from typlora.verify.blocks.text import words_of


def children(block: Block) -> Iterator[tuple[Block, ...]]:
    """The block lists directly inside a block, without those in its footnotes."""
    match block:
        case Items():
            yield from block.items
        case Table():
            yield from (cell.blocks for cell in block.cells)
        case Float() | Quote() | Theorem():
            yield block.blocks


def texts_of(block: Block) -> Iterator[Text]:
    """The texts that stand directly in a block."""
    match block:
        case Heading() | Para():
            yield block.text
        case Items():
            yield from block.terms
        case Float():
            yield block.caption
        case Theorem():
            yield block.title


def every_block(blocks: Iterable[Block]) -> Iterator[Block]:
    """Depth first, footnotes where they stand."""
    for block in blocks:
        yield block
        for text in texts_of(block):
            for atom in text.atoms:
                if isinstance(atom, Note):
                    yield from every_block(atom.blocks)
        for inner in children(block):
            yield from every_block(inner)


def every_text(blocks: Iterable[Block]) -> Iterator[Text]:
    for block in every_block(blocks):
        yield from texts_of(block)


def every_formula(blocks: Iterable[Block]) -> Iterator[Formula]:
    for block in every_block(blocks):
        if isinstance(block, Display):
            yield block.formula
        for text in texts_of(block):
            yield from (atom for atom in text.atoms if isinstance(atom, Formula))


def map_texts(block: Block, change: Callable[[Text], Text]) -> Block:
    """The same block with every text of it changed, footnotes left alone."""
    match block:
        case Heading() | Para():
            return replace(block, text=change(block.text))
        case Items():
            items = tuple(tuple(map_texts(inner, change) for inner in item) for item in block.items)
            return replace(block, items=items, terms=tuple(map(change, block.terms)))
        case Table():
            cells = tuple(
                replace(cell, blocks=tuple(map_texts(inner, change) for inner in cell.blocks))
                for cell in block.cells
            )
            return replace(block, cells=cells)
        case Float():
            inside = tuple(map_texts(inner, change) for inner in block.blocks)
            return replace(block, blocks=inside, caption=change(block.caption))
        case Theorem():
            inside = tuple(map_texts(inner, change) for inner in block.blocks)
            return replace(block, blocks=inside, title=change(block.title))
        case Quote():
            return replace(block, blocks=tuple(map_texts(inner, change) for inner in block.blocks))
    return block


def lower(words: Counter[str]) -> Counter[str]:
    """The same multiset without regard to case."""
    found: Counter[str] = Counter()
    for word, count in words.items():
        found[word.lower()] += count
    return found


def all_words(blocks: Iterable[Block]) -> Counter[str]:
    """Words for counting, without those of formulas; code included."""
    found: Counter[str] = Counter()
    for block in every_block(blocks):
        if isinstance(block, Code):
            for line in block.lines:
                found.update(words_of(line))
        if isinstance(block, Theorem):
            found.update(words_of(block.head))
        for text in texts_of(block):
            found.update(words_of(" ".join(word.text for word in text.words)))
    return found
