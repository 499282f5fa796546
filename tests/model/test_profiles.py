"""Configuration: precedence, origins, all mistakes at once, and the shipped profiles as promised."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from typlora.errors import ConfigError
from typlora.model.profiles import LINEAR_LAYERS, effective, profile_names, profiles_folder


def test_flags_beat_file_beats_profile_beats_defaults(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("epochs = 7\nlora_r = 6\n")
    found = effective("llama32-3b", file, {"lora_r": "12"})
    assert (found.config.lora_r, found.origins["lora_r"]) == (12, "flag")
    assert (found.config.epochs, found.origins["epochs"]) == (7.0, str(file))
    assert (found.config.quantize, found.origins["quantize"]) == ("nf4", "profile llama32-3b")
    assert (found.config.seed, found.origins["seed"]) == (42, "default")
    table = found.table()
    assert re.search(r"lora_r +12 +flag", table) and re.search(r"seed +42 +default", table)


def test_all_mistakes_are_told_at_once_naming_the_flags() -> None:
    with pytest.raises(ConfigError) as refused:
        effective(None, None, {"lora_r": "0", "quantize": "int2", "lora_dropout": "1.5", "method": "lora"})
    told = str(refused.value)
    assert all(flag in told for flag in ("--lora-r", "--quantize", "--lora-dropout"))
    assert "\n" not in told


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ({"epochs": "many"}, "epochs = 'many' is not a number"),
        ({"batch_size": "1.5"}, "batch_size = '1.5' is not a whole number"),
        ({"learning_rate": "nan"}, "learning_rate"),
        ({"colour": "red"}, "no key 'colour'"),
        ({"method": "full", "quantize": "nf4"}, "cannot train quantised weights"),
        ({"lora_targets": "q_proj,lm_head"}, "lm_head"),
    ],
)
def test_values_that_cannot_be_are_refused(flags: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)):
        effective(None, None, flags)


def test_unknown_profiles_and_broken_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="smollm2-135m"):
        effective("smollm")
    (tmp_path / "bad.toml").write_text("epochs = \n")
    with pytest.raises(ConfigError, match=r"bad\.toml: not TOML"):
        effective(None, tmp_path / "bad.toml")


PROMISED = {
    "llama32-3b": dict(quantize="nf4", lora_r=8, lora_alpha=16, lora_dropout=0.1, batch_size=2, grad_accum=8,
                       learning_rate=2e-4, max_len=1024, epochs=5, lora_targets=LINEAR_LAYERS),
    "llama3-8b": dict(quantize="nf4", lora_r=16, lora_alpha=32, batch_size=1, grad_accum=16,
                      learning_rate=1e-4, max_len=2048),
    "generic-8gb": dict(lora_targets=("q_proj", "v_proj"), batch_size=1, grad_accum=32, learning_rate=2e-4,
                        max_len=1024),
    "low-memory": dict(max_len=512, lora_r=4, grad_accum=64, batch_size=1),
    "smollm2-135m": dict(model_id="smollm2-135m", quantize="none", method="lora", dtype="bf16"),
}  # fmt: skip


@pytest.mark.parametrize("name", PROMISED)
def test_shipped_profiles_are_as_promised(name: str) -> None:
    config = effective(name).config
    assert {key: getattr(config, key) for key in PROMISED[name]} == PROMISED[name]


def test_every_key_of_every_profile_has_a_comment() -> None:
    assert set(profile_names()) == set(PROMISED)
    for path in profiles_folder().glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        for key in tomllib.loads(text):
            line = next(line for line in text.splitlines() if line.startswith(f"{key} ="))
            assert "#" in line, f"{path.name}: {key} has no comment"


def test_a_built_wheel_carries_the_profiles(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    copy = tmp_path / "checkout"
    copy.mkdir()
    for name in ("src", "configs"):
        ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(root / name, copy / name, symlinks=True, ignore=ignore)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, copy / name)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "."]
    built = subprocess.run([*build, "-w", str(tmp_path)], cwd=copy, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr[-2000:]
    with zipfile.ZipFile(next(tmp_path.glob("typlora-*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
    carried = tmp_path / "site" / "typlora" / "configs"
    for path in [*(root / "configs").glob("*.toml"), *(root / "configs" / "accelerate").glob("*.yaml")]:
        assert (carried / path.relative_to(root / "configs")).read_bytes() == path.read_bytes()
    code = "from typlora.model import profiles as p; print(p.__file__, p.effective('llama32-3b').table())"
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    asked = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert asked.stdout.startswith(str(tmp_path / "site")), asked.stderr
    assert '"nf4"' in asked.stdout and "profile llama32-3b" in asked.stdout
