"""Damage whole documents and convert them: no traceback, always a PDF, no word lost silently, never slow.

    python benchmarks/fuzz_documents.py [FOLDER ...] [--seeds 0-300] [--seconds 30] [--save FOLDER]

Each FOLDER holds one folder a document with ``main.tex``; the suite's documents always take part. A seed
decides the document and its damage (braces, environments, bytes, lines, cuts, odd commands put in), so a
fault is repeated with ``--seeds N``. Each input is converted by the command as a person runs it, with
``--engine rules``, in a process of its own. Prints a JSON line a fault: a traceback or an exit status but
0 and 1, Typst that does not compile, words missing without a line in the report, a document that was
given up, more than ``--seconds`` of CPU time. ``--save`` keeps those inputs. Status 1 when there was one.
"""

import argparse
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from typlora.verify.compiler import CompilerPool

SUITE = Path(__file__).resolve().parent / "suite" / "documents"
LIMIT = 600.0  # seconds on the clock after which a conversion is ended; the machine may be busy

Damage = Callable[[bytes, random.Random, int], bytes]

ODD = [
    rb"\def\x{\x}\x", rb"\newcommand{\q}[9]{#1#2#9}\q", rb"\begin{tabular}{", rb"\verb|", rb"$$", rb"\[",
    rb"\footnote{", rb"\item", rb"\\", rb"&", rb"\end{document}", rb"#", rb"^^M", rb"\begin{tikzpicture}",
    rb"\cite{", rb"\let\begin\end", rb"\input{main}", rb"\ifx", rb"\fi", rb"\csname",
    rb"\label{a}\label{a}", b"\x00", b"\xff\xfe", b"\xe2\x80\xae", rb"\multicolumn{99}{c}{x}", rb"\hline",
    rb"\caption{", rb"\section",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """What was wrong with the conversion of one damaged document; ``seconds`` of CPU time."""

    seed: int
    document: str
    damage: str
    seconds: float
    fault: str


def _without(text: bytes, pattern: bytes, chance: random.Random, times: int) -> bytes:
    for _ in range(times):
        if found := list(re.finditer(pattern, text)):
            at = chance.choice(found).start()
            text = text[:at] + text[at + 1 :]
    return text


def brackets(text: bytes, chance: random.Random, times: int) -> bytes:
    return _without(text, rb"[{}\[\]]", chance, times)


def maths(text: bytes, chance: random.Random, times: int) -> bytes:
    return _without(text, rb"\$|\\[()\[\]]|\\left|\\right", chance, times)


def environments(text: bytes, chance: random.Random, times: int) -> bytes:
    names = sorted(set(re.findall(rb"\\(?:begin|end)\{([^}]*)\}", text)))
    for _ in range(times):
        if found := list(re.finditer(rb"\\(begin|end)\{([^}]*)\}", text)):
            one = chance.choice(found)
            text = text[: one.start(2)] + chance.choice(names) + text[one.end(2) :]
    return text


def odd_bytes(text: bytes, chance: random.Random, times: int) -> bytes:
    for _ in range(times * 3):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + bytes([chance.randrange(256)]) + text[at + chance.choice([0, 1]) :]
    return text


def tail_cut(text: bytes, chance: random.Random, times: int) -> bytes:
    return text[: chance.randrange(len(text) + 1)]


def head_cut(text: bytes, chance: random.Random, times: int) -> bytes:
    return text[chance.randrange(len(text) // 2 + 1) :]


def twice(text: bytes, chance: random.Random, times: int) -> bytes:
    if not text:
        return text
    start = chance.randrange(len(text))
    piece, at = text[start : start + chance.randrange(1, 2000)], chance.randrange(len(text))
    return text[:at] + piece + text[at:]


def lines(text: bytes, chance: random.Random, times: int) -> bytes:
    rows = text.split(b"\n")
    for _ in range(times):
        one, other = chance.randrange(len(rows)), chance.randrange(len(rows))
        rows[one], rows[other] = rows[other], rows[one]
    return b"\n".join(rows)


def odd_commands(text: bytes, chance: random.Random, times: int) -> bytes:
    for _ in range(times):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice(ODD) + text[at:]
    return text


DAMAGES: tuple[Damage, ...] = (
    brackets, tail_cut, environments, odd_bytes, twice, lines, odd_commands, maths, head_cut,
)  # fmt: skip


def damaged(text: bytes, chance: random.Random) -> tuple[bytes, str]:
    """The text with one kind of damage, one time in ten with three, and their names."""
    done = []
    for _ in range(3 if chance.randrange(10) == 0 else 1):
        damage = chance.choice(DAMAGES)
        text = damage(text, chance, chance.choice((1, 1, 2, 5, 20)))
        done.append(damage.__name__)
    return text, "+".join(done)


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
