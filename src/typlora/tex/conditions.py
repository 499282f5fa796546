"""Conditions of TeX while macros are expanded: followed where their value is known, else left in the text."""

from collections.abc import Mapping

from typlora.tex.bodies import INSIDE_LEFT
from typlora.tex.expander import Expander, Handler
from typlora.tex.lexer import line_end, skip_blank, word_end
from typlora.tex.mouth import Frame
from typlora.tex.uses import Abort

# Known without a definition: how the text is typeset does not matter to what it says.
_FIXED = {"iftrue": True, "iffalse": False, "ifpdf": True, "ifPDFTeX": True}
_FIXED |= dict.fromkeys(("ifxetex", "ifluatex", "ifXeTeX", "ifLuaTeX", "iftutex"), False)
# Begin with "if", but take their branches as arguments (or are no condition at all).
_NOT_CONDITIONS = frozenset(
    {"iff", "ifthenelse", "ifstrempty", "ifblank", "ifstrequal", "ifdef", "ifundef", "ifdefempty", "ifbool"}
    | {"iftoggle", "ifnumcomp", "ifstrcmp", "ifcsdef", "ifdefstring", "iflanguage", "ifblankTF", "ifnumequal"}
)


def _newif(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
    position = skip_blank(frame.text, after)
    if not frame.text.startswith("\\if", position) or position >= frame.end:
        return False
    end = min(frame.end, word_end(frame.text, position, at_letter=frame.internal))
    expander.flags[frame.text[position + 1 : end]] = False
    frame.position = end
    expander.skip_spaces()
    return True


def _condition(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
    """``\\ifsomething``: followed where its value is known, else left in the text with its branches."""
    if word in _NOT_CONDITIONS:
        return False
    modes = {"ifmmode": expander.math, "ifhmode": not expander.math}
    value = modes[word] if word in modes else expander.flags.get(word, _FIXED.get(word))
    if word == "ifnum" and frame.text.startswith(INSIDE_LEFT, start):
        value, after = expander.lefts > 0, start + len(INSIDE_LEFT)
    if value is None:
        if frame.depth:
            raise Abort(frame.owner)
        expander.conditions.append(False)
        return False
    if value:
        expander.conditions.append(True)
        frame.position = after
        expander.skip_spaces()
        return True
    found = _skip_branch(expander, frame, after)
    if found is None:
        return False
    if found[1] == "else":
        expander.conditions.append(True)
    frame.position = found[0]
    return True


def _else(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
    if not expander.conditions or not expander.conditions[-1]:
        return False
    found = _skip_branch(expander, frame, after)
    if found is None:
        return False
    expander.conditions.pop()
    frame.position = found[0]
    return True


def _fi(expander: Expander, frame: Frame, start: int, after: int, word: str) -> bool:
    if not expander.conditions:
        return False
    if not expander.conditions.pop():
        return False
    frame.position = after
    expander.skip_spaces()
    return True


def _skip_branch(expander: Expander, frame: Frame, position: int) -> tuple[int, str] | None:
    """Where the branch ends that begins at ``position``, and whether with ``else`` or ``fi``."""
    text, depth = frame.text, 0
    end = min(frame.end, position + expander.reach(frame.end))
    while position < end:
        backslash = text.find("\\", position, end)
        percent = text.find("%", position, end if backslash < 0 else backslash)
        if percent >= 0:
            position = line_end(text, percent)
            continue
        if backslash < 0:
            break
        position = word_end(text, backslash, at_letter=True)
        word = text[backslash + 1 : position]
        if word == "fi" or (word == "else" and depth == 0):
            if depth == 0:
                return skip_blank(text, position), word
            depth -= 1
        elif word.startswith("if") and word not in _NOT_CONDITIONS:
            depth += 1
    expander.failed()
    return None


CONDITIONS: Mapping[str, Handler] = {"newif": _newif, "if": _condition, "else": _else, "fi": _fi}
