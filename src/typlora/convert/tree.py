"""The output as a tree of files: one ``.typ`` for each LaTeX file that has text of its own.

    main.typ        set and show rules, and an ``#include`` where LaTeX has an ``\\input``
    helpers.typ     the functions, which every file imports that uses one
    chapters/a.typ  ...

Rules of the main file reach the included ones; labels, counters and the bibliography are those of the whole
document. Paths of pictures are mended: Typst reads them from the file they stand in. A file stays part of
the one that includes it where it cannot stand alone: included more than once, inside a figure or a paragraph,
or with a rule that has to reach beyond its end.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from typlora.convert.document.nouns import Block, Draft
from typlora.tex.project import Project
from typlora.tex.source import SourceText

HELPERS = "helpers.typ"
_RULE = re.compile(r"^#(?:set|show|let)\b", re.M)
_STATEMENT = re.compile(r"^(?=#|//)", re.M)
_DATES = re.compile(
    rb"/(?:ModDate|CreationDate)\(D:[^)]*\)|<xmp:(?:Modify|Create)Date>[^<]*<"
    rb"|<xmpMM:(?:Instance|Document)ID>[^<]*<|/ID ?\[[^\]]*\]"
)


@dataclass(frozen=True, slots=True)
class Tree:
    """``main`` is the main file, ``files`` are the others by path beside it; ``notes`` say what has none."""

    main: str
    files: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _File:
    """A file under way: texts of blocks, and names of the files included between them."""

    path: str
    items: list["str | _File"] = field(default_factory=list)


def plant(project: Project, draft: Draft, texts: Sequence[str]) -> Tree:
    """Spread a document over files; a tree without other files where all of it stands in one.

    ``texts[i]`` is the Typst of ``draft.blocks[i]``.
    """
    blocks, assets = draft.blocks, [asset.path for asset in draft.assets]
    functions, rules = split_preamble(draft.preamble)
    names = set(re.findall(r"^#let ([\w-]+)", functions, re.M))
    parents = {child: parent for parent, child in reversed(project.included)}
    notes: list[str] = []
    own = _own_files(project, blocks, texts, notes)
    if draft.source is not None:
        within = _body(draft.source).names() & {child for _, child in project.included}
        told = {block.unit.span.file for block in blocks}
        notes += [
            f"{name} has no file of its own: it is part of a paragraph or of a float"
            for name in sorted(within - told)
        ]
    root = _File("")
    open_files: list[tuple[str, _File]] = [("", root)]
    made: dict[str, _File] = {}
    main_name = project.source.span(0, 0).file
    for block, text in zip(blocks, texts, strict=True):
        place = block.unit.span.file
        known = place in parents or place == main_name
        chain = _chain(place, parents, own) if known else [name for name, _ in open_files[1:]]
        while open_files[-1][0] and open_files[-1][0] not in chain:
            open_files.pop()
        for name in chain[chain.index(open_files[-1][0]) + 1 if open_files[-1][0] else 0 :]:
            if name in made:
                break  # it went on elsewhere in between
            file = made[name] = _File(own[name])
            open_files[-1][1].items.append(file)
            open_files.append((name, file))
        open_files[-1][1].items.append(text)
    if not made:
        return Tree("", {}, tuple(notes) or ("all text is in the main file",))
    helpers = _free_name(own)
    files = {file.path: _write(file, helpers, names, assets) for file in made.values()}
    head = f'#import "{helpers}": *\n' if functions else ""
    if functions:
        files[helpers] = functions + "\n"
    main = f"{head}{rules}".rstrip("\n") + "\n\n" + _write(root, helpers, set(), assets)
    return Tree(main.lstrip("\n"), files, tuple(notes))


def same_pages(one: bytes, other: bytes) -> bool:
    """Whether two PDF files show the same: equal to the byte, dates and identifiers left out."""
    return _DATES.sub(b"", one) == _DATES.sub(b"", other)


def split_preamble(preamble: str) -> tuple[str, str]:
    """Functions, and rules; a comment belongs to what follows it."""
    functions: list[str] = []
    rules: list[str] = []
    comment = ""
    for statement in _STATEMENT.split(preamble):
        if statement.startswith("//"):
            comment += statement
            continue
        (functions if statement.startswith("#let") else rules).append(comment + statement)
        comment = ""
    rules.append(comment)
    return "".join(functions).strip("\n"), "".join(rules).strip("\n")


def _body(source: SourceText) -> SourceText:
    begin = max(0, source.text.find("\\begin{document}"))
    return source.slice(begin, len(source))


def mend_paths(typst: str, assets: Sequence[str], mended: Callable[[str], str]) -> str:
    """``typst`` with the paths of assets replaced where a function reads them."""
    if not assets:
        return typst
    known = "|".join(re.escape(path) for path in sorted(assets, key=len, reverse=True))
    call = re.compile(rf'(\b(?:image|bibliography|read)\(\s*\(?(?:"[^"\n]*",\s*)*")({known})(?=")')
    while (changed := call.sub(lambda found: found[1] + "\0" + mended(found[2]), typst)) != typst:
        typst = changed  # a bibliography may read several files
    return typst.replace("\0", "")


def _own_files(
    project: Project, blocks: Sequence[Block], texts: Sequence[str], notes: list[str]
) -> dict[str, str]:
    """The LaTeX files that become files of their own, with the paths of those."""
    times = Counter(child for _, child in project.included)
    used = {block.unit.span.file for block in blocks}
    last = {block.unit.span.file: index for index, block in enumerate(blocks)}
    own: dict[str, str] = {}
    for name in times:
        path = PurePosixPath(name).with_suffix(".typ").as_posix() if PurePosixPath(name).name else ""
        if name not in used:
            continue  # definitions, or what stands inside of a block of another file
        if times[name] > 1:
            notes.append(f"{name} is included {times[name]} times; it has no file of its own")
        elif path.startswith(("/", "..")) or path in own.values() or ":" in path:
            notes.append(f"{name} has no file of its own: its path cannot be used for the output")
        elif any(
            block.unit.span.file == name and _RULE.search(text) and last[name] < len(blocks) - 1
            for block, text in zip(blocks, texts, strict=True)
        ):
            notes.append(f"{name} has no file of its own: a rule in it reaches beyond its end")
        else:
            own[name] = path
    return own


def _chain(name: str, parents: Mapping[str, str], own: Mapping[str, str]) -> list[str]:
    """The files of their own that a text stands in, outermost first."""
    chain: list[str] = []
    seen: set[str] = set()
    while name in parents and name not in seen:
        seen.add(name)
        if name in own:
            chain.append(name)
        name = parents[name]
    return chain[::-1]


def _free_name(own: Mapping[str, str]) -> str:
    return HELPERS if HELPERS not in own.values() else f"typlora-{HELPERS}"


def _write(file: _File, helpers: str, names: set[str], assets: Sequence[str]) -> str:
    folder = posixpath.dirname(file.path)
    parts = []
    for item in file.items:
        if isinstance(item, _File):
            parts.append(f'#include "{posixpath.relpath(item.path, folder or ".")}"')
        else:
            parts.append(mend_paths(item, assets, lambda path: posixpath.relpath(path, folder or ".")))
    text = "\n\n".join(parts) + "\n"
    if names & set(re.findall(r"[\w-]+", text)):
        text = f'#import "{posixpath.relpath(helpers, folder or ".")}": *\n\n{text}'
    return text
