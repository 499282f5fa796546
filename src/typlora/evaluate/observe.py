"""What a reader sees in a Typst document, whoever wrote it: compiled, exported, reduced to plain values."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from typlora.verify.blocks.model import (
    FORMULA_MARK,
    IMAGE_MARK,
    NOTE_MARK,
    REF_MARK,
    Cell,
    Code,
    Doc,
    Float,
    Heading,
    Image,
    Items,
    Note,
    Ref,
    Table,
    Text,
    Theorem,
)
from typlora.verify.blocks.page import html_source, makes_plain_refs
from typlora.verify.blocks.text import normal
from typlora.verify.blocks.typst_side import canonical_doc
from typlora.verify.blocks.walk import every_block, every_formula, every_text
from typlora.verify.compiler import CompilerPool

SECONDS = 30.0  # limit of each of the two compiles; a document of 12 pages takes under one
_MARKS = str.maketrans(dict.fromkeys((FORMULA_MARK, IMAGE_MARK, NOTE_MARK, REF_MARK), " "))


@dataclass(frozen=True)
class Seen:
    """``compiles`` is the plain compile to PDF; ``doc`` is ``None`` where the content cannot be read.

    ``references`` is the text of a bibliography that Typst makes from a file.
    """

    compiles: bool
    error: str = ""
    doc: Doc | None = None
    references: str = ""

    @property
    def text(self) -> str:
        """Everything that is written, one space between words, quotes straight."""
        if self.doc is None:
            return ""
        parts: list[str] = []
        for block in every_block(self.doc.blocks):
            if isinstance(block, Code):
                parts.extend(block.lines)
            if isinstance(block, Theorem):
                parts.append(block.head)
        parts.extend(flat(text) for text in every_text(self.doc.blocks))
        return squeezed(" ".join((*parts, self.references)))


def observe(typst: str, pool: CompilerPool, root: Path | None = None) -> Seen:
    """Compile to PDF, and read the HTML export.

    The reading tolerates missing labels and pictures, so it can succeed where the compile does not.
    """
    pdf = pool.compile(typst, "pdf", root, seconds=SECONDS)
    page = pool.compile(html_source(typst), "html", root, seconds=SECONDS)
    if not page.ok:
        return Seen(pdf.ok, _anywhere(pdf.error or f"cannot be read: {page.error}"))
    doc = canonical_doc(page.pages[0], makes_plain_refs(typst))
    error = pdf.error or ("" if doc is not None else "the end of the document is not reached")
    return Seen(pdf.ok, _anywhere(error), doc, _references(typst, pool, root))


def _anywhere(error: str) -> str:
    """A message without the folders of this machine, in which a file was looked for."""
    return error.partition(" (searched at")[0]


def _references(typst: str, pool: CompilerPool, root: Path | None) -> str:
    """What a bibliography prints; the reading for comparisons leaves it out."""
    import lxml.html

    if "bibliography(" not in typst:
        return ""
    page = pool.compile(typst, "html", root, seconds=SECONDS)
    if not page.ok:
        return ""
    tree = lxml.html.fromstring(page.pages[0].decode("utf-8", "replace"))
    parts = [part for part in tree.iter("section") if "biblio" in str(part.get("role"))]
    return " ".join(str(text) for part in parts for text in part.itertext())


def squeezed(text: str) -> str:
    """One spelling of quotes and spaces, so that phrases can be searched for."""
    # A dotless i under an accent is a way of writing ï, í, ...
    return " ".join(normal(text.replace("ı\u0308", "ï").replace("\u00a0", " ")).split())


def flat(text: Text) -> str:
    """The words of a text without formulas, references that Typst numbers, notes and pictures."""
    shown = iter([atom.shown for atom in text.atoms if isinstance(atom, Ref)])  # ``#link(<key>)[A]`` shows A
    words = " ".join(word.text for word in text.words)
    words = "".join(next(shown, "") or " " if char == REF_MARK else char for char in words)
    return squeezed(words.translate(_MARKS))


def headings(doc: Doc) -> list[tuple[int, str]]:
    """Level and title, in order."""
    return [(one.level, flat(one.text)) for one in every_block(doc.blocks) if isinstance(one, Heading)]


def lists(doc: Doc) -> Counter[tuple[str, int]]:
    """Kind and number of items of every list, nested ones too."""
    found: Counter[tuple[str, int]] = Counter()
    for block in every_block(doc.blocks):
        if isinstance(block, Items):
            name = "terms" if block.terms else "numbers" if block.ordered else "bullets"
            found[name, len(block.items)] += 1
    return found


def tables(doc: Doc) -> list[Table]:
    """All tables."""
    return [block for block in every_block(doc.blocks) if isinstance(block, Table)]


def cell_text(cell: Cell) -> str:
    """What stands in a cell."""
    return squeezed(" ".join(flat(text) for text in every_text(cell.blocks)))


def captions(doc: Doc) -> list[str]:
    """Captions of floats, in order."""
    return [flat(block.caption) for block in every_block(doc.blocks) if isinstance(block, Float)]


def footnotes(doc: Doc) -> list[str]:
    """What footnotes say."""
    return [
        squeezed(" ".join(flat(inner) for inner in every_text(atom.blocks)))
        for text in every_text(doc.blocks)
        for atom in text.atoms
        if isinstance(atom, Note)
    ]


def emphasised(doc: Doc) -> set[tuple[str, str]]:
    """Mark (``b`` bold, ``i`` italic) and the letters of a word that have it."""
    found: set[tuple[str, str]] = set()
    for text in every_text(doc.blocks):
        for word in text.words:
            letters = [char for char in normal(word.text) if char.isalnum()]
            start = 0
            for length, style in word.style:
                run = "".join(letters[start : start + length])
                start += length
                found.update((mark, run) for mark in style)
    return found


def resolved(doc: Doc) -> int:
    """References that lead to a label of the document."""
    return sum(
        isinstance(atom, Ref) and atom.target in doc.labels
        for text in every_text(doc.blocks)
        for atom in text.atoms
    )


def links(doc: Doc) -> set[str]:
    """Targets of hyperlinks."""
    return {link for text in every_text(doc.blocks) for link in text.links}


def images(doc: Doc) -> int:
    """Pictures that are there."""
    return sum(isinstance(atom, Image) for text in every_text(doc.blocks) for atom in text.atoms)


def formulas(doc: Doc) -> Counter[tuple[str, ...]]:
    """Canonical tokens of every formula."""
    from typlora.verify.blocks.formulas import typst_tokens

    return Counter(typst_tokens(formula) or () for formula in every_formula(doc.blocks))
