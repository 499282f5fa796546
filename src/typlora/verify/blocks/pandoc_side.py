"""Reduce pandoc's tree of the LaTeX to the canonical form."""

import re
from collections.abc import Iterable, Iterator
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
    Para,
    Quote,
    Ref,
    Text,
    Theorem,
)
from typlora.verify.blocks.normalise import code_lines, grid, make_float, paragraphs
from typlora.verify.blocks.pandoc_process import Reading
from typlora.verify.blocks.text import TextBuilder, without_style

_NO_STYLE: frozenset[str] = frozenset()
_MARKS = {
    "Strong": "b",
    "Emph": "i",
    "Underline": "u",
    "Strikeout": "s",
    "SmallCaps": "c",
    "Superscript": "^",
    "Subscript": "_",
}
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_COMMAND = re.compile(r"\\[A-Za-z]+\s*|\\([^A-Za-z])|[{}]")  # the caption of a listing stays LaTeX
_QED = re.compile(r"\s*[◻□∎■]\s*$")
Node = dict[str, Any]


def canonical_doc(reading: Reading, theorems: dict[str, str]) -> Doc:
    """``theorems`` maps environment names to what they print first (``thm`` -> ``Theorem``)."""
    walker = _Walker(theorems)
    meta = reading.document.get("meta", {})
    blocks: list[Block] = []
    for key in ("title", "subtitle", "author", "date", "abstract"):
        blocks += walker.meta(meta.get(key))
    blocks += walker.blocks(reading.document.get("blocks", []))
    return Doc(tuple(blocks), frozenset(walker.labels), walker.places, (), tuple(walker.loose))


class _Walker:
    def __init__(self, theorems: dict[str, str]) -> None:
        self._theorems = theorems
        self._counts: dict[str, int] = {}
        self.labels: list[str] = []
        self.places: dict[str, str] = {}
        self.loose: list[str] = []

    def _place(self, kind: str, labels: Iterable[str]) -> None:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        for label in labels:
            self.labels.append(label)
            self.places.setdefault(label, f"{kind} {self._counts[kind]}")

    def meta(self, value: Node | None) -> list[Block]:
        match value:
            case {"t": "MetaInlines", "c": inlines}:
                return self._paragraph(inlines)
            case {"t": "MetaBlocks", "c": blocks}:
                return self.blocks(blocks)
            case {"t": "MetaList", "c": parts}:
                return [block for part in parts for block in self.meta(part)]
        return []

    def blocks(self, nodes: Iterable[Node]) -> list[Block]:
        return [block for node in nodes for block in self._block(node)]

    def _block(self, node: Node) -> Iterator[Block]:
        match node:
            case {"t": "Para" | "Plain", "c": inlines}:
                yield from self._paragraph(inlines)
            case {"t": "LineBlock", "c": lines}:
                yield from self._paragraph([part for line in lines for part in [*line, {"t": "Space"}]])
            case {"t": "Header", "c": [level, [label, _, _], inlines]}:
                # An identifier that pandoc made up is not a label; it is told apart by `known_labels`.
                self._place("heading", [label] if label else [])
                yield Heading(level, without_style(self.text(inlines), "b"))
            case {"t": "BulletList", "c": items}:
                yield Items(False, tuple(tuple(self.blocks(item)) for item in items))
            case {"t": "OrderedList", "c": [[start, _, _], items]}:
                yield Items(True, tuple(tuple(self.blocks(item)) for item in items), start=start)
            case {"t": "DefinitionList", "c": entries}:
                terms = tuple(without_style(self.text(term), "b") for term, _ in entries)
                bodies = tuple(
                    tuple(block for definition in definitions for block in self.blocks(definition))
                    for _, definitions in entries
                )
                yield Items(False, bodies, terms)
            case {"t": "CodeBlock", "c": [[label, _, attributes], code]}:
                named = dict(attributes)
                lines = Code(code_lines(code))
                if named.get("caption"):
                    self._place("float", [label] if label else [])
                yield from make_float([lines], _plain(_COMMAND.sub(r"\1", named.get("caption", ""))))
            case {"t": "BlockQuote", "c": inner}:
                yield Quote(tuple(self.blocks(inner)))
            case {"t": "Figure", "c": [[label, _, _], [_, caption], inner]}:
                self._place("float", [label] if label else [])
                yield from make_float(self.blocks(inner), self._caption(caption))
            case {"t": "Table"}:
                yield from self._table(node, [])
            case {"t": "Div", "c": [[label, classes, _], inner]}:
                yield from self._div(label, classes, inner)

    def _div(self, label: str, classes: list[str], inner: list[Node]) -> Iterator[Block]:
        labels = [label] if label else []
        if len(inner) == 1 and inner[0]["t"] == "Table":
            yield from self._table(inner[0], labels)
        elif classes and classes[0].rstrip("*") in self._theorems:
            self._place("theorem", labels)
            yield self._theorem(self._theorems[classes[0].rstrip("*")], inner)
        else:
            self.labels += labels
            yield from self.blocks(inner)

    def _theorem(self, head: str, inner: list[Node]) -> Theorem:
        """pandoc writes ``**Theorem 1** (Title).`` and two spaces, or ``*Proof of X.*`` and one."""
        title = Text()
        first, *rest = inner or [{"t": "Para", "c": []}]
        inlines = list(first.get("c", [])) if first.get("t") == "Para" else []
        if inlines and inlines[0]["t"] == "Emph" and head == "Proof":
            words = self.text(inlines[0]["c"])
            title = words if words.plain.rstrip(".") != "Proof" else title
            inlines = inlines[1:]
        elif inlines and inlines[0]["t"] == "Strong":
            end = next(
                (i for i in range(len(inlines) - 1) if _space(inlines[i]) and _space(inlines[i + 1])), 0
            )
            title = self.text(inlines[1:end])
            inlines = inlines[end:]
        else:
            return Theorem(head, title, tuple(self.blocks(inner)))
        blocks = [*self._paragraph(inlines), *self.blocks(rest)]
        return Theorem(head, title, tuple(_without_qed(blocks)) if head == "Proof" else tuple(blocks))

    def _table(self, node: Node, labels: list[str]) -> Iterator[Block]:
        [own, _, _], [_, caption], columns, head, bodies, foot = node["c"]
        self._place("float", labels + ([own] if own else []))
        rows = list(head[1])
        for _, _, header, body in bodies:
            rows += [*header, *body]
        rows += foot[1]
        spans = [[(cell[2], cell[3], tuple(self.blocks(cell[4]))) for cell in cells] for _, cells in rows]
        yield from make_float([grid(spans, len(columns))], self._caption(caption))

    def _caption(self, blocks: list[Node]) -> Text:
        inlines: list[Node] = []
        for block in blocks:
            if block["t"] in ("Para", "Plain"):
                inlines += [*block["c"], {"t": "Space"}]
        return self.text(inlines)

    def _paragraph(self, inlines: list[Node]) -> list[Block]:
        return paragraphs(self.text(inlines))

    def text(self, inlines: list[Node]) -> Text:
        builder = TextBuilder()
        self._inlines(builder, inlines, _NO_STYLE)
        return builder.finish()

    def _inlines(self, builder: TextBuilder, nodes: list[Node], style: frozenset[str]) -> None:
        for node in nodes:
            self._inline(builder, node, style)

    def _inline(self, builder: TextBuilder, node: Node, style: frozenset[str]) -> None:
        match node:
            case {"t": "Str", "c": text}:
                builder.add(text, style)
            case {"t": "Space" | "LineBreak"}:
                builder.add(" ")
            case {"t": "SoftBreak"}:
                builder.soft_break = True
            case {
                "t": (
                    "Strong" | "Emph" | "Underline" | "Strikeout" | "SmallCaps" | "Superscript" | "Subscript"
                ) as kind,
                "c": inner,
            }:
                self._inlines(builder, inner, style | {_MARKS[kind]})
            case {"t": "Quoted", "c": [{"t": kind}, inner]}:
                quote = '"' if kind == "DoubleQuote" else "'"
                builder.add(quote, style)
                self._inlines(builder, inner, style)
                builder.add(quote, style)
            case {"t": "Code", "c": [_, code]}:
                builder.add(code, style | {"`"})
            case {"t": "Math", "c": [{"t": kind}, tex]}:
                builder.add_atom(self._formula(tex, kind == "DisplayMath"))
            case {"t": "Note", "c": inner}:
                builder.add_atom(Note(tuple(self.blocks(inner))))
            case {"t": "Image", "c": [_, _, [source, _]]}:
                builder.add_atom(Image(PurePosixPath(source).stem))
            case {"t": "Cite", "c": [citations, _]}:
                self._cite(builder, citations)
            case {"t": "Link", "c": [[_, _, attributes], inner, [target, _]]}:
                self._link(builder, dict(attributes), inner, target, style)
            case {"t": "Span", "c": [[label, _, attributes], inner]}:
                if label and (not inner or "label" in dict(attributes)):
                    self.labels.append(label)
                self._inlines(builder, inner, style)

    def _formula(self, tex: str, display: bool) -> Formula:
        labels = tuple(_LABEL.findall(tex))
        if display:
            self._place("formula", labels)
        return Formula(display, tex=tex, labels=labels)

    def _cite(self, builder: TextBuilder, citations: list[Node]) -> None:
        for citation in citations:
            prefix = self.text(citation["citationPrefix"]).plain
            if prefix:
                builder.add(prefix + " ")
            suffix = self.text(citation["citationSuffix"]).plain.lstrip(", ")
            prose = citation["citationMode"]["t"] == "AuthorInText"
            builder.add_atom(Ref(citation["citationId"], suffix, cite=True, prose=prose))

    def _link(
        self,
        builder: TextBuilder,
        attributes: dict[str, str],
        inner: list[Node],
        target: str,
        style: frozenset[str],
    ) -> None:
        kind = attributes.get("reference-type", "")
        if not kind:
            self._inlines(builder, inner, style)
            builder.add_link(target)
            return
        keys = [key.strip() for key in attributes["reference"].split(",")]
        if len(keys) > 1:
            self.loose.append("a reference to several labels")
        for key in keys:
            supplement = "auto" if kind.lower() == "ref+label" else ""
            if kind == "eqref":
                builder.add("(")
            builder.add_atom(Ref(key, supplement))
            if kind == "eqref":
                builder.add(")")


def _space(node: Node) -> bool:
    return bool(node["t"] == "Space")


def _plain(text: str) -> Text:
    builder = TextBuilder()
    builder.add(text)
    return builder.finish()


def _without_qed(blocks: list[Block]) -> list[Block]:
    """Take away the box at the end of a proof; Typst's helper draws its own."""
    if blocks and isinstance(blocks[-1], Para):
        text = blocks[-1].text
        words = list(text.words)
        if words and _QED.match(words[-1].text):
            words.pop()
            last = [Para(Text(tuple(words), text.atoms, text.links))] if words else []
            return [*blocks[:-1], *last]
    return blocks
