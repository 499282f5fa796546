"""Spaces the way a person sets them: ``f(x) = a_1 + 2x``, ``&= b``, a line a row."""

from typlora.convert.idiom.names import TAKES_PARENTHESES
from typlora.convert.idiom.tokens import CLOSING, OPENING, SHORTHANDS, Token, after, before, opens, partners
from typlora.tex.wordlist import words

_INFIX = frozenset("=<>+-*~:") | {"−", "∗", "±"}
_BARS = frozenset({"|", "||"})  # opening, closing or in the middle: only the writer knew
_MERGING = frozenset(text[at : at + 2] for text in SHORTHANDS for at in range(len(text) - 1))
_SCRIPT = frozenset("_^")
# Names beside which a string may have a space that nobody sees: relations, operators and spaces (asked of
# Typst 0.15.2: the width of `"m" name` against `"m"name`).
_LOOSE = words(
    "Dif Pr and approx arccos arcsin arctan arg arrow arrows ast asymp because bowtie bullet circle colon "
    "comma compose convolve cos cosh cot coth csc dagger dash deg det dif dim div divides dot eq equiv "
    "exp forces gcd gt harpoon harpoons hom id image in inf integral inter interleave join ker lcm lg lim "
    "liminf limsup ln log lt mapsto max med min minus mod models multimap op or parallel perp plus prec "
    "product prop quad ratio sec sin sinc sinh smash star subset succ sum sup supset tack tan tanh "
    "therefore thick thin tilde times tr triangle union wide without wreath xor"
)
_ATOMS = frozenset({"name", "letter", "number", "string", "hash", "content"})
_TIGHT_SHORTHANDS = frozenset({"...", "||", "[|", "|]"})


def respace(tokens: list[Token]) -> list[Token]:
    """The same tokens with the usual spaces between them; strings and code keep theirs."""
    if any(token.kind == "comment" for token in tokens):
        return tokens
    matched = partners(tokens)
    bars = _bar_pairs(tokens, matched)
    depth = 0
    out: list[Token] = []
    left = -1
    for index, token in enumerate(tokens):
        if token.kind == "space":
            continue
        if left >= 0:
            gap = _gap(tokens, left, index, matched, bars, depth)
            if not gap and tokens[left].text[-1] + token.text[0] in _MERGING:
                gap = " "
            if gap:
                out.append(Token("space", gap))
        if index in matched:
            depth += 1 if opens(token) else -1
        out.append(Token("escape", token.text.strip()) if token.kind == "escape" else token)
        left = index
    return out


def _bar_pairs(tokens: list[Token], matched: dict[int, int]) -> dict[int, bool]:
    """Bars that stand in pairs within their brackets: index -> whether it is the opening one.

    An odd number of bars holds one that divides (``{x | x > 0}``); then none is told apart.
    """
    groups: dict[int, list[int]] = {}
    inside = [-1]
    for index, token in enumerate(tokens):
        if index in matched and opens(token):
            inside.append(index)
        elif index in matched:
            inside.pop()
        elif token.text in _BARS:
            groups.setdefault(inside[-1], []).append(index)
        elif token.text == "&" or _row_break(token) or token.text in {",", ";"}:
            groups.setdefault(inside[-1], []).append(-1)
    found: dict[int, bool] = {}
    for group in groups.values():
        run: list[int] = []
        for index in [*group, -1]:
            if index >= 0:
                run.append(index)
            else:
                if len(run) % 2 == 0:
                    found.update({bar: place % 2 == 0 for place, bar in enumerate(run)})
                run = []
    return found


def _gap(
    tokens: list[Token], left: int, right: int, matched: dict[int, int], bars: dict[int, bool], depth: int
) -> str:
    """What stands between two neighbouring tokens."""
    a, b = tokens[left], tokens[right]
    spaced = right - left > 1
    if _row_break(a):
        return "\n  " if depth == 0 else " "
    if _row_break(b):
        return " "
    if b.kind == "content" or a.kind in {"hash", "content"}:
        return " " if spaced else ""
    if a.text in _SCRIPT or b.text in _SCRIPT or _slash(a) or _slash(b):
        return ""
    if b.kind == "mark" and b.text == "'":
        return " " if spaced and (_scripted(tokens, left) or _closes(a)) else ""
    if _opens(a) or _closes(b):
        return ""
    if b.kind == "mark" and b.text in ",;.!?":
        return " " if b.text == "." and a.text in {"...", ".", ",", ";"} else ""
    if a.kind == "mark" and a.text in ",;":
        return " "
    if b.text == ":" and _names_argument(tokens, left, right):
        return ""
    if (a.kind == "string" and _shows_space(b)) or (b.kind == "string" and _shows_space(a)):
        return " " if a.kind == "string" and _opens(b) and _scripted(tokens, left) else ""
    if left in bars or right in bars:
        if bars.get(left) or bars.get(right) is False:
            return ""
        if left not in bars:  # before an opening bar
            return "" if a.kind == "number" or _closes(a) else " "
    elif a.text in _BARS or b.text in _BARS:
        return " "
    if b.kind == "mark" and b.text in {"(", "["}:
        return _before_bracket(tokens, left, right, matched, spaced)
    if a.text in {"-", "+", "−"} and _prefix(tokens, left):
        return ""
    if a.kind == "number" and b.kind == "letter" and not _scripted(tokens, left):
        return ""
    if a.text == "&" and not _infix(b):
        return " "
    if a.text == "&":
        return ""
    if a.kind == "mark" and a.text == "." and not spaced:
        return ""
    return " "


def _shows_space(token: Token) -> bool:
    """Whether a space between this and a string is set: LaTeX's text has no space but its own."""
    if token.kind == "name":
        return token.text.partition(".")[0] not in _LOOSE
    shown = token.text in _BARS or token.text in {"'", "!", "%", ".", "...", "\\%", "∞"}
    return shown or token.kind in {"letter", "number", "string"} or _opens(token) or _closes(token)


def _before_bracket(tokens: list[Token], left: int, right: int, matched: dict[int, int], spaced: bool) -> str:
    """``f(x)``, ``k[G]``, ``(a)(b)``, ``x_1(a)`` but ``x_n (a)``, ``in (0, 1)``, ``a (b)/c``."""
    a = tokens[left]
    if a.kind == "name" and not spaced:
        return ""
    end = matched.get(right)
    if end is None:
        return " " if spaced or a.kind == "name" else ""
    follows = after(tokens, end)
    if follows < len(tokens) and tokens[follows].text == "/":
        return " " if spaced else ""  # attached, it would all go into the fraction
    if a.kind in {"letter", "name", "string"} and _scripted(tokens, left):
        return " "  # attached, it would all go into the script
    if a.kind in {"letter", "name"}:
        return "" if a.kind == "letter" or a.text in TAKES_PARENTHESES else " "
    if a.kind in {"number", "string"} or a.text == "'" or a.text in CLOSING:
        return ""
    if a.text in {"-", "+"} and _prefix(tokens, left):
        return ""
    return " "


def _names_argument(tokens: list[Token], left: int, colon: int) -> bool:
    """Whether the colon belongs to a named argument: ``limits: #true``, ``delim: "["``."""
    opener = before(tokens, left)
    if tokens[left].kind != "name" or opener < 0 or tokens[opener].text not in {"(", ","}:
        return False
    value = tokens[right].kind if (right := after(tokens, colon)) < len(tokens) else ""
    return value in {"hash", "string"}


def _scripted(tokens: list[Token], index: int) -> bool:
    """Whether the atom at ``index`` stands right after ``_``, ``^`` or ``/``."""
    previous = before(tokens, index)
    return previous >= 0 and tokens[previous].text in {"_", "^", "/"}


def _prefix(tokens: list[Token], index: int) -> bool:
    """Whether a sign at ``index`` belongs to what follows it: ``(-1)``, ``x^(-1)``, ``= -1``."""
    previous = before(tokens, index)
    if previous >= 0 and tokens[previous].text == "quad":
        column = before(tokens, previous)
        if column >= 0 and tokens[column].text == "&":
            return True  # the second column of cases
    if previous < 0:
        return True
    token = tokens[previous]
    if _row_break(token) or token.text in {"&", ",", ";"} or _opens(token) or token.text in _SCRIPT:
        return True
    return _infix(token) or _slash(token)


def _infix(token: Token) -> bool:
    return (token.kind == "mark" and token.text in _INFIX) or (
        token.kind == "shorthand" and token.text not in _TIGHT_SHORTHANDS
    )


def _opens(token: Token) -> bool:
    return token.text in OPENING if token.kind == "mark" else token.text in {"\\(", "\\[", "\\{", "[|"}


def _closes(token: Token) -> bool:
    return token.text in CLOSING if token.kind == "mark" else token.text in {"\\)", "\\]", "\\}", "|]"}


def _slash(token: Token) -> bool:
    return token.text == "/" or token.text == "\\/"


def _row_break(token: Token) -> bool:
    return token.kind == "escape" and not token.text[1:].strip()
