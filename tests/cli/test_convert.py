"""``typlora convert`` as a person runs it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typst

from tests.cli.conftest import Run

PAPER = r"""\documentclass{article}
\newcommand{\R}{\mathbb{R}}
\begin{document}
\section{Start}\label{sec:start}
Let $f\colon \R \to \R$ be \emph{smooth} with $x_{1} \leq 2$. See Section~\ref{sec:start}.
\begin{equation}\label{eq:one} a^2 + b^2 = c^2 \end{equation}
\end{document}
"""


def compiles(path: Path) -> bool:
    typst.compile(str(path), output=str(path.with_suffix(".check.pdf")))
    return True


def paper(folder: Path, name: str = "paper.tex", text: str = PAPER) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_at_once(typlora: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.typ"
    done = typlora(
        "convert", paper(tmp_path), "-o", out, "--engine", "rules", "--pdf",
        "--report", tmp_path / "r.json", "--report", tmp_path / "r.html",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert compiles(out)
    text = out.read_text(encoding="utf-8")
    assert "RR -> RR" in text and "x_1 <= 2" in text and "a^2 + b^2 = c^2" in text
    assert out.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["schema"] == 1 and report["documents"][0]["counts"]["proved"] == 3
    assert report["documents"][0]["items"][0]["line"] == 5
    assert "proved" in done.stderr and not done.stdout
    assert sorted(path.suffix for path in tmp_path.iterdir() if path.name.startswith("out")) == [
        ".pdf",
        ".pdf",
        ".typ",
    ]


def test_standard_input_and_output(typlora: Run, tmp_path: Path) -> None:
    done = typlora("convert", "-", "-o", "-", "--engine", "rules", stdin=rb"So $\alpha \ge 0$.", cwd=tmp_path)
    assert done.returncode == 0
    assert "$alpha >= 0$" in done.stdout


def test_folder_and_default_output(typlora: Run, tmp_path: Path) -> None:
    paper(tmp_path / "project", "main.tex")
    assert typlora("convert", tmp_path / "project", "--engine", "rules").returncode == 0
    assert compiles(tmp_path / "project" / "main.typ")


def test_several_inputs_of_one_name_are_told_apart(typlora: Run, tmp_path: Path) -> None:
    inputs = [paper(tmp_path / name, "main.tex") for name in ("one", "two")]
    done = typlora("convert", *inputs, "--out-dir", tmp_path / "out", "--engine", "rules")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out").glob("*.typ")} == {"one.typ", "two.typ"}


def test_pictures_of_one_name_in_one_folder_are_told_apart(typlora: Run, tmp_path: Path) -> None:
    for name, colour in (("a", "red"), ("b", "blue")):
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect fill="{colour}"/></svg>'
        main = paper(tmp_path / name, "main.tex", PAPER.replace("Let", "\\includegraphics{pic.svg} Let"))
        main.with_name("pic.svg").write_text(svg)
    out = tmp_path / "out"
    done = typlora("convert", tmp_path / "a", tmp_path / "b", "--out-dir", out, "--engine", "rules")
    assert done.returncode == 0, done.stderr
    assert "red" in (out / "pic.svg").read_text()
    assert "blue" in (out / "b-files/pic.svg").read_text()
    assert 'image("b-files/pic.svg")' in (out / "b.typ").read_text()
    assert compiles(out / "a.typ") and compiles(out / "b.typ")


def test_a_tree_of_files(typlora: Run, tmp_path: Path) -> None:
    paper(tmp_path / "in", "part/one.tex", "\\section{One} Text $x$.\n")
    paper(tmp_path / "in", "main.tex", PAPER.replace("Let", "\n\n\\input{part/one}\n\nLet"))
    done = typlora("convert", tmp_path / "in", "--out-dir", tmp_path / "out", "--tree", "--engine", "rules")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/part/one.typ").read_text() == "= One\n\nText $x$.\n"
    assert '#include "part/one.typ"' in (tmp_path / "out/main.typ").read_text()
    assert compiles(tmp_path / "out/main.typ")


def test_strict_tells_losses_by_exit_status(typlora: Run, tmp_path: Path) -> None:
    bad = paper(tmp_path, text=PAPER.replace(r"\ref{sec:start}", r"\ref{nowhere}"))
    assert typlora("convert", bad, "-o", tmp_path / "a.typ", "--engine", "rules").returncode == 0
    assert typlora("convert", bad, "-o", tmp_path / "a.typ", "--engine", "rules", "--strict").returncode == 1
    good = paper(tmp_path, "good.tex")
    assert typlora("convert", good, "-o", tmp_path / "b.typ", "--engine", "rules", "--strict").returncode == 0


def test_auto_without_a_model_says_so_once_and_goes_on(typlora: Run, tmp_path: Path) -> None:
    done = typlora("convert", paper(tmp_path), "-o", tmp_path / "a.typ")
    assert done.returncode == 0
    assert len([line for line in done.stderr.splitlines() if "rules alone" in line]) == 1


def test_model_alone_without_a_model_is_one_line(typlora: Run, tmp_path: Path) -> None:
    done = typlora("convert", paper(tmp_path), "-o", tmp_path / "a.typ", "--engine", "model")
    assert done.returncode == 2
    assert "typlora models pull" in done.stderr or "--adapter" in done.stderr
    assert not (tmp_path / "a.typ").exists()


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--report", "x.txt"], ".json or .html"),
        (["-o", "a.typ", "--out-dir", "b"], "not both"),
        (["-o", "a.typ", "second.tex"], "several inputs"),
        (["--engine", "rules", "--samples", "4"], "need a model"),
        (["--engine", "rules", "--backend", "openvino"], "need a model"),
        (
            ["--model", "http://127.0.0.1:9/v1", "--adapter", "x", "--backend", "openvino"],
            "a server computes",
        ),
        (["-o", "paper.tex"], "overwrite the input"),
        (["-o", "sub/../paper.tex"], "overwrite the input"),
        (["-o", "paper.pdf", "--pdf"], "-o paper.typ --pdf"),
        (["-o", "notes.tex"], "ends in .typ"),
        (["-o", "-", "--pdf"], "output file"),
        (["-o", "-", "--tree"], "several files"),
    ],
)
def test_senseless_flags(typlora: Run, tmp_path: Path, flags: list[str], says: str) -> None:
    paper(tmp_path)
    done = typlora("convert", "paper.tex", *flags, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_an_input_that_is_not_there_leaves_no_folder(typlora: Run, tmp_path: Path) -> None:
    for name in ("https://example.org/paper.tex", "~/paper.tex", "no such folder/ü.tex"):
        done = typlora("convert", name, "--engine", "rules", cwd=tmp_path)
        assert done.returncode == 2 and "does not exist" in done.stderr
    assert not list(tmp_path.iterdir())


def test_no_file_of_the_project_is_overwritten(typlora: Run, tmp_path: Path) -> None:
    main = paper(
        tmp_path / "in", "main.tex", PAPER.replace("Let", "\\includegraphics{plot} \\input{part} Let")
    )
    part = paper(tmp_path / "in", "part", "Some words.")
    plot = main.with_name("plot.pdf")
    typst.compile(b"plot", output=str(plot))
    link = tmp_path / "link.typ"
    link.symlink_to(main)
    before = {path: path.read_bytes() for path in (main, part, plot)}
    for flags in (["-o", "in/part"], ["-o", "link.typ"], ["-o", "in/plot.typ", "--pdf"]):
        done = typlora("convert", "in", *flags, "--engine", "rules", cwd=tmp_path)
        assert done.returncode == 2 and "overwrite a file of the LaTeX" in done.stderr, done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    assert before == {path: path.read_bytes() for path in (main, part, plot)}


def test_one_bad_input_among_good_ones(typlora: Run, tmp_path: Path) -> None:
    done = typlora(
        "convert", tmp_path / "missing.tex", paper(tmp_path), "--out-dir", tmp_path / "o", "--engine", "rules"
    )
    assert done.returncode == 2
    assert "missing.tex" in done.stderr and (tmp_path / "o" / "paper.typ").exists()


def test_underscored_flags(typlora: Run, tmp_path: Path) -> None:
    done = typlora("convert", paper(tmp_path), "--out_dir", tmp_path / "o", "--engine", "rules", "--no_cache")
    assert done.returncode == 0 and (tmp_path / "o" / "paper.typ").exists()


def test_runs_are_identical_with_and_without_cache(typlora: Run, tmp_path: Path) -> None:
    source = paper(tmp_path)
    outputs = []
    for number, extra in enumerate((["--no-cache"], [], [], ["--jobs", "1"])):
        out = tmp_path / f"{number}.typ"
        assert typlora("convert", source, "-o", out, "--engine", "rules", *extra).returncode == 0
        outputs.append(out.read_bytes())
    assert len(set(outputs)) == 1


def test_watch_converts_again(environment: dict[str, str], tmp_path: Path) -> None:
    source, out = paper(tmp_path), tmp_path / "w.typ"
    command = [sys.executable, "-m", "typlora", "convert", str(source), "-o", str(out)]
    watching = subprocess.Popen(
        [*command, "--engine", "rules", "--watch"], env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        _until(out.exists)
        paper(tmp_path, text=PAPER.replace("a^2", "q^9"))
        _until(lambda: "q^9" in out.read_text(encoding="utf-8"))
        watching.send_signal(signal.SIGINT)
        _, errors = watching.communicate(timeout=30)
        assert "Traceback" not in errors
    finally:
        watching.kill()


def test_two_runs_on_one_output(environment: dict[str, str], typlora: Run, tmp_path: Path) -> None:
    source, out = paper(tmp_path), tmp_path / "w.typ"
    command = [sys.executable, "-m", "typlora", "convert", str(source), "-o", str(out)]
    first = subprocess.Popen(
        [*command, "--engine", "rules", "--watch"], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        _until(out.exists)
        second = typlora("convert", source, "-o", out, "--engine", "rules")
        assert second.returncode == 2
        assert "another run is writing" in second.stderr and str(first.pid) in second.stderr
    finally:
        first.kill()
        first.wait()
    assert typlora("convert", source, "-o", out, "--engine", "rules").returncode == 0  # the lock died with it


@pytest.mark.parametrize(("number", "says"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")])
def test_interrupt_leaves_nothing_half_written(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals, says: str
) -> None:
    text = PAPER.replace(r"\end{document}", "".join(f"$x^{{{i}}}$ " for i in range(4000)) + r"\end{document}")
    source, out = paper(tmp_path, text=text), tmp_path / "out" / "big.typ"
    command = [sys.executable, "-m", "typlora", "convert", str(source), "-o", str(out), "--engine", "rules"]
    running = subprocess.Popen(
        [*command, "--no-cache"], env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    _until(lambda: (tmp_path / "out").exists())
    time.sleep(1.0)
    os.kill(running.pid, number)
    _, errors = running.communicate(timeout=30)
    assert running.returncode == 128 + number and "Traceback" not in errors, errors
    assert f"{says}; nothing half-written was left" in errors
    assert list((tmp_path / "out").iterdir()) == []


def _until(ready: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():  # type: ignore[operator]
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def test_the_pdf_that_latex_made_is_not_replaced(typlora: Run, tmp_path: Path) -> None:
    source, pdf = paper(tmp_path), tmp_path / "paper.pdf"
    pdf.write_bytes(b"%PDF-1.5 pdfTeX's only copy")
    done = typlora("convert", source, "--pdf", "--engine", "rules")
    assert done.returncode == 2
    assert "not made by Typst" in done.stderr and "--out-dir" in done.stderr
    assert pdf.read_bytes() == b"%PDF-1.5 pdfTeX's only copy" and not source.with_suffix(".typ").exists()
    assert typlora("convert", source, "--engine", "rules").returncode == 0, "no PDF was asked for"
    pdf.unlink()
    for _ in range(2):  # our own is replaced
        assert typlora("convert", source, "--pdf", "--engine", "rules").returncode == 0
    assert b"Typst" in pdf.read_bytes()
