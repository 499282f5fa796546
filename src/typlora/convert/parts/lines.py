"""Where a line of maths may be cut: before relations, between terms, between atoms."""

from collections.abc import Sequence
from itertools import accumulate

from typlora.engines import latex_tokens, rules
from typlora.engines.symbols import RELATIONS
from typlora.tex.wordlist import words

OPEN = words(r"( [ \{ \langle \lfloor \lceil \lvert \lVert \lbrace \lbrack \llbracket")
CLOSE = words(r") ] \} \rangle \rfloor \rceil \rvert \rVert \rbrace \rbrack \rrbracket")
_FENCES = words(r"\left \right \middle")
_RELATIONS = RELATIONS | {"=", "<", ">", "\\quad", "\\qquad"}
_TERMS = words(
    r"+ - , ; \pm \mp \cdot \times \oplus \ominus \otimes \wedge \vee \cup \cap \land \lor \circ \ast \star"
)
_LIMITS = words(r"\limits \nolimits")


def without_gaps(tokens: Sequence[str]) -> list[str]:
    """``tokens`` without white space between ``\\left`` and its bracket."""
    befores = ("", *tokens)
    return [
        token for before, token in zip(befores, tokens, strict=False) if token != " " or before not in _FENCES
    ]


def outside(tokens: Sequence[str]) -> list[str]:
    """Tokens outside of braces, ``\\left`` ... ``\\right`` and environments."""
    depths = _depths(tokens, brackets=False)
    return [token for token, depth in zip(tokens, depths, strict=True) if depth == 0]


def relations(tokens: Sequence[str]) -> list[int]:
    """Places before relations and wide spaces."""
    return _before(tokens, _RELATIONS)


def terms(tokens: Sequence[str]) -> list[int]:
    """Places before signs that stand between two terms, and behind commas."""
    found = []
    for index in _before(tokens, _TERMS):
        before = next((token for token in reversed(tokens[:index]) if token != " "), "")
        if tokens[index] in (",", ";"):
            found.append(index + 1)
        elif before and before not in _RELATIONS | _TERMS | OPEN:
            found.append(index)
    return found


def atoms(tokens: Sequence[str]) -> list[int]:
    """Places before each thing that brings its own scripts and needs nothing of what stands before it."""
    found = []
    depths = _depths(tokens)
    for index in range(1, len(tokens)):
        token, before = tokens[index], tokens[index - 1]
        starts = (latex_tokens.is_word(token) and token not in _LIMITS) or token.isalnum() or token in OPEN
        ends = before in ("}", " ") or before.isalnum() or before in CLOSE
        if depths[index] == 0 and starts and ends and not _awaited(tokens, index):
            found.append(index)
    return found


def pieces(tokens: list[str], breaks: Sequence[int], size: int) -> list[list[str]]:
    """Cut at ``breaks`` where the piece before has ``size`` characters; a short rest joins the last.

    Where all are shorter they become two, cut near the middle.
    """
    sums = list(accumulate((len(token) if token != " " else 0 for token in tokens), initial=0))
    cuts = [0]
    for stop in breaks:
        if sums[stop] - sums[cuts[-1]] >= size and sums[-1] - sums[stop] > size // 4:
            cuts.append(stop)
    if len(cuts) == 1 and breaks:
        cuts.append(min(breaks, key=lambda stop: abs(2 * sums[stop] - sums[-1])))
    ends = [*cuts[1:], len(tokens)]
    return [tokens[start:stop] for start, stop in zip(cuts, ends, strict=True) if sums[stop] > sums[start]]


def _before(tokens: Sequence[str], kinds: frozenset[str]) -> list[int]:
    depths = _depths(tokens)
    return [
        index
        for index, token in enumerate(tokens)
        if index and token in kinds and depths[index] == 0 and not _awaited(tokens, index)
    ]


def _depths(tokens: Sequence[str], brackets: bool = True) -> list[int]:
    """How deep each token stands. Brackets count whichever way they are paired (``[0, 1)``)."""
    depths: list[int] = []
    hard = soft = 0
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else ""
        fence = before in _FENCES
        depths.append(hard + soft + (fence or before == "\\end"))
        if token in ("{", "\\left", "\\begin"):
            hard += 1
        elif token in ("}", "\\right", "\\end"):
            hard -= 1
        elif brackets and not fence and token in OPEN:
            soft += 1
        elif brackets and not fence and token in CLOSE:
            soft = max(0, soft - 1)
    return depths


def _awaited(tokens: Sequence[str], index: int) -> bool:
    """Whether something before ``index`` may still take what stands there as its script or argument."""
    near = [token for token in tokens[max(0, index - 4) : index] if token != " "][-2:]
    if near and (near[-1] in ("^", "_") or near[-1] in rules.TAKES_ARGUMENT):
        return True
    return len(near) == 2 and near[0] in rules.TAKES_ARGUMENT and near[-1] != "}"
