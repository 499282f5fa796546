"""The canonical form of a document from the HTML that Typst makes of its page (see ``page.py``)."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from typlora.verify.blocks.model import (
    Block,
    Code,
    Doc,
    Formula,
    Heading,
    Image,
    Items,
    Note,
    Quote,
    Ref,
    Text,
)
from typlora.verify.blocks.normalise import code_lines, grid, make_float, paragraphs
from typlora.verify.blocks.page import END
from typlora.verify.blocks.text import TextBuilder, without_style

Element = Any  # lxml has no types of its own
_NO_STYLE: frozenset[str] = frozenset()
_MARKS = {
    "strong": "b",
    "b": "b",
    "em": "i",
    "i": "i",
    "u": "u",
    "s": "s",
    "del": "s",
    "strike": "s",
    "sup": "^",
    "sub": "_",
    "code": "`",
}
_CSS = (("underline", "u"), ("line-through", "s"), ("small-caps", "c"))
_BLOCKS = {
    "p",
    "div",
    "ul",
    "ol",
    "dl",
    "table",
    "figure",
    "pre",
    "blockquote",
    "section",
    "nav",
    "header",
    "hr",
}
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "main", "article", "aside", "footer", "details", "summary"}
_SKIPPED = {"style", "script", "nav", "hr", "head"}


def canonical_doc(html: bytes, plain_refs: bool = False) -> Doc | None:
    """The document, or None if its end is missing (an open comment, say). ``plain_refs``: the document has
    rules that make a reference a bare number, as in LaTeX."""
    import lxml.html

    root: Element = lxml.html.fromstring(html.decode("utf-8", "replace"))
    body = root.find("body")
    if body is None:
        return None
    listed = {mark.get("data-label") or "": mark for mark in body.iter("div") if mark.get("data-label")}
    if END not in listed:
        return None
    targets: dict[str, str] = {}
    labels: list[str] = []
    loose: list[str] = []
    for key, mark in listed.items():
        link = next(mark.iter("a"), None)
        if link is not None:
            targets[link.get("href", "").removeprefix("#")] = key
            labels.append(key)
        elif mark.get("data-count") not in (None, "0"):
            labels.append(key)
            loose.append(f"label {key} stands at several places")
        mark.drop_tree()
    walker = _Walker(targets, plain_refs)
    outline = []
    for mark in [mark for mark in body.iter("div") if mark.get("data-outline")]:
        title = without_style(_Walker(targets, plain_refs).text(mark), "b")
        outline.append(Heading(int(mark.get("data-outline")), title))
        mark.drop_tree()
    blocks = walker.blocks(body)
    return Doc(tuple(blocks), frozenset(labels), walker.places, (), tuple(loose), tuple(outline))


def _marks(element: Element) -> frozenset[str]:
    css = element.get("style") or ""
    marks = {mark for name, mark in _CSS if name in css}
    return frozenset(marks | ({_MARKS[element.tag]} if element.tag in _MARKS else set()))


def _holds_blocks(element: Element) -> bool:
    """An inline element with blocks inside; footnotes and formulas are no such wrapper."""
    if element.tag in ("math", "svg") or element.get("class") in ("note", "ref", "inner"):
        return False
    return any(
        inner.tag in _BLOCKS and not any(up.get("class") == "note" for up in inner.iterancestors("span"))
        for inner in element.iterdescendants()
    )


class _Walker:
    def __init__(self, targets: dict[str, str], plain_refs: bool) -> None:
        self._targets = targets
        self._plain_refs = plain_refs
        self._counts: dict[str, int] = {}
        self.places: dict[str, str] = {}

    def _place(self, kind: str, *elements: Element) -> None:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        for element in elements:
            self._mark(element, kind)

    def _mark(self, element: Element, kind: str) -> None:
        key = self._targets.get(element.get("id") or "")
        if key is not None:
            self.places.setdefault(key, f"{kind} {self._counts.get(kind, 0)}")

    def blocks(self, element: Element, style: frozenset[str] = _NO_STYLE) -> list[Block]:
        """The blocks inside an element; text that stands loose between them is a paragraph."""
        found: list[Block] = []
        builder = TextBuilder()

        def flush() -> None:
            nonlocal builder
            found.extend(paragraphs(builder.finish()))
            builder = TextBuilder()

        builder.add(element.text or "", style)
        for child in element:
            if not isinstance(child.tag, str):
                pass
            elif child.tag in _BLOCKS:
                flush()
                found.extend(self._block(child, style))
            elif _holds_blocks(child):
                # Emphasis over several paragraphs, as theorem helpers have it.
                flush()
                found.extend(self.blocks(child, style | _marks(child)))
            else:
                self._inline(builder, child, style)
            builder.add(child.tail or "", style)
        flush()
        return found

    def _block(self, element: Element, style: frozenset[str]) -> Iterator[Block]:
        tag = element.tag
        if tag in _SKIPPED or element.get("role") in ("doc-bibliography", "doc-endnotes"):
            return
        if element.get("role") == "heading":
            self._place("heading", element)
            level = int(element.get("data-level") or element.get("aria-level") or 1)
            yield Heading(level, without_style(self.text(element), "b"))
        elif re.fullmatch("h[1-6]", tag):
            self._place("heading", element)
            yield Heading(max(1, int(tag[1]) - 1), without_style(self.text(element), "b"))
        elif tag in ("ul", "ol"):
            items = tuple(tuple(self.blocks(item, style)) for item in element if item.tag == "li")
            yield Items(tag == "ol", items, start=int(element.get("start") or 1))
        elif tag == "dl":
            terms = tuple(
                without_style(self.text(term), "b")
                for term in element.iter("dt")
                if term.getparent() is element
            )
            bodies = tuple(
                tuple(self.blocks(body, style)) for body in element.iter("dd") if body.getparent() is element
            )
            yield Items(False, bodies, terms)
        elif tag == "pre":
            yield Code(code_lines(element.text_content()))
        elif tag == "blockquote":
            yield Quote(tuple(self.blocks(element, style)))
        elif tag == "table":
            yield from self._table(element, style)
        elif tag == "figure":
            yield from self._figure(element, style)
        else:
            yield from self.blocks(element, style)

    def _figure(self, element: Element, style: frozenset[str]) -> Iterator[Block]:
        captions = [child for child in element if child.tag == "figcaption"]
        text = self.text(captions[0]) if captions else Text()
        for caption in captions:
            element.remove(caption)
        tables = [child for child in element.iter("table")]
        if captions:
            self._place("float", element, *tables)
        yield from make_float(self.blocks(element, style), text)

    def _table(self, element: Element, style: frozenset[str]) -> Iterator[Block]:
        rows = []
        for row in element.iter("tr"):
            if next(row.iterancestors("table")) is not element:
                continue
            rows.append(
                [
                    (
                        int(cell.get("rowspan") or 1),
                        int(cell.get("colspan") or 1),
                        tuple(self.blocks(cell, style)),
                    )
                    for cell in row
                    if cell.tag in ("td", "th")
                ]
            )
        if not any(parent.tag == "figure" for parent in element.iterancestors()):
            self._place("float", element)
        yield from [grid(rows, 0)]

    def text(self, element: Element) -> Text:
        children = list(element)
        if (
            len(children) == 1
            and children[0].tag == "p"
            and not (element.text or children[0].tail or "").strip()
        ):
            element = children[0]
        builder = TextBuilder()
        self._children(builder, element, _NO_STYLE)
        return builder.finish()

    def _children(self, builder: TextBuilder, element: Element, style: frozenset[str]) -> None:
        builder.add(element.text or "", style)
        for child in element:
            if isinstance(child.tag, str):
                self._inline(builder, child, style)
            builder.add(child.tail or "", style)

    def _inline(self, builder: TextBuilder, element: Element, style: frozenset[str]) -> None:
        tag = element.tag
        kind = element.get("class")
        if tag in _SKIPPED:
            return
        if tag == "math" and not element.text_content().strip():
            # An empty formula carries the number and label of one row of the formula before it.
            self._mark(element, "formula")
        elif tag == "math":
            builder.add_atom(self._formula(element))
        elif tag == "img":
            builder.add_atom(Image(PurePosixPath(element.get("src") or "").stem))
        elif tag == "br":
            builder.add(" ")
        elif kind == "note":
            builder.add_atom(Note(tuple(self.blocks(element))))
        elif kind == "ref":
            builder.add_atom(self._ref(element))
        elif kind == "inner":
            builder.add_atom(Ref(element.get("data-target") or "", shown=self.text(element).plain))
        elif tag == "a":
            self._children(builder, element, style)
            builder.add_link(element.get("href") or "")
        elif tag in _BLOCKS:
            # A block inside a heading or a caption: the break is not lost.
            builder.add(" ¶ " if tag == "p" else " ", style)
            self._children(builder, element, style)
            builder.add(" ")
        else:
            self._children(builder, element, style | _marks(element))

    def _formula(self, element: Element) -> Formula:
        import lxml.html

        display = element.get("display") == "block"
        if display:
            self._place("formula", element)
        tail, element.tail = element.tail, None
        tree = lxml.html.tostring(element, encoding="unicode")
        element.tail = tail
        return Formula(display, tree)

    def _ref(self, element: Element) -> Ref:
        supplement = element.get("data-supplement")
        if supplement == "none":
            words = ""
        elif supplement == "auto":
            words = "" if self._plain_refs else "auto"
        else:
            words = self.text(element).plain
        return Ref(element.get("data-target") or "", words, prose=element.get("data-prose") == "true")
