"""One LaTeX project becomes one Typst document that compiles, with its report."""

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from typlora.convert.assemble import Assembled, assemble
from typlora.convert.cascade import Cascade, Progress, Sampler
from typlora.convert.chunks import ask_for_chunks
from typlora.convert.conversion import Conversion
from typlora.convert.document.nouns import Asset, Draft
from typlora.convert.report.items import Document, Item, build, loss_item
from typlora.convert.silence import Checked, check_words
from typlora.errors import InputError
from typlora.files import write_atomic
from typlora.tex.project import Project
from typlora.verify.blocks.typst_side import html_source
from typlora.verify.compiler import Compiled, CompilerPool

# Limits of one compile of the whole. A 100-page document of 300 kB takes about 1 s, on a busy machine 40
# times that; and one that is given up for lack of time is shown as LaTeX. Nothing here can hang: all formulas
# have compiled by themselves before.
SECONDS = 60.0
SECONDS_CHARACTER = 1 / 1_000


@dataclass(frozen=True, slots=True)
class Converted:
    """``typst`` compiles to ``pdf`` with ``assets`` beside it."""

    typst: str
    pdf: bytes
    assets: tuple[Asset, ...]
    document: Document


def convert_project(
    project: Project,
    cascade: Cascade,
    pool: CompilerPool,
    *,
    source: str,
    output: str,
    chunk: str = "formula",
    model_only: bool = False,
    draw: bool = False,
    progress: Progress | None = None,
    notes: Sequence[str] = (),
) -> Converted:
    """Draft, convert all formulas, assemble, compile. ``source`` and ``output`` are names for the report.

    With a ``chunk`` other than ``formula`` the engines that take whole blocks are asked for those too;
    ``model_only`` asks for all of them and not just where something is not proved. ``draw``: a TeX
    installation, if there is one, draws the pictures that Typst cannot.
    """
    from typlora.convert.draft import draft as make_draft

    started = time.perf_counter()
    if progress is not None:
        progress(0, 0, "reading")
    draft = make_draft(project, draw=draw)
    conversions = cascade.convert(draft.formulas, progress)
    taken: list[Conversion] = []
    engines = [engine for engine in cascade.engines if isinstance(engine, Sampler)]
    if chunk != "formula" and engines:
        draft, taken = ask_for_chunks(
            draft, conversions, chunk, engines, pool, everything=model_only, progress=progress
        )
    elif chunk != "formula":
        notes = (*notes, f"--chunk {chunk} needs a model: rules take formulas only")
    if progress is not None:
        progress(len(draft.formulas), len(draft.formulas), "compiling")
    assembled, checked = _assemble(draft, conversions, pool)
    if checked is None:
        notes = (*notes, "the check for lost words could not be made: the document has no HTML form")
    losses = [loss_item(loss.span, loss.latex, loss.reason) for loss in assembled.losses]
    document = build(
        source,
        output,
        (*assembled.conversions, *taken),
        _distinct(losses),
        time.perf_counter() - started,
        (*notes, *cascade.notes),
        checked,
    )
    return Converted(assembled.typst, assembled.pdf, draft.assets, document)


def _assemble(
    draft: Draft, conversions: Sequence[Conversion], pool: CompilerPool
) -> tuple[Assembled, Checked | None]:
    """Assemble in a folder that holds the assets and nothing else, and look for words that were lost.

    The check reads the HTML of the document, which a second worker makes while the first one makes the PDF.
    """
    with tempfile.TemporaryDirectory(prefix="typlora-") as name, ThreadPoolExecutor(1) as beside:
        folder = Path(name)
        for asset in draft.assets:
            place_asset(asset, folder)
        pages: dict[str, Future[Compiled]] = {}

        def page(source: str) -> Compiled:
            seconds = SECONDS + SECONDS_CHARACTER * len(source)
            return pool.compile(html_source(source), format="html", root=folder, seconds=seconds)

        def compile_one(source: str) -> Compiled:
            if not pages:  # nearly always the first attempt compiles
                pages[source] = beside.submit(page, source)
            seconds = SECONDS + SECONDS_CHARACTER * len(source)
            return pool.compile(source, format="pdf", root=folder, seconds=seconds)

        assembled = assemble(draft, conversions, compile_one)
        early = pages.get(assembled.typst)
        compiled = early.result() if early is not None else page(assembled.typst)
        if draft.source is None or not compiled.ok:
            return assembled, None
        reported = [loss.latex for loss in assembled.losses]
        return assembled, check_words(draft.source, compiled.pages[0], reported)


def place_asset(asset: Asset, folder: Path) -> None:
    """Write the asset below ``folder``, unless that is where it stands already.

    Raises ``InputError`` when it cannot be written.
    """
    path = folder.joinpath(*(part for part in PurePosixPath(asset.path).parts if part not in {"/", ".."}))
    if asset.data is not None:
        write_atomic(path, asset.data)
        return
    if asset.source is None:
        return
    try:
        if path.exists() and path.samefile(asset.source):
            return
        write_atomic(path, asset.source.read_bytes())
    except OSError as error:
        raise InputError(f"cannot copy {asset.source} to {path}: {error.strerror}") from error


def _distinct(items: Sequence[Item]) -> list[Item]:
    return list(dict.fromkeys(items))
