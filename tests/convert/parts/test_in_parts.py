"""The cascade asks for parts where the whole is refused."""

from pathlib import Path

import pytest

from tests.convert.fakes import TableVerifier, formula
from typlora.convert.cache import ConversionCache
from typlora.convert.cascade import Cascade
from typlora.convert.parts import cuts
from typlora.convert.settling import KEPT
from typlora.engines.base import Candidate
from typlora.engines.fake import FakeEngine
from typlora.tex.unit import Unit

WHOLE = r"\begin{gather*} aaaa = bbbb \\ cccc = dddd\end{gather*}"
ANSWERS = {WHOLE: "~", "aaaa = bbbb": "A = B", "cccc = dddd": "C = D"}


def right(unit: Unit, text: str) -> bool:
    return text in ("A = B", "C = D", r"A = B \ C = D", "E", "= F")


def test_a_refused_formula_is_put_together_from_its_parts() -> None:
    engine = FakeEngine(ANSWERS, "model")
    done = Cascade([engine], TableVerifier(right)).convert([formula(WHOLE, True)])
    assert done[0].typst == r"A = B \ C = D"
    assert done[0].verdict.proved and done[0].provenance == "model:parts"
    assert [unit.latex for unit in engine.asked] == [WHOLE, "aaaa = bbbb", "cccc = dddd"]


def test_a_formula_is_cut_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[list[str]] = []
    without_gaps = cuts.lines.without_gaps
    monkeypatch.setattr(cuts.lines, "without_gaps", lambda tokens: cut.append(tokens) or without_gaps(tokens))
    done = Cascade([FakeEngine(ANSWERS, "model")], TableVerifier(right)).convert([formula(WHOLE, True)])
    assert done[0].provenance == "model:parts" and len(cut) == 1


def test_parts_are_cut_again_where_they_are_refused() -> None:
    deeper = {"eeeeeeeeeeeeeeee = ffff": "~", "eeeeeeeeeeeeeeee": "E", "= ffff": "= F"}
    whole = r"\begin{gather*} aaaa = bbbb \\ eeeeeeeeeeeeeeee = ffff\end{gather*}"
    engine = FakeEngine({**ANSWERS, **deeper, whole: "~"}, "model")
    verifier = TableVerifier(lambda unit, text: right(unit, text) or text in ("E = F", r"A = B \ E = F"))
    assert Cascade([engine], verifier).convert([formula(whole, True)])[0].typst == r"A = B \ E = F"


def test_what_has_no_reference_is_not_cut() -> None:
    engine = FakeEngine({**ANSWERS, WHOLE: "?"}, "model")
    done = Cascade([engine], TableVerifier(right)).convert([formula(WHOLE, True)])
    assert done[0].typst == "?" and len(engine.asked) == 1


def test_rules_alone_say_so_and_cheap_engines_come_first() -> None:
    rules = FakeEngine({"aaaa = bbbb": "A = B"}, "rules:a")
    model = FakeEngine({"cccc = dddd": "C = D"}, "model")
    verifier = TableVerifier(right)
    assert Cascade([rules, model], verifier).convert([formula(WHOLE, True)])[0].provenance == "model:parts"
    assert "aaaa = bbbb" not in [unit.latex for unit in model.asked]
    both = FakeEngine({**ANSWERS}, "rules:b")
    assert Cascade([both], verifier).convert([formula(WHOLE, True)])[0].provenance == "rules:parts"


def test_without_an_answer_for_a_part_there_is_none_for_the_whole() -> None:
    engine = FakeEngine({"aaaa = bbbb": "A = B", "cccc = dddd": "!"}, "model")
    assert Cascade([engine], TableVerifier(right)).convert([formula(WHOLE, True)])[0].provenance == KEPT


def test_a_wrong_whole_is_no_better_for_right_parts() -> None:
    verifier = TableVerifier(lambda unit, text: text in ("A = B", "C = D"))
    done = Cascade([FakeEngine(ANSWERS, "model")], verifier).convert([formula(WHOLE, True)])
    assert not done[0].verdict.proved and done[0].provenance == "model"


class Sampling(FakeEngine):
    def sample(self, units: list[Unit], k: int) -> list[list[Candidate]]:
        return [[Candidate("C = D", self.name)] if unit.latex == "cccc = dddd" else [] for unit in units]


def test_samples_are_drawn_for_parts_before_the_whole() -> None:
    engine = Sampling({WHOLE: "~", "aaaa = bbbb": "A = B", "cccc = dddd": "~"}, "model")
    done = Cascade([engine], TableVerifier(right), samples=2).convert([formula(WHOLE, True)])
    assert done[0].typst == r"A = B \ C = D"


def test_what_was_put_together_is_remembered(tmp_path: Path) -> None:
    def run() -> tuple[str, int]:
        engine, cache = FakeEngine(ANSWERS, "model"), ConversionCache(tmp_path / "c.sqlite")
        cascade = Cascade([engine], TableVerifier(right), cache)
        typst = cascade.convert([formula(WHOLE, True)])[0].typst
        cascade.close()
        return typst, len(engine.asked)

    assert run() == (r"A = B \ C = D", 3)
    assert run() == (r"A = B \ C = D", 0)
