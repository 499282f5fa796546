"""The language model as an engine: prompts out, Typst back, whichever library does the arithmetic."""

import hashlib
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from typlora.engines.base import Candidate
from typlora.engines.brackets import closed, paired
from typlora.engines.generation import Backend, Generated, Request, Stops, well_formed
from typlora.engines.matrices import in_display
from typlora.engines.stopping import Finish
from typlora.engines.weights import Weights
from typlora.errors import ConfigError
from typlora.tex.unit import Unit, UnitKind

if TYPE_CHECKING:
    from typlora.model.prompt import PromptEncoder

NAME = "model"
REPAIRED = "repaired"
BACKENDS = (
    *("auto", "transformers", "transformers-bfloat16"),
    *("openvino", "openvino-bfloat16"),
    *("ct2-int8", "ct2-float32", "ct2-bfloat16"),
)
# On a CPU, of those that say what float32 says, the fastest first: see docs/engines.md
FASTEST = "openvino"
FAST = "ct2-float32"
GROWTH = 2.0  # Typst tokens a prompt token at most; 1.7 was the largest of 6,413 proved pairs
SPARE = 32
DECODING = "names1"  # what decides answers beside weights and backend; in the key of remembered conversions
LONGEST_PROMPT = 2_048  # tokens, some 5,000 characters: no profile trains on more, and memory grows squared


class ModelEngine:
    """``base`` and ``adapter`` are folders. Nothing is loaded before the first call, nothing downloaded ever.

    ``backend``: ``auto`` takes OpenVINO on a CPU where it is installed and knows the base, else CTranslate2,
    else transformers.
    ``samples`` above 0 makes ``propose`` answer as ever; ``sample`` gives that many candidates by default.
    Raises ``ModelError`` (weights missing or of another base) and ``ConfigError`` (unknown backend).
    """

    name = NAME

    def __init__(
        self,
        base: Path,
        adapter: Path | None = None,
        device: str = "auto",
        batch_size: int = 32,
        max_new_tokens: int = 1024,
        samples: int = 0,
        temperature: float = 0.7,
        seed: int = 0,
        backend: str = "auto",
        threads: int = 2,
    ) -> None:
        if backend not in BACKENDS:
            raise ConfigError(f"there is no backend '{backend}'; choose from {', '.join(BACKENDS)}")
        self._weights = Weights(base, adapter)
        self._device, self._batch_size, self._max = device, batch_size, max_new_tokens
        self._samples, self._temperature, self._seed = samples, temperature, seed
        self._kind, self._threads = backend, threads
        self._backend: Backend | None = None
        self._encoder: PromptEncoder | None = None
        self._fingerprint = ""

    @property
    def fingerprint(self) -> str:
        if not self._fingerprint:
            identity = self._weights.identity()
            template = self._prompts().template_hash
            self._fingerprint = (
                f"{NAME}/{identity}/{template}/{self._open().fingerprint}/{self._max}/{DECODING}"
            )
        return self._fingerprint

    def propose(self, units: Sequence[Unit]) -> list[Candidate | None]:
        """Greedy: one candidate a unit, ``None`` where the model did not come to an end."""
        start = time.perf_counter()
        generated = self._generate([self.request(unit, 0) for unit in units], 0.0)
        share = (time.perf_counter() - start) / max(len(units), 1)
        return [self._candidate(unit, one, share) for unit, one in zip(units, generated, strict=True)]

    def sample(
        self,
        units: Sequence[Unit],
        k: int | None = None,
        temperature: float | None = None,
        seed: int | None = None,
    ) -> list[list[Candidate]]:
        """Up to ``k`` different candidates a unit, in the order drawn; the same for the same seed."""
        k = self._samples if k is None else k
        warmth = self._temperature if temperature is None else temperature
        base_seed = self._seed if seed is None else seed
        start = time.perf_counter()
        requests = [self.request(unit, base_seed * 1009 + draw + 1) for unit in units for draw in range(k)]
        generated = self._generate(requests, warmth)
        share = (time.perf_counter() - start) / max(len(units), 1)
        found: list[list[Candidate]] = []
        for number, unit in enumerate(units):
            drawn = [self._candidate(unit, one, share) for one in generated[number * k : (number + 1) * k]]
            found.append(list({one.typst: one for one in drawn if one is not None}.values()))
        return found

    def repair(
        self, units: Sequence[Unit], refused: Sequence[str], complaints: Sequence[str]
    ) -> list[Candidate | None]:
        """Greedy answers to the second task: each unit with a candidate and what the verifier said of it."""
        start = time.perf_counter()
        encode = self._prompts().encode_repair
        prompts = [
            encode(
                well_formed(unit.latex),
                well_formed(typst),
                words,
                unit.display,
                block=unit.kind is not UnitKind.FORMULA,
            )
            for unit, typst, words in zip(units, refused, complaints, strict=True)
        ]
        limits = [self._limit(self._prompt(unit)) for unit in units]
        requests = [Request(tuple(prompt), limit) for prompt, limit in zip(prompts, limits, strict=True)]
        generated = self._generate(requests, 0.0)
        share = (time.perf_counter() - start) / max(len(units), 1)
        found = [self._candidate(unit, one, share) for unit, one in zip(units, generated, strict=True)]
        return [None if one is None else replace(one, engine=REPAIRED) for one in found]

    def close(self) -> None:
        if self._backend is not None:
            self._backend.close()
        self._backend = None

    def _generate(self, requests: Sequence[Request], temperature: float) -> list[Generated]:
        """Ask the backend, but not for prompts that are longer than any model was trained on."""
        fitting = [number for number, one in enumerate(requests) if len(one.prompt) <= LONGEST_PROMPT]
        found = [Generated((), Finish.LENGTH)] * len(requests)
        if fitting:
            answers = self._open().generate([requests[number] for number in fitting], temperature)
            for number, answer in zip(fitting, answers, strict=True):
                found[number] = answer
        return found

    def request(self, unit: Unit, draw: int = 0) -> Request:
        """What the backend is asked for a unit; ``draw`` decides its seed."""
        prompt = self._prompt(unit)
        text = f"{draw}/{unit.display}/{well_formed(unit.latex)}".encode()
        seed = int.from_bytes(hashlib.sha256(text).digest()[:7])
        maths = unit.kind is UnitKind.FORMULA
        kept = maths and paired(unit.latex)
        return Request(tuple(prompt), self._limit(prompt), seed, paired=kept, maths=maths)

    def _prompt(self, unit: Unit) -> list[int]:
        block = unit.kind is not UnitKind.FORMULA
        return self._prompts().encode_prompt(well_formed(unit.latex), unit.display, block=block)

    def _limit(self, prompt: Sequence[int]) -> int:
        return min(self._max, int(SPARE + GROWTH * len(prompt)))

    def _candidate(self, unit: Unit, generated: Generated, seconds: float) -> Candidate | None:
        if generated.finish is not Finish.END:
            return None
        typst = self._prompts().decode(list(generated.ids))
        if unit.kind is UnitKind.FORMULA:
            typst = closed(
                typst
            )  # counts as maths does: in text quotation marks and brackets may stand alone
            if not unit.display and "smallmatrix" not in unit.latex:
                typst = in_display(typst)
        return Candidate(typst, NAME, seconds) if typst else None

    def _prompts(self) -> "PromptEncoder":
        if self._encoder is None:
            from typlora.model.prompt import PromptEncoder

            self._encoder = PromptEncoder.from_folder(self._weights.base)
            self._weights.check(self._encoder.template_hash)
        return self._encoder

    def _open(self) -> Backend:
        if self._backend is None:
            self._backend = open_backend(
                self._kind,
                self._weights,
                self._prompts(),
                device=self._device,
                batch_size=self._batch_size,
                threads=self._threads,
            )
        return self._backend


def open_backend(
    kind: str,
    weights: Weights,
    encoder: "PromptEncoder",
    *,
    device: str = "auto",
    batch_size: int = 32,
    threads: int = 2,
    threads_each: int = 1,
) -> Backend:
    """The backend called ``kind`` (one of ``BACKENDS``).

    OpenVINO and CTranslate2 run ``threads`` batches at once, the latter each on ``threads_each`` cores.
    """
    pieces: dict[int, str] = {}

    def piece(number: int) -> str:
        if number not in pieces:
            pieces[number] = encoder.piece(number)
        return pieces[number]

    ends = frozenset({encoder.eos_id})
    stops = Stops(ends, tuple(sorted(encoder.mark_ids - ends)), encoder.pad_id, piece)
    if kind == "auto":
        on_cpu = device == "cpu" or (device == "auto" and not _has_gpu())
        kind = _fastest(weights.base) if on_cpu else "transformers"
    if kind.startswith("transformers"):
        from typlora.engines.torch_backend import TorchBackend

        dtype = kind.removeprefix("transformers").removeprefix("-") or "auto"
        return TorchBackend(weights, stops, device, dtype, batch_size)
    if kind.startswith("openvino"):
        from typlora.engines.openvino_backend import OpenVINOBackend

        precision = kind.removeprefix("openvino").removeprefix("-") or "float32"
        return OpenVINOBackend(weights, stops, precision, threads, batch_size)
    from typlora.engines.ct2_backend import CT2Backend

    precision = kind.removeprefix("ct2-")
    return CT2Backend(
        weights, stops, encoder.token, precision, threads, batch_size, threads_each=threads_each
    )


def _fastest(base: Path) -> str:
    """The fastest backend that is installed here and can read the base.

    Not OpenVINO where torch is at work in this process (training, evaluating while training): a run of all
    tests, with both in one process, ended in a segmentation fault inside of training.
    """
    import importlib.util

    from typlora.engines.openvino_model import installed, readable

    if "torch" not in sys.modules and installed() and readable(base):
        return FASTEST
    return FAST if importlib.util.find_spec("ctranslate2") is not None else "transformers"


def _has_gpu() -> bool:
    """Asks torch only where there is a device at all: importing it takes seconds."""
    if sys.platform == "linux" and not any(
        Path("/dev", name).exists() for name in ("nvidiactl", "dxg", "kfd")
    ):
        return False
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())
