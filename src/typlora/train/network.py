"""The model being trained: base weights, adapter, and the pass from rows to hidden states."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typlora.errors import ConfigError, ModelError
from typlora.model.profiles import TrainConfig
from typlora.model.prompt import Encoded
from typlora.train.parallel import shard, sharding_asked


@dataclass(slots=True)
class Network:
    """``model`` is what PEFT (or, for full fine-tuning, transformers) made; ``causal`` is inside it.

    ``fast`` is set where the fused pass of ``train/fused.py`` stands in for the module's own forward.
    """

    model: Any
    causal: Any
    device: Any
    pad_id: int
    fast: Any = None

    @property
    def sharded(self) -> bool:
        """Whether the base's layers are shared out over processes (FSDP2)."""
        return hasattr(self.causal.model, "unshard")

    @property
    def head(self) -> Any:
        return self.causal.lm_head.weight

    def trainable(self) -> list[tuple[str, Any]]:
        """Names and tensors that are trained, in a fixed order."""
        return [(name, tensor) for name, tensor in self.model.named_parameters() if tensor.requires_grad]

    def recompute_activations(self) -> None:
        """Keep only each layer's input from now on; the fused pass keeps more, so it goes."""
        self.fast = None
        self.causal.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})

    def completion_states(self, rows: Sequence[Encoded]) -> tuple[Any, Any]:
        """States (positions, width) that predict the completion tokens, and those tokens (positions,)."""
        import torch

        if self.fast is not None:
            states: tuple[Any, Any] = self.fast(rows)
            return states
        width = max(len(row.input_ids) for row in rows)
        ids = [list(row.input_ids) + [self.pad_id] * (width - len(row.input_ids)) for row in rows]
        where = [
            n * width + t
            for n, row in enumerate(rows)
            for t in range(row.prompt_length - 1, len(row.input_ids) - 1)
        ]
        targets = [token for row in rows for token in row.input_ids[row.prompt_length :]]
        # Padding stands right of everything and attention is causal, so no mask is needed.
        hidden = self.causal.model(
            input_ids=torch.tensor(ids, device=self.device), use_cache=False
        ).last_hidden_state
        positions = torch.tensor(where, device=self.device)
        return hidden.flatten(0, 1)[positions], torch.tensor(targets, device=self.device)


def choose_device() -> Any:
    """The GPU of this process if there is one, unless ``accelerate launch`` was told ``use_cpu``."""
    import torch

    on_cpu = os.environ.get("ACCELERATE_USE_CPU", "").lower() in {"1", "true"}
    if torch.cuda.is_available() and not on_cpu:
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return torch.device("cpu")


def build_network(
    base: Path, config: TrainConfig, pad_id: int, adapter: Path | None = None, *, checkpointing: bool = False
) -> Network:
    """Load the base and put a new adapter on it, or the one in ``adapter``.

    Nothing is downloaded and no code of a repository is run. Raises ``ModelError`` when weights or adapter
    cannot be read, ``ConfigError`` when this machine cannot do what was asked.
    """
    import torch

    from typlora.train.fused import fused_pass

    _quiet()
    torch.manual_seed(config.seed)
    device = choose_device()
    causal = load_base(base, config, device)
    if checkpointing:
        causal.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    if config.method == "full":
        if adapter is not None:
            raise ConfigError("--method full cannot continue from an adapter; merge it first")
        causal.requires_grad_(True)
        causal.train()
        return Network(causal, causal, device, pad_id)
    model = add_adapter(causal, config, adapter)
    model.train()
    network = Network(model, causal, device, pad_id)
    if sharding_asked() and torch.distributed.is_initialized():
        shard(causal, device)
    elif config.fused != "off" and not checkpointing:
        network.fast = fused_pass(causal, config, device)
    return network


def load_base(base: Path, config: TrainConfig, device: Any) -> Any:
    """The language model from ``base``, frozen, on ``device``."""
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    options: dict[str, Any] = {}
    dtype = torch.bfloat16 if config.dtype == "bf16" else torch.float32
    if config.quantize == "nf4":
        options["quantization_config"] = _nf4(dtype)
    if device.type == "cuda":
        options["device_map"] = {"": device.index or 0}
    attention = config.attention
    if attention == "auto":  # rows are short; the CPU's flash attention is slow backwards in bf16
        attention = "sdpa" if device.type == "cuda" else "eager"
    try:
        causal = AutoModelForCausalLM.from_pretrained(
            str(base),
            dtype=dtype,
            attn_implementation=attention,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            **options,
        )
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{base}: cannot load the base model ({' '.join(str(error).split())[:200]})"
        ) from error
    causal.requires_grad_(False)
    causal.config.use_cache = False
    return causal


def add_adapter(causal: Any, config: TrainConfig, adapter: Path | None) -> Any:
    """A PEFT model with trainable LoRA weights in the training dtype."""
    import torch
    from peft import LoraConfig, PeftModel, get_peft_model

    if adapter is None:
        lora = LoraConfig(
            r=config.lora_r,
            lora_alpha=int(config.lora_alpha) if config.lora_alpha.is_integer() else config.lora_alpha,
            lora_dropout=config.lora_dropout,
            target_modules=list(config.lora_targets),
            use_rslora=config.rslora,
            bias="none",
            task_type="CAUSAL_LM",
        )
        model = get_peft_model(causal, lora, autocast_adapter_dtype=False)
    else:
        try:
            model = PeftModel.from_pretrained(
                causal, str(adapter), is_trainable=True, autocast_adapter_dtype=False, local_files_only=True
            )
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ModelError(f"{adapter}: the adapter does not fit this base ({reason})") from error
    dtype = torch.bfloat16 if config.dtype == "bf16" else torch.float32
    for tensor in model.parameters():
        if tensor.requires_grad:
            tensor.data = tensor.data.to(dtype)
    return model


def _quiet() -> None:
    """What the libraries say of each other's old names and optional kernels is not for our users."""
    import logging
    import warnings

    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")


def _nf4(dtype: Any) -> Any:
    """4-bit NormalFloat with double quantisation; ``ConfigError`` without bitsandbytes."""
    from importlib.util import find_spec

    from transformers import BitsAndBytesConfig

    if find_spec("bitsandbytes") is None:
        raise ConfigError("--quantize nf4 needs bitsandbytes: pip install 'typlora[nf4]'")
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )
