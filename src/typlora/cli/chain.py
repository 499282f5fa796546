"""``typlora chain 001..003``: every data version trained on the one before, measured and tried out each time.

    python -m typlora chain 001..003 --profile smollm2-135m

Stage NNN trains ``jsonl/train_NNN.jsonl`` from the run before it, evaluates on ``jsonl/eval.jsonl``, converts
``sample/`` into ``trained/NNN.typ``, and adds itself to ``docs/chain.md`` with a plot. A finished stage is
not run again; a stopped one is resumed.
"""

import argparse
import contextlib
import re
import sys
from pathlib import Path

SUMMARY = "train 001 -> 002 -> 003 with a test at each stage"
EVALUATION = "evaluation.json"  # in the run folder: kept, so that a finished stage costs nothing
CONVERTED = "converted.txt"  # in the run folder: which texts this run has converted; others may be another's


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``FIRST..LAST``, folders, and every flag of the configuration."""
    from typlora.train.flags import add_config_flags

    parser.add_argument(
        "range", metavar="FIRST..LAST", help="numbers of data versions, for instance 001..003"
    )
    parser.add_argument("--profile", metavar="NAME", help="configs/NAME.toml")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="a TOML file of your own, over the profile"
    )
    for name in ("jsonl", "outputs", "sample", "trained", "docs"):
        parser.add_argument(f"--{name}", type=Path, default=Path(name), metavar="FOLDER")
    parser.add_argument("--limit", type=int, metavar="N", help="evaluate on N rows, evenly spread")
    parser.add_argument("--engine", default="model", choices=("model", "auto"), help="what converts sample/")
    add_config_flags(parser)


def run(args: argparse.Namespace) -> int:
    """The status of the first stage that stops, else 0. ``DataError`` names a missing data version."""
    from typlora.errors import DataError
    from typlora.model.numbering import short_base
    from typlora.model.profiles import effective
    from typlora.train.flags import config_flags

    numbers = _numbers(args.range)
    flags = config_flags(args)
    base = short_base(effective(args.profile, args.config, flags).config.model_id)
    missing = [path for n in numbers if not (path := args.jsonl / f"train_{n:03}.jsonl").is_file()]
    if missing:
        raise DataError(f"no data for the chain: {', '.join(map(str, missing))}; see: typlora data build")
    runs: list[Path] = []
    for number in numbers:
        folder = args.outputs / f"{base}-typst-qlora-{number:03}"
        before = args.outputs / f"{base}-typst-qlora-{number - 1:03}"
        print(f"== stage {number:03}: {folder}", file=sys.stderr, flush=True)
        if status := _train(args, flags, number, folder, before if (before / "run.json").is_file() else None):
            return status
        _evaluate(args, folder)
        _convert(args, number, folder)
        runs.append(folder)
        _write_up(args.docs, runs)
        _give_memory_back()
    return 0


def _give_memory_back() -> None:
    """Between stages: what one stage freed stays with the C library otherwise, and adds up."""
    import ctypes
    import gc

    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # only glibc has it
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _numbers(text: str) -> list[int]:
    """``001..003`` -> [1, 2, 3]."""
    from typlora.errors import ConfigError

    found = re.fullmatch(r"(\d{1,3})\.\.(\d{1,3})", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise ConfigError(f"'{text}' is no range of versions; write 001..003")
    return list(range(int(found[1]), int(found[2]) + 1))


def _train(
    args: argparse.Namespace, flags: dict[str, object], number: int, folder: Path, before: Path | None
) -> int:
    """Train, resume, or leave alone."""
    from typlora.model.runs import read_record
    from typlora.train.session import Request, resume, start

    if (folder / "run.json").is_file():
        if read_record(folder).status == "finished":
            print(f"{folder.name} is finished", file=sys.stderr)
            return 0
        return resume(folder, stream=sys.stderr)
    data = args.jsonl / f"train_{number:03}.jsonl"
    held_out = args.jsonl / "eval.jsonl"
    eval_data = held_out if held_out.is_file() else None
    return start(
        Request((data,), folder, args.profile, args.config, flags, before, None, eval_data), sys.stderr
    )


def _evaluate(args: argparse.Namespace, folder: Path) -> None:
    """The model alone on ``eval.jsonl``; kept in the run folder."""
    from typlora.cli.main import main
    from typlora.errors import CheckFailed

    suite = args.jsonl / "eval.jsonl"
    if (folder / EVALUATION).is_file() or not suite.is_file():
        return
    limit = ["--limit", str(args.limit)] if args.limit else []
    command = ["evaluate", "--engine", "model", "--adapter", str(folder), "--suite", str(suite)]
    status = main([*command, "--json", str(folder / EVALUATION), *limit])
    _go_on_only_after(status)
    if status:
        raise CheckFailed(f"{folder.name} is trained but could not be evaluated on {suite}; see above")


def _go_on_only_after(status: int) -> None:
    """A command within this one that was stopped by a signal stops this one."""
    if status > 128:
        raise KeyboardInterrupt


def _convert(args: argparse.Namespace, number: int, folder: Path) -> None:
    """``sample/sample_small.tex`` becomes ``trained/NNN.typ``, any other ``trained/NNN_NAME.typ``."""
    from typlora.cli.main import main
    from typlora.errors import CheckFailed
    from typlora.files import write_atomic

    if not args.sample.is_dir():
        return
    record = folder / CONVERTED
    done = set(record.read_text(encoding="utf-8").splitlines()) if record.is_file() else set()
    for source in sorted(args.sample.glob("*.tex")):
        name = f"{number:03}" if source.stem == "sample_small" else f"{number:03}_{source.stem}"
        target = args.trained / f"{name}.typ"
        if target.is_file() and target.name in done:
            continue
        args.trained.mkdir(parents=True, exist_ok=True)
        status = main(
            ["convert", str(source), "-o", str(target), "--engine", args.engine, "--adapter", str(folder)]
        )
        _go_on_only_after(status)
        if status:
            raise CheckFailed(f"{folder.name} is trained but could not convert {source}; see above")
        done.add(target.name)
        write_atomic(record, "\n".join(sorted(done)) + "\n")


def _write_up(docs: Path, runs: list[Path]) -> None:
    """``docs/chain.md``, a table of all stages so far, and the picture beside it."""
    from typlora.files import write_atomic
    from typlora.model.curves import plot_curves
    from typlora.model.runs import read_record

    lines = [
        "# The chain",
        "",
        "Each stage continues the adapter before it with new data and a share of the old. Written by",
        "`typlora chain`; equal: compiles and is proved to show what the LaTeX shows; model alone, greedy.",
        "",
        "| stage | rows | replayed | steps | loss | compiles | equal | of rows |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for folder in runs:
        record = read_record(folder)
        compiled, rows_judged, equal = _shares(folder)
        rows = sum(file.rows for file in record.data)
        metrics = record.metrics
        replayed = max(0, int(metrics.get("rows", rows)) - rows) if record.replayed else 0
        lines.append(
            f"| {folder.name} | {rows} | {replayed} | {metrics.get('steps')} | {metrics.get('loss')} "
            f"| {_per_cent(compiled)} | {_per_cent(equal)} | {rows_judged or '-'} |"
        )
    plot_curves(runs, docs / "chain.svg", [_shares(folder)[2] for folder in runs])
    write_atomic(docs / "chain.md", "\n".join([*lines, "", "![loss and verified accuracy](chain.svg)", ""]))


def _shares(folder: Path) -> tuple[float | None, int, float | None]:
    """Of the kept evaluation: the share that compiles, the number of rows, the share that is equal."""
    from typlora.evaluate.results import read_report

    if not (folder / EVALUATION).is_file():
        return None, 0, None
    rows = [row for suite in read_report(folder / EVALUATION).evaluations[0].suites for row in suite.rows]
    compared = [row for row in rows if row.reference]
    compiles = sum(row.compiles for row in rows) / max(1, len(rows))
    return compiles, len(rows), sum(row.equal for row in compared) / max(1, len(compared))


def _per_cent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
