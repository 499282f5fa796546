"""``typlora formulas`` as a person runs it: streams, resumes, names bad rows."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ROWS = [
    {"id": "a", "latex": r"x_{1} \leq \frac{1}{2}", "display": False, "macros": ""},
    {"id": "b", "latex": r"\R^n \to \R", "display": True, "macros": r"\newcommand{\R}{\mathbb{R}}"},
    {"id": "c", "latex": r"\nosuchcommand{x}", "display": False, "macros": "", "source": "kept"},
]


def write_rows(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def many(count: int) -> list[dict[str, object]]:
    return [
        {"id": str(i), "latex": f"x^{{{i}}} + \\alpha_{{{i}}}", "display": i % 2 == 0} for i in range(count)
    ]


def test_rows_in_rows_out(typlora: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = typlora("formulas", write_rows(tmp_path / "in.jsonl", ROWS), "-o", out, "--engine", "rules")
    assert done.returncode == 0, done.stderr
    first, second, third = read_rows(out)
    assert first["typst"] == "x_1 <= 1/2" and first["verdict"] == "equal" and first["id"] == "a"
    assert second["typst"] == "RR^n -> RR" and second["engine"] == "rules:tylax" and second["macros"]
    assert third["engine"] == "kept-latex" and third["source"] == "kept" and third["note"]
    assert isinstance(first["seconds"], float)
    assert "3 rows" in done.stderr and not done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_pipes(typlora: Run) -> None:
    data = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
    done = typlora("formulas", "-", "-o", "-", "--engine", "rules", stdin=data)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "b", "c"]


def test_bad_rows_are_named_and_left_out(typlora: Run, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    lines = [
        json.dumps(ROWS[0]).encode(),
        b"{not json",
        b"",
        b'{"latex": 5}',
        b'"just text"',
        b'{"latex": "x", "display": "yes"}',
        b'{"latex": "\xff"}',
        b"[" * 200_000,
        json.dumps(ROWS[1]).encode(),
    ]
    source.write_bytes(b"\n".join(lines))
    done = typlora("formulas", source, "-o", tmp_path / "out.jsonl", "--engine", "rules")
    assert done.returncode == 2
    assert [row["id"] for row in read_rows(tmp_path / "out.jsonl")] == ["a", "b"]
    for number in (2, 4, 5, 6, 7, 8):
        assert f"in.jsonl:{number}:" in done.stderr
    assert "6 lines" in done.stderr


def test_strict(typlora: Run, tmp_path: Path) -> None:
    source = write_rows(tmp_path / "in.jsonl", ROWS)
    assert typlora("formulas", source, "-o", tmp_path / "o", "--engine", "rules", "--strict").returncode == 1
    good = write_rows(tmp_path / "good.jsonl", ROWS[:2])
    assert typlora("formulas", good, "-o", tmp_path / "p", "--engine", "rules", "--strict").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["missing.jsonl", "-o", "out.jsonl"], "cannot read missing.jsonl"),
        (["in.jsonl", "-o", "."], "is a folder"),
        (["in.jsonl", "-o", "in.jsonl/out"], "cannot write"),
        (["in.jsonl", "-o", "in.jsonl"], "overwrite"),
        (["in.jsonl"], "-o"),
        (["in.jsonl", "-o", "/dev/full"], "No space left"),
    ],
)
def test_wrong_arguments_are_one_line(typlora: Run, tmp_path: Path, arguments: list[str], says: str) -> None:
    write_rows(tmp_path / "in.jsonl", ROWS[:2])
    done = typlora("formulas", *arguments, "--engine", "rules", cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert read_rows(tmp_path / "in.jsonl")[0]["id"] == "a"


def test_an_interrupted_run_goes_on_where_it_stopped(
    environment: dict[str, str], typlora: Run, tmp_path: Path
) -> None:
    source, out = write_rows(tmp_path / "in.jsonl", many(6000)), tmp_path / "out.jsonl"
    command = ["formulas", str(source), "-o", str(out), "--engine", "rules", "--no-cache"]
    running = subprocess.Popen(
        [sys.executable, "-m", "typlora", *command], env=environment, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    part = tmp_path / "out.jsonl.part"
    _until(lambda: part.exists() and part.stat().st_size > 0)
    second = typlora(*command)
    assert second.returncode == 2 and "another run is writing" in second.stderr
    os.killpg(running.pid, signal.SIGINT)
    _, errors = running.communicate(timeout=30)
    assert running.returncode == 130 and "Traceback" not in errors, errors
    assert "interrupted; the same command goes on" in errors
    assert not out.exists()
    finished = part.read_bytes().count(b"\n")
    assert 0 < finished < 6000
    with part.open("ab") as stream:
        stream.write(b'{"id": "half a ro')
    done = typlora(*command)
    assert done.returncode == 0, done.stderr
    assert f"{finished} finished rows" in done.stderr and "6000 rows" in done.stderr
    assert [row["id"] for row in read_rows(out)] == [str(i) for i in range(6000)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_other_settings_start_again(typlora: Run, tmp_path: Path) -> None:
    source, out = write_rows(tmp_path / "in.jsonl", ROWS[:2]), tmp_path / "out.jsonl"
    (tmp_path / "out.jsonl.part").write_text(json.dumps({**ROWS[0], "typst": "old"}) + "\n")
    (tmp_path / "out.jsonl.part.run").write_text('{"engine": "model"}')
    done = typlora("formulas", source, "-o", out, "--engine", "rules")
    assert done.returncode == 0 and "other settings" in done.stderr
    assert read_rows(out)[0]["typst"] == "x_1 <= 1/2"
    assert read_rows(tmp_path / "out.jsonl.part.old")[0]["typst"] == "old"


def test_rows_that_kill_a_worker_cost_only_themselves(typlora: Run, tmp_path: Path) -> None:
    """A formula that no parser survives must not take its neighbours with it."""
    rows = [*ROWS[:1], {"id": "deep", "latex": "{" * 60_000 + "x" + "}" * 60_000}, *ROWS[1:2]]
    out = tmp_path / "out.jsonl"
    done = typlora("formulas", write_rows(tmp_path / "in.jsonl", rows), "-o", out, "--engine", "rules")
    assert done.returncode == 0, done.stderr
    found = read_rows(out)
    assert [row["verdict"] for row in (found[0], found[2])] == ["equal", "equal"]


def test_memory_stays_constant(environment: dict[str, str], tmp_path: Path) -> None:
    """The parent holds a few chunks, whatever the size of the input."""

    def peak(count: int) -> int:
        source = write_rows(
            tmp_path / "in.jsonl", [{"latex": f"x_{i % 50}", "pad": "p" * 2000} for i in range(count)]
        )
        code = (
            "import resource, sys\nfrom typlora.cli.main import main\n"
            "status = main(sys.argv[1:])\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\nsys.exit(status)\n"
        )
        command = [sys.executable, "-c", code, "formulas", str(source), "-o", str(tmp_path / "o")]
        done = subprocess.run(
            [*command, "--engine", "rules"], env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    assert peak(12_000) - peak(2_000) < 12_000  # kB; the larger input alone has 20 MB more


def _until(ready: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():  # type: ignore[operator]
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")
