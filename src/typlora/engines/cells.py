"""Environments as they stand in LaTeX: name and body, rows of cells, columns. Nothing is rewritten here."""

import re
from collections.abc import Sequence

from typlora.engines import latex_tokens
from typlora.engines.latex_tokens import argument, option
from typlora.engines.rules import UnreadableError

Tokens = list[str]

RULES = frozenset({"\\hline", "\\toprule", "\\midrule", "\\bottomrule"})


def environment(tokens: Sequence[str], at: int) -> tuple[str, Tokens, int] | None:
    """Name, body and end of the environment that ``\\begin`` at ``at`` opens."""
    found = argument(tokens, at + 1)
    if found is None:
        return None
    name, depth = "".join(found[0]).strip(), 1
    for index in range(found[1], len(tokens)):
        if tokens[index] == "\\begin":
            depth += 1
        elif tokens[index] == "\\end":
            depth -= 1
            if depth == 0:
                closing = argument(tokens, index + 1)
                if closing is None or "".join(closing[0]).strip() != name:
                    return None
                return name, list(tokens[found[1] : index]), closing[1]
    return None


def rows(body: Sequence[str]) -> list[list[Tokens]]:
    """Rows of cells; what stands between rows (``\\\\[2pt]``, ``\\hline``) stays at the start of a row."""
    table: list[list[Tokens]] = [[[]]]
    depth = 0
    at = 0
    while at < len(body):
        token = body[at]
        if token in ("{", "\\begin", "\\left"):
            depth += 1
        elif token in ("}", "\\end", "\\right"):
            depth -= 1
        if depth == 0 and token == "&":
            table[-1].append([])
        elif depth == 0 and token in latex_tokens.BREAKS:
            table.append([[]])
            if at + 1 < len(body) and body[at + 1] == "*":
                at += 1
            at = at if token == "\\cr" else _skip_length(body, at + 1) - 1
        else:
            table[-1][-1].append(token)
        at += 1
    last = table[-1]
    if len(last) == 1 and not visible(last[0]) and not any(token in RULES for token in last[0]):
        table.pop()
    return table


def _skip_length(body: Sequence[str], at: int) -> int:
    inside, after = option(body, at)
    return after if inside is not None and re.fullmatch(r"\s*-?[\d.]+\s*\w\w\s*", "".join(inside)) else at


def visible(cell: Sequence[str]) -> bool:
    """Whether a cell holds more than white space and a wish for no number."""
    return any(token not in (" ", "\\nonumber", "\\notag") for token in cell)


def columns_of(spec: Sequence[str]) -> tuple[str, list[int]]:
    """Letters of the columns and the numbers of columns that a rule follows."""
    columns, verticals, at = "", [], 0
    while at < len(spec):
        token = spec[at]
        if token in "lcr" and len(token) == 1:
            columns += token
        elif token == "|":
            if len(columns) not in verticals:
                verticals.append(len(columns))
        elif token in ("@", "!", ">", "<"):
            found = argument(spec, at + 1)
            at = found[1] - 1 if found else at
        elif token in ("p", "m", "b"):
            found = argument(spec, at + 1)
            at = found[1] - 1 if found else at
            columns += "l"
        elif token == "*":
            count = argument(spec, at + 1)
            repeated = argument(spec, count[1]) if count else None
            if count is None or repeated is None or not "".join(count[0]).strip().isdigit():
                raise UnreadableError("columns")
            more, lines = columns_of(repeated[0])
            for _ in range(min(int("".join(count[0])), 100)):
                verticals += [len(columns) + line for line in lines if len(columns) + line not in verticals]
                columns += more
            at = repeated[1] - 1
        elif token != " ":
            raise UnreadableError("columns")
        at += 1
    return columns, sorted(verticals)
