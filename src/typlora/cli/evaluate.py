"""``typlora evaluate``: measure an engine or a run on suites, beside other converters."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typlora.cli._shared import add_backend_flag, count, default_jobs, positive, progress_bar, same_file, say
from typlora.errors import ConfigError

if TYPE_CHECKING:
    from typlora.convert.stack import Options
    from typlora.evaluate.converters import Converter
    from typlora.evaluate.documents import DocumentSuite
    from typlora.evaluate.results import Evaluation, Report
    from typlora.evaluate.suites import Suite
    from typlora.verify.compiler import CompilerPool

SUMMARY = "Measure an engine or a run on suites, beside other converters, with every row's verdict kept."
DEFAULT_SUITE = Path("jsonl/eval.jsonl")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``typlora evaluate``."""
    parser.add_argument(
        "--engine",
        metavar="NAME",
        help="auto (default), model, rules; pandoc, tylax, tex2typst as they are; or a server's address "
        "(http://HOST/v1 with --model). With --adapter the default is model",
    )
    parser.add_argument("--adapter", metavar="RUN|PATH", help="the run to measure; default: the promoted one")
    parser.add_argument("--model", metavar="ID|PATH", help="base model: a name, a hub id or a folder")
    parser.add_argument(
        "--samples", type=count, default=0, metavar="K", help="K samples where all else fails"
    )
    parser.add_argument("--device", help="where the model runs: cpu, cuda, ... (default: the best)")
    add_backend_flag(parser)
    parser.add_argument(
        "--suite",
        nargs="+",
        action="extend",
        type=Path,
        metavar="FILE|FOLDER",
        help=f"rows in a .jsonl file, a folder of such files, or a folder of documents with a main.tex in "
        f"each (default: {DEFAULT_SUITE})",
    )
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="NAME,...",
        help="pandoc, tylax, tex2typst, auto, rules, model, a RUN, or FILE.json of an earlier evaluation",
    )
    parser.add_argument(
        "--limit", type=positive, metavar="N", help="N rows or documents of each suite, evenly spread"
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="page with all rows, losses first")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all rows' verdicts")
    parser.add_argument("--fresh", action="store_true", help="forget rows kept from earlier evaluations")
    parser.add_argument("--no-cache", action="store_true", help="neither read nor write the conversion cache")
    parser.add_argument("--jobs", type=positive, default=default_jobs(), metavar="N", help="worker processes")


def run(args: argparse.Namespace) -> int:
    """0. Raises ``InputError`` for a wrong flag, suite or run before anything is measured."""
    from typlora.evaluate.figures import report_figures
    from typlora.evaluate.results import Report, changed_suites, write_report
    from typlora.evaluate.table import show
    from typlora.evaluate.versions import versions
    from typlora.verify.compiler import CompilerPool

    suites, documents = _suites(args)
    with ExitStack() as stack:
        pool = stack.enter_context(CompilerPool(args.jobs))
        plan = _plan(args, pool, stack)
        evaluations = [one for entry in plan for one in _measured(entry, suites, documents, pool, args)]
        report = Report(tuple(evaluations), versions(evaluations), _now())
        for line in changed_suites(report):
            say("evaluate", line)
        if args.json is not None:
            write_report(args.json, report, report_figures(report))
        if args.html is not None:
            _write_page(args.html, report, suites, pool)
        show(report, _stdout())
    return 0


def _suites(args: argparse.Namespace) -> tuple[list["Suite"], list["DocumentSuite"]]:
    from typlora.evaluate.documents import find_documents
    from typlora.evaluate.suites import find_suites

    paths: Sequence[Path] = args.suite or [DEFAULT_SUITE]
    if not args.suite and not DEFAULT_SUITE.is_file():
        raise ConfigError(f"there is no {DEFAULT_SUITE} here; give --suite FILE")
    for target in (args.json, args.html):
        for path in paths:
            if target is not None and (same_file(target, path) or target.suffix == ".jsonl"):
                raise ConfigError(f"{target} would overwrite rows of a suite; give a .json or .html file")
    suites = [suite.limited(args.limit) for suite in find_suites(paths)]
    return suites, [folder.limited(args.limit) for folder in find_documents(paths)]


def _plan(args: argparse.Namespace, pool: "CompilerPool", stack: ExitStack) -> list["Converter | Report"]:
    """The measured converter and those it is compared with, all of them opened before the first row."""
    engine = args.engine or ("model" if args.adapter else "auto")
    plan: list[Converter | Report] = [_open(engine, _options(args), pool, stack)]
    for name in [name.strip() for text in args.against for name in text.split(",") if name.strip()]:
        plan.append(_opponent(name, engine, args, pool, stack))
    return plan


def _opponent(
    name: str, engine: str, args: argparse.Namespace, pool: "CompilerPool", stack: ExitStack
) -> "Converter | Report":
    from typlora.evaluate.opening import OWN
    from typlora.evaluate.others import NAMES
    from typlora.evaluate.results import read_report

    if Path(name).suffix == ".json":
        return read_report(Path(name))
    options = _options(args)
    if name in OWN or name in NAMES or name.startswith(("http://", "https://")):
        return _open(name, options, pool, stack)
    from typlora.cli._model import find_adapter

    find_adapter(name)  # one clear line where it is neither a run nor a converter
    return _open(
        engine if engine in {"auto", "model"} else "model", replace(options, adapter=name), pool, stack
    )


def _options(args: argparse.Namespace) -> "Options":
    from typlora.convert.stack import Options

    return Options(
        model=args.model,
        adapter=args.adapter,
        samples=args.samples,
        device=args.device,
        backend=args.backend,
        cache=not args.no_cache,
    )


def _open(name: str, options: "Options", pool: "CompilerPool", stack: ExitStack) -> "Converter":
    from typlora.cli._model import with_model
    from typlora.evaluate.opening import OWN, open_converter

    if name in OWN:
        if name == "rules":
            options = replace(options, model=None, adapter=None, samples=0)
        options, notes = with_model(replace(options, engine=name))
        for note in notes:
            say("evaluate", note)
        name = options.engine
    converter = open_converter(name, options, pool)
    stack.callback(converter.close)
    return converter


def _measured(
    entry: "Converter | Report",
    suites: Sequence["Suite"],
    documents: Sequence["DocumentSuite"],
    pool: "CompilerPool",
    args: argparse.Namespace,
) -> list["Evaluation"]:
    from typlora.evaluate.results import Report
    from typlora.evaluate.run import evaluate, journals_folder

    if isinstance(entry, Report):
        return list(entry.evaluations)
    with progress_bar(entry.name, None) as update:
        evaluation = evaluate(
            entry,
            suites,
            pool,
            journals=journals_folder(),
            fresh=args.fresh,
            progress=lambda done, total, text: update(done, text, total),
            documents=documents,
        )
    return [evaluation]


def _write_page(path: Path, report: "Report", suites: Sequence["Suite"], pool: "CompilerPool") -> None:
    from typlora.evaluate.report import to_html
    from typlora.files import write_atomic

    write_atomic(path, to_html(report, suites, pool, path.parent))


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _stdout() -> Any:
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 160)
