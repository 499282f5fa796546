"""Ask the model about what nobody knows, and take the answers that are proved to lose nothing."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from typlora.convert.conversion import Conversion
from typlora.convert.document.nouns import Block, Draft, Loss, Slot
from typlora.convert.settling import KEPT
from typlora.convert.unknown.judge import BlockJudge
from typlora.convert.unknown.questions import Question, questions, within
from typlora.convert.unknown.regions import Held, put
from typlora.tex.unit import Unit
from typlora.verify.compiler import CompilerPool
from typlora.verify.verdict import Outcome, Verdict

MOST = 64  # questions a document: a model of 135M parameters takes a second or two for each
_MARKER = re.compile(r"\$(\s*)q_(?:\(\s*)?(\d+)\s*\)?\s*\$")
_UNKNOWN = "unknown "  # how the losses begin that an answer makes good


@dataclass(frozen=True, slots=True)
class Asked:
    """``units`` go to the engines, two for a question: as it stands, then in its likeliest reading.

    ``judge`` is their verifier, ``salt`` what its verdicts depend on besides the unit.
    """

    questions: tuple[Question, ...]
    units: tuple[Unit, ...]
    judge: BlockJudge
    salt: str
    left_out: int = 0

    @property
    def note(self) -> str:
        """What a report should tell of it; empty where there is nothing to tell."""
        return (
            f"{self.left_out} unknown blocks beyond the first {MOST} were not asked" if self.left_out else ""
        )


def ask(draft: Draft, pool: CompilerPool) -> Asked:
    """What of the draft to ask a model: unknown blocks whose Typst by the writers is equal to no reading."""
    found = questions(draft)
    salt = hashlib.sha256(draft.preamble.encode("utf-8", "replace")).hexdigest()[:16]
    judge = BlockJudge(pool, draft.preamble, {one.unit.latex: one.readings for one in found})
    made = judge.compare([one.unit for one in found], [one.typst for one in found])
    open_ones = [one for one, verdict in zip(found, made, strict=True) if not accepted(verdict)]
    some = tuple(open_ones[:MOST])
    units = tuple(unit for one in some for unit in (one.unit, _as_read(one)))
    return Asked(some, units, judge, salt, len(open_ones) - len(some))


def accepted(verdict: Verdict) -> bool:
    """Whether nothing is lost: equal to the LaTeX or to one of its readings."""
    return verdict.compiles and verdict.outcome in (Outcome.EQUAL, Outcome.UNKNOWN)


def place(draft: Draft, asked: Asked, answers: Sequence[Conversion]) -> tuple[Draft, list[Conversion]]:
    """The draft with the answers that lose nothing, and a conversion for each of those.

    ``answers[i]`` belongs to ``asked.units[i]``. What an answer does not show of the LaTeX (options) is a
    loss; where no answer is accepted all stays as it was.
    """
    blocks: list[Block | None] = list(draft.blocks)
    losses = list(draft.losses)
    taken: list[Conversion] = []
    for number, question in reversed(list(enumerate(asked.questions))):  # what is behind moves with an answer
        for answer, read in ((answers[2 * number], False), (answers[2 * number + 1], True)):
            parts = _parts(question, answer)
            if parts is None:
                continue
            what, dropped = _meaning(question, answer, read)
            span = question.unit.span
            unit = Unit(question.unit.kind, question.source, span)
            _fill(blocks, question, unit, parts)
            losses = [one for one in losses if not _made_good(one, question)]
            reason = f"an option of {question.shown} that the output does not show"
            losses += [Loss(span, one, reason) for one in dropped]
            taken.append(_told(question, answer, unit, what))
            break
    kept = tuple(block for block in blocks if block is not None)
    return replace(draft, blocks=kept, losses=tuple(losses)), taken[::-1]


def _fill(blocks: list[Block | None], question: Question, unit: Unit, parts: tuple[str | Slot, ...]) -> None:
    """Put an answer in the place of its blocks, or of its region in a block."""
    first = question.blocks.start
    if question.region is not None and (block := blocks[first]) is not None:
        blocks[first] = put(block, question.region, parts)
        return
    for index in question.blocks:
        blocks[index] = None
    blocks[first] = Block(unit, parts)


def _made_good(loss: Loss, question: Question) -> bool:
    """Whether the answer takes the place of what was reported; a command that is still shown stays so."""
    if not (loss.reason.startswith(_UNKNOWN) and within(loss.span, question.unit.span)):
        return False
    return not any(isinstance(slot, str) and f"`{loss.latex}`" == slot for slot in question.slots)


def _as_read(question: Question) -> Unit:
    return replace(question.unit, latex=question.readings[0].latex)


def _parts(question: Question, answer: Conversion) -> tuple[str | Slot, ...] | None:
    """The answer with the document's own formulas; None where it is not accepted or they do not fit."""
    if answer.provenance == KEPT or not accepted(answer.verdict):
        return None
    parts: list[str | Slot] = []
    position, seen = 0, []
    text = answer.typst.strip()
    for mark in _MARKER.finditer(text):
        number = int(mark[2])
        seen.append(number)
        if not 1 <= number <= len(question.slots):
            return None
        slot = question.slots[number - 1]
        put_back = slot.before(text[mark.end() :]) if isinstance(slot, Held) else (slot,)
        parts += [text[position : mark.start()], *put_back]
        position = mark.end()
    parts.append(text[position:])
    return tuple(parts) if seen == list(range(1, len(question.slots) + 1)) else None


def _meaning(question: Question, answer: Conversion, read: bool) -> tuple[str, tuple[str, ...]]:
    """As what the block was read, and the options that this leaves out."""
    if read:
        return question.readings[0].what, question.readings[0].dropped
    if answer.verdict.outcome is Outcome.EQUAL:
        return "", ()
    what, *dropped = answer.verdict.differences
    return what, tuple(dropped)


def _told(question: Question, answer: Conversion, unit: Unit, what: str) -> Conversion:
    if not what:
        return replace(answer, unit=unit)
    note = (
        f"a model wrote this block, {what}: all its words and formulas are there in order and nothing else; "
        f"what {question.shown} means is not known"
    )
    return replace(answer, unit=unit, verdict=Verdict(True, Outcome.UNKNOWN, (note,)), note=note)
