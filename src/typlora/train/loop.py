"""The training loop: steps over a plan, with checkpoints, interruption, memory ladder, divergence watch."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from typlora.errors import CheckFailed
from typlora.model.profiles import TrainConfig
from typlora.model.prompt import Encoded
from typlora.train.batches import Plan, cut_micro_batches
from typlora.train.checkpoint import Position, load_tensors, save_checkpoint
from typlora.train.divergence import ADVICE, Watch
from typlora.train.loss import completion_loss
from typlora.train.network import Network
from typlora.train.optim import Optimizer
from typlora.train.progress import Progress


class Stopped(Exception):  # noqa: N818 - not an error: the user asked for it
    """A signal ended the run after a checkpoint was written."""

    def __init__(self, signal_number: int, checkpoint: Path) -> None:
        super().__init__(f"stopped by {signal.Signals(signal_number).name} at {checkpoint.name}")
        self.signal_number = signal_number
        self.checkpoint = checkpoint


@dataclass(slots=True)
class Run:
    """Everything one training run holds while it goes on."""

    folder: Path
    config: TrainConfig
    network: Network
    rows: tuple[Encoded, ...]
    plan: Plan
    base_name: str
    data_hash: str
    config_hash: str
    optimizer: Optimizer
    progress: Progress
    after_step: list[Callable[[int], None]] = field(default_factory=list)
    step: int = 0
    micro_tokens: int = 0
    watch: Watch = field(default_factory=Watch)

    def restore(self, checkpoint: Path, position: Position) -> None:
        """Stand exactly where the checkpoint stood."""
        import torch

        tensors = load_tensors(checkpoint)
        torch.set_rng_state(tensors.pop("rng"))
        if "rng_cuda" in tensors:
            torch.cuda.set_rng_state(tensors.pop("rng_cuda"))
        self.optimizer.load(tensors)
        self.step = position.step
        self.micro_tokens = position.micro_tokens
        self.watch = Watch(position.running_loss, position.watched)

    def save(self) -> Path:
        """Write a checkpoint of the present step."""
        import torch

        tensors = {**self.optimizer.state(), "rng": torch.get_rng_state()}
        if torch.cuda.is_available():
            tensors["rng_cuda"] = torch.cuda.get_rng_state()
        position = Position(
            step=self.step,
            micro_tokens=self.micro_tokens,
            data_hash=self.data_hash,
            config_hash=self.config_hash,
            running_loss=self.watch.mean,
            watched=self.watch.seen,
        )
        return save_checkpoint(
            self.folder, self.network.model, tensors, position, self.base_name, self.config.save_total_limit
        )


def train(run: Run) -> None:
    """Go from ``run.step`` to the end of the plan.

    Raises ``Stopped`` after a signal (a checkpoint is written first), ``CheckFailed`` on divergence.
    """
    steps = len(run.plan.steps)
    if not run.micro_tokens:
        run.micro_tokens = run.config.micro_tokens
    run.progress.start()
    with _signals() as caught:
        while run.step < steps:
            loss, norm, completion, tokens = _gradients(run)
            complaint = run.watch.complaint(loss, norm)
            if complaint:
                run.optimizer.discard()
                raise CheckFailed(f"step {run.step + 1}: {complaint}; {ADVICE}")
            rate = run.optimizer.step(run.step, norm)
            run.step += 1
            run.progress.step(run.step, loss, rate, norm, completion, tokens)
            for hook in run.after_step:
                hook(run.step)
            if caught:
                raise Stopped(caught[0], run.save())
            if run.step % run.config.save_steps == 0 or run.step == steps:
                run.save()


def _gradients(run: Run) -> tuple[float, float, int, int]:
    """Accumulate the step's gradient: mean loss a completion token, its norm, completion and all tokens."""
    rows = [run.rows[number] for number in run.plan.steps[run.step]]
    completion = sum(row.completion_length for row in rows)
    loss = 0.0
    for micro in cut_micro_batches(rows, run.micro_tokens, run.config.rows_per_step):
        loss += micro_step(run.network, micro, 1.0 / completion)
        run.optimizer.collect()
    return loss, run.optimizer.norm(), completion, sum(len(row.input_ids) for row in rows)


def micro_step(network: Network, rows: list[Encoded], scale: float) -> float:
    """Forward and backward of one micro-batch; its share of the loss."""
    hidden, targets = network.completion_states(rows)
    kernels = {} if network.fast is None else {"surprise": network.fast.kernels.surprise}
    loss = completion_loss(hidden, network.head, targets, scale, **kernels)
    loss.backward()
    return float(loss.detach())


@contextmanager
def _signals() -> Iterator[list[int]]:
    """SIGTERM and Ctrl-C are noted and obeyed after the step; a second one stops at once."""
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield caught
        return

    def note(number: int, frame: FrameType | None) -> None:
        if caught:
            raise KeyboardInterrupt
        caught.append(number)

    before: dict[int, Any] = {n: signal.signal(n, note) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
