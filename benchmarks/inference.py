"""How fast the model answers, and whether every backend says the same.

    python benchmarks/inference.py jsonl/eval.jsonl --adapter RUN --work FOLDER [--formulas FILE.jsonl]
    python benchmarks/inference.py jsonl/eval.jsonl --adapter RUN --work FOLDER --report

One protocol for all: the same units, greedy, two cores. Units are taken evenly from the data file (rows) and,
half of them, from a file of formulas where one is given. They are cut into slices that are alike, and every
setup answers a slice before the next slice begins, so that a busy moment meets all alike. Each answer is kept
in FOLDER at once; the same command goes on where it stopped, and ``--minutes`` stops it.

A setup is BACKEND[@WORKERSxCORES]/BATCH: ``transformers/1``, ``ct2-int8@2x1/32``. ``generate-dynamic`` and
``generate-static`` are transformers' own ``generate`` with either cache. Setups of batch 1 answer the first
slice only unless ``--all``. The reference is ``transformers/32``: float32, dynamic cache. Tokens are those of
the answers with their end. ``--report`` verifies the answers and prints the table.
"""

import argparse
import json
import os
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

REFERENCE = "transformers/32"
SINGLE = "transformers/1"
SETUPS = (
    *("transformers/1", "transformers/32", "ct2-int8/32", "ct2-float32/32"),
    *("ct2-int8/128", "ct2-float32/128", "transformers/128"),
    *("ct2-int8/8", "ct2-float32/8", "transformers/8"),
    *("ct2-int8/1", "ct2-float32/1"),
    *("ct2-int8@1x2/32", "ct2-int8@1x2/1", "generate-static/1", "generate-dynamic/1", "generate-static/32"),
    *("openvino/32", "openvino/128", "openvino/8", "openvino/1", "openvino-bfloat16/32", "ct2-bfloat16/32"),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="rows with completions, such as jsonl/eval.jsonl")
    parser.add_argument("--formulas", type=Path, help="rows of formulas with 'latex' and 'display'")
    parser.add_argument("--base", default="smollm2-135m")
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="where answers are kept")
    parser.add_argument("--setups", nargs="+", default=list(SETUPS))
    parser.add_argument("--units", type=int, default=512)
    parser.add_argument("--slice", type=int, default=128, help="units that all setups answer in turn")
    parser.add_argument("--slices", type=int, help="no more than these")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=8.5)
    parser.add_argument("--all", action="store_true", help="batch 1 on every slice, not the first alone")
    parser.add_argument("--report", action="store_true", help="no measuring: verify, and print the table")
    options = parser.parse_args()
    units = _units(options)
    kept = options.work / "answers.jsonl"
    done = [json.loads(line) for line in kept.read_text().splitlines()] if kept.is_file() else []
    if options.report:
        _report(done, units)
        return
    options.work.mkdir(parents=True, exist_ok=True)
    os.environ["OMP_NUM_THREADS"] = str(options.cores)
    _measure(options, units, done, kept)


def _units(options: argparse.Namespace) -> list[tuple[str, bool]]:
    """LaTeX and display; the order makes every slice alike."""
    from typlora.data.rows import read_rows

    rows = [(row.latex, row.display) for row in read_rows(options.data) if not row.is_block]
    count = options.units
    found: list[tuple[str, bool]] = []
    if options.formulas:
        lines = [json.loads(line) for line in options.formulas.read_text(encoding="utf-8").splitlines()]
        unseen = [one for one in lines if not one.get("in_corpus") and not one.get("macros")]
        found = _even([(one["latex"], one["display"]) for one in unseen], count // 2)
    found += _even(rows, count - len(found))
    slices = max(1, len(found) // options.slice)
    return [unit for start in range(slices) for unit in found[start::slices]]


def _even(rows: Sequence[tuple[str, bool]], count: int) -> list[tuple[str, bool]]:
    return [rows[place * len(rows) // count] for place in range(min(count, len(rows)))]


def _measure(
    options: argparse.Namespace, units: list[tuple[str, bool]], done: list[dict[str, Any]], kept: Path
) -> None:
    import torch

    from typlora.engines.model_engine import ModelEngine
    from typlora.engines.weights import Weights
    from typlora.errors import TyploraError
    from typlora.model.base import resolve
    from typlora.model.prompt import PromptEncoder
    from typlora.tex.unit import Unit, UnitKind

    torch.set_num_threads(options.cores)
    base = resolve(options.base, may_pull=False)
    encoder = PromptEncoder.from_folder(base)
    engine = ModelEngine(base, options.adapter, "cpu")
    requests = [engine.request(Unit(UnitKind.FORMULA, latex, display=display)) for latex, display in units]
    have = {(one["setup"], one["slice"]) for one in done}
    deadline = time.monotonic() + 60 * options.minutes
    opened: dict[str, Any] = {}
    broken: set[str] = set()
    slices = min(len(units) // options.slice, options.slices or len(units))
    for number in range(slices):
        part = requests[number * options.slice : (number + 1) * options.slice]
        for setup in options.setups:
            batch = int(setup.rpartition("/")[2])
            if (setup, number) in have or setup in broken or (batch == 1 and number and not options.all):
                continue
            if time.monotonic() > deadline:
                print("time is up; the same command goes on", flush=True)
                return
            try:
                backend = _open(setup, opened, Weights(base, options.adapter), encoder, options.cores)
                backend.generate(part[:2], 0.0)  # loads and warms up
                start, busy = time.perf_counter(), time.process_time()
                answers = backend.generate(part, 0.0)
                seconds, cpu = time.perf_counter() - start, time.process_time() - busy
            except (TyploraError, ImportError) as error:
                print(f"{setup}: {error}", flush=True)
                broken.add(setup)
                continue
            record = {
                "setup": setup,
                "slice": number,
                "seconds": seconds,
                "cpu": cpu,
                "tokens": sum(len(one.ids) + (one.finish == "end") for one in answers),
                "answers": [
                    encoder.decode(list(one.ids)) if one.finish == "end" else None for one in answers
                ],
            }
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
            rate = record["tokens"] / seconds
            print(f"slice {number} {setup}: {seconds:.1f} s, {cpu:.1f} CPU, {rate:.0f} tokens/s", flush=True)
    print("all measured; --report prints the table", flush=True)


def _open(setup: str, opened: dict[str, Any], weights: Any, encoder: Any, cores: int) -> Any:
    """One backend stays open for all its batch sizes."""
    from typlora.engines.model_engine import open_backend

    name, _, batch = setup.rpartition("/")
    if name not in opened:
        kind, _, shape = name.partition("@")
        workers, each = (int(part) for part in shape.split("x")) if shape else (cores, 1)
        if kind.startswith("generate-"):
            opened[name] = _Generate(weights, encoder, kind.removeprefix("generate-"))
        else:
            opened[name] = open_backend(
                kind, weights, encoder, device="cpu", threads=workers, threads_each=each
            )
    backend = opened[name]
    backend._batch_size = int(batch)
    return backend


class _Generate:
    """transformers' own ``generate``, as a person would call it."""

    def __init__(self, weights: Any, encoder: Any, cache: str) -> None:
        self._weights, self._encoder, self._cache = weights, encoder, cache
        self._batch_size = 1
        self._model: Any = None

    def generate(self, requests: Sequence[Any], _: float) -> list[Any]:
        import torch

        from typlora.engines.generation import Generated, batches
        from typlora.engines.stopping import Finish

        if self._model is None:
            self._model = self._weights.load("float32", "cpu")
        pad, end = self._encoder.pad_id, self._encoder.eos_id
        found: dict[int, Generated] = {}
        for batch in batches(requests, self._batch_size):
            prompts = [list(requests[index].prompt) for index in batch]
            width = max(len(prompt) for prompt in prompts)
            ids = torch.tensor([[pad] * (width - len(prompt)) + prompt for prompt in prompts])
            mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts])
            with torch.inference_mode():
                output = self._model.generate(
                    ids,
                    attention_mask=mask,
                    max_new_tokens=max(requests[index].limit for index in batch),
                    do_sample=False,
                    eos_token_id=end,
                    pad_token_id=pad,
                    cache_implementation=self._cache,
                    suppress_tokens=sorted(self._encoder.mark_ids - {end}),
                )
            for index, row in zip(batch, output[:, width:].tolist(), strict=True):
                ids_row = tuple(row[: row.index(end)] if end in row else row)
                ended = end in row and len(ids_row) < requests[index].limit
                finish = Finish.END if ended else Finish.LENGTH
                found[index] = Generated(ids_row[: requests[index].limit], finish)
        return [found[index] for index in range(len(requests))]


def _report(done: list[dict[str, Any]], units: list[tuple[str, bool]]) -> None:
    """Rates over all slices of a setup; how many times the baseline, over those that both answered."""
    by_setup: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    for one in done:
        by_setup[one["setup"]][one["slice"]] = one
    reference = by_setup.get(REFERENCE, {})
    proved = _proved(done, units)
    single = by_setup.get(SINGLE, {})
    print(
        "| backend | batch | units | tokens/s | tokens/CPU-s | units/s | times transformers/1 "
        "| by CPU | same, % | verified equal, % |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    for setup, slices in sorted(by_setup.items(), key=lambda item: item[0]):
        name, _, batch = setup.rpartition("/")
        ones = list(slices.values())
        seconds, tokens = sum(one["seconds"] for one in ones), sum(one["tokens"] for one in ones)
        count = sum(len(one["answers"]) for one in ones)
        compared = [
            (answer, wanted)
            for one in ones
            if one["slice"] in reference
            for answer, wanted in zip(one["answers"], reference[one["slice"]]["answers"], strict=True)
        ]
        shared = [number for number in slices if number in single]
        times = [
            sum(single[number][clock] for number in shared)
            / max(1e-9, sum(slices[number][clock] for number in shared))
            for clock in ("seconds", "cpu")
        ]
        same = sum(answer == wanted for answer, wanted in compared)
        equal = sum(
            (units[one["slice"] * len(one["answers"]) + place], answer) in proved
            for one in ones
            for place, answer in enumerate(one["answers"])
        )
        print(
            f"| {name} | {batch} | {count} | {tokens / seconds:.0f} "
            f"| {tokens / sum(one['cpu'] for one in ones):.0f} | {count / seconds:.1f} "
            f"| {times[0]:.1f} | {times[1]:.1f} | {100 * same / max(1, len(compared)):.1f} "
            f"| {100 * equal / count:.1f} |"
        )


def _proved(
    done: list[dict[str, Any]], units: list[tuple[str, bool]]
) -> set[tuple[tuple[str, bool], str | None]]:
    """Pairs of unit and answer that the verifier calls equal, each judged once."""
    from typlora.engines.brackets import closed
    from typlora.tex.unit import Unit, UnitKind
    from typlora.verify.compiler import CompilerPool
    from typlora.verify.formula import FormulaVerifier

    pairs = sorted(
        {
            (units[one["slice"] * len(one["answers"]) + place], answer)
            for one in done
            for place, answer in enumerate(one["answers"])
            if answer
        }
    )
    with CompilerPool(2) as pool:
        asked = [Unit(UnitKind.FORMULA, latex, display=display) for (latex, display), _ in pairs]
        verdicts = FormulaVerifier(pool).verify(asked, [closed(answer) for _, answer in pairs])
    return {pair for pair, verdict in zip(pairs, verdicts, strict=True) if verdict.proved}


if __name__ == "__main__":
    main()
