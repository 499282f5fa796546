"""Symbols that authors build by printing one over another, where a symbol of its own exists.

The rewriting is made on the source before macros are expanded: ``\\mathpalette`` hands styles to a macro of
the author's, which no converter of formulas can follow.
"""

import re

from typlora.tex.source import SourceText

_PROTECT = r"(?:\\protect\s*)?"
# `\perp` printed twice, a little apart: independence of random variables.
_TWICE = re.compile(
    rf"(\\(?:re|provide)?newcommand\*?|\\def)\s*(\{{?\\[A-Za-z]+\}}?)\s*"
    rf"\{{\s*{_PROTECT}\\mathpalette\s*\{{?\s*{_PROTECT}\\([A-Za-z]+)\s*\}}?\s*\{{?\s*\\perp\s*\}}?\s*\}}"
)
_SHIFTED = (
    r"\\(?:def|newcommand)\s*\{?\\%s\}?\s*(?:#1#2|\[2\])\s*"
    r"\{\s*\\mathrel\s*\{\s*\\rlap\s*\{\s*\$\s*#1\s*#2\s*\$\s*\}\s*\\(?:mkern|mskip)\s*\d+\s*mu\s*\{?\s*#1\s*#2\s*\}"
)


def overlaid_symbols(source: SourceText) -> SourceText:
    """The source with ``\\mathpalette\\twice{\\perp}`` as the one symbol it prints."""
    text = source.text
    if "\\mathpalette" not in text:
        return source
    return source.changed(
        (*found.span(), f"{found[1]}{found[2]}{{\\Vbar}}")
        for found in _TWICE.finditer(text)
        if re.search(_SHIFTED % re.escape(found[3]), text)
    )
