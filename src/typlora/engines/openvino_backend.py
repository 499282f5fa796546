"""Generation with OpenVINO on a CPU, in float32 nearly twice as fast as the other backends there.

The loop is our own, as with transformers: rows are watched token by token and leave the batch when they are
done (the model keeps its cache by itself; an input says which rows go on), and draws depend on a row's own
seed, never on its neighbours.
"""

import importlib.metadata
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from typlora.engines.converted import converted, discard
from typlora.engines.generation import Generated, Request, Stops, batches, settle
from typlora.engines.openvino_model import convert
from typlora.engines.stopping import Finish
from typlora.engines.weights import Weights
from typlora.errors import ModelError

HINTS = {"float32": "f32", "bfloat16": "bf16"}


class OpenVINOBackend:
    """``threads`` batches at once, each on a core of its own. ``precision`` is one of ``HINTS``."""

    def __init__(
        self,
        weights: Weights,
        stops: Stops,
        precision: str = "float32",
        threads: int = 2,
        batch_size: int = 32,
    ) -> None:
        self._precision = precision
        self._weights, self._stops = weights, stops
        self._threads, self._batch_size = threads, batch_size
        self._requests: SimpleQueue[Any] | None = None

    @property
    def fingerprint(self) -> str:
        return f"openvino-{importlib.metadata.version('openvino')}/cpu/{self._precision}"

    def close(self) -> None:
        self._requests = None

    def generate(self, requests: Sequence[Request], temperature: float) -> list[Generated]:
        """One answer a request, in order. Raises ``ModelError``."""
        if self._requests is None:
            self._requests = self._open()
        work = list(batches(requests, self._batch_size, self._threads))

        def run(batch: list[int]) -> list[Generated]:
            return self._batch([requests[index] for index in batch], temperature)

        found: dict[int, Generated] = {}
        with ThreadPoolExecutor(self._threads) as pool:
            for batch, answers in zip(work, pool.map(run, work), strict=True):
                found.update(zip(batch, answers, strict=True))
        return [found[index] for index in range(len(requests))]

    def _batch(self, requests: list[Request], temperature: float) -> list[Generated]:
        import numpy as np

        watches = [self._stops.watch(request) for request in requests]
        draws = [np.random.default_rng(request.seed) for request in requests]
        asked = [request.prompt for request in requests]
        prompts = list(dict.fromkeys(asked))  # draws for one formula share the pass through its prompt
        width = max(map(len, prompts))
        ids = np.full((len(prompts), width), self._stops.pad, dtype=np.int64)
        mask = np.zeros((len(prompts), width), dtype=np.int64)
        for row, prompt in enumerate(prompts):
            ids[row, width - len(prompt) :] = prompt
            mask[row, width - len(prompt) :] = 1
        positions = np.maximum(mask.cumsum(-1) - 1, 0)
        never = list(self._stops.never)
        running = list(range(len(requests)))  # the request behind each row of the arrays
        place = {prompt: row for row, prompt in enumerate(prompts)}
        come_from = np.array([place[prompt] for prompt in asked], dtype=np.int32)  # its row in the last pass
        rows = np.arange(len(prompts), dtype=np.int32)
        with self._borrowed() as model:
            while running:
                logits = _infer(model, ids, mask, positions, rows)
                logits[:, never] = -np.inf
                scores = logits[come_from]
                if temperature > 0:  # Gumbel noise makes a draw an argmax
                    noise = [draws[index].gumbel(size=scores.shape[-1]) for index in running]
                    scores = scores / temperature + np.stack(noise)
                best = [int(token) for token in scores.argmax(-1)]
                chosen = settle(scores, best, [watches[index] for index in running])
                alive = [
                    row
                    for row, (index, token) in enumerate(zip(running, chosen, strict=True))
                    if not watches[index].push(token)
                ]
                running = [running[row] for row in alive]
                rows = come_from[alive]
                ids = np.array([[chosen[row]] for row in alive], dtype=np.int64)
                positions = positions[rows, -1:] + 1
                mask = np.concatenate([mask[rows], np.ones((len(alive), 1), dtype=np.int64)], axis=-1)
                come_from = np.arange(len(alive), dtype=np.int32)
        return [Generated(tuple(watch.ids), watch.finish or Finish.LENGTH) for watch in watches]

    @contextmanager
    def _borrowed(self) -> Iterator[Any]:
        """An inference request with an empty cache, given back afterwards."""
        assert self._requests is not None
        request = self._requests.get()
        try:
            request.reset_state()
            yield request
        finally:
            self._requests.put(request)

    def _open(self) -> "SimpleQueue[Any]":
        folder = converted(self._weights, "float32", "openvino", convert)
        try:
            return self._load(folder)
        except ModelError:
            discard(folder)  # cut short by a full disk, or of another version of the library: once more
            return self._load(converted(self._weights, "float32", "openvino", convert))

    def _load(self, folder: Path) -> "SimpleQueue[Any]":
        import openvino

        settings = {
            "INFERENCE_PRECISION_HINT": HINTS[self._precision],
            "KV_CACHE_PRECISION": HINTS[self._precision],
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0",
            "NUM_STREAMS": str(self._threads),
            "INFERENCE_NUM_THREADS": str(self._threads),
        }
        try:
            core = openvino.Core()
            compiled = core.compile_model(folder / "model.xml", "CPU", settings)
            requests: SimpleQueue[Any] = SimpleQueue()
            for _ in range(self._threads):
                request = compiled.create_infer_request()
                _infer(request, *_FIRST)
                requests.put(request)
        except RuntimeError as error:
            told = " ".join(str(error).split())[-160:]
            raise ModelError(f"{folder}: OpenVINO cannot load it ({told})") from None
        return requests


# A pass of one token before any thread starts: two threads that reach the Python layer of the library for the
# first time at once may wait for each other for ever (one has the interpreter's lock, the other a static's).
_FIRST = ([[0]], [[1]], [[0]], [0])


def _infer(model: Any, ids: Any, mask: Any, positions: Any, rows: Any) -> Any:
    """Logits (B, V) of the last position. They are the library's own memory, until the next pass."""
    import numpy as np

    model.infer(
        {
            "input_ids": np.asarray(ids, dtype=np.int64),
            "attention_mask": np.asarray(mask, dtype=np.int64),
            "position_ids": np.asarray(positions, dtype=np.int64),
            "beam_idx": np.asarray(rows, dtype=np.int32),
        },
        share_inputs=True,
        share_outputs=True,
    )
    return model.get_output_tensor(0).data[:, -1, :]
