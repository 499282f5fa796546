"""What the headings and captions of a class look like, where it is not as in LaTeX's own classes."""

import re

from typlora.convert.document.context import Context
from typlora.convert.document.headings import AMS
from typlora.convert.document.lengths import length


def heading_rules(context: Context) -> list[str]:
    """How headings look: LaTeX's distances, a chapter larger and on a new page."""
    lines = ["#show heading: set block(above: 1.6em, below: 1em)"]
    if context.chapters and "level-1" in context.needs:
        lines.append("#show heading.where(level: 1): set text(1.5em)")
        lines.append("#show heading.where(level: 1): it => pagebreak(weak: true) + it")
    if context.document_class in AMS and "level-1" in context.needs:
        lines.append("#show heading.where(level: 1): set align(center)")
        lines.append('#show heading.where(level: 1): set text(0.72em, weight: "regular")')
        lines.append("#show heading.where(level: 1): smallcaps")
    rules = _REVTEX if is_revtex(context) else _IEEE if context.document_class == "IEEEtran" else {}
    return lines + [
        f"#show heading.where(level: {level}): {rule}"
        for level, rule in rules.items()
        if f"level-{level}" in context.needs
    ]


def numbers_left(context: Context) -> bool:
    """Whether equation numbers stand on the left: an option, or the class's own way."""
    return "leqno" in context.class_options or (
        context.document_class in AMS and "reqno" not in context.class_options
    )


def display_rules(context: Context) -> list[str]:
    """Displays on the left, indented as much as an item of a list (the option ``fleqn``)."""
    if "fleqn" not in context.class_options or not any(formula.display for formula in context.formulas):
        return []
    found = re.search(r"\\mathindent\}?\s*(?:=|\{)?\s*([\d.]+\s*(?:pt|em|cm|mm|in))", context.text)
    indent = length(found[1]) if found else "2.5em"
    if numbers_left(context):
        indent = "0pt"  # the numbers stand there
    rules = ["#show math.equation.where(block: true): set align(start)"]
    return rules if indent.startswith("0pt") else [*rules, _INDENTED.replace("INDENT", indent)]


_INDENTED = """\
#show math.equation.where(block: true): it => context {
  if dictionary(std).at("target", default: () => "paged")() == "html" { it } else { pad(left: INDENT, it) }
}"""


_AMS_RUN_IN = """\
#let run-in(it, style) = {
  block(above: 1.2em, below: 0pt)
  let title = it.body
  if it.numbering != none { title = [#counter(heading).display(it.numbering) ] + title }
  let ends = it.body.has("text") and it.body.text.ends-with(regex("[.?!:]"))
  style(if ends { title } else { title + [.] })
  h(0.5em)
}"""


def run_in_rules(context: Context) -> list[str]:
    """Headings on the first line of their paragraph. Japanese paragraphs are indented, but for these."""
    levels = [level for level in range(1, 7) if f"run-in-{level}" in context.needs]
    mark = "■" if context.document_class.removeprefix("bx").removeprefix("lt").startswith("js") else ""
    back = "#h(-1em)" if context.language == "ja" and not context.options.get("no-indent") else ""
    lines: list[str] = []
    for level in levels:
        space = "#block(above: 1.2em, below: 0pt)" if level == min(levels) else ""
        rule = f"it => [{space}{back}*{mark}#it.body*#h(1em)]"
        if context.document_class in AMS and level in {2, 3}:
            lines += [] if _AMS_RUN_IN in lines else [_AMS_RUN_IN]
            rule = f"it => run-in(it, {'strong' if level == 2 else 'emph'})"
            lines.append(f"#show heading.where(level: {level}): set text(1em / {1.2 if level == 2 else 1})")
        lines.append(f"#show heading.where(level: {level}): {rule}")
    return lines


_REVTEX = {
    1: "it => align(center, text(0.65em, upper(it)))",
    2: "it => align(center, text(0.75em, it))",
    3: 'it => align(center, text(0.9em, weight: "regular", emph(it)))',
}

_IEEE = {
    1: 'it => align(center, text(0.72em, weight: "regular", smallcaps(it)))',
    2: 'it => text(0.84em, weight: "regular", emph(it))',
    3: 'it => text(weight: "regular", emph(it))',
}
# How classes number the levels of headings where they stand, and where they are referred to.
_LEVELS = {"revtex": ('"I.", "A.", "1.", "a."', "I A 1 a"), "IEEEtran": ('"I.", "A.", "1)", "a)"', "I-A1a")}


def is_revtex(context: Context) -> bool:
    """Whether the class is one of the American Physical Society's."""
    return context.document_class.startswith("revtex")


def caption_rules(context: Context) -> list[str]:
    """FIG. 1. and TABLE I., where the class says so."""
    words = {"IEEEtran": ("Fig.", "TABLE"), "revtex": ("FIG.", "TABLE")}
    figure, table = words.get("revtex" if is_revtex(context) else context.document_class, ("", ""))
    lines = ["#set figure.caption(separator: [. ])"] if figure else []
    if figure and "counted-figure" in context.needs:
        lines.append(f"#show figure.where(kind: image): set figure(supplement: [{figure}])")
    if table and "counted-table" in context.needs:
        lines.append(f'#show figure.where(kind: table): set figure(supplement: [{table}], numbering: "I")')
    return lines


def is_ja_book(context: Context) -> bool:
    return context.chapters and context.language == "ja"


def heading_numbering(context: Context) -> str:
    if is_ja_book(context):
        # a rule for level 1 alone would number the table of contents as well
        return (
            "(..n, place: none) => {\n  let chapter = place == none and n.pos().len() == 1\n"
            '  numbering(if chapter { "第1章" } else { "1.1" }, ..n)\n}'
        )
    if own := _own_levels(context):
        return (
            f"(..n, place: none) => if place == none {{\n  let pattern = ({own[0]})\n"
            "  numbering(pattern.at(calc.min(n.pos().len(), 4) - 1), n.pos().last())\n"
            f'}} else {{ numbering("{own[1]}", ..n) }}'
        )
    return '"1.1."' if context.document_class in AMS else '"1.1"'


def _own_levels(context: Context) -> tuple[str, str] | None:
    return _LEVELS.get("revtex" if is_revtex(context) else context.document_class)


def numbers_by_place(context: Context) -> bool:
    """Whether headings are numbered one way where they stand and another way in references."""
    return is_ja_book(context) or _own_levels(context) is not None
