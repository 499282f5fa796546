"""An adapter merged into its base, for programs that know no adapters.

An adapter trained on a 4-bit base learnt to correct that base. Merged into the 16-bit weights it can be
worse, merged into the dequantised ones it loses what 16 bits knew: both are tried, the lower loss is kept.
Both losses are recorded in ``merge.json``.
"""

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typlora.errors import ConfigError, ModelError
from typlora.files import write_atomic
from typlora.model.base import resolve, weights_hash
from typlora.model.prompt import Encoded, PromptEncoder
from typlora.model.runs import read_record

FORMATS = ("safetensors", "ct2-int8", "ct2-float32")
SIXTEEN = "16-bit"


@dataclass(frozen=True, slots=True)
class Merged:
    """Where the model is, into which weights the adapter went, and the losses that decided (or nothing)."""

    folder: Path
    into: str
    losses: dict[str, float]


def merge(run: Path, out: Path, probe: Sequence[Encoded] = ()) -> Merged:
    """Write the merged model of ``run`` to ``out``. ``ModelError`` where run and base do not belong.

    ``probe`` are rows that decide between the two ways after 4-bit training; without any it is 16-bit.
    """
    record = read_record(run)
    base = resolve(record.base)
    encoder = PromptEncoder.from_folder(base)
    record.check(run, weights_hash(base), encoder.template_hash)
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out} is a file; give a new folder")
    if out.exists() and any(out.iterdir()):
        raise ConfigError(f"{out} is not empty; give a new folder")
    ways = [SIXTEEN]
    if record.config.get("quantize") == "nf4" and probe:
        ways.append("dequantised 4-bit")
    losses: dict[str, float] = {}
    for way in ways if len(ways) > 1 else ():
        losses[way] = _loss(_merged(run, base, way), probe)
    best = min(losses, key=lambda way: losses[way]) if losses else ways[0]
    facts = {"run": run.name, "base": record.base, "into": best, "losses": losses}
    _write(_merged(run, base, best), base, out, facts)
    return Merged(out, best, losses)


def _write(model: Any, base: Path, out: Path, facts: dict[str, Any]) -> None:
    """A whole model or none: half of one would be taken for it, and stand in the way of the next try."""
    from safetensors import SafetensorError

    try:
        out.mkdir(parents=True, exist_ok=True)
        model.save_pretrained(out)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            if (base / name).is_file():
                shutil.copy2(base / name, out / name)
        write_atomic(out / "merge.json", json.dumps(facts, indent=1) + "\n")
    except BaseException as error:
        if out.is_dir():
            shutil.rmtree(out, ignore_errors=True)
        if isinstance(error, OSError | SafetensorError):
            reason = " ".join(str(error).split())[:160]
            raise ModelError(f"cannot write {out} ({reason}); make room or give another folder") from error
        raise


def export(run: Path, out: Path, form: str, probe: Sequence[Encoded] = ()) -> Path:
    """Merge and convert to ``form`` (one of ``FORMATS``). ``ConfigError`` where a library is missing."""
    if form not in FORMATS:
        raise ConfigError(f"--format {form}: choose from {', '.join(FORMATS)}")
    if form == "safetensors":
        return merge(run, out, probe).folder
    try:
        from ctranslate2.converters import TransformersConverter
    except ImportError as error:
        raise ConfigError("--format ct2 needs CTranslate2: pip install 'typlora[cpu]'") from error
    if out.exists():
        raise ConfigError(f"{out} is there already; give a new folder")
    with tempfile.TemporaryDirectory() as temporary:
        folder = merge(run, Path(temporary) / "merged", probe).folder
        TransformersConverter(str(folder)).convert(str(out), quantization=form.removeprefix("ct2-"))
        shutil.copy2(folder / "tokenizer.json", out / "tokenizer.json")
    return out


def _merged(run: Path, base: Path, way: str) -> Any:
    """The model with the adapter in its weights, in bf16 (added in float32, rounded once)."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig
    from transformers.utils import logging

    logging.disable_progress_bar()
    quantised = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True
    )
    options: dict[str, Any] = {} if way == SIXTEEN else {"quantization_config": quantised}
    try:
        model = AutoModelForCausalLM.from_pretrained(
            str(base), dtype=torch.float32, use_safetensors=True, local_files_only=True, **options
        )
        if options:
            model = model.dequantize()
        merged = PeftModel.from_pretrained(model, str(run), local_files_only=True).merge_and_unload()
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(f"{run}: the adapter cannot be merged into its base ({reason})") from error
    return merged.to(torch.bfloat16)


def _loss(model: Any, probe: Sequence[Encoded]) -> float:
    """Mean loss a completion token."""
    import torch

    total = 0.0
    with torch.no_grad():
        for pair in probe:
            logits = model(torch.tensor([pair.input_ids])).logits[0, pair.prompt_length - 1 : -1].float()
            wanted = torch.tensor(pair.input_ids[pair.prompt_length :])
            total += float(torch.nn.functional.cross_entropy(logits, wanted, reduction="sum"))
    return total / sum(pair.completion_length for pair in probe)
