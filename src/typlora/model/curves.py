"""A run's ``log.jsonl`` as curves: in the terminal, and as a picture."""

import json
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path

from typlora.errors import ModelError

BARS = "▁▂▃▄▅▆▇█"
SMOOTHED = 30  # points; with fewer the line itself is clear enough
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


def draw_curve(run: Path, name: str, width: int = 64, height: int = 8) -> str:
    """The curve as a chart of ``height`` lines with its scale; an empty string where there is none.

    Columns are means of equally many steps; a curve of few points is a line of bars.
    """
    curve = read_curve(run, name)
    if not curve:
        return ""
    values = [value for _, value in curve]
    best = max(values) if name == "verified" else min(values)
    told = f"{values[0]:.4g} -> {values[-1]:.4g}" + (f", best {best:.4g}" if name != "rate" else "")
    last = curve[-1][0]
    if len(curve) < 4 or height < 2:
        return f"{name:<9}{sparkline(values)}  {told} over {last} steps"
    means = _means(curve, width)
    low, high = min(mean for _, mean in means), max(mean for _, mean in means)
    found = {x: round((mean - low) / (high - low or 1.0) * (8 * height - 1)) for x, mean in means}
    levels = list(accumulate(range(width), lambda level, x: found.get(x, level), initial=0))[1:]
    lines = [f"{name}  {told}"]
    for row in reversed(range(height)):
        # A column is filled up to its level, in eighths of a line; between points it stays where it was.
        bars = "".join(" " if level < 8 * row else BARS[min(7, level - 8 * row)] for level in levels)
        scale = high if row == height - 1 else low if row == 0 else None
        lines.append(f"{'' if scale is None else f'{scale:.4g}':>9} ┤{bars.rstrip()}")
    first = str(curve[0][0])
    lines.append(f"{'':>9} └{'─' * width}")
    lines.append(f"{'':>11}{first}{last:>{width - len(first)}}  steps")
    return "\n".join(lines)


def _means(curve: Curve, width: int) -> list[tuple[int, float]]:
    """(column, mean value) of the columns that have points; step numbers are spread over ``width``."""
    first, last = curve[0][0], curve[-1][0]
    columns: dict[int, list[float]] = {}
    for step, value in curve:
        columns.setdefault((step - first) * (width - 1) // max(1, last - first), []).append(value)
    return [(x, sum(values) / len(values)) for x, values in sorted(columns.items())]


def plot_curves(runs: Sequence[Path], picture: Path, measured: Sequence[float | None] = ()) -> None:
    """Loss (left axis) and verified accuracy (right axis) of runs one after another, as SVG or PNG.

    ``measured``: of each run the share, 0 to 1, that was proved equal at its end, where it is drawn.
    Raises ``ModelError`` where matplotlib is missing or there is nothing to draw.
    """
    if picture.suffix not in {".svg", ".png"}:
        raise ModelError(f"{picture}: a picture ends in .svg or .png")
    if not any(read_curve(run, "loss") for run in runs):
        raise ModelError(f"{runs[0]}: nothing was logged there, so there is no curve to draw")
    try:
        import matplotlib

        matplotlib.use("svg" if picture.suffix == ".svg" else "agg")
        from matplotlib import pyplot
    except ImportError as error:
        raise ModelError("drawing curves needs matplotlib: pip install matplotlib") from error
    figure, left = pyplot.subplots(figsize=(8, 4))
    right = None
    start = 0
    for number, run in enumerate(runs):
        loss, verified = read_curve(run, "loss"), read_curve(run, "verified")
        steps = [start + step for step, _ in loss]
        values = [value for _, value in loss]
        colour = f"C{number}"
        smooth = _smoothed(values)
        left.plot(steps, values, color=colour, alpha=0.3 if len(values) > SMOOTHED else 1, linewidth=1)
        left.plot(steps, smooth, color=colour, linewidth=1.8, label=run.name)
        if verified:
            right = right or left.twinx()
            right.plot(
                [start + step for step, _ in verified],
                [100 * value for _, value in verified],
                "o--",
                color=colour,
                markersize=4,
                linewidth=1,
            )
        end = start + max((step for step, _ in (*loss, *verified)), default=0)
        share = measured[number] if number < len(measured) else None
        if share is not None:
            right = right or left.twinx()
            right.plot([end], [100 * share], "D", color=colour, markersize=7)
            right.annotate(
                f"{share:.1%}",
                (end, 100 * share),
                xytext=(4, -6),
                textcoords="offset points",
                ha="right",
                va="top",
            )
        if number:
            left.axvline(start, color="0.8", linewidth=0.8)
        start = end
    left.set_xlabel("step")
    left.set_ylabel("loss a completion token")
    left.set_ylim(bottom=0)
    left.grid(axis="y", alpha=0.25)
    if right is not None:
        right.set_ylabel("verified equal, % (dots)")
        right.set_ylim(0, 100)
    left.legend(
        loc="lower center", bbox_to_anchor=(0.5, 1), fontsize="small", frameon=False, ncols=min(3, len(runs))
    )
    figure.tight_layout()
    try:
        picture.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(picture, dpi=120)
    except OSError as error:
        raise ModelError(f"cannot write {picture}: {error.strerror or error}") from error
    finally:
        pyplot.close(figure)


def _smoothed(values: Sequence[float]) -> list[float]:
    """Running mean over a thirtieth of the curve."""
    reach = len(values) // SMOOTHED
    return [
        sum(values[max(0, n - reach) : n + reach + 1]) / len(values[max(0, n - reach) : n + reach + 1])
        for n in range(len(values))
    ]
