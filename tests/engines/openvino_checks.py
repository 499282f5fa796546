"""OpenVINO beside transformers on a tiny random model; run by test_openvino.py in a process of its own."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from tests.engines.test_model_engine import UNITS, adapter, base, encoder, home, requests, stops

from typlora.engines.generation import Request, Stops
from typlora.engines.model_engine import ModelEngine
from typlora.engines.openvino_backend import OpenVINOBackend
from typlora.engines.openvino_model import readable
from typlora.engines.torch_backend import TorchBackend
from typlora.engines.weights import Weights
from typlora.errors import ModelError

__all__ = ["adapter", "base", "encoder", "home", "requests", "stops"]  # fixtures


@pytest.mark.parametrize("size", [1, 4, 32])
def test_openvino_agrees_with_transformers(
    base: Path, requests: list[Request], stops: Stops, size: int
) -> None:
    expected = TorchBackend(Weights(base), stops, "cpu").generate(requests, 0.0)
    backend = OpenVINOBackend(Weights(base), stops, batch_size=size)
    assert backend.generate(requests, 0.0) == expected
    warm, alone = backend.generate(requests, 1.5), backend.generate(requests[3:4], 1.5)
    assert warm != expected
    assert warm[3:4] == alone, "a draw depends on its neighbours"
    draws = [dataclasses.replace(requests[3], seed=seed) for seed in range(5)]  # they share a pass
    assert backend.generate(draws, 1.5) == [backend.generate([draw], 1.5)[0] for draw in draws]
    assert len(set(backend.generate(draws, 1.5))) > 1


def test_a_base_that_openvino_cannot_read(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TYPLORA_HOME", str(tmp_path / "home"))
    assert readable(base)
    other = tmp_path / "other"
    shutil.copytree(base, other)
    settings = json.loads((other / "config.json").read_text())
    settings["attention_bias"] = True
    (other / "config.json").write_text(json.dumps(settings))
    assert not readable(other)
    assert not readable(tmp_path / "missing")
    with pytest.raises(ModelError, match="only used for Llama models"):
        ModelEngine(other, device="cpu", backend="openvino").propose(UNITS)
    assert any(ModelEngine(other, device="cpu").propose(UNITS)) is not None


def test_an_adapter_changes_what_is_said(
    base: Path, adapter: Path, requests: list[Request], stops: Stops
) -> None:
    merged = TorchBackend(Weights(base, adapter), stops, "cpu").generate(requests, 0.0)
    backend = OpenVINOBackend(Weights(base, adapter), stops)
    assert backend.generate(requests, 0.0) == merged
    assert OpenVINOBackend(Weights(base), stops).generate(requests, 0.0) != merged


def test_what_cannot_be_read_is_converted_again(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TYPLORA_HOME", str(tmp_path))

    def ask() -> None:
        ModelEngine(base, device="cpu", backend="openvino", max_new_tokens=4).propose(UNITS)

    ask()
    [weights] = (tmp_path / "openvino").glob("*/model.bin")
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    ask()
    assert weights.read_bytes() == whole
