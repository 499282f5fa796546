"""More right conversions: either side of a pair rewritten so that the page stays the same."""

import random
import re

from cases import Case, Change, Pair


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


SAME_TYPST: dict[str, Change] = {
    "strong as a function": _markup_only(r"\*([^*\n]+)\*(?!;)", r"#strong[\1]"),
    "emph as a function": _markup_only(r"(?<![\w\\])_([^_\n]+)_(?![\w;])", r"#emph[\1]"),
    "curly quotes": _markup_only(r"(?<=\s)\"([^\"\n]+)\"(?=\s)", r"“\1”"),
    "dashes as characters": _markup_only(r"---", "—"),
    "en dash as a character": _markup_only(r"(?<!-)--(?!-)", "–"),
    "tie as a character": _markup_only(r"~", "\u00a0"),
    "rewrapped": _rewrap,
    "loose list": _markup_only(r"\n( *[-+] )", r"\n\n\1"),
    "centred": lambda text, rng: f"#align(center)[\n{text}\n]" if "table(" in text and not text.startswith("#align") else None,
    "in a block": lambda text, rng: f"#block(width: 100%)[\n{text}\n]" if not re.search(r"<[\w:]+>$", text) else None,
    "coloured": lambda text, rng: f"#text(fill: rgb(\"#333\"))[\n{text}\n]" if not re.search(r"<[\w:]+>$", text) else None,
    "comment added": lambda text, rng: f"// converted\n{text}" if not text.startswith("```") else None,
    "table hlines": lambda text, rng: None if "grid(" in text else _every(r"^( *)columns: (\d),$", r"\1columns: \2, stroke: none, align: (left,) * \2, table.hline(),")(text, rng),
    "cells on lines": lambda text, rng: re.sub(r"\], \[", "],\n [", text) if "table(" in text else None,
    "wider picture": _every(r"image\(\"([^\"]*)\"\)", r'image("\1", width: 80%)'),
    "heading as a function": _every(r"^= (.*?)( <[\w:]+>)?$", r"#heading(level: 1)[\1]\2"),
    "heading numbered": lambda text, rng: f'#set heading(numbering: "1.1")\n{text}' if text.startswith("=") else None,
    "equations numbered": lambda text, rng: f'#set math.equation(numbering: "(1)")\n{text}' if "$ " in text else None,
    "citation as a function": _markup_only(r"@([a-z]+\d+)(?!\[|\w)", r"#cite(<\1>)"),
    "small text": lambda text, rng: f"#[#set text(size: 9pt)\n{text}\n]" if not re.search(r"<[\w:]+>$", text) else None,
    "justified": lambda text, rng: f"#set par(justify: true)\n{text}",
}  # fmt: skip

SAME_LATEX: dict[str, Change] = {
    "textit for emph": _every(r"\\emph\{", r"\\textit{"),
    "old bold switch": _every(r"\\textbf\{([^{}]*)\}", r"{\\bf \1}"),
    "em switch": _every(r"\\emph\{([^{}]*)\}", r"{\\em \1}"),
    "comment line": lambda text, rng: re.sub(r"\n", "\n% checked twice\n", text, count=1) if "verb" not in text and "lst" not in text else None,
    "rewrapped": _rewrap,
    "no tie": _every(r"~", " "),
    "spacing commands": lambda text, rng: "\\noindent " + text + "\n\\medskip\n" if re.match(r"[A-Z]", text) else None,
    "starred float": _every(r"\{(figure|table)\}", r"{\1*}"),
    "centering": lambda text, rng: text.replace("\\begin{figure}\n", "\\begin{figure}\n\\centering\n") if "figure" in text else None,
    "row skips": lambda text, rng: text.replace("\\\\\n", "\\\\[2pt]\n") if "tabular" in text else None,
    "paren maths": lambda text, rng: re.sub(r"\$([^$]+)\$", r"\\(\1\\)", text) if "$" in text and "\\$" not in text else None,
}  # fmt: skip


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
