"""What each stage of a training was worth: the same formulas asked of run after run.

    python benchmarks/accuracy_curve.py ROWS.jsonl RUN RUN... [--picture FILE.svg]

ROWS are formulas as ``typlora formulas`` takes them; RUNs are given in the order of training. Steps and hours
are those of each run's ``log.jsonl``, added up. "At once": proved by one greedy answer; "in parts": those
whose parts were asked as well (``convert/parts``). ``--limit N`` asks the first N rows only.
"""

import argparse
import json
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", type=Path)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    from typlora.convert.rows import convert_rows
    from typlora.convert.stack import Options, open_cascade
    from typlora.engines.model_engine import NAME
    from typlora.model.base import DEFAULT_BASE, resolve
    from typlora.model.curves import plot_curves

    lines = options.rows.read_text(encoding="utf-8").splitlines()[: options.limit]
    rows = [json.loads(line) for line in lines]
    print("| run | steps in all | hours | compiles | proved at once | and in parts | of |", flush=True)
    print("|---|--:|--:|--:|--:|--:|--:|", flush=True)
    steps, hours, shares = 0, 0.0, []
    for run in options.runs:
        logged = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
        steps += max(one["step"] for one in logged)
        hours += max(one.get("seconds", 0.0) for one in logged) / 3600
        cascade = open_cascade(Options("model", str(resolve(DEFAULT_BASE)), str(run)))
        answers = convert_rows(rows, cascade)
        cascade.close()
        proved = [answer["engine"] for answer in answers if answer["verdict"] == "equal"]
        compiled = sum(answer["engine"] != "kept-latex" for answer in answers)
        shares.append(len(proved) / len(rows))
        print(
            f"| {run.name} | {steps} | {hours:.1f} | {compiled / len(rows):.1%} "
            f"| {proved.count(NAME)} | {len(proved)} ({shares[-1]:.1%}) | {len(rows)} |",
            flush=True,
        )
    if options.picture is not None:
        plot_curves(options.runs, options.picture, shares)


if __name__ == "__main__":
    main()
