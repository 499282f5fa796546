"""Damage whole documents and convert them: no traceback, always a PDF, no word lost silently, never slow.

    python benchmarks/fuzz_documents.py [FOLDER ...] [--seeds 0-300] [--seconds 30] [--save FOLDER]

Each FOLDER holds one folder a document with ``main.tex``; the suite's documents always take part. A seed
decides the document and its damage (`document_damage`: braces, bytes, cuts, encodings, odd commands), so a
fault is repeated with ``--seeds N``. Each input is converted by the command as a person runs it, with
``--engine rules``, in a process of its own. Prints a JSON line a fault: a traceback or an exit status but
0 and 1, Typst that does not compile, words missing without a line in the report, a document that was
given up, more than ``--seconds`` of CPU time. ``--save`` keeps those inputs. Status 1 when there was one.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from document_damage import damaged

from typlora.verify.compiler import CompilerPool

SUITE = Path(__file__).resolve().parent / "suite" / "documents"
LIMIT = 600.0  # seconds on the clock after which a conversion is ended; the machine may be busy


@dataclass(frozen=True, slots=True)
class Fault:
    """What was wrong with the conversion of one damaged document; ``seconds`` of CPU time."""

    seed: int
    document: str
    damage: str
    seconds: float
    fault: str


def convert(folder: Path, out: Path) -> tuple[int | None, str, float]:
    """Exit status (None: ended after ``LIMIT``), what it said, CPU seconds with all workers."""
    command = [sys.executable, "-c", "import sys; from typlora.cli.main import main; sys.exit(main())"]
    flags = ["convert", "main.tex", "-o", str(out / "out.typ"), "--report", str(out / "report.json")]
    flags += ["--engine", "rules", "--jobs", "1", "--pictures", "source", "--no-cache"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [*command, *flags],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, said = process.communicate(timeout=LIMIT)
        status: int | None = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        _, said = process.communicate()
        status = None
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return status, said.decode("utf-8", "replace"), seconds


def fault_of(
    status: int | None, said: str, seconds: float, out: Path, most: float, pool: CompilerPool
) -> str:
    """What is wrong with one conversion; empty when nothing is."""
    if status is None:
        return f"ended after {LIMIT:.0f} s"
    if status not in (0, 1) or "Traceback" in said:
        return f"exit status {status}: {said[-1500:]}"
    compiled = pool.compile((out / "out.typ").read_text(encoding="utf-8"), root=out)
    if not compiled.ok:
        return f"does not compile: {compiled.error[:500]}"
    document = json.loads((out / "report.json").read_text(encoding="utf-8"))["documents"][0]
    if document["words"] is None:
        return "words were not checked"
    told = sum(item["kind"] == "words" for item in document["items"])
    if document["words"]["missing"] and not told:
        return f"lost silently: {document['words']}"
    given_up = [item["note"] for item in document["items"] if "whole document" in (item["note"] or "")]
    if given_up:
        return f"given up: {given_up[0]}"
    return f"slow: {seconds:.1f} s" if seconds > most else ""


def run(
    documents: Sequence[Path], seeds: range, most: float, save: Path | None, pool: CompilerPool
) -> list[Fault]:
    """Convert a damaged document for each seed; faults are printed as they come."""
    faults: list[Fault] = []
    slowest = 0.0
    for seed in seeds:
        chance, main = random.Random(seed), documents[seed % len(documents)]
        text, damage = damaged(main.read_bytes(), chance)
        with tempfile.TemporaryDirectory() as scratch:
            folder, out = Path(scratch, "in"), Path(scratch, "out")
            shutil.copytree(main.parent, folder)
            (folder / "main.tex").write_bytes(text)
            out.mkdir()
            status, said, seconds = convert(folder, out)
            fault = fault_of(status, said, seconds, out, most, pool)
        slowest = max(slowest, seconds)
        if fault:
            faults.append(Fault(seed, main.parent.name, damage, round(seconds, 1), fault))
            print(json.dumps(asdict(faults[-1]), ensure_ascii=False), flush=True)
            if save:
                save.mkdir(parents=True, exist_ok=True)
                (save / f"{seed}.tex").write_bytes(text)
    print(f"{len(seeds)} inputs, {len(faults)} faults, slowest {slowest:.1f} s of CPU time", flush=True)
    return faults


def main() -> int:
    """Run all seeds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seeds", default="0-300", help="FIRST-END or one seed")
    parser.add_argument("--seconds", type=float, default=30.0, help="CPU seconds that are too many")
    parser.add_argument("--save", type=Path, help="keep the inputs with faults here")
    flags = parser.parse_args()
    first, _, end = flags.seeds.partition("-")
    seeds = range(int(first), int(end) if end else int(first) + 1)
    documents = [main for folder in (SUITE, *flags.folders) for main in sorted(folder.glob("*/main.tex"))]
    started = time.perf_counter()
    with CompilerPool(jobs=1, seconds=60) as pool:
        faults = run(documents, seeds, flags.seconds, flags.save, pool)
    print(f"{time.perf_counter() - started:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
