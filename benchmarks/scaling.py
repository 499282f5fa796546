"""How conversion grows with the length of a book: time and memory at 10, 30, 100, 300 and 1,000 pages.

    python benchmarks/scaling.py [--pages 10,30,100] [--rounds N] [--faults] [--table FILE] [--plot FILE.svg]

Books are made of the project's own text (``sample/article.tex`` and the suite's documents): chapters with
theorems, equations, references near and far, tables, lists, footnotes, citations and a figure each. Every
formula is written with numbers of its own, so that no cache answers twice. Each book is converted by the
command as a person runs it, with ``--engine rules --no-cache``, in a process of its own; the best round of
each size counts. Pages are those of the PDF that comes out. With ``--faults`` every chapter has unknown
commands and environments, dangling references and citations, a label given twice and strange formulas.
"""

import argparse
import json
import math
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHAPTER_PAGES = 2.08  # how many pages a chapter of `chapter` makes, seen in the output
_WHOLE = re.compile(r"[A-Z][a-z]* .{25,}[.!?]$")
_FOREIGN = re.compile(
    r"\\(?!emph|textbf|textit|tau|le|lim|frac|%|&|alpha|ldots|circ|ln)[A-Za-z]|\\\\|&|[^\x00-\x7f]"
)
HEAD = r"""\documentclass[11pt,a4paper]{book}
\usepackage{amsmath,amssymb,amsthm,graphicx,booktabs}
\usepackage[hidelinks]{hyperref}
\newcommand{\mean}[1]{\langle #1 \rangle}
\newcommand{\R}{\mathbb{R}}
\newtheorem{theorem}{Theorem}[chapter]
\newtheorem{lemma}[theorem]{Lemma}
\title{A long book of tea}
\author{Ada Lind \and Jonas Berg}
\begin{document}
\maketitle
\tableofcontents
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One conversion: pages of the result, wall and processor seconds, peak memory in MB, losses reported."""

    asked: int
    pages: int
    characters: int
    formulas: int
    wall: float
    processor: float
    memory: float
    reported: int


def paragraphs() -> list[str]:
    """Sentences of prose from the project's own LaTeX that stand alone: no references, displays or macros."""
    out: list[str] = []
    suite = (ROOT / "benchmarks/suite/blocks.jsonl").read_text(encoding="utf-8").splitlines()
    blocks = [json.loads(line) for line in suite]
    texts = [
        block["latex"] for block in blocks if block["construct"] in {"prose", "headings", "theorems", "lists"}
    ]
    for path in [
        ROOT / "sample/article.tex",
        *sorted((ROOT / "benchmarks/suite/documents").glob("*/main.tex")),
    ]:
        if "japanese" not in path.parent.name and "robustness" not in path.parent.name:
            texts.append(path.read_text(encoding="utf-8").partition(r"\begin{document}")[2])
    for text in texts:
        text = re.sub(r"[~ ]?\\(?:cite\w*|label|caption)(?:\[[^]]*\])*\{[^}]*\}", "", text)
        text = re.sub(r"\\(?:eq|c|C|auto|page)?ref\{[^}]*\}", "7", text)
        text = re.sub(
            r"\\(?:sub)*section\{[^}]*\}|\\(?:begin|end)\{[^}]*\}|\\item|\\\[.*?\\\]",
            "\n\n",
            text,
            flags=re.S,
        )
        for sentence in re.split(r"\n\s*\n|(?<=[\w$}][.?!])\s", text):
            sentence = re.sub(r"\s+", " ", sentence).strip()
            even = sentence.count("{") == sentence.count("}") and not sentence.count("$") % 2
            if even and _WHOLE.match(sentence) and not _FOREIGN.search(sentence):
                out.append(sentence)
    return list(dict.fromkeys(out))


FAULTS = r"""
Here \unknownword{{stays {n}}} and \nowhere, see \ref{{gone{n}}}, \cite{{none{n}}} and
$\undefined{{x}}_{{{n}}}$.
\begin{{unknownenv}}Words of unknown environment {n}.\end{{unknownenv}}
\begin{{tikzpicture}}\draw (0,0) -- ({n},1) node {{drawn {n}}};\end{{tikzpicture}}
\begin{{equation}}\label{{eq:1}} x_{{{n}}} = \nosuchthing{{{n}}} \end{{equation}}
"""


def chapter(number: int, chapters: int, prose: list[str], dice: random.Random) -> str:
    """One chapter; it refers to itself, to the one before and to one anywhere in the book."""
    n, far = number, dice.randint(1, chapters)
    before = max(1, number - 1)

    def words(count: int) -> str:
        chosen = [dice.choice(prose) for _ in range(count)]
        return "\n".join(f"{text} Case ${n}.{dice.randint(1, 10**6)}$." for text in chosen)

    a, b, c = (dice.randint(2, 10**6) for _ in range(3))
    return rf"""
\chapter{{Cup number {n}}}\label{{ch:{n}}}
{words(4)} See Chapter~\ref{{ch:{before}}}, Theorem~\ref{{thm:{far}}} and \cite{{tea{n}}}.

\section{{The model of cup {n}}}\label{{sec:{n}}}
Let $T_{{{n}}}(t)$ be the temperature and $\tau_{{{n}}} \in \R$ the time
constant\footnote{{Note {n}: {words(1)}}}. Then
\begin{{equation}}\label{{eq:{n}}}
  \frac{{dT_{{{n}}}}}{{dt}} = - \frac{{T_{{{n}}} - T_0}}{{\tau_{{{n}}}}}
    + {a} \int_0^{{{b}}} e^{{-s/\tau_{{{n}}}}} \, ds .
\end{{equation}}
{words(2)}
\begin{{align}}
  x_{{{n}}} &= {a} \sum_{{i=1}}^{{{c}}} \alpha_i \label{{al:{n}}} \\
  y_{{{n}}} &= \mean{{(\tau - {b})^2}}^{{1/2}} \nonumber
\end{{align}}
By \eqref{{eq:{n}}}, \eqref{{al:{n}}} and \eqref{{eq:{far}}} of Section~\ref{{sec:{far}}} we are done.
\begin{{theorem}}[Cup {n}]\label{{thm:{n}}}
{words(1)} If $x_{{{n}}} > {c}$, then $\lim_{{t\to\infty}} T_{{{n}}}(t) = {b}$.
\end{{theorem}}
\begin{{proof}}
{words(1)} \[ \Delta_{{{n}}}(t) = (1-\alpha) \Delta(0) e^{{-t/{a}}} \]
and Theorem~\ref{{thm:{before}}} gives the rest.
\end{{proof}}

\section{{The measurement of cup {n}}}
{words(3)}
\begin{{itemize}}
  \item {dice.choice(prose)}
  \item Boil {a} cups \textbf{{twice}}, see Table~\ref{{tab:{n}}} and Figure~\ref{{fig:{n}}}.
\end{{itemize}}
\begin{{table}}[htbp]
  \centering
  \caption{{Constants of cup {n}}}\label{{tab:{n}}}
  \begin{{tabular}}{{lrr}}
    \toprule
    Cup & open & lid \\
    \midrule
    Porcelain & {a} & {b} \\
    Steel & {c} & ${a / 7:.3f}$ \\
    \bottomrule
  \end{{tabular}}
\end{{table}}
\begin{{figure}}
  \centering
  \includegraphics[width=0.4\textwidth]{{decay}}
  \caption{{Cup {n} while it cools, with $\tau = {c}$}}\label{{fig:{n}}}
\end{{figure}}

{words(3)}
"""


def book(pages: int, seed: int = 1, faults: bool = False) -> str:
    """LaTeX of a book of about ``pages`` pages."""
    dice, prose = random.Random(seed), paragraphs()
    chapters = max(1, round(pages / CHAPTER_PAGES))
    body = "".join(
        chapter(n, chapters, prose, dice) + (FAULTS.format(n=n) if faults else "")
        for n in range(1, chapters + 1)
    )
    entries = "".join(
        rf"\bibitem{{tea{n}}} E.~Marsh, \emph{{Cup {n}}}, Journal of Small Physics \textbf{{{n}}} (2019)."
        + "\n"
        for n in range(1, chapters + 1)
    )
    listed = f"\\begin{{thebibliography}}{{99}}\n{entries}\\end{{thebibliography}}\n"
    return f"{HEAD}{body}{listed}\\end{{document}}\n"


def family(root: int) -> dict[int, float]:
    """Processor seconds so far of a process and of each of its descendants, by process id."""
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    tick = os.sysconf("SC_CLK_TCK")
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            seconds[int(entry.name)] = (int(fields[11]) + int(fields[12])) / tick
    found, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        grown = bool(more)
        found |= more
    return {pid: seconds[pid] for pid in found if pid in seconds}


def held(processes: Iterable[int]) -> float:
    """Megabytes that processes hold, shared pages divided among them (PSS)."""
    total = 0
    for pid in processes:
        try:
            found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
        except OSError:
            continue
        total += int(found[1]) if found else 0
    return total / 1024


def measure(pages: int, seed: int, folder: Path, faults: bool = False) -> Measured:
    """Convert one book in ``folder`` by the command. Raises ``RuntimeError`` when the command fails."""
    latex = book(pages, seed, faults)
    source, out, report = folder / "book.tex", folder / "out" / "book.typ", folder / "report.json"
    source.write_text(latex, encoding="utf-8")
    (folder / "decay.png").write_bytes((ROOT / "sample/decay.png").read_bytes())
    command = [sys.executable, "-m", "typlora", "convert", str(source), "-o", str(out), "--engine", "rules"]
    command += ["--no-cache", "--pdf", "--quiet", "--report", str(report)]
    started = time.perf_counter()
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TYPLORA_HOME": str(folder / "home")}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    peak, spent = 0.0, dict[int, float]()
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.1):
            spent.update(family(process.pid))
            peak = max(peak, held(spent))

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, errors = process.communicate()
    done.set()
    watcher.join()
    wall = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(errors.decode("utf-8", "replace"))
    counts = json.loads(report.read_text(encoding="utf-8"))["documents"][0]["counts"]
    processor = sum(spent.values())
    tree = re.search(rb"/Type/Pages/Count (\d+)", out.with_suffix(".pdf").read_bytes())
    found = int(tree[1]) if tree else 0
    formulas = sum(count for what, count in counts.items() if what != "reported")
    return Measured(pages, found, len(latex), formulas, wall, processor, peak, int(counts.get("reported", 0)))


def exponent(results: list[Measured], of: str) -> float:
    """Slope of the logarithms from 100 pages on (all sizes if there are no two): 1 is linear growth."""
    large = [r for r in results if r.asked >= 100]
    chosen = large if len(large) > 1 else results
    xs = [math.log(r.characters) for r in chosen]
    ys = [math.log(getattr(r, of)) for r in chosen]
    return statistics.linear_regression(xs, ys).slope if len(chosen) > 1 else float("nan")


def table(results: list[Measured]) -> str:
    """Markdown; the first size is the measure of the last column."""
    first = f"CPU a page, in that of the {results[0].pages}-page book"
    rows = [
        f"| pages | characters | formulas | losses | s | CPU s | CPU ms a page | peak MB | {first} |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    base = results[0].processor / results[0].pages
    for r in results:
        each = r.processor / r.pages
        rows.append(
            f"| {r.pages:,} | {r.characters:,} | {r.formulas:,} | {r.reported:,} | {r.wall:.1f} "
            f"| {r.processor:.1f} | {1000 * each:.0f} | {r.memory:.0f} | {each / base:.2f} |"
        )
    return "\n".join(rows) + "\n"


def main() -> None:
    """Measure, print the table, write table and plot."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", default="10,30,100,300,1000")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--table", type=Path)
    parser.add_argument("--plot", type=Path)
    args = parser.parse_args()
    best: dict[int, Measured] = {}
    for round_ in range(args.rounds):
        for pages in map(int, args.pages.split(",")):
            with tempfile.TemporaryDirectory(prefix="scaling-") as name:
                found = measure(pages, round_ + 1, Path(name), args.faults)
            print(found, file=sys.stderr, flush=True)
            if pages not in best or found.processor < best[pages].processor:
                best[pages] = found
    results = sorted(best.values(), key=lambda r: r.asked)
    text = table(results)
    print(text)
    print(f"growth of CPU time with length: exponent {exponent(results, 'processor'):.2f}; of memory "
          f"{exponent(results, 'memory'):.2f}")  # fmt: skip
    if args.table:
        args.table.write_text(text, encoding="utf-8")
    if args.plot:
        args.plot.write_text(plot(results), encoding="utf-8")


def plot(results: list[Measured]) -> str:
    """A small SVG, both axes logarithmic: CPU seconds over pages; grey is the line of linear growth."""
    width, height, edge = 460, 300, 46
    low, high = math.log(results[0].pages * 0.8), math.log(results[-1].pages * 1.25)
    times = [r.processor for r in results]
    bottom, top = math.log(min(times) * 0.6), math.log(max(times) * 1.6)

    def at(pages: float, seconds: float) -> tuple[float, float]:
        x = edge + (math.log(pages) - low) / (high - low) * (width - edge - 14)
        y = height - edge - (math.log(seconds) - bottom) / (top - bottom) * (height - edge - 14)
        return round(x, 1), round(y, 1)

    last = results[-1]
    start = at(results[0].pages, last.processor * results[0].pages / last.pages)
    end = at(last.pages, last.processor)
    points = [at(r.pages, r.processor) for r in results]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        ' font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<path d="M{edge} 10V{height - edge}H{width - 10}" fill="none" stroke="#444"/>',
        f'<path d="M{start[0]} {start[1]}L{end[0]} {end[1]}" stroke="#bbb" stroke-dasharray="5 4"/>',
        f'<polyline points="{" ".join(f"{x},{y}" for x, y in points)}"'
        ' fill="none" stroke="#1b6ca8" stroke-width="2"/>',
    ]
    for (x, y), r in zip(points, results, strict=True):
        out.append(f'<circle cx="{x}" cy="{y}" r="3" fill="#1b6ca8"/>')
        out.append(f'<text x="{x}" y="{height - edge + 15}" text-anchor="middle">{r.pages:,}</text>')
        out.append(f'<text x="{x - 6}" y="{y - 7}" text-anchor="end">{r.processor:.0f} s</text>')
    out.append(f'<text x="{width / 2}" y="{height - 12}" text-anchor="middle">pages of the book</text>')
    out.append(
        f'<text x="14" y="{height / 2}" text-anchor="middle"'
        f' transform="rotate(-90 14 {height / 2})">CPU seconds</text>'
    )
    return "\n".join([*out, "</svg>"]) + "\n"


if __name__ == "__main__":
    main()
