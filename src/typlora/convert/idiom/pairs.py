"""Delimiters that belong together: bars around a norm, brackets around a matrix.

Typst sets ``bar.v.double x bar.v.double`` with the spaces of two relations (22.4 pt instead of 15.1 pt for
one letter, measured with ``measure``), since only the characters and ``norm`` are read as a pair.
"""

from typlora.convert.idiom.tokens import (
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
)

_DOUBLE = frozenset({"bar.v.double", "‖", "||"})
_BREAKS = frozenset({",", ";", "&", "\\"})  # what an argument of ``norm`` cannot hold
_DELIMITED = {"(": ")", "[": "]", "{": "}"}
_STYLES = frozenset({"display", "inline"})
_MATRICES = frozenset({"mat", *_STYLES})


def paired_bars(tokens: list[Token]) -> list[Token]:
    """``bar.v.double x bar.v.double`` -> ``norm(x)``, or ``||x||`` where it holds a separator."""
    if not any(token.text in _DOUBLE for token in tokens):
        return tokens
    tokens = list(tokens)
    groups: dict[int, list[int]] = {}
    inside = [-1]
    for index, token in enumerate(tokens):
        if opens(token):
            inside.append(index)
        elif closes(token) and len(inside) > 1:
            inside.pop()
        elif token.text in _DOUBLE:
            tokens[index] = Token("shorthand", "||")
            groups.setdefault(inside[-1], []).append(index)
    replaced: dict[int, list[Token]] = {}
    dropped: set[int] = set()
    for bars in groups.values():
        pairs = list(zip(bars[::2], bars[1::2], strict=False)) if len(bars) % 2 == 0 else []
        for left, right in pairs:
            first, last = after(tokens, left), before(tokens, right)
            body = tokens[left + 1 : right]
            if first > last or any(item.text in _BREAKS for item in _outer(body)):
                continue
            replaced[left], replaced[right] = [Token("name", "norm"), mark("(")], [mark(")")]
            dropped |= {*range(left + 1, first), *range(last + 1, right)}
    out: list[Token] = []
    for index, token in enumerate(tokens):
        if index not in dropped:
            if index in replaced and len(replaced[index]) == 2 and out and out[-1].kind in {"name", "letter"}:
                out.append(Token("space", " "))
            out.extend(replaced.get(index, [token]))
    return out


def _outer(tokens: list[Token]) -> list[Token]:
    """The tokens that stand in no bracket of these tokens."""
    found, depth = [], 0
    for token in tokens:
        depth += opens(token) - closes(token)
        if depth == 0:
            found.append(token)
    return found


def fenced_matrices(tokens: list[Token]) -> list[Token]:
    """``(mat(delim: #none, a))`` -> ``mat(a)``, ``[mat(delim: #none, a)]`` -> ``mat(delim: "[", a)``."""
    if not any(token.text == "mat" for token in tokens):
        return tokens
    tokens = list(tokens)
    index = -1
    while (index := index + 1) < len(tokens):
        left, first = tokens[index], after(tokens, index)
        if not opens(left) or is_call(tokens, index):
            continue
        if first >= len(tokens) or tokens[first].text not in _MATRICES:
            continue  # no need to look for the end of every bracket
        right = partner(tokens, index)
        if right is None or tokens[right].text != _DELIMITED[left.text]:
            continue
        rewritten = _bare_matrix(tokens[first : before(tokens, right) + 1], left.text)
        if rewritten is not None:
            gap = [Token("space", " ")] if index and tokens[index - 1].kind in {"name", "letter"} else []
            tokens[index : right + 1] = [*gap, *rewritten]
    return tokens


def _bare_matrix(tokens: list[Token], delimiter: str) -> list[Token] | None:
    """The call with its own delimiter, if the tokens are one ``mat`` without any, perhaps in ``display``."""
    if not tokens or tokens[0].kind != "name" or call_end(tokens, 0) != len(tokens) - 1:
        return None
    if tokens[0].text in _STYLES:
        inside = _bare_matrix(tokens[2:-1], delimiter)
        return None if inside is None else [*tokens[:2], *inside, tokens[-1]]
    first = arguments(tokens[2:-1])[0] if tokens[0].text == "mat" else []
    if [token.text for token in first if token.kind != "space"] != ["delim", ":", "#none"]:
        return None
    comma = next((position for position, token in enumerate(tokens) if token.text == ","), None)
    if comma is None:  # a matrix without entries, which a model may write
        return None
    rest = tokens[after(tokens, comma) :]
    if delimiter == "(":
        return [*tokens[:2], *rest]
    named = [Token("name", "delim"), mark(":"), Token("space", " "), Token("string", f'"{delimiter}"')]
    return [*tokens[:2], *named, mark(","), Token("space", " "), *rest]
