"""What each LaTeX command does to the tree."""

from typing import TYPE_CHECKING

from typlora.verify.letters import SAME
from typlora.verify.texmath import symbols
from typlora.verify.tree import Node, row

if TYPE_CHECKING:
    from typlora.verify.texmath.reader import Reader, _Font

_DELIMITERS = {"<": "⟨", ">": "⟩", ".": ""}


def command(reader: "Reader", word: str, font: "_Font", depth: int) -> Node:
    """The node of ``\\word`` whose name has been taken; reads its arguments."""
    from typlora.verify.texmath.environments import environment
    from typlora.verify.texmath.reader import UnsupportedError, _Font
    from typlora.verify.texmath.text import read_text

    if word in symbols.SPACES:
        return ("sp",) if symbols.SPACES[word] else row([])
    if word == "begin":
        return environment(reader, reader.raw_group().strip(), font, depth)
    if word in symbols.FONTS:
        inner = _Font(symbols.FONTS[word], font.bold)
        return _group(reader.argument(inner, depth))
    if word in symbols.BOLD_COMMANDS:
        return _group(reader.argument(_Font(font.style, True), depth))
    if word in symbols.TEXT_COMMANDS:
        return read_text(reader.raw_group(), symbols.TEXT_COMMANDS[word], depth)
    if word in symbols.ACCENT_COMMANDS:
        return ("acc", symbols.ACCENT_COMMANDS[word], _plain(reader.argument(font, depth)))
    if word in symbols.UNDER_COMMANDS:
        return ("uacc", symbols.UNDER_COMMANDS[word], _plain(reader.argument(font, depth)))
    if word in symbols.BIG:
        return ("op", symbols.BIG[word], True)
    if word in symbols.INTEGRALS:
        return ("op", symbols.INTEGRALS[word], False)
    if word in symbols.LIMIT_NAMES:
        return ("name", _letters(symbols.LIMIT_NAMES[word], font), True)
    if word in symbols.PLAIN_NAMES:
        return ("name", _letters(word, font), False)
    if word in {"operatorname", "operatornamewithlimits", "mathop"}:
        movable = word != "operatorname" or reader.starred()
        inner = font if word == "mathop" else _Font("n", font.bold)
        return ("name", reader.argument(inner, depth), movable)
    if word in {"frac", "dfrac", "tfrac", "cfrac"}:
        if word == "cfrac":
            reader.raw_option()
        style = {"dfrac": 0, "cfrac": 0, "tfrac": 1}.get(word)
        return ("frac", reader.argument(font, depth), reader.argument(font, depth), "bar", style)
    if word in {"binom", "dbinom", "tbinom"}:
        style = {"dbinom": 0, "tbinom": 1}.get(word)
        fraction: Node = ("frac", reader.argument(font, depth), reader.argument(font, depth), "none", style)
        return row([("c", "(", ""), fraction, ("c", ")", "")])
    if word == "genfrac":
        return _genfrac(reader, font, depth)
    if word == "sqrt":
        degree = reader.raw_option()
        inside = reader.argument(font, depth)
        return (
            ("sqrt", inside)
            if not degree or not degree.strip()
            else ("root", inside, _read(degree, font, depth))
        )
    if word in {"left", "right", "middle"} or word in symbols.DELIMITER_SIZES:
        reader.open_fences += {"left": 1, "right": -1}.get(word, 0)
        if reader.open_fences < 0:
            raise UnsupportedError("\\right without \\left")
        return delimiter(reader)
    if word in {"overset", "stackrel"}:
        over = reader.argument(font, depth)
        return ("stack", _plain(reader.argument(font, depth)), None, over)
    if word == "underset":
        under = reader.argument(font, depth)
        return ("stack", _plain(reader.argument(font, depth)), under, None)
    if word in symbols.ARROW_COMMANDS:
        below = reader.raw_option()
        over = reader.argument(font, depth)
        return (
            "stack",
            ("c", symbols.ARROW_COMMANDS[word], ""),
            _read(below, font, depth) if below else None,
            over,
        )
    if word == "substack":
        return _substack(reader, font, depth)
    if word == "not":
        return _negated(reader, font, depth)
    if word in {"bmod", "mod", "pmod", "pod"}:
        return _mod(reader, word, font, depth)
    if word in {"cancel", "bcancel", "xcancel"}:
        return ("mark", "cancel", reader.argument(font, depth))
    if word in {"boxed", "fbox"}:
        if word == "fbox":
            return ("mark", "box", read_text(reader.raw_group(), "n", depth))
        return ("mark", "box", ("style", 0, reader.argument(font, depth)))  # amsmath sets it displayed
    if word == "textcolor":
        reader.raw_option()
        reader.raw_group()
        return _group(reader.argument(font, depth))
    if word in {"hspace", "hskip", "kern", "mkern", "mskip", "mspace", "vspace", "vskip"}:
        return _skip(reader, word)
    if word in {"label", "noalign", "hypertarget", "index"}:
        reader.raw_group()
        return row([])
    if word in symbols.NO_INK:
        reader.argument(font, depth)
        return row([])
    if word in symbols.IGNORED:
        reader.starred()
        return row([])
    if word == "smash":
        reader.raw_option()
    if word in symbols.PASS_ARGUMENT:
        return _group(reader.argument(font, depth))
    drawn = symbols.character(word)
    if drawn is None:
        raise UnsupportedError("\\" + word)
    if drawn == "…?":
        return ("c", drawn, "")
    return row([reader.letter(part, font) for part in drawn])


def _group(node: Node) -> Node:
    return node if node[0] == "group" else ("group", node)


def _plain(node: Node) -> Node:
    """An argument's content; for what its own command draws around it the braces have no meaning."""
    return node[1] if node[0] == "group" else node


def _letters(text: str, font: "_Font") -> Node:
    """An operator's name: upright whatever the letter font, bold where the whole formula is."""
    style = "b" if font.bold else "n"
    return row([("sp",) if letter == " " else ("c", letter, style) for letter in text])


def _read(latex: str, font: "_Font", depth: int) -> Node:
    """Read a piece of LaTeX taken raw (an option) in the present font."""
    from typlora.verify.texmath.reader import Reader, UnsupportedError

    inner = Reader(latex)
    node = inner.sequence(frozenset(), font, depth + 1)
    if inner.position < len(inner.text):
        raise UnsupportedError("unbalanced option")
    return node


def delimiter(reader: "Reader") -> Node:
    """The delimiter after ``\\left``, ``\\big`` and the like; ``.`` draws nothing."""
    from typlora.verify.texmath.reader import UnsupportedError

    token = reader.take()
    if not token:
        raise UnsupportedError("missing delimiter")
    if token in _DELIMITERS:
        return ("c", _DELIMITERS[token], "") if _DELIMITERS[token] else row([])
    if token == "{":  # \bigl{(} is written by some
        inside = reader.text[reader.position : reader.position + 2]
        if len(inside) == 2 and inside[1] == "}":
            reader.position += 2
            return ("c", _DELIMITERS.get(inside[0], inside[0]), "")
        raise UnsupportedError("delimiter '{'")
    drawn = symbols.character(token[1:]) if token[0] == "\\" else token
    if drawn is None or token in {"&", "}"}:
        raise UnsupportedError(f"delimiter {token}")
    return ("c", SAME.get(drawn, drawn), "")


def _genfrac(reader: "Reader", font: "_Font", depth: int) -> Node:
    left, right = reader.raw_group().strip(), reader.raw_group().strip()
    thickness, style = reader.raw_group().strip(), reader.raw_group().strip()
    kind = "none" if thickness.startswith("0") and not thickness.strip("0pt. ") else "bar"
    fraction: Node = (
        "frac",
        reader.argument(font, depth),
        reader.argument(font, depth),
        kind,
        int(style) if style.isdigit() and int(style) < 4 else None,
    )
    return row([_read(left, font, depth), fraction, _read(right, font, depth)])


def _substack(reader: "Reader", font: "_Font", depth: int) -> Node:
    from typlora.verify.texmath.environments import rows_of

    inside = reader.raw_group()
    return ("table", rows_of(inside, font, depth), "script")


def _negated(reader: "Reader", font: "_Font", depth: int) -> Node:
    from typlora.verify.letters import styled
    from typlora.verify.texmath.reader import UnsupportedError

    target = _plain(reader.argument(font, depth))
    if target[0] != "c" or not target[1]:
        raise UnsupportedError("\\not before a group")
    plain = {"|": "∣", "‖": "∥"}.get(str(target[1]), str(target[1]))
    letters = styled(plain + "\u0338")
    return row([("c", base, target[2]) for base, _ in letters])


def _mod(reader: "Reader", word: str, font: "_Font", depth: int) -> Node:
    name = _letters("mod", font)
    if word == "bmod":
        return name
    argument = reader.argument(font, depth)
    if word == "mod":
        return row([name, ("sp",), argument])
    inside = [argument] if word == "pod" else [name, ("sp",), argument]
    return row([("c", "(", ""), *inside, ("c", ")", "")])


def _skip(reader: "Reader", word: str) -> Node:
    if word in {"hspace", "mspace", "vspace"}:
        reader.starred()
        reader.raw_group()
        return ("sp",)
    # A TeX dimension: digits and a unit, without braces.
    reader.skip_space()
    while reader.position < len(reader.text) and (
        reader.text[reader.position] in "-+.= " or reader.text[reader.position].isdigit()
    ):
        reader.position += 1
    if reader.text[reader.position : reader.position + 2] in {
        "pt",
        "em",
        "ex",
        "mu",
        "cm",
        "mm",
        "in",
        "sp",
        "pc",
        "bp",
    }:
        reader.position += 2
    return row([])
