"""Which file of a folder is the main one, and the bytes of files."""

from pathlib import Path

from typlora.errors import ProjectError
from typlora.tex.encoding import decode
from typlora.tex.includes import includes, local_packages

MAX_BYTES = 20_000_000  # of one file; a book of 1,000 pages is about 3 MB
_PREFERRED = ("main", "paper", "ms", "article", "thesis", "manuscript", "root", "index", "book", "report")


def read_bytes(path: Path) -> bytes:
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


def find_main(folder: Path, notes: list[str]) -> Path:
    """The ``.tex`` file with a ``\\documentclass`` most likely the paper; a note if there are more."""
    candidates: list[tuple[tuple[bool, int, int], Path]] = []
    included: set[str] = set()
    try:
        paths = sorted(folder.glob("*.tex")) or sorted(folder.glob("*/*.tex"))[:500]
    except OSError as error:
        raise ProjectError(f"{folder} cannot be read: {error.strerror}") from error
    for path in paths:
        try:
            text = decode(read_bytes(path), str(path)).text
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


def bibliography(main: Path, root: Path) -> Path | None:
    """``main.bbl``, else the only ``.bbl`` of the folder."""
    beside = main.with_suffix(".bbl")
    if beside.is_file():
        return beside
    try:
        others = sorted(root.glob("*.bbl"))
    except OSError:
        return None
    return others[0] if len(others) == 1 else None
