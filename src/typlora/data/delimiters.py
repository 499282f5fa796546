"""Delimiters of a formula on both sides of a row: put on for a file, taken off for a ``Row``."""

import re

FORMULA = "formula"
BLOCK = "block"

# Environments that stand alone in a document: a formula that is one of them needs no \[ \].
DISPLAY_ENVIRONMENTS = frozenset(
    f"{name}{star}"
    for name in ("align", "gather", "multline", "flalign", "alignat", "eqnarray", "xalignat")
    for star in ("", "*")
)
_ENVIRONMENT = re.compile(r"\A\\begin\s*\{([a-zA-Z]+\*?)\}(.*)\\end\s*\{\1\}\Z", re.DOTALL)
_PLAIN_ENVIRONMENTS = frozenset({"equation", "equation*", "displaymath", "math"})
_DELIMITERS = (("\\[", "\\]", True), ("\\(", "\\)", False), ("$$", "$$", True), ("$", "$", False))


def wrap_latex(latex: str, display: bool) -> str:
    """A formula's LaTeX with the delimiters it has in a document."""
    if not display:
        return f"${latex}{' ' if _escapes_next(latex) else ''}$"
    found = _ENVIRONMENT.match(latex)
    if (
        found
        and found.group(1) in DISPLAY_ENVIRONMENTS
        and f"\\end{{{found.group(1)}}}" not in found.group(2)
    ):
        return latex
    return f"\\[{latex}\\]"


def wrap_typst(typst: str, display: bool) -> str:
    """A formula's Typst as an equation; a last backslash is kept from escaping the dollar."""
    guard = " " if _escapes_next(typst) else ""
    return f"$ {typst} $" if display else f"${typst}{guard}$"


def unwrap_latex(content: str) -> tuple[str, bool, str]:
    """LaTeX inside, displayed or not, and kind: the whole content is one formula, or it is a block."""
    for opening, closing, display in (("\\[", "\\]", True), ("\\(", "\\)", False)):
        if content.startswith(opening) and content.endswith(closing) and len(content) >= 4:
            inside = content[2:-2]
            if opening not in inside.replace("\\\\", "  ") and closing not in inside.replace("\\\\", "  "):
                return inside.strip(), display, FORMULA
            return content, False, BLOCK
    for mark, display in (("$$", True), ("$", False)):
        if content.startswith(mark) and content.endswith(mark) and len(content) > 2 * len(mark):
            inside = content[len(mark) : -len(mark)]
            if not _bare_dollar(inside) and not inside.endswith("\\"):
                return inside.strip(), display, FORMULA
            return content, False, BLOCK
    if (found := _ENVIRONMENT.match(content)) and f"\\end{{{found.group(1)}}}" not in found.group(2):
        if found.group(1) in DISPLAY_ENVIRONMENTS:
            return content, True, FORMULA
        if found.group(1) in _PLAIN_ENVIRONMENTS:
            return found.group(2).strip(), found.group(1) != "math", FORMULA
    return content, False, BLOCK


def unwrap_typst(content: str) -> str:
    """The inside of ``$...$``; content without dollars is taken to be the inside already."""
    if len(content) >= 2 and content.startswith("$") and content.endswith("$"):
        return content[1:-1].strip()
    return content


def _escapes_next(text: str) -> bool:
    """Whether a character put after ``text`` would be escaped by its last backslash."""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _bare_dollar(latex: str) -> bool:
    """A dollar outside braces: two formulas with text between them, not one formula with ``\\text{$x$}``."""
    depth = 0
    escaped = False
    for character in latex:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
        elif character == "$" and depth <= 0:
            return True
    return False


def unwrap_formula(content: str, display: bool) -> tuple[str, bool]:
    """The inside of what is known to be a formula, and ``display`` unless its delimiters say it."""
    for opening, closing, displayed in _DELIMITERS:
        if (
            content.startswith(opening)
            and content.endswith(closing)
            and len(content) >= len(opening + closing)
        ):
            return content[len(opening) : -len(closing)].strip(), displayed
    latex, displayed, kind = unwrap_latex(content)
    return (latex, displayed) if kind == FORMULA else (content, display)
