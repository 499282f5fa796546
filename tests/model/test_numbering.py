"""Run folders: numbers, lineage, promotion, archive, and curves from the log."""

import json
from pathlib import Path

import pytest

from typlora.cli.main import main
from typlora.errors import ModelError
from typlora.model import numbering
from typlora.model.curves import plot_curves, read_curve, sparkline
from typlora.model.runs import ADAPTER_FILE, DataFile, RunRecord, read_record, write_record


def make_run(outputs: Path, number: int, parent: int | None = None, base: str = "smollm2-135m") -> Path:
    folder = outputs / f"{base}-typst-qlora-{number:03}"
    folder.mkdir(parents=True)
    record = RunRecord(
        name=folder.name,
        base=base,
        base_hash="sha256:1",
        template_hash="t",
        data=(DataFile(f"train_{number:03}.jsonl", "ab", 10 * number),),
        parent=None if parent is None else f"outputs/{base}-typst-qlora-{parent:03}",
        config={"lora_r": 8 * number},
        metrics={"loss": 1.0 / number},
    )
    write_record(folder, record)
    (folder / ADAPTER_FILE).write_bytes(b"")
    return folder


def test_the_next_number_is_above_all_of_this_base_even_archived_ones(tmp_path: Path) -> None:
    assert numbering.next_run(tmp_path, "smollm2-135m").name == "smollm2-135m-typst-qlora-001"
    make_run(tmp_path, 1)
    make_run(tmp_path, 7, base="other")
    numbering.archive(make_run(tmp_path, 2))
    assert numbering.next_run(tmp_path, "smollm2-135m").name == "smollm2-135m-typst-qlora-003"
    assert (
        numbering.next_run(tmp_path, "meta-llama/Llama-3.2-3B-Instruct").name == "llama32-3b-typst-qlora-001"
    )
    assert numbering.short_base("meta-llama/Meta-Llama-3-8B-Instruct") == "llama3-8b"


def test_runs_are_found_by_path_name_and_number(tmp_path: Path) -> None:
    run = make_run(tmp_path, 1)
    for name in (str(run), run.name, "001", "1"):
        assert numbering.find_run(name, tmp_path) == run
    with pytest.raises(ModelError, match="typlora models list"):
        numbering.find_run("002", tmp_path)
    make_run(tmp_path, 1, base="other")
    with pytest.raises(ModelError, match="several runs have number 1"):
        numbering.find_run("1", tmp_path)


def test_lineage_ends_where_a_parent_is_gone_and_finds_archived_ones(tmp_path: Path) -> None:
    first, second, third = make_run(tmp_path, 1), make_run(tmp_path, 2, 1), make_run(tmp_path, 3, 2)
    assert numbering.lineage(third) == [third, second, first]
    moved = numbering.archive(second)
    assert numbering.lineage(third)[1].resolve() == moved.resolve()


def test_the_promoted_run_is_marked_and_cannot_be_archived(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_run(tmp_path, 1)
    second = make_run(tmp_path, 2, 1)
    numbering.promote(second)
    with pytest.raises(ModelError, match="is promoted"):
        numbering.archive(second)
    assert main(["models", "list", "--outputs", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("   smollm2-135m-typst-qlora-001") and lines[1].startswith("*> ")
    assert "from smollm2-135m-typst-qlora-001" in lines[1]


def test_diff_names_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_run(tmp_path, 1)
    make_run(tmp_path, 2)
    assert main(["models", "diff", "1", "2", "--outputs", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "train_001.jsonl (10)" in told and "8  ->  16" in told and "template" not in told


def test_adapter_of_another_template_is_refused_with_both_hashes(tmp_path: Path) -> None:
    record = read_record(make_run(tmp_path, 1))
    record.check(tmp_path, "sha256:1", "t")
    with pytest.raises(ModelError, match=r"template t, but this version uses u"):
        record.check(tmp_path, "sha256:1", "u")


def test_a_broken_record_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = make_run(tmp_path, 1)
    (run / "run.json").write_text("{")
    assert main(["models", "show", str(run)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    with pytest.raises(ModelError, match="not a run folder"):
        read_record(tmp_path)


def test_curves_take_the_last_word_on_a_step_and_survive_a_cut_line(tmp_path: Path) -> None:
    run = make_run(tmp_path, 1)
    entries = [
        {"step": 1, "loss": 4.0},
        {"step": 2, "loss": 3.0},
        {"step": 2, "loss": 2.0},
        {"step": 2, "verified": 0.5},
    ]
    (run / "log.jsonl").write_text("\n".join(map(json.dumps, entries)) + '\n{"step": 3, "lo')
    assert read_curve(run, "loss") == [(1, 4.0), (2, 2.0)]
    assert sparkline([4.0, 2.0]) == "█▁" and sparkline([1.0, 1.0]) == "▁▁" and sparkline([]) == ""
    with pytest.raises(ModelError, match=r"ends in \.svg or \.png"):
        plot_curves([run], tmp_path / "chain.pdf")
    pytest.importorskip("matplotlib")
    plot_curves([run], tmp_path / "docs" / "chain.svg")
    assert "<svg" in (tmp_path / "docs" / "chain.svg").read_text()


def test_show_draws_loss_and_verified_accuracy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    run = make_run(tmp_path, 1)
    entries = [{"step": n, "loss": 10.0 - n, "rate": 1e-3} for n in range(1, 10)]
    entries += [{"step": n, "verified": n / 10} for n in (2, 4, 6, 8)]
    (run / "log.jsonl").write_text("\n".join(map(json.dumps, entries)) + "\n")
    picture = tmp_path / "curves.png"
    assert main(["models", "show", "1", "--outputs", str(tmp_path), "--plot", str(picture)]) == 0
    told = capsys.readouterr().out
    loss, verified = told.split("\n\n")[1:3]
    assert loss.startswith("loss  9 -> 1, best 1") and verified.startswith("verified  0.2 -> 0.8, best 0.8")
    assert len(loss.splitlines()) == 11
    heights = [line.partition("┤")[2] for line in loss.splitlines()[1:9]]
    assert heights[0].rstrip() == "███████" and len(heights[-1]) == 64  # falls from the left to the right
    assert picture.read_bytes().startswith(b"\x89PNG")
    (run / "log.jsonl").unlink()
    assert main(["models", "show", "1", "--outputs", str(tmp_path), "--plot", str(picture)]) == 2
    assert "nothing was logged" in capsys.readouterr().err
