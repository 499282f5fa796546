"""Options of natbib and the commands that set them."""

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context
from typlora.convert.document.nodes import Cursor, Node


def natbib(context: Context, options: list[str]) -> None:
    """What these options say of citations."""
    if {"numbers", "super", "numerical"} & set(options):
        context.options["citation-style"] = "numeric"
    if "super" in options:
        context.options["citation-super"] = "yes"
    if "authoryear" in options:
        context.options["citation-style"] = "author-year"
    if {"sort&compress", "compress"} & set(options):
        context.options["citation-ranges"] = "yes"
    for name in ("square", "round"):
        if name in options:
            context.options["citation-brackets"] = name


@macro("setcitestyle", "bibpunct")
def setcitestyle(builder: Builder, node: Node, cursor: Cursor) -> None:
    """natbib's style of citations."""
    if node.macroname == "bibpunct":
        arguments = [builder.source(a) for a in cursor.arguments(node, "[{{{{{{")]
        names = {"a": ["authoryear"], "n": ["numbers"], "s": ["super"]}.get(arguments[4], [])
        natbib(builder.context, [*names, "square" if arguments[1] == "[" else "round"])
        return
    options = builder.source(cursor.arguments(node, "{")[0])
    natbib(builder.context, [option.strip() for option in options.split(",")])
