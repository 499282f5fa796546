"""One LaTeX project becomes one Typst document that compiles, with its report."""

import re
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from typlora.convert.assemble import Assembled, assemble, joined
from typlora.convert.authored.choice import candidates
from typlora.convert.authored.keeping import Judge, Kept, keep_macros
from typlora.convert.cascade import Blocks, Cascade, Progress, Sampler
from typlora.convert.chunks import ask_for_chunks
from typlora.convert.composites import compose
from typlora.convert.conversion import Conversion
from typlora.convert.document.nouns import Asset, Draft
from typlora.convert.report.items import Document, Item, build, loss_item
from typlora.convert.silence import Checked, check_words
from typlora.convert.tree import Tree, mend_paths, plant, same_pages
from typlora.convert.unknown import ask, place
from typlora.convert.unknown.questions import within
from typlora.errors import InputError
from typlora.files import write_atomic
from typlora.tex.project import Project
from typlora.verify.blocks.page import html_source
from typlora.verify.compiler import Compiled, CompilerPool

# Limits of one compile of the whole. A 100-page document of 300 kB takes about 1 s, on a busy machine 40
# times that; and one that is given up for lack of time is shown as LaTeX. Nothing here can hang: all formulas
# have compiled by themselves before.
SECONDS = 60.0
SECONDS_CHARACTER = 1 / 1_000


_CODE = re.compile(r"#[A-Za-z][\w-]*|[A-Za-z][\w-]*(?=[(\[:.])")  # names of functions, outside of formulas


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
    tree: bool = False,
    keep: bool = False,
    progress: Progress | None = None,
    notes: Sequence[str] = (),
) -> Converted:
    """Draft, convert all formulas, assemble, compile. ``source`` and ``output`` are names for the report.

    With a ``chunk`` other than ``formula`` the engines that take whole blocks are asked for those too;
    ``model_only`` asks for all of them and not just where something is not proved. ``draw``: a TeX
    installation, if there is one, draws the pictures that Typst cannot. With ``tree`` the files of the
    project come out as files again: the others are among the assets. ``keep``: macros of the author's that
    are used often stay functions, where that shows the same; blocks are not put to a model then.
    """
    from typlora.convert.draft import draft as make_draft

    started = time.perf_counter()
    if progress is not None:
        progress(0, 0, "reading")
    draft = make_draft(project, draw=draw)
    engines = [engine for engine in cascade.engines if isinstance(engine, Sampler)]
    plain = draft
    asked = ask(draft, pool) if engines and not keep else None
    found = cascade.convert(
        (*draft.formulas, *(() if asked is None else asked.units)),
        progress,
        None if asked is None else Blocks(asked.judge, asked.salt),
    )
    conversions = compose(draft, found[: len(draft.formulas)])
    taken: list[Conversion] = []
    if asked is not None:
        draft, taken = place(draft, asked, found[len(draft.formulas) :])
        notes = (*notes, asked.note) if asked.note else notes
    if chunk != "formula" and engines:
        draft, taken = ask_for_chunks(
            draft, conversions, chunk, engines, pool, everything=model_only, progress=progress
        )
    elif chunk != "formula":
        notes = (*notes, f"--chunk {chunk} needs a model: rules take formulas only")
    if progress is not None:
        progress(len(draft.formulas), len(draft.formulas), "compiling")
    if keep:
        with_macros, told = _keep(project, draft, conversions, cascade, pool, draw)
        notes = (*notes, told)
        if with_macros is not None:
            draft = replace(with_macros.draft, source=draft.source)
            conversions = list(with_macros.conversions)
    assembled, checked, planted = _assemble(draft, conversions, pool, project if tree else None)
    if chunk == "formula" and taken and _worse(taken, draft, assembled, checked):
        draft, taken = plain, []
        notes = (*notes, "blocks that the model wrote were taken back: the document is better without them")
        assembled, checked, planted = _assemble(draft, conversions, pool, project if tree else None)
    if checked is None:
        notes = (*notes, "the check for lost words could not be made: the document has no HTML form")
    if planted is not None:
        notes = (*notes, *planted.notes)
    losses = [loss_item(loss.span, loss.latex, loss.reason, loss.drawn) for loss in assembled.losses]
    document = build(
        source,
        output,
        (*assembled.conversions, *taken),
        _distinct(losses),
        time.perf_counter() - started,
        (*notes, *cascade.notes),
        checked,
    )
    if planted is None or not planted.files:
        return Converted(assembled.typst, assembled.pdf, draft.assets, document)
    files = (Asset(path, data=text.encode()) for path, text in planted.files.items())
    return Converted(planted.main, assembled.pdf, (*draft.assets, *files), document)


def _assemble(
    draft: Draft, conversions: Sequence[Conversion], pool: CompilerPool, project: Project | None
) -> tuple[Assembled, Checked | None, Tree | None]:
    """Assemble in a folder that holds the assets and nothing else, and look for words that were lost.

    The check reads the HTML of the document, which a second worker makes while the first one makes the PDF.
    With a ``project`` the document is spread over its files, as far as the pages stay the same.
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
        planted = None if project is None else _plant(project, draft, assembled, pool, folder)
        if draft.source is None or not compiled.ok:
            return assembled, None, planted
        reported = [latex for _, latex in dict.fromkeys((loss.span, loss.latex) for loss in assembled.losses)]
        return assembled, check_words(draft.source, compiled.pages[0], reported), planted


def _worse(taken: Sequence[Conversion], draft: Draft, assembled: Assembled, checked: Checked | None) -> bool:
    """Whether blocks that a model wrote do not stand in the whole, or words of them are missing there."""
    spans = [conversion.unit.span for conversion in taken]
    doubtful = [loss.span for loss in assembled.losses[len(draft.losses) :]]
    doubtful += [finding.span for finding in checked.findings] if checked is not None else []
    return any(within(one, span) for one in doubtful for span in spans)


def _keep(
    project: Project,
    draft: Draft,
    conversions: Sequence[Conversion],
    cascade: Cascade,
    pool: CompilerPool,
    draw: bool,
) -> tuple[Kept | None, str]:
    """The conversion with macros as functions where that gives the same page, and what to tell of it."""
    from typlora.convert.draft import draft as make_draft
    from typlora.verify.formula import FormulaVerifier

    expanded = joined(draft, conversions)
    formulas = " ".join(conversion.typst for conversion in conversions)
    code = " ".join(_CODE.findall(expanded))
    macros = candidates(project, f"{draft.preamble} {formulas} {code}")
    with tempfile.TemporaryDirectory(prefix="typlora-") as name:
        folder = Path(name)
        for asset in draft.assets:
            place_asset(asset, folder)

        def page(source: str) -> tuple[bytes, ...] | None:
            seconds = SECONDS + SECONDS_CHARACTER * len(source)
            compiled = pool.compile(html_source(source), format="html", root=folder, seconds=seconds)
            return compiled.pages if compiled.ok else None

        def small(sources: Sequence[str]) -> list[bytes | None]:
            return [one.pages[0] if one.ok else None for one in pool.compile_many(sources)]

        wanted = page(expanded) if macros else None
        if wanted is None:
            return None, "--keep-macros: there is nothing to keep"
        kept = keep_macros(
            macros,
            lambda some: make_draft(project, draw=draw, keep=some),
            cascade,
            Judge(
                FormulaVerifier(pool),
                lambda kept: page(joined(kept.draft, kept.conversions)) == wanted,
                small,
            ),
            draft,
        )
    stay = {} if kept is None else {one.key: one for one in kept.macros}
    told = ", ".join(f"{one.name} as {one.typst}" for one in stay.values()) or "none"
    left = ", ".join(one.name for one in macros if one.key not in stay)
    return kept, f"macros kept as functions: {told}" + (f"; expanded: {left}" if left else "")


def _plant(
    project: Project, draft: Draft, assembled: Assembled, pool: CompilerPool, folder: Path
) -> Tree | None:
    """The document as a tree of files; one without files where that would not look the same."""
    if not assembled.blocks:
        return None
    planted = plant(project, draft, assembled.blocks)
    if not planted.files:
        return planted
    for path, text in planted.files.items():
        place_asset(Asset(path, data=text.encode()), folder)
    seconds = SECONDS + SECONDS_CHARACTER * len(assembled.typst)
    compiled = pool.compile(planted.main, format="pdf", root=folder, seconds=seconds)
    if compiled.ok and same_pages(b"".join(compiled.pages), assembled.pdf):
        return planted
    why = compiled.error or "its pages would differ from those of one file"
    return Tree("", {}, (f"--tree: everything stands in one file: {why}",))


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


def in_folder(converted: Converted, folder: str) -> Converted:
    """The same with all assets in ``folder``; for a document that is one file."""
    paths = [asset.path for asset in converted.assets]
    assets = tuple(replace(asset, path=f"{folder}/{asset.path}") for asset in converted.assets)
    return replace(
        converted, typst=mend_paths(converted.typst, paths, lambda path: f"{folder}/{path}"), assets=assets
    )


def _distinct(items: Sequence[Item]) -> list[Item]:
    return list(dict.fromkeys(items))
