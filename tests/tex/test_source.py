"""Text with origins: however it is cut and joined, each character knows its place."""

from hypothesis import given
from hypothesis import strategies as st

from typlora.tex.source import Problem, SourceText
from typlora.tex.unit import NOWHERE

FILE = "ab\ncd日本\n\nef"


def place(offset: int) -> tuple[int, int]:
    """Line and column of an offset in ``FILE``, counted the slow way."""
    before = FILE[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


cuts = st.tuples(st.integers(0, len(FILE)), st.integers(0, len(FILE)))


@given(st.lists(cuts, min_size=1, max_size=6), st.integers(0, 40), st.integers(1, 10))
def test_cut_and_joined_text_keeps_its_places(pieces: list[tuple[int, int]], start: int, length: int) -> None:
    source = SourceText.from_file("f", FILE)
    joined = SourceText.join(source.slice(a, b) for a, b in pieces)
    origins = [offset for a, b in pieces for offset in range(a, b)]
    assert joined.text == "".join(FILE[offset] for offset in origins)
    part = joined.slice(start, start + length)
    for index, offset in enumerate(origins[start : start + length]):
        span = part.span(index, index + 1)
        assert (span.line, span.column) == place(offset)
        assert (span.end_line, span.end_column) == place(offset + 1)


@given(cuts, st.text(min_size=1, max_size=5), st.integers(0, 5), st.integers(0, 5))
def test_replaced_text_stands_for_the_whole_range(cut: tuple[int, int], text: str, a: int, b: int) -> None:
    start, end = min(cut), max(cut)
    source = SourceText.from_file("f", FILE)
    new = SourceText.join(
        [source.slice(0, start), source.replaced(start, end, text), source.slice(end, len(FILE))]
    )
    assert new.text == FILE[:start] + text + FILE[end:]
    first = start + min(a, len(text) - 1)
    span = new.span(first, min(first + b, start + len(text)))
    assert (span.line, span.column) == place(start)


def test_a_stretch_over_two_files_ends_with_the_first() -> None:
    source = SourceText.join([SourceText.from_file("one", "ab\n"), SourceText.from_file("two", "cd")])
    span = source.span(1, 5)
    assert (span.file, span.line, span.column, span.end_line, span.end_column) == ("one", 1, 2, 2, 1)
    assert str(source.span(3, 4)) == "two:1:1"


def test_without_origin() -> None:
    empty = SourceText.join([])
    assert (len(empty), empty.span(0, 0), empty.slice(0, 3).text) == (0, NOWHERE, "")
    assert str(Problem(NOWHERE, "lost")) == "lost"
    assert str(Problem(SourceText.from_file("f", "x").span(0, 1), "lost")) == "f:1:1: lost"
