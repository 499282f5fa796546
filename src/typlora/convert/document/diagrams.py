"""Simple tikz-cd diagrams as Typst: the helper ``diagram`` draws them with lines, without any package."""

from typlora.convert.document.builder import Builder
from typlora.convert.document.nodes import Node
from typlora.convert.document.pieces import Mark, Piece, Pieces, Shift
from typlora.convert.document.tikzcd import Diagram, read_diagram
from typlora.convert.document.tikzcd_arrows import Arrow


def diagram(builder: Builder, node: Node, latex: str) -> Pieces | None:
    """``diagram(...)`` without ``#``; ``None`` for a diagram that is not simple. Cells are formulas."""
    read = read_diagram(latex.strip())
    if read is None:
        return None
    builder.context.need("diagram")
    out: Pieces = [Mark("diagram(\n"), Shift(2), Mark(f"  columns: {read.columns},\n")]
    if read.gap != (3.1, 2.4):
        out.append(Mark(f"gap: ({read.gap[0]:g}em, {read.gap[1]:g}em),\n"))
    for row in range(0, len(read.cells), read.columns):
        for column, cell in enumerate(read.cells[row : row + read.columns]):
            out += [Mark(", " if column else ""), _formula(builder, node, cell)]
        out.append(Mark(",\n"))
    out += _arrows(builder, node, read)
    return [*out, Shift(-2), Mark("\n"), Mark(")")]


def _arrows(builder: Builder, node: Node, read: Diagram) -> Pieces:
    if not read.arrows:
        return []
    out: Pieces = [Mark("arrows: (\n"), Shift(2), Mark("  ")]
    for index, arrow in enumerate(read.arrows):
        out.append(Mark(f"{'' if not index else ',' + chr(10)}(from: {arrow.start}, to: {arrow.stop}"))
        if arrow.label:
            out += [Mark(", label: "), _formula(builder, node, arrow.label)]
        out.append(Mark(_settings(arrow) + ")"))
    return [*out, Shift(-2), Mark(",\n"), Mark("),")]


def _settings(arrow: Arrow) -> str:
    settings = []
    if arrow.label and arrow.swap:
        settings.append("swap: true")
    if arrow.styles:
        settings.append(f'style: "{" ".join(dict.fromkeys(arrow.styles))}"')
    if arrow.bend:
        settings.append(f"bend: {arrow.bend:g}deg")
    if arrow.shift:
        settings.append(f"shift: {round(arrow.shift, 3):g}em")
    if arrow.label and arrow.at != 0.5:
        settings.append(f"at: {arrow.at:g}")
    return "".join(f", {setting}" for setting in settings)


def _formula(builder: Builder, node: Node, latex: str) -> Piece:
    return builder.context.formula(latex, node, display=False) if latex.strip() else Mark("[]")
