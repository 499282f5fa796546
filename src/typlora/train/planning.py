"""How big micro-batches may be on this device, and what ``typlora train --dry-run`` prints."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from typlora.errors import ModelError
from typlora.model.base import resolve
from typlora.model.memory import (
    KNOWN,
    Device,
    MemoryPlan,
    Sizes,
    fitting_plan,
    plan_memory,
    read_sizes,
    this_device,
)
from typlora.model.profiles import TrainConfig
from typlora.model.prompt import PromptEncoder
from typlora.train.dataset import Dataset, encode_rows
from typlora.train.ladder import Limits
from typlora.train.parallel import Alone, Team, sharding_asked


def first_limits(
    base: Path, config: TrainConfig, dataset: Dataset, team: Alone | Team, stream: TextIO
) -> Limits:
    """Print the memory plan; micro-batches start as big as it allows, in all processes the same."""
    longest = max(len(row.input_ids) for row in dataset.rows)
    shards = 1 if isinstance(team, Alone) or not sharding_asked() else team.size
    plan = _print_plan(read_sizes(base), config, longest, _share(this_device(), team), stream, shards)
    return Limits(
        config.batch_size,
        -team.agree(-plan.micro_tokens),  # the lowest of all
        config.max_len,
        bool(team.agree(int(plan.checkpointing))),
        config.offload == "on",
    )


def dry_run(config: TrainConfig, rows: Sequence[Any], gigabytes: float | None, stream: TextIO) -> int:
    """Say what a run would see and need, on a device with so many GB (a GPU) or on this one; returns 0.

    Nothing is fetched, loaded or written. Of a base that is not here only the shape is known, so rows are not
    counted in tokens and the plan is for rows of the full length.
    """
    longest = config.max_len
    try:
        base = resolve(config.model_id, may_pull=False)
    except ModelError as error:
        if config.model_id not in KNOWN:
            raise
        sizes = KNOWN[config.model_id]
        print(f"{len(rows)} rows; not counted in tokens: {error}", file=stream)
    else:
        sizes = read_sizes(base)
        dataset = encode_rows(rows, PromptEncoder.from_folder(base), config.max_len)
        longest = max(len(row.input_ids) for row in dataset.rows)
        print(dataset.summary(), file=stream)
    device = this_device() if gigabytes is None else Device(gigabytes * 1e9, "a GPU", True)
    _print_plan(sizes, config, longest, device, stream)
    print("dry run: computed, not measured; nothing was loaded or written", file=stream, flush=True)
    return 0


def _print_plan(
    sizes: Sizes, config: TrainConfig, longest: int, device: Device, stream: TextIO, shards: int = 1
) -> MemoryPlan:
    wanted = plan_memory(sizes, config, longest, device, shards)
    plan = fitting_plan(sizes, config, longest, device, shards)
    print(wanted.table(), file=stream, flush=True)
    if plan != wanted:
        print(f"so it starts smaller, at the same effective batch:\n{plan.table()}", file=stream, flush=True)
    if not plan.fits:
        print(
            f"longest row: {longest} tokens; --max-len or --lora-r lower it, --quantize nf4 the weights",
            file=stream,
        )
    return plan


def _share(device: Device, team: Alone | Team) -> Device:
    """Processes on one machine's CPU share its memory; each GPU has its own."""
    if isinstance(team, Alone) or device.gpu:
        return device
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", str(team.size)))
    return Device(device.free / processes, device.name, False)
