"""The picture check agrees with what is plain to see. Needs TeX, and is left out where there is none."""

from collections.abc import Iterator

import pytest

from typlora.evaluate.glyphs import Glyph
from typlora.evaluate.picture import Opinion, compare, compare_pictures, has_tex
from typlora.verify.compiler import CompilerPool


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    with CompilerPool(1) as opened:
        yield opened


def glyph(char: str, x: float, y: float = 0.0, size: float = 1.0, style: str = "i") -> Glyph:
    return Glyph(char, style, x, y, size)


def test_compare() -> None:
    left = [glyph("x", 0), glyph("2", 0.6, 0.4, 0.7, "")]
    assert compare(left, [glyph("x", 5), glyph("2", 5.55, 0.45, 0.7, "")]).opinion is Opinion.SAME
    assert compare(left, [glyph("x", 0), glyph("3", 0.6, 0.4, 0.7, "")]).opinion is Opinion.GLYPHS
    assert compare(left, [glyph("x", 0, style="b"), left[1]]).opinion is Opinion.GLYPHS
    assert compare(left, [glyph("x", 0), glyph("2", 0.6, 0.4, 1.0, "")]).opinion is Opinion.PLACES
    assert compare(left, [glyph("x", 0), glyph("2", 0.6, -0.3, 0.7, "")]).opinion is Opinion.PLACES
    assert compare("no TeX", left).opinion is Opinion.UNREADABLE
    assert compare([], []).opinion is Opinion.SAME


@pytest.mark.skipif(not has_tex(), reason="TeX is not installed")
def test_typeset(pool: CompilerPool) -> None:
    pairs = {
        (r"x_1 \le \frac{a}{b}", False, "x_1 <= a/b"): Opinion.SAME,
        (r"\sum_{i=1}^n \mathbb{E}[X_i] \neq 0", True, "sum_(i=1)^n EE[X_i] != 0"): Opinion.SAME,
        (r"\mathcal{F} \to \mathbf{v}", False, "cal(F) -> upright(bold(v))"): Opinion.SAME,
        (r"x^2", False, "x_2"): Opinion.PLACES,
        (r"\sum_{i}^n i", True, "sum_i^n j"): Opinion.GLYPHS,
        (r"\sum_{i}^n i", True, "scripts(sum)_i^n i"): Opinion.PLACES,
        (r"\mathbf{x}", False, "x"): Opinion.GLYPHS,
        (r"\nosuchcommand", False, "x"): Opinion.UNREADABLE,
        (r"y", False, "nosuchname"): Opinion.UNREADABLE,
        (r"z", False, "z"): Opinion.SAME,
    }
    found = compare_pictures(list(pairs), pool)
    assert {pair: picture.opinion for pair, picture in zip(pairs, found, strict=True)} == pairs
