"""The page that is compiled to HTML for a candidate: rules that make everything visible, and its labels."""

import re
from functools import cache
from importlib.resources import files

from typlora.verify.preamble import FORMULA_PREAMBLE

# Labels as they can stand in Typst source; one that is not a label is asked for in vain, at no harm.
_LABEL = re.compile(r"<([\w.:\-]+)>|\blabel\(\s*\"([^\"\\]+)\"\s*\)")
# The prelude shadows two functions that are also the names of elements: of a figure's kind, in rules.
_ELEMENTS = re.compile(r"\b(kind:\s*|show\s+|set\s+)(image|bibliography)\b")
END = "typlora-end"
_LABELS = """
#context for key in (KEYS) {
  let found = query(label(key))
  let mark = if found.len() == 1 { link(label(key))[typlora-mark] }
  html.elem("div", attrs: (data-label: key, data-count: str(found.len())), mark)
}

#context for it in query(heading) { html.elem("div", attrs: (data-outline: str(it.level)), it.body) }

#html.elem("div", attrs: (data-label: "END"))
"""


@cache
def _rules() -> str:
    text = (files("typlora.verify.blocks") / "prelude.typ").read_text(encoding="utf-8")
    # The formula verifier's rule for boxes is for formulas alone: here it is narrowed to equations.
    formulas = [line for line in FORMULA_PREAMBLE.splitlines() if not line.startswith("#show box")]
    own = "; ".join(line for line in text.splitlines() if line.startswith("#"))
    return f"{' '.join(formulas).replace(' #', '; #')}; {own};"


def html_source(typst: str, preamble: str = "") -> str:
    """What is compiled: the show rules (line 1), the preamble of the document, the candidate, and a list
    of its labels that ends in a mark, which proves that nothing swallowed the end."""
    keys = "".join(f'"{key}", ' for key in sorted({a or b for a, b in _LABEL.findall(typst)}))
    body = _ELEMENTS.sub(r"\1std.\2", f"{preamble}\n{typst}")
    return f"{_rules()}\n{body}\n{_LABELS.replace('KEYS', keys).replace('END', END)}"


def makes_plain_refs(preamble: str) -> bool:
    """Whether the document's own rules decide what a reference prints (then it is as in LaTeX)."""
    return re.search(r"#(?:show|set)\s+ref\b", preamble) is not None
