"""Where TypLoRA keeps things, and the numbers shared by several packages."""

import os
from pathlib import Path

TYPST_VERSION = "0.15.2"  # kept equal to pyproject.toml by a test; verdicts hold for one version only


def home() -> Path:
    """The user's cache: ``TYPLORA_HOME``, else ``$XDG_CACHE_HOME/typlora``, else ``~/.cache/typlora``."""
    if override := os.environ.get("TYPLORA_HOME"):
        return Path(override).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "typlora"
