"""The cascade: order, verdicts, choice, samples, deduplication, cache."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.convert.fakes import TableVerifier, formula
from typlora.convert.cache import ConversionCache
from typlora.convert.cascade import Cascade
from typlora.convert.settling import KEPT
from typlora.engines.base import Candidate
from typlora.engines.fake import FakeEngine
from typlora.errors import EngineError
from typlora.tex.unit import Span, Unit, UnitKind


def right_is(answer: str) -> TableVerifier:
    return TableVerifier(lambda unit, text: text == answer)


def test_stops_at_the_first_proved_candidate() -> None:
    cheap, dear = FakeEngine({"a": "good"}, "cheap"), FakeEngine({"a": "good", "b": "good"}, "dear")
    done = Cascade([cheap, dear], right_is("good")).convert([formula("a"), formula("b")])
    assert [conversion.provenance for conversion in done] == ["cheap", "dear"]
    assert all(conversion.verdict.proved for conversion in done)
    assert [unit.latex for unit in dear.asked] == ["b"]


def test_unproved_choice_prefers_unknown_then_fewest_differences_then_engine_order() -> None:
    one = FakeEngine({"a": "~~", "b": "~~", "c": "~", "d": "!"}, "one")
    two = FakeEngine({"a": "?", "b": "~", "c": "~x", "d": "!!"}, "two")
    done = Cascade([one, two], right_is("good")).convert([formula(text) for text in "abcd"])
    assert [conversion.typst for conversion in done[:3]] == ["?", "~", "~"]
    assert done[2].provenance == "one"
    assert done[3].provenance == KEPT and "`d`" in done[3].typst
    assert "unknown variable" in done[3].note


def test_identical_units_are_asked_once_but_keep_their_places() -> None:
    engine = FakeEngine({"x": "good"})
    here, there = Span("a.tex", 1, 1, 1, 2), Span("a.tex", 9, 1, 9, 2)
    units = [Unit(UnitKind.FORMULA, "x", here), Unit(UnitKind.FORMULA, "x", there)]
    done = Cascade([engine], right_is("good")).convert(units)
    assert len(engine.asked) == 1
    assert [conversion.unit.span for conversion in done] == [here, there]


class Sampling(FakeEngine):
    def sample(self, units: Sequence[Unit], k: int) -> list[list[Candidate]]:
        return [[Candidate("~", self.name), Candidate("good", self.name)][:k] for _ in units]


def test_samples_are_the_last_stage() -> None:
    engine = Sampling({"a": "~~", "b": "good"}, "model")
    verifier = right_is("good")
    assert Cascade([engine], verifier).convert([formula("a")])[0].typst == "~~"
    done = Cascade([engine], verifier, samples=2).convert([formula("a"), formula("b")])
    assert [conversion.typst for conversion in done] == ["good", "good"]
    assert Cascade([engine], verifier, samples=1).convert([formula("a")])[0].typst == "~"


def test_a_model_gets_formulas_of_like_length_together() -> None:
    texts = ["x" * (1 + 37 * number % 130) for number in range(130)]
    batches: list[list[int]] = []

    class Noting(Sampling):
        def propose(self, units: Sequence[Unit]) -> list[Candidate | None]:
            batches.append([len(unit.latex) for unit in units])
            return super().propose(units)

    engine = Noting({text: f"good{len(text)}" for text in texts}, "model")
    proved = TableVerifier(lambda unit, text: text == f"good{len(unit.latex)}")
    done = Cascade([engine], proved).convert([formula(text) for text in texts])
    assert [conversion.typst for conversion in done] == [f"good{len(text)}" for text in texts]
    assert len(batches) > 1 and [length for batch in batches for length in batch] == sorted(map(len, texts))


class Dead(FakeEngine):
    def propose(self, units: Sequence[Unit]) -> list[Candidate | None]:
        raise EngineError("the weights melted")


def test_a_dead_engine_is_left_out_unless_it_is_the_only_one() -> None:
    cascade = Cascade([Dead({}, "dead"), FakeEngine({"a": "good"})], right_is("good"))
    assert cascade.convert([formula("a")])[0].verdict.proved
    assert "melted" in cascade.notes[0]
    with pytest.raises(EngineError):
        Cascade([Dead({}, "dead")], right_is("good")).convert([formula("a")])


def test_cache_answers_the_second_run(tmp_path: Path) -> None:
    def run() -> tuple[list[str], int]:
        engine, cache = FakeEngine({"a": "good", "b": "~"}), ConversionCache(tmp_path / "c.sqlite")
        cascade = Cascade([engine], right_is("good"), cache)
        typst = [
            conversion.typst for conversion in cascade.convert([formula("a"), formula("b"), formula("c")])
        ]
        cascade.close()
        return typst, len(engine.asked)

    first, asked = run()
    second, asked_again = run()
    assert first == second and (asked, asked_again) == (3, 0)


def test_cache_tells_engines_display_and_macros_apart(tmp_path: Path) -> None:
    cache = ConversionCache(tmp_path / "c.sqlite")
    Cascade([FakeEngine({"a": "good"}, "v1")], right_is("good"), cache).convert([formula("a")])
    newer = FakeEngine({"a": "better"}, "v2")
    assert Cascade([newer], right_is("better"), cache).convert([formula("a")])[0].typst == "better"
    shown = FakeEngine({"a": "good"}, "v1")
    Cascade([shown], right_is("good"), cache).convert([formula("a", display=True)])
    assert len(shown.asked) == 1


@pytest.mark.parametrize(
    "rubbish", [b"not a database at all, just text" * 100, b"", b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_corrupt_cache_is_rebuilt(tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "c.sqlite"
    path.write_bytes(rubbish)
    for expected in (1, 0):
        engine, cache = FakeEngine({"a": "good"}), ConversionCache(path)
        cascade = Cascade([engine], right_is("good"), cache)
        assert cascade.convert([formula("a")])[0].verdict.proved
        assert len(engine.asked) == expected
        cascade.close()


def test_a_foreign_value_in_the_cache_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    cache = ConversionCache(path)
    Cascade([FakeEngine({"a": "good"})], right_is("good"), cache).convert([formula("a")])
    cache.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE entries SET value = '[1, 2'")
    engine = FakeEngine({"a": "good"})
    assert (
        Cascade([engine], right_is("good"), ConversionCache(path)).convert([formula("a")])[0].typst == "good"
    )
    assert len(engine.asked) == 1


def test_no_place_for_a_cache_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = ConversionCache(tmp_path / "file" / "c.sqlite")
    assert (
        Cascade([FakeEngine({"a": "good"})], right_is("good"), cache)
        .convert([formula("a")])[0]
        .verdict.proved
    )


def test_two_processes_share_one_cache(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from typlora.convert.cache import ConversionCache, Remembered\n"
        "from typlora.verify.verdict import Outcome, Verdict\n"
        "while time.time() < float(sys.argv[3]): pass\n"  # both make the file at the same moment
        "cache = ConversionCache(Path(sys.argv[1]))\n"
        "for i in range(200):\n"
        "    cache.put({f'{sys.argv[2]}{i}'.encode(): Remembered('t', 'e', Verdict(True, Outcome.EQUAL))})\n"
    )
    path = tmp_path / "c.sqlite"
    start = str(time.time() + 1)
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(path), name, start]) for name in ("left", "right")
    ]
    assert [process.wait(timeout=60) for process in running] == [0, 0]
    keys = [f"{name}{i}".encode() for name in ("left", "right") for i in range(200)]
    assert len(ConversionCache(path).get(keys)) == 400
