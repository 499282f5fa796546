"""What becomes of a unit when every engine was asked: the proved answer, the best other, or its LaTeX."""

from collections.abc import Sequence

from typlora.convert.cache import Remembered
from typlora.convert.conversion import Conversion
from typlora.convert.judging import rank
from typlora.convert.kept import kept_formula, raw_block
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.verdict import Outcome, Verdict

KEPT = "kept-latex"


def settle(unit: Unit, proved: Remembered | None, refused: Sequence[Remembered]) -> Conversion:
    """The conversion of a unit from what the engines said of it, in their order."""
    if proved is not None and proved.typst is not None:
        return Conversion(unit, proved.typst, proved.verdict, proved.engine)
    answers = [entry for entry in refused if entry.typst is not None]
    best = min(answers, key=lambda entry: rank(entry.verdict), default=None)
    if best is None or not best.verdict.compiles or best.typst is None:
        reason = "no engine proposes anything for it"
        if best is not None:
            reason = f"no candidate compiles; {best.engine}: {first_line(best.verdict.error)}"
        return keep(unit, reason)
    if best.verdict.outcome is Outcome.UNKNOWN:
        note = "compiles, but there is no reference to compare it with"
        if best.verdict.differences:
            note += f": {best.verdict.differences[0]}"
    else:
        note = "differs from its reference: " + "; ".join(best.verdict.differences[:3])
    return Conversion(unit, best.typst, best.verdict, best.engine, note=note)


def keep(unit: Unit, reason: str) -> Conversion:
    """The conversion that leaves the LaTeX visible; it always compiles."""
    text = kept_formula(unit.latex, unit.display) if unit.kind is UnitKind.FORMULA else raw_block(unit.latex)
    return Conversion(unit, text, Verdict(True, Outcome.UNKNOWN, error=reason), KEPT, note=reason)


def first_line(message: str) -> str:
    """The first line of a compiler's message, short enough for one line of a report, without its hints."""
    line = message.strip().partition("\n")[0].partition(" (hint:")[0]
    return line if len(line) <= 160 else line[:157] + "..."
