"""Steps that replace names, words and fillers by what a person would write."""

import re

from typlora.convert.idiom.names import DOUBLE, OPERATORS, SHORT
from typlora.convert.idiom.tokens import (
    ATOMS,
    SPACE,
    Token,
    after,
    arguments,
    before,
    call_end,
    mark,
)

_FILLERS = frozenset({"zws", "zwj", "zwnj"})
_GAPS = {"(2em)": "wide", "(1em)": "quad", "(0em)": ""}
_MARKUP = re.compile(r'[#$*_`\\@<>"\[\]~/]')
_DEFAULTS = {"cases": '"{"', "mat": '"("', "vec": '"("'}
_JOINING = frozenset("<>=-:~|.*+!")


def no_padding(tokens: list[Token]) -> list[Token]:
    """Invisible fillers that carry no script go away: ``times zws a``, ``#h(0em)``."""
    if not any(token.text in _FILLERS or token.text == "#h" for token in tokens):
        return tokens
    kept: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.text == "#h" and index + 1 < len(tokens) and tokens[index + 1].text == "(0em)":
            index += 2
            continue
        if token.text in _FILLERS and token.kind == "name":
            following = tokens[right].text if (right := after(tokens, index)) < len(tokens) else ""
            previous = tokens[left].text if (left := before(tokens, index)) >= 0 else "("
            if following not in {"_", "^", "'"} and previous not in {"(", "_", "^", ",", ";", "/"}:
                index += 1
                continue
        kept.append(token)
        index += 1
    return kept


def short_names(tokens: list[Token]) -> list[Token]:
    """``lt.eq`` -> ``<=``, ``arrow.r`` -> ``->``, ``dots.h`` -> ``...``; spaces where symbols would merge."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        short = SHORT.get(token.text) if token.kind == "name" else None
        following = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if short is None or following.startswith(("(", "[")):
            out.append(token)
        elif short[0].isalpha():
            out.append(Token("name", short))
        elif short[0] == "\\":
            out.append(Token("escape", short))
        else:
            if out and out[-1].text[-1:] in _JOINING:
                out.append(SPACE)
            out.append(Token("shorthand" if len(short) > 1 else "mark", short))
            if following[:1] in _JOINING:
                out.append(SPACE)
    return out


def plain_text(tokens: list[Token]) -> list[Token]:
    """``#text[if]``, ``upright("if")`` -> ``"if"``; ``upright(n e t)`` -> ``"net"``; ``#h(1em)`` too."""
    if not any(token.text in {"#text", "#h", "upright"} for token in tokens):
        return tokens
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        content = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if token.text == "#text" and (text := _words(content)) is not None:
            out.append(Token("string", f'"{text}"'))
            index += 2
        elif token.text == "#h" and _GAPS.get(content):
            out.append(Token("name", _GAPS[content]))
            index += 2
        elif token.text == "upright" and (end := call_end(tokens, index)) is not None:
            inner = [item for item in tokens[index + 2 : end] if item.kind != "space"]
            if len(inner) == 1 and inner[0].kind == "string":
                out.append(inner[0])
            elif len(inner) > 1 and all(item.kind == "letter" and item.text.isascii() for item in inner):
                out.append(Token("string", '"' + "".join(item.text for item in inner) + '"'))
            else:
                out.append(token)
                index += 1
                continue
            index = end + 1
        else:
            out.append(token)
            index += 1
    return out


def _words(content: str) -> str | None:
    """The text of ``[...]`` when it is nothing but words."""
    text = content[1:-1]
    return text if content[:1] == "[" and not _MARKUP.search(text) else None


def known_operators(tokens: list[Token]) -> list[Token]:
    """``op("sin")`` and ``"sin"`` -> ``sin``; ``op("lim", limits: #true)`` -> ``lim``."""
    if not any(token.kind == "string" and token.text[1:-1] in OPERATORS for token in tokens):
        return tokens
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        end = call_end(tokens, index) if token.text == "op" and token.kind == "name" else None
        if end is not None and (name := arguments(tokens[index + 2 : end])[0]) and name[0].kind == "string":
            word = name[0].text[1:-1]
            if word in OPERATORS and len(name) == 1:
                out.extend(_operator(word, tokens, end))
            else:
                out.extend(tokens[index : end + 1])
            index = end + 1
            continue
        left = before(tokens, index)
        inside = left >= 0 and tokens[left].text in {"(", "_", "^"}
        if token.kind == "string" and token.text[1:-1] in OPERATORS and not inside:
            out.extend(_operator(token.text[1:-1], tokens, index))
        else:
            out.append(token)
        index += 1
    return out


def _operator(word: str, tokens: list[Token], end: int) -> list[Token]:
    """The name, with a space where it would run into what follows."""
    following = tokens[end + 1] if end + 1 < len(tokens) else SPACE
    return [Token("name", word), *([SPACE] if following.kind in ATOMS else [])]


def double_letters(tokens: list[Token]) -> list[Token]:
    """``bb(R)`` -> ``RR``."""
    if not any(token.text == "bb" for token in tokens):
        return tokens
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        end = call_end(tokens, index) if tokens[index].text == "bb" else None
        inner = [item.text for item in tokens[index + 2 : end] if item.kind != "space"] if end else []
        if end and len(inner) == 1 and inner[0] * 2 in DOUBLE:
            if out and out[-1].kind in {"letter", "name"}:
                out.append(SPACE)
            out.append(Token("name", inner[0] * 2))
            index = end + 1
            if index < len(tokens) and (tokens[index].kind in ATOMS or tokens[index].text == "("):
                out.append(SPACE)
            continue
        out.append(tokens[index])
        index += 1
    return out


def default_arguments(tokens: list[Token]) -> list[Token]:
    """``cases(delim: "{", a)`` -> ``cases(a)``; ``mat(delim: "(", a)`` -> ``mat(a)``."""
    if not any(token.text == "delim" for token in tokens):
        return tokens
    tokens = list(tokens)
    for index in range(len(tokens) - 1, -1, -1):
        default = _DEFAULTS.get(tokens[index].text)
        if default is None or index + 1 >= len(tokens) or tokens[index + 1] != mark("("):
            continue
        end = next((at for at in range(index + 2, len(tokens)) if tokens[at].text == ","), None)
        if end is None:
            continue
        if (
            "".join(item.text for item in tokens[index + 2 : end] if item.kind != "space")
            == f"delim:{default}"
        ):
            del tokens[index + 2 : after(tokens, end)]
    return tokens
