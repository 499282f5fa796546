"""The model through the commands that people type, with a tiny model behind it."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("ctranslate2")

from tests.engines.tiny import tiny_adapter, tiny_base

from typlora.cli.main import main
from typlora.model.prompt import PromptEncoder
from typlora.model.runs import RunRecord, write_record

TEX = r"\documentclass{article}\begin{document}Let $x_1$ be \(y\). \[ \frac{a}{b} \]\end{document}"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The flags that name a tiny base and an adapter of it."""
    from typlora.model.base import weights_hash

    base = tiny_base(tmp_path_factory.mktemp("base"))
    adapter = tiny_adapter(base, tmp_path_factory.mktemp("adapter"))
    template = PromptEncoder.from_folder(base).template_hash
    write_record(adapter, RunRecord("tiny", str(base), weights_hash(base), template, (), None, {}))
    return ["--engine", "model", "--model", str(base), "--adapter", str(adapter), "--max-length", "16"]


def test_samples_through_convert_and_formulas(
    model: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TYPLORA_HOME", str(tmp_path / "home"))
    (tmp_path / "a.tex").write_text(TEX)
    rows = [
        {"id": str(n), "latex": latex, "display": False} for n, latex in enumerate(["x_1", "y", "", "\x07"])
    ]
    (tmp_path / "f.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def convert(name: str, *flags: str) -> str:
        report = tmp_path / f"{name}.json"
        out = tmp_path / f"{name}.typ"
        flags = (*flags, "--jobs", "1", "--report", str(report), "-o", str(out))
        assert main(["convert", str(tmp_path / "a.tex"), *model, *flags]) == 0
        return out.read_text()

    first = convert("one", "--samples", "8")
    assert "Let" in first
    assert convert("two", "--samples", "8", "--no-cache") == first, "draws are the same again"
    said = str(json.loads((tmp_path / "one.json").read_text()))
    assert "kept-latex" in said or "model" in said
    capsys.readouterr()
    status = main(
        ["formulas", str(tmp_path / "f.jsonl"), "-o", str(tmp_path / "out.jsonl"), *model, "--samples", "2"]
    )
    assert status == 0, capsys.readouterr().err
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["id"] for row in found] == ["0", "1", "2", "3"]
    assert {row["engine"] for row in found} <= {"model", "kept-latex"}


def test_what_computes_the_answers_can_be_chosen(
    model: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("TYPLORA_HOME", str(home))
    (tmp_path / "a.tex").write_text(TEX)

    def status(backend: str) -> int:
        flags = ["--backend", backend, "--jobs", "1", "-o", str(tmp_path / "a.typ")]
        return main(["convert", str(tmp_path / "a.tex"), *model, *flags])

    assert status("transformers") == 0
    assert not (home / "ct2").exists()
    assert status("ct2-int8") == 0
    assert [one.name.rpartition("-")[2] for one in (home / "ct2").iterdir() if one.is_dir()] == ["int8"]
    capsys.readouterr()
    assert status("abacus") == 2
    assert "no backend 'abacus'; choose from auto, transformers" in capsys.readouterr().err
