"""``typlora data repair``: rows that show a refused candidate, made from proved pairs."""

import argparse
import random
from functools import partial
from pathlib import Path
from typing import Any

from typlora.cli._shared import (
    add_backend_flag,
    add_new_file_flags,
    count,
    default_jobs,
    positive,
    progress_bar,
    refuse_existing,
    say,
)
from typlora.errors import ConfigError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``typlora data repair``."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="proved pairs (not for evaluation)"
    )
    add_new_file_flags(parser)
    parser.add_argument(
        "--asked", type=count, default=2_000, metavar="N", help="pairs the model is asked (default 2000)"
    )
    parser.add_argument(
        "--samples",
        type=count,
        default=2,
        metavar="K",
        help="draws where its first answer is wrong (default 2)",
    )
    parser.add_argument(
        "--slips", type=count, default=0, metavar="N", help="pairs of which a slip is made on purpose"
    )
    parser.add_argument("--model", metavar="ID|PATH", help="base model (default: the adapter's)")
    parser.add_argument("--adapter", metavar="RUN|PATH", help="whose mistakes (default: the promoted run)")
    parser.add_argument("--device", default="auto", help="where the model runs (default: the best)")
    add_backend_flag(parser)
    parser.add_argument("--seed", type=count, default=0, help="which pairs, draws and slips (default 0)")
    parser.add_argument("--jobs", type=positive, default=default_jobs(), metavar="N", help="worker processes")


def run(args: argparse.Namespace) -> int:
    """0. Raises ``ConfigError`` where nothing is asked for, ``ModelError`` where the model is missing."""
    from typlora.data import repairs
    from typlora.data.rows import REFUSED, Row, read_rows, write_rows
    from typlora.verify.compiler import CompilerPool
    from typlora.verify.formula import FormulaVerifier

    refuse_existing(args.output, args.overwrite)
    if not args.asked and not args.slips:
        raise ConfigError("--asked 0 --slips 0 leaves nothing to do; give one of them")
    pairs = [row for path in args.files for row in read_rows(path) if not row.is_block]
    pairs = [row for row in pairs if REFUSED not in row.meta]
    random.Random(args.seed).shuffle(pairs)
    rows: list[Row] = []
    with CompilerPool(args.jobs) as pool, progress_bar("repair", args.asked) as update:
        verifier = FormulaVerifier(pool)
        if args.asked:
            rows += repairs.from_model(
                pairs[: args.asked], _model(args), verifier, args.samples, partial(_tell, update)
            )
        real = len(rows)
        slips = pairs[-args.slips :] if args.slips else []  # from the other end: other pairs while there are
        rows += repairs.corrupted(slips, verifier, args.seed)
    write_rows(args.output, rows)
    say(
        "data repair",
        f"{len(rows)} rows written to {args.output}: {real} that the model was refused with, of "
        f"{min(args.asked, len(pairs))} pairs asked, and {len(rows) - real} slips",
    )
    return 0


def _model(args: argparse.Namespace) -> Any:
    from typlora.cli._model import find_adapter, find_base
    from typlora.engines.model_engine import ModelEngine

    adapter = find_adapter(args.adapter)
    base = find_base(args.model, adapter)
    return ModelEngine(base, adapter, args.device, samples=args.samples, seed=args.seed, backend=args.backend)


def _tell(update: Any, done: int, total: int, found: int) -> None:
    update(done, f"repair: {found:,} refused", total)
