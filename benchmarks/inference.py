"""How fast the model answers, and whether every backend says the same.

    python benchmarks/inference.py DATA.jsonl --adapter RUN [--backends ...] [--batch 1 8 32 128]

One protocol for all: the same units (rows with ``latex`` and ``display``, taken evenly from the file),
greedy, two threads. The reference is transformers in float32. Agreement is the share of units with the same
text; the time is that of one call, after one call to warm up (seconds of the CPU too: on a busy machine
those are the ones to compare). Slow combinations are cut short with
``--seconds``: then fewer units are asked, and the table says how many. Prints a Markdown table; ``--json``
keeps the figures.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    backend: str
    batch: int
    units: int
    seconds: float
    cpu_seconds: float
    tokens: int
    agree: float

    def row(self) -> str:
        return (
            f"| {self.backend} | {self.batch} | {self.units} | {self.tokens / self.seconds:.0f} "
            f"| {self.units / self.seconds:.1f} | {self.tokens / self.cpu_seconds:.0f} "
            f"| {100 * self.agree:.1f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--base", default="smollm2-135m")
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--backends", nargs="+", default=["transformers", "ct2-float32", "ct2-int8"])
    parser.add_argument("--batch", nargs="+", type=int, default=[1, 8, 32, 128])
    parser.add_argument("--units", type=int, default=512)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=180, help="what one measurement may take at most")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", str(options.threads))

    import torch

    from typlora.engines.model_engine import ModelEngine
    from typlora.errors import ModelError
    from typlora.model.base import resolve
    from typlora.model.prompt import PromptEncoder
    from typlora.tex.unit import Unit, UnitKind

    torch.set_num_threads(options.threads)
    base = resolve(options.base, may_pull=False)
    encoder = PromptEncoder.from_folder(base)
    rows = [json.loads(line) for line in options.data.read_text(encoding="utf-8").splitlines()]
    step = max(len(rows) // options.units, 1)
    units = [
        Unit(UnitKind.FORMULA, row["latex"], display=row["display"]) for row in rows[::step][: options.units]
    ]

    def ask(backend: str, batch: int, asked: Sequence[Unit]) -> tuple[list[str | None], float, float]:
        engine = ModelEngine(
            base, options.adapter, "cpu", batch_size=batch, backend=backend, threads=options.threads
        )
        engine.propose(asked[:2])
        start, busy = time.perf_counter(), time.process_time()
        found = engine.propose(asked)
        seconds, cpu = time.perf_counter() - start, time.process_time() - busy
        engine.close()
        return [None if one is None else one.typst for one in found], seconds, cpu

    reference, seconds, _ = ask("transformers", 32, units)
    print(
        f"reference: {len(units)} units, {sum(one is None for one in reference)} without an end", flush=True
    )
    tokens = [len(encoder.encode_completion(one)) if one else 0 for one in reference]
    print(
        "| backend | batch | units | tokens/s | formulas/s | as the reference, % |\n|---|---|---|---|---|---|"
    )
    done: list[Measured] = []
    for backend in options.backends:
        pace = seconds / len(units)
        for batch in sorted(options.batch, reverse=True):
            # a smaller batch is slower: guess from the one before, so that nothing takes all day
            count = min(len(units), max(batch, int(options.seconds / (2 * pace))))
            asked = units[:: max(len(units) // count, 1)][:count]
            places = list(range(len(units)))[:: max(len(units) // count, 1)][:count]
            try:
                answers, took, cpu = ask(backend, batch, asked)
            except ModelError as error:
                print(f"| {backend} | - | - | - | - | {error} |")
                break
            pace = took / len(asked)
            same = sum(answer == reference[place] for answer, place in zip(answers, places, strict=True))
            measured = Measured(
                backend,
                batch,
                len(asked),
                took,
                cpu,
                sum(tokens[place] for place in places),
                same / len(asked),
            )
            done.append(measured)
            print(measured.row(), flush=True)
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in done], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
