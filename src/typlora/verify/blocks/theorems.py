"""Theorems have no element of their own in Typst: compare them as the paragraphs that they print.

LaTeX side: head (``Theorem``), title, body. Typst side: whatever helper printed ``Theorem 1 (Title).``,
in a paragraph of its own or before the text, the body perhaps in italics throughout.
"""

import re
from collections.abc import Sequence

from typlora.verify.blocks.model import Block, Float, Para, Text, Theorem, Word
from typlora.verify.blocks.text import without_style
from typlora.verify.blocks.walk import every_block

_NUMBER = re.compile(r"\d+(?:\.\d+)*[.:)]?|[A-Z](?:\.\d+)*[.:]?")
_BOX = re.compile(r"[◻□∎■]")


def flatten_theorems(
    reference: tuple[Block, ...], candidate: tuple[Block, ...]
) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Both block lists with theorems written out as paragraphs, if the LaTeX has any (at the top level)."""
    heads = [block.head for block in reference if isinstance(block, Theorem)]
    if not heads:
        return reference, candidate
    left: list[Block] = []
    for block in reference:
        left += _written(block) if isinstance(block, Theorem) else [block]
    return tuple(left), tuple(_read(candidate, heads))


def _written(theorem: Theorem) -> list[Block]:
    title = [Word(_bare(word.text)) for word in theorem.title.words]
    if theorem.head == "Proof":
        head = title or [Word("Proof")]
    else:
        head = [Word(theorem.head), *title]
    head = [word for word in head if word.text]
    first, *rest = theorem.blocks or (Para(Text()),)
    if not isinstance(first, Para):
        return [Para(Text(tuple(head), theorem.title.atoms)), *theorem.blocks]
    words = (*head, *first.text.words)
    return [Para(Text(words, theorem.title.atoms + first.text.atoms, first.text.links)), *rest]


def _read(candidate: Sequence[Block], heads: Sequence[str]) -> list[Block]:
    blocks: list[Block] = []
    for block in candidate:
        # A helper built on `figure` has the whole theorem as its body and prints the head as caption.
        if isinstance(block, Float) and block.caption.words and block.caption.words[0].text in heads:
            blocks += [Para(block.caption), *block.blocks]
        else:
            blocks.append(block)
    if _all_italic(blocks):
        blocks = [
            Para(without_style(block.text, "i")) if isinstance(block, Para) else block for block in blocks
        ]
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Para):
            text = _without_box(block.text)
            if found and isinstance(found[-1], Para) and _only_head(found[-1].text, heads):
                text = _joined(found.pop(), text)
            text = _plain_head(text, heads)
            if not text.words:
                continue
            block = Para(text)
        found.append(block)
    return found


def _all_italic(blocks: Sequence[Block]) -> bool:
    """Whether italics cover the body: every letter of the last paragraph."""
    texts = [block.text for block in every_block(blocks) if isinstance(block, Para)]
    words = [word for text in texts[-1:] for word in text.words if any(map(str.isalnum, word.text))]
    return bool(words) and all(
        word.style and all("i" in marks for _, marks in word.style) for word in words[len(words) // 2 :]
    )


def _plain_head(text: Text, heads: Sequence[str]) -> Text:
    """Drop number and punctuation of ``Theorem 1 (Title).`` and the style of these words."""
    words = list(text.words)
    if not words or _bare(words[0].text) not in {head.split()[0] for head in heads}:
        return text
    head = [Word(_bare(words[0].text))]
    rest = words[1:]
    ended = words[0].text.endswith((".", ":"))
    if rest and not ended and _NUMBER.fullmatch(rest[0].text):
        ended = rest[0].text.endswith((".", ":"))
        rest = rest[1:]
    if rest and rest[0].text in (".", ":"):
        rest = rest[1:]
    if rest and rest[0].text.startswith("("):
        end = next((i for i, word in enumerate(rest) if re.search(r"\)[.:]?$", word.text)), None)
        if end is not None:
            head += [Word(_bare(word.text)) for word in rest[: end + 1]]
            rest = rest[end + 1 :]
    return Text((*[word for word in head if word.text], *rest), text.atoms, text.links)


def _only_head(text: Text, heads: Sequence[str]) -> bool:
    words = [word.text for word in text.words]
    if not words or _bare(words[0]) not in {head.split()[0] for head in heads}:
        return False
    rest = [word for word in words[1:] if not _NUMBER.fullmatch(word)]
    return not rest or (rest[0].startswith("(") and rest[-1].rstrip(".:").endswith(")"))


def _joined(block: Block, text: Text) -> Text:
    assert isinstance(block, Para)
    head = block.text
    return Text(head.words + text.words, head.atoms + text.atoms, head.links + text.links)


def _without_box(text: Text) -> Text:
    words = [Word(_BOX.sub("", word.text), word.style) for word in text.words]
    return Text(tuple(word for word in words if word.text), text.atoms, text.links)


def _bare(text: str) -> str:
    return text.strip("().:")
