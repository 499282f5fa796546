"""Pairs of LaTeX and Typst that say the same, and cases made from them."""

import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from typlora.tex.unit import Unit, UnitKind

# A change to one side of a pair; None where it does not apply.
Change = Callable[[str, random.Random], str | None]


@dataclass(frozen=True, slots=True)
class Case:
    """``fault`` names what was done to a right conversion; empty for a right one."""

    unit: Unit
    typst: str
    fault: str


@dataclass(frozen=True, slots=True)
class Pair:
    kind: UnitKind
    latex: str
    typst: str

    @property
    def unit(self) -> Unit:
        return Unit(self.kind, self.latex)


def load_pairs() -> list[Pair]:
    table = tomllib.loads((Path(__file__).parent / "pairs.toml").read_text(encoding="utf-8"))
    return [Pair(UnitKind(row["kind"]), row["latex"], row["typst"]) for row in table["pair"]]
