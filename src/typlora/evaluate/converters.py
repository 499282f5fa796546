"""What is measured: our own stack and others' converters, behind one small protocol."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from typlora import __version__
from typlora.evaluate.suites import Item
from typlora.verify.verdict import Verdict

if TYPE_CHECKING:
    from typlora.convert.cascade import Cascade
    from typlora.verify.compiler import CompilerPool


@dataclass(frozen=True, slots=True)
class Output:
    """What a converter made of one item.

    ``typst`` is the inside of one equation (a formula) or a whole text (a block); ``None`` where there is no
    such thing. ``markup`` is then what was written instead, empty where nothing was. ``reported``: the
    converter said that something is wrong. ``verdict`` where the converter has judged by itself, with the
    same verifier.
    """

    typst: str | None
    markup: str = ""
    seconds: float = 0.0
    engine: str = ""
    reported: bool = False
    note: str = ""
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a converter made of a whole document; ``typst`` is empty where it gave up.

    ``root`` is the folder in which it is compiled. ``reports``: everything the converter said about it.
    ``solved``: proved formulas by the engine that found them, where the converter tells.
    """

    typst: str
    root: Path
    reports: tuple[str, ...]
    seconds: float
    solved: Mapping[str, int] = field(default_factory=dict)


class Converter(Protocol):
    """Batch first. ``fingerprint`` names everything that decides the outputs.

    ``formulas_only``: it does not claim to convert blocks and documents, which are then not counted against
    it.
    """

    name: str
    version: str
    formulas_only: bool

    @property
    def fingerprint(self) -> str: ...

    def convert(self, items: Sequence[Item]) -> list[Output]: ...

    def document(self, main: Path, folder: Path) -> Document:
        """The project whose main file is ``main``; ``folder`` is an empty one that it may write to."""
        ...

    def close(self) -> None: ...


class OwnConverter:
    """Our cascade: formulas as units, blocks as small documents. ``seconds`` include the verification."""

    formulas_only = False

    def __init__(self, name: str, version: str, cascade: "Cascade", pool: "CompilerPool") -> None:
        self.name = name
        self.version = version
        self._cascade = cascade
        self._pool = pool

    @property
    def fingerprint(self) -> str:
        from typlora.convert.cache import code_fingerprint

        engines = " ".join(engine.fingerprint for engine in self._cascade.engines)
        samples = getattr(self._cascade, "_samples", 0)
        return f"typlora/{__version__}/{code_fingerprint()}/{engines}/{samples}"

    def convert(self, items: Sequence[Item]) -> list[Output]:
        formulas = [item for item in items if not item.is_block]
        found: dict[str, Output] = {}
        for item, made in zip(formulas, self._cascade.convert([item.unit for item in formulas]), strict=True):
            found[item.id] = Output(
                made.typst,
                seconds=made.seconds,
                engine=made.provenance,
                reported=not made.verdict.proved,
                note=made.note,
                verdict=made.verdict,
            )
        return [found[item.id] if item.id in found else self._block(item) for item in items]

    def document(self, main: Path, folder: Path) -> Document:
        """As ``typlora convert`` does it; where it crashes there is no output, and the evaluation goes on."""
        from typlora.convert.pipeline import convert_project, place_asset
        from typlora.convert.report.items import Status
        from typlora.tex.project import read_project

        started = time.perf_counter()
        try:
            made = convert_project(read_project(main), self._cascade, self._pool, source=main.name, output="")
            for asset in made.assets:
                place_asset(asset, folder)
        except Exception as error:
            told = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            return Document("", folder, (told,), time.perf_counter() - started)
        seconds = time.perf_counter() - started
        losses = made.document.told()
        reports = tuple(f"{one.latex} {one.note} {' '.join(one.differences)}" for one in losses)
        solved = Counter(one.engine for one in made.document.items if one.status is Status.PROVED)
        return Document(made.typst, folder, reports, seconds, dict(solved))

    def close(self) -> None:
        self._cascade.close()

    def _block(self, item: Item) -> Output:
        """One document; where ours crashes that is the row's result, and the evaluation goes on."""
        from typlora.convert.pipeline import convert_project
        from typlora.tex.project import read_string

        text = f"{item.macros}\n{item.latex}" if item.macros else item.latex
        try:
            made = convert_project(
                read_string(text, item.id), self._cascade, self._pool, source=item.id, output=""
            )
        except Exception as error:
            note = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
            return Output(None, engine="typlora", reported=True, note=note)
        losses = made.document.told()
        notes = " / ".join(f"{loss.latex[:200]} {loss.note}".strip() for loss in losses[:20])
        return Output(made.typst, "", made.document.seconds, "typlora", bool(losses), notes)
