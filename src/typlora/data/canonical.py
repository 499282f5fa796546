"""When two rows are the same formula: one key, whatever the spelling.

Two keys tell. ``key_of`` reads the LaTeX alone, in microseconds: spaces, comments, needless braces,
aliases of one command and the punctuation at a sentence's end do not tell two formulas apart.
``form_of`` hashes the verifier's canonical tree: what the formula shows, whatever its LaTeX.
"""

import hashlib
import re

from typlora.data.delimiters import FORMULA
from typlora.data.rows import Row

_TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|%[^\n]*(?:\n|\Z)|\s+|.", re.DOTALL)

# Commands with two names for one thing; the second is written as the first.
_ALIASES = {
    "\\to": "\\rightarrow", "\\gets": "\\leftarrow", "\\le": "\\leq", "\\ge": "\\geq", "\\ne": "\\neq",
    "\\land": "\\wedge", "\\lor": "\\vee", "\\lnot": "\\neg", "\\owns": "\\ni", "\\lbrace": "\\{",
    "\\rbrace": "\\}", "\\|": "\\Vert", "\\dots": "\\ldots", "\\dotsc": "\\ldots", "\\dotsb": "\\cdots",
    "\\mbox": "\\text", "\\textrm": "\\text", "\\colon": ":", "\\lvert": "|", "\\rvert": "|", "\\vert": "|",
    "\\lVert": "\\Vert", "\\rVert": "\\Vert", "\\lbrack": "[", "\\rbrack": "]", "\\Bbb": "\\mathbb",
    "\\bm": "\\boldsymbol",
}  # fmt: skip
_SILENT = frozenset(
    {"\\,", "\\;", "\\:", "\\!", "\\>", "\\ ", "~", "\\quad", "\\qquad", "\\nonumber", "\\notag"}
)


def canonical_latex(latex: str) -> str:
    """``latex`` with what does not change the formula taken out; only for comparing, not for reading."""
    tokens: list[str] = []
    for match in _TOKEN.finditer(latex):
        token = match.group()
        if token.isspace() or token.startswith("%") or token in _SILENT:
            continue
        tokens.append(_ALIASES.get(token, token))
    tokens = _without_needless_braces(tokens)
    while tokens and tokens[-1] in {".", ",", ";", "\\\\"}:
        tokens.pop()
    return " ".join(tokens)


def _without_needless_braces(tokens: list[str]) -> list[str]:
    """``{x}`` is ``x`` for a single token."""
    out: list[str] = []
    for token in tokens:
        if token == "}" and len(out) >= 2 and out[-2] == "{" and out[-1] not in {"{", "}"}:
            inside = out.pop()
            out[-1] = inside
        else:
            out.append(token)
    return out


def prose_key(text: str) -> str:
    """Blocks: the text with its white space collapsed."""
    return " ".join(text.split())


def latex_key(latex: str, display: bool) -> str:
    """Names a formula by its LaTeX; 16 hexadecimal digits."""
    return _hashed(f"{int(display)}{canonical_latex(latex)}")


def form_of(latex: str, display: bool) -> str:
    """Names a formula by what it shows; empty where the LaTeX is not understood."""
    from typlora.verify.formula import reference

    tokens, _ = reference(latex, display)
    return _hashed(f"form{int(display)}" + "\0".join(tokens)) if tokens is not None else ""


def form_key(row: Row) -> str:
    """``form_of`` a row; a block is named by its Typst."""
    if row.kind == FORMULA and (form := form_of(row.latex, row.display)):
        return form
    return _hashed(f"typst{int(row.display)}{''.join(row.typst.split())}")


def keys_of(row: Row) -> set[str]:
    """Both keys: what must not be shared between training and evaluation."""
    return {key_of(row), form_key(row)}


def key_of(row: Row) -> str:
    """Names a row's LaTeX, formula or block; rows with one key are one row for dedup and for eval."""
    if row.kind == FORMULA:
        return latex_key(row.latex, row.display)
    return _hashed(prose_key(row.latex))


def _hashed(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
