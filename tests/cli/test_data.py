"""``typlora data`` through the real command."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from typlora.cli.main import main
from typlora.data.rows import Row, read_rows, write_rows

FORMULA = {"kind": "formula"}
GOOD = [
    Row(r"\frac{a}{b}", "a/b", True, FORMULA),
    Row("x_1", "x_1", False, FORMULA),
    Row(r"\section{One}", "= One", False, {"kind": "heading"}),
    Row("Let $x$ be \\emph{small}.", "Let $x$ be _small_.", False, {"kind": "paragraph"}),
]
OLDER = {"system": "", "instruction": "LaTeXをTypstに変換してください", "input": "$x^2$", "output": "$x^2$"}


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, *rows: Row) -> Path:
        write_rows(tmp_path / name, rows)
        return tmp_path / name

    return write


def test_check_passes_what_compiles_and_is_equal(typlora: Run, put: Callable[..., Path]) -> None:
    done = typlora("data", "check", put("train_001.jsonl", *GOOD))
    assert done.returncode == 0, done.stderr
    assert "4 rows, 4 verified again, 4 compile and are equal (100.0%)" in done.stdout


def test_a_log_shows_that_a_long_command_is_alive(
    put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("typlora.cli._shared.SPOKEN_SECONDS", 0.0)
    assert main(["data", "check", str(put("train_001.jsonl", *GOOD)), "--jobs", "1"]) == 0
    assert capsys.readouterr().err == "train_001.jsonl: 100%\n"


def test_check_names_every_fault_and_exits_with_1(typlora: Run, put: Callable[..., Path]) -> None:
    file = put(
        "train_001.jsonl",
        *GOOD,
        GOOD[1],
        Row("a+b", "a-b"),
        Row("c", "nosuchname"),
        Row(r"\nosuch", "x"),
        Row("Two words.", "Two.", meta={"kind": "paragraph"}),
        Row("d", "#while true {}"),
    )
    put("eval.jsonl", Row("x_{1}", "x_1"))
    with file.open("a") as stream:
        stream.write('{"prompt": 1}\n')
    done = typlora("data", "check", file, "--jobs", 2)
    assert done.returncode == 1
    assert "is not equal" in done.stderr and "does not compile: unknown variable: nosuchname" in done.stderr
    assert "train_001.jsonl:11: the row has no 'completion'" in done.stderr
    assert f"{file}:6: $a+b$: is not equal" in done.stderr
    assert r"no reference: \nosuch (if \nosuch is a macro, write what it stands for)" in done.stderr
    assert "$x_1$" in done.stderr.replace("x_{1}", "x_1")
    assert "1 bad lines, 1 repeated, 1 shared with eval" in done.stdout
    assert "4 compile and are equal" in done.stdout
    assert done.stderr.strip().splitlines()[-1].startswith("typlora data: train_001.jsonl: correct or delete")


def test_check_of_a_sample(typlora: Run, put: Callable[..., Path]) -> None:
    done = typlora(
        "data", "check", put("a.jsonl", *(Row(f"x_{n}", f"x_{n}") for n in range(9))), "--sample", 3
    )
    assert "9 rows, 3 verified again" in done.stdout


def test_migrate_turns_any_format_into_the_current_one(typlora: Run, tmp_path: Path) -> None:
    text = {"text": "<|im_start|>user\n$y$<|im_end|>\n<|im_start|>assistant\n$y$<|im_end|>\n"}
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    old.write_text("".join(f"{json.dumps(record)}\n" for record in (OLDER, text)))
    assert typlora("data", "migrate", old, "-o", new).returncode == 0
    records = [json.loads(line) for line in new.read_text().splitlines()]
    assert [record["prompt"][0] for record in records] == [
        {"role": "user", "content": "$x^2$"},
        {"role": "user", "content": "$y$"},
    ]
    assert records[0]["completion"] == [{"role": "assistant", "content": "$x^2$"}]


def test_migrate_refuses_bad_lines_unless_told_to_skip_them(typlora: Run, tmp_path: Path) -> None:
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    old.write_text(f"{json.dumps(OLDER)}\nnot json\n")
    done = typlora("data", "migrate", old, "-o", new)
    assert done.returncode == 2 and "old.jsonl:2: the row is not JSON" in done.stderr and not new.exists()
    assert typlora("data", "migrate", old, "-o", new, "--skip-bad").returncode == 0
    assert len(list(read_rows(new))) == 1


def test_inspect_shows_what_is_masked_and_where_the_end_stands(
    typlora: Run, put: Callable[..., Path], tmp_path: Path
) -> None:
    pytest.importorskip("transformers")
    from tests.engines.tiny import tiny_base

    base = tiny_base(tmp_path / "base")
    file = put("a.jsonl", *GOOD)
    done = typlora("data", "inspect", file, "--row", 2, "--model", base)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "LaTeX  $x_1$"
    assert [line.split()[2] for line in lines[4:13]] == ["no"] * 5 + ["yes"] * 4
    assert "9 tokens: 5 masked (prompt), 4 learnt (completion)" in lines
    assert "EOS: last label, at 8" in lines and "dropped: no, at most 512 tokens" in lines
    assert "dropped: yes, longer than 8 tokens" in typlora(
        "data", "inspect", file, "--row", 2, "--model", base, "--max-len", 8
    ).stdout  # fmt: skip
    done = typlora("data", "inspect", file, "--row", 9, "--model", base)
    assert done.returncode == 2 and "there is no row 9" in done.stderr


def test_build_reports_its_yield(typlora: Run, tmp_path: Path) -> None:
    corpus, report = tmp_path / "c.jsonl", tmp_path / "r.json"
    corpus.write_text(
        "".join(
            json.dumps({"latex": latex, "display": False, "source": "s"}) + "\n"
            for latex in ("x^2", "x^{2}", r"\nosuch{a}", r"\alpha+\beta")
        )
    )
    done = typlora("data", "build", "--corpus", corpus, "-o", tmp_path / "o.jsonl", "--report", report)
    assert done.returncode == 0, done.stderr
    assert "2 proved = 100.0% of the 2 that have a reference" in done.stdout
    assert "has no reference" in done.stdout
    assert json.loads(report.read_text())["kept"] == 2


def test_synth_writes_the_same_bytes_for_a_seed_and_appends(typlora: Run, tmp_path: Path) -> None:
    spec = tmp_path / "s.toml"
    spec.write_text(
        "[rules]\nstart = ['@x_@y', '@x^@y', '\\\\frac{@x}{@y}']\nx = ['a', 'b', 'c']\ny = ['1', '2', '3']\n"
    )
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    for path in (one, two):
        assert typlora("data", "synth", "--spec", spec, "--rows", 8, "--seed", 3, "-o", path).returncode == 0
    assert one.read_bytes() == two.read_bytes()
    typlora("data", "synth", "--spec", spec, "--rows", 8, "--seed", 4, "-o", one, "--append")
    rows = list(read_rows(one))
    assert len(rows) == 16 == len({row.prompt for row in rows})
    typlora("data", "synth", "--spec", spec, "--rows", 8, "--seed", 4, "-o", two, "--draw", 3, "--overwrite")
    assert len(list(read_rows(two))) == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["migrate", "train_001.jsonl", "--skip-bad", "-o", "train_001.jsonl"],
        ["build", "--corpus", "corpus.jsonl", "-o", "train_001.jsonl"],
        ["build", "--corpus", "corpus.jsonl", "-o", "new.jsonl", "--held-out-to", "train_001.jsonl"],
        ["synth", "--spec", "s.toml", "--rows", "2", "-o", "train_001.jsonl"],
        ["repair", "train_001.jsonl", "--asked", "0", "--slips", "1", "-o", "train_001.jsonl"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_rows_that_are_there_are_not_replaced(
    typlora: Run, put: Callable[..., Path], tmp_path: Path, arguments: list[str]
) -> None:
    file = put("train_001.jsonl", *GOOD)
    with file.open("a") as stream:
        stream.write('{"half a row\n')
    (tmp_path / "s.toml").write_text("[rules]\nstart = ['a_1', 'b_2', 'c_3']\n")
    (tmp_path / "corpus.jsonl").write_text('{"latex": "x_{1}", "display": false}\n')
    before = file.read_bytes()
    done = typlora("data", *arguments, cwd=tmp_path)
    assert done.returncode == 2 and file.read_bytes() == before
    assert "train_001.jsonl is there already" in done.stderr and "--overwrite" in done.stderr
    assert not (tmp_path / "new.jsonl").exists()


@pytest.mark.parametrize("seconds", [0.4, 0.8, 1.2, 2.0])
def test_an_interrupted_build_is_one_line(
    environment: dict[str, str], tmp_path: Path, seconds: float
) -> None:
    """Workers that are just starting say nothing of where they were."""
    rows = [{"latex": f"x^{{{n}}}", "display": False} for n in range(40_000)]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = [sys.executable, "-m", "typlora", "data", "build", "--corpus", "c.jsonl", "-o", "o.jsonl"]
    running = subprocess.Popen(
        [*command, "--jobs", "2"], env=environment, cwd=tmp_path, stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL, start_new_session=True, text=True,
    )  # fmt: skip
    journal = tmp_path / "o.jsonl.building"
    while not journal.exists():
        assert running.poll() is None
        time.sleep(0.01)
    time.sleep(seconds)
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert said == "typlora data: interrupted; the same command goes on\n" and running.returncode == 130


def test_stats_counts_constructs_beside_the_accuracy(
    typlora: Run, put: Callable[..., Path], tmp_path: Path
) -> None:
    file = put("train_001.jsonl", *GOOD)
    results, chart = tmp_path / "r.jsonl", tmp_path / "c.svg"
    results.write_text(
        "".join(
            json.dumps({"latex": latex, "verdict": verdict}) + "\n"
            for latex, verdict in ((r"\frac{a}{b}", "equal"), (r"\frac{c}{d}", "different"), ("x_1", "equal"))
        )
    )
    done = typlora("data", "stats", file, "--results", results, "--chart", chart)
    assert done.returncode == 0, done.stderr
    fraction = next(line for line in done.stdout.splitlines() if line.startswith("fraction "))
    assert fraction.split()[1:3] == ["1", "50.0%"]
    assert "4 rows (2 formula, 1 heading, 1 paragraph)" in done.stdout
    svg = chart.read_text()
    assert svg.startswith("<svg") and "fraction" in svg and "50% equal" in svg
    report = tmp_path / "report.json"
    rows = [{"id": "a", "compiles": True, "outcome": "equal", "reference": True}]
    suite = {"rows": [*rows, {**rows[0], "id": "b", "outcome": "different"}]}
    suite["constructs"] = {"a": ["fraction"], "b": ["fraction", "subscript"]}
    report.write_text(json.dumps({"evaluations": [{"suites": [suite]}]}))
    done = typlora("data", "stats", file, "--results", report)
    shares = [line.split()[2] for line in done.stdout.splitlines() if line.split()[1:2] == ["1"]]
    assert {"0.0%", "50.0%"} <= set(shares)
    counted = json.loads(typlora("data", "stats", file, "--json").stdout)
    assert counted["files"]["train_001"]["constructs"]["heading"] == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["check", "none.jsonl"], "cannot be read"),
        (["build", "--corpus", "none", "-o", "o.jsonl"], "there is no such corpus"),
        (["synth", "--spec", "none.toml", "--rows", "1", "-o", "o.jsonl"], "cannot be read"),
        (["stats", "none.jsonl"], "cannot be read"),
        (["stats"], "FILE"),
        (["synth", "--spec", "a", "--rows", "0", "-o", "o"], "must be 1 or more"),
        (["nothing"], "invalid choice"),
        ([], "ACTION"),
    ],
)
def test_wrong_input_is_one_line_and_status_2(
    typlora: Run, tmp_path: Path, arguments: list[str], reason: str
) -> None:
    done = typlora("data", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert reason in done.stderr
