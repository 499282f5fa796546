"""The memory plan beside what a run really takes: peak memory (RSS) of the embedded base on this processor.

    python benchmarks/training_memory.py

Every line is a process of its own that trains two steps on random tokens: rows of ``length`` tokens, as many
at once as ``micro_tokens`` allow. All rows have one length, so the plan's spare memory is left out. Memory
does not depend on how busy the machine is. Needs the embedded base (typlora models pull smollm2-135m).
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
from typing import Any

CASES: tuple[tuple[str, int, int, dict[str, object]], ...] = (  # name, micro_tokens, row length, settings
    ("fused", 512, 64, {}),
    ("fused", 2048, 64, {}),
    ("fused", 2048, 512, {}),
    ("fused", 4096, 64, {}),
    ("stock modules", 2048, 64, {"fused": "off"}),
    ("stock modules", 2048, 512, {"fused": "off"}),
    ("recomputed", 2048, 512, {"activation_checkpointing": "on"}),
    ("full", 2048, 64, {"method": "full"}),
)


def measure(micro_tokens: int, length: int, settings: dict[str, object]) -> dict[str, Any]:
    """Plan and peak of this very process, in MB."""
    import torch

    from typlora.model.base import DEFAULT_BASE, resolve
    from typlora.model.memory import plan_memory, read_sizes, this_device
    from typlora.model.profiles import effective
    from typlora.model.prompt import Encoded, PromptEncoder
    from typlora.train.loop import micro_step
    from typlora.train.network import build_network
    from typlora.train.optim import Optimizer

    torch.set_num_threads(1)
    config = effective(DEFAULT_BASE, None, {"micro_tokens": micro_tokens, **settings}).config
    base = resolve(DEFAULT_BASE)
    encoder = PromptEncoder.from_folder(base)
    plan = plan_memory(read_sizes(base), config, length, this_device())
    draw = random.Random(1)
    row = lambda: Encoded(tuple(draw.randrange(20, 40_000) for _ in range(length)), length // 2)  # noqa: E731
    recompute = config.activation_checkpointing == "on"
    network = build_network(base, config, encoder.pad_id, checkpointing=recompute)
    optimizer = Optimizer(network.trainable(), config, 2)
    for step in range(2):
        micro_step(network, [row() for _ in range(micro_tokens // length)], 1e-3)
        optimizer.collect()
        optimizer.step(step, optimizer.norm())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    parts = {name: round(getattr(plan, name) / 2**20) for name in ("weights", "optimizer", "activations")}
    return {"plan": round((plan.total - plan.spare) / 2**20), "peak": round(peak), **parts}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.only is not None:
        print("RESULT " + json.dumps(measure(*CASES[args.only][1:])))
        return 0
    print("| pass | tokens at once | row length | plan, MB | peak, MB | plan / peak |")
    print("|---|--:|--:|--:|--:|--:|")
    for number, (name, micro_tokens, length, _) in enumerate(CASES):
        command = [sys.executable, __file__, "--only", str(number)]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
        if not lines:
            print(done.stderr[-3000:], file=sys.stderr)
            return 3
        found = json.loads(lines[0].removeprefix("RESULT "))
        ratio = found["plan"] / found["peak"]
        print(
            f"| {name} | {micro_tokens} | {length} | {found['plan']} | {found['peak']} | {ratio:.2f} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
