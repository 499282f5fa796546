"""The sign at the end of a proof, and where it stands."""

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Code, Mark, Text


def end_of_proof(context: Context) -> str:
    """What ``\\qedsymbol`` was made to show, as markup."""
    given = context.options.get("qed")
    if given is None or "Box" in given or "\\square" in given or "openbox" in given:
        return "$square$"
    if "black" in given or "rule" in given or "filled" in given:
        return "$square.filled$"
    from typlora.convert.document.bibliography import plain_latex
    from typlora.convert.document.emit import escape

    return escape(plain_latex(given.replace("$", "")))


@macro("qed", "qedsymbol", "qedhere")
def qed(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The square of a proof; inside ``proof`` Typst sets it, but where ``\\qedhere`` asks for it."""
    context = builder.context
    if node.macroname == "qedhere" and context.options.get("in-proof"):
        context.options["qed-placed"] = "yes"
        context.need("placed-qed")
        last = builder.paragraph[-1] if builder.paragraph else None
        if isinstance(last, Text):
            builder.paragraph[-1] = Text(last.text.rstrip())
        builder.add(Mark(f" #h(1fr) {end_of_proof(context)}"))
    elif node.macroname == "qed" and not context.options.get("in-proof"):
        builder.add(Mark("#h(1fr)"), Code("#sym.square"))
