"""Where the time of OpenVINO's answers goes: passes through prompts, and steps by the rows still writing.

    python benchmarks/inference_passes.py FORMULAS.jsonl --adapter RUN [--every N] [--bfloat16]

CPU seconds of one thread, greedy. Prompts of a batch are padded to its longest: "padded" counts that too.
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

_STEPS = ((4, "steps of 1 to 4 rows"), (16, "steps of 5 to 16 rows"), (1 << 30, "steps of more rows"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("formulas", type=Path)
    parser.add_argument("--base", default="smollm2-135m")
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="ask every Nth formula")
    parser.add_argument("--bfloat16", action="store_true")
    options = parser.parse_args()
    import numpy as np

    from typlora.engines import openvino_backend
    from typlora.engines.model_engine import ModelEngine
    from typlora.model.base import resolve
    from typlora.tex.unit import Unit, UnitKind

    rows = [json.loads(line) for line in options.formulas.read_text(encoding="utf-8").splitlines()]
    units = [Unit(UnitKind.FORMULA, row["latex"], display=row["display"]) for row in rows[:: options.every]]
    backend = "openvino-bfloat16" if options.bfloat16 else "openvino"
    engine = ModelEngine(resolve(options.base), options.adapter, "cpu", backend=backend, threads=1)
    spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0, 0, 0])
    infer = openvino_backend._infer

    def timed(model: Any, ids: Any, mask: Any, *rest: Any) -> Any:
        begun = time.process_time()
        found = infer(model, ids, mask, *rest)
        count, width = np.shape(ids)
        name = "prompts" if width > 1 else next(name for most, name in _STEPS if count <= most)
        tokens = int(np.sum(mask)) if width > 1 else count
        for place, value in enumerate((time.process_time() - begun, 1, tokens, count * width)):
            spent[name][place] += value
        return found

    engine.propose(units[:2])  # loads and warms up
    openvino_backend._infer = timed
    begun = time.process_time()
    engine.propose(units)
    whole = time.process_time() - begun
    print(f"{len(units)} formulas, {backend}, {whole:.1f} CPU s in all\n")
    print("| passes | CPU s | number | tokens | with padding | tokens a CPU s |\n|---|--:|--:|--:|--:|--:|")
    for name, (seconds, number, tokens, padded) in sorted(spent.items()):
        print(f"| {name} | {seconds:.1f} | {number} | {tokens} | {padded} | {tokens / seconds:.0f} |")


if __name__ == "__main__":
    main()
