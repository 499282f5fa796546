"""``typlora train``: fine-tune a base model on versioned data."""

import argparse
import sys
from pathlib import Path

SUMMARY = "fine-tune a base model on versioned data"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from typlora.train.flags import add_config_flags

    parser.add_argument(
        "--data", type=Path, nargs="+", required=True, metavar="FILE", help="JSONL training data"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="RUN", help="folder of the new run")
    parser.add_argument("--profile", help="configs/NAME.toml")
    parser.add_argument("--config", type=Path, help="a TOML file of your own, over the profile")
    parser.add_argument(
        "--continue-from", metavar="RUN", help="a finished run whose adapter is trained further"
    )
    parser.add_argument("--eval-data", type=Path, help="rows that score the model and must not be trained on")
    add_config_flags(parser)


def run(args: argparse.Namespace) -> int:
    from typlora.train.flags import config_flags
    from typlora.train.session import start

    return start(
        data=args.data,
        out=args.out,
        profile=args.profile,
        file=args.config,
        flags=config_flags(args),
        continue_from=args.continue_from,
        eval_data=args.eval_data,
        stream=sys.stderr,
    )
