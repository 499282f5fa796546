"""How much of LaTeX documents other converters, and ours, carry over.

    python benchmarks/document_fidelity.py main.tex out.typ            all aspects of one conversion
    python benchmarks/document_fidelity.py --folders DIR [--ours DIR] [--only pandoc,tylax] [--json FILE]

DIR holds a folder a document, each with ``main.tex`` and ``latex.pdf``; ``--ours`` holds our outputs as
``NAME.typ`` or ``NAME/main.typ``. pandoc and tylax run as a user runs them: ``pandoc -s main.tex -t typst``
in the document's folder, ``tylax.latex_to_typst(text, document=True)``.

Columns: does it compile to PDF; words of LaTeX's own PDF found in the candidate's PDF (multiset, words of two
letters and more, needs ``pdftotext``); then by ``compare_documents``, whose reference is pandoc's reading of
the LaTeX (so pandoc is judged mildly): words, headings with level, formulas equal and in order, tables equal
in every cell, captions, footnotes, references and citations, in per cent of what the LaTeX has. ``-``: the
LaTeX has none, or the candidate cannot be read. A document that does not compile can still be read when only
labels, pictures or the bibliography are at fault, so "does not compile" and "says everything" do meet.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from typlora.errors import InputError
from typlora.tex.project import read_project
from typlora.verify.blocks import DocumentVerdict, compare_documents, document_reference
from typlora.verify.blocks.reference import Reference
from typlora.verify.blocks.text import is_cjk, words_of
from typlora.verify.compiler import CompilerPool

COLUMNS = ("words", "headings", "formulas", "tables", "captions", "footnotes", "references", "citations")


@dataclass(frozen=True, slots=True)
class Fidelity:
    """``shares`` are from 0 to 1, None where there is nothing to compare; ``pdf_words`` likewise."""

    document: str
    converter: str
    compiles: bool
    pdf_words: float | None
    shares: dict[str, float | None]
    counts: dict[str, tuple[int, int]]
    error: str = ""
    blind: tuple[str, ...] = ()


def measure(
    folder: Path,
    converter: str,
    typst: str,
    pool: CompilerPool,
    reference: Reference,
    root: Path | None = None,
) -> Fidelity:
    """One conversion of the document in ``folder``, whose LaTeX has been read by ``document_reference``."""
    verdict = compare_documents("", typst, pool, root or folder, reference=reference)
    counts = {aspect.name: (aspect.kept, aspect.total) for aspect in verdict.aspects}
    shares: dict[str, float | None] = {}
    for name in COLUMNS:
        aspect = verdict.aspect(name)
        shares[name] = aspect.share if aspect and aspect.total else None
    pdf = folder / "latex.pdf"
    kept = pdf_words_kept(pdf.read_bytes(), verdict.pdf) if verdict.compiles and pdf.exists() else None
    error = " ".join(verdict.error.split())[:160]
    return Fidelity(folder.name, converter, verdict.compiles, kept, shares, counts, error, verdict.blind)


def pdf_words_kept(reference: bytes, candidate: bytes) -> float | None:
    """Share of the words of one PDF that are in the other, as multisets; None if the first has no text."""
    wanted, found = _pdf_words(reference), _pdf_words(candidate)
    total = sum(wanted.values())
    return sum((wanted & found).values()) / total if total else None


def _pdf_words(pdf: bytes) -> Counter[str]:
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        done = subprocess.run(["pdftotext", "-q", file.name, "-"], capture_output=True, timeout=120)
    text = re.sub(r"(?<=[a-z])[-‐]\n(?=[a-z])", "", done.stdout.decode("utf-8", "replace"))
    return Counter(word for word in words_of(text) if word.isalpha() and (len(word) > 1 or is_cjk(word)))


def by_pandoc(main: Path) -> str:
    """What ``pandoc -s main.tex -t typst`` prints; empty if it gives up."""
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "-s", main.name, "-t", "typst"]
    try:
        done = subprocess.run(command, cwd=main.parent, capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def by_tylax(main: Path) -> str:
    """tylax in document mode; empty if it gives up (it can panic, which is no ``Exception``)."""
    import tylax

    try:
        return str(tylax.latex_to_typst(main.read_text(encoding="utf-8", errors="replace"), document=True))
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return ""


def from_folder(folder: Path) -> Callable[[Path], str]:
    """Reads outputs that were written before."""

    def read(main: Path) -> str:
        name = main.parent.name
        for path in (folder / f"{name}.typ", folder / name / "main.typ"):
            if path.exists():
                return path.read_text(encoding="utf-8")
        return ""

    return read


def measure_folders(
    folders: Iterable[Path],
    converters: dict[str, Callable[[Path], str]],
    pool: CompilerPool,
    roots: dict[str, Path] | None = None,
) -> list[Fidelity]:
    """Every converter on every document; cells stay empty where one gives up.

    ``roots``: the folder that a converter's output may read, where it is not the document's own.
    """
    rows: list[Fidelity] = []
    for folder in folders:
        main = folder / "main.tex"
        reference = document_reference(read_project(main))
        for name, convert in converters.items():
            typst = convert(main)
            if typst.strip():
                root = (roots or {}).get(name, folder)
                root = root / folder.name if (root / folder.name).is_dir() else root
                rows.append(measure(folder, name, typst, pool, reference, root))
            else:
                nothing: dict[str, float | None] = dict.fromkeys(COLUMNS)
                rows.append(Fidelity(folder.name, name, False, None, nothing, {}, "gives no output"))
            print(_line(rows[-1]), flush=True)
    return rows


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"


def _line(row: Fidelity) -> str:
    cells = [_percent(row.pdf_words), *(_percent(row.shares[name]) for name in COLUMNS)]
    return f"{row.document:<12} {row.converter:<8} {'yes' if row.compiles else 'no':<9}" + "".join(
        f"{cell:>11}" for cell in cells
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def summary(rows: list[Fidelity]) -> list[str]:
    """A line a converter: means over the documents that have the aspect."""
    lines = []
    for name in dict.fromkeys(row.converter for row in rows):
        mine = [row for row in rows if row.converter == name]
        compiled = sum(row.compiles for row in mine)
        shares = {column: _mean(row.shares[column] for row in mine) for column in COLUMNS}
        pdf = _mean(row.pdf_words for row in mine)
        as_zero = _mean((row.pdf_words or 0.0) for row in mine)
        readable = sum(row.shares["words"] is not None for row in mine)
        mean = _line(Fidelity("mean", name, False, pdf, shares, {}))
        lines.append(mean.replace(" no  ", f" {compiled:>2}/{len(mine):<2}"))
        lines.append(
            f"  {name}: content of {readable} of {len(mine)} can be read; pdf words {_percent(as_zero)} "
            "with 0 for what does not compile"
        )
    return lines


def print_one(verdict: DocumentVerdict) -> None:
    print(f"compiles: {verdict.compiles}" + (f"  ({verdict.error})" if verdict.error else ""))
    print(f"{'aspect':<12}{'LaTeX':>8}{'kept':>8}{'added':>8}{'unknown':>9}")
    for aspect in verdict.aspects:
        print(f"{aspect.name:<12}{aspect.total:>8}{aspect.kept:>8}{aspect.added:>8}{aspect.unknown:>9}")
        for missing in aspect.missing[:5]:
            print(f"    missing: {missing}")
    for reason in verdict.blind:
        print(f"reference is blind: {reason}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="main.tex and out.typ")
    parser.add_argument("--folders", type=Path, help="a folder of documents")
    parser.add_argument("--ours", type=Path, help="a folder with our outputs")
    parser.add_argument("--only", default="pandoc,tylax", help="converters to run beside ours")
    parser.add_argument("--json", type=Path, help="write all rows here")
    flags = parser.parse_args()
    started = time.perf_counter()
    try:
        with CompilerPool(seconds=60, memory_mb=4096) as pool:
            if flags.folders is None:
                latex, typst = flags.files
                text = typst.read_text(encoding="utf-8")
                print_one(compare_documents(read_project(latex), text, pool, typst.resolve().parent))
                return
            known: dict[str, Callable[[Path], str]] = {"pandoc": by_pandoc, "tylax": by_tylax}
            converters = {name: known[name] for name in flags.only.split(",") if name in known}
            if flags.ours is not None:
                converters["typlora"] = from_folder(flags.ours)
            print(
                f"{'document':<12} {'':<8} {'compiles':<9}"
                + "".join(f"{n:>11}" for n in ("pdf words", *COLUMNS))
            )
            folders = sorted(path.parent for path in flags.folders.glob("*/main.tex"))
            roots = {"typlora": flags.ours} if flags.ours else None
            rows = measure_folders(folders, converters, pool, roots)
    except InputError as error:
        sys.exit(str(error))
    print("\n".join(summary(rows)))
    print(f"{time.perf_counter() - started:.0f} s")
    if flags.json:
        flags.json.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
