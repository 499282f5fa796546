"""The declared list of what LaTeX a version must cover: name, family, and how a row is seen to use it.

``constructs_of(latex)`` names every construct in a piece of LaTeX. ``data stats`` counts rows by them,
``eval.jsonl`` is stratified by them, and the replay sampler keeps the rare ones. A detector is a regular
expression on the LaTeX, so that it works on any row of any file, and is a few microseconds a row.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from typlora.data.construct_table import TABLE

FORMULA_FAMILIES = (
    "symbols", "operators", "relations", "arrows", "big operators", "letter styles", "accents", "scripts",
    "fractions", "roots", "delimiters", "matrices", "environments", "stretched", "functions", "spacing",
    "text", "numbers", "notation",
)  # fmt: skip
BLOCK_FAMILIES = ("blocks",)


@dataclass(frozen=True, slots=True)
class Construct:
    """``pattern`` finds at least one use in LaTeX."""

    name: str
    family: str
    pattern: re.Pattern[str]


CONSTRUCTS: tuple[Construct, ...] = tuple(
    Construct(name, family, re.compile(pattern)) for family, rows in TABLE for name, pattern in rows
)
BY_NAME: dict[str, Construct] = {construct.name: construct for construct in CONSTRUCTS}

_FORMULA_CONSTRUCTS = tuple(c for c in CONSTRUCTS if c.family not in BLOCK_FAMILIES)
_BLOCK_CONSTRUCTS = tuple(c for c in CONSTRUCTS if c.family in BLOCK_FAMILIES)


# Some patterns look ahead over the whole text; a bound keeps the longest row at milliseconds.
_LOOKED_AT = 4_000


@lru_cache(maxsize=65_536)
def constructs_of(latex: str, block: bool = False) -> tuple[str, ...]:
    """Names of the constructs used, in the order of the list. Blocks are asked about blocks only."""
    candidates = _BLOCK_CONSTRUCTS if block else _FORMULA_CONSTRUCTS
    head = latex[:_LOOKED_AT]
    return tuple(construct.name for construct in candidates if construct.pattern.search(head))


def rarest(names: Iterable[str], counts: dict[str, int]) -> str:
    """The construct that stands for a row when each row may count once: the least common one it uses."""
    return min(names, key=lambda name: (counts.get(name, 0), name), default="plain")
