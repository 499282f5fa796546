"""Rows of the second task: LaTeX, a refused candidate and the verifier's complaint in, corrected Typst out.

    rows = from_model(pairs, model, verifier)      what the model really gets wrong
    rows = corrupted(pairs, verifier, seed=0)      slips made on purpose, each refused by the verifier

A row of it is the row of the pair, with ``refused`` and ``complaint`` in its ``meta``. Nothing enters
that the verifier did not refuse, and the corrected Typst is that of the pair, which was proved.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from typlora.convert.judging import Verifier
from typlora.data.rows import REFUSED, Row
from typlora.engines.base import Candidate
from typlora.engines.complaint import complaint
from typlora.engines.typst_tokens import join, split
from typlora.model.prompt import Encoded, PromptEncoder
from typlora.tex.unit import Unit, UnitKind

COMPLAINT = "complaint"
BATCH = 256  # pairs asked at once; what a stop can cost
_SWAPS = {
    "^": "_", "_": "^", "+": "-", "-": "+", "<": ">", ">": "<", "(": "[", ")": "]", "[": "(", "]": ")",
    "alpha": "a", "beta": "b", "phi": "phi.alt", "epsilon": "epsilon.alt", "in": "in.rev", "dots": "dots.c",
    "dots.c": "dots", "bb": "cal", "cal": "scr", "bold": "upright", "upright": "italic", "hat": "tilde",
    "tilde": "hat", "overline": "underline", "sum": "product", "arrow": "arrow.l", "eq": "eq.not",
    "subset": "subset.eq", "vec": "arrow", "frac": "binom", "sqrt": "root", "mat": "vec", "times": "dot.op",
}  # fmt: skip


class Asked(Protocol):
    """The model: greedy, and several draws."""

    def propose(self, units: Sequence[Unit]) -> list[Candidate | None]: ...

    def sample(self, units: Sequence[Unit], k: int) -> list[list[Candidate]]: ...


def encode_row(row: Row, encoder: PromptEncoder) -> Encoded:
    """One row of either task through the one encoder."""
    if REFUSED not in row.meta:
        return encoder.encode_pair(row.latex, row.typst, row.display, block=row.is_block)
    prompt = encoder.encode_repair(
        row.latex,
        str(row.meta[REFUSED]),
        str(row.meta.get(COMPLAINT, "")),
        row.display,
        block=row.is_block,
    )
    return Encoded((*prompt, *encoder.encode_completion(row.typst)), len(prompt))


def from_model(
    pairs: Sequence[Row],
    model: Asked,
    verifier: Verifier,
    samples: int = 0,
    progress: Callable[[int, int, int], None] | None = None,
) -> list[Row]:
    """One row for each wrong first answer, and with ``samples`` for each different wrong draw after it."""
    found: list[Row] = []
    for start in range(0, len(pairs), BATCH):
        batch = [pair for pair in pairs[start : start + BATCH] if not pair.is_block]
        units = [_unit(pair) for pair in batch]
        first = [[] if one is None else [one.typst] for one in model.propose(units)]
        wrong = _refused(batch, first, verifier, "model")
        if samples:
            failed = {row.latex for row in wrong}
            again = [pair for pair in batch if pair.latex in failed]
            drawn = model.sample([_unit(pair) for pair in again], samples)
            texts = [[one.typst for one in several] for several in drawn]
            wrong = _distinct([*wrong, *_refused(again, texts, verifier, "model:sample")])
        found += wrong
        if progress is not None:
            progress(min(start + BATCH, len(pairs)), len(pairs), len(found))
    return found


def corrupted(pairs: Sequence[Row], verifier: Verifier, seed: int = 0, each: int = 1) -> list[Row]:
    """``each`` different slips a pair at most, refused by the verifier; the same for the same seed."""
    rng = random.Random(seed)
    formulas = [pair for pair in pairs if not pair.is_block]
    slips = [list({slip(pair.typst, rng) for _ in range(each)} - {pair.typst}) for pair in formulas]
    return _refused(formulas, [sorted(some) for some in slips], verifier, "corruption")


def slip(typst: str, rng: random.Random) -> str:
    """``typst`` with one thing wrong, as a small model slips: lost, doubled, swapped, spelt out, cut off."""
    tokens = split(typst)
    solid = [place for place, (kind, _) in enumerate(tokens) if kind != "space"]
    if not solid:
        return typst
    place = rng.choice(solid)
    _, text = tokens[place]
    way = rng.random()
    if way < 0.30:
        swaps = [at for at in solid if tokens[at][1] in _SWAPS]
        if swaps:
            place = rng.choice(swaps)
            tokens[place] = ("other", _SWAPS[tokens[place][1]])
        else:
            del tokens[place]
    elif way < 0.60:
        del tokens[place]
    elif way < 0.70:
        tokens.insert(place, ("other", text + " "))
    elif way < 0.80 and len(solid) > 1:
        other = rng.choice(solid)
        tokens[place], tokens[other] = tokens[other], tokens[place]
    elif way < 0.90:
        del tokens[place + 1 :]  # stopped too early
    else:
        span = tokens[max(0, place - 8) : place + 1]
        tokens[place + 1 : place + 1] = [("space", " "), *span]  # said twice
    return join(tokens).strip()


def _refused(
    pairs: Sequence[Row], candidates: Sequence[Sequence[str]], verifier: Verifier, source: str
) -> list[Row]:
    flat = [
        (pair, text.strip()) for pair, some in zip(pairs, candidates, strict=True) for text in some if text
    ]
    verdicts = verifier.verify([_unit(pair) for pair, _ in flat], [text for _, text in flat])
    found = []
    for (pair, text), verdict in zip(flat, verdicts, strict=True):
        words = complaint(verdict)
        if not verdict.proved and words and text and text != pair.typst:
            meta = {**pair.meta, REFUSED: text, COMPLAINT: words, "task": "repair", "refused_from": source}
            found.append(replace(pair, meta=meta))
    return found


def _distinct(rows: Sequence[Row]) -> list[Row]:
    found: dict[object, Row] = {}
    for row in rows:
        found.setdefault((row.latex, row.display, row.meta[REFUSED]), row)
    return list(found.values())


def _unit(pair: Row) -> Unit:
    return Unit(UnitKind.FORMULA, pair.latex, display=pair.display)
