"""Are two canonical token sequences the same picture, and if not, how do they differ, in words."""

from collections.abc import Sequence
from difflib import SequenceMatcher

MAX_DIFFERENCES = 4  # a person reads a few; the HTML report shows both pictures anyway
_EITHER_DOTS = "…?"  # LaTeX's \dots picks its height from what follows; both heights are right
_STYLES = {
    "n": "upright", "i": "italic", "b": "bold", "bi": "bold italic", "bb": "double-struck",
    "cal": "calligraphic",
    "scr": "script", "frak": "fraktur", "sf": "sans-serif", "sfb": "bold sans-serif",
    "sfi": "italic sans-serif", "tt": "monospace",
    "D": "display size", "T": "text size", "bcal": "bold calligraphic", "bscr": "bold script",
}  # fmt: skip


def same(reference: Sequence[str], candidate: Sequence[str]) -> bool:
    """Whether the candidate shows what the reference shows."""
    if tuple(reference) == tuple(candidate):
        return True
    if len(reference) != len(candidate) or _EITHER_DOTS not in reference:
        return False
    return all(
        left == right or (left == _EITHER_DOTS and right in {"…", "⋯"})
        for left, right in zip(reference, candidate, strict=True)
    )


def describe(token: str) -> str:
    """One token for a person: ``x (bold)``, ``start of subscript``."""
    if token.endswith("{") and len(token) > 1:
        return {
            "sub{": "a subscript",
            "sup{": "a superscript",
            "under{": "something below",
            "over{": "something above",
        }.get(token, f"a {token[:-1]}")
    character, slash, style = token.rpartition("/")
    if slash and style in _STYLES:
        return f"‘{character}’ ({_STYLES[style]})"
    return f"‘{token}’"


def differences(reference: Sequence[str], candidate: Sequence[str]) -> tuple[str, ...]:
    """At most ``MAX_DIFFERENCES`` sentences; empty when the two are the same."""
    if same(reference, candidate):
        return ()
    # Junk heuristics would make long formulas compare wrongly; far too long ones get one sentence.
    if len(reference) + len(candidate) > 4000:
        return (f"the formulas differ ({len(reference)} parts expected, {len(candidate)} found)",)
    found: list[str] = []
    matcher = SequenceMatcher(None, list(reference), list(candidate), autojunk=False)
    for action, a1, a2, b1, b2 in matcher.get_opcodes():
        if action == "equal":
            continue
        wanted = " ".join(describe(token) for token in reference[a1:a2][:4] if token != "}")
        got = " ".join(describe(token) for token in candidate[b1:b2][:4] if token != "}")
        if wanted and got:
            found.append(f"{wanted} became {got}")
        elif wanted:
            found.append(f"{wanted} is missing")
        elif got:
            found.append(f"{got} was added")
        if len(found) == MAX_DIFFERENCES:
            break
    return tuple(found) or ("grouping differs",)
