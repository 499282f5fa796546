"""Files as editors and people leave them: line ends, byte order marks, no begin, no end, very long lines."""

import json
from pathlib import Path

import pytest
import typst

from tests.cli.conftest import Run

ARTICLE = b"\\documentclass{article}\n\\begin{document}\n%s\n\\end{document}\n"
LINES = ARTICLE % b"One line\nand two.\n\nNew $x$."
CASES = {
    "crlf": (LINES.replace(b"\n", b"\r\n"), "One line\nand two.\n\nNew $x$."),
    "cr": (LINES.replace(b"\n", b"\r"), "One line\nand two.\n\nNew $x$."),
    "bom": (b"\xef\xbb\xbf" + ARTICLE % "Grüße $x$.".encode(), "Grüße $x$."),
    "no class": (ARTICLE.replace(b"article", b"nosuch") % b"\\usepackage{nosuch}Words.", "Words."),
    "no end": (b"\\documentclass{article}\\begin{document}Words.", "Words."),
    "no begin": (b"\\documentclass{article}\n\\usepackage{amsmath}\nWords $x$.", "Words $x$."),
    "unclosed": (ARTICLE % b"\\begin{itemize}\\item one \\begin{quote} two", "two"),
    "notes in notes": (ARTICLE % (b"\\footnote{word " * 6 + b"last" + b"}" * 6), "(word last)"),
    "no end of keys": (ARTICLE % b"See \\cite{key and words.\n\nMore words.", "and words.\n\nMore words."),
    "no end of a gap": (ARTICLE % b"\\hspace{1cm a.\n\n\\section{B\n\nC.", "a.\n\n= B\n\nC."),
    "missing files": (ARTICLE % b"A \\input{no} and\n\\input no2 b.", "`\\input{no}` and\n`\\input no2` b."),
    "a long word": (ARTICLE % (b"a" * 1_000_000), "a" * 1_000_000),
    "no bibliography": (ARTICLE % b"\\cite{a}, \\bibliography{nowhere}\\printbibliography end", "end"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_odd_input(typlora: Run, tmp_path: Path, name: str) -> None:
    data, expected = CASES[name]
    source, out, report = tmp_path / "in.tex", tmp_path / "out.typ", tmp_path / "r.json"
    source.write_bytes(data)
    done = typlora("convert", source, "-o", out, "--engine", "rules", "--report", report)
    assert done.returncode == 0, done.stderr
    typst.compile(str(out), output=str(tmp_path / "check.pdf"))
    text = out.read_text(encoding="utf-8")
    assert expected in text and "documentclass" not in text and "article" not in text
    assert json.loads(report.read_text(encoding="utf-8"))["documents"][0]["words"]["missing"] == 0


def test_a_citation_where_no_bibliography_is_printed(typlora: Run, tmp_path: Path) -> None:
    (tmp_path / "r.bib").write_text("@article{a, author={A}, title={T}, year=2000}")
    source, out = tmp_path / "in.tex", tmp_path / "out.typ"
    source.write_bytes(b"\\documentclass{article}\\usepackage{biblatex}\\addbibresource{r.bib}\\begin{document}"
                       b"See \\cite{a}.\\end{document}")  # fmt: skip
    done = typlora("convert", source, "-o", out, "--engine", "rules", "--strict")
    assert done.returncode == 1 and "\\[*a*\\]" in out.read_text(encoding="utf-8")
