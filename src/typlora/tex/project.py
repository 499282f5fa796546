"""Read a LaTeX project: one text from all its files, and a list of what could not be read.

``\\input`` and its relatives are replaced by the files they name; a file that is missing, not readable,
outside of the project folder or part of a loop leaves its command in the text and a `Problem` behind, so
nothing disappears without notice. Only a main file that cannot be read at all is an error.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from typlora.errors import ProjectError
from typlora.tex.encoding import declared_encoding, decode
from typlora.tex.includes import Include, document_body, includes, local_packages
from typlora.tex.source import Problem, SourceText

MAX_BYTES = 20_000_000  # of one file; a book of 1,000 pages is about 3 MB
MAX_TOTAL = 40_000_000  # characters of all files together; stops files that include each other many times
MAX_DEPTH = 50  # of \input inside \input; TeX itself gives up at 15 open files
_PREFERRED = ("main", "paper", "ms", "article", "thesis", "manuscript", "root", "index", "book", "report")


@dataclass(frozen=True, slots=True)
class Project:
    """What was read.

    ``source`` is the main file with all included files in place; ``packages`` are the ``.cls`` and ``.sty``
    files found beside it, in the order in which LaTeX loads them; ``bbl`` is the formatted bibliography
    if there is one. ``main`` is ``None`` for text from standard input. ``included`` are pairs of names as in
    spans: a file, and one that it includes, once for every time.
    """

    main: Path | None
    root: Path
    source: SourceText
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    packages: tuple[SourceText, ...] = ()
    bbl: Path | None = None
    included: tuple[tuple[str, str], ...] = ()


def read_project(path: Path, *, allow_outside: bool = False) -> Project:
    """Read the project whose main file, or whose folder, is ``path``.

    Only files below the main file's folder (or the folder given) are read, unless ``allow_outside``.
    Raises ``ProjectError`` when there is no main file or it cannot be read as text.
    """
    notes: list[str] = []
    if path.is_dir():
        root = path
        main = _find_main(path, notes)
    else:
        main, root = path, path.parent
    data = _read_bytes(main)
    if not data.strip():
        raise ProjectError(f"{main} is empty; there is nothing to convert")
    reader = _Reader(root, allow_outside, declared_encoding(data))
    source = reader.flatten(main, data)
    source = _until_end(source)
    start = source.span(0, 0)
    problems = [*(Problem(start, note) for note in notes), *reader.problems]
    return Project(
        main=main,
        root=root,
        source=source,
        files=tuple(reader.files),
        problems=tuple(problems),
        packages=tuple(reader.packages(source)),
        bbl=_bibliography(main, root),
        included=tuple(reader.included),
    )


def read_string(text: str | bytes, name: str = "<stdin>", root: Path | None = None) -> Project:
    """Read LaTeX that is not in a file; without ``root`` no other file is read.

    Raises ``ProjectError`` when it is empty or binary.
    """
    if isinstance(text, str):
        text = text.encode("utf-8", "replace")
    if not text.strip():
        raise ProjectError(f"{name} is empty; there is nothing to convert")
    if len(text) > MAX_BYTES:
        raise ProjectError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB; split it")
    reader = _Reader(root, False, declared_encoding(text))
    source = _until_end(reader.flatten(Path(name), text))
    packages = tuple(reader.packages(source))
    return Project(None, root or Path(), source, tuple(reader.files), tuple(reader.problems), packages)


def _read_bytes(path: Path) -> bytes:
    """The file's bytes, or a ``ProjectError`` that says why not."""
    try:
        if not path.exists():
            raise ProjectError(f"{path} does not exist; give a .tex file or the folder of a project")
        if not path.is_file():
            raise ProjectError(f"{path} is not a file; give a .tex file or the folder of a project")
        if path.stat().st_size > MAX_BYTES:
            raise ProjectError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB; split it with \\input")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProjectError(f"{path} cannot be read: {reason}") from error


def _find_main(folder: Path, notes: list[str]) -> Path:
    """The ``.tex`` file with a ``\\documentclass`` most likely the paper; a note if there are more."""
    candidates: list[tuple[tuple[bool, int, int], Path]] = []
    included: set[str] = set()
    try:
        paths = sorted(folder.glob("*.tex")) or sorted(folder.glob("*/*.tex"))[:500]
    except OSError as error:
        raise ProjectError(f"{folder} cannot be read: {error.strerror}") from error
    for path in paths:
        try:
            text = decode(_read_bytes(path), str(path)).text
        except ProjectError:
            continue
        found = list(includes(text))
        included.update(Path(include.target).stem for include in found)
        document = local_packages(text)
        if not document.document_class or document.document_class in {"subfiles", "standalone"}:
            continue
        stem = path.stem.lower()
        rank = _PREFERRED.index(stem) if stem in _PREFERRED else len(_PREFERRED)
        candidates.append(((False, rank, -len(text)), path))
    ranked = sorted(((path.stem in included, key[1], key[2]), path) for key, path in candidates)
    if not ranked:
        raise ProjectError(f"{folder} has no .tex file with \\documentclass; give the main file itself")
    if len(ranked) > 1:
        others = ", ".join(path.name for _, path in ranked[1:4])
        notes.append(f"{ranked[0][1].name} was taken as the main file (others: {others})")
    return ranked[0][1]


def _until_end(source: SourceText) -> SourceText:
    """Without what stands after ``\\end{document}``: LaTeX never reads it."""
    end = document_body(source.text).after
    return source if end >= len(source.text) else source.slice(0, end)


def _bibliography(main: Path, root: Path) -> Path | None:
    """``main.bbl``, else the only ``.bbl`` of the folder."""
    beside = main.with_suffix(".bbl")
    if beside.is_file():
        return beside
    try:
        others = sorted(root.glob("*.bbl"))
    except OSError:
        return None
    return others[0] if len(others) == 1 else None


@dataclass(slots=True)
class _Reader:
    """Reads files one inside the other and remembers what went wrong."""

    root: Path | None
    allow_outside: bool
    declared: str
    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    included: list[tuple[str, str]] = field(default_factory=list)
    total: int = 0
    full: bool = False

    def flatten(self, main: Path, data: bytes) -> SourceText:
        """The main file with everything it includes. Raises ``ProjectError`` when it is not text."""
        return self._expand(main, data, (self._identity(main),), self.root)

    def _expand(self, path: Path, data: bytes, stack: tuple[Path, ...], base: Path | None) -> SourceText:
        name = self._shown(path)
        decoded = decode(data, name, self.declared)
        self.files.append(path)
        self.total += len(decoded.text)
        source = SourceText.from_file(name, decoded.text)
        self.problems.extend(Problem(source.span(0, 0), note) for note in decoded.notes)
        if len(stack) > 1:
            body = document_body(decoded.text)
            source = source.slice(body.start, body.end)
        parts: list[SourceText] = []
        position = 0
        for include in includes(source.text):
            inner = self._include(include, source, path, stack, base)
            if inner is not None:
                parts += [source.slice(position, include.start), inner]
                position = include.end
        if not parts:
            return source
        return SourceText.join([*parts, source.slice(position, len(source))])

    def _include(
        self, include: Include, source: SourceText, path: Path, stack: tuple[Path, ...], base: Path | None
    ) -> SourceText | None:
        """The text for one include command, ``None`` to leave the command where it is."""

        def refuse(message: str) -> None:
            self.problems.append(Problem(source.span(include.start, include.end), message))

        if "#" in include.target:
            return None  # inside the definition of a macro
        shown = include.target
        if self.full or self.total > MAX_TOTAL:
            if not self.full:
                refuse(
                    f"there are more than {MAX_TOTAL // 1_000_000} million characters; the rest is left out"
                )
            self.full = True
            return None
        if "\\" in include.target or not include.target:
            refuse(f"the file name '{shown}' cannot be resolved")
            return None
        if self.root is None or base is None:
            refuse(f"'{shown}' was not read: text from standard input has no project folder")
            return None
        if len(stack) > MAX_DEPTH:
            refuse(f"'{shown}' was not read: more than {MAX_DEPTH} files inside each other")
            return None
        found = self._resolve(include, path, base)
        if found is None and include.guarded:
            return None
        if found is None:
            refuse(f"the file '{shown}' was not found; its content is missing")
            return None
        identity = self._identity(found)
        if not self.allow_outside and not identity.is_relative_to(self._identity(self.root)):
            refuse(f"'{shown}' is outside of the project folder and was not read; --allow-outside permits it")
            return None
        if identity in stack:
            refuse(f"'{shown}' includes itself; the loop was cut here")
            return None
        inner_base = (base if include.relative else self.root) / include.folder if include.folder else base
        try:
            data = _read_bytes(found)
            text = self._expand(found, data, (*stack, identity), inner_base)
        except ProjectError as error:
            refuse(str(error))
            return None
        self.included.append((self._shown(path), self._shown(found)))
        if text.text.endswith("\n"):
            return text
        # TeX ends every file with the end of a line.
        return SourceText.join([text, source.replaced(include.start, include.end, "\n")])

    def _resolve(self, include: Include, path: Path, base: Path) -> Path | None:
        """The file an include command names: from the folder LaTeX runs in, else the including file's."""
        assert self.root is not None
        folders = [base / include.folder, self.root / include.folder, path.parent / include.folder]
        for folder in folders:
            for suffix in (".tex", ""):
                candidate = folder / (include.target + suffix)
                try:
                    if candidate.is_file():
                        return candidate
                except (OSError, ValueError):
                    continue
        return None

    def packages(self, source: SourceText) -> Iterator[SourceText]:
        """The class and the packages that lie in the project, each after those it loads itself."""
        seen: set[Path] = set()
        yield from self._packages(source.text, seen, 0)

    def _packages(self, text: str, seen: set[Path], depth: int) -> Iterator[SourceText]:
        if self.root is None or depth > MAX_DEPTH:
            return
        loaded = local_packages(text)
        names = [f"{loaded.document_class}.cls"] if loaded.document_class else []
        for name in [*names, *(f"{package}.sty" for package in loaded.packages)]:
            path = self.root / name
            try:
                if not path.is_file():
                    continue
                identity = path.resolve()
                if identity in seen or not (
                    self.allow_outside or identity.is_relative_to(self.root.resolve())
                ):
                    continue
                seen.add(identity)
                decoded = decode(_read_bytes(path), name, self.declared)
            except (ProjectError, OSError, ValueError):
                continue  # a package that cannot be read is like one that is not there
            self.files.append(path)
            yield from self._packages(decoded.text, seen, depth + 1)
            yield SourceText.from_file(name, decoded.text)

    def _shown(self, path: Path) -> str:
        """The name people see: relative to the project folder when possible."""
        if self.root is not None:
            try:
                return str(path.relative_to(self.root))
            except ValueError:
                pass
        return str(path)

    def _identity(self, path: Path) -> Path:
        try:
            return path.resolve()
        except (OSError, RuntimeError, ValueError):
            return path
