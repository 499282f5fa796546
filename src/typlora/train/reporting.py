"""Where logged numbers go besides ``log.jsonl``: TensorBoard and trackio, both on this machine only.

tensorboard --logdir outputs/RUN/tensorboard
trackio show --project typlora          (kept where trackio keeps everything, see its TRACKIO_DIR)
"""

import contextlib
import importlib
import sys
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
    wanted = [name for name in config.report_to if name != "none"]
    for name in wanted:
        if find_spec(name) is None:
            raise ConfigError(f"--report-to {name} needs it: pip install {name} (or 'typlora[track]')")
    return [makers[name](config, out) for name in wanted]


def _numbers(record: dict[str, Any]) -> dict[str, float]:
    return {f"train/{name}": v for name, v in record.items() if name != "step" and isinstance(v, int | float)}


def _tensorboard(config: TrainConfig, out: Path) -> Report:
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(out / "tensorboard"))

    def report(record: dict[str, Any] | None) -> None:
        if record is None:
            writer.close()
            return
        for name, value in _numbers(record).items():
            writer.add_scalar(name, value, record["step"])

    return report


def _talk_to_stderr() -> contextlib.AbstractContextManager[Any]:
    """trackio prints to standard output, where only results belong."""
    return contextlib.redirect_stdout(sys.stderr)


def _trackio(config: TrainConfig, out: Path) -> Report:
    trackio: Any = importlib.import_module("trackio")
    with _talk_to_stderr():
        trackio.init(
            project="typlora", name=out.name, config=config.as_dict(), resume="allow", auto_log_cpu=False
        )

    def report(record: dict[str, Any] | None) -> None:
        with _talk_to_stderr():
            if record is None:
                trackio.finish()
            elif numbers := _numbers(record):
                trackio.log(numbers, step=record["step"])

    return report
