"""Versions of everything that a figure depends on."""

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

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
