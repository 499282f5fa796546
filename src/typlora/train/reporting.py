"""Where logged numbers go besides ``log.jsonl``: TensorBoard and trackio, both on this machine only."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from typlora.errors import ConfigError
from typlora.model.profiles import TrainConfig

Report = Callable[[dict[str, Any] | None], None]  # a record, or None at the end


def open_reporters(config: TrainConfig, out: Path) -> list[Report]:
    """One function for each name in ``report_to``. Raises ``ConfigError`` where its library is missing."""
    makers = {"tensorboard": _tensorboard, "trackio": _trackio}
    return [makers[name](config, out) for name in config.report_to if name != "none"]


def _tensorboard(config: TrainConfig, out: Path) -> Report:
    if find_spec("tensorboard") is None:
        raise ConfigError("--report-to tensorboard needs it: pip install tensorboard")
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(out / "tensorboard"))

    def report(record: dict[str, Any] | None) -> None:
        if record is None:
            writer.close()
            return
        for name, value in record.items():
            if name != "step" and isinstance(value, int | float):
                writer.add_scalar(f"train/{name}", value, record.get("step", 0))

    return report


def _trackio(config: TrainConfig, out: Path) -> Report:
    if find_spec("trackio") is None:
        raise ConfigError("--report-to trackio needs it: pip install trackio")
    import trackio  # type: ignore[import-not-found]

    trackio.init(project="typlora", name=out.name, config=config.as_dict())

    def report(record: dict[str, Any] | None) -> None:
        if record is None:
            trackio.finish()
        else:
            trackio.log({name: value for name, value in record.items() if isinstance(value, int | float)})

    return report
