"""Names of Typst maths: what exists passes, what cannot become a name does not."""

import json
from pathlib import Path

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from typlora.engines.names import Names, known
from typlora.engines.stopping import RowWatch

DATA = Path(__file__).resolve().parents[2] / "jsonl"
END = 0
PIECES = {
    1: "alpha",
    2: ".",
    3: " ",
    4: "alt",
    5: "epsilon",
    6: "o",
    7: "thin",
    8: "qp",
    9: '"',
    10: "x",
    11: "#",
}


def exists(text: str) -> bool:
    state = Names().after(text)
    return state is not None and state.complete


@pytest.mark.parametrize(
    "text",
    [
        *(
            "alpha + epsilon.alt",
            "arrow.r.double.long x",
            "x.y",
            "thin.",
            "thin. o",
            "2pi",
            '"qpair"',
            r"\qpair"[:2],
        ),
        *(
            'mat(delim: "[", a, b)',
            "op(EE, limits: #true)",
            "x #h(1em) y",
            "a b c",
            "é1",
            "frac(1, 2)'",
            "sum_i^n",
        ),
    ],
)
def test_what_exists(text: str) -> None:
    assert exists(text)


@pytest.mark.parametrize(
    "text", ["qpair", "Xi.ry", "thin.o.o", "alpha.beta", "ab", "x1", "sqrt(ab)", "alph", "zz"]
)
def test_what_does_not(text: str) -> None:
    assert not exists(text)
    with pytest.raises(typst.TypstError, match=r"unknown|does not have field"):
        typst.compile(f"${text}$".encode(), format="svg")


def test_every_symbol_compiles_with_each_of_its_modifiers() -> None:
    symbols = [f"{name}.{modifier}" for name, modifiers in known().items() for modifier in modifiers]
    assert len(known()) > 350 and len(symbols) > 500
    typst.compile(f"${' '.join(symbols)}$".encode(), format="svg")


def test_every_answer_of_the_committed_data_passes() -> None:
    refused = []
    for path in sorted(DATA.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[::7]:
            row = json.loads(line)
            text = row["completion"][0]["content"].strip("$ ")
            if row["meta"]["kind"] == "formula" and not exists(text):
                refused.append(text)
    assert refused == []


@given(st.text(alphabet='abx.1 "\\#(:', max_size=30), st.integers(0, 30))
def test_the_state_does_not_depend_on_how_a_text_is_cut_into_tokens(text: str, at: int) -> None:
    first = Names().after(text[:at])
    if first is not None:  # a token may make whole what its beginning does not
        assert first.after(text[at:]) == Names().after(text)


def test_a_row_is_kept_to_names() -> None:
    def allowed(*tokens: int) -> set[int]:
        watch = RowWatch(frozenset({END}), 99, PIECES.__getitem__, maths=True)
        for token in tokens:
            watch.push(token)
        return {token for token in (END, *PIECES) if watch.allows(token)}

    assert 8 not in allowed(1) and END in allowed(1)
    assert 6 not in allowed(7, 2) and {END, 3} <= allowed(7, 2)  # thin.o is no name, "thin." ends one
    assert 4 in allowed(5, 2) and 1 not in allowed(5, 2)
    assert allowed(9) >= {8, 6}  # in text there are no names
