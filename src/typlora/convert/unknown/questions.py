"""Which stretches of a draft nobody knows, as questions that a model can answer and the verifier can judge.

A question is an unknown environment with all blocks of it, or a paragraph with an odd macro; both may stand
inside of a list, a theorem or a float, which is one block (``regions``). Formulas, references and citations
are taken out: the model sees ``$q_{1}$``, and the proved formula, or what rules made of the reference, comes
back into its answer. A label that shows nothing is left out of the question. What else needs the rest of the
document is never asked: captions, headings and pictures, and labels of what is inside (a numbered theorem),
for their place would be lost.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from typlora.convert.document.nodes import Node, end, is_macro, kind, walk
from typlora.convert.document.nouns import Draft, Loss, Slot
from typlora.convert.document.registry import ENVIRONMENTS
from typlora.convert.kept import raw_inline
from typlora.convert.unknown.readings import Reading, bare_calls, environment, item_command, readings
from typlora.convert.unknown.regions import Held, Region, collapsed, regions
from typlora.tex.parse import parse
from typlora.tex.source import SourceText
from typlora.tex.unit import Span, Unit, UnitKind

LONGEST = (
    500  # characters; blocks it learnt from have 135 tokens at most, and failing at longer ones takes long
)
SEARCHED = 10_000  # characters for the end of an environment
_UNKNOWN = re.compile(r"unknown (?P<what>command|environment) \\?(?P<name>[^\s;]+)")
_NEEDS_DOCUMENT = re.compile(
    r"\\(?:label|[A-Za-z]*[Rr]ef|[A-Za-z]*[Cc]ite[A-Za-z]*|caption\w*|includegraphics|bibitem|bibliography)"
    r"|\\(?:part|chapter|(?:sub)*section|footnotemark|footnotetext|tableofcontents|verb|lstinline|newpage)\b"
)
# Environments that may stand inside a question: they mean the same everywhere.
_PLAIN = frozenset(
    (
        *("itemize", "enumerate", "description", "tabular", "center", "quote", "quotation", "minipage"),
        *("flushleft", "flushright"),
    )
)
# LaTeX's own commands inside tables, which nobody knows outside of them.
_OF_TABLES = frozenset(("hline", "cline", "toprule", "midrule", "bottomrule", "cmidrule", "multicolumn"))
_ANCHOR = re.compile(r"(?<!\\)<[\w.:-]+>|#metadata\(")
_BEGIN = re.compile(r"\\begin\s*\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Question:
    """``unit`` is what nobody knows, formulas taken out, in place of ``blocks`` (indices) of the draft.

    ``slots[n]`` is the formula that ``q_(n + 1)`` stands for, what rules know, or Typst that shows a command
    without words; ``typst`` is what the writers made of it all; ``source`` its LaTeX with the formulas.
    ``region``: where in the one block it is, if it is not all of it.
    """

    unit: Unit
    source: str
    blocks: range
    slots: tuple[Slot | Held | str, ...]
    readings: tuple[Reading, ...]
    typst: str
    names: tuple[str, ...] = ()
    region: Region | None = None

    @property
    def shown(self) -> str:
        """What nobody knew, for people."""
        return ", ".join(self.names)


def questions(draft: Draft) -> list[Question]:
    """All questions of a draft, in order; they share no block but for regions apart from each other."""
    if draft.source is None:
        return []
    unknown = [loss for loss in draft.losses if _UNKNOWN.match(loss.reason)]
    if not unknown:
        return []
    found: list[Question] = []
    taken: set[int] = set()
    for start, stop, blocks in _stretches(draft, draft.source, unknown):
        if taken.isdisjoint(blocks):
            taken.update(blocks)
            if (one := _question(draft, draft.source, start, stop, blocks, unknown)) is not None:
                found.append(one)
    whole = {index for one in found for index in one.blocks}
    behind = (-1, 0)  # up to where the last region with a question reaches
    for region in regions(draft.blocks):
        if region.block in whole or (region.block, region.start) < behind:
            continue
        blocks = range(region.block, region.block + 1)
        one = _question(draft, draft.source, region.start, region.stop, blocks, unknown, region)
        if one is not None:
            found.append(one)
            behind = (region.block, region.stop)
    return sorted(found, key=lambda one: (one.blocks.start, one.region.start if one.region else 0))


def marker(number: int, display: bool) -> str:
    """The LaTeX that stands for formula ``number`` of a question."""
    return f"\\[ q_{{{number}}} \\]" if display else f"$q_{{{number}}}$"


def within(inner: Span, outer: Span) -> bool:
    """Whether a span lies in another one."""
    return (
        inner.file == outer.file
        and (outer.line, outer.column) <= (inner.line, inner.column)
        and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    )


def _stretches(draft: Draft, source: SourceText, unknown: Sequence[Loss]) -> Iterator[tuple[int, int, range]]:
    """Unknown environments, outer ones first, then paragraphs with odd macros: offsets and blocks."""
    environments = {
        (loss.span, match["name"])
        for loss in unknown
        if (match := _UNKNOWN.match(loss.reason)) and match["what"] == "environment"
    }
    names = {name for _, name in environments}
    for begin in _BEGIN.finditer(source.text) if names else ():
        if begin[1] not in names:
            continue
        whole = environment(source.text[begin.start() : begin.start() + SEARCHED], begin[1])
        if whole is None:
            continue
        start, stop = begin.start(), begin.start() + whole.stop
        span = source.span(start, stop)
        if (span, begin[1]) not in environments:
            continue
        inside = [n for n, block in enumerate(draft.blocks) if within(block.unit.span, span)]
        if inside and inside == list(range(inside[0], inside[-1] + 1)):
            yield start, stop, range(inside[0], inside[-1] + 1)
    position = 0
    for index, block in enumerate(draft.blocks):
        at = source.text.find(block.unit.latex, position) if block.unit.latex else -1
        if at < 0 or block.unit.kind is not UnitKind.PARAGRAPH:
            continue
        if source.span(at, at + len(block.unit.latex)) != block.unit.span:
            continue
        position = at
        if any("command" in loss.reason and within(loss.span, block.unit.span) for loss in unknown):
            yield at, at + len(block.unit.latex), range(index, index + 1)


def _question(
    draft: Draft,
    source: SourceText,
    start: int,
    stop: int,
    blocks: range,
    unknown: Sequence[Loss],
    region: Region | None = None,
) -> Question | None:
    """The question about a stretch; None where it cannot be asked or there is nothing to prove."""
    if stop - start > LONGEST:
        return None
    span = source.span(start, stop)
    names = [match for loss in unknown if within(loss.span, span) and (match := _UNKNOWN.match(loss.reason))]
    commands = frozenset(match["name"] for match in names if match["what"] == "command") - _OF_TABLES
    environments = frozenset(match["name"] for match in names if match["what"] == "environment")
    item = item_command(source.text[start:stop], commands, environments)
    bare = tuple(name for name in commands - {item, "item"} if any(bare_calls(source.text[start:stop], name)))
    made = [collapsed(draft.blocks[index].parts) for index in blocks]
    if region is not None:
        made = [collapsed(draft.blocks[region.block].parts[region.first : region.last])]
    parts = _split([part for one in made for part in (*one, "\n\n")], bare)
    shown = set(map(_shown, bare))
    slots = [part for part in parts if not isinstance(part, str) or part in shown]
    if any(isinstance(part, str) and part not in shown and _ANCHOR.search(part) for part in parts):
        return None
    masked = _masked(draft, source, start, stop, slots)
    if masked is None or _NEEDS_DOCUMENT.search(masked) or "q_" in source.text[start:stop]:
        return None
    known = set(_BEGIN.findall(masked)) - environments
    if not known <= _PLAIN:
        return None
    meant = readings(masked, commands, environments)
    if not meant:
        return None
    typst, number = "", 0
    for part in parts:
        if isinstance(part, str) and part not in slots:
            typst += part
        else:
            number += 1
            typst += f"{part.before}q_{number}{part.after}" if isinstance(part, Slot) else f"$q_{number}$"
    names_shown = dict.fromkeys(
        match["name"] if match["what"] == "environment" else f"\\{match['name']}" for match in names
    )
    kinds = Counter(draft.blocks[index].unit.kind for index in blocks)
    unit = Unit(kinds.most_common(1)[0][0], masked, span)
    latex, told = source.text[start:stop], tuple(names_shown)
    return Question(unit, latex, blocks, tuple(slots), meant, typst.strip(), told, region)


def _shown(name: str) -> str:
    """How the writers show a command that nobody knows."""
    return raw_inline(f"\\{name}")


def _split(parts: Sequence[Slot | Held | str], bare: Sequence[str]) -> list[Slot | Held | str]:
    """Parts with each shown command as one of its own."""
    if not bare:
        return list(parts)
    cut = re.compile("(" + "|".join(re.escape(_shown(name)) for name in bare) + ")")
    return [
        piece
        for part in parts
        for piece in (cut.split(part) if isinstance(part, str) else [part])
        if not isinstance(piece, str) or piece
    ]


def _masked(
    draft: Draft, source: SourceText, start: int, stop: int, slots: Sequence[Slot | Held | str]
) -> str | None:
    """The LaTeX with a marker for each slot, and without labels that show nothing; None where the slots
    cannot be matched with what stands there."""
    some = source.slice(start, stop)
    waiting = list(enumerate(slots, 1))
    cuts: list[tuple[int, int, str]] = []
    behind = 0
    for node in walk(parse(some).nodes):
        if node.pos < behind:
            continue
        number, slot = waiting[0] if waiting else (0, "")
        display = False
        if isinstance(slot, Held) and slot.start - start == node.pos:
            last = slot.stop - start
        elif is_macro(node, "label"):
            behind = end(node)
            cuts.append((node.pos, behind, ""))
            continue
        elif isinstance(slot, str):
            last = node.pos + len(getattr(node, "macroname", "")) + 1
            if not (is_macro(node) and slot == _shown(node.macroname)):
                continue
        elif isinstance(slot, Slot):
            unit = draft.formulas[slot.formula]
            last = end(node)
            if not (_may_be_formula(node) and some.span(node.pos, last) == unit.span):
                continue
            display = unit.display
        else:
            continue
        waiting.pop(0)
        behind = last
        cuts.append((node.pos, last, marker(number, display)))
    if waiting:
        return None
    text = some.text
    for first, last, mark in reversed(cuts):
        text = text[:first] + mark + text[last:]
    return text


def _may_be_formula(node: Node) -> bool:
    what = kind(node)
    return what == "math" or (what == "environment" and node.environmentname in ENVIRONMENTS)
