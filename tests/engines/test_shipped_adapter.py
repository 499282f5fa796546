"""The adapter that travels with the repository, on the embedded base: the two that a user meets first."""

import json
from pathlib import Path

import pytest

from typlora.cli.main import main
from typlora.model.base import DEFAULT_BASE, is_pulled

ROOT = Path(__file__).parents[2]
FORMULAS = (
    "x_{1}^{2} + y",
    "\\frac{a+b}{c}",
    "\\sum_{i=1}^{n} \\alpha_i",
    "A \\subseteq B \\cup C",
    "\\int_0^1 f(x) dx",
    "\\sqrt{2} \\leq \\mathbb{R}",
)


@pytest.mark.skipif(
    not is_pulled(DEFAULT_BASE),
    reason="the embedded base is not in the cache: typlora models pull smollm2-135m",
)
def test_the_shipped_adapter_converts_plain_formulas_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.chdir(ROOT)
    asked, answered = tmp_path / "asked.jsonl", tmp_path / "answered.jsonl"
    rows = [{"id": str(number), "latex": latex} for number, latex in enumerate(FORMULAS)]
    asked.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    flags = ["--engine", "model", "--no-cache", "--adapter", "outputs/smollm2-135m-typst-qlora-000"]
    assert main(["formulas", str(asked), "-o", str(answered), *flags]) == 0
    found = [json.loads(line) for line in answered.read_text(encoding="utf-8").splitlines()]
    equal = [row for row in found if row["verdict"] == "equal"]
    assert {row["engine"] for row in equal} == {"model"}
    assert len(equal) == len(FORMULAS), [row for row in found if row["verdict"] != "equal"]
