"""What one ``typlora improve`` is asked to do; the same plan given again means: go on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from typlora.data.versions import version_number
from typlora.errors import ConfigError

ROWS = (
    2_000  # units asked a round: at 80 % right a few hundred mistakes, which is what a short training needs
)
SAMPLES = 8
TEMPERATURE = 0.5  # warm enough that eight draws differ, cool enough that they stay near what was learnt


@dataclass(frozen=True, slots=True)
class Plan:
    """``units``: files whose LaTeX is asked; none: that of the data versions in ``data``.

    ``adapter`` as the user named it, ``None`` for the promoted run. ``out_data``: where the first round's
    rows go (default: the next version in ``data``). ``training``: values over those of the run that is
    continued. ``suites``: what the gate compares on (none: the frozen ones).
    """

    adapter: str | None = None
    rounds: int = 1
    rows: int = ROWS
    samples: int = SAMPLES
    temperature: float = TEMPERATURE
    seed: int = 0
    units: tuple[Path, ...] = ()
    data: Path = Path("jsonl")
    out_data: Path | None = None
    outputs: Path = Path("outputs")
    suites: tuple[Path, ...] = ()
    training: Mapping[str, Any] = field(default_factory=dict)

    def check(self) -> None:
        """Raise ``ConfigError`` for what cannot be done."""
        if self.out_data is not None and version_number(self.out_data) is None:
            raise ConfigError(f"--out-data {self.out_data}: data versions are named train_NNN.jsonl")
        if self.temperature <= 0:
            raise ConfigError("--temperature must be above 0, or all samples are what the model said before")

    def as_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        record = asdict(self)
        for name in ("data", "out_data", "outputs"):
            record[name] = None if record[name] is None else str(record[name])
        for name in ("units", "suites"):
            record[name] = [str(path) for path in record[name]]
        record["training"] = {name: str(value) for name, value in self.training.items()}
        return record
