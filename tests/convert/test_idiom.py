"""Idiomatic Typst: every rewrite, and that nothing is kept that the compiler or the verifier refuses."""

import json
import time

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.convert.fakes import TableVerifier, formula
from typlora.convert.idiom import STEPS, tokenize, write
from typlora.convert.idiom.names import DOUBLE, GREEK, LARGE, OPERATORS, SHORT
from typlora.convert.simplify import simplify, tidy
from typlora.verify.compiler import compile_item
from typlora.verify.formula import FormulaVerifier

PAIRS = [
    ("x_(1)", "x_1"),
    ("x_(1)2", "x_1 2"),
    ("x_(n)(a)", "x_n (a)"),  # x_n(a) would put all of it into the subscript
    ("x_(n)'", "x_n '"),
    ("x_(n) '", "x_n '"),  # a prime of its own, not one of n
    ("f (x)", "f(x)"),
    ("k [G]", "k[G]"),
    ("2 x y", "2x y"),
    ("in (0,1)", "in (0, 1)"),
    ("theta (x)", "theta(x)"),
    ("tilde (x)", "~ (x)"),
    ("tilde(x)", "tilde(x)"),  # an accent
    ("a (b)/c", "a (b)/c"),  # a(b)/c puts a into the fraction
    (r"\( a \, b \)", "(a, b)"),
    (r"[ 0 \, 1 \)", "[0, 1\\)"),
    (r"frac(f \( a \, b \), c)", "frac(f(a, b), c)"),
    (r"frac(a \, b, c)", r"frac(a \, b, c)"),  # the comma would end the argument
    (r"P \( A \| B \)", "P(A | B)"),
    ("| x | + | y |", "|x| + |y|"),
    ("E [ | X | ]", "E[ |X| ]"),  # [| is a bracket of its own
    ("{ x | x > 0 }", "{x | x > 0}"),
    ("lr(( x ))", "(x)"),
    ("lr((mat(delim: #none)))", "(mat(delim: #none))"),  # nothing to put a delimiter around
    ("lr(| x |)", "abs(x)"),
    ("lr(|| x ||)", "norm(x)"),
    ("lr(( x ])", "(x]"),
    ("bar.v.double x bar.v.double_2", "norm(x)_2"),  # as relations they would stand apart
    ("bar.v.double x bar.v.double bar.v.double y bar.v.double", "norm(x) norm(y)"),
    ("a bar.v.double b", "a || b"),  # no pair
    ("bar.v.double x, y bar.v.double", "|| x, y ||"),  # the comma would end the argument
    ("(mat(delim: #none, a, b; c, d))", "mat(a, b; c, d)"),
    ("A [display(mat(delim: #none, a, b))]", 'A display(mat(delim: "[", a, b))'),
    ("f(mat(delim: #none, a))", "f mat(a)"),
    ("mat(augment: #(vline: 1), a, b)", "mat(augment: #(vline: 1), a, b)"),
    ("mat(augment: #1, a, - b)", "mat(augment: #1, a, -b)"),
    ("frac(1, 2)", "1/2"),
    ("frac(x_1, n)", "x_1/n"),
    ("a frac(1, 2)b", "a 1/2 b"),
    ("frac(a + b, 2)", "frac(a + b, 2)"),
    ("frac(1, 2)^2", "frac(1, 2)^2"),
    ("upright(\"if\")", '"if"'),
    ("#text[if x]", '"if x"'),
    ("#text[a *b*]", "#text[a *b*]"),  # markup, not words
    ("upright(n e t)", '"net"'),
    ("upright(d) x", "upright(d) x"),
    ('op("Pr")', "Pr"),
    ('op("lim", limits: #true)_(x)', "lim_x"),
    ('op("foo")', 'op("foo")'),
    ("bb(R)^(n)", "RR^n"),
    ("bb(R P)", "bb(R P)"),
    ("lt.eq", "<="),
    ("a arrow.r b", "a -> b"),
    ("a arrow.r(b)", "a arrow.r(b)"),  # an accent over b
    ("x_(1), dots.h, x_(n)", "x_1, ..., x_n"),
    ("f^(prime)", "f'"),
    ("f ' ( x )", "f'(x)"),
    ("integral^(b)_(a)", "integral_a^b"),
    ('cases(delim: "{", a, b)', "cases(a, b)"),
    ('mat(delim: "[", a, b; c, d)', 'mat(delim: "[", a, b; c, d)'),
    ("a times zws b", "a times b"),
    ("zws_(i)", "zws_i"),
    ("a & = b \\ & = - c", "a &= b \\\n  &= -c"),
    ("- ( - 1 )", "-(-1)"),
    ("x^(- 1)", "x^(-1)"),
    ("n !", "n!"),
    ("cases(a & quad - b, c quad - d)", "cases(a & quad -b, c quad - d)"),
    ("1 , 2 ; 3", "1, 2; 3"),
    ('"a  b"x', '"a  b"x'),
    ('x " if " y', 'x" if "y'),  # a space beside a string would be set, after the string's own
    ('alpha "m" | x | "n" !', 'alpha"m"|x|"n"!'),
    ('a in "dom"(f)quad"if"quad"b"=2', 'a in "dom"(f) quad "if" quad "b" = 2'),  # here it would not
    ('x_("m") (a)', 'x_"m" (a)'),
    ("#foo( a , b )x", "#foo( a , b )x"),
    ("a // note", "a // note"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_rewrites(before: str, after: str) -> None:
    assert tidy(before) == after


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_rewriting_again_changes_nothing(before: str, after: str) -> None:
    assert tidy(after) == after


def test_every_name_we_write_exists() -> None:
    names = [*GREEK, *OPERATORS, *DOUBLE, *LARGE, *(short for short in SHORT.values() if short.isalpha())]
    for formula_ in [*names, *(f"a {short} b" for short in SHORT.values())]:
        compiled = compile_item((f"${formula_}$", "pdf", None, 144.0))
        assert compiled.ok, compiled.error


@given(st.text(alphabet="abfxR12 _^()[]{}|&,;.!'\"\\/#+-=<>:*~\n", max_size=60))
@settings(max_examples=300)
def test_any_text_survives_tokenizing_and_steps(text: str) -> None:
    assert write(tokenize(text)) == text
    # Sorted, since ``^1_2`` is written ``_2^1``.
    letters = sorted(char for char in text if char in "abfxR12")
    assert sorted(char for char in tidy(text) if char in "abfxR12") == letters


def test_only_what_is_still_equal_is_kept() -> None:
    """With the real verifier: a parenthesis that would grow stays escaped, the rest is simplified."""
    verifier = FormulaVerifier(None)
    units = [formula(r"(x_1)"), formula(r"\mathrm{net}_1 \le \bigl(\tfrac{a}{b}\bigr)")]
    before = [r"\( x_(1) \)", r"upright(n e t)_(1) lt.eq \( frac(a, b) \)"]
    proved = [verdict.proved for verdict in verifier.verify(units, before)]
    after = simplify(units, before, verifier)
    assert after[0] == "(x_1)"
    for unit, old, new, was in zip(units, before, after, proved, strict=True):
        assert not was or verifier.verify([unit], [new])[0].proved, (old, new)


def test_refused_steps_leave_the_others() -> None:
    """The verifier refuses whatever has no ``\\(``; the scripts are simplified all the same."""
    verifier = TableVerifier(lambda unit, text: r"\(" in text)
    assert simplify([formula("f")], [r"\( x_(1) \)"], verifier) == [r"\(x_1\)"]


def test_unproved_everything_stays_as_it_was() -> None:
    verifier = TableVerifier(lambda unit, text: False)
    assert simplify([formula("f")], [r"\( x_(1) \)"], verifier) == [r"\( x_(1) \)"]


def test_one_verification_when_all_steps_hold() -> None:
    verifier = TableVerifier(lambda unit, text: True)
    simplify([formula("f"), formula("g")], ["x_(1)", "y_(2)"], verifier)
    assert verifier.calls == [2]


def test_steps_are_named_in_order() -> None:
    assert [step.__name__ for step in STEPS][-1] == "respace"


def test_a_long_formula_is_not_searched_anew_for_each_bracket() -> None:
    text = "(mat(delim: #none, a, b)) + frac(a b c, d) + lr((x)) + (y) [z] + " * 700
    started = time.process_time()
    assert tidy(text).startswith("mat(a, b) + frac(a b c, d) + (x) + (y)[z] + mat")
    assert time.process_time() - started < 15  # 1 s; more than a minute when every bracket costs a search


BESIDE_TEXT = [
    "x", "5", "(a)", "= b", "+ b", "quad b", "sqrt(2)", "a/b", "alpha", "RR", "sum_i a", "abs(x)", "n!",
    "x_1", "x'", "...", "in A", "oo", "-> a", "bold(x)", "op(\"f\") a", "sin a", "thin a", "\\{", "\\%",
]  # fmt: skip


@pytest.mark.parametrize("neighbour", BESIDE_TEXT)
def test_text_has_no_spaces_but_its_own(neighbour: str) -> None:
    """LaTeX sets the spaces of ``\\text{ if }`` and no others; Typst also sets those beside a string."""
    pairs = [(f'{neighbour}"m"', f'{neighbour} "m"'), (f'"m"{neighbour}', f'"m" {neighbour}')]
    for tight, loose in pairs:
        shown = (tight, tidy(tight), tidy(loose))
        wide = "".join(f"measure(${text}$).width.pt(), " for text in shown)
        source = f"#context [#metadata(({wide}))<w>]"
        widths = json.loads(typst.query(source.encode(), "<w>", field="value", one=True))
        assert max(widths) - min(widths) < 0.01, (tidy(tight), widths)
