"""Typst maths as tokens with matched brackets; joining the tokens gives the text back."""

from typing import NamedTuple

from typlora.engines import typst_tokens

_LISTED = """
    <==> <--> -->> ->> --> |-> >-> <-- <<- <-> ~~> <~~ |=> ==> <== <=> ::= <<< >>> ... ~> <~ -> <- => != := =:
    << >> <= >= [| |] ||
"""
SHORTHANDS = tuple(_LISTED.split())
"""Several characters that Typst reads as one symbol, longest first where one begins another."""

_BY_FIRST = {
    char: sorted((text for text in SHORTHANDS if text[0] == char), key=len, reverse=True)
    for char in {text[0] for text in SHORTHANDS}
}
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
ATOMS = frozenset({"letter", "number", "name", "string"})


class Token(NamedTuple):
    """``kind``: string, escape, comment, hash, content, name, letter, number, space, shorthand, mark."""

    kind: str
    text: str


SPACE = Token("space", " ")


def mark(text: str) -> Token:
    """A token of one character that means itself."""
    return Token("mark", text)


def opens(token: Token) -> bool:
    """Whether it is a plain opening bracket."""
    return token.kind == "mark" and token.text in OPENING


def closes(token: Token) -> bool:
    """Whether it is a plain closing bracket."""
    return token.kind == "mark" and token.text in CLOSING


def tokenize(typst: str) -> list[Token]:
    """The tokens of the inside of ``$...$``; never fails, unknown characters are marks."""
    found: list[Token] = []
    pairs = typst_tokens.split(typst)
    at = 0
    while at < len(pairs):
        kind, text = pairs[at]
        if text == "#" and kind == "other" and (end := _code_end(pairs, at + 1)) > at + 1:
            found.append(Token("hash", "".join(part for _, part in pairs[at:end])))
            at = end - 1
        elif kind != "other":
            found.append(Token(kind, text))
        elif text.isalpha():
            found.append(Token("letter", text))
        else:
            short = _shorthand(pairs, at) if text in _BY_FIRST else None
            found.append(Token("mark", text) if short is None else Token("shorthand", short))
            at += 0 if short is None else len(short) - 1
        at += 1
    return found


def _code_end(pairs: list[tuple[str, str]], at: int) -> int:
    """The end of the number or the bracket that follows a ``#``; ``at`` where neither does."""
    if at < len(pairs) and pairs[at][0] == "number":
        return at + 1
    depth, end = 0, at
    while end < len(pairs) and (depth or end == at):
        kind, text = pairs[end]
        depth += (kind == "other") * ((text == "(") - (text == ")"))
        if end == at and depth == 0:
            return at
        end += 1
    return end if depth == 0 else at


def _shorthand(pairs: list[tuple[str, str]], at: int) -> str | None:
    run = "".join(text if kind == "other" else " " for kind, text in pairs[at : at + 4])
    for short in _BY_FIRST[run[0]]:
        if run.startswith(short):
            return short
    return None


def write(tokens: list[Token]) -> str:
    """The text of all tokens."""
    return "".join(token.text for token in tokens)


def partners(tokens: list[Token], *, escaped: bool = False) -> dict[int, int]:
    """Index of each matched bracket -> index of its partner; shapes may differ (``[0, 1)``).

    Only plain brackets, or with ``escaped`` only pairs of ``\\(``-like ones; the two kinds nest.
    """
    stack: list[int] = []
    found: dict[int, int] = {}
    for index, token in enumerate(tokens):
        plain, char = token.kind == "mark", token.text[-1:]
        if not plain and not (token.kind == "escape" and len(token.text) == 2):
            continue
        if char in OPENING:
            stack.append(index)
        elif char in CLOSING and stack:
            opener = stack.pop()
            if (tokens[opener].kind == "escape") == (not plain) == escaped:
                found[opener], found[index] = index, opener
    return found


def partner(tokens: list[Token], opener: int) -> int | None:
    """What ``partners`` has for the bracket that opens at ``opener``, in time of what stands between them."""
    if opener >= len(tokens) or not opens(tokens[opener]):
        return None
    depth = 0
    for index in range(opener, len(tokens)):
        token = tokens[index]
        plain, char = token.kind == "mark", token.text[-1:]
        if plain or (token.kind == "escape" and len(token.text) == 2):
            depth += (char in OPENING) - (char in CLOSING)
            if depth == 0 and char in CLOSING:
                return index if plain else None
    return None


def before(tokens: list[Token], index: int) -> int:
    """Index of the last token before ``index`` that is not space; -1 at the start."""
    index -= 1
    while index >= 0 and tokens[index].kind == "space":
        index -= 1
    return index


def after(tokens: list[Token], index: int) -> int:
    """Index of the first token after ``index`` that is not space; ``len(tokens)`` at the end."""
    index += 1
    while index < len(tokens) and tokens[index].kind == "space":
        index += 1
    return index


def is_call(tokens: list[Token], opener: int) -> bool:
    """Whether the bracket at ``opener`` holds the arguments of a name standing right before it."""
    return opener > 0 and tokens[opener].text == "(" and tokens[opener - 1].kind == "name"


def call_end(tokens: list[Token], name: int) -> int | None:
    """Index of the ``)`` of the call whose name is at ``name``, where its ``(`` follows at once."""
    follows = name + 1
    return partner(tokens, follows) if follows < len(tokens) and tokens[follows].text == "(" else None


def arguments(tokens: list[Token]) -> list[list[Token]]:
    """The arguments between the parentheses of a call, without outer spaces."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += opens(token) - closes(token)
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
