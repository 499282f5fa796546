"""Generation with CTranslate2: merged weights converted once into the cache, several times faster on a CPU.

Rows of a batch whose prompts differ in length are partly decoded token by token, so batches are cut where
the length changes too much. Processes that need the same weights wait for the one that converts them; what
a killed one left is removed by the next.
"""

import importlib.metadata
import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from typlora.engines.converted import converted, discard
from typlora.engines.generation import Generated, Request, Stops, batches
from typlora.engines.stopping import Finish, RowWatch
from typlora.engines.weights import Weights
from typlora.errors import ModelError

PRECISIONS = ("int8", "float32", "int8_float32", "bfloat16", "float16")


class CT2Backend:
    """``precision`` is one of ``PRECISIONS``; ``threads`` workers take a batch each, each on ``threads_each``
    cores."""

    def __init__(
        self,
        weights: Weights,
        stops: Stops,
        token: Any,
        precision: str = "int8",
        threads: int = 2,
        batch_size: int = 32,
        device: str = "cpu",
        threads_each: int = 1,
    ) -> None:
        self._weights, self._stops, self._token = weights, stops, token
        self._precision, self._threads, self._batch_size = precision, threads, batch_size
        self._device, self._threads_each = device, threads_each
        self._generator: Any = None

    @property
    def fingerprint(self) -> str:
        return f"ctranslate2-{importlib.metadata.version('ctranslate2')}/{self._device}/{self._precision}"

    def close(self) -> None:
        self._generator = None

    def folder(self) -> Path:
        """The converted weights; made on the first call."""
        self._check_precision()
        return converted(self._weights, self._precision, "ct2", partial(_convert, self._precision))

    def generate(self, requests: Sequence[Request], temperature: float) -> list[Generated]:
        """One answer a request, in order."""
        if temperature > 0:
            return self._draw(requests, temperature)
        generator = self._shared()
        work = list(batches(requests, self._batch_size, self._threads))

        def run(batch: list[int]) -> list[Generated]:
            return self._batch(generator, [requests[index] for index in batch], {})

        found: dict[int, Generated] = {}
        with ThreadPoolExecutor(self._threads) as pool:
            for batch, answers in zip(work, pool.map(run, work), strict=True):
                found.update(zip(batch, answers, strict=True))
        return [found[index] for index in range(len(requests))]

    def _shared(self) -> Any:
        if self._generator is None:
            self._generator = self._open(self._threads)
        return self._generator

    def _draw(self, requests: Sequence[Request], temperature: float) -> list[Generated]:
        """Sampling. The library seeds a worker when it starts and never again: a fresh one each time."""
        import ctranslate2

        options = {"sampling_temperature": temperature, "sampling_topk": 0}
        found: dict[int, Generated] = {}
        with _SEEDING:
            ctranslate2.set_random_seed(requests[0].seed % 2**31 if requests else 0)
            generator = self._open(1)
            for batch in batches(requests, self._batch_size):
                answers = self._batch(generator, [requests[index] for index in batch], options)
                found.update(zip(batch, answers, strict=True))
        return [found[index] for index in range(len(requests))]

    def _batch(self, generator: Any, requests: list[Request], options: dict[str, Any]) -> list[Generated]:
        watches = [self._stops.watch(request) for request in requests]

        def step(result: Any) -> bool:
            row = result.batch_id
            if watches[row].finish is not None:
                return True
            return bool(watches[row].push(int(result.token_id)))

        generator.generate_batch(
            [[self._token(number) for number in request.prompt] for request in requests],
            max_length=max(1, *(request.limit for request in requests)),
            include_prompt_in_result=False,
            end_token=sorted(self._stops.ends),
            suppress_sequences=[[self._token(number)] for number in self._stops.never],
            callback=step,
            **options,
        )
        return [_finished(watch) for watch in watches]

    def _open(self, threads: int) -> Any:
        folder = self.folder()
        try:
            return self._load(folder, threads)
        except ModelError:
            discard(folder)  # cut short by a full disk, or of another version of the library: once more
            return self._load(self.folder(), threads)

    def _check_precision(self) -> None:
        import ctranslate2

        known = ctranslate2.get_supported_compute_types(self._device)
        if self._precision not in known:
            raise ModelError(
                f"this machine cannot compute in {self._precision} with CTranslate2 on {self._device}; "
                f"it can in {', '.join(sorted(known))}"
            )

    def _load(self, folder: Path, threads: int) -> Any:
        import ctranslate2

        try:
            return ctranslate2.Generator(
                str(folder),
                device=self._device,
                compute_type=self._precision,
                inter_threads=threads,
                intra_threads=self._threads_each,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelError(
                f"{folder}: cannot be loaded as {self._precision} ({' '.join(str(error).split())[:160]})"
            ) from None


_SEEDING = threading.Lock()  # the seed is global to the library


def _convert(precision: str, weights: Weights, folder: Path) -> None:
    """Merge and save the weights beside ``folder``, and convert them into it."""
    try:
        from ctranslate2.converters import TransformersConverter
    except ImportError as error:
        raise ModelError(
            f"this engine needs {error.name}: pip install 'typlora[cpu]', or --backend transformers"
        ) from None
    merged = folder.with_name("merged")
    weights.load("float32", "cpu").save_pretrained(merged)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        if (weights.base / name).is_file():
            shutil.copy(weights.base / name, merged / name)
    TransformersConverter(str(merged)).convert(str(folder), quantization=precision)


def _finished(watch: RowWatch) -> Generated:
    return Generated(tuple(watch.ids), watch.finish or Finish.LENGTH)
