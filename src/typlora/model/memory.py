"""What a run will need, before anything is loaded: weights, adapter, optimizer, activations, logits.

Weights and optimizer are exact. Activations are counted from what a layer keeps for its backward: in the
fused pass x, two norms, q, k, v, attention, residual, gate, up, product and the attention weights; the stock
modules keep more. With rows of one length that is what a run takes (``benchmarks/training_memory.py``).
With rows of many lengths a CPU's allocator also keeps blocks that fit no later micro-batch: the ``spare``.

Where the plan is more than the device has, training starts with smaller micro-batches or recomputes
activations, rather than running out in the first long step.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from typlora.errors import ModelError
from typlora.model.profiles import TrainConfig

RUNTIME_CPU = 700e6  # torch, transformers, peft and Python themselves
RUNTIME_GPU = 900e6  # CUDA context and its allocator's slack
# Of the activations, on a CPU: a run with rows up to 508 tokens was seen at 4.68 GB, 1.70 GB more than the
# rest of its plan (2.98 GB, of which 1.74 GB were activations).
SPARE_CPU = 1.0
STOCK = 2.0  # activations of the stock modules over those of the fused pass
NF4_BYTES = (
    0.5 + 0.127 / 8
)  # four bits a weight, and its doubly quantised scales (0.127 bits: QLoRA, section 3)


@dataclass(frozen=True, slots=True)
class Device:
    """Where a run goes on: free bytes, a name, and whether it is a GPU."""

    free: float
    name: str
    gpu: bool


PARTS = ("weights", "adapter", "optimizer", "activations", "logits", "spare", "runtime")


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """Bytes by purpose for micro-batches of ``micro_tokens``, and the device they are for."""

    weights: float
    adapter: float
    optimizer: float
    activations: float
    logits: float
    spare: float
    runtime: float
    device: Device
    micro_tokens: int
    checkpointing: bool

    @property
    def total(self) -> float:
        return float(sum(getattr(self, name) for name in PARTS))

    @property
    def fits(self) -> bool:
        return self.total <= self.device.free

    def table(self) -> str:
        """For people, in gigabytes."""
        items = "  ".join(f"{name} {getattr(self, name) / 1e9:.2f}" for name in PARTS)
        sums = f"{self.total / 1e9:.2f} of {self.device.free / 1e9:.2f} on {self.device.name}"
        kept = ", activations recomputed" if self.checkpointing else ""
        verdict = "fits" if self.fits else "will not fit"
        return f"memory plan (GB): {items}  = {sums}: {verdict} with {self.micro_tokens} tokens at once{kept}"


@dataclass(frozen=True, slots=True)
class Sizes:
    """What ``config.json`` of a base says, in weights."""

    layers: int
    hidden: int
    between: int
    heads: int
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


# From the published config.json of bases that are gated, so that a plan needs no download.
KNOWN: dict[str, Sizes] = {
    "smollm2-135m": Sizes(30, 576, 1536, 9, 576, 192, 49_152, True),
    "meta-llama/Llama-3.2-3B-Instruct": Sizes(28, 3072, 8192, 24, 3072, 1024, 128_256, True),
    "meta-llama/Meta-Llama-3-8B-Instruct": Sizes(32, 4096, 14_336, 32, 4096, 1024, 128_256, False),
}


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
            heads=heads,
            queries=heads * width,
            keys=raw.get("num_key_value_heads", heads) * width,
            vocabulary=raw["vocab_size"],
            tied=bool(raw.get("tie_word_embeddings", False)),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{base / 'config.json'}: not the configuration of a language model ({error})"
        ) from error


def plan_memory(
    sizes: Sizes, config: TrainConfig, longest: int, device: Device, shards: int = 1
) -> MemoryPlan:
    """The plan for this configuration as it is; ``longest`` is the longest row in tokens.

    ``shards``: processes that the layers are shared out over.
    """
    width = 2 if config.dtype == "bf16" else 4
    linear = sizes.linear * (NF4_BYTES if config.quantize == "nf4" else width) / shards
    trained = sizes.linear + sizes.embedding if config.method == "full" else sizes.lora(config)
    checkpointing = config.activation_checkpointing == "on"
    # The biggest micro-batch: bounded by tokens and by rows, and at least one row.
    tokens = max(longest, min(config.micro_tokens, config.batch_size * longest))
    activations = _activations(sizes, config, tokens, longest, device, checkpointing)
    return MemoryPlan(
        weights=linear + sizes.embedding * width,
        adapter=0 if config.method == "full" else trained * width,
        optimizer=trained * (4 + 4 + 8 + width),  # float32 master, its gradient, two moments; one gradient
        activations=activations,
        logits=256 * sizes.vocabulary * (width + 4),
        spare=0.0 if device.gpu else SPARE_CPU * activations,
        runtime=RUNTIME_GPU if device.gpu else RUNTIME_CPU,
        device=device,
        micro_tokens=tokens,
        checkpointing=checkpointing,
    )


def fitting_plan(
    sizes: Sizes, config: TrainConfig, longest: int, device: Device, shards: int = 1
) -> MemoryPlan:
    """The first plan that fits: as configured, then micro-batches halved down to one row, then recomputing.

    None of it changes what is learnt, only the time it takes. Where nothing fits it is the smallest one.
    """
    plan = _smaller_batches(sizes, config, longest, device, shards)
    if not plan.fits and config.activation_checkpointing == "auto":
        config = replace(config, activation_checkpointing="on")
        plan = _smaller_batches(sizes, config, longest, device, shards)
    return plan


def _smaller_batches(
    sizes: Sizes, config: TrainConfig, longest: int, device: Device, shards: int
) -> MemoryPlan:
    plan = plan_memory(sizes, config, longest, device, shards)
    while not plan.fits and plan.micro_tokens > longest:
        config = replace(config, micro_tokens=max(longest, plan.micro_tokens // 2))
        plan = plan_memory(sizes, config, longest, device, shards)
    return plan


def _activations(
    sizes: Sizes, config: TrainConfig, tokens: int, longest: int, device: Device, checkpointing: bool
) -> float:
    """Bytes that the layers keep for the backward pass of a micro-batch of ``tokens``."""
    width = 2 if config.dtype == "bf16" else 4
    fused = (
        config.method == "lora"
        and config.quantize == "none"
        and config.lora_dropout == 0
        and config.fused != "off"
        and not checkpointing
    )
    kept = 6 * sizes.hidden + 2 * sizes.queries + 2 * sizes.keys + 3 * sizes.between
    scores = sizes.heads * longest  # attention weights of a token, kept unless the kernel recomputes them
    if device.gpu and not fused and config.attention != "eager":
        scores = 0
    layer = tokens * (kept + scores) * width * (1 if fused else STOCK)
    if checkpointing:
        return layer + tokens * sizes.hidden * width * sizes.layers
    return layer * sizes.layers


def this_device() -> Device:
    """The GPU if there is one, else this machine with what Linux says it can give."""
    import torch

    if torch.cuda.is_available():
        return Device(float(torch.cuda.mem_get_info()[0]), torch.cuda.get_device_name(), True)
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return Device(float(line.split()[1]) * 1024, "cpu", False)
    except OSError:
        pass
    import os

    try:
        return Device(float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")), "cpu", False)
    except (AttributeError, ValueError, OSError):
        return Device(8e9, "cpu", False)
