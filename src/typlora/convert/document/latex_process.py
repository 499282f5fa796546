"""A TeX installation, where there is one, as a process that can be killed.

TeX runs without shell escape, may read and write only what it finds below its own folder and search path
(never an absolute or hidden path that a document names), within limits of time and memory.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

MEMORY_MB = 4096
_LUA = re.compile(r"\{[^{}]*\b(?:fontspec|unicode-math|luatexja[\w-]*|polyglossia|luacode)\b[^{}]*\}")
_LUA_CLASSES = re.compile(r"\\documentclass[^{]*\{(?:ltjs\w*|jlreq|bxjs\w*)\}")


@dataclass(frozen=True, slots=True)
class Tools:
    """Paths of programs: ``latex`` makes a PDF, ``converter`` a page of it into SVG."""

    latex: str
    converter: str

    def fingerprint(self) -> str:
        """What a cached picture depends on, besides its source."""
        return f"{Path(self.latex).name} {Path(self.converter).name} {_version(self.latex)}"


def find_tools(preamble: str) -> Tools | str:
    """The programs that can draw for a document with this preamble, or why there are none."""
    names = ["pdflatex", "lualatex"]
    if _LUA.search(preamble) or _LUA_CLASSES.search(preamble):
        names.reverse()
    latex = next((path for name in names if (path := shutil.which(name))), None)
    if latex is None:
        return "no TeX installation was found"
    converter = shutil.which("pdftocairo") or shutil.which("dvisvgm")
    if converter is None:
        return "neither pdftocairo nor dvisvgm was found"
    return Tools(latex, converter)


def run_latex(tools: Tools, folder: Path, name: str, search: Sequence[Path], seconds: float) -> str:
    """Compile ``name`` (without ``.tex``) in ``folder``; what TeX wrote to its terminal.

    ``search`` are folders whose files the document may read.
    """
    places = [".", *(str(path) for path in search), ""]
    safe = {
        "TEXINPUTS": os.pathsep.join(places),
        "openin_any": "p",
        "openout_any": "p",
        "shell_escape": "f",
        "max_print_line": "1000",
        "TEXMFOUTPUT": str(folder),
    }
    command = [tools.latex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", f"{name}.tex"]
    return _run(command, folder, safe, seconds)


def to_svg(tools: Tools, pdf: Path, page: int, seconds: float) -> bytes | None:
    """One page (from 1) as SVG, letters as outlines so that no font is needed."""
    out = pdf.with_name(f"{pdf.stem}-{page}.svg")
    if Path(tools.converter).name.startswith("pdftocairo"):
        command = [tools.converter, "-svg", "-f", str(page), "-l", str(page), pdf.name, out.name]
    else:
        command = [tools.converter, "--pdf", "--no-fonts", f"--page={page}", f"--output={out.name}", pdf.name]
    _run(command, pdf.parent, {}, seconds)
    try:
        return out.read_bytes() or None
    except OSError:
        return None


def _run(command: list[str], folder: Path, extra: dict[str, str], seconds: float) -> str:
    """Output of a command; after ``seconds`` it and all its children are killed."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **extra},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        _limit(process.pid)
        try:
            output, _ = process.communicate(timeout=max(1.0, seconds))
        except BaseException as error:
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                return f"! It took longer than {seconds:.0f} s."
            raise
    return output.decode("utf-8", "replace")


def _limit(pid: int) -> None:
    with contextlib.suppress(ImportError, AttributeError, ValueError, OSError):
        import resource

        resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY_MB << 20, MEMORY_MB << 20))


@lru_cache(maxsize=4)
def _version(program: str) -> str:
    """The first line of ``--version``."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").partition("\n")[0]
