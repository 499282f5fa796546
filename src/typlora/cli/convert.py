"""``typlora convert IN...``: LaTeX in, Typst that compiles out, and a report of every loss."""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typlora.cli._jobs import Job, check_outputs, jobs_of, lock, refuse_overwriting
from typlora.cli._shared import add_engine_flags, console, options_of, progress_bar, say
from typlora.errors import InputError, TyploraError

if TYPE_CHECKING:
    from typlora.convert.cascade import Cascade
    from typlora.convert.pipeline import Converted
    from typlora.convert.report import Document, Report
    from typlora.convert.stack import Options
    from typlora.tex.project import Project

SUMMARY = "Turn LaTeX into Typst that compiles, with every formula verified and every loss reported."
PICTURES = ("latex", "source")
CHUNKS = ("formula", "block", "section", "document")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``typlora convert``."""
    parser.add_argument(
        "inputs", nargs="+", metavar="IN", help=".tex file, folder of a project, or - for stdin"
    )
    parser.add_argument("-o", "--output", metavar="OUT.typ", help="for one input; - is standard output")
    parser.add_argument(
        "--out-dir", metavar="DIR", help="folder for the outputs (default: beside each input)"
    )
    parser.add_argument(
        "--chunk", choices=CHUNKS, default="formula", help="how much LaTeX an engine gets at once"
    )
    parser.add_argument("--no-chunking", action="store_true", help="the same as --chunk document")
    parser.add_argument(
        "--report", action="append", default=[], metavar="FILE.json|FILE.html", help="repeatable"
    )
    parser.add_argument(
        "--tree", action="store_true", help="a file of Typst for each LaTeX file that has text of its own"
    )
    parser.add_argument(
        "--keep-macros",
        action="store_true",
        help="macros used often become functions, where that shows the same",
    )
    parser.add_argument("--pdf", action="store_true", help="write the compiled PDF beside each output too")
    parser.add_argument(
        "--strict", action="store_true", help="exit with 1 when anything is lost or not proved equal"
    )
    parser.add_argument(
        "--pictures",
        choices=PICTURES,
        default="latex",
        help="TikZ and the like: drawn by LaTeX where it is installed, or shown as their source",
    )
    parser.add_argument("--watch", action="store_true", help="convert again whenever an input changes")
    parser.add_argument(
        "--allow-outside", action="store_true", help="let \\input read outside of the project"
    )
    parser.add_argument("--quiet", action="store_true", help="no table on the terminal")
    add_engine_flags(parser)


def run(args: argparse.Namespace) -> int:
    """0; 1 with ``--strict`` and losses; 2 when an input could not be converted."""
    jobs = jobs_of(args)
    check_outputs(args, jobs)
    options = options_of(args)
    if args.no_chunking:
        args.chunk = "document"
    with ExitStack() as stack:
        for job in jobs:  # what cannot be read makes no folder for its output
            if job.output is not None and (job.source is None or job.source.exists()):
                lock(job.output, stack)
        session = _Session(args, options, stack)
        status = session.convert(jobs)
        if args.watch:
            session.watch(jobs)
        return status


class _Session:
    """Engines and workers that stay open over all inputs and all rounds of ``--watch``."""

    def __init__(self, args: argparse.Namespace, options: "Options", stack: ExitStack) -> None:
        from typlora.cli._model import with_model
        from typlora.convert.stack import open_cascade
        from typlora.verify.compiler import CompilerPool

        self._args = args
        self._options, self._notes = with_model(options)
        for note in self._notes:
            say("convert", note)
        self._pool: CompilerPool = stack.enter_context(CompilerPool(args.jobs, memory_mb=4096))
        self._cascade: Cascade = open_cascade(self._options, self._pool)
        stack.callback(self._cascade.close)
        self._files: dict[Path, float] = {}
        self._placed: dict[Path, tuple[str, bytes]] = {}  # assets: whose they are, and their digest

    def convert(self, jobs: Sequence[Job]) -> int:
        """Convert all; an input that cannot be read is told and the others go on."""
        import time

        started = time.perf_counter()
        documents: list[Document] = []
        status = 0
        for job in jobs:
            try:
                documents.append(self._one(job))
            except InputError as error:
                say("convert", str(error))
                status = error.exit_status
        if documents:
            report = self._report(documents, time.perf_counter() - started)
            self._write_reports(report)
            if not self._args.quiet:
                from typlora.convert.report.terminal import show

                show(report, console())
            if self._args.strict and report.losses() and not status:
                say("convert", f"--strict: {report.losses()} units are lost or not proved equal")
                status = 1
        return status

    def watch(self, jobs: Sequence[Job]) -> None:
        """Convert again whenever a file of a project changes, until Ctrl-C."""
        import time

        say("convert", "watching for changes; Ctrl-C ends")
        try:
            while True:
                time.sleep(0.5)
                if changed := [path for path, seen in self._files.items() if _mtime(path) != seen]:
                    say("convert", f"{changed[0]} changed")
                    try:
                        self.convert(jobs)
                    except TyploraError as error:
                        say("convert", str(error))
        except KeyboardInterrupt:
            say("convert", "stopped watching")

    def _one(self, job: Job) -> "Document":
        from typlora.convert.pipeline import convert_project, place_asset
        from typlora.files import write_atomic

        if job.source is not None:
            self._files.setdefault(job.source, _mtime(job.source))
        project = self._read(job)
        self._files.update({path: _mtime(path) for path in project.files})
        with progress_bar("/".join(Path(job.name).parts[-2:]), None) as update:
            converted: Converted = convert_project(
                project,
                self._cascade,
                self._pool,
                source=job.name,
                output="<stdout>" if job.output is None else str(job.output),
                chunk=self._args.chunk,
                model_only=self._options.engine == "model",
                tree=self._args.tree,
                keep=self._args.keep_macros,
                draw=self._args.pictures == "latex" and job.output is not None,  # there it has no place
                progress=_teller(update, job.name),
                notes=self._notes,
            )
        if job.output is None:
            sys.stdout.write(converted.typst)
            sys.stdout.flush()
            return converted.document
        converted = self._told_apart(job, converted)
        written = [job.output, *([job.output.with_suffix(".pdf")] if self._args.pdf else [])]
        pictures = [asset.source for asset in converted.assets if asset.source is not None]
        refuse_overwriting(written, [*project.files, *pictures])
        for asset in converted.assets:
            place_asset(asset, job.output.parent)
        write_atomic(job.output, converted.typst)
        if self._args.pdf:
            write_atomic(job.output.with_suffix(".pdf"), converted.pdf)
        return converted.document

    def _told_apart(self, job: Job, converted: "Converted") -> "Converted":
        """Where another input has put a file of the same name, these go to a folder of their own."""
        from typlora.convert.pipeline import in_folder

        assert job.output is not None
        mine = {job.output.parent / asset.path: (job.name, asset.digest()) for asset in converted.assets}
        taken = [path for path in mine if path in self._placed and self._placed[path][0] != job.name]
        if all(self._placed[path][1] == mine[path][1] for path in taken):
            self._placed.update(mine)
            return converted
        if self._args.tree:
            raise InputError(f"{job.name} and another input both have a file {taken[0]}; convert them apart")
        return in_folder(converted, f"{job.output.stem}-files")

    def _read(self, job: Job) -> "Project":
        from typlora.tex.project import read_project, read_string

        if job.source is None:
            return read_string(sys.stdin.buffer.read(), root=Path())
        return read_project(job.source, allow_outside=self._args.allow_outside)

    def _report(self, documents: Sequence["Document"], seconds: float) -> "Report":
        from typlora import __version__, config
        from typlora.convert.report import Report

        return Report(tuple(documents), __version__, config.TYPST_VERSION, self._options.engine, seconds)

    def _write_reports(self, report: "Report") -> None:
        from typlora.files import write_atomic

        for name in self._args.report:
            if Path(name).suffix.lower() == ".json":
                from typlora.convert.report.machine import to_json

                write_atomic(Path(name), to_json(report))
            else:
                from typlora.convert.report.page import to_html

                write_atomic(Path(name), to_html(report, self._pool, Path(name).parent))


def _teller(update: Callable[..., Any], name: str) -> Callable[[int, int, str], None]:
    short = "/".join(Path(name).parts[-2:])

    def tell(done: int, total: int, what: str) -> None:
        update(done, f"{short}: {what}" if what else short, total or None)

    return tell


def _mtime(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
