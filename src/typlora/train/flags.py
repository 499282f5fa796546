"""One command-line flag for each key of ``TrainConfig``, so that nothing has to be kept in step by hand."""

import argparse
import dataclasses
from typing import Any

from typlora.model.profiles import TrainConfig

PREFIX = "config_"


def add_config_flags(parser: argparse.ArgumentParser) -> None:
    """``--lora-r`` and so on; values stay text here and are checked all together by ``effective``."""
    group = parser.add_argument_group("configuration (defaults < profile < file < flags)")
    for field in dataclasses.fields(TrainConfig):
        flag = "--" + field.name.replace("_", "-")
        if field.name == "rslora":
            group.add_argument(flag, dest=PREFIX + field.name, nargs="?", const="true", metavar="BOOL")
        else:
            group.add_argument(flag, dest=PREFIX + field.name, metavar=field.name.split("_")[-1].upper())


def config_flags(args: argparse.Namespace) -> dict[str, Any]:
    """The flags that were given."""
    return {
        name.removeprefix(PREFIX): value
        for name, value in vars(args).items()
        if name.startswith(PREFIX) and value is not None
    }
