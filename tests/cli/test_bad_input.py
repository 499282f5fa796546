"""Whatever a person feeds the command: a clear line or a report entry, never a traceback, hang or loss."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import typst

from tests.cli.conftest import Run

LONG = "x_{1} + y^{2} - " * 6500 + "z"  # a little over 100 kB


def convert(typlora: Run, folder: Path, data: bytes, *flags: object) -> tuple[str, dict[str, object], str]:
    """Convert ``data``; the Typst (which compiles), the report's document, and what was said."""
    source, out, report = folder / "in.tex", folder / "out.typ", folder / "r.json"
    source.write_bytes(data)
    done = typlora("convert", source, "-o", out, "--engine", "rules", "--report", report, *flags)
    assert done.returncode == 0, done.stderr
    typst.compile(str(out), output=str(folder / "check.pdf"))
    document = json.loads(report.read_text(encoding="utf-8"))["documents"][0]
    return out.read_text(encoding="utf-8"), document, done.stderr


def refused(typlora: Run, folder: Path, data: bytes, says: str) -> None:
    source, out = folder / "in.tex", folder / "out.typ"
    source.write_bytes(data)
    done = typlora("convert", source, "-o", out, "--engine", "rules")
    assert done.returncode == 2
    assert says in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert not out.exists()


@pytest.mark.parametrize("data", [b"", b"  \n\t\n"])
def test_empty(typlora: Run, tmp_path: Path, data: bytes) -> None:
    refused(typlora, tmp_path, data, "empty")


def test_binary(typlora: Run, tmp_path: Path) -> None:
    refused(typlora, tmp_path, b"\x7fELF\x02\x01\x01" + os.urandom(20000) + b"\0" * 3000, "binary")


def test_fifty_megabytes_are_refused_at_once(typlora: Run, tmp_path: Path) -> None:
    started = time.monotonic()
    refused(typlora, tmp_path, b"a word " * (50_000_000 // 7), "larger than")
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("latin-1", "Das Maß für $x_{1}$ ist größer"),
        ("euc_jp", "日本語の文章です。数式 $x_{1}$ を含む。これは長い文章です。"),
        ("shift_jis", "日本語の文章です。数式 $x_{1}$ を含む。これは長い文章です。"),
        ("utf-16", "Das Maß für $x_{1}$ ist größer"),
    ],
)
def test_other_encodings(typlora: Run, tmp_path: Path, encoding: str, text: str) -> None:
    typst_text, _, _ = convert(typlora, tmp_path, text.encode(encoding))
    assert text.split("$")[0].strip() in typst_text and "$x_1$" in typst_text


def test_nul_bytes(typlora: Run, tmp_path: Path) -> None:
    text, _, _ = convert(typlora, tmp_path, b"Some\0 words and $a\0 + b$ here")
    assert "words" in text and "here" in text


@pytest.mark.parametrize(
    "latex",
    [
        r"Words { and $x$ { more",
        r"Words } and $x$ } more",
        r"Words $x and more \textbf{y",
        r"Words $$x$ and more",
        r"\begin{itemize} \item Words more",
        r"\begin{align} a &= b Words more",
        r"Words \left( more $\left( x$ $\frac{1}$ $x^$ $^^$ $_$ more",
        r"\end{document} Words more",
        "Words \\",
        r"Words \begin{a}\begin{b}\end{a}\end{b} more",
    ],
)
def test_unbalanced(typlora: Run, tmp_path: Path, latex: str) -> None:
    text, _, _ = convert(typlora, tmp_path, (latex + "\n").encode())
    words = text.replace(" ", "")  # an unclosed formula shows its words as letters
    assert "Words" in words or "Words" not in latex.partition(r"\end{document}")[0]


def test_missing_input(typlora: Run, tmp_path: Path) -> None:
    text, document, _ = convert(typlora, tmp_path, rb"Before \input{nowhere} after")
    assert "Before" in text and "after" in text
    assert any("nowhere" in str(item["note"]) for item in document["items"])  # type: ignore[attr-defined]


def test_input_loop(typlora: Run, tmp_path: Path) -> None:
    (tmp_path / "b.tex").write_text(r"middle \input{in} \input{b}")
    text, document, _ = convert(typlora, tmp_path, rb"Before \input{b} after")
    assert "Before" in text and "middle" in text and "after" in text
    assert document["counts"]["reported"] >= 1  # type: ignore[index]


@pytest.mark.parametrize("target", ["/etc/passwd", "../secret", "sub/../../secret", "|ls", "~/x"])
def test_outside_paths_are_not_read(typlora: Run, tmp_path: Path, target: str) -> None:
    (tmp_path / "secret.tex").write_text("SECRETWORD")
    folder = tmp_path / "project"
    folder.mkdir()
    text, document, _ = convert(typlora, folder, b"Before \\input{%s} after" % target.encode())
    assert "SECRETWORD" not in text and "root:" not in text
    assert document["counts"]["reported"] >= 1  # type: ignore[index]


def test_outside_paths_on_request(typlora: Run, tmp_path: Path) -> None:
    (tmp_path / "shared.tex").write_text("SHAREDWORD")
    folder = tmp_path / "project"
    folder.mkdir()
    text, _, _ = convert(typlora, folder, rb"Before \input{../shared} after", "--allow-outside")
    assert "SHAREDWORD" in text


@pytest.mark.parametrize(
    "latex",
    [
        r"\def\a{\a\a}Words \a and $\a$ more",
        r"\newcommand{\a}{\b}\newcommand{\b}{\a}Words \a and $\b$ more",
        r"\def\a#1{\a{#1#1}}Words \a{x} and $\a{y}$ more",
        r"\newcommand{\xa}{xx}\def\xb{\xa\xa\xa\xa\xa\xa\xa\xa\xa\xa}\def\xc{\xb\xb\xb\xb\xb\xb\xb\xb\xb\xb}"
        r"\def\xd{\xc\xc\xc\xc\xc\xc\xc\xc\xc\xc}\def\xe{\xd\xd\xd\xd\xd\xd\xd\xd\xd\xd}"
        r"\def\xf{\xe\xe\xe\xe\xe\xe\xe\xe\xe\xe}Words \xf\xf\xf more",
    ],
)
def test_macros_that_never_end(typlora: Run, tmp_path: Path, latex: str) -> None:
    text, _, _ = convert(typlora, tmp_path, latex.encode())
    assert "Words" in text and "more" in text


@pytest.mark.parametrize(
    "latex",
    [
        "Words " + "{" * 10_000 + "x" + "}" * 10_000 + " more",
        "Words $" + "{" * 10_000 + "x" + "}" * 10_000 + "$ more",
        "Words $" + "x^{" * 5_000 + "y" + "}" * 5_000 + "$ more",
        "Words " + r"\textbf{" * 3_000 + "x" + "}" * 3_000 + " more",
        "Words " + r"\begin{itemize}\item " * 400 + "x" + r"\end{itemize}" * 400 + " more",
        "Words $" + r"\left(" * 2_000 + "x" + r"\right)" * 2_000 + "$ more",
        "Words $" + r"\frac{1}{" * 2_000 + "x" + "}" * 2_000 + "$ more",
    ],
    ids=["braces", "braces in a formula", "powers", "bold", "lists", "left right", "fractions"],
)
def test_deep_nesting(typlora: Run, tmp_path: Path, latex: str) -> None:
    text, _, _ = convert(typlora, tmp_path, latex.encode())
    assert "Words" in text and "more" in text


def test_one_formula_of_100_kilobytes(typlora: Run, tmp_path: Path) -> None:
    text, _, _ = convert(typlora, tmp_path, f"Words ${LONG}$ more".encode())
    assert "Words" in text and "more" in text


def test_typst_in_the_latex_is_text(typlora: Run, tmp_path: Path) -> None:
    latex = rb'Words \#read("/etc/passwd") \#import "@preview/x:0.1.0" and $\text{#panic()}$ #eval("1") more'
    text, _, _ = convert(typlora, tmp_path, latex)
    assert "more" in text


def test_folder_without_a_document(typlora: Run, tmp_path: Path) -> None:
    done = typlora("convert", tmp_path, "--engine", "rules")
    assert done.returncode == 2 and "main file" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root may write everywhere")
def test_output_not_writable(typlora: Run, tmp_path: Path) -> None:
    source = tmp_path / "in.tex"
    source.write_text("Words")
    (tmp_path / "file").write_text("a file, not a folder")
    done = typlora("convert", source, "-o", tmp_path / "file" / "out.typ", "--engine", "rules")
    assert done.returncode == 2 and "cannot write" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    done = typlora("convert", source, "-o", tmp_path, "--engine", "rules")
    assert done.returncode == 2 and "is a folder" in done.stderr


def test_disk_full(typlora: Run, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(full)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("cannot mount a small file system here")
    try:
        source = tmp_path / "in.tex"
        source.write_text("A paragraph of words.\n\n" * 6000)
        (full / "out.typ").write_text("what was there before")
        done = typlora("convert", source, "-o", full / "out.typ", "--engine", "rules")
        assert done.returncode == 2
        assert "No space left" in done.stderr and len(done.stderr.strip().splitlines()) == 1
        assert (full / "out.typ").read_text() == "what was there before"
        assert [path.name for path in full.iterdir()] == ["out.typ"]
    finally:
        subprocess.run(["umount", str(full)], check=True)
