"""LaTeX text to pylatexenc's nodes, whatever state the text is in.

``node.pos`` and ``node.len`` are offsets in ``source.text``. Broken input gives nodes and problems, never
an exception; nesting beyond 60 levels stays one piece of text, so that walking the tree by recursion is safe.
"""

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from typlora.tex.source import Problem, SourceText


@dataclass(frozen=True, slots=True)
class ParseResult:
    """``nodes`` are pylatexenc ``LatexNode`` objects.

    Comments are nodes. A verbatim environment has its text as the only node inside, its options in
    ``nodeargd.argnlist``; ``\\verb`` and ``\\url`` carry ``ParsedVerbatimArgs``; of ``\\href``'s
    two arguments the first is uninterpreted. A characters node's text is ``source.text[pos:pos+len]``.
    """

    nodes: list[Any]
    problems: tuple[Problem, ...]


def parse(
    source: SourceText | str,
    macros: Mapping[str, str] | None = None,
    environments: Mapping[str, tuple[str, bool]] | None = None,
) -> ParseResult:
    """Parse a text.

    ``macros`` and ``environments`` are argument specifications (as in `specs.py`) of what the document
    defines itself and what was not expanded.
    """
    from typlora.tex._walker import Walker

    if isinstance(source, str):
        source = SourceText.from_file("<text>", source)
    database = _context(tuple(sorted((macros or {}).items())), tuple(sorted((environments or {}).items())))
    walker = Walker(source.text, database)
    # Millions of new objects would make Python's cycle collector run again and again over all of them.
    collecting = len(source) > 100_000 and gc.isenabled()
    if collecting:
        gc.disable()
    try:
        nodes, _, _ = walker.get_latex_nodes()
    finally:
        if collecting:
            gc.enable()
    problems = tuple(Problem(source.span(start, end), message) for start, end, message in walker.problems)
    return ParseResult(nodes, problems)


@lru_cache(maxsize=64)
def _context(
    macros: tuple[tuple[str, str], ...], environments: tuple[tuple[str, tuple[str, bool]], ...]
) -> Any:
    """Building the database takes a millisecond or two; formulas are parsed by the thousand."""
    from typlora.tex._context import context

    return context(dict(macros), dict(environments))
