"""How whole documents come out: compiles, words kept, headings, losses, seconds.

    python benchmarks/documents.py FOLDER [--engine rules|auto|model|none] [--show-words N] [--out FOLDER]

FOLDER holds one folder a document, with ``main.tex`` and, to compare words with, ``latex.pdf``. Words are
those of at least three letters in the text of both PDFs (``pdftotext``), Japanese is compared character by
character. With ``--engine none`` formulas are filled with their words only: structure alone is measured.
Nothing is remembered from one document to the next, and each loads the model anew: seconds are those of a
person's first conversion, and so are CPU seconds, which count the workers and hold on a busy machine too.
``asked`` counts blocks that no writer knows and that a model wrote.
"""

import argparse
import re
import resource
import statistics
import subprocess
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from typlora.convert.draft import Draft, draft, write_formula
from typlora.convert.pipeline import convert_project, place_asset
from typlora.tex.project import read_project
from typlora.tex.unit import UnitKind
from typlora.verify.compiler import CompilerPool

_WORD = re.compile(r"[^\W\d_]{3,}")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Result:
    """One document. ``words`` is the share kept in per cent, None without a PDF to compare with."""

    name: str
    compiles: bool
    words: float | None
    headings: int
    losses: int
    seconds: float
    missing: list[tuple[str, int]]
    silent: int | None = (
        None  # words that the check at the end of a conversion found neither kept nor reported
    )
    pages: int = 0
    written: int = 0  # blocks that a model wrote
    cpu: float = 0.0  # seconds of all processes together


def words(text: str) -> Counter[str]:
    """Words of a page's text, hyphenation at line ends undone, ligatures taken apart."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"(?<=\w)[-\u00ad\u2010]\n\s*(?=[a-z])", "", text)
    found = Counter(word.lower() for word in _WORD.findall(text) if not _CJK.search(word))
    found.update(_CJK.findall(text))
    return found


def pdf_text(pdf: Path, *, heads: bool = True) -> str:
    """Text of a PDF in reading order; without ``heads`` lines at the edges of pages that come back on every
    third one are left out, because no converter keeps a class's running heads."""
    run = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, check=False)
    pages = [page.strip().split("\n") for page in run.stdout.decode("utf-8", "replace").split("\f")]
    if heads:
        return "\n".join(line for page in pages for line in page)
    edges = Counter(
        line for page in pages for line in {_head(line) for line in (*page[:3], *page[-3:])} if line
    )
    running = {line for line, count in edges.items() if count >= max(3, len(pages) / 3)}
    return "\n".join(line for page in pages for line in page if _head(line) not in running)


def _head(line: str) -> str:
    return re.sub(r"[\dIVXivx]+", "0", line.strip())


def filled(made: Draft) -> str:
    """The draft with the words of each formula instead of the formula."""
    parts = [made.preamble]
    for block in made.blocks:
        text = ""
        for part in block.parts:
            if isinstance(part, str):
                text += part
            else:
                unit = made.formulas[part.formula]
                inside = " ".join(re.findall(r"(?<![\\A-Za-z])[A-Za-z]{3,}", unit.latex)) or "x"
                text += write_formula(unit, f'"{inside}"', part)
        parts.append(text)
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measure(folder: Path, engine: str, out: Path) -> Result:
    """Convert one document and compare it with its PDF."""
    started, before = time.perf_counter(), cpu_seconds()
    with CompilerPool(jobs=1, seconds=60) as pool:
        result = convert(folder, engine, out, pool)
    result = replace(result, seconds=time.perf_counter() - started, cpu=cpu_seconds() - before)
    return result if not result.compiles else compared(folder, out / folder.name, result)


def convert(folder: Path, engine: str, out: Path, pool: CompilerPool) -> Result:
    """Convert one document into ``out``; words and seconds are not known yet."""
    project = read_project(folder / "main.tex")
    made = draft(project)
    losses = len(made.losses)
    silent: int | None = None
    written = 0
    target = out / folder.name
    target.mkdir(parents=True, exist_ok=True)
    for asset in made.assets:
        place_asset(asset, target)
    if engine == "none":
        typst = filled(made)
        compiled = pool.compile(typst, format="pdf", root=target)
        ok, pdf = compiled.ok, compiled.pages[0] if compiled.ok else b""
        if not ok:
            print(f"{folder.name}: line {compiled.line}: {compiled.error}")
    else:
        from typlora.cli._model import with_model
        from typlora.convert.stack import Options, open_cascade

        options, notes = with_model(Options(engine=engine, cache=False))
        if notes:
            raise SystemExit(notes[0])
        cascade = open_cascade(options, pool)
        result = convert_project(
            project, cascade, pool, source=folder.name, output=str(target), model_only=engine == "model"
        )
        cascade.close()
        written = sum(item.engine == "model" and item.kind != "formula" for item in result.document.items)
        typst, pdf, ok = result.typst, result.pdf, bool(result.pdf)
        losses = sum(item.is_loss for item in result.document.items)
        silent = None if result.document.words is None else result.document.missing
    (target / "main.typ").write_text(typst, encoding="utf-8")
    (target / "main.pdf").write_bytes(pdf)
    headings = sum(
        block.unit.kind is UnitKind.HEADING or str(block.parts[0]).startswith("==") for block in made.blocks
    )
    return Result(folder.name, ok, None, headings, losses, 0.0, [], silent, written=written)


def compared(folder: Path, target: Path, result: Result) -> Result:
    """With pages, and words where there is a PDF to compare with."""
    pages = _pages(target / "main.pdf")
    if not (folder / "latex.pdf").exists():
        return replace(result, pages=pages)
    wanted, got = words(pdf_text(folder / "latex.pdf", heads=False)), words(pdf_text(target / "main.pdf"))
    lost = wanted - got
    share = 100 * (1 - lost.total() / max(1, wanted.total()))
    return replace(result, pages=pages, words=share, missing=lost.most_common())


def _pages(pdf: Path) -> int:
    run = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=False)
    found = re.search(r"^Pages:\s*(\d+)", run.stdout, re.M)
    return int(found[1]) if found else 0


def _ten_pages(results: Sequence[Result]) -> str:
    """Median seconds a page, ten times: what a paper of ten pages takes."""
    told = []
    for kind in ("seconds", "cpu"):
        each = [10 * getattr(result, kind) / result.pages for result in results if result.pages]
        near = [getattr(result, kind) for result in results if 7 <= result.pages <= 13]
        if each:
            told.append(f"{kind}: {statistics.median(each):.1f} by the median a page")
        if near:
            told.append(f"{statistics.median(near):.1f} by the {len(near)} of 7 to 13 pages")
    return "ten pages, " + ", ".join(told) if told else ""


def _shown(count: int | None) -> str:
    return "-" if count is None else str(count)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the conversion of whole documents.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", choices=["rules", "auto", "model", "none"], default="rules")
    parser.add_argument("--show-words", type=int, default=0, help="print that many missing words a document")
    parser.add_argument("--out", type=Path, help="keep the results here")
    flags = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as scratch:
        print(
            f"{'document':14} compiles  words kept  headings  losses  silent  pages  asked  seconds      cpu"
        )
        for folder in sorted(path.parent for path in flags.folder.glob("*/main.tex")):
            result = measure(folder, flags.engine, flags.out or Path(scratch))
            results.append(result)
            share = f"{result.words:9.1f} %" if result.words is not None else "          -"
            compiles = "yes" if result.compiles else "NO"
            numbers = (
                f"{result.headings:9} {result.losses:7} {_shown(result.silent):>7} "
                f"{result.pages:6} {result.written:6} {result.seconds:8.2f} {result.cpu:8.2f}"
            )
            print(f"{result.name:14} {compiles:8} {share} {numbers}", flush=True)
            if flags.show_words:
                print("   ", ", ".join(f"{w} {n}" for w, n in result.missing[: flags.show_words]))
    shares = [r.words for r in results if r.words is not None]
    if results:
        mean = f"{statistics.mean(shares):.1f} %" if shares else "-"
        print(
            f"{sum(r.compiles for r in results)} of {len(results)} compile; words kept {mean} on average; "
            f"median {statistics.median(r.seconds for r in results):.2f} s; {_ten_pages(results)}"
        )


if __name__ == "__main__":
    main()
