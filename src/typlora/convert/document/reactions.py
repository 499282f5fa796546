"""mhchem in text: chemical formulas and reactions."""

import re

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.chemistry import chemistry_latex
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Code, Mark, Pieces, Text

_ARROWS = {"->": "→", "<-": "←", "<->": "↔", "<=>": "⇌", "<=>>": "⇌", "<<=>": "⇌"}


@macro("ce", "ch", "chem", "cee", "cf")
def chemistry(builder: Builder, node: Node, cursor: Cursor) -> None:
    """mhchem: figures after a symbol are subscripts, charges superscripts, ``->`` an arrow. Words over an
    arrow, and scripts above each other before a symbol, are mathematics."""
    (argument,) = cursor.arguments(node, "{")
    builder.add(*chemical(builder, node, builder.source(argument)))


_PIECE = re.compile(
    r"(?P<arrow><=>>|<<=>|<=>|<->|->|<-)\s*(?P<words>(?:\[[^\]]*\]){0,2})"
    r"|(?P<before>(?<![\w)\]}])\^\{?[^{}\s]*\}?_\{?\w*\}?)"
    r"|\^(?:\{(?P<ups>[^{}]*)\}|(?P<up>\d*[+-]|\d+|[^\s{}]))|_(?:\{(?P<downs>[^{}]*)\}|(?P<down>\d+|[^\s{}]))"
    r"|(?<=[A-Za-z)\]])(?P<count>\d+)(?P<sign>[+-](?![\w(\[]|>))?"
    r"|(?<=[A-Za-z)\]])(?P<charge>[+-])(?=\s|$|[)\],])|\((?P<state>aq|s|l|g)\)"
    r"|(?P<bond>(?<=[A-Za-z\d)\]])-(?=[A-Z(\[]))|(?P<dot>\s?[.*]\s?)|(?P<other>.)",
    re.S,
)


def chemical(builder: Builder, node: Node, latex: str) -> Pieces:
    """Pieces of a chemical formula."""
    latex = re.sub(r"(?<=\s)\^(?=\s|$)", "↑", re.sub(r"(?<=\s)v(?=\s|$)", "↓", latex))
    text = re.sub(r"\\(?:bond\{[^}]*\}|,|;|!)", "", latex).replace("\\cdot", "·").replace("~", " ")
    out: Pieces = []
    for found in _PIECE.finditer(text):
        if found["before"] or found["words"]:
            space = [] if found["before"] else [Text(" ")]
            slot = builder.context.formula(chemistry_latex(found[0]), node, display=False)
            out += [*space, slot, *space]
        elif found["arrow"]:
            out.append(Text(f" {_ARROWS[found['arrow']]} "))
        elif up := found["ups"] or found["up"]:
            out += _moved("super", up)
        elif down := found["downs"] or found["down"]:
            out += _moved("sub", down)
        elif found["count"]:
            out += [
                *_moved("sub", found["count"]),
                *(_moved("super", found["sign"]) if found["sign"] else []),
            ]
        elif found["charge"]:
            out += _moved("super", found["charge"])
        elif found["state"]:
            out.append(Text(f"({found['state']})"))
        elif found["bond"] or found["dot"]:
            out.append(Text("–" if found["bond"] else "\u202f·\u202f"))
        else:
            out.append(Text(re.sub(r"[{}$\\]", "", found["other"])))
    return out


def _moved(function: str, words: str) -> Pieces:
    return [Mark(f"#{function}["), Text(words.replace("-", "−") if function == "super" else words), Code("]")]
