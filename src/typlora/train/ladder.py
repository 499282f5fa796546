"""What to give up when memory runs out, cheapest first; the step is repeated, never lost.

1. half the micro-batch: twice as many of them, the same effective batch and the same result
2. activation checkpointing: a quarter slower
3. saved activations on the host (GPU only)
4. half the longest row: rows over it are left out, so this one warns
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from typlora.errors import TyploraError
from typlora.files import write_atomic
from typlora.model.prompt import Encoded

LIMITS_FILE = "limits.json"  # in a run folder: what the next start must not exceed
SHORTEST = 64  # tokens; below that no formula fits and the machine is simply too small


@dataclass(frozen=True, slots=True)
class Limits:
    """How a step is worked on. ``micro_rows`` and ``micro_tokens`` bound a micro-batch, ``max_len`` a row."""

    micro_rows: int
    micro_tokens: int
    max_len: int
    checkpointing: bool = False
    offload: bool = False

    def remember(self, run: Path) -> None:
        """Leave these limits for the next start of ``run``."""
        write_atomic(run / LIMITS_FILE, json.dumps(asdict(self)))

    def lowered(self, run: Path) -> "Limits":
        """The lower of these and what an earlier start of ``run`` left behind."""
        try:
            left = Limits(**json.loads((run / LIMITS_FILE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return self
        return Limits(
            min(self.micro_rows, left.micro_rows),
            min(self.micro_tokens, left.micro_tokens),
            min(self.max_len, left.max_len),
            self.checkpointing or left.checkpointing,
            self.offload or left.offload,
        )

    def smaller(self, rows: list[Encoded], on_gpu: bool) -> tuple["Limits", str]:
        """The next rung for a step with these rows, and a line about it. ``TyploraError`` at the end."""
        longest = max((len(row.input_ids) for row in rows), default=1)
        fitting = max(1, min(self.micro_rows, self.micro_tokens // longest, len(rows)))
        if fitting > 1:
            changed = replace(
                self, micro_rows=fitting // 2, micro_tokens=max(longest, self.micro_tokens // 2)
            )
            return changed, (
                f"out of memory: micro-batches of {changed.micro_rows} rows, {changed.micro_tokens} tokens "
                "from here, more of them (same effective batch)"
            )
        if not self.checkpointing:
            return replace(
                self, checkpointing=True
            ), "out of memory: activations are recomputed from here (slower)"
        if on_gpu and not self.offload:
            return replace(
                self, offload=True
            ), "out of memory: activations go to the host's memory from here (slower)"
        if longest // 2 >= SHORTEST:
            return replace(self, max_len=longest // 2), (
                f"WARNING: out of memory: rows over {longest // 2} tokens are left out from here; the model "
                "will not learn long ones"
            )
        raise TyploraError(
            "out of memory with one short row at a time; use a smaller base (--profile smollm2-135m), "
            "--quantize nf4, or a smaller --lora-r"
        )


def out_of_memory(error: BaseException) -> bool:
    """Whether ``error`` is a device or host running out (torch reports a CPU's as ``RuntimeError``)."""
    import torch

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    told = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in told or "can't allocate memory" in told)


@contextmanager
def saving(limits: Limits) -> Iterator[None]:
    """Where activations are kept between forward and backward."""
    import torch

    offloaded: Callable[[], Any] = lambda: torch.autograd.graph.save_on_cpu(torch.cuda.is_available())  # noqa: E731
    with offloaded() if limits.offload else nullcontext():
        yield
