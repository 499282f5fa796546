"""One command-line flag for each key of ``TrainConfig``, so that nothing has to be kept in step by hand."""

import argparse
import dataclasses
from typing import Any

from typlora.model.profiles import CHOICES, TrainConfig

PREFIX = "config_"


_HELP = {
    "model_id": "base model: a name, a hub id or a folder",
    "method": "an adapter, or all weights",
    "quantize": "the base in 4 bits (QLoRA): less memory, slower",
    "dtype": "of what is not quantised",
    "lora_r": "rank: capacity and size of the adapter",
    "lora_alpha": "size of the adapter's contribution",
    "lora_dropout": "against learning few rows by heart",
    "lora_targets": "layers with an adapter, separated by commas",
    "rslora": "scale by alpha over the root of the rank: for ranks from 32 on",
    "lora_plus_ratio": "learning rate of B over that of A",
    "epochs": "passes over the data",
    "max_steps": "end after so many steps; -1: all epochs",
    "batch_size": "rows a step, together with --grad-accum",
    "grad_accum": "rows a step = batch size times this",
    "micro_tokens": "tokens worked on at once: decides memory",
    "max_len": "longest row in tokens; longer ones are dropped and counted",
    "learning_rate": "halve it when the loss diverges",
    "schedule": "how the learning rate goes on",
    "warmup_steps": "steps, or below 1 the share of all steps",
    "weight_decay": "pulls the adapter to zero",
    "max_grad_norm": "longer gradients are shortened to this",
    "replay": "share of earlier versions' rows when continuing",
    "save_steps": "a checkpoint every so many steps",
    "save_total_limit": "how many of the newest checkpoints are kept",
    "log_steps": "a line of progress every so many steps",
    "eval_steps": "verified accuracy every so many steps; 0: never",
    "eval_rows": "how many rows that is measured on",
    "on_divergence": "stop, or go back to the last checkpoint at half the rate",
    "attention": "how attention is computed",
    "fused": "the fast pass, compiled or not",
    "activation_checkpointing": "compute activations twice: less memory, slower",
    "offload": "keep activations in main memory",
    "report_to": "tensorboard, trackio (this machine only)",
    "threads": "of the processor; 0: all",
    "seed": "the same seed gives the same run",
}


def add_config_flags(parser: argparse.ArgumentParser, *, inherited: bool = False) -> None:
    """``--lora-r`` and so on; values stay text here and are checked all together by ``effective``.

    ``inherited``: what is not given is the adapter's own, so that no default is told.
    """
    title = "the adapter's own where not given" if inherited else "defaults < profile < file < flags"
    group = parser.add_argument_group(f"configuration ({title})")
    for field in dataclasses.fields(TrainConfig):
        flag = "--" + field.name.replace("_", "-")
        choices = CHOICES.get(field.name)
        default = ",".join(field.default) if isinstance(field.default, tuple) else field.default
        notes = [", ".join(choices)] if choices else []
        notes += [] if inherited else [f"default {'none' if default == '' else default}"]
        text = _HELP[field.name] + (f" ({'; '.join(notes)})" if notes else "")
        metavar = field.name.split("_")[-1].upper()
        if field.name == "rslora":
            group.add_argument(
                flag, dest=PREFIX + field.name, nargs="?", const="true", metavar="BOOL", help=text
            )
        else:
            group.add_argument(flag, dest=PREFIX + field.name, metavar=metavar, help=text)


def config_flags(args: argparse.Namespace) -> dict[str, Any]:
    """The flags that were given."""
    return {
        name.removeprefix(PREFIX): value
        for name, value in vars(args).items()
        if name.startswith(PREFIX) and value is not None
    }
