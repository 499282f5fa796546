"""How numbers look where the document says so: ``\\renewcommand{\\thesection}{S\\arabic{section}}``.

In the preamble this is a rule of the Typst preamble, in the body (a supplement often has it) a rule that
stands there. Numbers are functions that know the place, so that references show them in full.
"""

import re

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import NumberFormat
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Mark
from typlora.convert.document.printed_names import supplement_from_here
from typlora.tex.unit import UnitKind

_STYLES = {"arabic": "1", "alph": "a", "Alph": "A", "roman": "i", "Roman": "I"}
_FIGURES = {"figure": "image", "table": "table"}


def read_format(name: str, body: str) -> NumberFormat | None:
    """The format of a counter; None for what is more than one or two numbers with text around them."""
    body = re.sub(r"\\(?:textbf|textrm|mathrm|text|ensuremath|normalfont|protect)(?![A-Za-z])|[{}]", "", body)
    styles = "|".join(_STYLES)
    found = re.fullmatch(
        rf"([^\\]*)(?:\\(?:the(section|chapter)|({styles})\s*(section|chapter))([^\\]*))?"
        rf"\\({styles})\s*{re.escape(name)}([^\\]*)",
        body.strip(),
    )
    if found is None:
        return None
    before, whole, style, outer, joint, own, after = (part or "" for part in found.groups())
    return NumberFormat(before, _STYLES[own], after, whole or outer, _STYLES.get(style, ""), joint)


def own_numbering(builder: Builder, node: Node, cursor: Cursor, *, again: bool = False) -> str:
    """The rule for ``\\renewcommand{\\the...}``; empty where there is none. ``again``: theorems have been
    declared and are declared anew."""
    context = builder.context
    _, command, _, _, body = cursor.arguments(node, "*{[[{")
    found = re.fullmatch(r"\\the([A-Za-z]+)", builder.source(command))
    if found is None:
        return ""
    name, latex = found[1], builder.source(body)
    format_ = read_format(name, latex)
    top = "chapter" if context.chapters else "section"
    theorems = [key for key, theorem in context.theorems.items() if theorem.counter == name]
    if format_ is None or (format_.outer and format_.outer != top):
        if theorems and body is not None and format_ is None and "\\the" not in latex:
            context.theorem_numbers[name] = body
        return ""
    if name != top and name != "equation" and name not in _FIGURES and not theorems:
        return ""
    context.counters.formats[name] = format_
    if format_.outer:
        context.need("section-number")
        if re.search(rf"\\@addtoreset\s*\{{{name}\}}\s*\{{{format_.outer}\}}", context.text):
            context.counters.within[name] = format_.outer
    context.need("own-numbering")
    if theorems:
        from typlora.convert.document.theorem_rules import definition

        used = [key for key in theorems if again and f"\\begin{{{key}}}" in context.text]
        return "\n".join(definition(context, key) for key in used)
    return _rule(name, format_)


def number_expression(format_: NumberFormat) -> str:
    """Typst for the number ``n`` at ``place``."""
    parts = [f'"{format_.before}"'] if format_.before else []
    if format_.outer:
        pattern = f', pattern: "{format_.outer_style}"' if format_.outer_style else ""
        parts.append(f"section-number(place{pattern})")
    if format_.joint:
        parts.append(f'"{format_.joint}"')
    parts.append(f'numbering("{format_.style}", n)')
    if format_.after:
        parts.append(f'"{format_.after}"')
    return " + ".join(parts)


def _rule(name: str, format_: NumberFormat) -> str:
    number = number_expression(format_)
    if name == "equation":
        return (
            "#set math.equation(numbering: (n, place: none) => {\n"
            f"  let number = {number}\n"
            '  if place == none { "(" + number + ")" } else { number }\n})'
        )
    if name in _FIGURES:
        return (
            f"#show figure.where(kind: {_FIGURES[name]}): set figure(numbering: (n, place: none) => {number})"
        )
    before = f'"{format_.before}" + ' if format_.before else ""
    number = f'{before}numbering("{format_.style}.1", ..n)'
    if format_.after:
        number += f' + if n.pos().len() == 1 {{ "{format_.after}" }}'
    return f"#set heading(numbering: (..n, place: none) => {number})"


@macro("renewcommand")
def renewcommand(builder: Builder, node: Node, cursor: Cursor) -> None:
    """From here on numbers look different; any other definition says nothing to Typst."""
    if rule := own_numbering(builder, node, cursor, again=True) or supplement_from_here(
        builder.context, node.pos
    ):
        builder.block(UnitKind.RAW, [Mark(rule)], node)
