"""Formulas through the command itself: how many are proved equal, and how fast, verification included.

    python benchmarks/formulas.py [ROWS.jsonl] [--engine rules] [--jobs 2] [--runs 3]

Without ROWS the committed evaluation set is used (jsonl/eval.jsonl). Rows are {"latex", "display", "macros"};
the cache is off. The rate is that of the fastest run: other work on the machine only ever makes it slower.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]


def as_formula_rows(path: Path, folder: Path) -> Path:
    """Training rows as formula rows; formula rows as they are."""
    with path.open(encoding="utf-8") as file:
        if '"prompt"' not in file.readline():
            return path
    from typlora.data.rows import read_rows

    out = folder / "rows.jsonl"
    with out.open("w", encoding="utf-8") as file:
        for number, row in enumerate(read_rows(path)):
            if row.meta.get("kind", "formula") == "formula":
                file.write(
                    json.dumps({"id": str(number), "latex": row.latex, "display": row.display, "macros": ""})
                    + "\n"
                )
    return out


def main() -> None:
    """Run the command and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", type=Path, nargs="?", default=ROOT / "jsonl" / "eval.jsonl")
    parser.add_argument("--engine", default="rules")
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        rows = as_formula_rows(options.rows, Path(name))
        best = 0.0
        for run in range(options.runs):
            out = Path(name) / f"out{run}.jsonl"
            command = [sys.executable, "-m", "typlora", "formulas", str(rows), "-o", str(out)]
            started = time.perf_counter()
            subprocess.run(
                [*command, "--engine", options.engine, "--jobs", options.jobs, "--no-cache"], check=True
            )
            answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
            best = max(best, len(answers) / (time.perf_counter() - started))
    verdicts = Counter(answer["verdict"] for answer in answers)
    judged = len(answers) - verdicts["unknown"]
    print(f"{len(answers)} formulas, {verdicts['unknown']} without a reference")
    print(f"equal: {verdicts['equal']} of {judged} ({verdicts['equal'] / max(1, judged):.2%})")
    print(f"{best:.0f} formulas a second, start of the program included")
    print("by engine:", dict(Counter(answer["engine"] for answer in answers).most_common()))


if __name__ == "__main__":
    main()
