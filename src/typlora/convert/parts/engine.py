"""The engine that answers for a formula by asking for its parts."""

from collections.abc import Callable, Mapping, Sequence

from typlora.convert.conversion import Conversion
from typlora.convert.parts.frame import Frame
from typlora.engines.base import Candidate
from typlora.tex.unit import Unit

MODEL, RULES = "model:parts", "rules:parts"
DEPTH = 6  # cuts of cuts
VERSION = 1  # of the cuts; in the key of remembered conversions


class InParts:
    """An engine made of others: ``ask`` converts the parts as the cascade converts everything.

    ``frames`` are the formulas that can be cut, with their parts. ``fingerprint`` is that of all engines
    behind it. Answers are called ``MODEL`` where a model said any part of them, else ``RULES``.
    """

    name = "parts"

    def __init__(
        self,
        fingerprint: str,
        frames: Mapping[Unit, Frame],
        ask: Callable[[Sequence[Unit]], list[Conversion]],
    ) -> None:
        self.fingerprint = f"{self.name}/{VERSION}/{fingerprint}"
        self._frames = frames
        self._ask = ask

    def propose(self, units: Sequence[Unit]) -> list[Candidate | None]:
        """One candidate a unit, ``None`` where it cannot be cut or a part has no answer that compiles."""
        frames = [self._frames.get(unit) for unit in units]
        answers = iter(self._ask([part for frame in frames if frame is not None for part in frame.parts]))
        return [
            None if frame is None else _joined(frame, [next(answers) for _ in frame.parts])
            for frame in frames
        ]

    def close(self) -> None:
        """Nothing of its own is open."""


def _joined(frame: Frame, answers: Sequence[Conversion]) -> Candidate | None:
    if any(answer.verdict.error for answer in answers):  # does not compile, or its LaTeX was kept
        return None
    rules = all(answer.provenance.startswith("rules:") for answer in answers)
    return Candidate(frame.fill([answer.typst for answer in answers]), RULES if rules else MODEL)
