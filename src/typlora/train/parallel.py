"""Several processes, each with a share of every step's micro-batches; gradients of the adapter are summed.

The base is frozen, so only the adapter's gradients (tens of megabytes) travel: this is all that data
parallelism needs here. For a base too big for one GPU its layers are shared out (FSDP2).
``accelerate launch`` (or ``torchrun``) sets the environment that is read.
"""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typlora.model.prompt import Encoded
    from typlora.train.optim import Optimizer


@dataclass(frozen=True, slots=True)
class Alone:
    """One process."""

    first: bool = True
    rank: int = 0

    def share(self, micros: list[list["Encoded"]]) -> list[tuple[list["Encoded"], float]]:
        """This process's micro-batches, each with the weight of its loss."""
        return [(micro, 1.0) for micro in micros]

    def gather(self, loss: float, optimizer: "Optimizer") -> float:
        """The loss of all processes, after summing gradients."""
        return loss

    def agree(self, number: int) -> int:
        """The highest number of any process: a signal that one caught, or whether one ran out of memory."""
        return number

    def same(self, text: str) -> str:
        """What the first process says: it chose the run's number and may have made the folder already."""
        return text

    def wait(self) -> None:
        """Until all are here."""


@dataclass(frozen=True, slots=True)
class Team:
    """One of ``size`` processes."""

    rank: int
    size: int
    device: Any

    @property
    def first(self) -> bool:
        return self.rank == 0

    def share(self, micros: list[list["Encoded"]]) -> list[tuple[list["Encoded"], float]]:
        """Equally many for each process (sharded weights are gathered in step); spare ones weigh nothing."""
        rounds = -(-len(micros) // self.size)
        numbers = range(self.rank, rounds * self.size, self.size)
        return [(micros[n], 1.0) if n < len(micros) else (micros[-1][-1:], 0.0) for n in numbers]

    def gather(self, loss: float, optimizer: "Optimizer") -> float:
        import torch

        total = torch.tensor([loss], dtype=torch.float64, device=self.device)
        torch.distributed.all_reduce(total)
        for master in optimizer.masters:
            torch.distributed.all_reduce(master.grad)
        return float(total)

    def agree(self, number: int) -> int:
        import torch

        highest = torch.tensor([number], device=self.device)
        torch.distributed.all_reduce(highest, op=torch.distributed.ReduceOp.MAX)
        return int(highest)

    def same(self, text: str) -> str:
        import torch

        told = [text]
        torch.distributed.broadcast_object_list(told, device=self.device)
        return told[0]

    def wait(self) -> None:
        import torch

        torch.distributed.barrier()


def leads() -> bool:
    """Whether this process is the one that talks and writes, before the team has met."""
    return os.environ.get("RANK", "0") == "0"


def sharding_asked() -> bool:
    """``accelerate launch`` with ``distributed_type: FSDP`` sets this."""
    return os.environ.get("ACCELERATE_USE_FSDP", "").lower() in {"1", "true"}


def shard(causal: Any, device: Any) -> None:
    """Share the frozen weights of all decoder layers out over the team (FSDP2).

    The adapter stays whole in every process, and its gradients are summed as always. So do embedding and
    head, which the loss uses directly.
    """
    import torch
    from torch.distributed.fsdp import fully_shard

    mesh = torch.distributed.init_device_mesh(device.type, (torch.distributed.get_world_size(),))
    for layer in causal.model.layers:
        adapter = {tensor for tensor in layer.parameters() if tensor.requires_grad}
        fully_shard(layer, mesh=mesh, ignored_params=adapter)
    inside = {tensor for layer in causal.model.layers for tensor in layer.parameters()}
    fully_shard(causal.model, mesh=mesh, ignored_params=set(causal.model.parameters()) - inside)


def join_team(device: Any) -> Alone | Team:
    """The team this process was launched into; alone without one."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size < 2:
        return Alone()
    import torch

    if not torch.distributed.is_initialized():
        torch.distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return Team(torch.distributed.get_rank(), size, device)
