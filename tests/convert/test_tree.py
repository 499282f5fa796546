"""Projects of several files: the same tree out, compiled and compared with the whole as one."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from typlora.convert.cascade import Cascade
from typlora.convert.pipeline import Converted, convert_project, in_folder, place_asset
from typlora.convert.stack import open_rules
from typlora.convert.tree import mend_paths, same_pages, split_preamble
from typlora.tex.project import read_project
from typlora.verify.compiler import CompilerPool
from typlora.verify.formula import FormulaVerifier


def png() -> bytes:
    """A picture of one black point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


ARTICLE = "\\documentclass{article}\\begin{document}%s\\end{document}"
FILES = {
    "main.tex": r"""\documentclass{report}
\usepackage{amsthm,graphicx}
\newtheorem{theorem}{Theorem}[chapter]
\input{defs}
\begin{document}
\include{parts/one}
\chapter{Two}\label{ch:two}
See Theorem~\ref{thm:a}, \eqref{eq:x}, Figure~\ref{fig:p} and \cite{knuth}.
\begin{table}\caption{T}\input{table}\end{table}
\appendix
\input{parts/last}
\bibliographystyle{plain}
\bibliography{refs}
\end{document}
""",
    "defs.tex": r"\newcommand{\R}{\mathbb{R}}",
    "table.tex": r"\begin{tabular}{ll}a & b\end{tabular}",
    "parts/one.tex": r"""\chapter{One}
\begin{theorem}\label{thm:a} For $x\in\R$.\end{theorem}
\input{parts/deep/inner}
\begin{equation}\label{eq:x} a=b\end{equation}
\begin{figure}\includegraphics[width=1cm]{parts/pixel}\caption{Pic}\label{fig:p}\end{figure}
""",
    "parts/deep/inner.tex": "An inner file, see Chapter~\\ref{ch:two} and \\cite{knuth}.\n",
    "parts/last.tex": "\\chapter{Extra} The appendix.\n",
    "refs.bib": "@book{knuth, author={Knuth, D.}, title={The Art}, year={1968}, publisher={AW}}",
}


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    with CompilerPool(1) as made:
        yield made


def convert(folder: Path, files: dict[str, str], pool: CompilerPool, *, tree: bool = True) -> Converted:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "parts").mkdir(exist_ok=True)
    (folder / "parts/pixel.png").write_bytes(png())
    project = read_project(folder / "main.tex")
    cascade = Cascade(open_rules(), FormulaVerifier(pool))
    return convert_project(project, cascade, pool, source="main.tex", output="main.typ", tree=tree)


def test_every_file_with_text_becomes_one_and_the_pages_stay(tmp_path: Path, pool: CompilerPool) -> None:
    one = convert(tmp_path / "in", FILES, pool, tree=False)
    made = convert(tmp_path / "in", FILES, pool)
    texts = {asset.path: (asset.data or b"").decode() for asset in made.assets if asset.path.endswith(".typ")}
    assert sorted(texts) == ["helpers.typ", "parts/deep/inner.typ", "parts/last.typ", "parts/one.typ"]
    assert '#include "parts/one.typ"\n\n= Two <ch:two>' in made.typst
    assert '#import "../helpers.typ": *\n' in texts["parts/one.typ"]
    assert '#include "deep/inner.typ"' in texts["parts/one.typ"]
    assert 'image("pixel.png"' in texts["parts/one.typ"]
    assert texts["parts/deep/inner.typ"] == "An inner file, see Chapter~@ch:two and @knuth.\n"
    assert "#let theorem" in texts["helpers.typ"]
    assert "#let" not in made.typst
    out = tmp_path / "out"
    for asset in made.assets:
        place_asset(asset, out)
    compiled = pool.compile(made.typst, root=out)
    assert compiled.ok, compiled.error
    assert same_pages(compiled.pages[0], one.pdf)
    assert [note for note in made.document.notes if "table.tex" in note]


def test_a_rule_that_reaches_on_keeps_its_file_together(tmp_path: Path, pool: CompilerPool) -> None:
    files = {
        "main.tex": ARTICLE % "\\section{A}\\input{b}\\section{C}",
        "b.tex": "\\section{B}\n\n\\appendix\n\n\\section{D}\n",
    }
    made = convert(tmp_path, files, pool)
    assert "= B" in made.typst
    assert any("b.tex has no file of its own: a rule" in note for note in made.document.notes)


def test_a_file_that_is_included_twice_stays_in_place(tmp_path: Path, pool: CompilerPool) -> None:
    files = {
        "main.tex": ARTICLE % "A.\n\n\\input{b}\n\nC.\n\n\\input{b}\n",
        "b.tex": "Twice.\n",
    }
    made = convert(tmp_path, files, pool)
    assert made.typst.count("Twice.") == 2
    assert any("included 2 times" in note for note in made.document.notes)


def test_preamble_comments_stay_with_what_they_explain() -> None:
    functions, rules = split_preamble("// about f\n#let f(x) = {\n  x\n}\n\n// about text\n#set text(1pt)\n")
    assert functions == "// about f\n#let f(x) = {\n  x\n}"
    assert rules == "// about text\n#set text(1pt)"


def test_paths_are_mended_where_functions_read_them_only() -> None:
    typst = 'He says "a.png". #image("a.png", width: 1cm) #bibliography(("x.bib", "y.bib"))'
    mended = mend_paths(typst, ["a.png", "x.bib", "y.bib"], lambda path: f"../{path}")
    assert mended == 'He says "a.png". #image("../a.png", width: 1cm) #bibliography(("../x.bib", "../y.bib"))'


def test_one_file_has_its_pictures_beside_it(tmp_path: Path, pool: CompilerPool) -> None:
    made = convert(tmp_path / "in", FILES, pool, tree=False)
    assert {asset.path for asset in made.assets} == {"parts/pixel.png", "main-references.bib"}
    moved = in_folder(made, "main-files")
    for asset in moved.assets:
        place_asset(asset, tmp_path / "out")
    compiled = pool.compile(moved.typst, root=tmp_path / "out")
    assert compiled.ok, compiled.error
    assert same_pages(compiled.pages[0], made.pdf)
