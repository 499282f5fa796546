"""Stand-ins for tests: a verifier that knows the right answers without compiling anything."""

from collections.abc import Callable, Sequence

from typlora.tex.unit import Unit, UnitKind
from typlora.verify.verdict import Outcome, Verdict


def formula(latex: str, display: bool = False) -> Unit:
    return Unit(UnitKind.FORMULA, latex, display=display)


class TableVerifier:
    """``equal`` where the answer is in ``right``; text with ``!`` does not compile, with ``?`` is unknown."""

    def __init__(self, right: Callable[[Unit, str], bool]) -> None:
        self.calls: list[int] = []
        self._right = right

    def verify(self, units: Sequence[Unit], typst: Sequence[str | None]) -> list[Verdict]:
        self.calls.append(len(units))
        return [self._one(unit, text) for unit, text in zip(units, typst, strict=True)]

    def _one(self, unit: Unit, text: str | None) -> Verdict:
        if text is None or "!" in text:
            return Verdict(False, Outcome.UNKNOWN, error="unknown variable: nope")
        if "?" in text:
            return Verdict(True, Outcome.UNKNOWN)
        if self._right(unit, text):
            return Verdict(True, Outcome.EQUAL)
        return Verdict(True, Outcome.DIFFERENT, tuple("x" * text.count("~")) or ("other",))
