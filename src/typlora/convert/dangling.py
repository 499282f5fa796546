"""References without a target in Typst that was written here: which there are, and their LaTeX instead."""

import re

from typlora.convert.kept import raw_inline

_NAME = r"[\w:.-]*\w"
_REST = r"(?:[^()\[\]]|\[[^\[\]]*\]|\([^()]*\))*"  # of the arguments of a call
_KEY = re.compile(rf"<({_NAME})>")


def _pattern(name: str) -> re.Pattern[str]:
    """All forms of a reference: links, calls of one label or of several, ``@label[supplement]``."""
    return re.compile(
        rf"#link\(<(?P<link>{name})>\)"
        rf"|#(?:ref|page-of|note-number)\(<(?P<ref>{name})>{_REST}\)"
        rf"|#cite\(<(?P<cite>{name})>{_REST}\)"
        rf"|#cited\((?P<cited>(?:<{_NAME}>, )*<{name}>(?:, <{_NAME}>)*)\)"
        rf"|(?<![\w\\])@(?P<at>{name})(?![\w:-])(?:\[[^\]]*\])?"
    )


_ANY = _pattern(_NAME)


def shown(typst: str, label: str) -> str:
    """``typst`` with references to ``label`` (all, if it is empty) as visible LaTeX; links keep words."""

    def one(found: re.Match[str]) -> str:
        if found["link"]:
            return "#"
        if keys := found["cited"]:
            return raw_inline(f"\\cite{{{','.join(_KEY.findall(keys))}}}")
        if found["cite"]:
            return raw_inline(f"\\cite{{{found['cite']}}}")
        return raw_inline(f"\\ref{{{found['ref'] or found['at']}}}")

    if label not in typst:
        return typst
    return (_pattern(re.escape(label)) if label else _ANY).sub(one, typst)


def without_target(typst: str) -> set[str]:
    """Labels that a document refers to and does not have."""
    used: set[str] = set()

    def note(found: re.Match[str]) -> str:
        used.update(_KEY.findall(found[0]) or [found["at"]])
        return ""

    rest = _ANY.sub(note, typst)
    return used - set(_KEY.findall(rest))
