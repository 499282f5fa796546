"""What a model backend must do: token lists in, token lists out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from typlora.engines.stopping import Finish, RowWatch


@dataclass(frozen=True, slots=True)
class Request:
    """One row to generate. ``seed`` decides the draws when the temperature is above 0."""

    prompt: tuple[int, ...]
    limit: int
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Generated:
    """Tokens without the end token, and why the row ended."""

    ids: tuple[int, ...]
    finish: Finish


class Backend(Protocol):
    """``fingerprint`` names weights, precision and library version."""

    @property
    def fingerprint(self) -> str: ...

    def generate(self, requests: Sequence[Request], temperature: float) -> list[Generated]: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Stops:
    """``ends`` finish a row, ``never`` are control tokens no model may write, ``pad`` fills batches."""

    ends: frozenset[int]
    never: tuple[int, ...]
    pad: int
    piece: Callable[[int], str]

    def watch(self, request: Request) -> RowWatch:
        """A watch for one row."""
        return RowWatch(self.ends, request.limit, self.piece)


def batches(requests: Sequence[Request], size: int) -> Iterator[list[int]]:
    """Indices in batches of rows of like length, longest first, so that memory runs out at once or never."""
    order = sorted(range(len(requests)), key=lambda index: -len(requests[index].prompt))
    for start in range(0, len(order), size):
        yield order[start : start + size]
