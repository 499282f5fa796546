"""Whole documents through a converter, measured against pandoc's reading of their LaTeX.

    (suite,) = find_documents([Path("benchmarks/suite/documents")])
    result = evaluate_documents(converter, suite, pool)

A suite is a folder with one folder a document, ``main.tex`` in each. The reference is that of
``verify.blocks``, in which none of our writers has a part; as pandoc's reading it judges pandoc mildly.
"""

import hashlib
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from typlora.convert.settling import first_line
from typlora.evaluate.converters import Converter, Document
from typlora.evaluate.document_results import (
    ASPECTS,
    DocumentRow,
    DocumentsResult,
    document_of,
    document_record,
)
from typlora.evaluate.results import Journal
from typlora.evaluate.versions import package_fingerprint
from typlora.tex.project import read_project
from typlora.verify.blocks import Aspect, document_reference
from typlora.verify.blocks.aspects import aspects, multiset
from typlora.verify.blocks.formulas import latex_tokens, typst_tokens
from typlora.verify.blocks.model import Doc, Formula, Ref, Table
from typlora.verify.blocks.page import html_source, makes_plain_refs
from typlora.verify.blocks.reference import Reference
from typlora.verify.blocks.typst_side import canonical_doc
from typlora.verify.blocks.walk import all_words, every_block, every_formula, every_text, lower
from typlora.verify.compare import same
from typlora.verify.compiler import CompilerPool

LAYOUT = 2  # raised when the meaning of a row changes
SECONDS = 60.0  # limit of each of the two compiles of a document
NAMED = 40  # missing things kept by name a document
MAIN = "main.tex"
# Loss of what the author wrote, and not only of where it stands or how it looks.
CONTENT = ("formulas", "figures")
_OPERATOR = re.compile(r"\\mathop\{\\mathrm\{((?:[^{}]|\{[^{}]*\})*)\}\}")

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class DocumentSuite:
    """``digest`` names the content of all files of all documents."""

    name: str
    path: str
    mains: tuple[Path, ...]
    digest: str

    def limited(self, most: int | None) -> "DocumentSuite":
        """At most ``most`` documents, evenly spread."""
        if most is None or most >= len(self.mains):
            return self
        step = len(self.mains) / most
        return replace(self, mains=tuple(self.mains[int(index * step)] for index in range(most)))


def find_documents(paths: Sequence[Path]) -> list[DocumentSuite]:
    """The folders of documents among ``paths``, and those called ``documents`` inside of them."""
    found: dict[Path, DocumentSuite] = {}
    for path in paths:
        for folder in (path, path / "documents"):
            mains = sorted(folder.glob(f"*/{MAIN}")) if folder.is_dir() else []
            if mains:
                name = (
                    folder.name if folder.name != "documents" else f"{folder.resolve().parent.name} documents"
                )
                found[folder.resolve()] = DocumentSuite(name, str(folder), tuple(mains), _digest(mains))
    return list(found.values())


def _digest(mains: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for main in mains:
        for file in sorted(path for path in main.parent.rglob("*") if path.is_file()):
            name = file.relative_to(main.parent.parent).as_posix()
            digest.update(f"{name}\0{file.stat().st_size}\0".encode("utf-8", "replace"))
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def evaluate_documents(
    converter: Converter,
    suite: DocumentSuite,
    pool: CompilerPool,
    *,
    journals: Path | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> DocumentsResult:
    """One converter on all documents of a suite; finished ones are kept in ``journals``."""
    path = None if journals is None else journals / f"{_key(converter, suite)}.jsonl"
    if fresh and path is not None:
        path.unlink(missing_ok=True)
    journal = Journal(path, document_of, document_record)
    mains = [] if converter.formulas_only else suite.mains
    for number, main in enumerate(mains):
        if progress is not None:
            progress(number, len(mains), f"{converter.name} on {suite.name}: {main.parent.name}")
        if main.parent.name not in journal.rows:
            journal.add([measure_document(converter, main, pool)])
    rows = tuple(journal.rows[main.parent.name] for main in mains)
    return DocumentsResult(suite.name, suite.path, suite.digest, rows)


def _key(converter: Converter, suite: DocumentSuite) -> str:
    parts = (str(LAYOUT), converter.name, converter.fingerprint, suite.digest, package_fingerprint())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def measure_document(converter: Converter, main: Path, pool: CompilerPool) -> DocumentRow:
    """One document, whatever the converter makes of it."""
    with tempfile.TemporaryDirectory(prefix="typlora-") as scratch:
        made = converter.document(main, Path(scratch))
        return judge_document(main, made, pool)


@lru_cache(maxsize=64)
def _reference(main: Path, stamp: int) -> Reference:
    """Once for all converters; ``stamp`` tells a changed file."""
    return document_reference(read_project(main))


def judge_document(main: Path, made: Document, pool: CompilerPool) -> DocumentRow:
    """How much of the LaTeX the output says, and what is missing without a word about it."""
    reference = _reference(main.resolve(), main.stat().st_mtime_ns)
    compiles, error, candidate = False, "no output", None
    if made.typst.strip():
        pdf = pool.compile(made.typst, "pdf", made.root, seconds=SECONDS)
        page = pool.compile(html_source(made.typst), "html", made.root, seconds=SECONDS)
        candidate = canonical_doc(page.pages[0], makes_plain_refs(made.typst)) if page.ok else None
        compiles, error = pdf.ok, pdf.error or page.error
    found = _compared(reference, candidate)
    silent = 0
    if compiles and candidate is not None:
        silent = _untold(found, _lost(found["words"], reference, candidate), made.reports)
    lost = [f"{name}: {missing}" for name in ASPECTS if name in found for missing in found[name].missing]
    return DocumentRow(
        id=main.parent.name,
        compiles=compiles,
        readable=candidate is not None,
        counts={name: (found[name].kept, found[name].total) for name in ASPECTS if name in found},
        silent=silent,
        reports=len(made.reports),
        seconds=round(made.seconds, 4),
        solved=dict(made.solved),
        missing=tuple(lost[:NAMED]) if candidate is not None else (),
        error=first_line(error).partition(" (searched at")[0],
    )


def _compared(reference: Reference, candidate: Doc | None) -> dict[str, Aspect]:
    theirs = reference.doc if reference.doc is not None else Doc(())
    ours = candidate if candidate is not None else Doc(())
    found = {one.name: one for one in aspects(theirs, ours)}
    if 2 * found["words"].total < sum(reference.words.values()):
        # pandoc lost most of the document: its words by the cruder reading are nearer to the truth.
        words = lower(all_words(ours.blocks))
        found["words"] = multiset("words", reference.words.elements(), words.elements())
    found["formulas"] = _formulas(theirs, ours)
    found["shapes"] = multiset("shapes", _shapes(theirs), _shapes(ours))
    found["references"] = multiset("references", _resolved(theirs), _resolved(ours))
    return found


def _formulas(theirs: Doc, ours: Doc) -> Aspect:
    """Formulas that are equal, wherever they stand, each used once; without a reference they do not count."""
    there = Counter(typst_tokens(formula) or () for formula in every_formula(ours.blocks))
    waiting: list[tuple[str, list[tuple[str, ...]]]] = []
    total = kept = 0
    for formula in every_formula(theirs.blocks):
        wanted = _readings(formula)
        if not wanted:
            continue
        total += 1
        match = next((one for one in wanted if there[one]), None)
        if match is not None:
            there[match] -= 1
            kept += 1
        else:
            waiting.append((" ".join(formula.tex.split())[:80], wanted))
    missing: list[str] = []
    for shown, wanted in waiting:  # \dots may be at either height
        found = (one for one, count in there.items() if count and any(same(two, one) for two in wanted))
        match = next(found, None)
        if match is None:
            missing.append(shown)
        else:
            there[match] -= 1
            kept += 1
    return Aspect("formulas", total, kept, 0, tuple(missing))


def _readings(formula: Formula) -> list[tuple[str, ...]]:
    """The formula as it stands, and with operators that pandoc has expanded read as operators.

    pandoc writes ``\\mathop{\\mathrm{E}}`` for what ``\\DeclareMathOperator`` declares, which has no limits.
    """
    named = replace(formula, tex=_OPERATOR.sub(r"\\operatorname{\1}", formula.tex))
    tokens = (latex_tokens(one) for one in dict.fromkeys((formula, named)))
    return [one for one in tokens if one is not None]


def _shapes(doc: Doc) -> Iterator[Hashable]:
    for block in every_block(doc.blocks):
        if isinstance(block, Table):
            spans = sorted((cell.rows, cell.columns) for cell in block.cells if cell.rows * cell.columns > 1)
            yield f"{block.rows} rows, {block.columns} columns, spans {spans}"


def _resolved(doc: Doc) -> Iterator[str]:
    """References whose label is in the document, however a converter spells labels."""
    there = {_plain(label) for label in doc.labels}
    for text in every_text(doc.blocks):
        for atom in text.atoms:
            if isinstance(atom, Ref) and not atom.cite and _plain(atom.target) in there:
                yield _plain(atom.target)


def _plain(label: str) -> str:
    return "".join(char if char.isalnum() else "-" for char in label)


def _lost(words: Aspect, reference: Reference, candidate: Doc) -> Counter[str]:
    """Words that are missing by both readings of the LaTeX: each of them takes some options for text."""
    missing = lower(Counter(words.missing))
    return missing & (reference.words - lower(all_words(candidate.blocks)))


def _untold(found: dict[str, Aspect], words: Counter[str], reports: Sequence[str]) -> int:
    """Content that is missing and that no report names."""
    told = "\n".join(reports).lower()
    close = "".join(told.split())
    lost = words + Counter(text for name in CONTENT for text in found[name].missing)
    return sum(
        count
        for text, count in lost.items()
        if text.lower() not in told and "".join(text.lower().split())[:60] not in close
    )
