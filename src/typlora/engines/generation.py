"""What a model backend must do: token lists in, token lists out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from typlora.engines.stopping import Finish, RowWatch

ALIKE = 0.5  # of the longest prompt in its batch; shorter ones would be padded, or decoded token by token
FEW = 8  # rows
TRIES = 20  # tokens refused one after another, before the row may do what it likes
BATCH_SCORES = 16_000_000  # attention scores a head: 32 prompts of 700 tokens, 0.6 GB with nine heads


@dataclass(frozen=True, slots=True)
class Request:
    """One row to generate. ``seed`` decides the draws when the temperature is above 0; ``paired`` asks for an
    answer whose brackets are closed by their own kind, ``maths`` for one whose names exist (backends with a
    loop of their own see to both)."""

    prompt: tuple[int, ...]
    limit: int
    seed: int = 0
    paired: bool = False
    maths: bool = False


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
        return RowWatch(self.ends, request.limit, self.piece, request.paired, request.maths)


def settle(scores: Any, chosen: list[int], watches: Sequence[RowWatch]) -> list[int]:
    """``chosen`` (the best of each row of ``scores``) with the next best where its watch does not allow it.

    ``scores``: array or tensor (B, V) that may be written to. A row is left as it is after ``TRIES``.
    """
    for row, watch in enumerate(watches):
        for _ in range(TRIES):
            if watch.finish is not None or watch.allows(chosen[row]):
                break
            scores[row, chosen[row]] = float("-inf")
            chosen[row] = int(scores[row].argmax())
    return chosen


def batches(requests: Sequence[Request], size: int, workers: int = 1) -> Iterator[list[int]]:
    """Indices in batches of rows of like length, longest first, so that memory runs out at once or never.

    A batch ends at ``size`` rows, where rows get much shorter than its first one (but steps of a few rows
    cost what one costs), and where attention over its prompts would need more than ``BATCH_SCORES``. Few rows
    are shared out among ``workers``, so that none of them stands idle.
    """
    size = min(size, max(FEW, -(-len(requests) // workers)))
    lengths = [len(request.prompt) for request in requests]
    batch: list[int] = []
    for index in sorted(range(len(requests)), key=lambda index: -lengths[index]):
        longest = lengths[batch[0] if batch else index]
        full = len(batch) >= size or (len(batch) + 1) * longest**2 > BATCH_SCORES
        uneven = len(batch) >= FEW and lengths[index] < ALIKE * longest - 4
        if batch and (full or uneven):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def well_formed(text: str) -> str:
    """``text`` as tokenizers take it: half of a surrogate pair is no character."""
    return text.encode("utf-8", "replace").decode()
