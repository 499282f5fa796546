"""The cascade: ask the cheapest engine first, verify every answer, stop at the first that is proved.

A unit stops at its first candidate that compiles and is equal to its reference. Where no candidate is
proved the best of the others is taken: compiles and cannot be compared, else compiles with the fewest
differences, in the order of the engines; where nothing compiles the LaTeX stays visible. Identical
units are asked once. For given engines and versions the result is always the same.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol, runtime_checkable

from typlora.convert.cache import ConversionCache, Remembered, entry_key
from typlora.convert.conversion import Conversion
from typlora.convert.judging import Verifier, rank
from typlora.convert.parts.cuts import cut
from typlora.convert.parts.engine import DEPTH, InParts
from typlora.convert.settling import settle
from typlora.convert.simplify import tidy, walk
from typlora.engines.base import Candidate, Engine
from typlora.errors import EngineError
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.verdict import Outcome, Verdict

BATCH = 256  # units a call: enough to amortise pandoc's 60 ms start, few enough for a live progress bar
MODEL_BATCH = 64  # a model takes seconds for so many; what is done is in the cache when a person interrupts

Progress = Callable[[int, int, str], None]
"""``progress(settled units, all units, what is being asked)``."""


@runtime_checkable
class Sampler(Protocol):
    """An engine that can also propose several different candidates a unit."""

    def sample(self, units: Sequence[Unit], k: int) -> list[list[Candidate]]: ...


@dataclass(frozen=True, slots=True)
class Blocks:
    """How units other than formulas are judged; ``salt`` is what verdicts depend on besides the unit."""

    verifier: Verifier
    salt: str


@dataclass(slots=True)
class _State:
    """A distinct unit on its way through the cascade."""

    unit: Unit
    proved: Remembered | None = None
    refused: list[Remembered] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def open(self) -> bool:
        """Whether its parts may tell more: not where it is proved, or has an answer but no reference."""
        told = any(
            entry.verdict.compiles and entry.verdict.outcome is Outcome.UNKNOWN for entry in self.refused
        )
        return self.proved is None and not told


class Cascade:
    """``engines`` in the order of their price; with ``samples`` those that can are asked for k more.

    An engine that fails as a whole (``EngineError``) is left out for the rest when others remain, and
    its message kept in ``notes``; when it is the only one the error goes to the caller.
    """

    def __init__(
        self,
        engines: Sequence[Engine],
        verifier: Verifier,
        cache: ConversionCache | None = None,
        *,
        simplify: bool = True,
        samples: int = 0,
        parts: bool = True,
        batch: int = BATCH,
        salt: str = "",
    ) -> None:
        self.engines = list(engines)
        self.notes: list[str] = []
        self._verifier = verifier
        self._cache = cache
        self._simplify = simplify
        self._samples = samples
        self._parts = parts
        self._batch = batch
        self._salt = salt  # of the cache key: what else decides a verdict
        self._blocks: Blocks | None = None

    def convert(
        self, units: Sequence[Unit], progress: Progress | None = None, blocks: Blocks | None = None
    ) -> list[Conversion]:
        """One conversion a unit, in order. Raises ``EngineError`` when the only engine cannot work.

        With ``blocks`` the units may be formulas and blocks together: the engines get them in one batch.
        """
        self._blocks = blocks
        states: dict[tuple[object, ...], _State] = {}
        of_unit = [states.setdefault(_identity(unit), _State(unit)) for unit in units]
        distinct = list(states.values())
        copies = Counter(map(id, of_unit))

        def tell(what: str) -> None:
            if progress is not None:
                settled = sum(copies[id(state)] for state in distinct if state.proved is not None)
                progress(settled, len(units), what)

        self._ask(distinct, tell)
        if progress is not None:
            progress(len(units), len(units), "")
        return _settled(units, of_unit)

    def close(self) -> None:
        """Close the engines and the cache."""
        for engine in self.engines:
            engine.close()
        if self._cache is not None:
            self._cache.close()

    def _ask(self, states: Sequence[_State], tell: Callable[[str], None], depth: int = 0) -> None:
        """All engines in turn, then the parts of what they could not prove, then samples."""
        for engine in list(self.engines):
            self._stage(engine, states, partial(_single, engine), tell)
        if self._parts and depth < DEPTH:
            frames = {state.unit: frame for state in states if state.open and (frame := cut(state.unit))}
            if frames:
                names = " ".join([*(engine.fingerprint for engine in self.engines), f"k={self._samples}"])

                def ask(parts: Sequence[Unit]) -> list[Conversion]:
                    inner: dict[tuple[object, ...], _State] = {}
                    of_part = [inner.setdefault(_identity(part), _State(part)) for part in parts]
                    self._ask(list(inner.values()), tell, depth + 1)
                    return _settled(parts, of_part)

                parts = InParts(names, frames, ask)
                long = [state for state in states if state.unit in frames]
                self._stage(parts, long, partial(_single, parts), tell)
        for engine in [engine for engine in self.engines if self._samples and isinstance(engine, Sampler)]:
            self._stage(engine, states, partial(_several, engine, self._samples), tell, f"k={self._samples}")

    def _stage(
        self,
        engine: Engine,
        states: Sequence[_State],
        propose: Callable[[Sequence[Unit]], list[list[Candidate]]],
        tell: Callable[[str], None],
        suffix: str = "",
    ) -> None:
        """Ask one engine for every unit that is not proved yet."""
        waiting = [state for state in states if state.proved is None]
        if not waiting:
            return  # a model is loaded to tell its fingerprint: not for nothing
        fingerprint = " ".join(part for part in (engine.fingerprint, suffix, self._salt) if part)
        size = self._batch
        if isinstance(engine, Sampler):  # a batch takes as long as its longest row: like lengths together
            waiting.sort(key=lambda state: len(state.unit.latex))
            size = min(size, MODEL_BATCH)
        for batch in _batches(waiting, size):
            tell(f"{engine.name} {suffix}".strip())
            keys = [entry_key(state.unit, fingerprint + self._more_salt(state.unit)) for state in batch]
            known = self._cache.get(keys) if self._cache is not None else {}
            ask: list[tuple[bytes, _State]] = []
            for key, state in zip(keys, batch, strict=True):
                if (entry := known.get(key)) is not None:
                    _take(state, entry)
                else:
                    ask.append((key, state))
            if not ask:
                continue
            try:
                fresh = self._judge([state.unit for _, state in ask], propose, engine.name)
            except EngineError as error:
                if len(self.engines) == 1:
                    raise
                self.engines.remove(engine)
                self.notes.append(f"{engine.name} was left out: {error}")
                return
            for (_, state), entry in zip(ask, fresh, strict=True):
                _take(state, entry)
            if self._cache is not None:
                self._cache.put({key: entry for (key, _), entry in zip(ask, fresh, strict=True)})

    def _judge(
        self,
        units: Sequence[Unit],
        propose: Callable[[Sequence[Unit]], list[list[Candidate]]],
        name: str,
    ) -> list[Remembered]:
        """Propose, verify, simplify one batch: the best candidate of each unit."""
        started = time.perf_counter()
        proposed = propose(units)
        flat = [
            (position, candidate)
            for position, candidates in enumerate(proposed)
            for candidate in _distinct(candidates)
        ]
        best: list[Remembered | None] = [None] * len(units)
        for position, entry in self._verified(units, flat):
            held = best[position]
            if held is None or rank(entry.verdict) < rank(held.verdict):
                best[position] = entry
        share = (time.perf_counter() - started) / max(1, len(units))
        nothing = Remembered(None, name, Verdict(False, Outcome.UNKNOWN))
        return [replace(entry or nothing, seconds=share) for entry in best]

    def _verified(
        self, units: Sequence[Unit], flat: Sequence[tuple[int, Candidate]]
    ) -> list[tuple[int, Remembered]]:
        """Verdicts for candidates of ``units[position]``, in their idiomatic form where that is proved.

        The idiomatic form is judged first: it is proved for nearly all, and then one verification was
        enough. The others are judged as they came, and the proved ones simplified step by step.
        """
        found: list[tuple[int, Remembered]] = []
        again: list[tuple[int, Candidate]] = []
        if self._simplify:
            simple = [
                tidy(candidate.typst) if units[position].kind is UnitKind.FORMULA else candidate.typst
                for position, candidate in flat
            ]
        else:
            simple = [candidate.typst for _, candidate in flat]
        verdicts = self._verify([units[position] for position, _ in flat], simple)
        for (position, candidate), text, verdict in zip(flat, simple, verdicts, strict=True):
            if verdict.proved or text == candidate.typst:
                found.append((position, Remembered(text, candidate.engine, verdict)))
            else:
                again.append((position, candidate))
        if again:  # formulas only: of other units no candidate was made simpler
            those = [units[position] for position, _ in again]
            verdicts = self._verifier.verify(those, [candidate.typst for _, candidate in again])
            proved = [index for index, verdict in enumerate(verdicts) if verdict.proved]
            walked = walk([those[i] for i in proved], [again[i][1].typst for i in proved], self._verifier)
            texts = dict(zip(proved, walked, strict=True))
            for index, ((position, candidate), verdict) in enumerate(zip(again, verdicts, strict=True)):
                text = texts.get(index, candidate.typst)
                found.append((position, Remembered(text, candidate.engine, verdict)))
        return found

    def _verify(self, units: Sequence[Unit], typst: Sequence[str]) -> list[Verdict]:
        """Each unit by the verifier for its kind."""
        if self._blocks is None:
            return self._verifier.verify(units, typst)
        formulas = [index for index, unit in enumerate(units) if unit.kind is UnitKind.FORMULA]
        others = [index for index, unit in enumerate(units) if unit.kind is not UnitKind.FORMULA]
        found: dict[int, Verdict] = {}
        for verifier, some in ((self._verifier, formulas), (self._blocks.verifier, others)):
            if some:
                verdicts = verifier.verify([units[i] for i in some], [typst[i] for i in some])
                found.update(zip(some, verdicts, strict=True))
        return [found[index] for index in range(len(units))]

    def _more_salt(self, unit: Unit) -> str:
        return "" if self._blocks is None or unit.kind is UnitKind.FORMULA else f" {self._blocks.salt}"


def _settled(units: Sequence[Unit], states: Sequence[_State]) -> list[Conversion]:
    """One conversion a unit; ``states`` are theirs, in the same order."""
    settled = {id(state): settle(state.unit, state.proved, state.refused) for state in states}
    return [
        replace(settled[id(state)], unit=unit, seconds=state.seconds)
        for unit, state in zip(units, states, strict=True)
    ]


def _identity(unit: Unit) -> tuple[object, ...]:
    return (unit.kind, unit.latex, unit.display, unit.macros)


def _single(engine: Engine, units: Sequence[Unit]) -> list[list[Candidate]]:
    return [[] if candidate is None else [candidate] for candidate in engine.propose(units)]


def _several(engine: Engine, k: int, units: Sequence[Unit]) -> list[list[Candidate]]:
    return engine.sample(units, k) if isinstance(engine, Sampler) else [[] for _ in units]


def _take(state: _State, entry: Remembered) -> None:
    state.seconds += entry.seconds
    if entry.typst is not None and entry.verdict.proved:
        state.proved = entry
    else:
        state.refused.append(entry)


def _distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    return list({candidate.typst: candidate for candidate in reversed(candidates)}.values())[::-1]


def _batches(states: Sequence[_State], size: int) -> Iterator[Sequence[_State]]:
    for start in range(0, len(states), size):
        yield states[start : start + size]
