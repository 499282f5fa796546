"""The rule engines, through their public surface and judged by the pinned Typst compiler."""

import time

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from typlora.engines.base import Candidate, Engine
from typlora.engines.pandoc_engine import PandocEngine
from typlora.engines.tylax_engine import TylaxEngine, convert
from typlora.errors import EngineError
from typlora.tex.unit import Unit, UnitKind
from typlora.tex.wordlist import words

# LaTeX, display, what both engines must contain, what neither may contain
CONSTRUCTS = [
    (r"\begin{align} a &= b \\ c &= d \end{align}", True, "&", "begin"),
    (r"\begin{align*} a &= b \\[2pt] c &= d \end{align*}", True, "&", "2pt"),
    (r"\begin{gather} a \\ b \end{gather}", True, "\\", "gather"),
    (r"\begin{multline} a \\ + b \end{multline}", True, "\\", "multline"),
    (r"\begin{equation}\begin{split} a &= b \\ &= c \end{split}\end{equation}", True, "&", "split"),
    (r"x = \left\{\begin{aligned} a &= b \\ c &= d \end{aligned}\right.", True, "lr(", "aligned"),
    (
        r"f = \begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{else} \end{cases}",
        True,
        'cases(1 & quad "if "',
        "text",
    ),
    (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", True, 'mat(delim: "(", 1, 2; 3, 4)', "\\"),
    (r"\begin{pmatrix} 1 & 2 \end{pmatrix}", False, "display(mat(", "pmatrix"),
    (
        r"\begin{array}{c|c} a & b \\ \hline c & d \end{array}",
        True,
        "augment: #(hline: 1, vline: 1)",
        "HLINE",
    ),
    (r"\mbox{if $x > 0$ then}", False, '"if "', "$"),
    (r"\dfrac{a}{b}", False, "display(", "dfrac"),
    (r"\tfrac12", True, "inline(", "tfrac"),
    (r"\sum\limits_i^n x", False, "limits(sum)", "\\limits"),
    (r"\operatorname*{arg\,max}_x", True, "limits: #true", "operatorname"),
    (r"\|A\|_\infty", True, "bar.v.double_", "parallel"),
    (r"\mathsf{A}", True, "upright(sans(A))", "mathsf"),
    (r"{\rm d}x", True, "upright(d)", "rm"),
    (r"{a \over b}", True, "b", "over"),
    (r"{n \choose k}", True, "binom(n, k)", "choose"),
    (r"\underbrace{a + b}_{n}", True, "underbrace(a + b, n)", "_"),
    (r"\xrightarrow[a]{b}", True, "stretch(->)_", "]"),
    (r"a \equiv_n b", True, "scripts(equiv)_", "munder"),
    (r"x_a'", True, "x'_", "_a'"),
    (r"A \cap B \oplus \partial", True, "inter", "sect"),
    (r"\langle x \rangle", True, "chevron.l", "angle"),
    (r"a \not\subset b", True, "subset.not", "cancel"),
    (r"\frac{1}{n}\sum_i", True, "sum", "nsum"),
    (r"[|x|]", True, "|", "[|"),
    (r"[\lvert x \rvert]", True, "|", "[|"),
    (r"\left\lbrack x \right\rbrack", True, "[x]", "lbrack"),
    (r"\label{a}\begin{aligned} a &= b \\ c &= d \end{aligned}", True, "&", "mat"),
    (r"y \begin{aligned} \frac{a}{b} &= c \\ d &= e \end{aligned}", True, "display(", "aligned"),
    (r"{{x^a}}^b", True, "lr(x^", "base"),
    (r"\bigl. x \bigr|_0", True, "x", "."),
    (r"10{,}000", True, '10","000', " "),
    (r"\frac{1{,}5}{2}", True, '1","5, 2)', "\\,"),
]


def compiles(typst_code: str, display: bool) -> bool:
    source = f"$ {typst_code} $" if display else f"${typst_code}$"
    try:
        typst.Compiler().compile(source.encode(), format="html")
    except typst.TypstError:
        return False
    return True


def formula(latex: str, display: bool = False) -> Unit:
    return Unit(UnitKind.FORMULA, latex, display=display)


@pytest.fixture(scope="module")
def engines() -> list[Engine]:
    return [TylaxEngine(), PandocEngine()]


@pytest.fixture(scope="module")
def answers(engines: list[Engine]) -> dict[str, list[Candidate | None]]:
    units = [formula(latex, display) for latex, display, _, _ in CONSTRUCTS]
    return {engine.name: engine.propose(units) for engine in engines}


@pytest.mark.parametrize("number", range(len(CONSTRUCTS)), ids=[one[0] for one in CONSTRUCTS])
@pytest.mark.parametrize("name", ["rules:tylax", "rules:pandoc"])
def test_construct(answers: dict[str, list[Candidate | None]], name: str, number: int) -> None:
    _, display, wanted, unwanted = CONSTRUCTS[number]
    candidate = answers[name][number]
    assert candidate is not None
    assert candidate.engine == name
    assert wanted in candidate.typst
    assert unwanted not in candidate.typst.replace("subset", "")
    assert compiles(candidate.typst, display)


def test_unreadable_units_get_none_and_do_not_disturb_their_neighbours(engines: list[Engine]) -> None:
    bad = [r"\frac{a}", "x}", "{x", r"\left( x", "\0", "{" * 10_000 + "x" + "}" * 10_000, "\ue000"]
    units = [formula("a+b"), *(formula(latex) for latex in bad), formula("c+d")]
    for engine in engines:
        found = engine.propose(units)
        assert [one is None for one in found] == [False, *[True] * len(bad), False]
        assert found[0] is not None
        assert found[0].typst == "a + b"


def test_only_formulas_are_answered(engines: list[Engine]) -> None:
    for engine in engines:
        assert engine.propose([Unit(UnitKind.TABLE, "x")]) == [None]
        assert engine.propose([]) == []


def test_any_number_of_marks_comes_back() -> None:
    for number in (22, 23, 24, 25, 48, 500):
        assert convert(r"\text{a}" * number, True) == '"a"' * number
    assert convert(r"\text{a}" * 7000, True) is None  # more than there are private-use characters


def test_text_is_left_alone_by_renames() -> None:
    assert convert(r"\text{sect diff} \cap x", False) == '"sect diff"inter x'


def test_pandoc_answers_thousands_in_one_call() -> None:
    units = [formula(rf"x_{{{number}}} \in A", display=number % 2 == 0) for number in range(3000)]
    start = time.monotonic()
    found = PandocEngine().propose(units)
    assert [one.typst if one else None for one in found] == [f"x_{number} in A" for number in range(3000)]
    assert time.monotonic() - start < 30


def test_a_missing_pandoc_is_one_clear_error() -> None:
    with pytest.raises(EngineError, match="cannot run pandoc at /nowhere/pandoc"):
        PandocEngine("/nowhere/pandoc").propose([formula("x")])


def test_a_dying_pandoc_costs_its_own_formula_only(tmp_path) -> None:  # type: ignore[no-untyped-def]
    real = PandocEngine()._executable
    fragile = tmp_path / "pandoc"
    copy = tmp_path / "in"
    fragile.write_text(
        f'#!/bin/sh\ncat > {copy}\ngrep -q boom {copy} && exit 99\nexec "{real}" "$@" < {copy}\n'
    )
    fragile.chmod(0o755)
    found = PandocEngine(str(fragile)).propose([formula("a"), formula("boom"), formula("b"), formula("c")])
    assert [one.typst if one else None for one in found] == ["a", None, "b", "c"]


def test_fingerprints_name_engine_and_version(engines: list[Engine]) -> None:
    assert "0.3.8" in engines[0].fingerprint
    assert len({engine.fingerprint for engine in engines}) == 2


WORDS = r"\frac \sqrt \left \right \begin{cases} \end{cases} \over \rm \text \limits \not \underbrace \mathbf"
PIECES = st.sampled_from([*sorted(words(WORDS)), *"{}[]()_^&'\"$%| x1é中,;/\n", r"\\", r"\alpha"])


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=25), st.booleans())
def test_no_input_raises_and_no_mark_is_left_behind(pieces: list[str], display: bool) -> None:
    found = convert("".join(pieces), display)
    assert found is None or not any("\ue000" <= char <= "\uf8ff" for char in found)


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_any_text_is_survived(text: str) -> None:
    convert(text, False)
