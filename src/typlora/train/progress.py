"""What a person sees while a run goes on, and the same as ``log.jsonl`` for machines."""

import json
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO


@dataclass(slots=True)
class Progress:
    """One line every ``every`` steps; rates are over the last steps, so a pause of the machine shows."""

    log: Path
    steps: int
    every: int
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    reporters: list[Callable[[dict[str, Any] | None], None]] = field(default_factory=list)
    _recent: deque[tuple[float, int, int]] = field(default_factory=lambda: deque(maxlen=50))
    _losses: list[float] = field(default_factory=list)
    _began: float = field(default_factory=time.perf_counter)

    def start(self) -> None:
        """Called when the first step begins, so that loading does not count."""
        self._began = time.perf_counter()
        self._recent.append((self._began, 0, 0))

    def step(self, step: int, loss: float, rate: float, norm: float, completion: int, tokens: int) -> None:
        """Record a finished step (counted from 1)."""
        self._losses.append(loss)
        self._recent.append((time.perf_counter(), completion, tokens))
        if step % self.every and step != self.steps:
            return
        mean = sum(self._losses) / len(self._losses)
        self._losses.clear()
        seconds = max(1e-9, self._recent[-1][0] - self._recent[0][0])
        items = list(self._recent)[1:]
        per_second = sum(item[1] for item in items) / seconds
        left = (self.steps - step) * seconds / len(items)
        record = {
            "step": step,
            "loss": round(mean, 5),
            "rate": rate,
            "grad_norm": round(norm, 4),
            "completion_tokens_s": round(per_second, 1),
            "tokens_s": round(sum(item[2] for item in items) / seconds, 1),
            "seconds": round(time.perf_counter() - self._began, 1),
        }
        self.write(record)
        width = len(str(self.steps))
        done = round(20 * step / self.steps)
        bar = "━" * done + "─" * (20 - done)
        self.say(
            f"{bar} {step:>{width}}/{self.steps}  loss {mean:.4f}  rate {rate:.2e}  "
            f"{per_second:.0f} completion tokens/s  {clock(left)} left"
        )

    def write(self, record: dict[str, Any]) -> None:
        """Append one record to the log."""
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        for report in self.reporters:
            report(record)

    def close(self) -> None:
        """The run ended."""
        for report in self.reporters:
            report(None)

    def say(self, text: str) -> None:
        print(text, file=self.stream, flush=True)


def clock(seconds: float) -> str:
    """``1:02:03`` or ``2:03``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
