"""Compare the formulas inside blocks with the formula verifier's own canonical form."""

from typlora.verify.blocks.model import Formula


def same_formula(reference: Formula, candidate: Formula) -> bool | None:
    """None where one of the two has no canonical form."""
    left = _tokens(reference.tree, reference.display)
    right = _tokens(candidate.tree, candidate.display)
    if left is None or right is None:
        return None
    from typlora.verify.compare import same

    return same(left, right)


def _tokens(mathml: str, display: bool) -> tuple[str, ...] | None:
    import lxml.html

    from typlora.verify.mathml import read_math
    from typlora.verify.tree import TooDeep, tokens

    if not mathml:
        return None
    math = next(iter(lxml.html.fromstring(mathml).iter("math")), None)
    if math is None:
        return None
    try:
        return tokens(read_math(math))
    except TooDeep:
        return None
