"""Precision and recall of the block verifier on right and deliberately wrong conversions.

    python benchmarks/block_verifier.py [--seed N] [--per-fault N] [--show]

Positive means "proved equal": precision is the share of right conversions among those called equal, recall
the share of right conversions called equal. Wrong conversions that do not compile are left out of both: the
compiler found them.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.verify.blocks.cases import load_pairs
from tests.verify.blocks.faults import wrong_cases
from tests.verify.blocks.rewrites import right_cases

from typlora.verify.blocks import verify_blocks
from typlora.verify.compiler import CompilerPool
from typlora.verify.verdict import Outcome


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the block verifier.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--per-fault", type=int, default=8)
    parser.add_argument("--show", action="store_true", help="print every case that was judged wrongly")
    flags = parser.parse_args()
    pairs = load_pairs()
    right = right_cases(pairs, flags.seed)
    wrong = wrong_cases(pairs, flags.seed, flags.per_fault)
    cases = [*right, *wrong]
    started = time.perf_counter()
    with CompilerPool() as pool:
        verdicts = verify_blocks([case.unit for case in cases], [case.typst for case in cases], pool)
    seconds = time.perf_counter() - started
    results = list(zip(cases, verdicts, strict=True))
    missed = [(case, verdict) for case, verdict in results[: len(right)] if not verdict.proved]
    judged = [(case, verdict) for case, verdict in results[len(right) :] if verdict.compiles]
    fooled = [(case, verdict) for case, verdict in judged if verdict.proved]
    unknown = sum(verdict.outcome is Outcome.UNKNOWN for _, verdict in judged)
    found = len(right) - len(missed)
    kinds = len({case.fault for case, _ in judged})
    print(f"{len(pairs)} pairs, {len(right)} right, {len(judged)} wrong of {kinds} kinds")
    print(f"{len(wrong) - len(judged)} more wrong ones do not compile")
    precision = found / max(1, found + len(fooled))
    print(f"precision {100 * precision:.2f} %, recall {100 * found / len(right):.2f} %")
    print(f"wrong: {len(fooled)} called equal, {unknown} unknown; {len(cases) / seconds:.0f} blocks a second")
    if flags.show:
        for case, verdict in [*missed, *fooled]:
            print(f"\n--- {case.fault or 'right'}: {verdict}\n{case.unit.latex}\n---\n{case.typst}")


if __name__ == "__main__":
    main()
