"""How numbers look where the document says so: ``\\renewcommand{\\thesection}{S\\arabic{section}}``.

In the preamble this is a rule of the Typst preamble, in the body (a supplement often has it) a rule that
stands there. Numbers are functions that know the place, so that references show them in full.
"""

import re

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context, NumberFormat
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Mark
from typlora.tex.unit import UnitKind

_STYLES = {"arabic": "1", "alph": "a", "Alph": "A", "roman": "i", "Roman": "I"}
_FIGURES = {"figure": "image", "table": "table"}


def read_format(name: str, body: str) -> NumberFormat | None:
    """The format of a counter; None for what is more than one number with text around it."""
    body = re.sub(r"\\(?:textbf|textrm|mathrm|text|ensuremath|normalfont|protect)(?![A-Za-z])|[{}]", "", body)
    found = re.fullmatch(rf"([^\\]*)\\({'|'.join(_STYLES)})\s*{re.escape(name)}([^\\]*)", body.strip())
    return NumberFormat(found[1], _STYLES[found[2]], found[3]) if found else None


def own_numbering(builder: Builder, node: Node, cursor: Cursor) -> str:
    """The rule for ``\\renewcommand{\\the...}``; empty where there is none."""
    context = builder.context
    _, command, _, _, body = cursor.arguments(node, "*{[[{")
    found = re.fullmatch(r"\\the([A-Za-z]+)", builder.source(command))
    if found is None:
        return ""
    name, latex = found[1], builder.source(body)
    format_ = read_format(name, latex)
    if format_ is None:
        _within(context, name, latex)
        return ""
    top = "chapter" if context.chapters else "section"
    if name != top and name != "equation" and name not in _FIGURES:
        return ""
    context.counters.formats[name] = format_
    context.counters.within.pop(name, None)
    context.need("own-numbering")
    return _rule(name, format_)


def _within(context: Context, name: str, latex: str) -> None:
    """``\\thesection.\\arabic{equation}``, where the counter begins again in each section."""
    found = re.fullmatch(rf"\\the(section|chapter)\s*\.\s*\\arabic\s*\{{{re.escape(name)}\}}", latex.strip())
    if found and re.search(rf"\\@addtoreset\s*\{{{re.escape(name)}\}}\s*\{{{found[1]}\}}", context.text):
        context.counters.within[name] = found[1]


def _rule(name: str, format_: NumberFormat) -> str:
    before = f'"{format_.before}" + ' if format_.before else ""
    after = f' + "{format_.after}"' if format_.after else ""
    if name == "equation":
        number = f'{before}numbering("{format_.style}", n){after}'
        return (
            "#set math.equation(numbering: (n, place: none) => {\n"
            f"  let number = {number}\n"
            '  if place == none { "(" + number + ")" } else { number }\n})'
        )
    if name in _FIGURES:
        number = f'{before}numbering("{format_.style}", n){after}'
        return (
            f"#show figure.where(kind: {_FIGURES[name]}): set figure(numbering: (n, place: none) => {number})"
        )
    number = f'{before}numbering("{format_.style}.1", ..n)'
    if format_.after:
        number += f' + if n.pos().len() == 1 {{ "{format_.after}" }}'
    return f"#set heading(numbering: (..n, place: none) => {number})"


@macro("renewcommand")
def renewcommand(builder: Builder, node: Node, cursor: Cursor) -> None:
    """From here on numbers look different; any other definition says nothing to Typst."""
    if rule := own_numbering(builder, node, cursor):
        builder.block(UnitKind.RAW, [Mark(rule)], node)
