"""Three stages, one after another, measured and tried out; nothing that is finished runs twice."""

from pathlib import Path

import pytest

from tests.train.tiny import write_data
from typlora.cli.main import main
from typlora.model.base import DEFAULT_BASE, is_pulled
from typlora.model.numbering import lineage
from typlora.model.runs import read_record


def test_chain_of_three_stages(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TYPLORA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.chdir(tmp_path)
    for folder in ("jsonl", "sample"):
        Path(folder).mkdir()
    for number in (1, 2, 3):
        write_data(Path(f"jsonl/train_{number:03}.jsonl"), 16, start=20 * number)
    write_data(Path("jsonl/eval.jsonl"), 3, start=900)
    text = "\\documentclass{article}\\begin{document}We see $x_1$.\\end{document}\n"
    Path("sample/sample_small.tex").write_text(text)
    Path("trained").mkdir()
    Path("trained/001.typ").write_text("what another chain made of it")
    flags = [
        "--model_id",
        str(base),
        "--epochs",
        "1",
        "--batch-size",
        "8",
        "--grad-accum",
        "1",
        "--lora-dropout",
        "0",
    ]
    flags += [
        "--fused",
        "eager",
        "--dtype",
        "fp32",
        "--log-steps",
        "1",
        "--engine",
        "auto",
        "--replay",
        "0.2",
    ]

    def stopped(args: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("typlora.cli.evaluate.run", stopped)
        assert main(["chain", "001..003", *flags]) == 130
    assert "typlora chain: interrupted; the same command goes on" in capsys.readouterr().err
    assert main(["chain", "001..003", *flags]) == 0
    runs = sorted(Path("outputs").glob("tiny-typst-qlora-*"))
    assert [run.name[-3:] for run in runs] == ["001", "002", "003"]
    assert [path.name for path in lineage(runs[2])] == [run.name for run in reversed(runs)]
    assert read_record(runs[2]).metrics["rows"] == 20  # 16 new, 4 of the two versions before
    assert sorted(path.name for path in Path("trained").iterdir()) == ["001.typ", "002.typ", "003.typ"]
    assert all("$x_1$" in path.read_text() for path in Path("trained").iterdir())
    page = Path("docs/chain.md").read_text()
    assert page.count("| tiny-typst-qlora-") == 3 and "%" in page and Path("docs/chain.svg").is_file()
    capsys.readouterr()
    before = {path: path.stat().st_mtime_ns for path in Path("outputs").rglob("*.safetensors")}
    assert main(["chain", "001..003", *flags]) == 0
    assert capsys.readouterr().err.count("is finished") == 3
    assert before == {path: path.stat().st_mtime_ns for path in Path("outputs").rglob("*.safetensors")}


@pytest.mark.skipif(
    not is_pulled(DEFAULT_BASE),
    reason="the embedded base is not in the cache: typlora models pull smollm2-135m",
)
def test_chain_of_the_embedded_base_on_real_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    root = Path(__file__).parents[2]
    Path("jsonl").mkdir()
    for name, count in (("train_001", 24), ("train_002", 24), ("train_003", 24), ("eval", 4)):
        lines = (root / "jsonl" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        kept = lines[:: len(lines) // count][:count]
        Path(f"jsonl/{name}.jsonl").write_text("\n".join(kept) + "\n", encoding="utf-8")
    flags = ["--profile", "smollm2-135m", "--epochs", "1", "--batch-size", "8", "--fused", "eager"]
    assert main(["chain", "001..003", *flags, "--log-steps", "1", "--max-len", "128"]) == 0
    runs = sorted(Path("outputs").glob("smollm2-135m-typst-qlora-*"))
    assert len(runs) == 3 and [path.name for path in lineage(runs[2])] == [run.name for run in runs[::-1]]
    losses = [read_record(run).metrics["loss"] for run in runs]
    assert losses[2] < losses[0]
    assert Path("docs/chain.md").read_text().count("%") == 6 and Path("docs/chain.svg").is_file()


@pytest.mark.parametrize("text", ["1", "003..001", "a..b", "0..2"])
def test_a_range_that_is_none_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chain", text]) == 2
    assert "write 001..003" in capsys.readouterr().err


def test_missing_data_versions_are_all_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chain", "001..002", "--jsonl", str(tmp_path), "--profile", "smollm2-135m"]) == 2
    told = capsys.readouterr().err
    assert "train_001.jsonl" in told and "train_002.jsonl" in told
