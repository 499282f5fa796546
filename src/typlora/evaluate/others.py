"""Others' converters as a person would run them: no renames, no repairs, their own defaults.

Each gets the LaTeX as it is written, with the macros it needs, and what it prints is judged as it is.
tex2typst reads formulas only and no definitions, so it gets the formula with its macros expanded.
"""

import re
import subprocess
import time
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

from typlora.data.delimiters import wrap_latex
from typlora.errors import ConfigError, EngineError
from typlora.evaluate.converters import Converter, Document, Output
from typlora.evaluate.suites import Item

NAMES = ("pandoc", "tylax", "tex2typst")
# pandoc starts in 60 ms; beyond a few hundred formulas that no longer counts, and a part that hangs is cheap.
BATCH = 500
SECONDS = 60.0
DOCUMENT_SECONDS = 120.0
_EQUATION = "#math.equation(block: true, numbering: none)["
_MARK = "TYPLORAMARK{}END"
_FIND = re.compile(r"^TYPLORAMARK(\d+)END$", re.MULTILINE)


def open_other(name: str) -> Converter:
    """The converter by its name. Raises ``ConfigError`` for an unknown name or what is not installed."""
    if name == "pandoc":
        return PandocAsIs()
    if name == "tylax":
        return TylaxAsIs()
    if name == "tex2typst":
        return Tex2TypstAsIs()
    raise ConfigError(f"there is no converter '{name}'; --against takes {', '.join(NAMES)} and runs")


def latex_text(item: Item) -> str:
    """The row as it would stand in a document."""
    return item.latex if item.is_block else wrap_latex(item.latex, item.display)


def one_equation(markup: str) -> str | None:
    """The inside of ``$...$`` when the text is one equation and nothing else."""
    text = markup.strip()
    if text.startswith(_EQUATION) and text.endswith("]"):  # tylax writes this for an align without numbers
        text = text[len(_EQUATION) : -1].strip()
    if len(text) < 2 or not (text.startswith("$") and text.endswith("$")):
        return None
    quoted = escaped = False
    for character in text[1:-1]:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == "$" and not quoted:
            return None
    return None if escaped else text[1:-1].strip()


class PandocAsIs:
    """``pandoc -f latex -t typst``: formulas that share their macros travel in one document."""

    name = "pandoc"
    formulas_only = False

    def __init__(self) -> None:
        try:
            import pypandoc

            self._executable = str(pypandoc.get_pandoc_path())
        except (ImportError, OSError) as error:
            raise ConfigError("pandoc is not installed; pip install pypandoc_binary") from error
        head = subprocess.run([self._executable, "--version"], capture_output=True, text=True, check=False)
        self.version = head.stdout.partition("\n")[0].removeprefix("pandoc ").strip()

    @property
    def fingerprint(self) -> str:
        return f"pandoc-as-is/{self.version}"

    def convert(self, items: Sequence[Item]) -> list[Output]:
        groups: dict[str, list[Item]] = {}
        for item in items:
            groups.setdefault(item.macros if not item.is_block else f"{item.macros}\0{item.id}", []).append(
                item
            )
        found: dict[str, Output] = {}
        for group in groups.values():
            for start in range(0, len(group), BATCH):
                part = group[start : start + BATCH]
                found.update((item.id, out) for item, out in zip(part, self._batch(part), strict=True))
        return [found[item.id] for item in items]

    def document(self, main: Path, folder: Path) -> Document:
        """``pandoc -s main.tex -t typst`` in the document's own folder."""
        command = [self._executable, "-s", main.name, "-t", "typst"]
        started = time.perf_counter()
        try:
            done = subprocess.run(
                command, cwd=main.parent, capture_output=True, timeout=DOCUMENT_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return Document("", main.parent, ("takes too long",), DOCUMENT_SECONDS)
        seconds = time.perf_counter() - started
        told = tuple(done.stderr.decode("utf-8", "replace").split("[WARNING]"))
        text = done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
        return Document(text, main.parent, tuple(one for one in told if one.strip()), seconds)

    def close(self) -> None:
        return None

    def _batch(self, items: Sequence[Item]) -> list[Output]:
        started = time.perf_counter()
        parts = [items[0].macros]
        for number, item in enumerate(items):
            parts += [_MARK.format(number), latex_text(item)]
        if items[0].is_block:
            return [self._document(items[0], started)]
        printed = self._run("\n\n".join(parts))
        seconds = (time.perf_counter() - started) / len(items)
        pieces = self._pieces(printed, len(items)) if printed is not None else None
        if pieces is None:
            if len(items) == 1:
                return [Output(None, seconds=seconds, engine=self.name, reported=True, note="pandoc fails")]
            half = len(items) // 2
            return self._batch(items[:half]) + self._batch(items[half:])
        return [_output(item, text, seconds, self.name) for item, text in zip(items, pieces, strict=True)]

    def _document(self, item: Item, started: float) -> Output:
        """A whole text, with pandoc's own template and warnings: ``pandoc -s``."""
        command = [self._executable, "-s", "-f", "latex", "-t", "typst", "--sandbox"]
        text = f"{item.macros}\n{item.latex}".encode("utf-8", "replace")
        try:
            done = subprocess.run(command, input=text, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return Output(None, "", SECONDS, self.name, True, "takes too long")
        seconds = time.perf_counter() - started
        told = done.stderr.decode("utf-8", "replace").strip()
        if done.returncode != 0:
            return Output(None, "", seconds, self.name, True, " ".join(told.split())[:200])
        return Output(done.stdout.decode("utf-8", "replace"), "", seconds, self.name, bool(told), told)

    def _pieces(self, printed: str, count: int) -> list[str] | None:
        """What stands behind each mark; ``None`` where a formula swallowed its neighbours."""
        cut = _FIND.split(printed)
        if [int(number) for number in cut[1::2]] != list(range(count)):
            return None
        return cut[2::2]

    def _run(self, text: str) -> str | None:
        command = [self._executable, "-f", "latex", "-t", "typst", "--wrap=none", "--quiet", "--sandbox"]
        try:
            done = subprocess.run(
                command,
                input=text.encode("utf-8", "replace"),
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        except OSError as error:
            raise EngineError(f"cannot run {self._executable}: {error.strerror}") from error
        return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


class TylaxAsIs:
    """``tylax.latex_to_typst(text)`` with its defaults; blocks in its document mode."""

    name = "tylax"
    formulas_only = False

    def __init__(self) -> None:
        try:
            self.version = metadata.version("tylax")
        except metadata.PackageNotFoundError as error:
            raise ConfigError("tylax is not installed; pip install tylax") from error

    @property
    def fingerprint(self) -> str:
        return f"tylax-as-is/{self.version}"

    def convert(self, items: Sequence[Item]) -> list[Output]:
        import tylax

        def one(item: Item) -> str:
            text = f"{item.macros}\n{latex_text(item)}" if item.macros else latex_text(item)
            return str(tylax.latex_to_typst(text, document=item.is_block))

        return [_timed(item, one, self.name) for item in items]

    def document(self, main: Path, folder: Path) -> Document:
        """``tylax.latex_to_typst(text, document=True)``; it reads no files by itself."""
        import tylax

        started = time.perf_counter()
        try:
            text = str(
                tylax.latex_to_typst(main.read_text(encoding="utf-8", errors="replace"), document=True)
            )
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a Rust panic is no Exception
            told = " ".join(str(error).split())[:120] or type(error).__name__
            return Document("", main.parent, (told,), time.perf_counter() - started)
        return Document(text, main.parent, (), time.perf_counter() - started)

    def close(self) -> None:
        return None


class Tex2TypstAsIs:
    """``tex2typst.tex2typst(formula)``, the PyPI package that carries the JavaScript library."""

    name = "tex2typst"
    formulas_only = True

    def __init__(self) -> None:
        try:
            self.version = metadata.version("tex2typst")
        except metadata.PackageNotFoundError as error:
            raise ConfigError("tex2typst is not installed; pip install 'typlora[eval]'") from error

    @property
    def fingerprint(self) -> str:
        return f"tex2typst-as-is/{self.version}"

    def convert(self, items: Sequence[Item]) -> list[Output]:
        import tex2typst

        def one(item: Item) -> str:
            return f"${tex2typst.tex2typst(item.unit.latex)} $"

        return [_timed(item, one, self.name) for item in items]

    def document(self, main: Path, folder: Path) -> Document:
        """Never asked: formulas only."""
        return Document("", folder, ("converts formulas only",), 0.0)

    def close(self) -> None:
        return None


def _timed(item: Item, convert: Callable[[Item], str], name: str) -> Output:
    """One call, timed; whatever it raises is an answer too (a Rust panic is no ``Exception``)."""
    started = time.perf_counter()
    try:
        printed = convert(item)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        note = " ".join(str(error).split())[:120] or type(error).__name__
        return Output(None, "", time.perf_counter() - started, name, True, note)
    return _output(item, printed, time.perf_counter() - started, name)


def _output(item: Item, printed: str, seconds: float, name: str) -> Output:
    text = printed.strip()
    if not text:
        return Output(None, "", seconds, name, True, "prints nothing")
    if item.is_block:
        return Output(text, "", seconds, name)
    inside = one_equation(text)
    if inside is not None:
        return Output(inside, "", seconds, name)
    # LaTeX that stands in the text as it was is seen by whoever reads the page.
    visible = "\\\\" in text or text.count("\\") > 0
    return Output(None, text, seconds, name, visible, "is not one equation")
