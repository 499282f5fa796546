"""LaTeX maths rewritten so that an engine which misreads some of it still gives the right Typst.

The rules fall in three groups: the same thing in words every engine knows (``{\\rm x}`` is
``\\mathrm{x}``, ``a \\over b`` is ``\\frac{a}{b}``); constructs taken out and put back as Typst through
``marks``; and what only moves things on paper (``\\!``, ``\\strut``), which is dropped. Which style
TeX is in (display, text, script) is followed, because Typst sets it by itself in most places and
``display(...)`` shall stand only where it changes something.
"""

from collections.abc import Sequence

from typlora.engines import constructs, environments, latex_tokens, rules
from typlora.engines.latex_tokens import argument, skip_space
from typlora.engines.marks import Marks
from typlora.engines.rules import Style, UnreadableError
from typlora.engines.symbols import RELATIONS, SYMBOLS

Tokens = list[str]


class Rewriter:
    """Rewrites one formula; ``marks`` collects what has to be put back into the engine's answer."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks

    def formula(self, tokens: Sequence[str], display: bool) -> Tokens:
        """The whole formula. Raises ``UnreadableError``."""
        return environments.top(self, trim(tokens), "display" if display else "text")

    def group(self, tokens: Sequence[str], style: Style) -> Tokens:
        """The inside of a group or a cell: infix fractions and switches reach to its end."""
        for index, token in top_level(tokens):
            if token in rules.INFIX:
                left, right = trim(tokens[:index]), trim(tokens[index + 1 :])
                return self.sequence([rules.INFIX[token], "{", *left, "}", "{", *right, "}"], style)
        for index, token in top_level(tokens):
            if token in rules.STYLES:
                return self.sequence(tokens[:index], style) + self._styled(tokens, index, style)
            if token in rules.SWITCHES:
                stop = next(
                    (i for i, other in top_level(tokens) if i > index and other in rules.SWITCHES), None
                )
                inside = trim(tokens[index + 1 : stop])
                found = self.sequence(tokens[:index], style)
                if inside:
                    found += self.sequence([rules.SWITCHES[token], "{", *inside, "}"], style)
                return found + (self.group(tokens[stop:], style) if stop is not None else [])
        return self.sequence(tokens, style)

    def _styled(self, tokens: Sequence[str], index: int, style: Style) -> Tokens:
        new, opening = rules.STYLES[tokens[index]]
        inside = self.group(trim(tokens[index + 1 :]), new)
        return inside if new == style or not inside else self.wrap(opening, inside)

    def wrap(self, opening: str, inside: Tokens, closing: str = "") -> Tokens:
        """``inside`` between two marks; ``closing`` closes every bracket of ``opening`` by default."""
        if not closing:
            closing = "$)" if opening.endswith("$") else ")" * opening.count("(")
        before, after = self.marks.pair(opening, closing)
        return [before, *inside, after]

    def atom(self, typst: str) -> Tokens:
        return [self.marks.atom(typst)]

    def sequence(self, tokens: Sequence[str], style: Style) -> Tokens:
        """Tokens without infix commands and switches on their own level."""
        out: Tokens = []
        base = 0  # where the last atom starts in ``out``: what a script or \\limits belongs to
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token == " ":
                out.append(" ")
                at += 1
                continue
            if token in ("_", "^"):
                at = self._script(tokens, at, out, style)
                continue
            if token in ("\\limits", "\\nolimits"):
                plain = (
                    token == "\\limits" and style == "display" and out[base:][:1] in ([s] for s in rules.BIG)
                )
                if base < len(out) and not plain:
                    opening = "limits(" if token == "\\limits" else "scripts("
                    out[base:] = self.wrap(opening, out[base:])
                at += 1
                continue
            if token == "\\displaylimits":
                at += 1
                continue
            start = len(out)
            found, after = self.one(tokens, at, style)
            follows = skip_space(tokens, after)
            if token in RELATIONS and follows < len(tokens) and tokens[follows] in ("_", "^", "'"):
                found = self.wrap("scripts(", found)
            out += found
            if found:
                base = start
            at = after
        return out

    def _script(self, tokens: Sequence[str], at: int, out: Tokens, style: Style) -> int:
        found = argument(tokens, at + 1)
        if found is None:
            raise UnreadableError("a script without argument")
        inside, after = found
        if tokens[at] == "^" and (primes := _primes(inside)):
            out += ["'"] * primes
            return after
        if len(inside) == 1 and latex_tokens.is_word(inside[0]) and inside[0] in rules.TAKES_ARGUMENT:
            # `x^\\frac12`, `x_\\mathrm{a}`: TeX takes the command with its arguments
            inside, after = list(tokens[at + 1 :]), len(tokens)
            inside = inside[skip_space(inside, 0) :]
            whole, used = self.one(inside, 0, "script")
            out += [tokens[at], "{", *whole, "}"]
            return len(tokens) - len(inside) + used
        out += [tokens[at], "{", *self.group(trim(inside), "script"), "}"]
        return after

    def one(self, tokens: Sequence[str], at: int, style: Style) -> tuple[Tokens, int]:
        """One atom rewritten, and where the next one starts."""
        token = tokens[at]
        if token == "{":
            close = latex_tokens.closing(tokens, at)
            if close < 0:
                raise UnreadableError("a brace is not closed")
            return ["{", *self.group(trim(tokens[at + 1 : close]), style), "}"], close + 1
        if token == "}":
            raise UnreadableError("a brace closes nothing")
        if token in SYMBOLS:
            return self.atom(SYMBOLS[token]), at + 1
        if token in constructs.HANDLERS:
            return constructs.HANDLERS[token](self, tokens, at, style)
        if token in rules.DROPPED:
            return [], at + 1
        if token == "~":
            return ["\\ "], at + 1
        if token in rules.STYLES or token in rules.SWITCHES:
            return [], at + 1
        return [token], at + 1


def trim(tokens: Sequence[str]) -> Tokens:
    """Without white space at both ends."""
    first, last = 0, len(tokens)
    while first < last and tokens[first] == " ":
        first += 1
    while last > first and tokens[last - 1] == " ":
        last -= 1
    return list(tokens[first:last])


def top_level(tokens: Sequence[str]) -> list[tuple[int, str]]:
    """Index and token of all that stands in no group, environment or ``\\left ... \\right``."""
    found: list[tuple[int, str]] = []
    depth = 0
    for index, token in enumerate(tokens):
        if token in ("}", "\\end", "\\right"):
            depth -= 1
        if depth == 0:
            found.append((index, token))
        if token in ("{", "\\begin", "\\left"):
            depth += 1
    return found


def _primes(tokens: Sequence[str]) -> int:
    inside = [token for token in tokens if token not in (" ", "{", "}")]
    return len(inside) if inside and all(token in ("'", "\\prime") for token in inside) else 0
