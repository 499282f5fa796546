"""Text that remembers where each of its characters came from.

A LaTeX project is flattened into one string before it is parsed, and user macros are expanded in it;
positions in that string must still lead back to the user's files. `SourceText` keeps a short list of
segments for that, one for each stretch of text with a common origin, so cutting and joining cost
time in the number of segments, not of characters.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from typlora.tex.unit import NOWHERE, Span


@dataclass(frozen=True, slots=True, eq=False)
class SourceFile:
    """One file as it was read: the name shown to people and the decoded text."""

    name: str
    text: str
    line_starts: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        starts, position = [0], self.text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        object.__setattr__(self, "line_starts", starts)

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column of a character offset, both from 1."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text from one place.

    ``first``..``last`` are offsets in ``file`` (``last`` exclusive). A literal segment is a copy of them,
    character by character; otherwise every character of it stands for the whole range, which is how the
    expansion of a macro points to the use of the macro.
    """

    file: SourceFile
    first: int
    last: int
    literal: bool = True


class SourceText:
    """Immutable text with its origin; ``len()``, ``slice``, ``join`` and ``span`` are all there is to it."""

    __slots__ = ("_segments", "_starts", "text")

    def __init__(self, text: str, starts: list[int], segments: list[Segment]) -> None:
        self.text = text
        self._starts = starts
        self._segments = segments

    @classmethod
    def from_file(cls, name: str, text: str) -> "SourceText":
        """The whole of one file."""
        file = SourceFile(name, text)
        return cls(text, [0], [Segment(file, 0, len(text))])

    @classmethod
    def join(cls, parts: Iterable["SourceText"]) -> "SourceText":
        """All parts one after the other."""
        texts: list[str] = []
        starts: list[int] = []
        segments: list[Segment] = []
        offset = 0
        for part in parts:
            if not part.text:
                continue
            for start, segment in zip(part._starts, part._segments, strict=True):
                starts.append(start + offset)
                segments.append(segment)
            texts.append(part.text)
            offset += len(part.text)
        return cls("".join(texts), starts, segments)

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return f"SourceText({self.text[:40]!r}, {len(self.text)} characters, {len(self._segments)} segments)"

    def slice(self, start: int, end: int) -> "SourceText":
        """The part from ``start`` up to ``end`` (offsets are brought into range first)."""
        start = max(0, min(start, len(self.text)))
        end = max(start, min(end, len(self.text)))
        if start == end:
            return SourceText("", [], [])
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end - 1)
        starts: list[int] = []
        segments: list[Segment] = []
        for index in range(first, last):
            segment, begin = self._segments[index], self._starts[index]
            stop = self._starts[index + 1] if index + 1 < len(self._starts) else len(self.text)
            low, high = max(begin, start), min(stop, end)
            if segment.literal and (low > begin or high < stop):
                origin = segment.first + (low - begin)
                segment = Segment(segment.file, origin, origin + (high - low))
            starts.append(low - start)
            segments.append(segment)
        return SourceText(self.text[start:end], starts, segments)

    def replaced(self, start: int, end: int, text: str) -> "SourceText":
        """``text`` alone, every character of it standing for ``start``..``end`` of this source."""
        if not text or not self._segments:
            return SourceText(text, [0] if text else [], [_NO_ORIGIN] if text else [])
        file, first, last = self._range(start, end)
        return SourceText(text, [0], [Segment(file, first, last, literal=False)])

    def changed(self, changes: Iterable[tuple[int, int, str]]) -> "SourceText":
        """With each ``(start, end, text)`` put in its place; of two that overlap the first one counts."""
        parts: list[SourceText] = []
        done = 0
        for start, end, text in sorted(changes):
            if start >= done:
                parts += [self.slice(done, start), self.replaced(start, end, text)]
                done = end
        return SourceText.join([*parts, self.slice(done, len(self.text))])

    def span(self, start: int, end: int) -> Span:
        """Where ``start``..``end`` stands in the user's files.

        A stretch that begins in one file and ends in another is cut off where the first file's part ends.
        """
        if not self._segments:
            return NOWHERE
        file, first, last = self._range(start, end)
        if file is _NO_FILE:
            return NOWHERE
        return Span(file.name, *file.line_column(first), *file.line_column(last))

    def original(self, start: int, end: int) -> str:
        """The author's own text of ``start``..``end``: of an expansion, the use of the macro."""
        if not self._segments:
            return ""
        file, first, last = self._range(start, end)
        return file.text[first:last]

    def names(self) -> set[str]:
        """Files that more than white space comes from."""
        stops = [*self._starts[1:], len(self.text)]
        return {
            segment.file.name
            for start, stop, segment in zip(self._starts, stops, self._segments, strict=True)
            if self.text[start:stop].strip()
        }

    def _range(self, start: int, end: int) -> tuple[SourceFile, int, int]:
        """File and offsets in it of a stretch of this text."""
        start = max(0, min(start, len(self.text)))
        end = max(start, min(end, len(self.text)))
        index = max(0, bisect_right(self._starts, min(start, len(self.text) - 1)) - 1)
        segment = self._segments[index]
        first = self._origin(index, start)
        if end == start:
            return segment.file, first, first
        last_index = bisect_right(self._starts, end - 1) - 1
        while self._segments[last_index].file is not segment.file:
            last_index -= 1
        last_segment = self._segments[last_index]
        stop = self._starts[last_index + 1] if last_index + 1 < len(self._starts) else len(self.text)
        last = self._origin(last_index, min(end, stop)) if last_segment.literal else last_segment.last
        return segment.file, first, max(first, last)

    def _origin(self, index: int, offset: int) -> int:
        """Offset in the file for an ``offset`` in this text, in or at the end of segment ``index``."""
        segment = self._segments[index]
        if not segment.literal:
            return segment.first
        return min(segment.first + (offset - self._starts[index]), segment.last)


_NO_FILE = SourceFile("", "")
_NO_ORIGIN = Segment(_NO_FILE, 0, 0, literal=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a reader must tell the user: where, and one sentence that says what."""

    span: Span
    message: str

    def __str__(self) -> str:
        return f"{self.span}: {self.message}" if self.span.file else self.message
