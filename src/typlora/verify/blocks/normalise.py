"""Steps that both sides share on the way to the canonical form."""

from collections.abc import Iterable, Sequence

from typlora.verify.blocks.model import (
    FORMULA_MARK,
    MARKS,
    Atom,
    Block,
    Cell,
    Display,
    Float,
    Formula,
    Para,
    Table,
    Text,
    Word,
)

Span = tuple[int, int, tuple[Block, ...]]  # rows, columns, content


def paragraphs(text: Text) -> list[Block]:
    """Cut a paragraph at its display formulas: LaTeX lets it run on around them, Typst does not."""
    blocks: list[Block] = []
    words: list[Word] = []
    atoms: list[Atom] = []
    queue = list(text.atoms)
    links = text.links

    def flush() -> None:
        nonlocal words, atoms, links
        if words:
            blocks.append(Para(Text(tuple(words), tuple(atoms), links)))
            links = ()
        words, atoms = [], []

    for word in text.words:
        piece = ""
        for char in word.text:
            atom = queue.pop(0) if char in MARKS else None
            if char == FORMULA_MARK and isinstance(atom, Formula) and atom.display:
                if piece:
                    words.append(Word(piece, word.style))
                piece = ""
                flush()
                blocks.append(Display(atom))
                continue
            piece += char
            if atom is not None:
                atoms.append(atom)
        if piece:
            words.append(Word(piece, word.style))
    flush()
    return blocks


def grid(rows: Sequence[Sequence[Span]], columns: int) -> Table:
    """Give every cell its place, as a browser lays out a table; drop empty cells and empty last rows."""
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    width = columns
    for r, row in enumerate(rows):
        c = 0
        for height, span, blocks in row:
            while (r, c) in taken:
                c += 1
            taken.update((r + i, c + j) for i in range(max(height, 1)) for j in range(max(span, 1)))
            if blocks:
                cells.append(Cell(r, c, max(height, 1), max(span, 1), blocks))
            c += max(span, 1)
        width = max(width, c)
    height = max((cell.row + cell.rows for cell in cells), default=0)
    return Table(height, width, tuple(cells))


def code_lines(code: str) -> tuple[str, ...]:
    """Lines without trailing space; Typst shows a tab as two spaces, so a tab is two spaces."""
    lines = [line.expandtabs(2).rstrip() for line in code.split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return tuple(lines)


def make_float(blocks: Iterable[Block], caption: Text) -> list[Block]:
    """A float without caption is its content: where LaTeX says figure, Typst may say align."""
    return [Float(tuple(blocks), caption)] if caption.words else list(blocks)
