"""What a person sees while a run goes on, and the same as ``log.jsonl`` for machines.

On a terminal a live bar (``train/live.py``); elsewhere one plain line every ``every`` steps.
"""

import json
import os
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from typlora.train.live import LiveBar


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a run stands. ``loss`` and the rates are means over the last steps; ``left`` is in seconds."""

    step: int
    steps: int
    loss: float
    rate: float
    completion_tokens_s: float
    left: float
    verified: float | None = None
    verified_at: int = 0

    def line(self) -> str:
        """The whole of it in one plain line."""
        width = len(str(self.steps))
        done = round(20 * self.step / self.steps)
        bar = "━" * done + "─" * (20 - done)
        return (
            f"{bar} {self.step:>{width}}/{self.steps}  loss {self.loss:.4f}  rate {self.rate:.2e}  "
            f"{self.completion_tokens_s:.0f} completion tokens/s  {clock(self.left)} left{self.accuracy()}"
        )

    def accuracy(self) -> str:
        """The last verified accuracy, where there is one."""
        return "" if self.verified is None else f"  verified {self.verified:.1%} (step {self.verified_at})"


@dataclass(slots=True)
class Progress:
    """Rates are over the last steps, so a pause of the machine shows."""

    log: Path
    steps: int
    every: int
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    reporters: list[Callable[[dict[str, Any] | None], None]] = field(default_factory=list)
    live: "LiveBar | None" = None
    verified: float | None = None
    verified_at: int = 0
    _recent: deque[tuple[float, int, int]] = field(default_factory=lambda: deque(maxlen=50))
    _losses: list[float] = field(default_factory=list)
    _began: float = field(default_factory=time.perf_counter)

    def start(self) -> None:
        """Called when the first step begins, so that loading does not count."""
        if self.stream.isatty():
            from typlora.train.live import LiveBar

            self.live = LiveBar(self.stream)
        self._began = time.perf_counter()
        self._recent.append((self._began, 0, 0))

    def step(self, step: int, loss: float, rate: float, norm: float, completion: int, tokens: int) -> None:
        """Record a finished step (counted from 1)."""
        self._losses.append(loss)
        self._recent.append((time.perf_counter(), completion, tokens))
        seconds = max(1e-9, self._recent[-1][0] - self._recent[0][0])
        items = list(self._recent)[1:]
        mean = sum(self._losses) / len(self._losses)
        reading = Reading(
            step,
            self.steps,
            mean,
            rate,
            sum(item[1] for item in items) / seconds,
            (self.steps - step) * seconds / len(items),
            self.verified,
            self.verified_at,
        )
        if self.live is not None:
            try:
                self.live.update(reading, loss)
            except OSError:
                self._mute()
        if step % self.every and step != self.steps:
            return
        self._losses.clear()
        record = {
            "step": step,
            "loss": round(mean, 5),
            "rate": rate,
            "grad_norm": round(norm, 4),
            "completion_tokens_s": round(reading.completion_tokens_s, 1),
            "tokens_s": round(sum(item[2] for item in items) / seconds, 1),
            "seconds": round(time.perf_counter() - self._began, 1),
        }
        self.write(record)
        if self.live is None:
            self.say(reading.line())

    def scored(self, step: int, share: float, rows: int, what: str) -> None:
        """The share of ``rows`` formulas that the model now answers with a proof; ``what`` they are."""
        self.verified, self.verified_at = share, step
        self.write({"step": step, "verified": round(share, 4), "rows": rows})
        self.say(f"step {step}: {share:.1%} of {rows} {what} proved equal")

    def write(self, record: dict[str, Any]) -> None:
        """Append one record to the log."""
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        for report in self.reporters:
            report(record)

    def close(self) -> None:
        """The run ended, one way or another."""
        if self.live is not None:
            self.live.close()
            self.live = None
        for report in self.reporters:
            report(None)
        self.reporters.clear()

    def say(self, text: str) -> None:
        """A line for the person; above the bar where there is one."""
        try:
            if self.live is not None:
                self.live.say(text)
            else:
                print(text, file=self.stream, flush=True)
        except OSError:
            self._mute()

    def _mute(self) -> None:
        """The terminal has gone: a run of hours goes on without it, until it is told to stop."""
        self.live = None
        self.stream = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - as long as the run


def clock(seconds: float) -> str:
    """``1:02:03`` or ``2:03``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
