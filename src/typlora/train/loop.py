"""The training loop: steps over a plan, with checkpoints, interruption, memory ladder, divergence watch."""

import contextlib
import os
import signal
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from typlora.errors import CheckFailed, TyploraError
from typlora.model.profiles import TrainConfig
from typlora.model.prompt import Encoded
from typlora.train.batches import Plan, cut_micro_batches
from typlora.train.checkpoint import Position, load_tensors, newest_usable, save_checkpoint
from typlora.train.divergence import ADVICE, Watch
from typlora.train.ladder import Limits, out_of_memory, saving
from typlora.train.loss import completion_loss
from typlora.train.network import Network
from typlora.train.optim import Optimizer
from typlora.train.parallel import Alone, Team
from typlora.train.progress import Progress

MOST_ROLLBACKS = 3  # each halves the rate; a run that diverges at an eighth of it has another fault


class Stopped(Exception):
    """A signal ended the run after a checkpoint was written."""

    def __init__(self, signal_number: int, checkpoint: Path) -> None:
        super().__init__(f"stopped by {signal.Signals(signal_number).name}; {checkpoint.name} is written")
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
    limits: Limits
    team: Alone | Team = field(default_factory=Alone)
    after_step: list[Callable[[int], None]] = field(default_factory=list)
    step: int = 0
    rate_scale: float = 1.0
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
        self.rate_scale = position.rate_scale
        self.watch = Watch(position.running_loss, position.watched)
        self.lower(
            Limits(
                position.micro_rows or self.limits.micro_rows,
                position.micro_tokens or self.limits.micro_tokens,
                position.max_len or self.limits.max_len,
                position.checkpointing or self.limits.checkpointing,
                position.offload or self.limits.offload,
            )
        )

    def lower(self, limits: Limits) -> None:
        """Work within ``limits`` from here."""
        if limits.checkpointing and not self.limits.checkpointing:
            self.network.recompute_activations()
        self.limits = limits

    def save(self) -> Path:
        """Write a checkpoint of the present step (the first process does, the others wait)."""
        import torch

        folder = self.folder / f"checkpoint-{self.step}"
        if self.team.first:
            tensors = {**self.optimizer.state(), "rng": torch.get_rng_state()}
            if torch.cuda.is_available():
                tensors["rng_cuda"] = torch.cuda.get_rng_state()
            position = Position(
                step=self.step,
                data_hash=self.data_hash,
                config_hash=self.config_hash,
                running_loss=self.watch.mean,
                watched=self.watch.seen,
                rate_scale=self.rate_scale,
                micro_rows=self.limits.micro_rows,
                micro_tokens=self.limits.micro_tokens,
                max_len=self.limits.max_len,
                checkpointing=self.limits.checkpointing,
                offload=self.limits.offload,
            )
            folder = save_checkpoint(
                self.folder,
                self.network.model,
                tensors,
                position,
                self.base_name,
                self.config.save_total_limit,
            )
        self.team.wait()
        return folder


def train(run: Run) -> None:
    """Go from ``run.step`` to the end of the plan.

    Raises ``Stopped`` after a signal (a checkpoint is written first), ``CheckFailed`` on divergence.
    """
    steps = len(run.plan.steps)
    rollbacks = 0
    if run.config.on_divergence == "rollback" and run.step == 0:
        run.save()  # something to roll back to before the first regular checkpoint
    if run.step < steps and run.network.fast is not None and run.network.fast.compiled:
        run.progress.say("compiling the pass (a minute or so; --fused eager goes without and is slower)")
    run.progress.start()
    with _signals(run.team.first) as caught:
        while run.step < steps:
            loss, norm, completion, tokens = _gradients(run)
            if complaint := run.watch.complaint(loss, norm):
                run.optimizer.discard()
                rollbacks += 1
                _diverged(run, complaint, rollbacks)
                continue
            rate = run.optimizer.step(run.step, norm, run.rate_scale) if completion else 0.0
            run.step += 1
            if run.team.first:
                run.progress.step(run.step, loss, rate, norm, completion, tokens)
            for hook in run.after_step:
                hook(run.step)
            if stop := run.team.agree(caught[0] if caught else 0):
                raise Stopped(stop, run.save())
            if run.step % run.config.save_steps == 0 or run.step == steps:
                run.save()


def _diverged(run: Run, complaint: str, rollbacks: int) -> None:
    """Go back to the newest checkpoint at half the rate, or raise ``CheckFailed``."""
    told = f"step {run.step + 1}: {complaint}"
    if run.config.on_divergence != "rollback" or rollbacks > MOST_ROLLBACKS:
        kept = (
            f"; the last good checkpoint in {run.folder} is kept"
            if any(run.folder.glob("checkpoint-*"))
            else ""
        )
        raise CheckFailed(f"{told}{kept}; {ADVICE}")
    checkpoint, position, _ = newest_usable(run.folder)
    scale = run.rate_scale * 0.5
    run.restore(checkpoint, position)
    run.rate_scale = scale
    run.progress.say(f"{told}; back to {checkpoint.name} with {scale:g} of the learning rate")


def _gradients(run: Run) -> tuple[float, float, int, int]:
    """Accumulate the step's gradient: mean loss a completion token, its norm, completion and all tokens.

    Goes down the memory ladder as often as needed; the step is repeated with the same random numbers.
    """
    import torch

    random_state = torch.get_rng_state()
    while True:
        rows = [run.rows[number] for number in run.plan.steps[run.step]]
        rows = [row for row in rows if len(row.input_ids) <= run.limits.max_len]
        completion = sum(row.completion_length for row in rows)
        if not rows:
            return run.watch.mean, 0.0, 0, 0
        loss, short = 0.0, False
        try:
            micros = cut_micro_batches(rows, run.limits.micro_tokens, run.limits.micro_rows)
            for micro, weight in run.team.share(micros):
                with saving(run.limits):
                    loss += micro_step(run.network, micro, weight / completion)
                run.optimizer.collect()
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
            short = True  # the error itself would keep the tensors of its frames alive
        if short and run.network.sharded:
            _give_up_together(run, rows)
        # Where one process ran out all go down the ladder, or they would wait for each other's gradients.
        if not run.team.agree(int(short)):
            loss = run.team.gather(loss, run.optimizer)
            return loss, run.optimizer.norm(), completion, sum(len(row.input_ids) for row in rows)
        run.optimizer.discard()
        torch.set_rng_state(random_state)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        limits, told = run.limits.smaller(rows, run.network.device.type != "cpu")
        run.lower(limits)
        if run.team.first:
            run.progress.say(told)
            run.progress.write({"step": run.step, "out_of_memory": told})


def _give_up_together(run: Run, rows: list[Encoded]) -> None:
    """Out of memory in the middle of a pass through layers that are shared out: the others wait inside it.

    They cannot be called back, so the run ends (its launcher ends the others), and the next start of it is a
    rung lower. Raises ``TyploraError``.
    """
    lower, told = run.limits.smaller(rows, run.network.device.type != "cpu")
    lower.remember(run.folder)
    raise TyploraError(
        f"process {run.team.rank}: {told}; the layers are shared out over the processes, so all of them stop "
        f"here; launch again with: resume {run.folder}"
    )


def micro_step(network: Network, rows: list[Encoded], scale: float) -> float:
    """Forward and backward of one micro-batch; its share of the loss."""
    hidden, targets = network.completion_states(rows)
    kernels = {} if network.fast is None else {"surprise": network.fast.kernels.surprise}
    loss = completion_loss(hidden, network.head, targets, scale, **kernels)
    loss.backward()
    return float(loss.detach())


@contextmanager
def _signals(first: bool) -> Iterator[list[int]]:
    """SIGTERM, Ctrl-C and a closed terminal are noted and obeyed after the step; a second stops at once."""
    caught: list[int] = []
    hangup = getattr(signal, "SIGHUP", None)
    if threading.current_thread() is not threading.main_thread():
        yield caught
        return

    def note(number: int, frame: FrameType | None) -> None:
        if caught:
            raise KeyboardInterrupt
        caught.append(number)
        if number == hangup:  # what is said from here on would be an error of its own
            nowhere = os.open(os.devnull, os.O_WRONLY)
            for descriptor in (1, 2):
                if stat.S_ISCHR(os.fstat(descriptor).st_mode):  # a terminal that has gone is none for isatty
                    os.dup2(nowhere, descriptor)
            os.close(nowhere)
        if first:  # past Python's buffers, which the interrupted code may be writing to
            with contextlib.suppress(OSError):
                os.write(2, b"\nstopping after this step; once more stops at once, without a checkpoint\n")

    numbers = [signal.SIGINT, signal.SIGTERM]
    if hangup is not None and signal.getsignal(hangup) is signal.SIG_DFL:  # nohup ignores it
        numbers.append(hangup)
    before: dict[int, Any] = {n: signal.signal(n, note) for n in numbers}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
