"""Pictures: commutative diagrams natively, the rest by LaTeX where it is installed, else their source."""

import re
import shutil
from pathlib import Path

import pytest

from tests.convert.document.helpers import MINIMAL, blocks, compile_error, drafted, typst
from typlora.convert.document.tikzcd import read_diagram
from typlora.convert.draft import draft
from typlora.tex.project import read_string

SQUARE = r"""\begin{tikzcd}
A \arrow[r, "f"] \arrow[d, "g"', two heads] & B \arrow[d, "h", dashed] \\
C \arrow[r, hook, "{k(a,b)}"' near end] & D
\end{tikzcd}"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TYPLORA_HOME", str(tmp_path))


def test_a_square_is_drawn_natively() -> None:
    made = drafted(f"\\[{SQUARE}\\]")
    (block,) = blocks(made)
    assert block.startswith("#align(center, diagram(\n  columns: 2,\n  $|A|$, $|B|$,\n  $|C|$, $|D|$,")
    assert "(from: (0, 0), to: (0, 1), label: $|f|$)," in block
    assert '(from: (0, 0), to: (1, 0), label: $|g|$, swap: true, style: "two-heads"),' in block
    assert '(from: (0, 1), to: (1, 1), label: $|h|$, style: "dashed"),' in block
    assert 'label: $|k(a,b)|$, swap: true, style: "hook", at: 0.75)' in block
    assert not made.losses
    assert compile_error(made) == ""


def test_diagrams_side_by_side() -> None:
    one = r"\begin{tikzcd} A \rar & B \end{tikzcd}"
    made = typst(rf"\begin{{figure}}{one} \quad {one}\caption{{Two}}\end{{figure}} {one}" + f"\n\n{one}")
    assert made.count("#box(diagram(") == 2
    assert made.count("\n#diagram(") == 2
    assert compile_error(drafted(f"{one} {one}")) == ""


def test_a_diagram_keeps_its_number_and_label() -> None:
    body = f"\\begin{{equation}}\\label{{eq:d}}{SQUARE}\\end{{equation}} See \\eqref{{eq:d}}."
    made = typst(body)
    assert "$ #diagram(" in made
    assert ") $ <eq:d>" in made
    assert "(@eq:d)" in made
    assert compile_error(drafted(body)) == ""


def test_arrows_over_several_cells_bent_shifted_and_of_old_syntax() -> None:
    read = read_diagram(
        r"\begin{tikzcd}[column sep=huge] A \rar[shift left]{u} \arrow[rr, bend left=40, equal]"
        r'& B \ar[l, shift left, "v"] \rar & C \arrow[from=1-3, to=1-1, mapsto, bend left] \end{tikzcd}'
    )
    assert read is not None
    assert read.cells == ("A", "B", "C")
    assert read.gap[0] == 5.5
    one, far, back, plain, named = read.arrows
    assert (one.label, one.shift > 0, far.stop, far.bend, far.styles) == ("u", True, (0, 2), 40.0, ("equal",))
    assert (back.start, back.stop, plain.label) == ((0, 1), (0, 0), "")
    assert (named.start, named.stop, named.styles) == ((0, 2), (0, 0), ("maps-to",))


@pytest.mark.parametrize(
    "strange",
    [
        r'A \arrow[loop right, "f"]',
        r"A \arrow[r, red] & B",
        r"A \arrow[r]",
        r"|[alt=a]| A \arrow[r] & B",
        r"A \arrow[r, to=x] & B",
    ],
)
def test_what_the_helper_cannot_draw_is_no_simple_diagram(strange: str) -> None:
    assert read_diagram(f"\\begin{{tikzcd}}{strange}\\end{{tikzcd}}") is None
    made = drafted(f"\\begin{{tikzcd}}{strange}\\end{{tikzcd}}")
    assert made.losses
    assert "#drawing(" in "".join(blocks(made))


needs_latex = pytest.mark.skipif(
    not (shutil.which("pdflatex") or shutil.which("lualatex"))
    or not (shutil.which("pdftocairo") or shutil.which("dvisvgm")),
    reason="needs a TeX installation, and pdftocairo or dvisvgm",
)


@needs_latex
def test_latex_draws_what_it_can() -> None:
    body = (
        r"\begin{figure}\begin{tikzpicture}\draw[thick, mine] (0,0) -- (\size,1);\end{tikzpicture}"
        r"\caption{A line}\label{f}\end{figure} Inline \tikz \draw (0,0) -- (1,0); ends."
        r"\begin{tikzpicture}\nonsense\end{tikzpicture}"
    )
    preamble = r"\usepackage{tikz}\newcommand{\size}{3}\tikzset{mine/.style={blue}}"
    source = MINIMAL.replace("article", "not-installed-anywhere") % (preamble, body)
    made = draft(read_string(source), draw=True)
    if any("File `tikz.sty' not found" in loss.reason for loss in made.losses):
        pytest.skip("needs TikZ")
    shown = "\n".join(blocks(made))
    assert 'image("pictures/tikzpicture-' in shown
    assert "caption: [A line]" in shown
    assert 'Inline #box(image("pictures/tikz-' in shown
    assert ", width: 3.10cm)" in shown  # three centimetres, the thickness of the line, and a margin
    assert " ends." in shown
    assert all(asset.data and b"<svg" in asset.data for asset in made.assets)
    assert len(made.assets) == 2
    reasons = [loss.reason for loss in made.losses]
    assert sum("LaTeX's own picture of it is included" in reason for reason in reasons) == 2
    assert sum("Undefined control sequence" in reason for reason in reasons) == 1
    assert [loss.drawn for loss in made.losses if "own picture" in loss.reason] == [True, True]
    assert not any(loss.drawn for loss in made.losses if "own picture" not in loss.reason)
    assert "\\nonsense" in shown


@needs_latex
def test_the_numbers_over_a_bytefield_are_inside_of_its_picture() -> None:
    inside = r"\begin{bytefield}{8}%s\bitbox{8}{a}\end{bytefield}"
    preamble = r"\usepackage{bytefield}"
    heights: list[float] = []
    for header in ("", r"\bitheader{0-7}\\"):
        made = draft(read_string(MINIMAL % (preamble, inside % header)), draw=True)
        if any("bytefield.sty' not found" in loss.reason for loss in made.losses):
            pytest.skip("needs bytefield")
        found = re.search(rb'<svg[^>]*? height="([\d.]+)', made.assets[0].data or b"")
        assert found is not None
        heights.append(float(found[1]))
    assert heights[1] - heights[0] > 6


@needs_latex
def test_a_picture_that_never_ends_or_reads_elsewhere_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typlora.convert.document import drawing

    secret = tmp_path / "secret.txt"
    secret.write_text("xyzzy")
    monkeypatch.setattr(drawing, "SECONDS", 20.0)
    project = read_string(MINIMAL % ("", "x"))
    (outside,) = drawing.draw(project, [rf"\input{{{secret}}}"])
    assert not outside.svg
    monkeypatch.setattr(drawing, "SECONDS", 2.0)
    (endless,) = drawing.draw(project, [r"\def\x{\x}\x"])
    assert not endless.svg
    assert endless.error
