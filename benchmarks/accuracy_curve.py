"""What each state of a training was worth: the same formulas asked of adapter after adapter.

    python benchmarks/accuracy_curve.py ROWS.jsonl RUN[@COMMIT]... [--every N] [--picture FILE.svg]

ROWS are formulas as ``typlora formulas`` takes them, of which every Nth is asked. RUNs are given in the order
of training; ``outputs/NAME@COMMIT`` is the run as it was committed then. Steps and hours are those of each
run's ``log.jsonl``, added up; a log that begins with that of the run before counts from its end. "At once":
proved by one greedy answer; "in parts": those whose parts were asked as well (``convert/parts``).
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FILES = ("adapter_model.safetensors", "adapter_config.json", "run.json", "log.jsonl")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", type=Path)
    parser.add_argument("runs", nargs="+", metavar="RUN[@COMMIT]")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    lines = options.rows.read_text(encoding="utf-8").splitlines()[:: options.every]
    with tempfile.TemporaryDirectory() as folder:
        _measure(
            [json.loads(line) for line in lines],
            _states(options.runs, Path(folder)),
            options.picture,
        )


def _states(named: Sequence[str], folder: Path) -> list[Path]:
    """A folder for each state, with the log of its own steps alone."""
    found: list[Path] = []
    before: list[dict[str, Any]] = []
    for name in named:
        run, _, commit = name.partition("@")
        state = folder / f"{len(found) + 1}" / (commit or Path(run).name)
        state.mkdir(parents=True)
        for file in FILES:
            state.joinpath(file).write_bytes(_content(Path(run) / file, commit))
        logged = [json.loads(line) for line in (state / "log.jsonl").read_text().splitlines()]
        own, start = logged, 0
        if before and logged[: len(before)] == before:
            own, start = logged[len(before) :], before[-1]["step"]
        rows = [{**one, "step": one["step"] - start} for one in own]
        state.joinpath("log.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
        before = logged
        found.append(state)
    return found


def _content(file: Path, commit: str) -> bytes:
    if not commit:
        return file.read_bytes()
    return subprocess.run(["git", "show", f"{commit}:{file}"], check=True, capture_output=True).stdout


def _hours(logged: Sequence[dict[str, Any]]) -> float:
    """Of all stages in a log: the clock starts anew with each."""
    seconds = [one["seconds"] for one in logged if "seconds" in one]
    ends = [one for one, after in zip(seconds, [*seconds[1:], 0.0], strict=True) if after < one]
    return float(sum(ends)) / 3600


def _measure(rows: list[dict[str, Any]], states: Sequence[Path], picture: Path | None) -> None:
    from typlora.convert.rows import convert_rows
    from typlora.convert.stack import Options, open_cascade
    from typlora.engines.model_engine import NAME
    from typlora.model.base import DEFAULT_BASE, resolve
    from typlora.model.curves import plot_curves

    print("| run | steps in all | hours | compiles | proved at once | and in parts | of |", flush=True)
    print("|---|--:|--:|--:|--:|--:|--:|", flush=True)
    steps, hours, shares = 0, 0.0, []
    for state in states:
        logged = [json.loads(line) for line in (state / "log.jsonl").read_text().splitlines()]
        steps += max(one["step"] for one in logged)
        hours += _hours(logged)
        cascade = open_cascade(Options("model", str(resolve(DEFAULT_BASE)), str(state)))
        answers = convert_rows(rows, cascade)
        cascade.close()
        proved = [answer["engine"] for answer in answers if answer["verdict"] == "equal"]
        compiled = sum(answer["engine"] != "kept-latex" for answer in answers)
        shares.append(len(proved) / len(rows))
        print(
            f"| {state.name} | {steps} | {hours:.1f} | {compiled / len(rows):.1%} "
            f"| {proved.count(NAME)} | {len(proved)} ({shares[-1]:.1%}) | {len(rows)} |",
            flush=True,
        )
    if picture is not None:
        plot_curves(states, picture, shares)


if __name__ == "__main__":
    main()
