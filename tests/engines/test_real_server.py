"""The client against a server that really runs a model: ``transformers serve``, one process for all tests."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("fastapi", reason="transformers serve needs the extra 'serve'")
pytest.importorskip("uvicorn", reason="transformers serve needs the extra 'serve'")
pytest.importorskip("openai", reason="transformers serve needs the extra 'serve'")

from tests.engines.tiny import tiny_base

from typlora.engines import openai_engine
from typlora.engines.brackets import closed
from typlora.engines.openai_engine import OpenAIEngine
from typlora.errors import EngineError
from typlora.model.prompt import PromptEncoder
from typlora.tex.unit import Unit, UnitKind

STARTING = 400.0  # seconds; a quiet machine needs six
LATEX = ["x", "a+b", r"\frac{a}{b}", "x_1^2"]
UNITS = [Unit(UnitKind.FORMULA, latex) for latex in LATEX]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tiny_base(tmp_path_factory.mktemp("served"))
    # a random model hardly ever says the end token: every ninth token ends an answer here
    settings = folder / "generation_config.json"
    ends = {"eos_token_id": [10, *range(18, 260, 9)], "pad_token_id": 9}
    settings.write_text(json.dumps({**json.loads(settings.read_text()), **ends}))
    return folder


@contextmanager
def serving(base: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """``transformers serve`` on a free port: its address and its process, ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).with_name("transformers")
    command = [str(program), "serve", str(base), "--device", "cpu", "--dtype", "float32"]
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}/v1", process
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with opener.open(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"transformers serve did not start (exit status {process.poll()})")


@pytest.fixture(scope="module")
def server(base: Path) -> Iterator[str]:
    with serving(base) as (url, _):
        yield url


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_engine, "FIRST_PAUSE", 0.05)
    monkeypatch.delenv(openai_engine.KEY_VARIABLE, raising=False)


def expected(base: Path) -> list[str]:
    """What the model says when transformers runs it in this process."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    encoder, tokenizer = PromptEncoder.from_folder(base), AutoTokenizer.from_pretrained(str(base))
    model = AutoModelForCausalLM.from_pretrained(str(base), dtype=torch.float32).eval()
    found = []
    for latex in LATEX:
        prompt = torch.tensor([encoder.encode_prompt(latex)])
        answer = model.generate(
            prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=60, do_sample=False
        )
        # as a server does: it goes on where our own decoding ends a row, at a control token
        found.append(tokenizer.decode(answer[0, prompt.shape[1] :], skip_special_tokens=True).strip())
    return found


def test_a_real_server_says_what_its_model_says(server: str, base: Path) -> None:
    engine = OpenAIEngine(server, str(base), tokenizer=base, concurrency=2, max_new_tokens=60, retries=0)
    answers = [None if one is None else one.typst for one in engine.propose(UNITS)]
    wanted = expected(base)
    assert len(set(wanted)) > 1
    compared = [(answer, want) for answer, want in zip(answers, wanted, strict=True) if answer is not None]
    assert compared, "no answer came to an end"
    assert [answer for answer, _ in compared] == [closed(want) for _, want in compared]


def test_another_model_name_is_refused_with_the_servers_words(server: str, base: Path) -> None:
    with pytest.raises(EngineError, match=r"refuses every request: it answers 400 .*pinned"):
        OpenAIEngine(server, "no-such-adapter", tokenizer=base, retries=0).propose(UNITS[:1])


def test_an_answer_that_takes_too_long_is_one_line(server: str, base: Path) -> None:
    engine = OpenAIEngine(server, str(base), tokenizer=base, timeout=0.005, retries=1)
    with pytest.raises(EngineError, match=r"after 2 tries: .*timed out"):
        engine.propose(UNITS[:1])


def test_a_server_that_dies_in_the_middle_of_a_batch_is_one_line(base: Path) -> None:
    with serving(base) as (url, process):
        engine = OpenAIEngine(url, str(base), tokenizer=base, concurrency=1, retries=1, max_new_tokens=200)
        assert len(engine.propose(UNITS[:1])) == 1
        killer = threading.Timer(0.3, process.send_signal, (signal.SIGKILL,))
        killer.start()
        many = [Unit(UnitKind.FORMULA, f"x_{number}") for number in range(2000)]
        with pytest.raises(EngineError, match=r"no answer from http://127\.0\.0\.1:.* after 2 tries"):
            engine.propose(many)
        killer.join()
