"""Converted weights in the cache: kept, waited for, repaired after a kill, and done without where need be."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("ctranslate2")

from tests.engines.tiny import tiny_base

from typlora.engines import converted as module
from typlora.engines.ct2_backend import CT2Backend
from typlora.engines.generation import Stops
from typlora.engines.model_engine import ModelEngine
from typlora.engines.weights import Weights
from typlora.errors import ModelError
from typlora.tex.unit import Unit, UnitKind

UNITS = [Unit(UnitKind.FORMULA, "x")]
NO_STOPS = Stops(frozenset(), (), 0, str)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TYPLORA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def converted(base: Path, precision: str) -> Path:
    """The folder of the converted weights."""
    return CT2Backend(Weights(base), NO_STOPS, None, precision).folder()


def hidden(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir() if one.name.startswith(".") and one.is_dir()]


def test_converted_once(base: Path, home: Path) -> None:
    folder = converted(base, "int8")
    made = (folder / "model.bin").stat().st_mtime_ns
    assert folder.parent == home / "ct2"
    assert converted(base, "int8") == folder
    assert (folder / "model.bin").stat().st_mtime_ns == made
    assert not hidden(folder.parent)


def test_the_least_recently_used_go(base: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    for number in range(3):
        old = home / "ct2" / f"old{number}"
        old.mkdir(parents=True)
        (old / "model.bin").write_bytes(b"")
        os.utime(old, (number, number))
    new = converted(base, "int8")
    assert sorted(one.name for one in new.parent.iterdir() if one.is_dir()) == sorted([new.name, "old2"])


def test_what_cannot_be_read_is_converted_again(base: Path, home: Path) -> None:
    def ask() -> None:
        ModelEngine(base, device="cpu", backend="ct2-float32", max_new_tokens=4).propose(UNITS)

    ask()
    [weights] = (home / "ct2").glob("*/model.bin")
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    ask()
    assert weights.read_bytes() == whole


def test_a_cache_that_takes_nothing(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TYPLORA_HOME", "/dev/null/nowhere")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first = converted(base, "int8")
    assert first.is_relative_to(tmp_path)
    assert converted(base, "int8") == first
    monkeypatch.setattr("tempfile.tempdir", "/dev/null/neither")
    with pytest.raises(
        ModelError, match=r"cannot keep the converted model \(Not a directory\).*TYPLORA_HOME"
    ):
        converted(base, "float32")


def test_a_precision_of_another_machine_converts_nothing(base: Path, home: Path) -> None:
    import ctranslate2

    if "bfloat16" in ctranslate2.get_supported_compute_types("cpu"):
        pytest.skip("this CPU computes in bfloat16")
    with pytest.raises(ModelError, match=r"cannot compute in bfloat16 .* it can in float32, int8"):
        ModelEngine(base, device="cpu", backend="ct2-bfloat16").propose(UNITS)
    assert not (home / "ct2").exists()


STUCK = """
import pathlib, sys, time
from typlora.engines.ct2_backend import CT2Backend
from typlora.engines.weights import Weights
Weights.load = lambda *_: (print("converting", flush=True), time.sleep(600))
CT2Backend(Weights(pathlib.Path(sys.argv[1])), None, None).folder()
"""


def test_a_second_process_waits_and_goes_on_when_the_first_is_killed(base: Path, home: Path) -> None:
    first = subprocess.Popen([sys.executable, "-c", STUCK, str(base)], stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert first.stdout.readline() == "converting\n"
    assert hidden(home / "ct2"), "the first is in the middle"
    killer = threading.Timer(1.0, first.send_signal, (signal.SIGKILL,))
    killer.start()
    started = time.monotonic()
    folder = converted(base, "int8")
    assert time.monotonic() - started > 0.5
    killer.join()
    first.wait()
    assert (folder / "model.bin").is_file()
    assert not hidden(folder.parent)
