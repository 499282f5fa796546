"""How many verified pairs a second `typlora data build` makes, and what share of a corpus becomes pairs.

    python benchmarks/data_build.py [--corpus PATH ...] [--formulas N] [--jobs 2] [--json FILE]

Without a corpus the project's own grammar writes one (long formulas, no macros). Wall time depends on what
else the machine does; CPU seconds do not, so both are printed. The aim is 400 proved pairs a second on two
cores.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from pathlib import Path

from typlora.data.build import BuildPlan, build
from typlora.data.grammar import load_grammar

ROOT = Path(__file__).parents[1]


def written(folder: Path, count: int) -> Path:
    """A corpus of the project's own: what the grammar of train_002 writes, unverified."""
    grammar = load_grammar(ROOT / "jsonl" / "synth" / "full.toml")
    path = folder / "written.jsonl"
    lines = (
        json.dumps({"latex": grammar.write(f"bench:{n}")[0], "display": n % 2 == 0}) for n in range(count)
    )
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", nargs="*", type=Path, default=[], metavar="PATH")
    parser.add_argument("--formulas", type=int, default=10_000, metavar="N", help="read at most N")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = tuple(args.corpus) or (written(folder, args.formulas),)
        started, before = time.perf_counter(), used()
        report = build(BuildPlan(corpus, folder / "out.jsonl", jobs=args.jobs, limit=args.formulas))
        wall, cpu = time.perf_counter() - started, used() - before
    print(report.as_text())
    print(f"{'jobs':<26}{args.jobs:>10}  (load {os.getloadavg()[0]:.1f})")
    print(f"{'wall seconds':<26}{wall:>10.1f}  {report.proved / wall:.0f} proved pairs a second")
    print(f"{'CPU seconds':<26}{cpu:>10.1f}  {report.proved / cpu:.0f} proved pairs a CPU second")
    if args.json:
        found = {**report.as_json(), "wall": wall, "cpu": cpu, "jobs": args.jobs}
        args.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def used() -> float:
    """CPU seconds of this process and of those it has waited for."""
    return sum(
        spent.ru_utime + spent.ru_stime
        for spent in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    main()
