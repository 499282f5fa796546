"""Fuzz the LaTeX reader: mutate inputs and watch for exceptions, hangs and wrong spans.

    python benchmarks/fuzz_tex.py --seconds 60 [--seed 1] [--save FOLDER] [FILE.tex ...]

Without files the repository's samples are mutated. Everything goes through reading, macro expansion, parsing
and cutting at all levels. Prints one line a fault and a summary; exit status 1 when there was one. A run is
repeated exactly by its seed; ``--save`` keeps the inputs that failed.
"""

import argparse
import faulthandler
import random
import sys
import time
import traceback
from pathlib import Path
from typing import get_args

from typlora.errors import TyploraError
from typlora.tex.macros import expand_project
from typlora.tex.parse import parse
from typlora.tex.project import read_string
from typlora.tex.segment import Level, cut

# CPU seconds one input may take: a fixed part and one a character; ten times what real papers need.
SECONDS, SECONDS_PER_CHARACTER = 4.0, 1e-4

TOKENS = [
    "{", "}", "$", "$$", "\\(", "\\)", "\\[", "\\]", "[", "]", "%", "\n\n", "\\", "#1", "##", "&",
    "^", "_", "\u0000", "\u00ff", "\\begin{equation}", "\\end{equation}", "\\begin{verbatim}",
    "\\end{verbatim}", "\\begin{document}", "\\verb|", "\\end{document}", "\\input{a}",
    "\\input{/etc/passwd}", "\\def\\x{\\x\\x}", "\\newcommand{\\x}[2][a]{#1#2\\x}", "\\x",
    "\\newenvironment{e}{\\begin{e}}{\\end{e}}", "\\begin{e}", "\\end{e}", "\\let\\x\\frac",
    "\\let\\frac\\x", "\\ifx", "\\iffalse", "\\else", "\\fi", "\\url{", "\\href{%}{", "\\item[",
    "\\label{", "\\footnote{", "\\textbf", "\\left(", "\\DeclareMathOperator\\x",
    "\\NewDocumentCommand\\x{s o m e{^_}}{", "\\makeatletter", "\\endinput", "日本語", "\u200b",
]  # fmt: skip
START = r"""\documentclass{article}
\newcommand{\R}[1][n]{\mathbb{R}^{#1}}\def\v#1{\mathbf{#1}}
\begin{document}\section{One}\label{a} Text $x\in\R$ and \(\v y\). % comment
\begin{align}a&=b\label{l}\\c&=d\end{align}
\begin{itemize}\item one\footnote{$z$}\end{itemize}\verb|$|\end{document}
"""


def mutate(text: str, chance: random.Random) -> str:
    """A few random edits: cuts, copies, swaps, insertions, a truncation."""
    for _ in range(chance.randint(1, 12)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + int(chance.expovariate(1 / 40)))
        piece = text[start:end]
        kind = chance.randrange(7)
        if kind == 0:
            text = text[:start] + text[end:]
        elif kind == 1:
            text = text[:start] + piece * chance.choice((2, 2, 3, 300)) + text[end:]
        elif kind == 2:
            at = chance.randrange(len(text) + 1)
            text = text[:at] + piece + text[at:]
        elif kind == 3:
            text = text[:end]
        else:
            text = text[:start] + chance.choice(TOKENS) * chance.choice((1, 1, 1, 2, 50)) + text[start:]
        text = text[:200_000]
    return text


def check(text: str) -> None:
    """Everything the reader does. Raises ``AssertionError`` when a result is not what it promises."""
    data = (
        text.encode("utf-8", "surrogateescape") if "\xff" not in text else text.encode("latin-1", "replace")
    )
    try:
        project = read_string(data, "fuzz.tex")
    except TyploraError:
        return
    lines = project.source.text.count("\n") + 1
    expanded = expand_project(project)
    parse(expanded.source, expanded.table.specs(), expanded.table.environment_specs())
    for source in (project.source, expanded.source):
        for level in get_args(Level):
            for unit in cut(source, level):
                assert unit.latex.strip(), "an empty unit"
                assert unit.span.file == "fuzz.tex", f"no file: {unit}"
                assert 1 <= unit.span.line <= unit.span.end_line, f"lines out of order: {unit.span}"
                assert unit.span.end_line <= lines or text.count("\r"), f"beyond the file: {unit.span}"


def main() -> int:
    """Run until the time is up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path)
    arguments = parser.parse_args()
    files = arguments.files or sorted((Path(__file__).parent.parent / "sample").glob("*.tex"))
    texts = [START, *(path.read_text(encoding="utf-8", errors="replace")[:100_000] for path in files)]
    begun = time.perf_counter()
    runs = faults = 0
    slowest = 0.0
    while time.perf_counter() - begun < arguments.seconds:
        seed = arguments.seed * 1_000_000 + runs
        chance = random.Random(seed)
        text = mutate(chance.choice(texts), chance)
        faulthandler.dump_traceback_later(60, exit=True)  # a hang ends the run and shows where
        started = time.process_time()
        fault = ""
        try:
            check(text)
        except Exception:  # the point of a fuzzer is to see every one
            fault = traceback.format_exc().strip().replace("\n", " | ")[-400:]
        seconds = time.process_time() - started
        faulthandler.cancel_dump_traceback_later()
        slowest = max(slowest, seconds)
        if not fault and seconds > SECONDS + SECONDS_PER_CHARACTER * len(text):
            fault = f"took {seconds:.1f} s for {len(text)} characters"
        if fault:
            faults += 1
            print(f"seed {seed}: {fault}", file=sys.stderr)
            if arguments.save:
                arguments.save.mkdir(parents=True, exist_ok=True)
                (arguments.save / f"{seed}.tex").write_text(text, encoding="utf-8", errors="surrogateescape")
        runs += 1
    print(f"{runs} inputs, {faults} faults, slowest {slowest:.2f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
