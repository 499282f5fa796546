"""Commands that have to be understood while macros are expanded: environments, choices, ``\\ensuremath``.

Each handler gets the expander, the frame, where the command begins, where its name ends, and the name. It
returns false to say that the command is nothing special here and stays in the text.
"""

import re
from collections.abc import Callable, Mapping

from typlora.tex.conditions import CONDITIONS
from typlora.tex.expander import Expander, Handler
from typlora.tex.lexer import VERBATIM_ENVIRONMENTS, short_argument, skip_blank, word_end
from typlora.tex.macros import Macro
from typlora.tex.mouth import Frame
from typlora.tex.replacement import NO_VALUE, fill
from typlora.tex.scopes import environment_key
from typlora.tex.specs import ENVIRONMENT_SPECS
from typlora.tex.toggles import TOGGLES
from typlora.tex.uses import Abort

_TRUE = "\\BooleanTrue"
# Before these \\xspace adds nothing (as in the package's own list).
_NO_SPACE_BEFORE = frozenset(".,'/?;:!~-){} \n\t")
_NO_SPACE_BEFORE_COMMANDS = frozenset(
    {"footnote", "footnotemark", "xspace", "space", "/", " ", "par", "@", "egroup", ","}
)


def _begin(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
    found = short_argument(frame.text, after)
    if found is None or found[1] > frame.end or found[0] in VERBATIM_ENVIRONMENTS:
        return False
    name, end = found
    macro = expander.table.environments.get(name)
    key = environment_key(name)
    if macro is not None and not expander.is_given_up(key) and _expandable(macro):
        expander.begin_use(frame, start, end, key)
        frame.position = end
        values = expander.arguments(macro)
        if values is not None:
            expander.open_environment(name, macro, values, False)
            text = fill(macro.body, values)
            expander.push("{" + text if _switches(text) else text, frame.depth, macro.internal, key)
            return True
        frame.position = end
    expander.output.copy(frame, start, end)
    frame.position = end
    expander.open_environment(name, None, [], name in ENVIRONMENT_SPECS and ENVIRONMENT_SPECS[name][1])
    return True


def _expandable(macro: Macro) -> bool:
    """Whether an environment can be replaced; one half of it alone never is, so both are looked at first."""
    halves = (*macro.body, *(macro.ending or ()))
    return not macro.machinery and not any(isinstance(piece, str) and "@" in piece for piece in halves)


def _switches(begin: str) -> bool:
    """Whether what an environment begins with changes the font of all that follows: LaTeX ends that with the
    environment, so the replacement is a group. Inside another environment it ends with that one."""
    found = _SWITCH.search(begin)
    return found is not None and "\\begin" not in begin[: found.start()] and "\\item" not in begin


_SWITCH = re.compile(
    r"\\(?:itshape|slshape|scshape|upshape|bfseries|mdseries|ttfamily|sffamily|rmfamily|em|it|sl|sc|bf|tt|sf"
    r"|large|Large|LARGE|huge|Huge|color)(?![A-Za-z])"
)


def _end(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
    found = short_argument(frame.text, after)
    if found is None or found[1] > frame.end:
        return False
    name, end = found
    opened = expander.close_environment(name)
    if opened is not None and opened[0].ending is not None:
        key = environment_key(name)
        expander.begin_use(frame, start, end, key)
        frame.position = end
        text = fill(opened[0].ending, opened[1])
        if _switches(fill(opened[0].body, opened[1])):
            text += "}"
        expander.push(text, frame.depth, opened[0].internal, key)
        return True
    expander.output.copy(frame, start, end)
    frame.position = end
    return True


def _with_arguments(count: int, make: Callable[[Expander, list[str]], str | None]) -> Handler:
    """A command replaced by what ``make`` makes of its arguments; ``None``: it cannot be decided."""

    def handler(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
        expander.begin_use(frame, start, after, word)
        frame.position = after
        values: list[str] = []
        while len(values) < count and (value := expander.mandatory()) is not None:
            values.append(value)
        text = make(expander, values) if len(values) == count else None
        if text is None:
            if frame.depth:
                raise Abort(frame.owner)
            frame.position = after
            return False
        expander.push(text, frame.depth, frame.internal, frame.owner or word)
        return True

    return handler


def _choice(test: Callable[[str], bool], branches: str) -> Handler:
    """``\\IfXTF{value}{true}{false}`` and its relatives; ``branches`` is ``TF``, ``T`` or ``F``."""

    def make(_: Expander, values: list[str]) -> str:
        yes = test(values[0].strip())
        if branches == "TF":
            return values[1] if yes else values[2]
        return values[1] if yes == (branches == "T") else ""

    return _with_arguments(1 + len(branches), make)


def _compare(_: Expander, values: list[str]) -> str:
    return values[2] if values[0].strip() == values[1].strip() else values[3]


def _if_then_else(expander: Expander, values: list[str]) -> str | None:
    """``\\ifthenelse`` with ``\\equal``, ``\\boolean`` or a comparison of two numbers."""
    test = values[0].strip()
    word = test[1 : word_end(test, 0)] if test.startswith("\\") else ""
    first = short_argument(test, len(word) + 1) if word else None
    if word == "equal" and first and (second := short_argument(test, first[1])):
        return values[1] if first[0].strip() == second[0].strip() else values[2]
    if word == "boolean" and first and "if" + first[0] in expander.flags:
        return values[1] if expander.flags["if" + first[0]] else values[2]
    for sign in "=<>":
        left, found, right = (part.strip() for part in test.partition(sign))
        if found and left.lstrip("-").isdecimal() and right.lstrip("-").isdecimal():
            a, b = int(left), int(right)
            return values[1] if {"=": a == b, "<": a < b, ">": a > b}[sign] else values[2]
    return None


def _mathchoice(expander: Expander, values: list[str]) -> str:
    """The form for the style of the formula; scripts are not told apart from text."""
    return values[0] if expander.display else values[1]


def _ensuremath(expander: Expander, values: list[str]) -> str:
    return f"{{{values[0]}}}" if expander.math else f"${values[0]}$"


def _xspace(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
    frame.position = after
    expander.skip_spaces()
    if space := _space_here(expander):
        expander.begin_use(frame, start, after, word)
        expander.push(space, frame.depth, False, frame.owner)
    return True


def _space_here(expander: Expander) -> str:
    """A space where ``\\xspace`` makes one: in text, before what is not punctuation."""
    following = expander.next_token()
    if expander.math or not following or following in _NO_SPACE_BEFORE:
        return ""
    return "" if following[0] == "\\" and following[1:] in _NO_SPACE_BEFORE_COMMANDS else " "


def _onedot(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
    """The full stop of ``e.g.`` in the styles of several conferences: none before another full stop."""
    macro = expander.table.definitions.get("onedot")
    if macro is None or not (macro.machinery or "@" in str(macro.body)):
        return False
    frame.position = after
    expander.skip_spaces()
    dot = "" if expander.next_token() == "." else "."
    expander.begin_use(frame, start, after, word)
    expander.push(dot + _space_here(expander), frame.depth, False, frame.owner)
    return True


def _star(expander: Expander, values: list[str]) -> str:
    if expander.peek("*"):
        expander.frames[-1].position += 1
        return values[0]
    return values[1]


def _next_character(expander: Expander, values: list[str]) -> str:
    token = {"\\bgroup": "{", "\\egroup": "}"}.get(values[0], values[0])
    return values[1] if expander.peek(token) else values[2]


def _drop_inside(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
    """Without meaning for what a macro's body says."""
    if not frame.depth:
        return False
    frame.position = after
    expander.skip_spaces()
    return True


def _unwrap(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
    """``\\AtBeginDocument{...}``: its inside belongs to the document, not to a group."""
    position = skip_blank(frame.text, after)
    found = expander.group(frame, position)
    if found is None:
        return False
    frame.position = found
    base = -1 if frame.base < 0 else frame.base
    inner = Frame(frame.text, position + 1, found - 1, base, frame.depth, frame.internal, frame.owner)
    expander.frames.append(inner)
    return True


def _open(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
    expander.output.copy(frame, start, after)
    frame.position = after
    expander.open_group()
    return True


def _close(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
    expander.close_group()
    return False


COMMANDS: Mapping[str, Handler] = {
    "begin": _begin,
    "end": _end,
    "ensuremath": _with_arguments(1, _ensuremath),
    "mathchoice": _with_arguments(4, _mathchoice),
    "xspace": _xspace,
    "onedot": _onedot,
    "ifthenelse": _with_arguments(3, _if_then_else),
    "ifstrequal": _with_arguments(4, _compare),
    "IfStrEq": _with_arguments(4, _compare),
    "IfEq": _with_arguments(4, _compare),
    "ifblank": _choice(lambda value: not value, "TF"),
    "ifstrempty": _choice(lambda value: not value, "TF"),
    "notblank": _choice(bool, "TF"),
    "@ifstar": _with_arguments(2, _star),
    "@ifnextchar": _with_arguments(3, _next_character),
    "@gobble": _with_arguments(1, lambda _, values: ""),
    "@firstofone": _with_arguments(1, lambda _, values: values[0]),
    "@firstoftwo": _with_arguments(2, lambda _, values: values[0]),
    "@secondoftwo": _with_arguments(2, lambda _, values: values[1]),
    "Hy@raisedlink": _with_arguments(1, lambda _, values: values[0]),
    **CONDITIONS,
    **TOGGLES,
    **{
        f"{name}{branches}": _choice(test, branches)
        for name, test in (
            ("IfNoValue", lambda value: value == NO_VALUE),
            ("IfValue", lambda value: value != NO_VALUE),
            ("IfBoolean", lambda value: value == _TRUE),
            ("IfBlank", lambda value: not value),
        )
        for branches in ("TF", "T", "F")
    },
    **dict.fromkeys(("relax", "protect", "ignorespaces", "unskip", "null", "leavevmode"), _drop_inside),
    **dict.fromkeys(("AtBeginDocument", "AtEndPreamble", "AtEndOfPackage"), _unwrap),
    **dict.fromkeys(("begingroup", "bgroup"), _open),
    **dict.fromkeys(("endgroup", "egroup"), _close),
}
