"""A run's ``log.jsonl`` as curves: in the terminal, and as a picture."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from typlora.errors import ModelError

BARS = "▁▂▃▄▅▆▇█"
Curve = list[tuple[int, float]]


def read_curve(run: Path, name: str) -> Curve:
    """(step, value) of ``name`` (``loss``, ``rate``, ``verified``, ...); empty where it was never logged."""
    try:
        lines = (run / "log.jsonl").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found: dict[
        int, float
    ] = {}  # a resumed run logs the steps after its checkpoint again: the last one counts
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except ValueError as error:
            if number == len(lines):  # cut short by a kill
                break
            raise ModelError(f"{run / 'log.jsonl'}:{number}: not JSON") from error
        if name in record:
            found[int(record["step"])] = float(record[name])
    return sorted(found.items())


def sparkline(values: Sequence[float], width: int = 60) -> str:
    """One line of bars, means of equally many values each; the highest value is the highest bar."""
    if not values:
        return ""
    width = min(width, len(values))
    cuts = [len(values) * n // width for n in range(width + 1)]
    means = [sum(values[a:b]) / (b - a) for a, b in pairwise(cuts)]
    low, high = min(means), max(means)
    scale = (len(BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(BARS[round((mean - low) * scale)] for mean in means)


def draw_curve(run: Path, name: str) -> str:
    """The curve with its first, last and best value; an empty string where there is none."""
    curve = read_curve(run, name)
    if not curve:
        return ""
    values = [value for _, value in curve]
    return f"{name:<9}{sparkline(values)}  {values[0]:.4g} -> {values[-1]:.4g} over {curve[-1][0]} steps"


def plot_curves(runs: Sequence[Path], picture: Path) -> None:
    """Loss (left axis) and verified accuracy (right axis) of runs one after another, as SVG or PNG.

    Raises ``ModelError`` where matplotlib is missing.
    """
    try:
        import matplotlib

        matplotlib.use("svg" if picture.suffix == ".svg" else "agg")
        from matplotlib import pyplot
    except ImportError as error:
        raise ModelError("drawing curves needs matplotlib: pip install matplotlib") from error
    figure, left = pyplot.subplots(figsize=(8, 4))
    right = left.twinx()
    start = 0
    for run in runs:
        loss, verified = read_curve(run, "loss"), read_curve(run, "verified")
        left.plot([start + step for step, _ in loss], [value for _, value in loss], label=f"loss {run.name}")
        right.plot([start + step for step, _ in verified], [100 * value for _, value in verified], "o--")
        start += max((step for step, _ in loss), default=0)
    left.set_xlabel("step")
    left.set_ylabel("loss a completion token")
    right.set_ylabel("verified equal, % (dashed)")
    right.set_ylim(0, 100)
    left.legend(loc="upper right", fontsize="small")
    figure.tight_layout()
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture)
    pyplot.close(figure)
