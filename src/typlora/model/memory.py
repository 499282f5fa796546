"""What a run will need, before anything is loaded: weights, adapter, optimizer, activations, logits.

Weights and optimizer are exact. Activations are counted from what a layer keeps for its backward: 8.5 widths
of hidden size a token in the fused pass (x, two norms, q, k, v, attention, residual, gate, up, product),
an estimate (a run of the embedded base peaked at 2.6 GB); twice that for the stock modules.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from typlora.errors import ModelError
from typlora.model.profiles import TrainConfig

RUNTIME_CPU = 700e6  # torch, transformers, peft and Python themselves: an estimate
RUNTIME_GPU = 900e6  # CUDA context and its allocator's slack
NF4_BYTES = (
    0.5 + 0.127 / 8
)  # four bits a weight, and its doubly quantised scales (0.127 bits: QLoRA, section 3)


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """Bytes by purpose, and what the device has free."""

    weights: float
    adapter: float
    optimizer: float
    activations: float
    logits: float
    runtime: float
    available: float
    device: str

    @property
    def total(self) -> float:
        return self.weights + self.adapter + self.optimizer + self.activations + self.logits + self.runtime

    @property
    def fits(self) -> bool:
        return self.total <= self.available

    def table(self) -> str:
        """For people, in gigabytes."""
        parts = ("weights", "adapter", "optimizer", "activations", "logits", "runtime")
        items = "  ".join(f"{name} {getattr(self, name) / 1e9:.2f}" for name in parts)
        verdict = (
            "fits" if self.fits else "will not fit as it is: smaller micro-batches are used when it runs out"
        )
        sums = f"{self.total / 1e9:.2f} of {self.available / 1e9:.2f} on {self.device}"
        return f"memory plan (GB): {items}  = {sums}: {verdict}"


@dataclass(frozen=True, slots=True)
class Sizes:
    """What ``config.json`` of a base says, in weights."""

    layers: int
    hidden: int
    between: int
    queries: int
    keys: int
    vocabulary: int
    tied: bool

    @property
    def linear(self) -> int:
        """Weights of the linear layers, the ones LoRA stands beside and NF4 shrinks."""
        attention = self.hidden * (2 * self.queries + 2 * self.keys)
        return self.layers * (attention + 3 * self.hidden * self.between)

    @property
    def embedding(self) -> int:
        return self.vocabulary * self.hidden * (1 if self.tied else 2)

    def lora(self, config: TrainConfig) -> int:
        """Weights of the adapter."""
        ends = {
            "q_proj": self.hidden + self.queries,
            "k_proj": self.hidden + self.keys,
            "v_proj": self.hidden + self.keys,
            "o_proj": self.queries + self.hidden,
            "gate_proj": self.hidden + self.between,
            "up_proj": self.hidden + self.between,
            "down_proj": self.between + self.hidden,
        }
        return self.layers * config.lora_r * sum(ends[name] for name in config.lora_targets)


def read_sizes(base: Path) -> Sizes:
    """Sizes from ``config.json``; ``ModelError`` where it is no decoder we know."""
    try:
        raw = json.loads((base / "config.json").read_text(encoding="utf-8"))
        heads = raw["num_attention_heads"]
        width = raw.get("head_dim") or raw["hidden_size"] // heads
        return Sizes(
            layers=raw["num_hidden_layers"],
            hidden=raw["hidden_size"],
            between=raw["intermediate_size"],
            queries=heads * width,
            keys=raw.get("num_key_value_heads", heads) * width,
            vocabulary=raw["vocab_size"],
            tied=bool(raw.get("tie_word_embeddings", False)),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{base / 'config.json'}: not the configuration of a language model ({error})"
        ) from error


def plan_memory(base: Path, config: TrainConfig) -> MemoryPlan:
    """The plan for this configuration on the device that would be used."""
    sizes = read_sizes(base)
    width = 2 if config.dtype == "bf16" else 4
    linear = sizes.linear * (NF4_BYTES if config.quantize == "nf4" else width)
    trained = sizes.linear + sizes.embedding if config.method == "full" else sizes.lora(config)
    tokens = max(config.micro_tokens, config.max_len)
    kept = 6 * sizes.hidden + 2 * sizes.queries + 2 * sizes.keys + 3 * sizes.between
    fused = config.quantize == "none" and config.lora_dropout == 0 and config.fused != "off"
    layers = 1 if config.activation_checkpointing == "on" else sizes.layers
    activations = tokens * kept * layers * width * (1 if fused and config.method == "lora" else 2)
    available, device = available_memory()
    return MemoryPlan(
        weights=linear + sizes.embedding * width,
        adapter=0 if config.method == "full" else trained * width,
        optimizer=trained * (4 + 4 + 8 + width),  # float32 master, its gradient, two moments; one gradient
        activations=activations,
        logits=256 * sizes.vocabulary * (width + 4),
        runtime=RUNTIME_CPU if device == "cpu" else RUNTIME_GPU,
        available=available,
        device=device,
    )


def available_memory() -> tuple[float, str]:
    """Free bytes on the device and its name: the GPU if there is one, else what Linux says it can give."""
    import torch

    if torch.cuda.is_available():
        return float(torch.cuda.mem_get_info()[0]), torch.cuda.get_device_name()
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return float(line.split()[1]) * 1024, "cpu"
    except OSError:
        pass
    import os

    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")), "cpu"
    except (AttributeError, ValueError, OSError):
        return 8e9, "cpu"
