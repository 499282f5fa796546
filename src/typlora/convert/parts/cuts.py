"""A formula in parts: where the whole is refused, its rows, relations and terms are asked one by one.

A model that loses a term of a long formula rarely loses it in a short one. Each part is a formula of its
own, asked, verified and, where it is refused too, cut again; put together the whole is verified as any
other candidate, so a wrong cut costs time and proves nothing.
"""

from collections.abc import Sequence
from dataclasses import replace

from typlora.convert.parts import lines
from typlora.convert.parts.frame import Frame, as_argument, part
from typlora.convert.parts.holes import with_holes
from typlora.engines import cells, environments, latex_tokens, rules
from typlora.tex.unit import Unit, UnitKind
from typlora.tex.wordlist import words

SHORT = 12  # characters; what is shorter was not refused for its length
LONG = 20_000  # characters; no formula, but a table of data or an attack
DEEP = 60  # groups within groups
_GRAINS = ((lines.relations, 60), (lines.terms, 30), (lines.atoms, 12))  # characters a part at least
# These reach to the end of their group, so nothing behind a cut would be read alike.
_FAR = frozenset(rules.SWITCHES) | frozenset(rules.STYLES) | frozenset(rules.INFIX)
_FAR |= words(r"\atop \above \brace \brack \color \tag \intertext \shortintertext")
_ROWS = words("align alignat gather multline eqnarray aligned alignedat gathered split equation")
_NUMBERED = words("alignat alignedat")  # an argument says how many columns
# What sets its cells in another size than its surroundings is not cut.
_CASES = {name: opening for name, opening in environments.CASES.items() if name[0] != "d"}
_MATRICES = {name: mark for name, mark in environments.MATRICES.items() if name != "smallmatrix"}


def cut(unit: Unit) -> Frame | None:
    """The parts of a formula by the coarsest cut that there is, ``None`` where there is none.

    From coarse to fine: rows and cells, relations, terms, atoms, and last letters for what stands in
    arguments and brackets.
    """
    if unit.kind is not UnitKind.FORMULA or not SHORT <= len(unit.latex) <= LONG or unit.macros:
        return None
    tokens = lines.without_gaps(latex_tokens.split(unit.latex.strip()))
    return None if latex_tokens.nesting(tokens) > DEEP else _cut(unit, tokens)


def _cut(unit: Unit, tokens: list[str]) -> Frame | None:
    whole = cells.environment(tokens, 0) if tokens[:1] == ["\\begin"] else None
    if whole is not None and not "".join(rest := tokens[whole[2] :]).strip(" .,;"):
        return _environment(unit, whole[0], whole[1], rest)
    if unit.display and len(table := cells.rows(tokens)) > 1:
        return _rows(unit, table)
    if not _FAR.isdisjoint(lines.outside(tokens)):
        return None
    for breaks, size in _GRAINS:
        pieces = lines.pieces(tokens, breaks(tokens), size)
        if len(pieces) > 1:
            return Frame(tuple(part(unit, piece) for piece in pieces), " ".join)
    return with_holes(unit, tokens)


def _environment(unit: Unit, name: str, body: list[str], rest: list[str]) -> Frame | None:
    """The cells of an environment; ``rest`` is the punctuation behind it."""
    plain = name.removesuffix("*")
    if plain in _ROWS and unit.display:
        if plain in _NUMBERED and (found := latex_tokens.argument(body, 0)) is not None:
            body = body[found[1] :]
        if plain in ("aligned", "gathered"):
            _, start = latex_tokens.option(body, 0)
            body = body[start:]
        table = cells.rows([*body, *rest])
        single = len(table) == 1 and len(table[0]) == 1
        return _cut(unit, table[0][0]) if single else _rows(unit, table)
    if plain in _CASES or plain in _MATRICES:
        opening = _CASES.get(plain) or f"mat(delim: {_MATRICES[plain]}, "
        cell, row = (" & ", ", ") if plain in _CASES else (", ", "; ")
        closing = ") " + "".join(rest).strip()
        if not unit.display:
            opening, closing = f"display({opening}", f"){closing}"
        return _rows(replace(unit, display=False), cells.rows(body), opening, cell, row, closing)
    return None


def _rows(
    unit: Unit,
    table: list[list[list[str]]],
    opening: str = "",
    cell: str = " & ",
    row: str = " \\ ",
    closing: str = "",
) -> Frame | None:
    """Cells, each a part; what separates them is written here."""
    texts: list[str] = [opening]
    parts: list[Unit] = []
    for number, line in enumerate(table):
        texts[-1] += row if number else ""
        for column, content in enumerate(line):
            texts[-1] += cell if column else ""
            found = part(unit, content)
            if found.latex:
                parts.append(found)
                texts.append("")
    texts[-1] += closing

    def fill(answers: Sequence[str]) -> str:
        cells = [as_argument(one) if opening else one for one in answers]
        return texts[0] + "".join(one + text for one, text in zip(cells, texts[1:], strict=True))

    return Frame(tuple(parts), fill) if parts and any(texts) else None
