"""LaTeX maths rewritten so that an engine which misreads some of it still gives the right Typst.

The rules fall in three groups: the same thing in words every engine knows (``{\\rm x}`` is
``\\mathrm{x}``, ``a \\over b`` is ``\\frac{a}{b}``); constructs taken out and put back as Typst through
``marks``; and what only moves things on paper (``\\!``, ``\\strut``), which is dropped. Which style
TeX is in (display, text, script) is followed, because Typst sets it by itself in most places and
``display(...)`` shall stand only where it changes something.
"""

from collections.abc import Sequence

from typlora.engines import constructs, environments, latex_tokens, rules
from typlora.engines.latex_tokens import argument, skip_space, trim
from typlora.engines.marks import Marks
from typlora.engines.rules import Style, UnreadableError
from typlora.engines.symbols import RELATIONS, SYMBOLS

Tokens = list[str]


_SCRIPTS = ("_", "^", "'")
_ORDINARY = ([","], [";"], [":"])  # in braces: no space after it (10{,}000), as after a string in Typst


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
            code, dollar, formula = opening.rpartition("$")
            closing = ")" * _unclosed(formula) + (f"${')' * _unclosed(code)}" if dollar else "")
        before, after = self.marks.pair(opening, closing)
        return [before, *inside, after]

    def atom(self, typst: str) -> Tokens:
        return [self.marks.atom(typst)]

    def sequence(self, tokens: Sequence[str], style: Style) -> Tokens:
        """Tokens without infix commands and switches on their own level."""
        out: Tokens = []
        base = -1  # where the last atom starts in ``out``: what a script or \\limits belongs to
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token == " ":
                out.append(" ")
                at += 1
            elif token in _SCRIPTS:
                if base < 0:
                    out += self.atom('""')
                stacked = style == "display" and out[base:][:1] in ([s] for s in rules.BIG)
                scripts, at = self._scripts(tokens, at, stacked)
                out += scripts
                base = -1
            elif token in ("\\limits", "\\nolimits", "\\displaylimits"):
                plain = (
                    token == "\\limits" and style == "display" and out[base:][:1] in ([s] for s in rules.BIG)
                )
                if base >= 0 and not plain and token != "\\displaylimits":
                    opening = "limits(" if token == "\\limits" else "scripts("
                    out[base:] = self.wrap(opening, out[base:])
                at += 1
            else:
                start = len(out)
                found, after = self.one(tokens, at, style)
                follows = skip_space(tokens, after)
                if found and follows < len(tokens) and tokens[follows] in _SCRIPTS:
                    found = self._base(token, tokens[at:after], found)
                out += found
                if found and token not in rules.SPACES:
                    base = start
                elif token in rules.SPACES:
                    base = -1
                at = after
        return out

    def _base(self, token: str, source: Sequence[str], found: Tokens) -> Tokens:
        """What scripts follow, made such that Typst sets them where TeX does."""
        inside = list(source) if token == "{" else []
        while inside[:1] == ["{"] and latex_tokens.closing(inside, 0) == len(inside) - 1:
            inside = trim(inside[1:-1])
        if token in RELATIONS or (len(inside) == 1 and inside[0] in RELATIONS | rules.BIG | rules.INTEGRALS):
            return self.wrap("scripts(", found)
        if token in rules.STACKED or any(part in _SCRIPTS for _, part in top_level(inside)):
            return self.wrap("lr(", found)
        return found

    def _scripts(self, tokens: Sequence[str], at: int, stacked: bool) -> tuple[Tokens, int]:
        """All scripts of one base, primes first: behind ``_`` Typst would give them to the subscript.
        ``stacked``: above and below, where Typst's ``'`` would not go."""
        primes = 0
        parts: dict[str, Tokens] = {}
        after = at
        while True:
            at = skip_space(tokens, after)
            token = tokens[at] if at < len(tokens) else ""
            if token == "'" and "^" not in parts:
                primes += 1
                after = at + 1
                continue
            if token not in ("_", "^") or token in parts:
                break
            found = argument(tokens, at + 1)
            if found is None:
                raise UnreadableError("a script without argument")
            more = _primes(found[0]) if token == "^" else 0
            if more:
                primes += more
                after = found[1]
                continue
            parts[token], after = self.argument(tokens, at + 1, "script")
        if stacked and primes:
            parts["^"] = self.atom("prime " * primes) + parts.get("^", [])
            primes = 0
        out = [self.marks.prime("'" * primes)] if primes else []
        for sign, part in parts.items():
            if part:
                out += [sign, "{", *part, "}"]
        return out, after

    def argument(self, tokens: Sequence[str], at: int, style: Style) -> tuple[Tokens, int]:
        """The argument at ``at`` rewritten. A command there brings its own arguments along (``x^\\frac12``),
        a lone bracket is no bracket of Typst's. Raises ``UnreadableError`` when there is none."""
        at = skip_space(tokens, at)
        if at < len(tokens) and tokens[at] in rules.TAKES_ARGUMENT:
            return self.one(tokens, at, style)
        found = argument(tokens, at)
        if found is None:
            raise UnreadableError("an argument is missing")
        inside, after = trim(found[0]), found[1]
        if len(inside) == 1 and inside[0] in ("(", ")", "[", "]", "\\{", "\\}"):
            return self.atom(rules.DELIMITERS[inside[0]]), after
        return self.group(inside, style), after

    def one(self, tokens: Sequence[str], at: int, style: Style) -> tuple[Tokens, int]:
        """One atom rewritten, and where the next one starts."""
        token = tokens[at]
        if token == "{":
            close = latex_tokens.closing(tokens, at)
            if close < 0:
                raise UnreadableError("a brace is not closed")
            inside = self.group(trim(tokens[at + 1 : close]), style)
            if tokens[at + 1 : close] in _ORDINARY:
                return self.atom(f'"{tokens[at + 1]}"'), close + 1
            follows = skip_space(tokens, close + 1)
            if not inside and follows < len(tokens) and tokens[follows] in _SCRIPTS:
                return self.atom('""'), close + 1
            return (["{", *inside, "}"] if inside else []), close + 1
        if token == "}":
            raise UnreadableError("a brace closes nothing")
        if token in SYMBOLS:
            return self.atom(SYMBOLS[token]), at + 1
        if token in constructs.HANDLERS:
            return constructs.HANDLERS[token](self, tokens, at, style)
        if token in rules.DROPPED:
            return [], at + 1
        if token == '"':
            return self.atom('\\"'), at + 1
        if token == "~":
            return ["\\ "], at + 1
        if token in rules.STYLES or token in rules.SWITCHES:
            return [], at + 1
        return [token], at + 1


def _unclosed(typst: str) -> int:
    """How many round brackets a piece of Typst leaves open; those in strings do not count."""
    outside = "".join(typst.split('"')[::2])
    return outside.count("(") - outside.count(")")


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
    return len(inside) if inside and all(token == "\\prime" for token in inside) else 0
