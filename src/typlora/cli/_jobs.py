"""Which input of ``typlora convert`` goes to which output, and what contradicts itself."""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from typlora.cli._shared import same_file
from typlora.errors import ConfigError, InputError

_LATEX = frozenset({".tex", ".ltx", ".latex", ".bib", ".bbl", ".sty", ".cls"})


@dataclass(frozen=True, slots=True)
class Job:
    """One input and where its output goes; ``None`` is standard input or output."""

    source: Path | None
    output: Path | None

    @property
    def name(self) -> str:
        """What a person reads."""
        return "<stdin>" if self.source is None else str(self.source)


def jobs_of(args: argparse.Namespace) -> list[Job]:
    """Inputs with their outputs. Raises ``ConfigError`` for flags that contradict each other."""
    inputs = [None if name == "-" else Path(name) for name in args.inputs]
    if args.output is not None and args.out_dir is not None:
        raise ConfigError("give -o or --out-dir, not both")
    if args.output is not None and len(inputs) > 1:
        raise ConfigError("-o names one file, but there are several inputs; use --out-dir")
    if inputs.count(None) > 1:
        raise ConfigError("standard input (-) can be read only once")
    if args.watch and None in inputs:
        raise ConfigError("--watch needs files; standard input does not change")
    if args.output == "-":
        if args.pdf:
            raise ConfigError("--pdf needs an output file; give -o OUT.typ")
        if args.tree:
            raise ConfigError("--tree writes several files; give -o OUT.typ or --out-dir DIR")
        return [Job(inputs[0], None)]
    if args.output is not None:
        if Path(args.output).is_dir():
            raise ConfigError(f"{args.output} is a folder; use --out-dir")
        return [Job(inputs[0], Path(args.output))]
    jobs = []
    for source in inputs:
        if source is None:
            jobs.append(Job(None, Path(args.out_dir) / "stdin.typ" if args.out_dir else None))
            continue
        main = source / "main.tex" if source.is_dir() else source
        folder = Path(args.out_dir) if args.out_dir else main.parent
        jobs.append(Job(source, folder / f"{main.stem}.typ"))
    return _told_apart(jobs, args.out_dir)


def _told_apart(jobs: list[Job], out_dir: str | None) -> list[Job]:
    """Outputs of the same name get their folder's name: ``a/main.tex b/main.tex`` -> ``a.typ b.typ``."""
    seen: dict[Path | None, int] = {}
    for job in jobs:
        seen[job.output] = seen.get(job.output, 0) + 1
    if out_dir is None or all(times == 1 for times in seen.values()):
        return jobs
    named = [
        job
        if job.source is None or seen[job.output] == 1
        else Job(job.source, Path(out_dir) / f"{_folder_name(job.source)}.typ")
        for job in jobs
    ]
    outputs = [job.output for job in named]
    if len(set(outputs)) < len(outputs):
        raise ConfigError("several inputs have the same name; convert them one by one with -o")
    return named


def _folder_name(source: Path) -> str:
    folder = source.resolve() if source.is_dir() else source.resolve().parent
    return folder.name or "main"


def check_outputs(args: argparse.Namespace, jobs: Sequence[Job]) -> None:
    """Raises ``ConfigError`` where a report or an output would overwrite something of the same command."""
    for name in args.report:
        if Path(name).suffix.lower() not in {".json", ".html", ".htm"}:
            raise ConfigError(f"--report {name}: the name must end in .json or .html")
        if any(job.output is not None and same_file(job.output, Path(name)) for job in jobs):
            raise ConfigError(f"--report {name} would overwrite an output")
    for job in jobs:
        if job.output is None:
            continue
        if job.source is not None and same_file(job.output, job.source):
            raise ConfigError(f"the output {job.output} would overwrite the input; give -o")
        if job.output.suffix.lower() == ".pdf":
            typst = job.output.with_suffix(".typ")
            raise ConfigError(f"-o names the Typst, not the PDF; give -o {typst} --pdf for both")
        if job.output.suffix.lower() in _LATEX:
            raise ConfigError(f"-o {job.output} would hold Typst; give it a name that ends in .typ")
        pdf = job.output.with_suffix(".pdf")
        if args.pdf and _from_elsewhere(pdf):
            raise ConfigError(
                f"{pdf} is there already and not made by Typst (LaTeX's?); give -o or --out-dir"
            )


def _from_elsewhere(pdf: Path) -> bool:
    """Whether a PDF is there that we did not make: LaTeX's may be the only copy."""
    try:
        made = pdf.read_bytes()
    except OSError:
        return False
    return bool(made) and b"Typst" not in made


def refuse_overwriting(targets: Sequence[Path], originals: Sequence[Path]) -> None:
    """Raises ``InputError`` where an output is a file that the LaTeX itself consists of."""
    for target in targets:
        if any(same_file(target, original) for original in originals):
            raise InputError(f"the output {target} would overwrite a file of the LaTeX; give another -o")


def lock(output: Path, stack: ExitStack) -> None:
    """Keep other commands from this output until ``stack`` closes."""
    from typlora.convert.lock import output_lock

    if output.is_dir():
        raise InputError(f"{output} is a folder; give the name of a file")
    if not output.exists() or output.is_file():
        stack.enter_context(output_lock(output))
