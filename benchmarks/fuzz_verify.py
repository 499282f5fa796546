"""Fuzz the formula verifier: no LaTeX and no Typst may make it raise, hang or call nonsense equal.

    python benchmarks/fuzz_verify.py [--seconds 60] [--seed 1]

Inputs are mutations of the committed test set. Three things are checked: ``reference`` gives tokens or a
reason within two CPU seconds; ``judge`` (in killable workers) gives a verdict; a candidate never proves a
LaTeX formula whose canonical form differs from that of the formula it was written for.
"""

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.verify.cases import read_cases

from typlora.verify.compare import same
from typlora.verify.formula import reference
from typlora.verify.pool import Failure, WorkerPool

ALPHABET = "\\{}[]()^_&$%#~'\"|<>=+-*/.,:;! \n\tabxyzABC0123456789αβ∑∫→𝑥\u0338\u0000é漢"
SLOW = 2.0  # CPU seconds for one reference; the longest real formula takes 0.02


def mutate(text: str, pieces: list[str], dice: random.Random) -> str:
    """One to four random edits: delete, insert, double, swap in a piece of another formula."""
    for _ in range(dice.randint(1, 4)):
        at, width = dice.randint(0, len(text)), dice.randint(1, 6)
        kind = dice.randrange(5)
        if kind == 0:
            text = text[:at] + text[at + width :]
        elif kind == 1:
            text = text[:at] + "".join(dice.choices(ALPHABET, k=width)) + text[at:]
        elif kind == 2:
            text = text[:at] + text[at : at + width] * dice.choice([2, 3, 200]) + text[at + width :]
        else:
            text = text[:at] + dice.choice(pieces) + text[at:]
    return text[:5000]


def main() -> int:
    """Run until the time is over; the number of faults is the exit status (at most 100)."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    cases = read_cases()
    latex = [case.latex for case in cases]
    typst = [case.typst for case in cases]
    faults = tried = proved = 0
    end = time.monotonic() + options.seconds
    with WorkerPool(jobs=1, seconds=5) as pool:
        while time.monotonic() < end:
            batch = []
            for _ in range(16):
                case = dice.choice(cases)
                changed = mutate(case.latex, latex, dice)
                started = time.process_time()
                reference(changed, case.display)
                if time.process_time() - started > SLOW:
                    print(f"slow ({time.process_time() - started:.1f} s): {changed!r}")
                    faults += 1
                candidate = mutate(case.typst, typst, dice) if dice.random() < 0.7 else case.typst
                batch.append((changed, case.display, candidate, case))
            items = [item[:3] for item in batch]
            answer = pool.run("typlora.verify.formula:judge_many", items, seconds=30)
            if isinstance(answer, Failure):
                for item in items:
                    alone = pool.run("typlora.verify.formula:judge_many", [item])
                    if isinstance(alone, Failure) and alone.reason == "error":
                        print(f"raised {alone.message}: {item!r}")
                        faults += 1
                continue
            tried += len(batch)
            for (changed, display, candidate, case), verdict in zip(batch, answer, strict=True):
                if not verdict.proved or candidate != case.typst or not case.right:
                    continue
                proved += 1
                wanted, written_for = reference(changed, display)[0], reference(case.latex, display)[0]
                if (
                    wanted is None
                    or written_for is None
                    or not (same(wanted, written_for) or same(written_for, wanted))
                ):
                    print(f"called equal: {changed!r} and {candidate!r}")
                    faults += 1
    print(f"{tried} mutated pairs judged, {proved} still proved, {faults} faults (seed {options.seed})")
    return min(faults, 100)


if __name__ == "__main__":
    sys.exit(main())
