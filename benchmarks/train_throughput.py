"""How fast typlora trains against trl's SFTTrainer with its defaults: same base, rows, adapter, batch.

    python benchmarks/train_throughput.py --data jsonl/train_002.jsonl --rounds 2 --threads 2

The two take turns in processes of their own, so that other load on the machine hits both: baseline, ours,
ours, baseline, ... A step is ``--rows`` rows. The first step of each is not timed (allocation, compiling)
but is trained and counts for the loss. Printed after every turn and at the end: completion tokens a second
of wall time and of CPU time (the latter holds on a busy machine, with ``--threads 1``), the loss of each
step, and the peak memory. Needs the embedded base (typlora models pull smollm2-135m) and ``pip install trl``.
Sized for less than nine minutes with two threads on a quiet machine.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def load(data: Path, steps: int, rows_per_step: int) -> tuple[Path, Any, list[Any]]:
    """Base folder, encoder, and the rows of all steps in order."""
    from typlora.model.base import DEFAULT_BASE, pull
    from typlora.model.prompt import PromptEncoder
    from typlora.train.batches import plan_steps
    from typlora.train.dataset import encode_rows, load_rows

    base = pull(DEFAULT_BASE)
    encoder = PromptEncoder.from_folder(base)
    rows = encode_rows(load_rows([data])[0], encoder, 768).rows
    plan = plan_steps(len(rows), rows_per_step, 1, steps, seed=7)
    return base, encoder, [[rows[number] for number in step] for step in plan.steps]


class Clock:
    """Seconds from the end of the first step."""

    def start(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def stop(self) -> tuple[float, float]:
        return time.perf_counter() - self.wall, time.process_time() - self.cpu


def ours(data: Path, steps: int, rows_per_step: int, threads: int) -> dict[str, Any]:
    """typlora's loop with the profile of the embedded base."""
    import torch

    from typlora.model.profiles import effective
    from typlora.train.batches import cut_micro_batches
    from typlora.train.loop import micro_step
    from typlora.train.network import build_network
    from typlora.train.optim import Optimizer

    torch.set_num_threads(threads)
    config = effective("smollm2-135m", None, {"schedule": "constant", "warmup_steps": 0}).config
    base, encoder, plan = load(data, steps, rows_per_step)
    network = build_network(base, config, encoder.pad_id)
    optimizer = Optimizer(network.trainable(), config, steps)
    clock, losses = Clock(), []
    for number, rows in enumerate(plan):
        completion = sum(row.completion_length for row in rows)
        loss = 0.0
        for micro in cut_micro_batches(rows, config.micro_tokens, rows_per_step):
            loss += micro_step(network, micro, 1 / completion)
            optimizer.collect()
        optimizer.step(number, optimizer.norm())
        losses.append(loss)
        if number == 0:
            clock.start()
    return result(plan, losses, clock)


def baseline(data: Path, steps: int, rows_per_step: int, threads: int) -> dict[str, Any]:
    """SFTTrainer as it comes: tokenised rows with labels on completions only, everything else its default."""
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    from typlora.model.profiles import effective

    torch.set_num_threads(threads)
    config = effective("smollm2-135m").config
    base, encoder, plan = load(data, steps, rows_per_step)
    rows = [row for step in plan for row in step]
    clock = Clock()

    class FirstStep(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
            if state.global_step == 1:
                clock.start()

    tokenizer = AutoTokenizer.from_pretrained(str(base))
    tokenizer.pad_token_id = encoder.pad_id
    trainer = SFTTrainer(
        model=AutoModelForCausalLM.from_pretrained(str(base), dtype=torch.bfloat16),
        args=SFTConfig(
            output_dir=tempfile.mkdtemp(),
            use_cpu=not torch.cuda.is_available(),
            gradient_accumulation_steps=rows_per_step // 8,  # 8 rows a micro-batch is trl's default
            max_steps=steps,
            learning_rate=config.learning_rate,
            lr_scheduler_type="constant",
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            train_sampling_strategy="sequential",
            disable_tqdm=True,
        ),
        train_dataset=Dataset.from_list(
            [
                {
                    "input_ids": list(row.input_ids),
                    "labels": [-100] * row.prompt_length + list(row.input_ids[row.prompt_length :]),
                }
                for row in rows
            ]
        ),
        processing_class=tokenizer,
        peft_config=LoraConfig(
            r=config.lora_r,
            lora_alpha=int(config.lora_alpha),
            target_modules=list(config.lora_targets),
            use_rslora=True,
            task_type="CAUSAL_LM",
        ),
        callbacks=[FirstStep()],
    )
    trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    return result(plan, losses, clock)


def result(plan: list[Any], losses: list[float], clock: Clock) -> dict[str, Any]:
    wall, cpu = clock.stop()
    timed = sum(row.completion_length for rows in plan[1:] for row in rows)
    return {
        "completion_tokens": timed,
        "wall": round(wall, 2),
        "cpu": round(cpu, 2),
        "per_cpu_second": round(timed / cpu, 1),
        "losses": [round(loss, 4) for loss in losses],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def turn(name: str, args: argparse.Namespace) -> dict[str, Any] | None:
    """One side in a process of its own; ``None`` (and what it said) where it failed."""
    command = [sys.executable, __file__, "--only", name, "--data", str(args.data)]
    command += ["--steps", str(args.steps), "--rows", str(args.rows), "--threads", str(args.threads)]
    environment = os.environ | {"OMP_NUM_THREADS": str(args.threads), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if not lines:
        print(done.stderr[-3000:], file=sys.stderr)
        return None
    found: dict[str, Any] = json.loads(lines[0].removeprefix("RESULT "))
    return found


def summary(found: dict[str, list[dict[str, Any]]]) -> str:
    """Both sides next to each other: all tokens over all seconds, not a mean of rates."""
    lines = []
    for seconds, label in (("wall", "a second"), ("cpu", "a CPU second")):
        rates = {
            name: sum(item["completion_tokens"] for item in items) / sum(item[seconds] for item in items)
            for name, items in found.items()
        }
        ratio = rates["ours"] / rates["baseline"]
        both = f"ours {rates['ours']:.1f}, baseline {rates['baseline']:.1f}"
        lines.append(f"completion tokens {label}: {both}: {ratio:.1f}x")
    peaks = {name: max(item["peak_mb"] for item in items) for name, items in found.items()}
    share = peaks["ours"] / peaks["baseline"]
    lines.append(f"peak memory: ours {peaks['ours']} MB, baseline {peaks['baseline']} MB: {share:.0%}")
    for name, items in found.items():
        lines.append(f"losses of {name}: {' '.join(f'{loss:.4f}' for loss in items[0]['losses'])}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=2, help="turns of each side")
    parser.add_argument("--steps", type=int, default=4, help="the first one is not timed")
    parser.add_argument("--rows", type=int, default=64, help="rows a step, a multiple of 8")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", choices=["ours", "baseline"], help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.only:
        run = ours if args.only == "ours" else baseline
        print("RESULT " + json.dumps(run(args.data, args.steps, args.rows, args.threads)))
        return 0
    found: dict[str, list[dict[str, Any]]] = {"baseline": [], "ours": []}
    for number in range(args.rounds):
        for name in list(found) if number % 2 == 0 else list(reversed(found)):
            result = turn(name, args)
            if result is None:
                return 3
            found[name].append(result)
            print(f"turn {number + 1} {name:<9}", json.dumps(result), flush=True)
    print(summary(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
