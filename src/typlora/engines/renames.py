"""What Typst 0.15 renamed or removed, applied to maths written for an older version.

Found by compiling every symbol name that tylax 0.3.8 and pandoc 3.9 carry with the pinned compiler;
the new names are those of the same code point.
"""

from typlora.engines import typst_tokens

RENAMED = {
    "sect": "inter",
    "diff": "partial",
    "angle.l": "chevron.l",
    "angle.r": "chevron.r",
    "angle.l.double": "chevron.l.double",
    "angle.r.double": "chevron.r.double",
    "angle.l.curly": "chevron.l.curly",
    "angle.r.curly": "chevron.r.curly",
    "angle.l.dot": "chevron.l.dot",
    "angle.r.dot": "chevron.r.dot",
    "angle.right.sq": "angle.right.square",
    "angle.spheric.top": "angle.spheric.t",
    "angle.oblique": "⦦",
    "planck.reduce": "planck",
    "ast.circle": "ast.o",
    "ast.box": "ast.square",
    "star.box": "⧆",
    "brace.l.double": "brace.l.stroked",
    "brace.r.double": "brace.r.stroked",
    "bracket.l.double": "bracket.l.stroked",
    "bracket.r.double": "bracket.r.stroked",
    "paren.l.double": "paren.l.stroked",
    "paren.r.double": "paren.r.stroked",
}
"""Whole names."""

_HEADS = {"sect": "inter"}
_MODIFIERS = {"circle": "o", "sect": "inter", "black": "filled", "white": "stroked"}
_HINTS = ("sect", "diff", "angle", "circle", "planck", "box", "double", "black", "white")


def modernise(typst: str) -> str:
    """``typst`` (inside of ``$...$``) with removed names replaced; strings and text stay as they are."""
    if not any(hint in typst for hint in _HINTS):
        return typst
    return typst_tokens.join(
        [(kind, _rename(text) if kind == "name" else text) for kind, text in typst_tokens.split(typst)]
    )


def _rename(name: str) -> str:
    if name in RENAMED:
        return RENAMED[name]
    head, *modifiers = name.split(".")
    if not modifiers:
        return name
    return ".".join([_HEADS.get(head, head), *(_MODIFIERS.get(part, part) for part in modifiers)])
