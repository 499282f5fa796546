"""The rewriting steps, in order. Each takes and gives tokens, and changes nothing it does not know.

A step may be wrong for a formula (an unescaped parenthesis grows with its contents, say); whoever applies
it keeps the result only when the verifier still calls it equal.
"""

from collections.abc import Callable

from typlora.convert.idiom.names import LARGE, OPERATORS, TAKES_PARENTHESES
from typlora.convert.idiom.pairs import fenced_matrices, paired_bars
from typlora.convert.idiom.spacing import respace
from typlora.convert.idiom.tokens import (
    ATOMS,
    SPACE,
    Token,
    after,
    arguments,
    before,
    call_end,
    closes,
    is_call,
    mark,
    opens,
    partner,
    partners,
)
from typlora.convert.idiom.words import (
    default_arguments,
    double_letters,
    known_operators,
    no_padding,
    plain_text,
    short_names,
)

Step = Callable[[list[Token]], list[Token]]

_UNESCAPED = frozenset({r"\,", r"\;", r"\|", r"\!", r"\:", r"\."})
_FENCES = {"|": "abs", "||": "norm", "‖": "norm", "bar.v": "abs", "bar.v.double": "norm", "bar": "abs"}


def unescape(tokens: list[Token]) -> list[Token]:
    r"""``\( x \, y \)`` -> ``( x , y )``, where the brackets match and no argument list is cut in two."""
    if not any(token.kind == "escape" for token in tokens):
        return tokens
    tokens = list(tokens)
    for index in partners(tokens, escaped=True):
        tokens[index] = mark(tokens[index].text[1:])
    matched = partners(tokens)
    inside: list[int] = []
    for index, token in enumerate(tokens):
        if index in matched and opens(token):
            inside.append(index)
        elif index in matched and closes(token):
            inside.pop()
        elif token.text in _UNESCAPED and token.kind == "escape":
            argument = bool(inside) and is_call(tokens, inside[-1])
            argument = argument and tokens[inside[-1] - 1].text not in TAKES_PARENTHESES
            if not (argument and token.text in (r"\,", r"\;")):
                tokens[index] = mark(token.text[1:])
    return tokens


def bare_scripts(tokens: list[Token]) -> list[Token]:
    """``x_(1)`` -> ``x_1``, ``x_(alpha)`` -> ``x_alpha``; then ``^b_a`` -> ``_a^b`` for simple scripts."""
    if not any(token.text == "_" or token.text == "^" for token in tokens):
        return tokens
    matched = partners(tokens)
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        out.append(token)
        index += 1
        if (
            token.kind != "mark"
            or token.text not in "_^"
            or index >= len(tokens)
            or tokens[index].text != "("
        ):
            continue
        end = matched.get(index)
        inner = [item for item in tokens[index + 1 : end] if item.kind != "space"] if end else []
        if end and len(inner) == 1 and (inner[0].kind in ATOMS or inner[0].text in {"+", "-", "*"}):
            out.append(inner[0])
            index = end + 1
            if index < len(tokens) and _would_join(tokens[index]):
                out.append(SPACE)
    for index in range(len(out) - 3):
        up, top, down, bottom = out[index : index + 4]
        if up.text == "^" and down.text == "_" and top.kind in ATOMS and bottom.kind in ATOMS:
            out[index : index + 4] = [down, bottom, up, top]
    return out


def _would_join(following: Token) -> bool:
    """Whether a bare script would swallow what follows (``x_1`` ``2``, ``x_a`` ``(b)``, ``x_a`` ``'``)."""
    return following.kind in {"letter", "number", "name", "shorthand"} or following.text in {
        "(",
        "[",
        "{",
        "'",
        ".",
    }


def plain_fences(tokens: list[Token]) -> list[Token]:
    """``lr(( x ))`` -> ``( x )``; ``lr(| x |)`` -> ``abs(x)``; ``lr(‖ x ‖)`` -> ``norm(x)``."""
    index = _find(tokens, "lr", 0)
    if index < 0:
        return tokens
    tokens = list(tokens)
    while index >= 0:
        if (end := call_end(tokens, index)) is not None:
            first, last = after(tokens, index + 1), before(tokens, end)
            inner = tokens[first : last + 1]
            if first < last and partner(tokens, first) == last:
                gap = [SPACE] if index and tokens[index - 1].kind in {"name", "letter"} else []
                tokens[index : end + 1] = [*gap, *inner]
            elif first < last and inner[0].text == inner[-1].text and inner[0].text in _FENCES:
                body = inner[1:-1]
                if not any(item.text in _FENCES or item.text in {",", ";"} for item in body):
                    call = [Token("name", _FENCES[inner[0].text]), mark("(")]
                    tokens[index : end + 1] = [*call, *body, mark(")")]
        index = _find(tokens, "lr", index + 1)
    return tokens


def short_fractions(tokens: list[Token]) -> list[Token]:
    """``frac(1, 2)`` -> ``1/2`` where both halves are one atom, perhaps with a script."""
    index = _find(tokens, "frac", 0)
    if index < 0:
        return tokens
    tokens = list(tokens)
    while index >= 0:
        end = call_end(tokens, index)
        if end is not None and len(halves := arguments(tokens[index + 2 : end])) == 2:
            left, right = before(tokens, index), after(tokens, end)
            follows = tokens[right].text if right < len(tokens) else ""
            scripted = left >= 0 and tokens[left].text in {"_", "^", "/"}
            if all(map(_short, halves)) and not scripted and follows not in {"_", "^", "/", "'"}:
                gap = [SPACE] if index and tokens[index - 1].kind in ATOMS else []
                rest = tokens[end + 1] if end + 1 < len(tokens) else SPACE
                tail = [SPACE] if rest.kind in ATOMS or rest.text in {"(", "["} else []
                tokens[index : end + 1] = [*gap, *halves[0], mark("/"), *halves[1], *tail]
        index = _find(tokens, "frac", index + 1)
    return tokens


def _short(half: list[Token]) -> bool:
    """One atom, perhaps with one simple script: ``n``, ``pi``, ``12``, ``x_1``."""
    if len(half) == 3 and half[1].text in {"_", "^"}:
        return half[0].kind in {"letter", "name"} and half[2].kind in ATOMS and half[0].text not in LARGE
    return len(half) == 1 and half[0].kind in ATOMS and half[0].text not in LARGE | OPERATORS


def primes(tokens: list[Token]) -> list[Token]:
    """``f^(prime)`` and ``f '`` -> ``f'``."""
    if not any(token.text == "'" or token.text == "prime" for token in tokens):
        return tokens
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        texts = [item.text for item in tokens[index : index + 4]]
        scripted = len(out) > 2 and out[-3].text in {"_", "^"}
        loose = len(out) > 1 and out[-1].kind == "space" and out[-2].kind in ATOMS and not scripted
        if token.text == "'" and loose:
            out[-1] = token
            index += 1
        elif texts == ["^", "(", "prime", ")"]:
            out.append(mark("'"))
            index += 4
        elif texts[:2] == ["^", "prime"]:
            out.append(mark("'"))
            index += 2
        else:
            out.append(token)
            index += 1
    return out


def _find(tokens: list[Token], name: str, start: int) -> int:
    """Index of the next name ``name``, or -1."""
    for index in range(start, len(tokens)):
        if tokens[index].text == name and tokens[index].kind == "name":
            return index
    return -1


STEPS: tuple[Step, ...] = (
    no_padding,
    unescape,
    plain_text,
    known_operators,
    default_arguments,
    double_letters,
    short_names,
    primes,
    plain_fences,
    paired_bars,
    fenced_matrices,
    bare_scripts,
    short_fractions,
    respace,
)
"""In the order of application; later steps see what the earlier ones left."""
