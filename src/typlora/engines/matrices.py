"""Matrices of inline formulas: Typst sets their cells in script size, LaTeX does not.

The rule engines' answers are rewritten to say ``display(...)`` around them; models forget it.
"""

import re

from typlora.engines.brackets import Pairs

_CALL = re.compile(r"(?<![\w.])(?:cases|mat|vec)\(")


def in_display(typst: str) -> str:
    """``typst`` with ``display(...)`` around each matrix that stands in no other brackets."""
    parts, done = [], 0
    while (found := _CALL.search(typst, done)) is not None:
        before = Pairs().after(typst[: found.start()])
        if before is not None and before.quoted:
            parts.append(typst[done : found.end()])
            done = found.end()
            continue
        end = _end(typst, found.end())
        if before is None or end is None:
            break
        if before.closed:
            parts += [typst[done : found.start()], "display(", typst[found.start() : end], ")"]
        else:
            parts.append(typst[done:end])
        done = end
    return "".join([*parts, typst[done:]])


def _end(typst: str, start: int) -> int | None:
    """Behind the bracket that closes the one before ``start``."""
    state: Pairs | None = Pairs("(")
    for place in range(start, len(typst)):
        state = state.after(typst[place]) if state is not None else None
        if state is None:
            return None
        if state.closed:
            return place + 1
    return None
