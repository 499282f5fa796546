"""The one protocol behind which everything stands that proposes Typst for LaTeX."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from typlora.tex.unit import Unit


@dataclass(frozen=True, slots=True)
class Candidate:
    """Typst proposed for one unit.

    For a formula ``typst`` is the inside of ``$...$`` (no dollars). ``engine`` is the provenance as
    reported: ``model``, ``rules:tylax``, ``rules:pandoc``, ``rules:mitex``. ``seconds`` is this unit's
    share of the batch.
    """

    typst: str
    engine: str
    seconds: float = 0.0


@runtime_checkable
class Engine(Protocol):
    """Batch first: one call, many units; ``None`` where the engine has nothing to propose.

    An engine never raises for a single bad unit. ``fingerprint`` names everything that decides the
    output (engine, version, model hash, decoding), for the cache key.
    """

    name: str

    @property
    def fingerprint(self) -> str: ...

    def propose(self, units: Sequence[Unit]) -> list[Candidate | None]: ...

    def close(self) -> None: ...
