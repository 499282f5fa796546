"""Generation with transformers: the reference that every faster backend is measured against.

An own loop around the model's forward instead of ``generate``: rows leave the batch when they are done, and
draws depend on a row's own seed, never on its neighbours.
"""

import importlib.metadata
import inspect
from collections.abc import Sequence
from typing import Any

from typlora.engines.generation import Generated, Request, Stops, batches, settle
from typlora.engines.stopping import Finish, RowWatch
from typlora.engines.weights import Weights
from typlora.errors import EngineError

COMPACT = 0.75  # the share of rows still running below which the batch is made smaller


class TorchBackend:
    """``device``: ``auto``, ``cpu``, ``cuda`` ...; ``dtype``: ``auto`` (bfloat16 on a GPU, else float32)."""

    def __init__(
        self, weights: Weights, stops: Stops, device: str = "auto", dtype: str = "auto", batch_size: int = 32
    ) -> None:
        import torch

        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        if dtype == "auto":
            dtype = "bfloat16" if device.startswith("cuda") else "float32"
        self._weights, self._stops, self._device, self._dtype = weights, stops, device, dtype
        self._batch_size = batch_size
        self._model: Any = None

    @property
    def fingerprint(self) -> str:
        return f"transformers-{importlib.metadata.version('transformers')}/{self._device}/{self._dtype}"

    def close(self) -> None:
        self._model = None

    def generate(self, requests: Sequence[Request], temperature: float) -> list[Generated]:
        """One answer a request, in order. Raises ``EngineError`` when even one row is too much memory."""
        import torch

        if self._model is None:
            self._model = self._weights.load(self._dtype, self._device)
        found: dict[int, Generated] = {}
        size = self._batch_size
        waiting = list(batches(requests, size))
        while waiting:
            batch = waiting.pop(0)
            try:
                with torch.inference_mode():
                    answers = self._batch([requests[index] for index in batch], temperature)
            except (torch.OutOfMemoryError, MemoryError):
                if len(batch) == 1:
                    raise EngineError(
                        "out of memory with a single formula; use a smaller model or --device cpu"
                    ) from None
                size = max(1, len(batch) // 2)
                rest = [index for other in [batch, *waiting] for index in other]
                waiting = [rest[start : start + size] for start in range(0, len(rest), size)]
                if torch.cuda.is_available():
                    torch.cuda.empty_cache()
                continue
            found.update(zip(batch, answers, strict=True))
        return [found[index] for index in range(len(requests))]

    def _batch(self, requests: list[Request], temperature: float) -> list[Generated]:
        import torch
        from transformers import DynamicCache

        device, pad = self._device, self._stops.pad
        watches = [self._stops.watch(request) for request in requests]
        draws = [torch.Generator().manual_seed(request.seed) for request in requests]
        width = max(len(request.prompt) for request in requests)
        missing = [width - len(request.prompt) for request in requests]
        rows = [[pad] * gap + list(request.prompt) for gap, request in zip(missing, requests, strict=True)]
        ids = torch.tensor(rows, device=device)
        mask = torch.tensor([[0] * gap + [1] * (width - gap) for gap in missing], device=device)
        positions = (mask.cumsum(-1) - 1).clamp(min=0)
        never = torch.tensor(self._stops.never, device=device, dtype=torch.long)
        cache = DynamicCache(config=self._model.config)
        remembered = {_cache_name(self._model): cache}
        running = list(range(len(requests)))  # the request behind each row of the tensors
        while running:
            logits = self._model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                use_cache=True,
                logits_to_keep=1,
                **remembered,
            ).logits[:, -1, :]
            logits = logits.float().index_fill(-1, never, float("-inf"))
            scores = _scores(logits, temperature, [draws[index] for index in running])
            best = [int(token) for token in scores.argmax(-1).tolist()]
            chosen = settle(scores, best, [watches[index] for index in running])
            alive = [
                row
                for row, (index, token) in enumerate(zip(running, chosen, strict=True))
                if watches[index].finish is None and not watches[index].push(token)
            ]
            if not alive:
                break
            tokens = torch.tensor(chosen, device=device)
            last = positions[:, -1]
            if len(alive) <= COMPACT * len(running):
                keep = torch.tensor(alive, device=device)
                cache.batch_select_indices(keep)
                running = [running[row] for row in alive]
                tokens, last, mask = tokens[keep], last[keep], mask[keep]
            ids = tokens[:, None]
            positions = last[:, None] + 1
            mask = torch.cat([mask, mask.new_ones(len(running), 1)], dim=-1)
        return [_finished(watch) for watch in watches]


def _cache_name(model: Any) -> str:
    """Newer versions of transformers call it ``cache`` and will not know the other name from 5.40 on."""
    known = inspect.signature(model.forward).parameters
    return "cache" if "cache" in known else "past_key_values"


def _scores(logits: Any, temperature: float, draws: Sequence[Any]) -> Any:
    """What the next token of each row is the largest of (Gumbel noise makes a draw an argmax)."""
    import torch

    if temperature > 0:
        noise = torch.stack([torch.rand(logits.shape[-1], generator=draw) for draw in draws])
        gumbel = -torch.log(-torch.log(noise.clamp(1e-20, 1 - 1e-7)))
        return logits / temperature + gumbel.to(logits.device)
    return logits


def _finished(watch: RowWatch) -> Generated:
    return Generated(tuple(watch.ids), watch.finish or Finish.LENGTH)
