"""Labels of an assembled document that are missing or doubled, mended in the Typst of its blocks."""

import re
from collections.abc import Sequence

from typlora.convert import dangling
from typlora.convert.conversion import Conversion
from typlora.convert.draft import Block, Loss, Slot
from typlora.convert.owned_text import Text
from typlora.convert.settling import first_line

_LABEL = re.compile(r"label `<(?P<label>[^>]+)>` (?P<what>does not exist|occurs multiple times)")
DEFINED = re.compile(r"(?<!ref\()<([\w:.-]+)>")
_REFERENCE_FAULT = re.compile(r"cannot reference|does not have a|no default numbering|without numbering")


def missing_label(error: str) -> bool:
    """Whether the compiler says that a label does not exist."""
    return bool(_LABEL.search(error)) and "does not exist" in error


class Labels:
    """Works on the lists of an assembly: ``blocks`` and ``losses`` change, ``raw`` blocks are let be."""

    def __init__(
        self, blocks: list[Block], conversions: Sequence[Conversion], losses: list[Loss], raw: set[int]
    ) -> None:
        self._blocks = blocks
        self._conversions = conversions
        self._losses = losses
        self._raw = raw

    def mend(self, text: Text, error: str, line: int | None) -> bool:
        """Missing and doubled labels: show the reference as LaTeX, take the later label away."""
        match = _LABEL.search(error)
        label = match["label"] if match else ""
        if match and match["what"] == "occurs multiple times":
            return self._drop_later_labels(label)
        if not match and not _REFERENCE_FAULT.search(error):
            return False
        changed = False
        for index in {block for block, _ in text.owners(line) if block >= 0 and block not in self._raw}:
            changed |= self._show_in(index, label, error)
        for name in dangling.without_target("".join(text.parts)) | {label} if label else ():
            changed |= self.show(name)
        return changed

    def show(self, label: str) -> bool:
        """All references to ``label`` become visible at once: each would cost a compile of the whole."""
        changed = False
        for index in range(len(self._blocks)):
            error = f"label `<{label}>` does not exist in the document"
            changed |= index not in self._raw and self._show_in(index, label, error)
        return changed

    def _show_in(self, index: int, label: str, error: str) -> bool:
        """References of one block (to ``label``, or all of them) become visible placeholders."""
        block = self._blocks[index]
        parts = tuple(dangling.shown(part, label) if isinstance(part, str) else part for part in block.parts)
        if parts == block.parts:
            return False
        self._blocks[index] = Block(block.unit, parts, block.note)
        self._losses.append(
            Loss(block.unit.span, f"\\ref{{{label}}}", f"reference shown as LaTeX: {first_line(error)}")
        )
        return True

    def _drop_later_labels(self, label: str) -> bool:
        tag = f"<{label}>"
        seen = changed = False
        for index, block in enumerate(self._blocks):
            parts: list[str | Slot] = []
            for part in block.parts:
                if isinstance(part, Slot):
                    seen = seen or label in self._conversions[part.formula].unit.labels
                elif tag in part and not part.strip().startswith("#ref"):
                    head, _, tail = part.partition(tag)
                    part = part.replace(tag, "") if seen else head + tag + tail.replace(tag, "")
                    seen = True
                parts.append(part)
            if tuple(parts) != block.parts:
                self._blocks[index] = Block(block.unit, tuple(parts), block.note)
                self._losses.append(
                    Loss(block.unit.span, f"\\label{{{label}}}", "this label occurs more than once")
                )
                changed = True
        return changed
