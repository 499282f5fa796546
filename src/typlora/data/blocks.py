"""Pairs of whole blocks: structure by the deterministic writers, formulas by the engines, all verified.

A block row holds LaTeX as it stands in a document and the Typst that stands for it. What a document's
preamble defines (theorems, numbering) is not in the row: ``preamble`` is the same for all of them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from typlora.data.corpus import Given
from typlora.data.reasons import LOST, NO_PROPOSAL, refusal
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.verdict import Verdict

ENGINE = "structure"

# A document that uses every helper a block row may need; its preamble is the one rows are judged under.
_EVERYTHING = (
    r"\section{A}\label{a} \ref{a} \begin{equation}\label{e}x\end{equation} \eqref{e} "
    + "".join(
        rf"\begin{{{name}}}x\end{{{name}}} "
        for name in (
            "theorem",
            "lemma",
            "proposition",
            "corollary",
            "definition",
            "remark",
            "example",
            "proof",
        )
    )
    + r"\begin{table}\caption{x}\begin{tabular}{l}x\end{tabular}\end{table}"
)


@dataclass(frozen=True, slots=True)
class BlockPair:
    """A block's Typst, or why there is none. ``kind`` is a unit's."""

    typst: str = ""
    kind: str = UnitKind.PARAGRAPH.value
    reason: str = ""
    detail: str = ""


class LocalCompiler:
    """Compiles in this process: for Typst that our own writers made, never for a model's."""

    def compile_many(self, sources: Sequence[str], format: str) -> list[object]:
        from typlora.verify.compiler import compile_item

        return [compile_item((source, format, None, 144.0)) for source in sources]


@lru_cache(maxsize=1)
def preamble() -> str:
    """Typst before every block when it is verified."""
    from typlora.convert.draft import draft
    from typlora.tex.project import read_string

    return draft(read_string(_EVERYTHING)).preamble


def verify(units: Sequence[Unit], typst: Sequence[str | None], pool: object) -> list[Verdict]:
    """Verdicts under the common preamble; ``pool`` is a ``CompilerPool`` or a ``LocalCompiler``."""
    from typing import cast

    from typlora.verify.blocks import verify_blocks
    from typlora.verify.blocks.check import Pool

    return verify_blocks(units, typst, cast(Pool, pool), preamble())


def judge_blocks(
    blocks: Sequence[Given], formulas: Callable[[Sequence[Given]], list[tuple[str, str]]]
) -> list[BlockPair]:
    """One answer each. ``formulas`` gives Typst for each formula, or an empty text and the reason."""
    from typlora.convert.draft import draft, write_formula
    from typlora.tex.project import read_string

    drafts = [draft(read_string(one.latex)) for one in blocks]
    inner = [Given(unit.latex, unit.display, unit.macros) for one in drafts for unit in one.formulas]
    answers = iter(formulas(inner))
    pairs: list[BlockPair] = []
    units: list[Unit] = []
    for given, one in zip(blocks, drafts, strict=True):
        found = [next(answers) for _ in one.formulas]
        kind = _kind([block.unit.kind for block in one.blocks])
        failed = next((reason for typst, reason in found if not typst), "")
        if one.losses or failed or not one.blocks:
            reason = LOST if one.losses else NO_PROPOSAL
            pairs.append(BlockPair("", kind, reason, one.losses[0].reason if one.losses else failed))
        else:
            text = "\n\n".join(
                "".join(
                    part
                    if isinstance(part, str)
                    else write_formula(one.formulas[part.formula], found[part.formula][0], part)
                    for part in block.parts
                )
                for block in one.blocks
            )
            pairs.append(BlockPair(text.strip(), kind))
        units.append(Unit(UnitKind(kind), given.latex))
    verdicts = verify(units, [pair.typst or None for pair in pairs], LocalCompiler())
    return [
        pair if verdict.proved or not pair.typst else BlockPair("", pair.kind, *refusal([verdict]))
        for pair, verdict in zip(pairs, verdicts, strict=True)
    ]


def _kind(kinds: Sequence[UnitKind]) -> str:
    """The kind that tells most: any other than a paragraph, the commonest first."""
    counts = Counter(kind for kind in kinds if kind is not UnitKind.PARAGRAPH)
    return counts.most_common(1)[0][0].value if counts else UnitKind.PARAGRAPH.value
