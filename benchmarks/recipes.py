"""Which recipe learns most from the same rows: ranks, rates, full fine-tuning, order of rows, averaging.

    python benchmarks/recipes.py --data jsonl/train_00[12].jsonl --held-out jsonl/eval.jsonl

Every recipe trains the embedded base from its start on the same rows (``--steps`` steps of 32, cosine), in
a process of its own, and is asked for the mean loss a completion token on held-out rows; lower is better.
Finished recipes stay in ``--work`` and are not run again. Seconds are CPU seconds of the steps on one core.
The shipped adapter's own recipe is ``rank 32``.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROWS = 32
RECIPES: dict[str, dict[str, Any]] = {
    "rank 32": {},
    "rank 16": {"lora_r": 16, "lora_alpha": 16.0},
    "rank 64": {"lora_r": 64, "lora_alpha": 64.0},
    "full": {"method": "full", "learning_rate": 3e-4},
    "half the rate": {"learning_rate": 6e-4},
    "twice the rate": {"learning_rate": 2.4e-3},
    "LoRA+ (ratio 4)": {"lora_plus_ratio": 4.0, "learning_rate": 6e-4},
    "short rows first": {},
    "constant rate": {"schedule": "constant"},
    "constant rate, weights of the last quarter averaged": {"schedule": "constant"},
    "attention only": {"lora_targets": ["q_proj", "k_proj", "v_proj", "o_proj"]},
}


def measure(name: str, data: list[Path], held_out: Path, steps: int) -> dict[str, Any]:
    """Train one recipe in this process."""
    import torch

    from typlora.model.base import DEFAULT_BASE, resolve
    from typlora.model.profiles import effective
    from typlora.model.prompt import PromptEncoder
    from typlora.train.batches import cut_micro_batches, plan_steps
    from typlora.train.dataset import encode_rows, load_rows
    from typlora.train.loop import micro_step
    from typlora.train.loss import completion_loss
    from typlora.train.network import build_network
    from typlora.train.optim import Optimizer

    torch.set_num_threads(1)
    torch.manual_seed(7)
    settings = {"learning_rate": 1.2e-3, "lora_r": 32, "lora_alpha": 32.0, **RECIPES[name]}
    config = effective(DEFAULT_BASE, None, settings).config
    base = resolve(DEFAULT_BASE)
    encoder = PromptEncoder.from_folder(base)
    rows = encode_rows(load_rows(data)[0], encoder, 256).rows
    held = encode_rows(load_rows([held_out])[0], encoder, 256).rows[::6]
    chosen = [
        [rows[number] for number in step] for step in plan_steps(len(rows), ROWS, 1, steps, seed=7).steps
    ]
    if name == "short rows first":
        flat = sorted((row for step in chosen for row in step), key=lambda row: row.completion_length)
        chosen = [flat[start : start + ROWS] for start in range(0, len(flat), ROWS)]
    network = build_network(base, config, encoder.pad_id)
    optimizer = Optimizer(network.trainable(), config, steps)
    averaged = "averaged" in name
    sums = [torch.zeros_like(weight, dtype=torch.float32) for _, weight in network.trainable()]
    begun, completions, counted = time.process_time(), 0, 0
    for number, step in enumerate(chosen):
        completion = sum(row.completion_length for row in step)
        for micro in cut_micro_batches(step, config.micro_tokens, ROWS):
            micro_step(network, micro, 1 / completion)
            optimizer.collect()
        optimizer.step(number, optimizer.norm())
        completions += completion
        if averaged and number >= 0.75 * steps:
            counted += 1
            for total, (_, weight) in zip(sums, network.trainable(), strict=True):
                total += weight.detach()
    seconds = time.process_time() - begun
    lost, tokens = 0.0, 0
    with torch.no_grad():
        for total, (_, weight) in zip(sums, network.trainable(), strict=True):
            if counted:
                weight.copy_(total / counted)
        for micro in cut_micro_batches(held, config.micro_tokens, ROWS):
            hidden, targets = network.completion_states(micro)
            lost += float(completion_loss(hidden, network.head, targets, 1.0))
            tokens += sum(row.completion_length for row in micro)
    trained = sum(weight.numel() for _, weight in network.trainable())
    return {"loss": lost / tokens, "seconds": seconds, "tokens_s": completions / seconds, "trained": trained}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--held-out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--work", type=Path, default=Path("recipes.json"))
    parser.add_argument("--only", choices=sorted(RECIPES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(json.dumps(measure(options.only, options.data, options.held_out, options.steps)))
        return
    done = json.loads(options.work.read_text()) if options.work.is_file() else {}
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    print(
        f"| {options.steps} steps of {ROWS} rows | held-out loss | weights trained | CPU s | tokens/CPU-s |"
    )
    print("|---|--:|--:|--:|--:|")
    for name in RECIPES:
        key = f"{name}/{options.steps}"
        if key not in done:
            told = subprocess.run(
                [sys.executable, __file__, *sys.argv[1:], "--only", name],
                check=True, capture_output=True, text=True, env=environment,
            )  # fmt: skip
            done[key] = json.loads(told.stdout.splitlines()[-1])
            options.work.write_text(json.dumps(done, indent=1))
        found = done[key]
        print(
            f"| {name} | {found['loss']:.4f} | {found['trained'] / 1e6:.1f} M "
            f"| {found['seconds']:.0f} | {found['tokens_s']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
