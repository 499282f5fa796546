"""Letters in the place of long arguments, scripts and contents of brackets, which are asked alone."""

from collections.abc import Sequence
from dataclasses import replace

from typlora.convert.parts.frame import Frame, as_argument, length, part
from typlora.convert.parts.lines import CLOSE, OPEN
from typlora.engines import latex_tokens, rules
from typlora.tex.unit import Unit

WORTH = 5  # characters
_LETTERS = "QUXYZKRWJHVGLN"


def with_holes(unit: Unit, tokens: list[str]) -> Frame | None:
    """The formula with letters for its contents, then each content; ``None`` where none is long."""
    letters = iter([letter for letter in _LETTERS if letter not in unit.latex])
    outer: list[str] = []
    inside: dict[str, list[str]] = {}
    at = 0
    while at < len(tokens):
        stop = _content_end(tokens, at)
        if stop and length(tokens[at:stop]) >= WORTH and (letter := next(letters, "")):
            inside[letter] = tokens[at:stop]
            outer += [" ", letter]
            at = stop
        else:
            outer.append(tokens[at])
            at += 1
    if not inside:
        return None

    def fill(answers: Sequence[str]) -> str:
        return _filled(answers[0], dict(zip(inside, answers[1:], strict=True)))

    contents = (part(replace(unit, display=False), one) for one in inside.values())
    return Frame((part(unit, outer), *contents), fill)


def _content_end(tokens: Sequence[str], at: int) -> int:
    """The end of what stands between brackets that open right before ``at``; 0 where none does."""
    before = tokens[at - 1] if at else ""
    owner = tokens[at - 2] if at > 1 else ""
    if before == "{" and (owner in ("^", "_", "}", "]", "\\sqrt") or owner in rules.FRACTIONS):
        return max(0, latex_tokens.closing(tokens, at - 1))
    fenced = owner == "\\left"
    if not fenced and before not in OPEN:
        return 0
    depth = 0
    for index in range(at, len(tokens)):
        token = tokens[index]
        if token in ("{", "\\left", "\\begin") or (not fenced and token in OPEN):
            depth += 1
        elif token in ("}", "\\right", "\\end") or (not fenced and token in CLOSE):
            if depth == 0:
                return index - (tokens[index - 1] in rules.SIZES)
            depth -= 1
    return 0


def _filled(typst: str, contents: dict[str, str]) -> str:
    """``typst`` with contents for its letters: in brackets of their own beside ``/``, ``^`` and ``_``."""
    out: list[str] = []
    calls: list[bool] = []  # of the open brackets, which hold arguments
    quoted = False
    for index, char in enumerate(typst):
        if char == '"':
            quoted = not quoted
        elif not quoted and char in "([{":
            calls.append(index > 1 and typst[index - 2 : index].isalpha())
        elif not quoted and char in ")]}" and calls:
            calls.pop()
        if char in contents and not quoted and _alone(typst, index):
            near = typst[:index].rstrip()[-1:] + typst[index + 1 :].lstrip()[:1]
            content = contents[char]
            if not {"/", "^", "_"}.isdisjoint(near):
                out.append(f"({content})")
            else:
                out.append(as_argument(content) if calls and calls[-1] else content)
        else:
            out.append(char)
    return "".join(out)


def _alone(typst: str, index: int) -> bool:
    before, after = typst[index - 1 : index], typst[index + 1 : index + 2]
    return not (before.isalnum() or after.isalnum() or before == ".")
