"""Put what was taken out of formulas back in its place, once everything is converted."""

from collections.abc import Sequence
from dataclasses import replace

from typlora.convert.conversion import Conversion
from typlora.convert.document.nouns import Draft, Slot
from typlora.convert.draft import write_formula
from typlora.convert.settling import KEPT, keep
from typlora.verify.verdict import Outcome, Verdict

NOTE = "its array with \\multicolumn is a table; what stands around it and its cells are compared one by one"


def compose(draft: Draft, conversions: Sequence[Conversion]) -> list[Conversion]:
    """Conversions with tables for the letters that stand for arrays; those are not proved as a whole."""
    done = list(conversions)
    for composite in draft.composites:  # inner ones come first
        table = "".join(
            write_formula(done[part.formula].unit, done[part.formula].typst, part)
            if isinstance(part, Slot)
            else part
            for part in composite.parts
        )
        for index, conversion in enumerate(done):
            if composite.mark not in conversion.unit.latex:
                continue
            unit = replace(
                conversion.unit, latex=conversion.unit.latex.replace(composite.mark, composite.latex)
            )
            if conversion.provenance == KEPT or composite.mark not in conversion.typst:
                done[index] = keep(unit, conversion.note or "the array in it was lost by the engines")
                continue
            verdict = conversion.verdict
            if verdict.outcome is Outcome.EQUAL:
                verdict = Verdict(True, Outcome.UNKNOWN, (NOTE,))
            typst = conversion.typst.replace(composite.mark, f" #{table} ").strip()
            done[index] = replace(
                conversion, unit=unit, typst=typst, verdict=verdict, note=conversion.note or NOTE
            )
    return done
