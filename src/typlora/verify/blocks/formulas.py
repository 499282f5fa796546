"""Compare the formulas inside blocks with the formula verifier's own canonical form."""

import re
from collections.abc import Sequence

from typlora.verify.blocks.model import Formula

# Numbering is compared as labels, not as part of the picture.
_NUMBERING = re.compile(r"\\label\s*\{[^{}]*\}|\\(?:nonumber|notag)\b")


def same_formula(reference: Formula, candidate: Formula) -> bool | None:
    """None where the LaTeX has no canonical form."""
    from typlora.verify.compare import same

    left = latex_tokens(reference)
    if left is None:
        return None
    right = typst_tokens(candidate)
    return right is not None and same(left, right)


def latex_tokens(formula: Formula) -> tuple[str, ...] | None:
    """Canonical tokens of the LaTeX, or None where it has constructs without one."""
    from typlora.verify.formula import reference

    return reference(_NUMBERING.sub("", formula.tex).strip(), formula.display)[0]


def typst_tokens(formula: Formula) -> tuple[str, ...] | None:
    """Canonical tokens of the MathML that Typst wrote."""
    import lxml.html

    from typlora.verify.mathml import read_math
    from typlora.verify.tree import TooDeepError, tokens

    math = next(iter(lxml.html.fromstring(formula.tree).iter("math")), None)
    if math is None:
        return None
    try:
        return tokens(read_math(math))
    except (TooDeepError, RecursionError):
        return None


def like(reference: Sequence[tuple[str, ...]], candidate: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The candidates, each as the reference writes it where that leaves a choice (``\\dots`` at either
    height), so that the two sequences can be aligned by equality."""
    from typlora.verify.compare import same

    exact = set(reference)
    by_length: dict[int, list[tuple[str, ...]]] = {}
    for tokens in exact:
        by_length.setdefault(len(tokens), []).append(tokens)
    found: list[tuple[str, ...]] = []
    for tokens in candidate:
        choices = [] if tokens in exact else by_length.get(len(tokens), [])
        found.append(next((choice for choice in choices if same(choice, tokens)), tokens))
    return found
