"""The rewriting steps, in order. Each takes and gives Typst maths, and changes nothing it does not know.

A step may be wrong for a formula (an unescaped parenthesis grows with its contents, say); whoever applies
it keeps the result only when the verifier still calls it equal.
"""

import re
from collections.abc import Callable

from typlora.convert.idiom.names import DOUBLE, LARGE, OPERATORS, SHORT, TAKES_PARENTHESES
from typlora.convert.idiom.spacing import respace
from typlora.convert.idiom.tokens import (
    CLOSING,
    OPENING,
    Token,
    after,
    before,
    is_call,
    partners,
    tokenize,
    write,
)

Step = Callable[[str], str]

_UNESCAPED = frozenset({r"\,", r"\;", r"\|", r"\!", r"\:", r"\."})
_FENCES = {"|": "abs", "||": "norm", "‖": "norm", "bar.v": "abs", "bar.v.double": "norm", "bar": "abs"}
_ATOMS = frozenset({"letter", "number", "name", "string"})


def unescape(typst: str) -> str:
    r"""``\( x \, y \)`` -> ``( x , y )``, where the brackets match and no argument list is cut in two."""
    tokens = tokenize(typst)
    for index in partners(tokens, escaped=True):
        tokens[index] = Token("mark", tokens[index].text[1:])
    matched = partners(tokens)
    inside: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == "mark" and token.text in OPENING and index in matched:
            inside.append(index)
        elif token.kind == "mark" and token.text in CLOSING and index in matched:
            inside.pop()
        elif token.kind == "escape" and token.text in _UNESCAPED:
            called = bool(inside) and is_call(tokens, inside[-1])
            if called and tokens[inside[-1] - 1].text in TAKES_PARENTHESES:
                called = False
            if not (called and token.text in (r"\,", r"\;")):
                tokens[index] = Token("mark", token.text[1:])
    return write(tokens)


def bare_scripts(typst: str) -> str:
    """``x_(1)`` -> ``x_1``, ``x_(alpha)`` -> ``x_alpha``; and ``^b_a`` -> ``_a^b`` for simple scripts."""
    tokens = tokenize(typst)
    matched = partners(tokens)
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        out.append(token)
        index += 1
        if token.text not in {"_", "^"} or token.kind != "mark" or index >= len(tokens):
            continue
        if tokens[index].text == "(" and (end := matched.get(index)) is not None:
            inner = [item for item in tokens[index + 1 : end] if item.kind != "space"]
            if len(inner) == 1 and (inner[0].kind in _ATOMS or (inner[0].text in "+-*" and inner[0].text)):
                out.append(inner[0])
                index = end + 1
                if index < len(tokens) and _would_join(inner[0], tokens[index]):
                    out.append(Token("space", " "))
    return _subscript_first(write(out))


def _would_join(script: Token, following: Token) -> bool:
    """Whether the two would be read as one (``x_1`` ``2``, ``x_a`` ``(b)``, ``x_a`` ``'``)."""
    if following.kind == "space" or following.text in {"_", "^", ",", ";", ")", "]", "}", "&", "/"}:
        return False
    return following.kind in {"letter", "number", "name", "shorthand"} or following.text in {
        "(",
        "[",
        "{",
        "'",
        ".",
    }


def _subscript_first(typst: str) -> str:
    tokens = tokenize(typst)
    for index in range(len(tokens) - 3):
        up, top, down, bottom = tokens[index : index + 4]
        if up.text == "^" and down.text == "_" and top.kind in _ATOMS and bottom.kind in _ATOMS:
            tokens[index : index + 4] = [down, bottom, up, top]
    return write(tokens)


def short_names(typst: str) -> str:
    """``lt.eq`` -> ``<=``, ``arrow.r`` -> ``->``, ``dots.h`` -> ``...``."""
    tokens = tokenize(typst)
    for index, token in enumerate(tokens):
        if token.kind == "name" and token.text in SHORT:
            following = tokens[index + 1].text if index + 1 < len(tokens) else ""
            if following.startswith(("(", "[")):
                continue
            short = SHORT[token.text]
            shown = short if short[0].isalpha() or short.startswith("\\") else _apart(tokens, index, short)
            kind = "name" if short[0].isalpha() else "escape" if short.startswith("\\") else "shorthand"
            tokens[index] = Token(kind, shown)
    return write(tokens)


def _apart(tokens: list[Token], index: int, short: str) -> str:
    """A symbol with a space on each side where its neighbour would merge with it."""
    left = tokens[index - 1].text[-1:] if index else ""
    right = tokens[index + 1].text[:1] if index + 1 < len(tokens) else ""
    joining = "<>=-:~|.*+!"
    return (" " if left and left in joining else "") + short + (" " if right and right in joining else "")


def plain_text(typst: str) -> str:
    """``#text[if]``, ``upright("if")`` -> ``"if"``; ``upright(n e t)`` -> ``"net"``; ``#h(2em)`` to ``wide``."""
    tokens = tokenize(typst)
    out: list[Token] = []
    matched = partners(tokens)
    index = 0
    while index < len(tokens):
        token = tokens[index]
        content = tokens[index + 1] if index + 1 < len(tokens) else Token("space", "")
        if token.text == "#text" and content.kind == "content" and (text := _words(content.text)) is not None:
            out.append(Token("string", f'"{text}"'))
            index += 2
            continue
        if token.text == "#h" and content.text in {"(0em)", "[0em]"}:
            index += 2
            continue
        if token.text == "#h" and content.text in {"(2em)", "(1em)"}:
            out.append(Token("name", "quad" if content.text == "(1em)" else "wide"))
            index += 2
            continue
        end = matched.get(index + 1) if token.text == "upright" and is_call(tokens, index + 1) else None
        if end is not None:
            inner = [item for item in tokens[index + 2 : end] if item.kind != "space"]
            if len(inner) == 1 and inner[0].kind == "string":
                out.append(inner[0])
                index = end + 1
                continue
            if len(inner) > 1 and all(item.kind == "letter" and item.text.isascii() for item in inner):
                out.append(Token("string", '"' + "".join(item.text for item in inner) + '"'))
                index = end + 1
                continue
        out.append(token)
        index += 1
    return write(out)


def _words(content: str) -> str | None:
    """The text of ``[...]`` when it is nothing but words."""
    text = content[1:-1]
    return text if content[:1] == "[" and not re.search(r'[#$*_`\\@<>"\[\]~/]', text) else None


def known_operators(typst: str) -> str:
    """``op("sin")``, ``upright("sin")``, ``"sin"`` -> ``sin``; ``op("lim", limits: #true)`` -> ``lim``."""

    def replace(found: re.Match[str]) -> str:
        return found["name"] if found["name"] in OPERATORS else found[0]

    typst = re.sub(
        r'(?<![\w.#])op\(\s*"(?P<name>[A-Za-z]+)"\s*(?:,\s*limits:\s*#?(?:true|false)\s*)?\)', replace, typst
    )
    tokens = tokenize(typst)
    for index, token in enumerate(tokens):
        if token.kind == "string" and token.text[1:-1] in OPERATORS and len(token.text) > 3:
            following = tokens[index + 1].text if index + 1 < len(tokens) else ""
            previous = tokens[before(tokens, index)].text if before(tokens, index) >= 0 else ""
            if previous not in {"(", "_", "^"}:
                gap = " " if following[:1].isalnum() or following == "(" else ""
                tokens[index] = Token("name", token.text[1:-1] + gap)
    return write(tokens)


def double_letters(typst: str) -> str:
    """``bb(R)`` -> ``RR``."""
    tokens = tokenize(typst)
    matched = partners(tokens)
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        end = matched.get(index + 1) if tokens[index].text == "bb" and is_call(tokens, index + 1) else None
        inner = [item for item in tokens[index + 2 : end] if item.kind != "space"] if end is not None else []
        if end is not None and len(inner) == 1 and inner[0].text * 2 in DOUBLE:
            out.append(Token("name", inner[0].text * 2))
            index = end + 1
            if index < len(tokens) and (tokens[index].kind in _ATOMS or tokens[index].text == "("):
                out.append(Token("space", " "))
            continue
        out.append(tokens[index])
        index += 1
    return write(out)


def plain_fences(typst: str) -> str:
    """``lr(( x ))`` -> ``( x )``; ``lr(| x |)`` -> ``abs(x)``; ``lr(‖ x ‖)`` -> ``norm(x)``."""
    tokens = tokenize(typst)
    index = 0
    while index < len(tokens):
        matched = partners(tokens)
        end = matched.get(index + 1) if tokens[index].text == "lr" and is_call(tokens, index + 1) else None
        if end is not None:
            first, last = after(tokens, index + 1), before(tokens, end)
            inner = tokens[first : last + 1]
            if matched.get(first) == last and first < last:
                gap = [Token("space", " ")] if index and tokens[index - 1].kind in {"name", "letter"} else []
                tokens[index : end + 1] = [*gap, *inner]
            elif first < last and inner[0].text == inner[-1].text and inner[0].text in _FENCES:
                body = inner[1:-1]
                if not any(item.text in _FENCES or item.text in {",", ";"} for item in body):
                    call = [Token("name", _FENCES[inner[0].text]), Token("mark", "(")]
                    tokens[index : end + 1] = [*call, *body, Token("mark", ")")]
        index += 1
    return write(tokens)


def short_fractions(typst: str) -> str:
    """``frac(1, 2)`` -> ``1/2`` where both are one atom; ``1 / 2`` -> ``1/2``."""
    tokens = tokenize(typst)
    index = 0
    while index < len(tokens):
        end = (
            partners(tokens).get(index + 1)
            if tokens[index].text == "frac" and is_call(tokens, index + 1)
            else None
        )
        if end is not None and (halves := _arguments(tokens[index + 2 : end])) and len(halves) == 2:
            over, under = halves
            around = (
                tokens[before(tokens, index)].text if before(tokens, index) >= 0 else "",
                tokens[after(tokens, end)].text if after(tokens, end) < len(tokens) else "",
            )
            if (
                _short(over)
                and _short(under)
                and around[0] not in {"_", "^", "/"}
                and around[1] not in {"_", "^", "/", "'"}
            ):
                touching = index > 0 and tokens[index - 1].kind in _ATOMS
                left = [Token("space", " ")] if touching else []
                joins = end + 1 < len(tokens) and (
                    tokens[end + 1].kind in _ATOMS or tokens[end + 1].text in {"(", "["}
                )
                right = [Token("space", " ")] if joins else []
                tokens[index : end + 1] = [*left, *over, Token("mark", "/"), *under, *right]
        index += 1
    return write(tokens)


def _short(half: list[Token]) -> bool:
    """One atom, perhaps with one simple script: ``n``, ``pi``, ``12``, ``x_1``."""
    if len(half) == 3 and half[1].text in {"_", "^"}:
        return half[0].kind in {"letter", "name"} and half[2].kind in _ATOMS and half[0].text not in LARGE
    return len(half) == 1 and half[0].kind in _ATOMS and half[0].text not in LARGE | OPERATORS


def _arguments(tokens: list[Token]) -> list[list[Token]]:
    """The arguments between the parentheses of a call, without outer spaces."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.kind == "mark" and token.text in OPENING:
            depth += 1
        elif token.kind == "mark" and token.text in CLOSING:
            depth -= 1
        if depth == 0 and token.kind == "mark" and token.text in ",;":
            found.append([])
        else:
            found[-1].append(token)
    for part in found:
        while part and part[0].kind == "space":
            del part[0]
        while part and part[-1].kind == "space":
            del part[-1]
    return found


def default_arguments(typst: str) -> str:
    """``cases(delim: "{", a)`` -> ``cases(a)``; ``mat(delim: "(", a)`` -> ``mat(a)``."""
    typst = re.sub(r'(?<![\w.])cases\(\s*delim:\s*"\{"\s*,\s*', "cases(", typst)
    return re.sub(r'(?<![\w.])(mat|vec)\(\s*delim:\s*"\("\s*,\s*', r"\1(", typst)


def no_padding(typst: str) -> str:
    """Invisible fillers that carry no script go away (``times zws a``)."""
    tokens = tokenize(typst)
    kept: list[Token] = []
    for index, token in enumerate(tokens):
        if token.text in {"zws", "zwj", "zwnj"} and token.kind == "name":
            following = tokens[after(tokens, index)].text if after(tokens, index) < len(tokens) else ""
            previous = tokens[before(tokens, index)].text if before(tokens, index) >= 0 else "("
            if following not in {"_", "^", "'"} and previous not in {"(", "_", "^", ",", ";", "/"}:
                continue
        kept.append(token)
    return write(kept)


def primes(typst: str) -> str:
    """``f^(prime)`` and ``f '`` -> ``f'``."""
    tokens = tokenize(typst)
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        bare = [item.text for item in tokens[index : index + 2]]
        grouped = [item.text for item in tokens[index : index + 4]]
        if token.text == "'" and out and out[-1].kind == "space" and len(out) > 1 and out[-2].kind in _ATOMS:
            out[-1] = token
            index += 1
        elif grouped == ["^", "(", "prime", ")"]:
            out.append(Token("mark", "'"))
            index += 4
        elif bare == ["^", "prime"]:
            out.append(Token("mark", "'"))
            index += 2
        else:
            out.append(token)
            index += 1
    return write(out)


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
    bare_scripts,
    short_fractions,
    respace,
)
"""In the order of application; later steps see what the earlier ones left."""
