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
from typlora.tex.finding import MAX_BYTES, bibliography, find_main, read_bytes
from typlora.tex.includes import Include, document_body, includes, local_packages
from typlora.tex.source import Problem, SourceText

MAX_TOTAL = 40_000_000  # characters of all files together; stops files that include each other many times
MAX_DEPTH = 50  # of \input inside \input; TeX itself gives up at 15 open files


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
        main = find_main(path, notes)
    else:
        main, root = path, path.parent
    data = read_bytes(main)
    if not data.strip():
        raise ProjectError(f"{main} is empty; there is nothing to convert")
    reader = _Reader(root, allow_outside, declared_encoding(data))
    source = reader.flatten(main, data)
    source = _until_end(source, reader.problems)
    start = source.span(0, 0)
    problems = [*(Problem(start, note) for note in notes), *reader.problems]
    return Project(
        main=main,
        root=root,
        source=source,
        files=tuple(reader.files),
        problems=tuple(problems),
        packages=tuple(reader.packages(source)),
        bbl=bibliography(main, root),
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
    source = _until_end(reader.flatten(Path(name), text), reader.problems)
    packages = tuple(reader.packages(source))
    return Project(None, root or Path(), source, tuple(reader.files), tuple(reader.problems), packages)


def _until_end(source: SourceText, problems: list[Problem]) -> SourceText:
    """Without what stands after ``\\end{document}``: LaTeX never reads it. Notes are left out without a word,
    a document is not: two files may have become one by mistake."""
    end = document_body(source.text).after
    if end >= len(source.text):
        return source
    if begin := document_body(source.text[end:]).start:
        span = source.span(end + begin - 1, end + begin)
        problems.append(Problem(span, "LaTeX never reads the second document that begins here: left out"))
    return source.slice(0, end)


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
            data = read_bytes(found)
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
                decoded = decode(read_bytes(path), name, self.declared)
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
