"""A workshop whose model, training and evaluation are tables; it can end the process at any of its calls."""

import json
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.evaluate.made import evaluation
from typlora.data.judge import Judge
from typlora.engines.base import Candidate
from typlora.engines.fake import FakeEngine
from typlora.evaluate.results import Evaluation
from typlora.evaluate.suites import Suite
from typlora.model.runs import RunRecord, write_record
from typlora.tex.unit import Unit
from typlora.verify.formula import FormulaVerifier

UNITS = 40


def write_units(path: Path, count: int = UNITS) -> Path:
    """Formulas ``a_0`` ... without Typst; every fifth is not understood by anybody."""
    lines = [
        json.dumps({"latex": f"a_{{{n}}}" if n % 5 else f"\\nobody{{{n}}}", "display": n % 2 == 0})
        for n in range(count)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def make_run(folder: Path, name: str = "tiny-typst-qlora-001") -> Path:
    """A run folder as far as improving looks into it."""
    run = folder / name
    run.mkdir(parents=True)
    write_record(run, RunRecord(name, "tiny", "h", "t", (), None, {}, status="finished"))
    (run / "adapter_model.safetensors").write_bytes(b"weights")
    return run


def right(unit: Unit) -> str:
    return unit.latex.replace("{", "(").replace("}", ")")


def number(unit: Unit) -> int:
    return int("".join(filter(str.isdigit, unit.latex)))


class Model:
    """Right for odd numbers; of the others samples find those that 4 divides."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick

    def propose(self, units: Sequence[Unit]) -> list[Candidate | None]:
        self._tick()
        return [Candidate(right(unit) if number(unit) % 2 else "b", "model") for unit in units]

    def sample(
        self, units: Sequence[Unit], k: int | None, temperature: float | None, seed: int | None
    ) -> list[list[Candidate]]:
        self._tick()
        good = [right(unit) if number(unit) % 4 == 0 else "c" for unit in units]
        return [[Candidate("b", "model"), Candidate(one, "model")] for one in good]

    def close(self) -> None:
        return None


class FakeShop:
    """``scores``: verdict letters by run name; ``mean``: those of a mean, none where there is no mean.
    ``die_at``: the call that ends the process with SIGKILL."""

    def __init__(
        self,
        outputs: Path,
        scores: dict[str, str],
        die_at: int = 0,
        suites: Sequence[Suite] = (),
        mean: str = "",
    ) -> None:
        self.outputs, self.scores, self.suites = outputs, scores, suites
        self.calls, self.die_at, self.mean = 0, die_at, mean
        self.trained: list[list[str]] = []
        self.averaged: list[tuple[str, str]] = []
        self.verifier = FormulaVerifier()
        self.others = FakeEngine(lambda unit: right(unit) if number(unit) % 3 else None, "rules:fake")

    @property
    def judge(self) -> Judge:
        self.tick()
        return Judge((self.others,), self.verifier)

    def tick(self) -> None:
        self.calls += 1
        if self.calls == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def open_model(self, adapter: Path) -> Model:
        assert adapter.is_dir()
        self.tick()
        return Model(self.tick)

    def next_run(self, adapter: Path) -> Path:
        from typlora.model.numbering import next_run

        self.tick()
        return next_run(self.outputs, "tiny")

    def train(self, data: Sequence[Path], out: Path, adapter: Path) -> int:
        self.tick()
        assert all(path.is_file() for path in data)
        self.trained.append([path.name for path in data])
        if not out.exists():
            make_run(out.parent, out.name)
        self.tick()
        return 0

    def average(self, adapter: Path, run: Path, out: Path) -> bool:
        self.tick()
        if not self.mean:
            return False
        self.averaged.append((adapter.name, run.name))
        make_run(out.parent, out.name)
        self.tick()
        return True

    def evaluate(self, adapter: Path) -> Evaluation:
        self.tick()
        return evaluation(adapter.name, self.scores.get(adapter.name, self.mean))
