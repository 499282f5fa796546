"""AdamW on float32 masters of bf16 weights, the learning-rate schedule, and gradient clipping."""

import math
from typing import Any

from typlora.model.profiles import TrainConfig


def rate_factor(step: int, steps: int, warmup: float, schedule: str) -> float:
    """What the learning rate is multiplied with at ``step`` (from 0) of ``steps``.

    ``warmup`` below 1 is a share of all steps, else a number of steps. Decays to 0 at the end.
    """
    rising = warmup * steps if warmup < 1 else min(warmup, steps)
    if step < rising:
        return (step + 1) / (rising + 1)
    if schedule == "constant":
        return 1.0
    passed = (step - rising) / max(1.0, steps - rising)
    if schedule == "linear":
        return max(0.0, 1.0 - passed)
    return 0.5 * (1.0 + math.cos(math.pi * min(1.0, passed)))


class Optimizer:
    """Weights in bf16 take part in the products; AdamW works on float32 copies, losing no small step."""

    def __init__(self, trainable: list[tuple[str, Any]], config: TrainConfig, steps: int) -> None:
        import torch

        self.config = config
        self.steps = steps
        self.names = [name for name, _ in trainable]
        self.weights = [tensor for _, tensor in trainable]
        self.masters = [tensor.detach().float().clone() for tensor in self.weights]
        for master in self.masters:
            master.grad = torch.zeros_like(master)
        plain = [m for n, m in zip(self.names, self.masters, strict=True) if "lora_B" not in n]
        boosted = [m for n, m in zip(self.names, self.masters, strict=True) if "lora_B" in n]
        groups = [{"params": plain, "factor": 1.0}, {"params": boosted, "factor": config.lora_plus_ratio}]
        self.adamw = torch.optim.AdamW(
            [group for group in groups if group["params"]],
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
            fused=True,
        )

    def collect(self) -> None:
        """Add the micro-batch's gradients to the masters' and clear them."""
        for weight, master in zip(self.weights, self.masters, strict=True):
            if weight.grad is not None:
                master.grad.add_(weight.grad)
                weight.grad = None

    def discard(self) -> None:
        """Forget gradients of a step that is repeated."""
        for weight, master in zip(self.weights, self.masters, strict=True):
            weight.grad = None
            master.grad.zero_()

    def norm(self) -> float:
        """Length of the whole gradient, in float32."""
        import torch

        return float(torch.nn.utils.get_total_norm([master.grad for master in self.masters]))

    def step(self, step: int, norm: float, scale: float = 1.0) -> float:
        """Clip, update at ``scale`` times the scheduled rate, write back; returns the rate used."""
        import torch

        rate = (
            self.config.learning_rate
            * scale
            * rate_factor(step, self.steps, self.config.warmup_steps, self.config.schedule)
        )
        if norm > self.config.max_grad_norm:
            torch._foreach_mul_([master.grad for master in self.masters], self.config.max_grad_norm / norm)
        for group in self.adamw.param_groups:
            group["lr"] = rate * group["factor"]
        self.adamw.step()
        with torch.no_grad():
            torch._foreach_copy_(self.weights, self.masters)
        torch._foreach_zero_([master.grad for master in self.masters])
        return rate

    def state(self) -> dict[str, Any]:
        """Tensors that a checkpoint keeps, by name."""
        kept: dict[str, Any] = {}
        for name, master in zip(self.names, self.masters, strict=True):
            kept[f"master/{name}"] = master
            for key, value in self.adamw.state.get(master, {}).items():
                kept[f"{key}/{name}"] = value
        return kept

    def load(self, state: dict[str, Any]) -> None:
        """Take over what ``state`` returned; ``KeyError`` where the checkpoint is of another adapter."""
        import torch

        with torch.no_grad():
            for name, weight, master in zip(self.names, self.weights, self.masters, strict=True):
                master.copy_(state[f"master/{name}"])
                weight.copy_(master)
                keys = ("step", "exp_avg", "exp_avg_sq")
                if f"step/{name}" in state:
                    self.adamw.state[master] = {key: state[f"{key}/{name}"].clone() for key in keys}
