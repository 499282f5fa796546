"""``typlora resume``: go on with a stopped run, exactly where it stopped."""

import argparse
import sys
from pathlib import Path

SUMMARY = "go on with a stopped run, exactly where it stopped"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, metavar="RUN", help="folder of the run")


def run(args: argparse.Namespace) -> int:
    from typlora.train.session import resume

    return resume(args.run, sys.stderr)
