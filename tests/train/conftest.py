"""One tiny base for all training tests, and a runner with settings that make a step take milliseconds."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.train.tiny import make_base, write_data

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("peft")

Trainer = Callable[..., tuple[int, str]]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path / "train_001.jsonl", 40)


@pytest.fixture
def run(base: Path) -> Trainer:
    """``run(data, out, flag=value, ...)`` trains in this process: exit status and what was said."""
    import torch

    from typlora.train.session import Request, start

    torch.set_num_threads(1)

    def train(data: Path, out: Path, request: dict[str, Any] | None = None, **flags: Any) -> tuple[int, str]:
        settings = {
            "model_id": str(base), "dtype": "fp32", "lora_r": 4, "lora_dropout": 0.0, "batch_size": 8,
            "grad_accum": 1, "epochs": 2, "save_steps": 3, "log_steps": 1, "learning_rate": 1e-2,
            "fused": "eager", "threads": 1,
        }  # fmt: skip
        given = {name: value for name, value in {**settings, **flags}.items() if value is not None}
        said = io.StringIO()
        status = start(Request((data,), out, flags=given, **(request or {})), said)
        return status, said.getvalue()

    return train
