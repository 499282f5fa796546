"""Which recipe learns most from the same rows: ranks, rates, full fine-tuning, order, averaging, prompts.

    python benchmarks/recipes.py --data jsonl/train_00[12].jsonl --held-out jsonl/eval.jsonl

Every recipe trains the embedded base from its start on the same rows (``--steps`` steps of 32, cosine), in
a process of its own, and is asked for the mean loss a completion token on held-out rows; lower is better.
Finished recipes stay in ``--work`` and are not run again. Seconds are CPU seconds of the steps on one core.
The shipped adapter's own recipe is ``rank 32``. "full" is measured twice: as it is, and with its change of
every linear layer cut to rank 32 by singular values and the embeddings put back, as an adapter could hold it.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typlora.model.prompt import Encoded
    from typlora.train.network import Network

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
    "an instruction in every prompt": {},
}
CUT = 32  # rank
INSTRUCTION = "Convert this LaTeX formula into Typst. Answer with nothing but the Typst of the formula."


def measure(name: str, data: list[Path], held_out: Path, steps: int) -> dict[str, Any]:
    """Train one recipe in this process."""
    import torch

    from typlora.model.base import DEFAULT_BASE, resolve
    from typlora.model.profiles import effective
    from typlora.model.prompt import PromptEncoder
    from typlora.train.batches import cut_micro_batches, plan_steps
    from typlora.train.dataset import encode_rows, load_rows
    from typlora.train.loop import micro_step
    from typlora.train.network import build_network
    from typlora.train.optim import Optimizer

    torch.set_num_threads(1)
    torch.manual_seed(7)
    settings = {"learning_rate": 1.2e-3, "lora_r": 32, "lora_alpha": 32.0, **RECIPES[name]}
    config = effective(DEFAULT_BASE, None, settings).config
    base = resolve(DEFAULT_BASE)
    encoder = PromptEncoder.from_folder(base)
    rows: Sequence[Encoded] = encode_rows(load_rows(data)[0], encoder, 256).rows
    held: Sequence[Encoded] = encode_rows(load_rows([held_out])[0], encoder, 256).rows[::6]
    if "instruction" in name:
        told = encoder.encode_completion(INSTRUCTION)[:-1]
        rows, held = [_after_mark(row, told) for row in rows], [_after_mark(row, told) for row in held]
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
    begin = {name: weight.detach().clone() for name, weight in network.trainable()}
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
    with torch.no_grad():
        for total, (_, weight) in zip(sums, network.trainable(), strict=True):
            if counted:
                weight.copy_(total / counted)
    found = {
        "loss": _loss(network, held, config.micro_tokens),
        "seconds": seconds,
        "tokens_s": completions / seconds,
        "trained": sum(weight.numel() for _, weight in network.trainable()),
    }
    if config.method == "full":
        _cut(network, begin, config.lora_targets)
        found["cut"] = _loss(network, held, config.micro_tokens)
    return found


def _after_mark(row: "Encoded", told: Sequence[int]) -> "Encoded":
    """The row with more tokens behind its first one, which says the task."""
    from typlora.model.prompt import Encoded

    return Encoded((row.input_ids[0], *told, *row.input_ids[1:]), row.prompt_length + len(told))


def _loss(network: "Network", held: Sequence["Encoded"], micro_tokens: int) -> float:
    """Mean loss a completion token."""
    import torch

    from typlora.train.batches import cut_micro_batches
    from typlora.train.loss import completion_loss

    lost, tokens = 0.0, 0
    with torch.no_grad():
        for micro in cut_micro_batches(held, micro_tokens, ROWS):
            hidden, targets = network.completion_states(micro)
            lost += float(completion_loss(hidden, network.head, targets, 1.0))
            tokens += sum(row.completion_length for row in micro)
    return lost / tokens


def _cut(network: "Network", begin: dict[str, Any], targets: Sequence[str]) -> None:
    """Leave of each target layer its change's best approximation of rank ``CUT``, of others nothing."""
    import torch

    with torch.no_grad():
        for name, weight in network.trainable():
            change = weight.float() - begin[name].float()
            weight.copy_(begin[name])
            if any(f".{target}." in name for target in targets):
                left, sizes, right = torch.svd_lowrank(change, q=CUT + 16, niter=4)
                low = left[:, :CUT] * sizes[:CUT] @ right[:, :CUT].T
                weight.add_(low.to(weight.dtype))


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
        if "cut" in found:
            print(f"| {name}, cut to rank {CUT} | {found['cut']:.4f} | | | |", flush=True)


if __name__ == "__main__":
    main()
