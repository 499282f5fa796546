"""Names of Typst maths: which exist, and whether what a model has written so far can still become some.

A name that does not exist (``Xi.ry``, ``qpair``) is the end of a formula: nothing of it compiles. The
compiler itself is asked for its names, so they are those of the version that will read the answer.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache

from typlora.tex.wordlist import words

_QUERY = (
    b"#metadata((dictionary(math).keys(), dictionary(sym).pairs().map(p => (p.at(0), repr(p.at(1))))))<names>"
)
# What stands before a colon in the arguments of frac, mat, cases, op and the like.
_ARGUMENTS = words(
    "delim augment align hline vline stroke reverse gap limits size dotless angle inverted cross row column"
)
_VARIANT = re.compile(r'\(\s*"([a-zA-Z0-9.]+)",')


@lru_cache(maxsize=1)
def known() -> dict[str, frozenset[str]]:
    """Every name in the scope of maths with its modifiers (``arrow``: ``r``, ``double`` ...)."""
    import typst

    names, symbols = json.loads(typst.query(_QUERY, "<names>", field="value", one=True))
    found: dict[str, frozenset[str]] = dict.fromkeys([*names, *_ARGUMENTS], frozenset())
    for name, variants in symbols:
        found[name] = frozenset(word for one in _VARIANT.findall(variants) for word in one.split("."))
    return found


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    return frozenset(name[:end] for name in known() for end in range(1, len(name) + 1))


@dataclass(frozen=True, slots=True)
class Names:
    """Where a text stands: the name that ends it, inside of a string, behind an escape, beyond maths."""

    name: str = ""
    quoted: bool = False
    escaped: bool = False
    code: str = ""  # what follows a ``#``; ``(`` when its arguments began: no names of maths until the end

    def after(self, text: str) -> "Names | None":
        """The state after ``text``; ``None`` where a name is complete, or begun, that does not exist."""
        name, quoted, escaped, code = self.name, self.quoted, self.escaped, self.code
        for char in text:
            if code == "(":
                break
            if escaped:
                escaped = False
            elif quoted or char == '"':
                if not quoted and not _complete(name):
                    return None
                name, escaped = "", char == "\\"
                quoted = (char != '"') if quoted else True
            elif code:
                code = code + char if char.isalnum() or char in ".-" else "(" if char in "([" else ""
            elif char.isalnum() or (char == "." and name):
                name = _longer(name, char)
            else:
                if not _complete(name):
                    return None
                name, escaped, code = "", char == "\\", "#" if char == "#" else ""
        return Names(name, quoted, escaped, code) if _begun(name) else None

    @property
    def complete(self) -> bool:
        """Whether the text may end here."""
        return self.quoted or _complete(self.name)


def _longer(name: str, char: str) -> str:
    if not name and char.isdigit():
        return ""  # 2pi is a number and a name
    if char == "." and (len(name) == 1 or name.endswith(".")):
        return ""  # a full stop
    return name + char


def _complete(name: str) -> bool:
    base, *modifiers = name.rstrip(".").split(".")
    return len(base) < 2 or not base.isascii() or (base in known() and known()[base].issuperset(modifiers))


def _begun(name: str) -> bool:
    base, dot, rest = name.partition(".")
    if len(base) < 2 or not base.isascii():
        return True
    if not dot:
        return base in _beginnings()
    *whole, last = rest.split(".")
    modifiers = known().get(base)
    return (
        modifiers is not None
        and modifiers.issuperset(whole)
        and any(one.startswith(last) for one in (*modifiers, ""))
    )
