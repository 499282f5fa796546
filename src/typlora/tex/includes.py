"""Find the commands in a text that name other files, outside of comments and verbatim."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from typlora.tex.lexer import (
    bracket_end,
    line_end,
    short_argument,
    skip_blank,
    verbatim_end,
    word_end,
)

_STOPS = re.compile(r"[\\%]")
_ONE = frozenset({"input", "include", "subfile", "subfileinclude", "InputIfFileExists", "loadglsentries"})
_TWO = frozenset({"import", "subimport", "inputfrom", "includefrom", "subinputfrom", "subincludefrom"})
_PACKAGES = frozenset({"usepackage", "RequirePackage", "RequirePackageWithOptions"})
_CLASSES = frozenset({"documentclass", "LoadClass", "LoadClassWithOptions"})


@dataclass(frozen=True, slots=True)
class Include:
    """``text[start:end]`` is the command; ``\\import`` has a ``folder``, ``\\subimport`` is ``relative``.

    ``guarded``: the text asked with ``\\IfFileExists`` before, so a missing file is no loss.
    """

    start: int
    end: int
    target: str
    folder: str = ""
    relative: bool = False
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """``start``..``end`` is what stands inside ``document`` (else the whole); ``after`` ends the file."""

    start: int
    end: int
    after: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """Names in ``\\documentclass`` (empty when there is none) and ``\\usepackage``."""

    document_class: str
    packages: tuple[str, ...]


def control_words(text: str, *, at_letter: bool = False) -> Iterator[tuple[str, int, int]]:
    """Control words outside of comments and verbatim: name, position of the backslash, end."""
    position = 0
    while found := _STOPS.search(text, position):
        start = found.start()
        if found.group() == "%":
            position = line_end(text, start)
            continue
        after = word_end(text, start, at_letter=at_letter)
        word = text[start + 1 : after]
        position = verbatim_end(text, start, word, after) or after
        yield word, start, after


def includes(text: str) -> Iterator[Include]:
    """All include commands in order, up to ``\\endinput`` and to ``\\end{document}``."""
    guarded: set[str] = set()
    for word, start, after in control_words(text):
        if word in _ONE:
            if (found := _target(text, after, word)) is not None:
                target = _clean(found[0])
                is_guarded = word == "InputIfFileExists" or target.removesuffix(".tex") in guarded
                yield Include(start, found[1], target, guarded=is_guarded)
        elif word == "IfFileExists":
            if found := short_argument(text, after):
                guarded.add(_clean(found[0]).removesuffix(".tex"))
        elif word in _TWO:
            first = short_argument(text, after + text.startswith("*", after))
            second = short_argument(text, first[1]) if first else None
            if first and second:
                yield Include(start, second[1], _clean(second[0]), first[0].strip(), word.startswith("sub"))
        elif word == "endinput":
            return


def _target(text: str, after: int, word: str) -> tuple[str, int] | None:
    """The file name after ``\\input`` and where it ends; a name without braces ends at a blank."""
    if (found := short_argument(text, after)) is not None:
        return found
    if word != "input":
        return None
    start = skip_blank(text, after)
    end = start
    while end < len(text) and end - start < 200 and not text[end].isspace() and text[end] not in "{}%\\#$&~,":
        end += 1
    return (text[start:end], end) if end > start and start > after else None


def _clean(target: str) -> str:
    return target.strip().strip('"').strip()


def document_body(text: str) -> Body:
    """Where the document's inside lies. A file cut short by ``\\endinput`` ends at the end of that line."""
    start, end, after = 0, len(text), len(text)
    for word, position, behind in control_words(text):
        if word == "endinput":
            end = min(end, position)
            after = min(after, line_end(text, position))
            break
        if word in {"begin", "end"} and (found := short_argument(text, behind)) and found[0] == "document":
            if word == "begin" and not start:
                start = found[1]
            elif word == "end":
                end, after = position, found[1]
                break
    return Body(start, max(start, end), after)


def local_packages(text: str) -> Loaded:
    """Which class and packages a text loads, in order."""
    document_class = ""
    packages: list[str] = []
    for word, _, after in control_words(text):
        if word not in _PACKAGES and word not in _CLASSES:
            continue
        position = skip_blank(text, after)
        if text.startswith("[", position):
            position = max(position, bracket_end(text, position))
        found = short_argument(text, position)
        if found is None:
            continue
        names = [name.strip() for name in found[0].split(",")]
        if word in _CLASSES:
            document_class = document_class or names[0]
        else:
            packages += [name for name in names if name]
    return Loaded(document_class, tuple(packages))
