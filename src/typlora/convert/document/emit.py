"""A row of pieces as Typst markup: escaping, line starts, ends of code, all decided by the neighbours."""

import re
from collections.abc import Iterable, Sequence

from typlora.convert.document.cjk_lines import CJK, IS_CJK, join_lines
from typlora.convert.document.nouns import Seam, Slot
from typlora.convert.document.pieces import (
    Code,
    Edge,
    Mark,
    Piece,
    Reference,
    Shift,
    Styled,
    Text,
    is_empty,
    resolve,
    strip,
)

_SPECIAL = re.compile(r"[\\*_`#$<@\[\]~\"\u00a0/\-\u00ad']")
_LINE_MARKER = re.compile(r"(=+|[-+/](?=\s|$)|\d+\.(?=\s|$))")
_ONLY_MARKER = re.compile(r"^\s*(?:[-+/]|\d+\.|=+)?\s*$")
_CJK_BREAK = re.compile(rf"(?<=[{CJK}])\n(?=[{CJK}])")
_NAMES = {"*": "strong", "_": "emph"}


def emit(pieces: Iterable[Piece]) -> tuple[str | Slot, ...]:
    """Typst of a row of pieces, with the slots kept apart."""
    emitter = _Emitter()
    emitter.row(join_lines(resolve(pieces)), "\n")
    return emitter.parts()


class _Emitter:
    """Writes pieces one after the other, remembering the line it is on."""

    def __init__(self) -> None:
        self._out: list[str | Slot] = []
        self._line = ""  # what stands on the current line so far
        self._indent = 0
        self._code = False  # the last thing written was a code expression
        self._seams: dict[int, list[Seam]] = {}  # by the place in what was written before which they stand

    def parts(self) -> tuple[str | Slot, ...]:
        joined: list[str | Slot] = []
        fresh = True
        for index in range(len(self._out) + 1):
            joined += self._seams.get(index, [])
            fresh = fresh or index in self._seams
            for part in self._out[index : index + 1]:
                if isinstance(part, str) and not fresh and isinstance(joined[-1], str):
                    joined[-1] += part
                else:
                    joined.append(part)
                fresh = False
        return tuple(re.sub(r"[ \t]+\n", "\n", p) if isinstance(p, str) and p else p for p in joined)

    def row(self, pieces: Sequence[Piece], after: str) -> None:
        for index, piece in enumerate(pieces):
            following = _first(pieces, index + 1) or after
            if isinstance(piece, Text):
                self._text(piece.text, following)
            elif isinstance(piece, Mark):
                self._raw(piece.typst)
            elif isinstance(piece, Code):
                self._raw(piece.typst)
                self._code = True
            elif isinstance(piece, Slot):
                self._slot(piece)
            elif isinstance(piece, Shift):
                self._indent = max(0, self._indent + piece.by)
            elif isinstance(piece, Reference):
                self._reference(piece.label, following)
            elif isinstance(piece, Styled):
                self._styled(piece, following)
            elif isinstance(piece, Edge):
                seam = Seam(piece.number, piece.begins, piece.start, piece.stop, piece.held, self._indent)
                self._seams.setdefault(len(self._out), []).append(seam)

    def _raw(self, typst: str) -> None:
        if not typst:
            return
        if self._code and typst[0] in "([.;":
            self._write(";")
        self._code = False
        if typst == " \\\n" and self._line.endswith(" "):
            typst = typst[1:]
        if typst == "\n" and self._line.strip() == "":
            self._reindent()
            return
        self._write(typst.replace("\n", "\n" + " " * self._indent) if self._indent else typst)

    def _reindent(self) -> None:
        """The line is still empty: bring it to the current indentation."""
        if self._out and isinstance(self._out[-1], str) and self._out[-1].rstrip(" ").endswith("\n"):
            self._out[-1] = self._out[-1].rstrip(" ") + " " * self._indent
            self._line = " " * self._indent

    def _slot(self, slot: Slot) -> None:
        self._code = False
        self._out.append(slot)
        self._line += "$"

    def _write(self, typst: str) -> None:
        self._out.append(typst)
        _, newline, tail = typst.rpartition("\n")
        self._line = tail if newline else self._line + tail

    def _at_start(self) -> bool:
        return bool(_ONLY_MARKER.match(self._line)) or self._line.endswith("[")

    def _text(self, value: str, following: str) -> None:
        value = _CJK_BREAK.sub("", re.sub(r"[ \t]*\n[ \t\n]*", "\n", value))
        if value.startswith("\n") and IS_CJK.match(self._line[-1:]) and IS_CJK.match(value[1:] or following):
            value = value[1:]
        if value.endswith("\n") and IS_CJK.match((self._line + value[:-1])[-1:]) and IS_CJK.match(following):
            value = value[:-1]
        value = re.sub(r"[ \t]+", " ", value)
        if self._line.strip() == "":
            value = value.lstrip(" \n")
        if not value:
            return
        lines = value.split("\n")
        for number, line in enumerate(lines):
            if number:
                self._code = False
                self._write("\n" + " " * self._indent)
            if line:
                self._one_line(line, following)

    def _one_line(self, line: str, following: str) -> None:
        typst = escape(line, self._line[-1:], following)
        if self._at_start():
            bare = typst.lstrip(" ")
            found = _LINE_MARKER.match(bare)
            ends_here = (
                found is not None and found.end() == len(bare) and following[:1] not in {"", " ", "\n"}
            )
            if found and not ends_here:
                marker = found[0]
                guarded = f"{marker[:-1]}\\." if marker.endswith(".") else f"\\{marker}"
                typst = guarded + bare[found.end() :]
        if self._code and re.match(r"[(\[;]|\.[^\W\d]", typst + following[:1]):
            typst = ";" + typst
        self._code = False
        self._write(typst)

    def _reference(self, label: str, following: str) -> None:
        self._code = False
        if _continues_label(following):
            self._write(f"#ref(<{label}>)")
            self._code = True
        else:
            self._write(f"@{label}")

    def _styled(self, piece: Styled, following: str) -> None:
        if is_empty(piece.pieces):
            self.row(piece.pieces, following)
            return
        before = self._line[-1:]
        inner = list(piece.pieces)
        lead = [Text(" ")] if _starts_blank(inner[0]) else []
        trail = [Text(" ")] if _starts_blank(inner[-1], end=True) else []
        inner = strip(inner)
        outer_after = " " if trail else following[:1]
        if lead:
            self._text(" ", "x")
            before = " "
        simple = not any(
            (isinstance(p, Styled) and p.mark == piece.mark) or (isinstance(p, Mark) and "\n\n" in p.typst)
            for p in inner
        )
        mark = piece.mark
        if (
            simple
            and not _wordy(before)
            and not _wordy(outer_after)
            and before not in {mark, "\\"}
            and outer_after != mark
        ):
            self._raw(mark)
            self.row(inner, mark)
            self._raw(mark)
        else:
            self._raw(f"#{_NAMES[mark]}[")
            self.row(inner, "]")
            self._raw("]")
            self._code = True
        if trail:
            self._text(" ", following)


def _continues_label(following: str) -> bool:
    """True where the label of ``@label`` would swallow what follows; ``.`` and ``:`` only within it."""
    return bool(re.match(r"[\w\-]|[.:][\w\-.:]|\[", following))


def _wordy(char: str) -> bool:
    return bool(char) and char[0].isalnum()


def _starts_blank(piece: Piece, end: bool = False) -> bool:
    if not isinstance(piece, Text) or not piece.text:
        return False
    return piece.text[-1 if end else 0] in " \t\n"


def _first(pieces: Sequence[Piece], index: int) -> str:
    """The first one or two characters of what follows."""
    for position in range(index, len(pieces)):
        piece = pieces[position]
        if isinstance(piece, Text) and piece.text:
            return piece.text[:2]
        if isinstance(piece, Mark | Code) and piece.typst:
            return piece.typst[:2]
        if isinstance(piece, Reference):
            return "@"
        if isinstance(piece, Slot):
            return "$"
        if isinstance(piece, Styled):
            inner = _first(piece.pieces, 0)
            return inner if inner[:1] in {" ", "\n"} else piece.mark
    return ""


def escape(value: str, before: str = "", after: str = "") -> str:
    """Plain text of one line as Typst markup. ``before`` and ``after`` are the neighbouring characters."""

    def mask(found: re.Match[str]) -> str:
        char, start = found[0], found.start()
        previous = value[start - 1] if start else before[-1:]
        following = value[start + 1] if start + 1 < len(value) else after[:1]
        if char == "\u00a0":
            return "~"
        if char == "\u00ad":
            return "-?"
        if char == "_":
            return "_" if _ascii_word(previous) and _ascii_word(following) else "\\_"
        if char == "/":
            return "\\/" if previous in {"/", "*"} or following == "*" else "/"  # no comment begins or ends
        if char == "-":
            return (
                "\\-"
                if following == "?" or (following.isdigit() and not previous.isalnum() and previous != "-")
                else "-"
            )
        if char == "'":
            return "'" if previous.isalnum() else "’"  # Typst turns it by what stands before
        return "\\" + char

    return _SPECIAL.sub(mask, value)


def _ascii_word(char: str) -> bool:
    return bool(char) and char.isascii() and char.isalnum()
