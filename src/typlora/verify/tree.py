"""The canonical form of a formula: what a reader sees, and nothing of how it was written.

A tree is built of tuples, by the two readers (``mathml`` for Typst's output, ``texmath`` for LaTeX):

    ("c", character, style)             one character; big operators carry "D" or "T" for their size
    ("row", [node ...])                 side by side
    ("scr", base, sub, sup)             scripts beside the base; sub and sup may be None
    ("lim", base, under, over)          scripts below and above
    ("acc", mark, base)                 an accent or line over; ("uacc", mark, base) under
    ("frac", num, den, kind, style)     kind "bar" or "none" (binomials); style "D", "T" or "S"
    ("sqrt", x), ("root", x, degree)
    ("tab", rows, cells)                rows of cells; ``cells`` is the style the cells are set in
    ("sp",)                             a visible gap, kept only between words of text
    ("mark", name, body)                cancelled, boxed, lines in a matrix

``tokens`` flattens a tree into a tuple of strings after the normalisations below; two formulas are equal
when these tuples are. Under/over stays apart from sub/superscript, and display style from text style.
"""

from typing import Any

Node = tuple[Any, ...]

EMPTY: Node = ("row", [])
# Accents: combining, spacing and stretchy forms of the same mark.
ACCENTS = {
    "^": "hat", "ˆ": "hat", "\u0302": "hat", "\u0311": "hat",
    "~": "tilde", "˜": "tilde", "∼": "tilde", "\u0303": "tilde",
    "¯": "bar", "\u0304": "bar", "ˉ": "bar", "\u0305": "overline", "‾": "overline", "_": "underline",
    "\u0332": "underline",
    "→": "arrow", "\u20d7": "arrow", "←": "larrow", "\u20d6": "larrow", "↔": "lrarrow",
    "\u20e1": "lrarrow",
    "˙": "dot", ".": "dot", "⋅": "dot", "\u0307": "dot", "¨": "ddot", "\u0308": "ddot", "\u20db": "dddot",
    "\u20dc": "ddddot",
    "ˇ": "check", "\u030c": "check", "˘": "breve", "\u0306": "breve", "´": "acute", "'": "acute",
    "\u0301": "acute",
    "`": "grave", "\u0300": "grave", "˚": "ring", "\u030a": "ring", "∘": "ring",
    "⏞": "overbrace", "⏟": "underbrace", "⎴": "overbracket", "⎵": "underbracket", "⏜": "overparen",
    "⏝": "underparen",
    "\u20d1": "harpoon", "⇀": "harpoon", "\u20d0": "lharpoon", "↼": "lharpoon",
}  # fmt: skip
# A stretched arrow is as long as what stands on it, however it was spelled.
SHORT_ARROW = {"⟶": "→", "⟵": "←", "⟷": "↔", "⟹": "⇒", "⟸": "⇐", "⟺": "⇔", "⟼": "↦", "⟾": "⤇"}
MAX_DEPTH = 150  # far deeper than any formula a person wrote; keeps recursion off the interpreter's limit


class TooDeepError(Exception):
    """A formula nested deeper than ``MAX_DEPTH``."""


def row(items: list[Node]) -> Node:
    """The items side by side; rows within rows are flattened."""
    flat: list[Node] = []
    for item in items:
        if item[0] == "row":
            flat.extend(item[1])
        else:
            flat.append(item)
    return flat[0] if len(flat) == 1 else ("row", flat)


def is_blank(node: Node) -> bool:
    """Whether a node draws nothing: empty, or gaps alone."""
    return all(item == ("sp",) for item in items_of(node))


def items_of(node: Node) -> list[Node]:
    """The members of a row, or the node alone."""
    return list(node[1]) if node[0] == "row" else [node]


def scripts(base: Node, sub: Node | None, sup: Node | None) -> Node:
    """Scripts beside a base. On a row they sit at its last member, which is what one sees."""
    members = items_of(base)
    if len(members) > 1:
        return row([*members[:-1], scripts(members[-1], sub, sup)])
    return ("scr", base, sub, sup)


def limits(base: Node, under: Node | None, over: Node | None) -> Node:
    """Scripts above and below. Two nested ones on free sides are the same picture as one."""
    under, over = (None if part is None or part == EMPTY else part for part in (under, over))
    if under is None and over is None:
        return base
    if base[0] == "c" and base[1] in SHORT_ARROW:
        base = ("c", SHORT_ARROW[base[1]], base[2])
    if base[0] == "lim" and ((under is None or base[2] is None) and (over is None or base[3] is None)):
        return ("lim", base[1], under or base[2], over or base[3])
    return ("lim", base, under, over)


def accent(mark: str, base: Node, under: bool = False) -> Node:
    """A mark over or under a base; ``mark`` is a character of ``ACCENTS`` or a name."""
    name = ACCENTS.get(mark, mark)
    if name in {"bar", "overline"}:
        # Over a single letter the two lines differ by a hair; over more than one they do not look alike.
        name = "bar" if base[0] == "c" else name
    if under and name in {"bar", "overline"}:
        name = "underline"
    return ("uacc" if under else "acc", name, base)


def table(rows: list[list[Node]], cells: str, flatten: bool) -> Node:
    """Rows of cells without empty tails; with ``flatten`` a single row of an aligned display is a row."""
    kept: list[list[Node]] = []
    for cells_of_row in rows:
        trimmed = [EMPTY if is_blank(cell) else cell for cell in cells_of_row]
        while trimmed and trimmed[-1] == EMPTY:
            trimmed.pop()
        kept.append(trimmed)
    while kept and not kept[-1]:
        kept.pop()
    if flatten and len(kept) <= 1:
        return row([cell for cells_of_row in kept for cell in cells_of_row])
    if len(kept) == 1 and len(kept[0]) == 1 and flatten:
        return kept[0][0]
    return ("tab", kept, "T" if cells == "D" else cells)  # cells of display and text style are of one size


def tokens(tree: Node) -> tuple[str, ...]:
    """The canonical tokens of a tree. Raises ``TooDeepError``."""
    out: list[str] = []
    _write(tree, out, 0)
    return tuple(_join_dots(_drop_gaps(out)))


def _write(node: Node, out: list[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise TooDeepError
    kind = node[0]
    if kind == "c":
        out.append(f"{node[1]}/{node[2]}" if node[2] else node[1])
    elif kind == "row":
        for item in node[1]:
            _write(item, out, depth + 1)
    elif kind == "scr":
        _part("base{", node[1], out, depth) if node[1][0] not in {"c", "row"} else _write(
            node[1], out, depth + 1
        )
        for name, part in (("sub{", node[2]), ("sup{", node[3])):
            if part is not None and part != EMPTY:
                _part(name, part, out, depth)
    elif kind == "lim":
        _part("lim{", node[1], out, depth)
        for name, part in (("under{", node[2]), ("over{", node[3])):
            if part is not None and part != EMPTY:
                _part(name, part, out, depth)
    elif kind in {"acc", "uacc", "mark"}:
        _part(f"{node[1]}{{", node[2], out, depth)
    elif kind == "frac":
        _part(f"frac.{node[3]}.{node[4]}{{", node[1], out, depth)
        _part("over-line{", node[2], out, depth)
    elif kind == "sqrt":
        _part("sqrt{", node[1], out, depth)
    elif kind == "root":
        _part("root{", node[1], out, depth)
        _part("degree{", node[2], out, depth)
    elif kind == "tab":
        out.append(f"table.{node[2]}{{")
        for number, cells in enumerate(node[1]):
            if number:
                out.append("newrow")
            for position, cell in enumerate(cells):
                if position:
                    out.append("&")
                _write(cell, out, depth + 1)
        out.append("}")
    elif kind == "sp":
        out.append("space")


def _part(name: str, node: Node, out: list[str], depth: int) -> None:
    out.append(name)
    _write(node, out, depth + 1)
    out.append("}")


def _is_word(token: str) -> bool:
    return token.endswith("/n") and token[0].isalpha() and len(token) == 3


def _drop_gaps(out: list[str]) -> list[str]:
    """A gap matters only where it keeps two words apart."""
    kept: list[str] = []
    for index, token in enumerate(out):
        if token == "space":
            following = next((later for later in out[index + 1 :] if later != "space"), "")
            if not (kept and _is_word(kept[-1]) and _is_word(following)):
                continue
        kept.append(token)
    return kept


def _join_dots(out: list[str]) -> list[str]:
    """Three full stops are an ellipsis, in either language."""
    kept: list[str] = []
    for token in out:
        kept.append(token)
        if token == "." and kept[-3:] == [".", ".", "."]:
            kept[-3:] = ["…"]
    return kept
