"""Cutting formulas: what the parts are, that they fit together again, and that nothing foreign breaks it."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.convert.fakes import formula
from typlora.convert.cascade import Cascade
from typlora.convert.parts.cuts import LONG, cut
from typlora.convert.stack import open_rules
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.formula import FormulaVerifier

EVAL = Path(__file__).resolve().parents[3] / "jsonl" / "eval.jsonl"


def latex_of(text: str, display: bool = True) -> list[str]:
    frame = cut(formula(text, display))
    return [] if frame is None else [part.latex for part in frame.parts]


@pytest.mark.parametrize(
    ("latex", "parts"),
    [
        (r"\begin{align*} a &= bcd \\ e &= f\end{align*}", ["a", "= bcd", "e", "= f"]),
        (r"f(a = b) + gggg = h", ["f(a = b) + gggg", "= h"]),
        (r"x_{=} + \left( a = b \right)", ["x_{=}", r"+ \left( a = b \right)"]),
        (r"\frac{a + b + c}{d} \sqrt{x + y}", [r"\frac{a + b + c}{d}", r"\sqrt{x + y}"]),
        (r"\sqrt{x + y + z + w}", [r"\sqrt{ Q}", "x + y + z + w"]),
        (r"\begin{cases} a & b > 0 \\ c & d\end{cases}", ["a", "b > 0", "c", "d"]),
        (r"\not= aaaaaaaaaaaaaaa", [r"\not= aaaaaaa", "aaaaaaaa"]),
    ],
)
def test_parts(latex: str, parts: list[str]) -> None:
    assert latex_of(latex) == parts


@pytest.mark.parametrize(
    "latex", ["a = b", r"{\rm tr} \over aaaaaaaaaa = b", r"\bf aaaaaaaaaaa = b", "xxxx yyyy_"]
)
def test_what_must_not_be_cut(latex: str) -> None:
    assert not any(r"\over" in part or r"\bf" in part for part in latex_of(latex))


def test_cells_that_hold_commas_stay_single_arguments() -> None:
    frame = cut(formula(r"\begin{cases} f(a, b), & x \\ c; & y\end{cases}", True))
    assert frame is not None
    assert frame.fill(["f(a, b),", "x", "c;", "y"]) == r"cases(f(a, b)\, & x, c\; & y) "
    inline = cut(formula(r"\begin{pmatrix} a & b \\ c & d\end{pmatrix}."))
    assert inline is not None and not inline.parts[0].display
    assert inline.fill(["a", "b", "c", "d"]) == 'display(mat(delim: "(", a, b; c, d)) .'


def test_letters_make_place_for_contents() -> None:
    frame = cut(formula(r"e^{-\frac{Q x}{2 \sigma}}"))
    assert frame is not None
    assert frame.parts[0].latex == "e^{ U}"  # a letter that the formula does not use
    assert frame.fill(["e^U", "-frac(Q x, 2 sigma)"]) == "e^(-frac(Q x, 2 sigma))"
    two = cut(formula(r"\frac{a, b, c + d}{e + f + g}"))
    assert two is not None and two.fill(["frac(Q, U)", "a, b", "e"]) == r"frac(a\, b, e)"


def test_real_formulas_fit_together_again_at_every_depth() -> None:
    rows = [json.loads(line) for line in EVAL.read_text(encoding="utf-8").splitlines()]
    units = []
    for row in rows:
        text = row["prompt"][0]["content"]
        if row["meta"]["kind"] == "formula" and len(text) > 40:
            display = text.startswith(r"\[")
            units.append(formula(text.removeprefix(r"\[").removesuffix(r"\]").strip("$"), display))
    verifier = FormulaVerifier()
    rules = Cascade(open_rules(), verifier, parts=False)
    units = units[::4]
    joined = equal = 0
    for _ in range(3):
        frames = [(unit, frame) for unit in units if (frame := cut(unit)) is not None]
        units = [part for _, frame in frames for part in frame.parts]
        answers = iter(rules.convert(units))
        wholes, texts = [], []
        for unit, frame in frames:
            own = [next(answers) for _ in frame.parts]
            if all(answer.verdict.proved for answer in own):
                wholes.append(unit)
                texts.append(frame.fill([answer.typst for answer in own]))
        joined += len(wholes)
        equal += sum(verdict.proved for verdict in verifier.verify(wholes, texts))
    rules.close()
    assert joined > 200
    assert equal >= 0.98 * joined


TOKENS = st.lists(
    st.sampled_from(
        [
            *(
                r"\left(",
                r"\right)",
                r"\left[",
                r"\right.",
                "{",
                "}",
                "(",
                ")",
                "[",
                "]",
                "^",
                "_",
                "&",
                r"\\",
            ),
            *(
                r"\frac",
                r"\sqrt",
                "=",
                "+",
                ",",
                "a",
                "bc",
                r"\alpha",
                "|",
                r"\over",
                r"\rm",
                " ",
                "'",
                "%",
                "\\",
            ),
            *(r"\begin{cases}", r"\end{cases}", r"\begin{aligned}", r"\end{aligned}", r"\text{a $x$}"),
        ]
    ),
    max_size=40,
)


@settings(deadline=None, max_examples=300)
@given(TOKENS, st.booleans())
def test_no_text_breaks_a_cut(tokens: list[str], display: bool) -> None:
    unit = formula("".join(tokens), display)
    frame = cut(unit)
    if frame is not None:
        assert frame.parts
        assert all(len(part.latex) < len(unit.latex) + 2 for part in frame.parts)
        assert isinstance(frame.fill(["x"] * len(frame.parts)), str)


@pytest.mark.parametrize(
    "latex",
    [
        "{" * 5000 + "x" + "}" * 5000,
        r"\begin{aligned}" * 3000 + "x" + r"\end{aligned}" * 3000,
        r"\left(" * 4000,
        "a = b + " * (LONG // 4),
    ],
)
def test_attacks_are_left_whole(latex: str) -> None:
    assert cut(formula(latex, True)) is None


def test_only_formulas_are_cut() -> None:
    assert cut(Unit(UnitKind.PARAGRAPH, "a = b, c = d, e = f and so on")) is None
    assert cut(Unit(UnitKind.FORMULA, r"\foo = aaaaaaaaaaaaaa", macros=r"\def\foo{x}")) is None
