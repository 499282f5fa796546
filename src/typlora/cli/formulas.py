"""``typlora formulas IN.jsonl -o OUT.jsonl``: rows of formulas, any number, safe to interrupt."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, BinaryIO

from typlora.cli._shared import add_engine_flags, options_of, progress_bar, say
from typlora.errors import InputError

SUMMARY = "Convert rows of formulas: JSONL in, JSONL with typst, verdict, engine and seconds out."
_BAD_SHOWN = 20  # bad lines named one by one; the rest are counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``typlora formulas``."""
    parser.add_argument(
        "input", metavar="IN.jsonl", help='rows {"id", "latex", "display", "macros"}; - is stdin'
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="OUT.jsonl", help="where rows go; - is stdout"
    )
    parser.add_argument(
        "--strict", action="store_true", help="exit with 1 when a formula is not proved equal"
    )
    add_engine_flags(parser)


def run(args: argparse.Namespace) -> int:
    """0; 1 with ``--strict`` and unproved rows; 2 when lines of the input were no rows."""
    options = options_of(args)
    if args.input != "-" and Path(args.input).resolve() == Path(args.output).resolve():
        raise InputError(f"the output would overwrite the input {args.input}; choose another name")
    tally = _Tally(args.input)
    with ExitStack() as stack:
        source, size = _open_input(args.input, stack)
        sink = _Sink(args.output, _settings(args), stack)
        rows = tally.good(source, size)
        kept = sink.resume(rows, tally)
        if kept:
            say("formulas", f"{kept} finished rows of an interrupted run are kept")
        update = stack.enter_context(progress_bar("formulas", size))
        for answers in _answers(rows, options, args.jobs, stack):
            sink.write(answers)
            tally.count(answers)
            update(tally.position)
        sink.finish()
    tally.tell()
    if tally.bad:
        return 2
    return 1 if args.strict and tally.unproved() else 0


def _settings(args: argparse.Namespace) -> dict[str, object]:
    """What must be the same for an interrupted run to be gone on with."""
    from typlora import __version__

    names = ("engine", "model", "adapter", "samples", "max_length")
    return {
        "input": args.input if args.input == "-" else str(Path(args.input).resolve()),
        "typlora": __version__,
        **{name: getattr(args, name) for name in names},
    }


def _open_input(name: str, stack: ExitStack) -> tuple[BinaryIO, int | None]:
    """The stream and its size in bytes where that is known."""
    if name == "-":
        return sys.stdin.buffer, None
    try:
        return stack.enter_context(Path(name).open("rb")), Path(name).stat().st_size or None
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error


def _answers(
    rows: Iterator[dict[str, Any]], options: Any, jobs: int, stack: ExitStack
) -> Iterator[list[dict[str, Any]]]:
    """Answered rows, a chunk at a time: rules in every worker, a model in this process alone."""
    from typlora.cli._model import with_model
    from typlora.convert.rows import chunks, convert_rows, convert_stream
    from typlora.convert.stack import open_cascade
    from typlora.verify.pool import WorkerPool

    options, notes = with_model(options)
    for note in notes:
        say("formulas", note)
    pool = stack.enter_context(WorkerPool(jobs))
    if options.engine == "rules":
        yield from convert_stream(rows, options, pool)
        return
    cascade = open_cascade(options, pool)
    stack.callback(cascade.close)
    for chunk in chunks(rows):
        yield convert_rows(chunk, cascade)


class _Tally:
    """Counts what came in and out, and names bad lines."""

    def __init__(self, name: str) -> None:
        self.bad = 0
        self.position = 0  # bytes of the input that are read
        self._name = "stdin" if name == "-" else name
        self._verdicts: Counter[str] = Counter()
        self._engines: Counter[str] = Counter()

    def good(self, source: BinaryIO, size: int | None) -> Iterator[dict[str, Any]]:
        """The rows of the input without the bad lines, which are named on standard error."""
        from typlora.convert.rows import BadRow, read_rows

        for row in read_rows(source):
            if size is not None:
                self.position = source.tell()
            if isinstance(row, BadRow):
                self.bad += 1
                if self.bad <= _BAD_SHOWN:
                    say("formulas", f"{self._name}:{row.line}: {row.reason}; left out")
            else:
                yield row

    def count(self, rows: list[dict[str, Any]]) -> None:
        """Count answered rows."""
        for row in rows:
            self._verdicts[str(row.get("verdict"))] += 1
            self._engines[str(row.get("engine"))] += 1

    def unproved(self) -> int:
        """Rows whose verdict is not ``equal``."""
        return self._verdicts.total() - self._verdicts["equal"]

    def tell(self) -> None:
        """One line of figures."""
        total = self._verdicts.total()
        parts = [
            f"{count} {name}" for name, count in sorted(self._verdicts.items(), key=lambda pair: -pair[1])
        ]
        parts += [
            f"{name} {count}" for name, count in sorted(self._engines.items(), key=lambda pair: -pair[1])
        ]
        print(f"typlora formulas: {total} rows; " + ", ".join(parts), file=sys.stderr)
        if self.bad:
            say("formulas", f"{self.bad} lines of {self._name} were no rows and are left out")


class _Sink:
    """The output: ``OUT.part`` while running, renamed at the end; a lock keeps a second run away."""

    def __init__(self, name: str, settings: dict[str, object], stack: ExitStack) -> None:
        from typlora.convert.lock import output_lock

        self._stream: BinaryIO
        self._final: Path | None = None
        if name == "-":
            self._stream = sys.stdout.buffer
            return
        self._final = Path(name)
        if self._final.is_dir():
            raise InputError(f"{name} is a folder; -o needs a file name")
        if self._final.exists() and not self._final.is_file():  # /dev/null, /dev/full, a pipe
            self._final = None
            self._stream = stack.enter_context(_opened(Path(name), "wb"))
            return
        stack.enter_context(output_lock(self._final))
        self._part = self._final.with_name(self._final.name + ".part")
        self._about = self._final.with_name(self._final.name + ".part.run")
        if not self._same_run(settings):
            self._put_aside()
            _write(self._part, b"")
            _write(self._about, json.dumps(settings).encode())
        self._stream = stack.enter_context(_opened(self._part, "r+b"))

    def _same_run(self, settings: dict[str, object]) -> bool:
        try:
            return self._part.exists() and json.loads(self._about.read_bytes()) == json.loads(
                json.dumps(settings)
            )
        except (OSError, ValueError):
            return False

    def _put_aside(self) -> None:
        """Rows that a run with other settings has finished may have taken hours; they are not overwritten."""
        if self._part.is_file() and self._part.stat().st_size:
            aside = self._part.with_name(self._part.name + ".old")
            self._part.replace(aside)
            say("formulas", f"an unfinished run with other settings was here; its rows are in {aside}")

    def resume(self, rows: Iterator[dict[str, Any]], tally: _Tally) -> int:
        """Pass over the rows that an interrupted run has finished; how many they are."""
        if self._final is None:
            return 0
        kept = good_until = 0
        for line in self._stream:
            try:
                done = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                done = None
            if not isinstance(done, dict):
                break  # the line that was being written
            row = next(rows, None)
            if row is None or any(
                done.get(key) != row.get(key) for key in ("id", "latex", "display", "macros")
            ):
                raise InputError(
                    f"{self._part} does not belong to this input (row {kept + 1}); remove it to start again"
                )
            tally.count([done])
            kept += 1
            good_until += len(line)
        self._stream.seek(good_until)
        self._stream.truncate()
        return kept

    def write(self, rows: list[dict[str, Any]]) -> None:
        """Append rows; what is written is whole lines."""
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        try:
            self._stream.write(text.encode("utf-8", "replace"))
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            with suppress(OSError):  # closing tries to write once more
                self._stream.close()
            raise InputError(
                f"cannot write the output: {error.strerror}; finished rows are kept, the same command goes on"
            ) from error

    def finish(self) -> None:
        """Give the output its name."""
        if self._final is None:
            return
        try:
            self._part.replace(self._final)
            self._about.unlink(missing_ok=True)
        except OSError as error:
            raise InputError(f"cannot write {self._final}: {error.strerror}") from error


def _opened(path: Path, mode: str) -> Any:
    try:
        return path.open(mode)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error
