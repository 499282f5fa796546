"""How lists are numbered and marked: enumitem's ``label=`` and ``ref=``, the short forms of enumerate."""

import re
from dataclasses import dataclass

from typlora.convert.document.builder import Builder
from typlora.convert.document.context import Context, NumberFormat, in_style
from typlora.convert.document.inline import string
from typlora.convert.document.nodes import Node
from typlora.convert.document.pieces import Pieces, is_empty
from typlora.convert.document.slices import inline_slice

_STYLES = {"arabic": "1", "alph": "a", "Alph": "A", "roman": "i", "Roman": "I"}
_VALUE = r"(\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|[^,]*)"


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before the items of a numbered list, and what ``\\ref`` prints where that differs.

    ``joined``: references have the numbers of the items around in front, as LaTeX's own (``1(a)i``).
    """

    format: NumberFormat
    ref: NumberFormat | None = None
    joined: bool = False

    def show(self, number: int) -> str:
        """The label of an item."""
        return self.format.show(number)

    def reference(self, number: int) -> str:
        """What a reference to the item prints."""
        return (self.ref or self.format).show(number)

    def below(self, outer: str) -> "Label":
        """The same behind the label of the item it stands in (``label*``)."""
        inner = self.format
        return Label(NumberFormat(outer + inner.before, inner.style, inner.after), self.ref)

    def numbering(self) -> str:
        """Typst's ``numbering``: a pattern, or a function where letters would be read as numbers."""
        before, style, after = self.format.before, self.format.style, self.format.after
        if not re.search(r"[1aAiI*]|[^\W_a-zA-Z]", before + after):
            return string(before + style + after)
        parts = [string(before)] if before else []
        parts += [f"numbering({string(style)}, n)", *([string(after)] if after else [])]
        return f"n => {' + '.join(parts)}"


# LaTeX's own labels of the four levels of enumerate; Typst's default is 1. at every level.
LEVELS = [
    Label(NumberFormat(before, style, after), NumberFormat("", style, ""), joined=True)
    for before, style, after in (("", "1", "."), ("(", "a", ")"), ("", "i", "."), ("", "A", "."))
]


def read_label(options: str, *, enumitem: bool) -> tuple[Label | None, int]:
    """The label and the first number that the optional argument of a list gives. With ``enumitem`` references
    print short labels as they are, with other packages the number alone."""
    start = int(found[1]) if (found := re.search(r"start\s*=\s*(\d+)", options)) else 1
    given = re.search(rf"label\*?\s*=\s*{_VALUE}", options)
    if given is None:
        if not options or "=" in options:
            return None, start
        return _short(options, enumitem), start
    format_ = _format(given[1])
    if format_ is None:
        return None, start
    ref = re.search(rf"(?<![a-z])ref\s*=\s*{_VALUE}", options)
    return Label(format_, _format(ref[1]) if ref else None), start


def at_level(options: str, level: int) -> str:
    """Options of a list of the author's own (``\\newlist``) for one of its levels."""
    for found in reversed(list(re.finditer(rf",?\s*level([1-4])\s*=\s*{_VALUE}", options))):
        if int(found[1]) == level:
            return found[2][1:-1]
        options = options[: found.start()] + options[found.end() :]
    return options


def with_numbers(context: Context, options: str) -> str:
    """Options of a list with the numbers of other counters (``\\thesection.\\arabic*``) as they stand now."""

    def number(found: re.Match[str]) -> str:
        name = found[1] or found[3]
        if name not in context.counters.values or name.startswith("enum"):
            return found[0]
        if found[1]:
            return context.counters.show(name)
        return in_style(_STYLES[found[2]], context.counters.values[name])

    return re.sub(r"\\the([a-z]+)|\\(arabic|alph|Alph|roman|Roman)\s*\{([a-z]+)\}", number, options)


def _format(latex: str) -> NumberFormat | None:
    """``(A\\arabic*)`` as text around a number."""
    found = re.search(r"\\(arabic|alph|Alph|roman|Roman)\s*(?:\*|\{\w*\})?", latex)
    if found is None:
        return None
    return NumberFormat(_plain(latex[: found.start()]), _STYLES[found[1]], _plain(latex[found.end() :]))


def _short(options: str, enumitem: bool) -> Label | None:
    """``[(a)]``, ``[Step 1.]``; letters in braces are text (``[{Case} i]``)."""
    masked = re.sub(r"\{[^{}]*\}|\\[A-Za-z]+", lambda group: "\0" * len(group[0]), options)
    found = re.search(r"(?<![A-Za-z])[1aAiI](?![A-Za-z])|1", masked)
    if found is None:
        return None
    before, after = options[: found.start()], options[found.end() :]
    shown = NumberFormat(_plain(before), found[0], _plain(after))
    return Label(shown) if enumitem else Label(shown, NumberFormat("", found[0], ""), joined=True)


def before_reference(around: list[tuple[str, str]]) -> str:
    """What LaTeX puts before the number of a nested item; ``around``: the same and the number of each item
    it stands in."""
    numbers = [number for _, number in around]
    if len(around) < 2:
        return "".join(numbers)
    if len(around) == 2:
        return f"{numbers[0]}({numbers[1]})"
    return around[2][0] + numbers[2]


def _plain(latex: str) -> str:
    text = re.sub(r"\\[,;:! ]|~", "\u00a0", latex)
    text = re.sub(r"\\[A-Za-z]+\*?\s*|[{}$\\]", "", text)
    return re.sub(r"\s+", " ", text).lstrip()


def bullet(builder: Builder, node: Node, options: str) -> Pieces | None:
    """What ``label=`` puts before the items of a bullet list; None for the usual bullet."""
    found = re.search(rf"label\s*=\s*{_VALUE}", options)
    latex = found[1].strip() if found else options if "=" not in options and "nosep" not in options else ""
    unseen = "\\" in latex and "$" not in latex  # commands for what the usual bullet is as well
    if not latex or latex == "$\\bullet$" or unseen:
        return None
    start = builder.context.text.find(latex, node.pos)
    latex_end = start + len(latex)
    if latex.startswith("{") and latex.endswith("}"):
        start, latex_end = start + 1, latex_end - 1
    pieces = inline_slice(builder, start, latex_end) if start >= 0 else []
    return None if is_empty(pieces) else pieces
