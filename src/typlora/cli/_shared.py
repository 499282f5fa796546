"""Flags and progress bars that converting commands share."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typlora.errors import ConfigError


def add_engine_flags(parser: argparse.ArgumentParser) -> None:
    """``--engine`` and what belongs to it."""
    group = parser.add_argument_group("engine")
    group.add_argument(
        "--engine",
        default="auto",
        choices=("auto", "model", "rules"),
        help="auto: rules, then the model where they fail (default); model or rules alone",
    )
    group.add_argument(
        "--model", metavar="ID|PATH|URL", help="base model: a name, a hub id, a folder, or a server's address"
    )
    group.add_argument(
        "--adapter",
        metavar="RUN|PATH",
        help="LoRA adapter, or the model's name there; default: the promoted run",
    )
    group.add_argument(
        "--samples", type=count, default=0, metavar="K", help="K samples from the model where all else fails"
    )
    group.add_argument("--device", help="where the model runs: cpu, cuda, cuda:1, ... (default: the best)")
    add_backend_flag(group)
    group.add_argument(
        "--max-length", type=positive, metavar="N", help="longest answer of the model, in tokens"
    )
    group.add_argument("--jobs", type=positive, default=default_jobs(), metavar="N", help="worker processes")
    group.add_argument("--no-cache", action="store_true", help="neither read nor write the conversion cache")


def add_backend_flag(parser: Any) -> None:
    """``--backend``, for every command that asks a model on this machine."""
    parser.add_argument(
        "--backend",
        default="auto",
        metavar="NAME",
        help="what computes the model's answers: openvino, openvino-bfloat16 (faster, a few other answers), "
        "ct2-float32, ct2-int8, transformers (default auto: the fastest that answers as transformers does)",
    )


def options_of(args: argparse.Namespace) -> Any:
    """The ``Options`` that the engine flags stand for. Raises ``ConfigError`` for a senseless combination."""
    from typlora.convert.stack import Options

    asked = args.samples or args.model or args.adapter or args.backend != "auto"
    if args.engine == "rules" and asked:
        raise ConfigError(
            "--model, --adapter, --samples and --backend need a model; leave out --engine rules"
        )
    return Options(
        engine=args.engine,
        model=args.model,
        adapter=args.adapter,
        samples=args.samples,
        device=args.device,
        backend=args.backend,
        max_length=args.max_length,
        cache=not args.no_cache,
    )


def positive(text: str) -> int:
    """A whole number from 1 on, for argparse."""
    number = count(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def count(text: str) -> int:
    """A whole number from 0 on, for argparse."""
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number") from None
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def default_jobs() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def same_file(one: Path, other: Path) -> bool:
    """Whether both names lead to one file, by links or detours too."""
    try:
        return one == other or one.resolve() == other.resolve() or one.samefile(other)
    except (OSError, RuntimeError):
        return False


def add_new_file_flags(parser: argparse.ArgumentParser) -> None:
    """``-o`` for a file of rows, which replaces nothing unless ``--overwrite`` says so."""
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")
    parser.add_argument("--overwrite", action="store_true", help="replace OUT where it is there already")


def refuse_existing(path: Path | None, overwrite: bool) -> None:
    """Rows are hours of work: raises ``ConfigError`` where ``path`` holds some already."""
    if path is not None and not overwrite and path.is_file() and path.stat().st_size:
        raise ConfigError(f"{path} is there already; choose another name, or give --overwrite to replace it")


def say(verb: str, message: str) -> None:
    """One line for the person, on standard error."""
    print(f"typlora {verb}: {message}", file=sys.stderr)


def console() -> Any:
    """A ``rich`` console on standard error, where all talk to people goes."""
    from rich.console import Console

    # Without a terminal rich assumes 80 columns, which folds file names.
    return Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else 140)


SPOKEN_SECONDS = 30.0  # between two lines in a log: it shows that the command is alive


def _spoken(description: str, all_: int | None) -> Callable[..., None]:
    """What a bar is told, as plain lines."""
    known: dict[str, Any] = {"text": description, "total": all_, "at": time.monotonic()}

    def update(done: int, text: str | None = None, total: int | None = None) -> None:
        known["text"], known["total"] = text or known["text"], total or known["total"]
        if time.monotonic() - known["at"] >= SPOKEN_SECONDS:
            known["at"] = time.monotonic()
            share = f"{done / known['total']:.0%}" if known["total"] else f"{done:,} done"
            print(f"{known['text']}: {share}", file=sys.stderr, flush=True)

    return update


@contextmanager
def progress_bar(description: str, total: int | None) -> Iterator[Any]:
    """``update(done, description, total)`` on a live bar; where standard error is no terminal, a line now
    and then."""
    if not sys.stderr.isatty():
        yield _spoken(description, total)
        return
    from rich.progress import (
        BarColumn,
        Progress,
        SpinnerColumn,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(), transient=True) as bar:
        task = bar.add_task(description, total=total)

        def update(done: int, text: str | None = None, total: int | None = None) -> None:
            changes: dict[str, Any] = {"completed": done}
            if text is not None:
                changes["description"] = text
            if total is not None:
                changes["total"] = total
            bar.update(task, **changes)

        yield update
