"""``typlora data``: check, inspect, migrate, build, synth, repair and stats of data files."""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from typlora.cli._shared import (
    add_new_file_flags,
    count,
    default_jobs,
    positive,
    progress_bar,
    refuse_existing,
    say,
)
from typlora.errors import CheckFailed, DataError

SUMMARY = "check, inspect, migrate, build, synth, repair or stats of data files"
_SHOWN = 20  # bad rows named one by one; the rest are counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions and their flags."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _check_arguments(actions.add_parser("check", allow_abbrev=False, help="verify files again"))
    _inspect_arguments(actions.add_parser("inspect", allow_abbrev=False, help="the tokens of one row"))
    _migrate_arguments(
        actions.add_parser("migrate", allow_abbrev=False, help="any format to the current one")
    )
    _build_arguments(actions.add_parser("build", allow_abbrev=False, help="verified pairs of a corpus"))
    _synth_arguments(
        actions.add_parser("synth", allow_abbrev=False, help="verified pairs written by a grammar")
    )
    from typlora.cli import _data_repair

    _data_repair.add_arguments(
        actions.add_parser("repair", allow_abbrev=False, help="rows of the repair task, from proved pairs")
    )
    _stats_arguments(actions.add_parser("stats", allow_abbrev=False, help="rows per construct"))


def run(args: argparse.Namespace) -> int:
    """0; 1 where a check failed."""
    if args.action == "repair":
        from typlora.cli import _data_repair

        return _data_repair.run(args)
    return int(globals()[f"_{args.action}"](args))


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--eval", type=Path, metavar="FILE", help="must share no row (default: eval.jsonl beside)"
    )
    parser.add_argument("--sample", type=positive, metavar="N", help="verify N rows of each file only")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default 0)")
    parser.add_argument("--jobs", type=positive, default=default_jobs(), metavar="N", help="worker processes")


def _check(args: argparse.Namespace) -> int:
    from typlora.data.check import check
    from typlora.data.versions import EVAL_NAME

    failed = []
    for path in args.files:
        beside = path.parent / EVAL_NAME
        evaluation = args.eval or (beside if beside.is_file() and beside != path else None)
        with progress_bar(path.name, None) as update:
            report = check(
                path,
                evaluation=evaluation,
                sample=args.sample,
                seed=args.seed,
                jobs=args.jobs,
                progress=partial(_checked, update),
            )
        broken = [problem for problem in report.problems if not problem.duplicate]
        repeated = len(report.problems) - len(broken)
        lines = [str(problem) for problem in broken]
        lines += [f"{path}:{bad.line}: {_one_line(bad.row.prompt)}: {bad.reason}" for bad in report.bad]
        lines += [f"{path}: is in {evaluation}: {_one_line(prompt)}" for prompt in report.leaked]
        for line in lines[:_SHOWN]:
            say("data check", line)
        if len(lines) > _SHOWN:
            say("data check", f"and {len(lines) - _SHOWN} more")
        good = report.checked - len(report.bad)
        share = good / report.checked if report.checked else 0.0
        print(
            f"{path}: {report.rows:,} rows, {report.checked:,} verified again, {good:,} compile and are "
            f"equal ({share:.1%}), {len(broken)} bad lines, {repeated} repeated, "
            f"{len(report.leaked)} shared with eval"
        )
        if not report.ok or not report.rows:
            failed.append(path.name)
    if failed:
        raise CheckFailed(f"{', '.join(failed)}: correct or delete the rows named above")
    return 0


def _one_line(text: str) -> str:
    """The beginning of a row's text: a block may have many lines."""
    return " ".join(text.split())[:120]


def _checked(update: Any, done: int, total: int) -> None:
    update(done, None, total)


def _inspect_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--row", type=positive, default=1, metavar="N", help="which row, from 1 (default 1)")
    parser.add_argument(
        "--model", default="smollm2-135m", help="whose tokenizer: a name, a hub id or a folder"
    )
    parser.add_argument("--max-len", type=positive, default=512, metavar="N", help="longest row trained on")


def _inspect(args: argparse.Namespace) -> int:
    from typlora.data.inspection import inspect, nth_row, shown
    from typlora.model.base import resolve
    from typlora.model.prompt import PromptEncoder

    row = nth_row(args.file, args.row)
    print(shown(inspect(row, PromptEncoder.from_folder(resolve(args.model)), args.max_len)), end="")
    return 0


def _migrate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    add_new_file_flags(parser)
    parser.add_argument("--skip-bad", action="store_true", help="name bad lines and leave them out")


def _migrate(args: argparse.Namespace) -> int:
    from typlora.data.rows import RowProblem, read_rows, write_rows

    refuse_existing(args.output, args.overwrite)
    problems: list[RowProblem] = []
    rows = list(read_rows(args.file, problems.append))
    broken = [problem for problem in problems if not problem.duplicate]
    for problem in broken[:_SHOWN]:
        say("data migrate", str(problem))
    if broken and not args.skip_bad:
        raise DataError(f"{args.file}: {len(broken)} lines cannot be read; correct them or give --skip-bad")
    if not rows:
        raise DataError(f"{args.file}: no line of it is a row; nothing was written")
    written = write_rows(args.output, rows)
    say(
        "data migrate",
        f"{written} rows in {args.output}, {len(broken)} bad, {len(problems) - len(broken)} repeated",
    )
    return 0


def _build_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--corpus", nargs="+", type=Path, required=True, metavar="PATH", help="rows or projects"
    )
    add_new_file_flags(parser)
    parser.add_argument(
        "--exclude", nargs="*", type=Path, default=[], metavar="FILE", help="formulas to leave out"
    )
    parser.add_argument(
        "--hold-out", nargs="*", default=[], metavar="ORIGIN", help="whole sources for evaluation"
    )
    parser.add_argument("--held-out-to", type=Path, metavar="FILE", help="where rows of those sources go")
    parser.add_argument("--spellings", type=positive, default=1, metavar="N", help="LaTeX kept for one Typst")
    parser.add_argument("--blocks", action="store_true", help="blocks of projects too, not formulas only")
    parser.add_argument("--limit", type=positive, metavar="N", help="read the first N formulas only")
    parser.add_argument("--jobs", type=positive, default=default_jobs(), metavar="N", help="worker processes")
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="the counts as JSON, refused formulas too"
    )


def _build(args: argparse.Namespace) -> int:
    from typlora.data.build import BuildPlan, build
    from typlora.files import write_atomic

    for path in (args.output, args.held_out_to):
        refuse_existing(path, args.overwrite)
    plan = BuildPlan(
        tuple(args.corpus), args.output, args.jobs, tuple(args.exclude), tuple(args.hold_out),
        args.held_out_to, args.spellings, args.limit, args.blocks,
    )  # fmt: skip
    with progress_bar("build", None) as update:
        report = build(plan, lambda done, total, proved: update(done, f"build: {proved:,} proved", total))
    if args.report is not None:
        write_atomic(args.report, json.dumps(report.as_json(), indent=1, ensure_ascii=False) + "\n")
    print(report.as_text(), end="")
    return 0


def _synth_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--spec", type=Path, required=True, metavar="FILE", help="a grammar, see jsonl/README.md"
    )
    parser.add_argument("--rows", type=positive, required=True, metavar="N", help="how many verified rows")
    parser.add_argument(
        "--seed", type=count, default=0, help="the same seed gives the same bytes (default 0)"
    )
    add_new_file_flags(parser)
    parser.add_argument("--draw", type=positive, metavar="N", help="keep N of the rows, drawn by construct")
    parser.add_argument("--append", action="store_true", help="add to OUT what it does not hold yet")
    parser.add_argument(
        "--exclude", nargs="*", type=Path, default=[], metavar="FILE", help="formulas to leave out"
    )
    parser.add_argument("--jobs", type=positive, default=default_jobs(), metavar="N", help="worker processes")
    parser.add_argument("--refused", type=Path, metavar="FILE", help="refused formulas and why, one a line")


def _synth(args: argparse.Namespace) -> int:
    from typlora.data.build import excluded_keys
    from typlora.data.grammar import load_grammar
    from typlora.data.replay import sample
    from typlora.data.rows import read_rows, write_rows
    from typlora.data.synth import synthesise
    from typlora.files import write_atomic

    refuse_existing(args.output, args.overwrite or args.append)
    before = list(read_rows(args.output)) if args.append else []
    barred = excluded_keys([*args.exclude, *([args.output] if args.append else [])])
    with progress_bar("synth", args.rows) as update:
        rows, report = synthesise(
            load_grammar(args.spec),
            args.rows,
            args.seed,
            barred=frozenset(barred),
            jobs=args.jobs,
            progress=lambda done, total, proved: update(done, None, total),
        )
    if args.draw is not None:
        rows = sample(rows, args.draw, args.seed)
    write_rows(args.output, [*before, *rows])
    refused = sum(report.refusals.values())
    if args.refused is not None:
        lines = [f"{reason}: {one}" for reason, many in report.examples.items() for one in many]
        write_atomic(args.refused, "".join(f"{' '.join(line.split())}\n" for line in lines))
    say(
        "data synth",
        f"{len(rows)} rows written to {args.output}; {report.written} judged, {refused} refused "
        f"({', '.join(f'{count} {reason}' for reason, count in report.refusals.most_common()) or 'none'})",
    )
    return 0


def _stats_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--results", type=Path, metavar="FILE", help="rows with verdicts, as typlora formulas writes"
    )
    parser.add_argument("--chart", type=Path, metavar="FILE.svg", help="draw it")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def _stats(args: argparse.Namespace) -> int:
    from typlora.data import stats
    from typlora.files import write_atomic

    files = [stats.coverage(path) for path in args.files]
    measured = stats.accuracy(args.results) if args.results else None
    if args.chart is not None:
        write_atomic(args.chart, stats.chart(files, measured))
    if args.json:
        json.dump(stats.as_json(files, measured), sys.stdout, indent=1, ensure_ascii=False)
        print()
    else:
        print(stats.table(files, measured), end="")
    return 0
