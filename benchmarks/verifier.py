"""How far the formula verifier can be trusted: its precision and recall on its own test set.

    python benchmarks/verifier.py                        the test set (tests/verify/formula_cases.txt)
    python benchmarks/verifier.py --formulas ROWS.jsonl  and: where both rule engines contradict the reference

The second figure needs rows {"latex", "display"}. Two converters with parsers of their own that agree with
each other and not with the reference point at a fault of the reference; the rows are printed to be looked at.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.verify.cases import composed, read_cases

from typlora.tex.unit import Unit, UnitKind
from typlora.verify.compare import differences, same
from typlora.verify.formula import canonical_typst, judge, reference


def on_test_set() -> None:
    """Print right and wrong calls, precision and recall."""
    cases = read_cases()
    cases += composed(cases)
    called: dict[tuple[bool, bool], int] = defaultdict(int)
    started = time.perf_counter()
    for case in cases:
        proved = judge(case.latex, case.display, case.typst).proved
        called[case.right, proved] += 1
        if proved != case.right:
            print(
                f"  line {case.line}: {case.latex}  |  {case.typst}  is {'right' if case.right else 'wrong'}"
            )
    seconds = time.perf_counter() - started
    right, wrong = called[True, True] + called[True, False], called[False, True] + called[False, False]
    equal = called[True, True] + called[False, True]
    hits = called[True, True]
    print(f"right conversions: {right}, called equal: {hits} (recall {hits / right:.1%})")
    print(f"wrong conversions: {wrong}, called equal: {equal - hits} (precision {hits / equal:.1%})")
    print(f"{len(cases) / seconds:.0f} verdicts a second in one process")


def on_formulas(path: Path, limit: int) -> None:
    """Print where tylax and pandoc agree with each other against the reference."""
    from typlora.engines.pandoc_engine import PandocEngine
    from typlora.engines.tylax_engine import TylaxEngine

    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:limit]]
    units = [
        Unit(UnitKind.FORMULA, row["latex"], display=row["display"]) for row in rows if not row.get("macros")
    ]
    against = compared = without = 0
    both = zip(units, TylaxEngine().propose(units), PandocEngine().propose(units), strict=True)
    for unit, first, second in both:
        wanted, _ = reference(unit.latex, unit.display)
        without += wanted is None
        if wanted is None or first is None or second is None:
            continue
        left, _ = canonical_typst(first.typst, unit.display)
        right, _ = canonical_typst(second.typst, unit.display)
        if left is None or right is None:
            continue
        compared += 1
        if left == right and not same(wanted, left):
            against += 1
            print(f"  {unit.latex[:160]}\n    {first.typst[:160]}\n    {differences(wanted, left)}")
    print(f"{len(units)} formulas, {without} without a reference, {compared} where both engines compile")
    print(f"both engines agree against the reference: {against} ({against / max(1, compared):.2%})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--formulas", type=Path)
    parser.add_argument("--limit", type=int, default=20_000)
    options = parser.parse_args()
    on_test_set()
    if options.formulas:
        on_formulas(options.formulas, options.limit)
