"""``typlora models promote`` and ``typlora models diff``: both ask the evaluation."""

import argparse
import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from typlora.cli._shared import default_jobs, positive, progress_bar, say
from typlora.errors import CheckFailed, ConfigError

if TYPE_CHECKING:
    from typlora.evaluate.results import Evaluation
    from typlora.evaluate.suites import Suite

MOST_REASONS = 10


def add_promote_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``models promote``."""
    parser.add_argument("run", metavar="RUN", help="the run to take into use")
    parser.add_argument("--force", action="store_true", help="promote although the gate refuses")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for --force; it is recorded")
    parser.add_argument(
        "--by", default="", metavar="NAME", help="who, for --force; default: the system's user"
    )
    _common(parser)


def add_diff_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``models diff``."""
    parser.add_argument("before", metavar="A")
    parser.add_argument("after", metavar="B")
    parser.add_argument("--limit", type=positive, metavar="N", help="show N rows")
    _common(parser)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--suite", nargs="+", action="extend", type=Path, metavar="FILE", help="default: the frozen suites"
    )
    parser.add_argument("--jobs", type=positive, default=default_jobs(), metavar="N", help="worker processes")


def promote(args: argparse.Namespace, mark: Callable[[Path], None]) -> int:
    """Compare with the promoted run, record, and call ``mark(run folder)``; refuses with ``CheckFailed``.

    ``mark`` makes the run the promoted one. Raises ``ConfigError`` for ``--force`` without a reason.
    """
    from typlora.cli._model import find_adapter
    from typlora.evaluate.promotion import decide, record

    if args.force and not args.reason.strip():
        raise ConfigError("--force needs --reason TEXT, which is recorded with your name")
    run = find_adapter(args.run)
    outputs = run.resolve().parent
    current = _promoted(outputs)
    if current is not None and current.resolve() == run.resolve():
        say("models", f"{run.name} is the promoted run already")
        return 0
    before = after = None
    if current is not None:
        with _evaluator(args, outputs) as evaluate:
            before, after = evaluate(current), evaluate(run)
        verdict = decide(before, after)
    else:
        from typlora.evaluate.gate import GateVerdict

        verdict = GateVerdict((), ())
    name = None if current is None else current.name
    if not verdict.passed:
        for reason in verdict.reasons[:MOST_REASONS]:
            say("models", reason)
        if not args.force:
            raise CheckFailed(
                f"{run.name} does not pass the gate against {name}: {len(verdict.reasons)} reasons; "
                f"typlora models diff {name} {run.name} shows the rows, --force --reason TEXT overrides"
            )
    record(outputs, run.name, name, verdict, args.by or getpass.getuser(), args.reason)
    mark(run)
    print(f"{run.name} is promoted" + (f" in place of {name}" if name else ""))
    return 0


def diff(args: argparse.Namespace) -> int:
    """Print the rows that B fixes and breaks of A."""
    from typlora.cli._model import find_adapter
    from typlora.evaluate.difference import changed_rows, show

    first, second = find_adapter(args.before), find_adapter(args.after)
    with _evaluator(args, second.resolve().parent) as evaluate:
        rows = changed_rows(evaluate(first), evaluate(second), _suites(args, second.resolve().parent))
    print(*show(rows, args.limit), sep="\n")
    return 0


def _promoted(outputs: Path) -> Path | None:
    """The run that ``outputs/promoted`` names; the newest run does not count, it was not promoted."""
    from typlora.cli._model import WEIGHTS

    try:
        name = (outputs / "promoted").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return outputs / name if name and (outputs / name / WEIGHTS).is_file() else None


def _suites(args: argparse.Namespace, outputs: Path) -> list["Suite"]:
    from typlora.evaluate.promotion import frozen_suites
    from typlora.evaluate.suites import find_suites

    return find_suites(args.suite) if args.suite else frozen_suites(outputs)


@contextmanager
def _evaluator(args: argparse.Namespace, outputs: Path) -> Iterator[Callable[[Path], "Evaluation"]]:
    from typlora.cli._model import with_model
    from typlora.convert.stack import Options
    from typlora.evaluate.promotion import evaluate_run
    from typlora.verify.compiler import CompilerPool

    suites = _suites(args, outputs)
    with CompilerPool(args.jobs) as pool, progress_bar("evaluating", None) as update:

        def evaluate(run: Path) -> "Evaluation":
            options, _ = with_model(Options(engine="model", adapter=str(run)))
            return evaluate_run(options, suites, pool, lambda done, total, text: update(done, text, total))

        yield evaluate
