"""What a round works with: a model to ask, the verifier, other engines, training, evaluation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TextIO

from typlora.convert.judging import Verifier
from typlora.data.judge import Judge
from typlora.engines.base import Candidate
from typlora.errors import ModelError
from typlora.evaluate.results import Evaluation
from typlora.evaluate.suites import Suite
from typlora.tex.unit import Unit
from typlora.verify.compiler import CompilerPool

REPLAY = 0.5  # as many earlier rows as new ones: a version of mistakes alone is unlike what people convert
EPOCHS = 2.0
RATE = 1 / 3  # of the parent's rate: its schedule had ended at 0, and a third of the way back up is enough


class Sampler(Protocol):
    """The model: greedy, or several draws."""

    def propose(self, units: Sequence[Unit]) -> list[Candidate | None]: ...

    def sample(
        self, units: Sequence[Unit], k: int | None, temperature: float | None, seed: int | None
    ) -> list[list[Candidate]]: ...

    def close(self) -> None: ...


class Workshop(Protocol):
    """``train`` goes on where it was stopped if ``out`` is begun already; it returns an exit status.

    ``average`` writes the mean of two runs to ``out`` and says whether there is one.
    """

    @property
    def verifier(self) -> Verifier: ...

    @property
    def judge(self) -> Judge: ...

    @property
    def suites(self) -> Sequence[Suite]: ...

    def open_model(self, adapter: Path) -> Sampler: ...

    def next_run(self, adapter: Path) -> Path: ...

    def train(self, data: Sequence[Path], out: Path, adapter: Path) -> int: ...

    def average(self, adapter: Path, run: Path, out: Path) -> bool: ...

    def evaluate(self, adapter: Path) -> Evaluation: ...


@dataclass(frozen=True)
class Shop:
    """The real one. ``base`` is the base model's folder; model output is compiled in ``pool`` only."""

    base: Path
    outputs: Path
    suites: Sequence[Suite]
    pool: CompilerPool
    training: Mapping[str, Any]
    stream: TextIO
    device: str = "auto"
    backend: str = "auto"
    threads: int = 2

    @property
    def verifier(self) -> Verifier:
        from typlora.verify.formula import FormulaVerifier

        return FormulaVerifier(self.pool)

    @property
    def judge(self) -> Judge:
        from typlora.data.judge import default_judge

        return default_judge()

    def open_model(self, adapter: Path) -> Sampler:
        from typlora.engines.model_engine import ModelEngine

        return ModelEngine(self.base, adapter, device=self.device, backend=self.backend, threads=self.threads)

    def next_run(self, adapter: Path) -> Path:
        from typlora.model.numbering import next_run

        return next_run(self.outputs, self._base_name(adapter))

    def train(self, data: Sequence[Path], out: Path, adapter: Path) -> int:
        from typlora.model.runs import RECORD_FILE
        from typlora.train.session import Request, resume, start

        if (out / RECORD_FILE).is_file():
            return resume(out, stream=self.stream)
        flags = continued(self._settings(adapter), self.training)
        return start(Request(tuple(data), out, flags=flags, continue_from=adapter), self.stream)

    def average(self, adapter: Path, run: Path, out: Path) -> bool:
        from typlora.train.averaging import average

        if self._settings(run).get("method", "lora") != "lora":
            return False  # weights of a whole model are too large to keep another of
        try:
            average([(adapter, 1.0), (run, 1.0)], out)
        except ModelError as error:  # an adapter made elsewhere, say: the round is refused without it
            print(f"no mean: {error}", file=self.stream)
            return False
        return True

    def evaluate(self, adapter: Path) -> Evaluation:
        from typlora.convert.stack import Options
        from typlora.evaluate.promotion import evaluate_run

        device = None if self.device == "auto" else self.device
        options = Options(engine="model", model=str(self.base), adapter=str(adapter), device=device)
        return evaluate_run(options, self.suites, self.pool)

    def _settings(self, adapter: Path) -> Mapping[str, Any]:
        from typlora.train.ancestry import parent_of

        parent = parent_of(adapter)
        return parent.settings() if parent.record is None else parent.record.config

    def _base_name(self, adapter: Path) -> str:
        return str(self._settings(adapter).get("model_id") or self.base)


def continued(parent: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """How a short training on mistakes is configured: as the parent was, but milder; ``given`` wins."""
    values = {**parent, "replay": REPLAY, "epochs": EPOCHS, "max_steps": -1}
    if "learning_rate" in parent:
        values["learning_rate"] = float(parent["learning_rate"]) * RATE
    return {**values, **given}
