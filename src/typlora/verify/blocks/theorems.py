"""Theorems have no element of their own in Typst: compare them as the paragraphs that they print.

LaTeX side: head (``Theorem``), title, body. Typst side: whatever helper printed ``Theorem 1 (Title).``,
in a paragraph of its own or before the text, the body perhaps in italics throughout.
"""

import re
from collections.abc import Sequence

from typlora.verify.blocks.model import FORMULA_MARK, Block, Float, Formula, Para, Text, Theorem, Word
from typlora.verify.blocks.text import with_style, without_style
from typlora.verify.blocks.walk import every_text, map_texts

_NUMBER = re.compile(r"\d+(?:\.\d+)*[.:)]?|[A-Z](?:\.\d+)*[.:]?")
_BOX_ALONE = re.compile(r"<math[^>]*><m[oi][^>]*>[◻□∎■]</m[oi]></math>")
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
    head = (title or [Word("Proof")]) if theorem.head == "Proof" else [Word(theorem.head), *title]
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
            blocks += [Para(with_style(block.caption, "b")), *block.blocks]
        else:
            blocks.append(block)
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Para):
            text = _without_box(block.text)
            if found and isinstance(found[-1], Para) and _only_head(found[-1].text, heads):
                text = _joined(found.pop(), text)
            if not text.words:
                continue
            block = Para(text)
        found.append(block)
    split = [(Text(), block) for block in found]
    for index, block in enumerate(found):
        if isinstance(block, Para):
            head, rest = _split_head(block.text, heads)
            split[index] = (head, Para(rest))
    if _all_italic([body for _, body in split]):
        split = [(head, map_texts(body, lambda text: without_style(text, "i"))) for head, body in split]
    whole: list[Block] = []
    for head, body in split:
        if isinstance(body, Para):
            text = body.text
            body = Para(Text(head.words + text.words, text.atoms, text.links))
            if not body.text.words:
                continue
        whole.append(body)
    return whole


def _all_italic(body: Sequence[Block]) -> bool:
    """Whether italics cover all of the body: then they are the style of the theorem, not emphasis."""
    words = [word for text in every_text(body) for word in text.words if any(map(str.isalnum, word.text))]
    return bool(words) and all(word.style and all("i" in marks for _, marks in word.style) for word in words)


def _split_head(text: Text, heads: Sequence[str]) -> tuple[Text, Text]:
    """Head and rest of ``Theorem 1 (Title). Text``: without number, punctuation and style of the head.

    The rest keeps the atoms of both."""
    words = list(text.words)
    # How the head is set apart is the document's style, but it must be: plain words are no heading.
    if not words or not words[0].style or _bare(words[0].text) not in {head.split()[0] for head in heads}:
        return Text(), text
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
    shown = tuple(word for word in head if word.text)
    return Text(shown), Text(tuple(rest), text.atoms, text.links)


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
    """A proof ends in a box that LaTeX draws by itself; as a character or as a formula of its own."""
    last = text.atoms[-1] if text.atoms else None
    if (
        isinstance(last, Formula)
        and _BOX_ALONE.search(last.tree)
        and text.words[-1].text.endswith(FORMULA_MARK)
    ):
        word = text.words[-1]
        kept = text.words[:-1] + ((Word(word.text[:-1], word.style),) if len(word.text) > 1 else ())
        text = Text(kept, text.atoms[:-1], text.links)
    words = [Word(_BOX.sub("", word.text), word.style) for word in text.words]
    return Text(tuple(word for word in words if word.text), text.atoms, text.links)


def _bare(text: str) -> str:
    return text.strip("().:")
