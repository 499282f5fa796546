"""LaTeX lengths as Typst writes them."""

import re


def length(latex: str) -> str:
    """A LaTeX length as Typst writes it; ``auto`` for what only TeX knows."""
    latex = latex.strip()
    found = re.fullmatch(r"(-?\d*\.?\d+)\s*(pt|em|ex|cm|mm|in|bp|pc)", latex)
    if found:
        number, unit = float(found[1]), found[2]
        factor, unit = {"ex": (0.45, "em"), "bp": (1.0, "pt"), "pc": (12.0, "pt")}.get(unit, (1.0, unit))
        return f"{round(number * factor, 3):g}{unit}"
    found = re.fullmatch(r"(\d*\.?\d*)\s*\\(?:textwidth|linewidth|columnwidth|hsize|paperwidth)", latex)
    if found:
        return f"{round(float(found[1] or 1) * 100, 2):g}%"
    found = re.fullmatch(r"\\dimexpr\s*(\d*\.?\d*)\s*\\(?:textwidth|linewidth|columnwidth).*", latex, re.S)
    if found:
        return f"{round(float(found[1] or 1) * 100, 2):g}%"
    return "auto"
