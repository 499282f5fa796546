"""etoolbox's toggles and booleans, and ifthen's: switches that are named in an argument.

A boolean is the ``\\newif`` of its name, a toggle has a name space of its own.
"""

from collections.abc import Callable, Mapping

from typlora.tex.expander import Expander, Handler
from typlora.tex.lexer import short_argument
from typlora.tex.mouth import Frame
from typlora.tex.uses import Abort

_VALUES = {"true": True, "false": False}


def _flag(toggle: bool, name: str) -> str:
    return f"toggle {name.strip()}" if toggle else f"if{name.strip()}"


def _set(toggle: bool, value: bool | None) -> Handler:
    """Sets a switch to ``value``, or to what its second argument says; declares it where it is new."""

    def handler(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
        found = short_argument(frame.text, after)
        second = short_argument(frame.text, found[1]) if found and value is None else found
        if found is None or second is None or second[1] > frame.end:
            return False
        now = value if value is not None else _VALUES.get(second[0].strip())
        if now is None:
            return False
        expander.flags[_flag(toggle, found[0])] = now
        frame.position = second[1]
        expander.skip_spaces()
        return True

    return handler


def _choose(toggle: bool, when: bool) -> Handler:
    """One of two arguments, by a switch; left in the text where its value is not known."""

    def handler(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
        found = short_argument(frame.text, after)
        value = expander.flags.get(_flag(toggle, found[0])) if found else None
        if found is None or value is None:
            if frame.depth:
                raise Abort(frame.owner)
            return False
        expander.begin_use(frame, start, after, word)
        frame.position = found[1]
        branches = [expander.mandatory(), expander.mandatory()]
        chosen = branches[0 if value is when else 1]
        if None in branches or chosen is None:
            frame.position = after
            return False
        expander.push(chosen, frame.depth, frame.internal, frame.owner or word)
        return True

    return handler


_MAKERS: tuple[tuple[Callable[[], Handler], str], ...] = (
    (lambda: _set(False, False), "newbool providebool newboolean provideboolean boolfalse"),
    (lambda: _set(False, True), "booltrue"),
    (lambda: _set(False, None), "setbool setboolean"),
    (lambda: _set(True, False), "newtoggle providetoggle togglefalse"),
    (lambda: _set(True, True), "toggletrue"),
    (lambda: _set(True, None), "settoggle"),
    (lambda: _choose(False, True), "ifbool"),
    (lambda: _choose(False, False), "notbool"),
    (lambda: _choose(True, True), "iftoggle"),
    (lambda: _choose(True, False), "nottoggle"),
)
TOGGLES: Mapping[str, Handler] = {name: make() for make, names in _MAKERS for name in names.split()}
