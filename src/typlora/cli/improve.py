"""``typlora improve``: a model learns from its own mistakes, in rounds that can be stopped at any point."""

import argparse
import sys
from pathlib import Path

from typlora.cli._shared import add_backend_flag, count, default_jobs, positive, say

SUMMARY = "sample, verify, write the next data version, continue training, promote through the gate"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from typlora.improve.plan import ROWS, SAMPLES, TEMPERATURE
    from typlora.train.flags import add_config_flags

    parser.add_argument("--adapter", metavar="RUN", help="what to improve (default: the promoted run)")
    parser.add_argument("--model", metavar="ID|PATH", help="its base (default: the one it was trained on)")
    parser.add_argument("--rounds", type=positive, default=1, metavar="N")
    parser.add_argument("--rows", type=positive, default=ROWS, metavar="N", help="formulas asked a round")
    parser.add_argument("--samples", type=count, default=SAMPLES, metavar="K", help="draws where it is wrong")
    parser.add_argument("--temperature", type=float, default=TEMPERATURE, metavar="T", help="of the draws")
    parser.add_argument(
        "--units", type=Path, nargs="+", default=[], metavar="FILE",
        help="JSONL rows or LaTeX whose formulas are asked (default: those of the data versions)",
    )  # fmt: skip
    parser.add_argument("--data", type=Path, default=Path("jsonl"), metavar="FOLDER", help="data versions")
    parser.add_argument("--out-data", type=Path, metavar="FILE", help="train_NNN.jsonl of the first round")
    parser.add_argument("--outputs", type=Path, default=Path("outputs"), metavar="FOLDER", help="of the runs")
    parser.add_argument(
        "--work", type=Path, metavar="FOLDER", help="rounds and log (default: improve/ in --outputs)"
    )
    parser.add_argument(
        "--suite", type=Path, nargs="+", default=[], metavar="FILE",
        help="what the gate compares on (default: the frozen suites)",
    )  # fmt: skip
    parser.add_argument("--fresh", action="store_true", help="give up an unfinished improvement")
    parser.add_argument("--jobs", type=positive, default=default_jobs(), metavar="N", help="processes")
    parser.add_argument("--device", default="auto", help="where the model is asked: cpu, cuda, ...")
    add_backend_flag(parser)
    add_config_flags(parser, inherited=True)


def run(args: argparse.Namespace) -> int:
    """0; 1 where the gate refused every round; 128 + n after signal n."""
    from typlora.cli._model import find_base
    from typlora.errors import ConfigError
    from typlora.evaluate.promotion import frozen_suites
    from typlora.evaluate.suites import find_suites
    from typlora.improve.plan import Plan
    from typlora.improve.rounds import improve
    from typlora.improve.workshop import Shop
    from typlora.train.flags import config_flags
    from typlora.verify.compiler import CompilerPool

    training = config_flags(args)
    seed = str(training.get("seed", 0))
    if not seed.isdecimal():
        raise ConfigError(f"--seed '{seed}' is not a whole number")
    plan = Plan(
        adapter=args.adapter,
        rounds=args.rounds,
        rows=args.rows,
        samples=args.samples,
        temperature=args.temperature,
        seed=int(seed),
        units=tuple(args.units),
        data=args.data,
        out_data=args.out_data,
        outputs=args.outputs,
        suites=tuple(args.suite),
        training=training,
    )
    plan.check()
    work = args.work or args.outputs / "improve"
    start = _start(args)
    base = find_base(args.model, start)
    suites = find_suites(args.suite) if args.suite else frozen_suites(args.outputs)
    with CompilerPool(args.jobs) as pool:
        shop = Shop(
            base, args.outputs, suites, pool, training, sys.stderr, args.device, args.backend, args.jobs
        )
        outcome = improve(plan, shop, start, work, lambda line: say("improve", line), fresh=args.fresh)
    print((work / "improve.md").read_text(encoding="utf-8"), end="")
    if outcome.status >= 128:
        say("improve", "stopped; the same command goes on")
    return outcome.status


def _start(args: argparse.Namespace) -> Path:
    """The adapter to improve: as named, else the promoted run."""
    from typlora.cli._model import find_adapter, promoted_run
    from typlora.errors import ModelError
    from typlora.model.numbering import find_run

    if args.adapter is not None:
        try:
            return find_run(args.adapter, args.outputs)
        except ModelError:
            return find_adapter(args.adapter)
    current = promoted_run(args.outputs) if args.outputs.is_dir() else None
    return current or find_adapter(None)
