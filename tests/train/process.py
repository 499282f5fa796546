"""The real command in real processes that do not each import torch: they are forked from a clean server.

``start`` begins one, its ``wait`` returns exit status, what it said and what it printed.
"""

import multiprocessing
import os
import runpy
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from tests.train import faults

PRELOADED = ["typlora.train.session", "typlora.train.scoring", "torch", "transformers", "peft", "safetensors"]
PRELOADED += ["transformers.models.llama.modeling_llama", "typlora.cli.main", "tests.train.faults"]


@dataclass(frozen=True)
class Done:
    """``status`` is negative for the signal that ended it, as everywhere in Python."""

    status: int
    said: str
    out: str


@dataclass
class Started:
    process: Any
    errors: Path
    output: Path

    @property
    def pid(self) -> int:
        return int(self.process.pid)

    def said(self) -> str:
        return self.errors.read_text(encoding="utf-8") if self.errors.is_file() else ""

    def wait(self, seconds: float = 240) -> Done:
        self.process.join(seconds)
        if self.process.is_alive():
            self.process.kill()
            raise AssertionError(f"still running after {seconds} s; it said: {self.said()[-2000:]}")
        said = self.said()
        assert "Traceback" not in said, said
        return Done(int(self.process.exitcode), said, self.output.read_text(encoding="utf-8"))


def server() -> Any:
    """The context whose server has everything imported; started by its first process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"  # before the server imports torch
    try:
        forkserver.ensure_running()
    finally:
        os.environ.pop("OMP_NUM_THREADS")
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before
    return context


def start(
    arguments: list[str],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    fault: Callable[[str], None] = faults.nothing,
    how: str = "",
    terminal: Path | None = None,
) -> Started:
    """``typlora ARGUMENTS`` in ``folder``; ``fault(how)`` is called in it first.

    ``terminal`` is a terminal device that standard error goes to. ``python SCRIPT ...`` runs the script.
    """
    number = len(list(folder.glob(".out-*")))
    errors, output = terminal or folder / f".said-{number}", folder / f".out-{number}"
    output.touch()
    given = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", **(environment or {})}
    process = server().Process(target=_child, args=(arguments, folder, given, errors, output, fault, how))
    process.start()
    return Started(process, errors, output)


def _child(
    arguments: list[str],
    folder: Path,
    environment: Mapping[str, str],
    errors: Path,
    output: Path,
    fault: Callable[[str], None],
    how: str,
) -> None:
    import torch

    os.environ.update(environment)
    os.chdir(folder)
    for path, number in ((output, 1), (errors, 2)):
        os.dup2(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o666), number)
    torch.set_num_threads(1)
    fault(how)
    if arguments[0] == "python":
        sys.argv = arguments[1:]
        try:
            runpy.run_path(arguments[1], run_name="__main__")
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
    else:
        from typlora.cli.main import main

        status = main(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
