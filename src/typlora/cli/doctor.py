"""``typlora doctor``: what this machine can convert and train, and what to do about what is missing."""

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

SUMMARY = "Say what this machine can convert and train, and what to install for the rest."
GOOD, MISSING, BROKEN = "ok", "missing", "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``state``: ``ok``, ``missing`` (optional) or ``broken`` (converting needs it)."""

    name: str
    state: str
    what: str
    advice: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``typlora doctor``."""
    parser.add_argument("--json", action="store_true", help="the findings as JSON on standard output")


def run(args: argparse.Namespace) -> int:
    """0 when this machine can convert, 1 when something needed for that is broken."""
    findings = examine()
    if args.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=1))
    else:
        _show(findings)
    return 1 if any(finding.state == BROKEN for finding in findings) else 0


def examine() -> list[Finding]:
    """All findings; a check that fails in an unforeseen way is a finding too."""
    checks: tuple[tuple[str, Callable[[str], Finding]], ...] = (
        ("Python", _python),
        ("Typst", _typst),
        ("tylax", _tylax),
        ("pandoc", _pandoc),
        ("cache folder", _cache),
        ("processor", _processor),
        ("memory", _memory),
        ("GPU", _gpu),
        ("model libraries", _libraries),
        ("fast inference", _fast),
        ("base model", _base),
        ("adapter", _adapter),
        ("fonts", _fonts),
        ("TeX", _tex),
    )
    found = []
    for name, check in checks:
        try:
            found.append(check(name))
        except Exception as error:
            found.append(Finding(name, MISSING, f"cannot tell ({type(error).__name__}: {error})"))
    found.append(_memory_plan(found))
    return found


def _python(name: str) -> Finding:
    version = platform.python_version()
    state = GOOD if sys.version_info >= (3, 11) else BROKEN
    return Finding(
        name, state, f"{version} ({sys.executable})", "" if state == GOOD else "use Python 3.11 or newer"
    )


def _typst(name: str) -> Finding:
    from typlora import config
    from typlora.verify.compiler import CompilerPool

    installed = importlib.metadata.version("typst")
    if installed != config.TYPST_VERSION:
        return Finding(name, BROKEN, f"{installed}, but verdicts hold for {config.TYPST_VERSION}", _again())
    with CompilerPool(1) as pool:
        compiled = pool.compile("$sum_(i=1)^n i = (n(n+1))/2$", format="html")
    if not compiled.ok:
        return Finding(name, BROKEN, f"{installed} does not compile here: {compiled.error}", _again())
    return Finding(name, GOOD, f"{installed}, compiles in a worker process")


def _tylax(name: str) -> Finding:
    from typlora.engines import open_engine
    from typlora.tex.unit import Unit, UnitKind

    answer = open_engine("tylax").propose([Unit(UnitKind.FORMULA, r"\frac{1}{2}")])[0]
    state = GOOD if answer is not None else BROKEN
    return Finding(name, state, importlib.metadata.version("tylax"), "" if answer else _again())


def _pandoc(name: str) -> Finding:
    from typlora.engines import open_engine
    from typlora.tex.unit import Unit, UnitKind

    answer = open_engine("pandoc").propose([Unit(UnitKind.FORMULA, r"\frac{1}{2}")])[0]
    state = GOOD if answer is not None else BROKEN
    carried = importlib.metadata.version("pypandoc_binary")
    return Finding(name, state, f"carried by pypandoc_binary {carried}", "" if answer else _again())


def _cache(name: str) -> Finding:
    from typlora import config

    home = config.home()
    existing = next(path for path in (home, *home.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        return Finding(name, MISSING, f"{home} cannot be written", "set TYPLORA_HOME to a folder of yours")
    free = shutil.disk_usage(existing).free / 1e9
    used = (
        sum(path.stat().st_size for path in home.rglob("*") if path.is_file()) / 1e6 if home.exists() else 0
    )
    advice = "" if free > 1 else "make room: base weights need 0.4 GB"
    return Finding(name, GOOD, f"{home}, {used:,.0f} MB used, {free:,.0f} GB free", advice)


def _processor(name: str) -> Finding:
    from typlora.cli._shared import default_jobs

    flags = _cpu_flags()
    known = ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "neon", "asimd", "bf16")
    found = [flag for flag in known if flag in flags]
    advice = (
        "" if {"avx512_bf16", "amx_bf16", "bf16"} & flags else "no bf16 instructions: training will be slow"
    )
    what = f"{platform.machine()}, {default_jobs()} cores, {', '.join(found) or 'features not known'}"
    return Finding(name, GOOD, what, advice)


def _cpu_flags() -> set[str]:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith(("flags", "Features")):
                return set(line.partition(":")[2].split())
    except OSError:
        pass
    return set()


def available_memory() -> float | None:
    """GB that a process may still take, or ``None`` where the system does not tell."""
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) / 1e6
    except (OSError, ValueError, IndexError):
        pass
    return None


def _memory(name: str) -> Finding:
    free = available_memory()
    if free is None:
        return Finding(name, GOOD, "not known on this system")
    advice = "" if free > 2 else "less than 2 GB: convert with --jobs 1"
    return Finding(name, GOOD, f"{free:.1f} GB available", advice)


def _gpu(name: str) -> Finding:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return Finding(name, MISSING, "none found; everything runs on the processor")
    query = [tool, "--query-gpu=name,memory.total,memory.free", "--format=csv,noheader"]
    done = subprocess.run(query, capture_output=True, text=True, timeout=20)
    if done.returncode or not done.stdout.strip():
        return Finding(name, MISSING, "nvidia-smi finds none; everything runs on the processor")
    return Finding(name, GOOD, "; ".join(done.stdout.strip().splitlines()))


def _libraries(name: str) -> Finding:
    found, missing = [], []
    for library in ("torch", "transformers", "peft"):
        try:
            found.append(f"{library} {importlib.metadata.version(library)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(library)
    if missing:
        return Finding(name, MISSING, f"{', '.join(missing)} not installed", "pip install 'typlora[cpu]'")
    return Finding(name, GOOD, ", ".join(found))


def _fast(name: str) -> Finding:
    there = [one for one in ("openvino", "ctranslate2") if importlib.util.find_spec(one) is not None]
    if not there:
        told = "neither openvino nor ctranslate2; the model answers more slowly"
        return Finding(name, MISSING, told, "pip install 'typlora[cpu]'")
    return Finding(name, GOOD, ", ".join(f"{one} {importlib.metadata.version(one)}" for one in there))


def _base(name: str) -> Finding:
    from typlora.model import base

    if not base.is_pulled(base.DEFAULT_BASE):
        return Finding(
            name,
            MISSING,
            f"{base.DEFAULT_BASE} is not in the cache",
            f"typlora models pull {base.DEFAULT_BASE}",
        )
    return Finding(name, GOOD, f"{base.DEFAULT_BASE} in {base.base_folder(base.DEFAULT_BASE)}")


def _adapter(name: str) -> Finding:
    from typlora.cli._model import find_adapter
    from typlora.errors import ModelError

    try:
        return Finding(name, GOOD, str(find_adapter(None)))
    except ModelError as error:
        return Finding(name, MISSING, str(error).partition(";")[0], "typlora train --help")


def _fonts(name: str) -> Finding:
    import typst

    families = {font.family for font in typst.Fonts().fonts()}
    japanese = sorted(
        family
        for family in families
        if any(
            word in family
            for word in ("Noto Serif CJK JP", "Noto Sans CJK JP", "IPA", "Harano", "Source Han")
        )
    )
    what = f"{len(families)} families" + (f", Japanese: {japanese[0]}" if japanese else ", none for Japanese")
    advice = "" if japanese else "install Noto CJK (or another Japanese font) for Japanese documents"
    return Finding(name, GOOD, what, advice)


def _tex(name: str) -> Finding:
    found = [tool for tool in ("pdflatex", "lualatex", "xelatex", "dvisvgm") if shutil.which(tool)]
    if not found:
        return Finding(name, MISSING, "none found; TikZ pictures stay as visible source")
    return Finding(name, GOOD, ", ".join(found))


def _memory_plan(findings: list[Finding]) -> Finding:
    """What fits. Converting: rough peaks seen; training: the plan that ``typlora train`` prints."""
    free = available_memory()
    converting = [("convert with rules", 0.5), ("convert with the model", 1.5)]
    fits = [f"{what} ({need} GB)" for what, need in converting if free is None or need <= free]
    return Finding("plan", GOOD, "fits: " + (", ".join([*fits, *_trainings(free)]) or "nothing"))


def _trainings(free: float | None) -> list[str]:
    """The profiles that this machine could train: with a GPU any of them, else the embedded base."""
    from typlora.model.memory import KNOWN, Device, fitting_plan, this_device
    from typlora.model.profiles import effective, profile_names

    device = Device(1e9 * (free or 8.0), "cpu", False)
    if importlib.util.find_spec("torch") is not None and shutil.which("nvidia-smi"):
        device = this_device()
    fits = []
    for name in profile_names() if device.gpu else ["smollm2-135m"]:
        config = effective(name).config
        plan = fitting_plan(KNOWN[config.model_id], config, config.max_len, device)
        if plan.fits:
            fits.append(f"train {name} ({plan.total / 1e9:.1f} GB)")
    return fits


def _again() -> str:
    return "pip install --force-reinstall typlora"


def _show(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    style = {GOOD: "green", MISSING: "yellow", BROKEN: "bold red"}
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        text = Text(finding.what)
        if finding.advice:
            text.append(f"\n→ {finding.advice}", style="cyan")
        table.add_row(Text(finding.name, style="bold"), Text(finding.state, style=style[finding.state]), text)
    Console(highlight=False, width=None if sys.stdout.isatty() else 140).print(table)
