"""What LaTeX that nobody knows may mean, said in LaTeX that everybody knows.

A body with items may be a list, one with ``&`` a table, any other one text with a title or a quotation; an
unknown command may leave its text as it is or stress it. An answer that is equal to one of these readings has
lost nothing: every word, formula, item and cell is there, in order, and nothing else. Which reading the
author meant cannot be proved.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

MOST = 48  # readings of one block; each costs pandoc a millisecond or two

_OPTION = re.compile(r"[a-z0-9=,.:;!*\\+\- {}_/|@<>()&]*", re.S)  # of an argument without a capital or a mark
_COLUMNS = re.compile(r"(?:[lcrXSpmb|\s]|[@>!<]?\{[^{}]*\}|\*\{\d+\})+")
_PLAIN_COLUMNS = re.compile(r"\{[lcr|\s]+\}")
_LENGTH = re.compile(r"\s*(?:[\d.]*\s*(?:\\[a-z]+width|\\[a-z]*skip|[a-z]{2})|[\d.]*)\s*")
_KEY = re.compile(r"(?:^|,)\s*([a-zA-Z ]+?)\s*=\s*(\{[^{}]*\}|[^,{}]*)")
_TITLES = frozenset({"title", "caption", "name", "titel", "heading"})
_NUMBERED = re.compile(r"enum|number|step|question|exercise|problem|ordered|part", re.I)
_STYLES = ("{}", r"\textbf{{{}}}", r"\emph{{{}}}", r"\texttt{{{}}}")
_ROW_END = re.compile(r"\\\\(?:\s*\[[^\]]*\])?")


@dataclass(frozen=True, slots=True)
class Reading:
    """``latex`` is known LaTeX of the same content; ``dropped`` are options it does not show."""

    latex: str
    what: str
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """The first environment of its name in a text, its arguments apart from its body."""

    start: int
    stop: int
    name: str
    arguments: tuple[str, ...]  # with their brackets
    body: str


def readings(latex: str, commands: frozenset[str], environments: frozenset[str]) -> tuple[Reading, ...]:
    """Readings of a block, the likeliest first; none where a command in it has no words of its own.

    ``commands`` (without backslash) and ``environments`` are the names in it that nobody knows.
    """
    item = item_command(latex, commands, environments)
    if item and item != "item":
        latex = re.sub(rf"\\{re.escape(item)}(?![A-Za-z])", r"\\item", latex)
    left = commands - {item, "item"}
    if any(True for name in left for _ in bare_calls(latex, name)):
        return ()
    found: dict[str, Reading] = {}
    for style in _STYLES if left else _STYLES[:1]:
        text, dropped = _without_commands(latex, left, style)
        for reading in _shapes(text, environments):
            found.setdefault(reading.latex, replace(reading, dropped=(*dropped, *reading.dropped)))
    return tuple(found.values())[:MOST]


def environment(latex: str, name: str) -> Environment | None:
    """The first environment called ``name`` in a text; None where it is not closed."""
    begin = re.search(rf"\\begin\s*\{{{re.escape(name)}\}}", latex)
    if begin is None:
        return None
    depth = 0
    for mark in re.finditer(rf"\\(begin|end)\s*\{{{re.escape(name)}\}}", latex[begin.start() :]):
        depth += 1 if mark[1] == "begin" else -1
        if depth == 0:
            at = begin.start()
            inside = latex[begin.end() : at + mark.start()]
            arguments, rest = leading_arguments(inside)
            return Environment(at, at + mark.end(), name, arguments, inside[rest:])
    return None


def leading_arguments(text: str) -> tuple[tuple[str, ...], int]:
    """Groups in brackets and braces that a text begins with, and where they end."""
    found: list[str] = []
    position = 0
    while (blank := re.match(r"[ \t]*\n?[ \t]*", text[position:])) is not None:
        start = position + blank.end()
        if start >= len(text) or text[start] not in "[{":
            break
        stop = _group_end(text, start)
        if stop is None:
            break
        found.append(text[start:stop])
        position = stop
    return tuple(found), position


def bare_calls(latex: str, name: str) -> Iterator[int]:
    """Places where a command stands without words in braces behind it: it has none that could be kept."""
    for call in _calls(latex, name):
        arguments, _ = leading_arguments(latex[call.end() :])
        if not any(argument[0] == "{" and argument[1:-1].strip() for argument in arguments):
            yield call.start()


def _calls(latex: str, name: str) -> Iterator[re.Match[str]]:
    return re.finditer(rf"\\{re.escape(name)}(?![A-Za-z@])\*?", latex)


def _group_end(text: str, start: int) -> int | None:
    """Offset behind the group that opens at ``start``; None where it is not closed."""
    closing = "]" if text[start] == "[" else "}"
    depth, position = 0, start + 1
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 1
        elif char == closing and depth == 0:
            return position + 1
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
        position += 1
    return None


def item_command(latex: str, commands: frozenset[str], environments: frozenset[str]) -> str:
    """The command that begins the items of a list in one of the environments, or nothing."""
    for name in environments:
        found = environment(latex, name)
        body = "" if found is None else found.body.lstrip()
        first = re.match(r"\\([A-Za-z]+)\*?(?=[\s\[{\\])", body)
        if first and first[1] == "item":
            return "item"
        if first and first[1] in commands and any(bare_calls(body, first[1])):
            return first[1]
    return ""


def _without_commands(latex: str, names: frozenset[str], style: str) -> tuple[str, tuple[str, ...]]:
    """Unknown commands as the text of their arguments, and the options that are left out."""
    dropped: list[str] = []
    for _ in range(1_000):
        calls = [call for name in names for call in _calls(latex, name)]
        if not calls:
            break
        call = max(calls, key=lambda one: one.start())  # inner calls come before outer ones
        arguments, length = leading_arguments(latex[call.end() :])
        kept = [argument[1:-1] for argument in arguments if argument[0] == "{"]
        dropped += [f"{call[0]}{argument}" for argument in arguments if argument[0] == "["]
        words = style.format(" ".join(kept)) if style != "{}" else " ".join(kept)
        latex = latex[: call.start()] + words + latex[call.end() + length :]
    return latex, tuple(dropped)


def _shapes(latex: str, environments: frozenset[str]) -> list[Reading]:
    """Readings of a text with environments that nobody knows; the outermost may have several shapes."""
    found = _outermost(latex, environments)
    if found is None:
        return [Reading(latex, "as text")]
    inner = _inside(found.body, environments)
    out: list[Reading] = []
    for one in _shaped(replace(found, body=inner.latex)):
        text = f"{latex[: found.start]}\n\n{one.latex}\n\n{latex[found.stop :]}".strip()
        rest = _inside(text, environments)
        out.append(Reading(rest.latex, one.what, (*one.dropped, *inner.dropped, *rest.dropped)))
    return out


def _inside(latex: str, environments: frozenset[str]) -> Reading:
    """The same with each unknown environment in its likeliest shape."""
    dropped: tuple[str, ...] = ()
    while (found := _outermost(latex, environments)) is not None:
        inner = _inside(found.body, environments)
        one = _shaped(replace(found, body=inner.latex))[0]
        dropped += (*one.dropped, *inner.dropped)
        latex = f"{latex[: found.start]}\n\n{one.latex}\n\n{latex[found.stop :]}".strip()
    return Reading(latex, "", dropped)


def _outermost(latex: str, environments: frozenset[str]) -> Environment | None:
    found = [one for name in environments if (one := environment(latex, name)) is not None]
    return min(found, key=lambda one: one.start, default=None)


def _shaped(found: Environment) -> list[Reading]:
    """What an environment may be, by its body; the likeliest first."""
    flat = _flat(found.body)
    if re.search(r"\\item(?![A-Za-z])", flat):
        return _lists(found, flat)
    if re.search(r"(?<!\\)&", flat):
        return _tables(found, flat)
    titles, dropped = _titles(found.arguments)
    body = found.body.strip()
    out: list[Reading] = []
    for (head, name), quoted in product(_heads(titles), (False, True)):
        text = f"{head}{body}"
        if quoted:
            text = rf"\begin{{quote}}{text}\end{{quote}}"
        out.append(Reading(text, "as a quotation" + name if quoted else "as text" + name, dropped))
    return out


def _lists(found: Environment, flat: str) -> list[Reading]:
    titles, dropped = _titles(found.arguments)
    kinds = [("itemize", "as a list"), ("enumerate", "as a numbered list")]
    if re.search(r"\\item\s*\[", flat):
        kinds = [("description", "as a list of terms")]
    elif _NUMBERED.search(found.name):
        kinds.reverse()
    return [
        Reading(f"{head}\\begin{{{kind}}}\n{found.body.strip()}\n\\end{{{kind}}}", what + name, dropped)
        for kind, what in kinds
        for head, name in _heads(titles, run_in=False)
    ]


def _tables(found: Environment, flat: str) -> list[Reading]:
    columns = max(row.count("&") - row.count(r"\&") for row in _ROW_END.split(flat)) + 1
    arguments = [one for one in found.arguments if not _COLUMNS.fullmatch(one[1:-1])]
    specs = tuple(one for one in found.arguments if one not in arguments)
    titles, dropped = _titles(arguments)
    fitting = [one for one in specs if len(re.findall("[lcr]", one)) == columns and _PLAIN_COLUMNS.match(one)]
    spec = fitting[0][1:-1] if fitting else "l" * columns
    body = f"\\begin{{tabular}}{{{spec}}}\n{found.body.strip()}\n\\end{{tabular}}"
    return [
        Reading(head + body, "as a table" + name, (*dropped, *specs))
        for head, name in _heads(titles, run_in=False)
    ]


def _titles(arguments: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Arguments that a reader sees, as far as can be told, and the others."""
    titles: list[str] = []
    dropped: list[str] = []
    for argument in arguments:
        inside = argument[1:-1]
        named = {key.strip().lower(): value.strip("{} ") for key, value in _KEY.findall(inside)}
        if argument[0] == "[" and named:
            titles += [value for key, value in named.items() if key in _TITLES and value]
            if named.keys() - _TITLES:
                dropped.append(argument)
        elif _LENGTH.fullmatch(inside) or (argument[0] == "[" and _OPTION.fullmatch(inside)):
            dropped.append(argument)
        else:
            titles.append(inside)
    return tuple(titles), tuple(dropped)


def _heads(titles: Sequence[str], run_in: bool = True) -> list[tuple[str, str]]:
    """How titles may stand before a body."""
    if not titles:
        return [("", "")]
    bold = "\n\n".join(rf"\textbf{{{title}}}" for title in titles)
    plain = "\n\n".join(titles)
    heads = [(f"{bold}\n\n", " with a bold title"), (f"{plain}\n\n", " with a title")]
    if run_in:
        heads += [(bold.replace("\n\n", " ") + " ", " with a bold title in its line")]
    return heads


def _flat(body: str) -> str:
    """A body without the environments and groups inside it."""
    while (begin := re.search(r"\\begin\s*\{([^{}]*)\}", body)) and (
        inner := environment(body, begin[1])
    ) is not None:
        body = body[: inner.start] + body[inner.stop :]
    return re.sub(r"\{[^{}]*\}", "", body)
