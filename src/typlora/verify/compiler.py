"""Compile Typst safely: pinned version, no network, no files but those under an explicit root."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from typlora.verify.pool import Failure, WorkerPool


@dataclass(frozen=True, slots=True)
class Compiled:
    """``pages`` holds one item for PDF and HTML, one a page for PNG and SVG. ``line`` counts from 1."""

    ok: bool
    pages: tuple[bytes, ...] = ()
    error: str = ""
    line: int | None = None
    warnings: tuple[str, ...] = ()


class CompilerPool(WorkerPool):
    """A pool with the compiler's calls."""

    def __enter__(self) -> "CompilerPool":
        return self

    def compile(
        self,
        source: str,
        format: str = "pdf",
        root: Path | None = None,
        ppi: float = 144.0,
        seconds: float | None = None,
    ) -> Compiled:
        """Compile one document. ``root`` is the only folder it may read; without one it can read nothing."""
        item = (source, format, None if root is None else str(root.resolve()), ppi)
        return as_compiled(self.run("typlora.verify.compiler:compile_item", item, seconds))

    def compile_many(
        self, sources: Sequence[str], format: str = "html", root: Path | None = None
    ) -> list[Compiled]:
        """Compile many small documents, all workers busy."""
        folder = None if root is None else str(root.resolve())
        items = ((source, format, folder, 144.0) for source in sources)
        return [as_compiled(answer) for answer in self.map("typlora.verify.compiler:compile_item", items)]


def as_compiled(answer: Any) -> Compiled:
    """A worker's answer, a ``Failure`` turned into a compile error."""
    if isinstance(answer, Failure):
        return Compiled(
            False, error=f"Typst {answer.message}" if answer.reason != "error" else answer.message
        )
    compiled: Compiled = answer
    return compiled


def empty_folder() -> str:
    """The folder in which a worker finds nothing (set by the pool; elsewhere a fresh temporary one)."""
    folder = os.environ.get("TYPLORA_EMPTY")
    if folder:
        return folder
    import atexit
    import tempfile

    keeper = tempfile.TemporaryDirectory(prefix="typlora-empty-")
    atexit.register(keeper.cleanup)
    os.environ["TYPLORA_EMPTY"] = keeper.name
    return keeper.name


@lru_cache(maxsize=8)
def _compiler(root: str | None) -> Any:
    import typst

    nothing = empty_folder()
    return typst.Compiler(
        root=root or nothing,
        package_path=nothing,
        package_cache_path=nothing,
        font_paths=_fonts(),
    )


@lru_cache(maxsize=1)
def _fonts() -> Any:
    import typst

    return typst.Fonts()


def compile_item(item: tuple[str, str, str | None, float]) -> Compiled:
    """Compile ``(source, format, root, ppi)`` in this process (call it in a worker)."""
    import typst

    source, format_, root, ppi = item
    try:
        result, warnings = _compiler(root).compile_with_warnings(
            input=source.encode("utf-8", "replace"), format=format_, ppi=ppi
        )
    except typst.TypstError as error:
        return Compiled(False, error=_message(error), line=_line(error))
    except RuntimeError as error:
        return Compiled(False, error=str(error))
    pages = tuple(result) if isinstance(result, list) else (result,)
    return Compiled(True, pages, warnings=tuple(str(getattr(w, "message", w)) for w in warnings))


def _message(error: Any) -> str:
    hints = "; ".join(getattr(error, "hints", None) or [])
    text = str(getattr(error, "message", error))
    return f"{text} (hint: {hints})" if hints else text


_LINE = re.compile(r"(?:┌─|-->)[^\n]*?:(\d+):\d+")  # the diagnostic's "file:line:column"


def _line(error: Any) -> int | None:
    found = _LINE.search(str(getattr(error, "diagnostic", "") or ""))
    return int(found.group(1)) if found else None
