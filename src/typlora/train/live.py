"""The live bar: where the run stands, how fast it goes, how the loss went so far, what is proved.

Two lines that redraw themselves, so that they fit a terminal of 80 columns:

    ━━━━╸━━━━━━━━━━━━━━━━━━━━  verified 71.9% (step 100)  120/980  12%  1:12:34 left
    loss 0.1234 █▇▅▄▃▂▂▁▁▁▁▁  rate 1.20e-03  110 completion tokens/s
"""

import time
from dataclasses import dataclass, field
from typing import Any, TextIO

from typlora.model.curves import sparkline
from typlora.train.progress import Reading, clock

REDRAWS = 2  # a second: the time left counts down between steps that take several seconds
SPARK = 12  # columns of the loss curve


@dataclass(slots=True)
class LiveBar:
    """Shown from its making until ``close``."""

    stream: TextIO
    _losses: list[float] = field(default_factory=list)
    _reading: Reading | None = None
    _at: float = 0.0
    _live: Any = None

    def __post_init__(self) -> None:
        from rich.console import Console
        from rich.live import Live

        console = Console(file=self.stream, highlight=False)
        self._live = Live(
            get_renderable=self._render, console=console, refresh_per_second=REDRAWS, redirect_stdout=False
        )
        self._live.start()

    def update(self, reading: Reading, loss: float) -> None:
        """A step was done; ``loss`` is this step's own, for the curve."""
        self._losses.append(loss)
        self._reading = reading
        self._at = time.perf_counter()
        if reading.step == reading.steps:
            self._live.refresh()

    def say(self, text: str) -> None:
        """A line above the bar, which stays."""
        self._live.console.print(text, markup=False)

    def close(self) -> None:
        """Leave the last state on the screen and give the terminal back."""
        self._live.stop()

    def _render(self) -> Any:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        reading = self._reading
        if reading is None:
            return Text("first step ...", style="dim")
        left = max(0.0, reading.left - (time.perf_counter() - self._at))
        top = Table.grid(padding=(0, 2), expand=True)
        top.add_column(ratio=1)
        for _ in range(4):
            top.add_column(justify="right", no_wrap=True)
        top.add_row(
            ProgressBar(total=reading.steps, completed=reading.step),
            Text(reading.accuracy().strip(), style="green"),
            f"{reading.step}/{reading.steps}",
            f"{reading.step / reading.steps:.0%}",
            Text(f"{clock(left)} left", style="cyan"),
        )
        bottom = Text.assemble(
            "loss ", (f"{reading.loss:.4f}", "bold"), " ", (sparkline(self._losses, SPARK), "yellow"),
            f"  rate {reading.rate:.2e}  {reading.completion_tokens_s:.0f} completion tokens/s",
        )  # fmt: skip
        return Group(top, bottom)
