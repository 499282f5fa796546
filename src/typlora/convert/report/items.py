"""The report as values; the terminal table, the JSON and the page are three ways to show them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from typlora.convert.conversion import Conversion
from typlora.convert.settling import KEPT
from typlora.convert.silence import Checked
from typlora.tex.unit import Span
from typlora.verify.verdict import Outcome


class Status(StrEnum):
    """How a unit came out, worst first.

    ``REPORTED``: a part of the structure that is not in the output as it was meant. ``KEPT``: the LaTeX
    stands visibly in the output. ``DIFFERENT`` and ``UNPROVED``: Typst that compiles but differs from its
    reference, or has none. ``DRAWN``: LaTeX's own picture of it is in the output, which shows a reader the
    same and cannot be edited. ``PROVED``: equal.
    """

    REPORTED = "reported"
    KEPT = "kept"
    DIFFERENT = "different"
    UNPROVED = "unproved"
    DRAWN = "drawn"
    PROVED = "proved"


CHECK = "check"  # provenance of what the check for lost words found
ORDER = {status: place for place, status in enumerate(Status)}


@dataclass(frozen=True, slots=True)
class Item:
    """One unit, or one loss. ``typst`` of a formula is the inside of ``$...$``."""

    kind: str
    status: Status
    span: Span
    latex: str
    typst: str = ""
    display: bool = False
    engine: str = ""
    note: str = ""
    differences: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def is_loss(self) -> bool:
        """Whether a person should look at it: a reader of the output may see something else."""
        return self.status not in {Status.PROVED, Status.DRAWN}


@dataclass(frozen=True, slots=True)
class Document:
    """What became of one input. ``items`` worst first, then in the order of the source.

    ``words`` of the LaTeX were looked for in the output and ``missing`` of them not found, beyond what is
    reported; None where the check could not be made.
    """

    source: str
    output: str
    items: tuple[Item, ...]
    seconds: float
    notes: tuple[str, ...] = ()
    words: int | None = None
    missing: int = 0

    def counts(self) -> dict[Status, int]:
        """Units by status; every status is there."""
        found = Counter(item.status for item in self.items)
        return {status: found[status] for status in Status}

    def engines(self) -> dict[str, int]:
        """Units by what converted them, the busiest first."""
        found = Counter(item.engine for item in self.items if item.engine not in {"", CHECK})
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))

    def losses(self) -> tuple[Item, ...]:
        """Everything that is neither proved nor drawn by LaTeX, worst first."""
        return tuple(item for item in self.items if item.is_loss)

    def told(self) -> tuple[Item, ...]:
        """Everything that the report names with a reason: losses, and pictures drawn by LaTeX."""
        return tuple(item for item in self.items if item.status is not Status.PROVED)


@dataclass(frozen=True, slots=True)
class Report:
    """One run of ``typlora convert``."""

    documents: tuple[Document, ...]
    typlora: str
    typst: str
    engine: str
    seconds: float

    def losses(self) -> int:
        """How many items of all documents are neither proved nor drawn by LaTeX."""
        return sum(len(document.losses()) for document in self.documents)


def status_of(conversion: Conversion) -> Status:
    """The status of a unit from its chosen candidate and verdict."""
    if conversion.provenance == KEPT:
        return Status.KEPT
    if conversion.verdict.proved:
        return Status.PROVED
    return Status.DIFFERENT if conversion.verdict.outcome is Outcome.DIFFERENT else Status.UNPROVED


def item_of(conversion: Conversion) -> Item:
    """The report's line for one unit."""
    unit = conversion.unit
    return Item(
        kind=str(unit.kind),
        status=status_of(conversion),
        span=unit.span,
        latex=unit.latex,
        typst=conversion.typst,
        display=unit.display,
        engine=conversion.provenance,
        note=conversion.note,
        differences=conversion.verdict.differences,
        seconds=conversion.seconds,
    )


def loss_item(span: Span, latex: str, reason: str, drawn: bool = False) -> Item:
    """The report's line for something that is not in the output as Typst."""
    return Item("structure", Status.DRAWN if drawn else Status.REPORTED, span, latex, note=reason)


def word_items(checked: Checked) -> list[Item]:
    """Words that are in the LaTeX, not in the output, and in no loss that was reported."""
    return [
        Item(
            "words",
            Status.REPORTED,
            finding.span,
            finding.latex,
            engine=CHECK,
            note=finding.reason,
            differences=finding.words,
        )
        for finding in checked.findings
    ]


def build(
    source: str,
    output: str,
    conversions: Iterable[Conversion],
    losses: Iterable[Item],
    seconds: float,
    notes: Sequence[str] = (),
    checked: Checked | None = None,
) -> Document:
    """Sort everything worst first; within a status in the order of the source."""
    items = [*losses, *(item_of(conversion) for conversion in conversions)]
    items += word_items(checked) if checked is not None else []
    items.sort(key=lambda item: (ORDER[item.status], item.span.file, item.span.line, item.span.column))
    words, missing = (checked.words, checked.missing) if checked is not None else (None, 0)
    return Document(source, output, tuple(items), seconds, tuple(notes), words, missing)
