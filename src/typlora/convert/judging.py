"""What the cascade and the simplifier need of a verifier."""

from collections.abc import Sequence
from typing import Protocol

from typlora.tex.unit import Unit
from typlora.verify.verdict import Outcome, Verdict


class Verifier(Protocol):
    """``typlora.verify.formula.FormulaVerifier`` or a stand-in: one verdict a unit."""

    def verify(self, units: Sequence[Unit], typst: Sequence[str | None]) -> list[Verdict]: ...


def rank(verdict: Verdict) -> tuple[int, int]:
    """Smaller is better: proved, compiles and unknown, compiles and different by few, does not compile."""
    if not verdict.compiles:
        return (3, 0)
    if verdict.outcome is Outcome.EQUAL:
        return (0, 0)
    if verdict.outcome is Outcome.UNKNOWN:
        return (1, 0)
    return (2, len(verdict.differences))
