"""An engine for tests: answers from a table, or with a function."""

from collections.abc import Callable, Mapping, Sequence

from typlora.engines.base import Candidate
from typlora.tex.unit import Unit


class FakeEngine:
    """Proposes ``answers[unit.latex]``, or ``answers(unit)``; ``None`` where there is no answer."""

    def __init__(self, answers: Mapping[str, str] | Callable[[Unit], str | None], name: str = "fake") -> None:
        self.name = name
        self.asked: list[Unit] = []
        self._answers = answers

    @property
    def fingerprint(self) -> str:
        return self.name

    def propose(self, units: Sequence[Unit]) -> list[Candidate | None]:
        self.asked.extend(units)
        found = [
            self._answers.get(unit.latex) if isinstance(self._answers, Mapping) else self._answers(unit)
            for unit in units
        ]
        return [None if typst is None else Candidate(typst, self.name) for typst in found]

    def close(self) -> None:
        return None
