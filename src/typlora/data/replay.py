"""Replay: a few rows of earlier versions among the new ones, so that a model keeps what it could do.

Ten per cent nearly removes forgetting in published work. The draw is stratified by construct: each
construct of the earlier data is asked in turn, rare ones first, so that none goes missing.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence

from typlora.data.constructs import constructs_of, rarest
from typlora.data.delimiters import FORMULA
from typlora.data.rows import Row

DEFAULT_FRACTION = 0.1


def strata(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by the rarest construct each one uses; constructs with the fewest rows first."""
    rows = list(rows)
    used = [constructs_of(row.latex, row.kind != FORMULA) for row in rows]
    counts: dict[str, int] = defaultdict(int)
    for names in used:
        for name in names:
            counts[name] += 1
    found: dict[str, list[Row]] = defaultdict(list)
    for row, names in zip(rows, used, strict=True):
        found[rarest(names, counts)].append(row)
    return dict(sorted(found.items(), key=lambda item: (len(item[1]), item[0])))


def sample(rows: Iterable[Row], count: int, seed: int = 0) -> list[Row]:
    """``count`` of ``rows`` (all, if there are fewer), drawn construct by construct; the same for a seed.

    The order is shuffled. Every construct gives one row before any gives its second.
    """
    shuffler = random.Random(seed)
    queues: list[list[Row]] = []
    for _, members in strata(rows).items():
        queue = sorted(members, key=lambda row: row.digest)
        shuffler.shuffle(queue)
        queues.append(queue)
    drawn: list[Row] = []
    while len(drawn) < count and any(queues):
        for queue in queues:
            if queue and len(drawn) < count:
                drawn.append(queue.pop())
    shuffler.shuffle(drawn)
    return drawn


def with_replay(
    new: Sequence[Row], earlier: Iterable[Row], fraction: float = DEFAULT_FRACTION, seed: int = 0
) -> list[Row]:
    """``new`` and, mixed in, as many earlier rows as make ``fraction`` of the whole. Raises ``ValueError``
    where ``fraction`` is not at least 0 and below 1."""
    if not 0 <= fraction < 1:
        raise ValueError(f"the replay fraction is {fraction}; it must be at least 0 and below 1")
    wanted = round(len(new) * fraction / (1 - fraction))
    if not wanted:
        return list(new)
    known = {row.digest for row in new}
    mixed = [*new, *sample((row for row in earlier if row.digest not in known), wanted, seed)]
    random.Random(seed).shuffle(mixed)
    return mixed
