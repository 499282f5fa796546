"""Runs the real command in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder for all command tests of a session: no model is in it."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "TYPLORA_HOME": str(home), "OMP_NUM_THREADS": "1", "NO_COLOR": "1"}


@pytest.fixture
def typlora(environment: dict[str, str]) -> Run:
    """``typlora("convert", path, ..., stdin=b"", timeout=60)``; no run may show a traceback."""

    def run(
        *arguments: object, stdin: bytes = b"", timeout: float = 90, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "typlora", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            env=environment,
            timeout=timeout,
            cwd=cwd,
        )
        errors = done.stderr.decode("utf-8", "replace")
        assert "Traceback" not in errors, errors
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode("utf-8", "replace"), errors
        )

    return run
