"""TeX lengths in Typst's units."""

import re
from collections.abc import Sequence

_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*(?:true\s*)?(pt|em|ex|cm|mm|in|bp|mu|pc|sp|dd)")
_UNITS = {  # factor and unit of Typst
    "pt": (1, "pt"),
    "bp": (1, "pt"),
    "em": (1, "em"),
    "ex": (0.45, "em"),
    "cm": (1, "cm"),
    "mm": (1, "mm"),
    "in": (1, "in"),
    "mu": (1 / 18, "em"),
    "pc": (12, "pt"),
    "sp": (1 / 65536, "pt"),
    "dd": (1.07, "pt"),
}


def typst(length: str) -> str | None:
    """``2.5ex`` as ``1.125em``; empty for no length at all; ``None`` for what Typst cannot say."""
    found = _LENGTH.match(length)
    if found is None:
        return None
    factor, unit = _UNITS[found.group(2)]
    value = float(found.group(1)) * factor
    return f"{value:.4g}{unit}" if value else ""


def read(tokens: Sequence[str], at: int) -> tuple[str | None, int]:
    """The length that starts at ``at``, as after ``\\kern``, with stretch and shrink skipped."""
    rest = "".join(tokens[at : at + 40])
    found = re.match(rf"{_LENGTH.pattern}(?:\s*(?:plus|minus)\s*[\d.]+\s*\w\w)*\s?", rest)
    if found is None:
        return None, at
    used, after = 0, at
    while used < found.end():
        used += len(tokens[after])
        after += 1
    return typst(found.group()), after
