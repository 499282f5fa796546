"""``typlora VERB ...``: finds the verb's module and runs it; nothing heavy is imported before that.

Each verb module has ``SUMMARY: str``, ``add_arguments(parser)`` and ``run(args) -> int`` (the exit
status). Flags may be spelled with ``-`` or ``_``.
"""

import argparse
import importlib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from typlora import __version__
from typlora.errors import TyploraError

VERBS: dict[str, str] = {
    "convert": "turn LaTeX into Typst that compiles, every formula verified",
    "formulas": "convert rows of formulas (JSONL in, JSONL out)",
    "train": "fine-tune a base model on versioned data",
    "resume": "go on with a stopped run, exactly where it stopped",
    "chain": "train 001 -> 002 -> 003 with a test at each stage",
    "evaluate": "measure an engine or a run on a suite",
    "improve": "sample, verify, write the next data version, continue",
    "data": "check, inspect, migrate, build, synth or stats of data files",
    "models": "list, show, diff, pull, merge, export, promote or archive models",
    "doctor": "what this machine can convert and train",
}
RESUMED = ("formulas", "chain", "evaluate", "improve")  # begun again they go on where they stopped


def dashed(argv: Sequence[str]) -> list[str]:
    """``--max_len=5`` becomes ``--max-len=5``; values and everything after ``--`` stay as they are."""
    out: list[str] = []
    for position, token in enumerate(argv):
        if token == "--":
            return out + list(argv[position:])
        if token.startswith("--"):
            name, equals, value = token.partition("=")
            token = name.replace("_", "-") + equals + value
        out.append(token)
    return out


def usage() -> str:
    """The text of ``typlora --help``."""
    verbs = "\n".join(f"  {verb:<10}{summary}" for verb, summary in VERBS.items())
    return (
        "usage: typlora VERB [flags]   (typlora VERB --help tells more)\n\n"
        f"{verbs}\n\n"
        "exit status: 0 done; 1 losses with --strict, or a gate or check failed; 2 wrong input or flags; "
        "3 internal error\n"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit status; every error becomes one line on stderr."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(usage(), end="")
        return 0 if arguments else 2
    if arguments[0] in {"-V", "--version"}:
        print(f"typlora {__version__}")
        return 0
    verb = arguments[0]
    if verb not in VERBS:
        print(f"typlora: there is no verb '{verb}'; typlora --help lists them", file=sys.stderr)
        return 2
    with _terminated_like_interrupted():
        return _run(verb, arguments[1:])


class _Terminated(KeyboardInterrupt):
    """SIGTERM: whatever cleans up after Ctrl-C cleans up after it too."""


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """What SIGTERM would leave lying about is taken away, and a line says that the run was stopped."""
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    ):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise _Terminated

    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _run(verb: str, arguments: Sequence[str]) -> int:
    try:
        module = importlib.import_module(f"typlora.cli.{verb}")
        parser = _Parser(prog=f"typlora {verb}", description=module.SUMMARY, allow_abbrev=False)
        module.add_arguments(parser)
        status: int = module.run(_parse(parser, dashed(arguments)))
        return status
    except TyploraError as error:
        print(f"typlora {verb}: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt as stopped:
        terminated = isinstance(stopped, _Terminated)
        resumed = verb in RESUMED or [verb, *arguments[:1]] == ["data", "build"]
        after = "the same command goes on" if resumed else "nothing half-written was left"
        print(f"typlora {verb}: {'terminated' if terminated else 'interrupted'}; {after}", file=sys.stderr)
        return 128 + (signal.SIGTERM if terminated else signal.SIGINT)
    except BrokenPipeError:
        _forget_output()  # the reader of our output has left
        return 0
    except OSError as error:
        _forget_output()
        where = f" ({error.filename})" if error.filename else ""
        print(f"typlora {verb}: {error.strerror or error}{where}", file=sys.stderr)
        return 2
    except MemoryError:
        print(f"typlora {verb}: out of memory; give fewer inputs or --jobs 1", file=sys.stderr)
        return 3
    except Exception as error:
        if os.environ.get("TYPLORA_DEBUG"):
            raise
        print(
            f"typlora {verb}: internal error: {_one_line(error)}; TYPLORA_DEBUG=1 shows where",
            file=sys.stderr,
        )
        return 3


def _forget_output() -> None:
    """Send what is left in standard output's buffer nowhere, or the interpreter complains again at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


class _Parser(argparse.ArgumentParser):
    """Tells a wrong flag in one line, as every other error is told."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}; {self.prog} --help tells more", file=sys.stderr)
        raise SystemExit(2)


def _parse(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """Flags may stand between inputs (``a.tex -o x b.tex``), except for verbs with verbs of their own."""
    try:
        return parser.parse_intermixed_args(arguments)
    except TypeError:
        return parser.parse_args(arguments)


def _one_line(error: Exception) -> str:
    """The error's class and message without line breaks."""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message[:200]}" if message else type(error).__name__


if __name__ == "__main__":
    sys.exit(main())
