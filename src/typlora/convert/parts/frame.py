"""What a cut gives: parts of a formula, and how their Typst is put together again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from typlora.engines import latex_tokens
from typlora.engines.brackets import Pairs
from typlora.tex.unit import Unit


@dataclass(frozen=True, slots=True)
class Frame:
    """``fill`` takes one answer a part, in order, and gives the Typst of the whole."""

    parts: tuple[Unit, ...]
    fill: Callable[[Sequence[str]], str]


def part(unit: Unit, tokens: Sequence[str]) -> Unit:
    """Some tokens of a formula as a formula of their own, without white space around it."""
    first, last = 0, len(tokens)
    while first < last and tokens[first] == " ":
        first += 1
    while first < last and tokens[last - 1] == " ":
        last -= 1
    return replace(unit, latex=latex_tokens.join(tokens[first:last]), labels=())


def length(tokens: Sequence[str]) -> int:
    """Characters that are not white space."""
    return sum(map(len, tokens)) - tokens.count(" ")


def as_argument(typst: str) -> str:
    """``typst`` as one argument of a call: commas and semicolons outside of brackets are shown as such."""
    out, state = [], Pairs()
    for char in typst:
        if char in ",;" and state.closed and not state.escaped:
            out.append("\\")
        out.append(char)
        state = state.after(char) or Pairs()
    return "".join(out)
