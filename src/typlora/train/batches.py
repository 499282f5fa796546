"""Which rows each optimizer step sees: decided once from the seed, so a position is just a step number."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from typlora.model.prompt import Encoded


@dataclass(frozen=True, slots=True)
class Plan:
    """``steps[n]`` holds the row numbers of step ``n``; every epoch sees every row once, in a new order."""

    steps: tuple[tuple[int, ...], ...]
    steps_per_epoch: int


def plan_steps(rows: int, rows_per_step: int, epochs: float, max_steps: int, seed: int) -> Plan:
    """Random order by epoch; the last step of an epoch may be smaller. ``max_steps`` > 0 wins."""
    per_epoch = -(-rows // rows_per_step)
    wanted = max_steps if max_steps > 0 else max(1, round(per_epoch * epochs))
    steps: list[tuple[int, ...]] = []
    epoch = 0
    while len(steps) < wanted:
        order = list(range(rows))
        random.Random(f"{seed}/{epoch}").shuffle(order)
        steps += [tuple(order[n : n + rows_per_step]) for n in range(0, rows, rows_per_step)]
        epoch += 1
    return Plan(tuple(steps[:wanted]), per_epoch)


def cut_micro_batches(rows: Sequence[Encoded], tokens: int, most_rows: int) -> list[list[Encoded]]:
    """Cut one step's rows into micro-batches of similar length: at most ``tokens`` padded tokens each.

    Rows are sorted by length within the step only, so a step stays a fair sample of the data.
    """
    batches: list[list[Encoded]] = []
    current: list[Encoded] = []
    for row in sorted(rows, key=lambda row: (len(row.input_ids), row.input_ids), reverse=True):
        longest = len(current[0].input_ids) if current else len(row.input_ids)
        if current and ((len(current) + 1) * longest > tokens or len(current) >= most_rows):
            batches.append(current)
            current = []
        current.append(row)
    batches.append(current)
    return batches
