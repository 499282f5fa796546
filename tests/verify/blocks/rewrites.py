"""More right conversions: either side of a pair rewritten so that the page stays the same."""

import random
import re

from tests.verify.blocks.cases import Case, Change, Pair
from typlora.tex.unit import Unit


def _every(pattern: str, new: str) -> Change:
    def change(text: str, rng: random.Random) -> str | None:
        return re.sub(pattern, new, text, flags=re.M)

    return change


def _rewrap(text: str, rng: random.Random) -> str | None:
    """Break lines elsewhere, between Latin words and outside of code and lists."""
    if (
        "```" in text
        or "verbatim" in text
        or "lstlisting" in text
        or re.search(r"^\s*[-+/%] |^\s*=", text, re.M)
    ):
        return None
    return re.sub(r"(?<=[a-z,]) (?=[a-z])", lambda match: rng.choice([" ", "\n"]), text)


def _markup_only(pattern: str, new: str) -> Change:
    """A rewriting of Typst that must not reach into listings and formulas."""

    def change(text: str, rng: random.Random) -> str | None:
        parts = re.split(r"(```.*?```|`[^`]*`|\$[^$]*\$)", text, flags=re.S)
        parts[::2] = [re.sub(pattern, new, part, flags=re.M) for part in parts[::2]]
        return "".join(parts)

    return change


def _only(needed: str, change: Change, but: str = r"(?!)") -> Change:
    """A change that applies where one pattern is found and another is not."""

    def apply(text: str, rng: random.Random) -> str | None:
        return change(text, rng) if re.search(needed, text) and not re.search(but, text) else None

    return apply


_LABELLED = r"<[\w:]+>$"
_ANY = r"\A"


def _around(before: str, after: str) -> Change:
    return lambda text, rng: before + text + after


SAME_TYPST: dict[str, Change] = {
    "strong as a function": _markup_only(r"\*([^*\n]+)\*(?!;)", r"#strong[\1]"),
    "emph as a function": _markup_only(r"(?<![\w\\])_([^_\n]+)_(?![\w;])", r"#emph[\1]"),
    "curly quotes": _markup_only(r"(?<=\s)\"([^\"\n]+)\"(?=\s)", r"“\1”"),
    "dashes as characters": _markup_only(r"---", "—"),
    "en dash as a character": _markup_only(r"(?<!-)--(?!-)", "–"),
    "tie as a character": _markup_only(r"~", "\u00a0"),
    "rewrapped": _rewrap,
    "loose list": _markup_only(r"\n( *[-+] )", r"\n\n\1"),
    "centred": _only(r"table\(", _around("#align(center)[\n", "\n]"), but=r"\A#align"),
    "in a block": _only(_ANY, _around("#block(width: 100%)[\n", "\n]"), but=_LABELLED),
    "coloured": _only(_ANY, _around('#text(fill: rgb("#333"))[\n', "\n]"), but=_LABELLED),
    "comment added": _only(_ANY, _around("// converted\n", ""), but=r"\A```"),
    "table hlines": _only(
        r"table\(",
        _every(r"^( *)columns: (\d),$", r"\1columns: \2, stroke: none, align: (left,) * \2, table.hline(),"),
        but=r"grid\(",
    ),
    "cells on lines": _only(r"table\(", _every(r"\], \[", "],\n ["), but=r"footnote"),
    "wider picture": _every(r"image\(\"([^\"]*)\"\)", r'image("\1", width: 80%)'),
    "heading as a function": _every(r"^= (.*?)( <[\w:]+>)?$", r"#heading(level: 1)[\1]\2"),
    "heading numbered": _only(r"\A=", _around('#set heading(numbering: "1.1")\n', "")),
    "equations numbered": _only(r"\$ ", _around('#set math.equation(numbering: "(1)")\n', "")),
    "citation as a function": _markup_only(r"@([a-z]+\d+)(?!\[|\w)", r"#cite(<\1>)"),
    "small text": _only(_ANY, _around("#[#set text(size: 9pt)\n", "\n]"), but=_LABELLED),
    "justified": _around("#set par(justify: true)\n", ""),
}

SAME_LATEX: dict[str, Change] = {
    "textit for emph": _every(r"\\emph\{", r"\\textit{"),
    "old bold switch": _every(r"\\textbf\{([^{}]*)\}", r"{\\bf \1}"),
    "em switch": _every(r"\\emph\{([^{}]*)\}", r"{\\em \1}"),
    "comment line": _only(r"\n", _every(r"\A([^\n]*)\n", r"\1\n% checked twice\n"), but="verb|lst"),
    "rewrapped": _rewrap,
    "no tie": _every(r"~", " "),
    "spacing commands": _only(r"\A[A-Z]", _around(r"\noindent ", "\n\\medskip\n")),
    "starred float": _every(r"\{(figure|table)\}", r"{\1*}"),
    "centering": _every(r"(\\begin\{figure\})\n(?!\\centering)", r"\1\n\\centering\n"),
    "row skips": _only("tabular", _every(r"\\\\\n", r"\\\\[2pt]\n")),
    "paren maths": _only(r"\$", _every(r"\$([^$]+)\$", r"\\(\1\\)"), but=r"\\\$"),
}


def right_cases(pairs: list[Pair], seed: int = 7, per_rewrite: int = 6) -> list[Case]:
    """The pairs, and rewritings of either side that change nothing on the page."""
    rng = random.Random(seed)
    cases = [Case(pair.unit, pair.typst, "") for pair in pairs]
    for table, typst_side in ((SAME_TYPST, True), (SAME_LATEX, False)):
        for change in table.values():
            made = 0
            for pair in rng.sample(pairs, len(pairs)):
                text = change(pair.typst if typst_side else pair.latex, rng)
                if text is None or text == (pair.typst if typst_side else pair.latex):
                    continue
                unit = pair.unit if typst_side else Unit(pair.kind, text)
                cases.append(Case(unit, text if typst_side else pair.typst, ""))
                made += 1
                if made == per_rewrite:
                    break
    return cases
