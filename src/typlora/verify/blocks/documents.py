"""Compare a whole Typst document with its LaTeX project."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from typlora.tex.project import Project, read_string
from typlora.verify.blocks.aspects import Aspect, aspects, multiset
from typlora.verify.blocks.check import Compiled
from typlora.verify.blocks.document_reference import document_reference
from typlora.verify.blocks.page import html_source, makes_plain_refs
from typlora.verify.blocks.reference import Reference
from typlora.verify.blocks.typst_side import canonical_doc
from typlora.verify.blocks.walk import all_words, lower


class DocumentPool(Protocol):
    """The compiler calls that a document needs."""

    def compile(
        self, source: str, format: str = ..., root: Path | None = ..., *, seconds: float | None = ...
    ) -> Compiled: ...


@dataclass(frozen=True, slots=True)
class DocumentVerdict:
    """``compiles`` is the plain compile to PDF. ``aspects`` is empty where the content could not be read at
    all; it can be filled for a document that does not compile because of missing labels or pictures.

    ``blind`` says which parts of the LaTeX the reference could not read. ``lost_words`` are words of the
    LaTeX, by a second and cruder reading, that the Typst lacks: a superset of what is really lost.
    """

    compiles: bool
    error: str
    aspects: tuple[Aspect, ...]
    blind: tuple[str, ...] = ()
    lost_words: Counter[str] | None = None
    pdf: bytes = b""

    def aspect(self, name: str) -> Aspect | None:
        return next((aspect for aspect in self.aspects if aspect.name == name), None)


def compare_documents(
    latex: Project | str,
    typst: str,
    pool: DocumentPool,
    root: Path | None = None,
    seconds: float = 60.0,
    reference: Reference | None = None,
) -> DocumentVerdict:
    """How much of a LaTeX project a Typst document says.

    ``root`` is the folder that the Typst may read (pictures, bibliographies). ``seconds`` limits each of the
    two compiles. ``reference`` (``document_reference``) saves reading the LaTeX again for a second candidate.
    """
    if reference is None:
        reference = document_reference(read_string(latex) if isinstance(latex, str) else latex)
    pdf = pool.compile(typst, "pdf", root, seconds=seconds)
    page = pool.compile(html_source(typst), "html", root, seconds=seconds)
    candidate = canonical_doc(page.pages[0], makes_plain_refs(typst)) if page.ok else None
    error = pdf.error or page.error or ("" if candidate else "the end of the document is not reached")
    made = pdf.pages[0] if pdf.ok else b""
    if candidate is None or reference.doc is None:
        return DocumentVerdict(pdf.ok, error, (), pdf=made)
    ours = lower(all_words(candidate.blocks))
    found = aspects(reference.doc, candidate)
    if 2 * found[0].total < sum(reference.words.values()):
        # pandoc lost most of the document: its words by the cruder reading are nearer to the truth.
        found = (multiset("words", reference.words.elements(), ours.elements()), *found[1:])
    return DocumentVerdict(pdf.ok, error, found, reference.doc.blind, reference.words - ours, made)
