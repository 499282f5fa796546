"""LaTeX mathematics to a raw tree: commands, arguments, fonts, scripts; styles are resolved in ``layout``."""

import unicodedata

from typlora.verify.letters import LETTER_SYMBOLS, SPLIT, fold, is_greek
from typlora.verify.texmath import symbols
from typlora.verify.tree import MAX_DEPTH, Node, TooDeepError, row

_CLOSERS = {"}": "}", "]": "]"}


class UnsupportedError(Exception):
    """The reader does not know a construct; ``construct`` names it."""

    def __init__(self, construct: str) -> None:
        super().__init__(construct)
        self.construct = construct


class _Font:
    """The current letter style: a font command's, and whether \\boldsymbol is on."""

    __slots__ = ("bold", "style")

    def __init__(self, style: str = "", bold: bool = False) -> None:
        self.style = style
        self.bold = bold


def read_tex(latex: str, display: bool) -> Node:
    """The canonical tree of one formula's inside (no ``$``), macros expanded.

    Raises ``UnsupportedError`` for what it does not know or is not valid LaTeX, ``TooDeepError`` for
    absurd nesting.
    """
    from typlora.verify.texmath.layout import resolve

    reader = Reader(latex)
    try:
        node = reader.sequence(frozenset(), _Font(), 0)
    except RecursionError as error:
        raise TooDeepError from error
    if reader.position < len(reader.text):
        raise UnsupportedError(f"unbalanced {reader.text[reader.position]!r}")
    if reader.open_fences:
        raise UnsupportedError("\\left without \\right")
    return resolve(node, 0 if display else 1)


class Reader:
    """A cursor over one formula. Methods read one construct and leave the cursor behind it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.open_fences = 0

    # -- characters and control words -------------------------------------------------

    def skip_space(self) -> None:
        text, length = self.text, len(self.text)
        while self.position < length:
            if text[self.position].isspace():
                self.position += 1
            elif text[self.position] == "%":
                end = text.find("\n", self.position)
                self.position = length if end < 0 else end + 1
            else:
                return

    def peek(self) -> str:
        """The next token, not taken: a character or a control word with its backslash; "" at the end."""
        self.skip_space()
        if self.position >= len(self.text):
            return ""
        character = self.text[self.position]
        if character != "\\":
            return character
        end = self.position + 1
        while (
            end < len(self.text)
            and self.text[end].isascii()
            and (self.text[end].isalpha() or self.text[end] == "@")
        ):
            end += 1
        return self.text[self.position : max(end, self.position + 2)]

    def take(self) -> str:
        token = self.peek()
        self.position += len(token)
        return token

    def starred(self) -> bool:
        if self.position < len(self.text) and self.text[self.position] == "*":
            self.position += 1
            return True
        return False

    def raw_group(self) -> str:
        """The source of a braced argument, unread (names, dimensions, text)."""
        self.skip_space()
        if self.position >= len(self.text):
            raise UnsupportedError("missing argument")
        if self.text[self.position] != "{":
            return self.take()
        depth, start = 0, self.position + 1
        while self.position < len(self.text):
            character = self.text[self.position]
            if character == "\\":
                self.position += 2
                continue
            depth += (character == "{") - (character == "}")
            self.position += 1
            if depth == 0:
                return self.text[start : self.position - 1]
        raise UnsupportedError("unbalanced '{'")

    def raw_option(self) -> str | None:
        """The source of a bracketed option, or ``None``."""
        self.skip_space()
        if self.position >= len(self.text) or self.text[self.position] != "[":
            return None
        depth, start = 0, self.position + 1
        for index in range(start, len(self.text)):
            character = self.text[index]
            depth += (character == "{") - (character == "}")
            if character == "]" and depth == 0:
                self.position = index + 1
                return self.text[start:index]
        raise UnsupportedError("unbalanced '['")

    # -- sequences ----------------------------------------------------------------------

    def sequence(self, stops: frozenset[str], font: _Font, depth: int) -> Node:
        """Everything up to a token in ``stops`` (not taken), ``}`` or the end."""
        if depth > MAX_DEPTH:
            raise TooDeepError
        items: list[Node] = []
        font = _Font(font.style, font.bold)  # a switch ends with its group
        while True:
            token = self.peek()
            if not token or token == "}" or token in stops:
                return row(items)
            if token == "&" or token == "\\\\" or token == "\\cr" or token == "\\end":
                return row(items)
            if token in {"^", "_", "'", "′", "″"}:
                self.attach(items, font, depth)
                continue
            word = token[1:] if token[0] == "\\" else ""
            if word in symbols.STYLES:
                self.take()
                rest = self.sequence(stops, font, depth + 1)
                items.append(("style", symbols.STYLES[word], rest))
                return row(items)
            if word in symbols.OLD_FONTS:
                self.take()
                font.style = symbols.OLD_FONTS[word]
                continue
            if word in {"over", "choose", "atop", "brack", "brace", "above"}:
                self.take()
                return self.infix(word, items, stops, font, depth)
            if word in {"limits", "nolimits", "displaylimits"}:
                self.take()
                if items:
                    items[-1] = ("force", word, items[-1])
                continue
            if word == "color":
                self.take()
                self.raw_option()
                self.raw_group()
                continue
            items.append(self.atom(font, depth))

    def infix(self, word: str, before: list[Node], stops: frozenset[str], font: _Font, depth: int) -> Node:
        if word == "above":
            raise UnsupportedError("\\above")
        after = self.sequence(stops, font, depth + 1)
        fraction: Node = ("frac", row(before), after, "bar" if word == "over" else "none", None)
        fences = {"choose": "()", "brack": "[]", "brace": "{}"}.get(word)
        return row([("c", fences[0], ""), fraction, ("c", fences[1], "")]) if fences else fraction

    def attach(self, items: list[Node], font: _Font, depth: int) -> None:
        """Scripts and primes after the last item."""
        base = items.pop() if items and items[-1] != ("sp",) else ("row", [])
        sub: Node | None = None
        sup: list[Node] = []
        raised = False
        while True:
            token = self.peek()
            if token in {"'", "′", "″"}:
                self.take()
                sup.extend([("c", "′", "")] * (2 if token == "″" else 1))
            elif token == "^":
                if raised:
                    raise UnsupportedError("double superscript")
                self.take()
                sup.append(self.argument(font, depth))
                raised = True
            elif token == "_":
                if sub is not None:
                    raise UnsupportedError("double subscript")
                self.take()
                sub = self.argument(font, depth)
            elif token in {"\\limits", "\\nolimits"} and sub is None and not sup:
                self.take()
                base = ("force", token[1:], base)
            else:
                break
        items.append(("att", base, sub, row(sup) if sup else None))

    def argument(self, font: _Font, depth: int) -> Node:
        """One argument: a braced group or a single token (with what that token takes itself)."""
        token = self.peek()
        if not token:
            raise UnsupportedError("missing argument")
        if token == "{":
            return self.group(font, depth)
        if token in {"}", "&", "\\\\", "^", "_"}:
            raise UnsupportedError("missing argument")
        if token in {"'", "′"}:
            self.take()
            return ("c", "′", "")
        if token.isdigit():  # a single digit, not the number it begins
            self.take()
            return self.letter(token, font)
        return self.atom(font, depth)

    def group(self, font: _Font, depth: int) -> Node:
        self.take()
        inside = self.sequence(frozenset(), font, depth + 1)
        if self.take() != "}":
            raise UnsupportedError("unbalanced '{'")
        return ("group", inside)

    # -- atoms ------------------------------------------------------------------------------

    def letter(self, character: str, font: _Font) -> Node:
        """One character under the current font. TeX's fonts leave lower-case Greek and symbols alone."""
        if character in SPLIT:
            return row([self.letter(part, font) for part in SPLIT[character]])
        character, own_style = fold(character)
        if own_style not in {"", "n"}:  # a ready-made mathematical letter keeps the style it carries
            return ("c", character, own_style)
        if character.isdigit():
            style = font.style if font.style in {"b", "bb", "sf", "tt", "sfb"} else "n"
            return ("c", character, _bolder(style) if font.bold else style)
        if is_greek(character) and character.isalpha():
            capital = character.isupper()
            style = "n" if capital else "i"
            if capital and font.style in {"b", "i", "sf", "tt", "bb", "bi"}:
                style = font.style
            return ("c", character, _bolder(style) if font.bold else style)
        if character.isascii() and character.isalpha():
            style = font.style or "i"
            return ("c", character, _bolder(style) if font.bold else style)
        if character in "∇∂" and font.bold:
            return ("c", character, "b")
        if character.isalpha() and character not in LETTER_SYMBOLS:
            return ("c", unicodedata.normalize("NFC", character), "n")
        return ("c", character, "")

    def atom(self, font: _Font, depth: int) -> Node:
        """One atom: a character, a group or a command with its arguments."""
        from typlora.verify.texmath.commands import command

        if depth > MAX_DEPTH:
            raise TooDeepError
        token = self.peek()
        if token == "{":
            return self.group(font, depth)
        self.take()
        if token[0] == "\\":
            return command(self, token[1:], font, depth + 1)
        if token == "~":
            return ("sp",)
        if token in {"$", "#", "\x00"}:
            raise UnsupportedError(repr(token))
        if token == '"':
            return ("c", '"', "")
        return self.letter(token, font)


def _bolder(style: str) -> str:
    return {
        "n": "b",
        "i": "bi",
        "cal": "bcal",
        "scr": "bscr",
        "frak": "bfrak",
        "sf": "sfb",
        "sfi": "sfbi",
    }.get(style, style)
