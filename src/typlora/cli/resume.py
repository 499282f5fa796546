"""``typlora resume``: go on with a stopped run, exactly where it stopped."""

import argparse
import sys
from pathlib import Path

SUMMARY = "go on with a stopped run, exactly where it stopped"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="folder, name or number of the run")


def run(args: argparse.Namespace) -> int:
    from typlora.model.numbering import find_run
    from typlora.train.session import resume

    return resume(find_run(str(args.run), Path("outputs")), stream=sys.stderr)
