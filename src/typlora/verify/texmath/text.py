"""Text inside mathematics: ``\\text{...}`` and its relatives."""

from typlora.verify.letters import SAME
from typlora.verify.texmath import symbols
from typlora.verify.tree import MAX_DEPTH, Node, TooDeepError, row

_ESCAPES = {"%": "%", "&": "&", "#": "#", "$": "$", "_": "_", "{": "{", "}": "}"}
_WORDS = {
    "textbackslash": "\\", "ldots": "…", "dots": "…", "textellipsis": "…", "S": "§", "ss": "ß", "o": "ø",
    "O": "Ø", "ae": "æ", "l": "ł", "L": "Ł", "aa": "å", "AA": "Å", "i": "ı", "textendash": "–",
    "textemdash": "—", "textquoteright": "'", "textquotedbl": '"', "textasciitilde": "∼", "textbar": "|",
    "textless": "<", "textgreater": ">", "textdegree": "°", "textmu": "μ", "copyright": "©", "dag": "†",
    "P": "¶", "textunderscore": "_",
}  # fmt: skip
_ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "r": "\u030a", "k": "\u0328",
}  # fmt: skip
_IGNORED = frozenset({
    "normalfont", "rmfamily", "upshape", "mdseries", "protect", "relax", "/", "-", "xspace", "noindent",
    "centering", "strut",
})  # fmt: skip
_SWITCHES = {
    "bf": "b", "bfseries": "b", "it": "i", "itshape": "i", "em": "i", "rm": "n", "tt": "tt", "ttfamily": "tt",
    "sf": "sf", "sffamily": "sf",
}  # fmt: skip


def read_text(source: str, style: str, depth: int) -> Node:
    """The letters of a text argument in ``style``; ``$...$`` inside is mathematics again."""
    import unicodedata

    from typlora.verify.texmath.reader import Reader, UnsupportedError, _Font

    if depth > MAX_DEPTH:
        raise TooDeepError
    items: list[Node] = []
    index = 0
    while index < len(source):
        character = source[index]
        index += 1
        if character.isspace() or character == "~":
            items.append(("sp",))
        elif character == "%":
            end = source.find("\n", index)
            index = len(source) if end < 0 else end + 1
        elif character == "$":
            end = _closing_dollar(source, index)
            inner = Reader(source[index:end])
            node = inner.sequence(frozenset(), _Font(), depth + 1)
            if inner.position < len(inner.text):
                raise UnsupportedError("unbalanced mathematics in text")
            items.append(("style", 1, node))
            index = end + 1
        elif character == "{":
            end = _closing_brace(source, index)
            items.append(read_text(source[index:end], style, depth + 1))
            index = end + 1
        elif character == "}":
            raise UnsupportedError("unbalanced '}' in text")
        elif character != "\\":
            items.extend(_character(character, style))
        else:
            word, index = _word(source, index)
            if word in _ESCAPES:
                items.extend(_character(_ESCAPES[word], style))
            elif word in {"(", "["}:
                end = source.find("\\)" if word == "(" else "\\]", index)
                if end < 0:
                    raise UnsupportedError("unbalanced \\( in text")
                inner = Reader(source[index:end])
                items.append(("style", 1, inner.sequence(frozenset(), _Font(), depth + 1)))
                index = end + 2
            elif word in symbols.SPACES:
                items.append(("sp",) if symbols.SPACES[word] else row([]))
                index = _after_word(source, index, word)
            elif word in symbols.TEXT_COMMANDS or word == "ensuremath":
                argument = Reader(source[index:])
                body = argument.raw_group()
                index += argument.position
                if word == "ensuremath":
                    items.append(("style", 1, Reader(body).sequence(frozenset(), _Font(), depth + 1)))
                else:
                    items.append(read_text(body, symbols.TEXT_COMMANDS[word], depth + 1))
            elif word in _SWITCHES:
                items.append(
                    read_text(source[_after_word(source, index, word) :], _SWITCHES[word], depth + 1)
                )
                return row(items)
            elif word in _ACCENTS:
                argument = Reader(source[index:])
                letter = argument.raw_group()
                index += argument.position
                if len(letter) != 1:
                    raise UnsupportedError(f"accent \\{word} in text")
                items.extend(_character(unicodedata.normalize("NFC", letter + _ACCENTS[word]), style))
            elif word in _WORDS:
                items.extend(_character(_WORDS[word], style))
                index = _after_word(source, index, word)
            elif word in _IGNORED:
                index = _after_word(source, index, word)
            else:
                raise UnsupportedError(f"\\{word} in text")
    return row(_dashes(items))


def _character(character: str, style: str) -> list[Node]:
    character = SAME.get(character, character)
    return [("c", character, style if character.isalnum() else "")]


def _dashes(items: list[Node]) -> list[Node]:
    """The ligatures of text: ``--``, ``---``, quotes."""
    out: list[Node] = []
    for item in items:
        if out and item[0] == "c" and out[-1][0] == "c":
            pair = (out[-1][1], item[1])
            joined = {("−", "−"): "–", ("–", "−"): "—", ("`", "`"): "“", ("'", "'"): "”"}.get(pair)
            if joined:
                out[-1] = ("c", joined, "")
                continue
        out.append(item)
    return out


def _word(source: str, index: int) -> tuple[str, int]:
    start = index
    while index < len(source) and source[index].isascii() and source[index].isalpha():
        index += 1
    return (source[start:index], index) if index > start else (source[start : start + 1], start + 1)


def _after_word(source: str, index: int, word: str) -> int:
    """TeX swallows spaces behind a control word."""
    while word[:1].isalpha() and index < len(source) and source[index].isspace():
        index += 1
    return index


def _closing_dollar(source: str, index: int) -> int:
    from typlora.verify.texmath.reader import UnsupportedError

    while index < len(source):
        if source[index] == "\\":
            index += 2
            continue
        if source[index] == "$":
            return index
        index += 1
    raise UnsupportedError("unbalanced '$' in text")


def _closing_brace(source: str, index: int) -> int:
    from typlora.verify.texmath.reader import UnsupportedError

    depth = 1
    while index < len(source):
        if source[index] == "\\":
            index += 2
            continue
        depth += (source[index] == "{") - (source[index] == "}")
        if depth == 0:
            return index
        index += 1
    raise UnsupportedError("unbalanced '{' in text")
