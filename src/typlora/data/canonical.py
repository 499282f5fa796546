"""When two rows are the same formula: one key, whatever the spelling.

The verifier's canonical tree is the authority where it is at hand (``data build`` puts its hash into
``meta.form``). Without it the LaTeX decides: spaces, comments, needless braces, aliases of one command
and the punctuation at a sentence's end do not tell two formulas apart.
"""

import hashlib
import re

from typlora.data.rows import FORMULA, Row

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


def typst_key(row: Row) -> str:
    """Names a row by what it shows: two LaTeX spellings of one formula share it, once simplified."""
    return _hashed(f"{int(row.display)}{row.kind}{''.join(row.typst.split())}")


def key_of(row: Row) -> str:
    """Names a row's LaTeX, formula or block; rows with one key are one row for dedup and for eval."""
    if row.kind == FORMULA:
        return latex_key(row.latex, row.display)
    return _hashed(prose_key(row.latex))


def _hashed(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
