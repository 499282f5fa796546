"""Versions of everything that a figure depends on."""

import hashlib
import platform
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from typlora import __version__, config
from typlora.evaluate.results import Evaluation

_PACKAGES = (
    "tylax",
    "pypandoc_binary",
    "tex2typst",
    "torch",
    "transformers",
    "peft",
    "ctranslate2",
    "openvino",
    "sacrebleu",
)


def versions(evaluations: Iterable[Evaluation] = ()) -> dict[str, str]:
    """Names and versions, the measured converters included."""
    found = {"typlora": __version__, "typst": config.TYPST_VERSION, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    for one in evaluations:
        found[one.converter] = one.version
    return found


@lru_cache(maxsize=1)
def package_fingerprint() -> str:
    """Hash of everything of the package that decides what a document becomes and how it is judged."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256(config.TYPST_VERSION.encode())
    for folder in ("tex", "verify", "engines", "convert", "evaluate"):
        for file in sorted((package / folder).rglob("*")):
            if file.suffix in {".py", ".typ", ".toml", ".json", ".lua"}:
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
