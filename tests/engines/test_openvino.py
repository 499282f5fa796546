"""OpenVINO in a process of its own: with torch at work in the same one, all tests together once crashed."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("openvino")


def test_openvino_says_what_transformers_says() -> None:
    checks = Path(__file__).with_name("openvino_checks.py")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(checks)],
        cwd=checks.parents[2], capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "passed" in done.stdout or "100%" in done.stdout
