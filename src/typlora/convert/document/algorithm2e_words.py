"""Words of algorithm2e that an author declares (``\\SetKwFunction``), and keywords inside of statements."""

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.nodes import Cursor, Node, kind
from typlora.convert.document.pieces import Mark, Pieces, Text
from typlora.convert.document.statements import bold

OWN_WORDS = ("SetKwFunction", "SetKwInOut", "SetKwInput", "SetKw", "SetKwData", "SetKwProg")
PART = "\x1f"  # between the parts of what is remembered of a word: how it was declared, what it prints


def read_statement(builder: Builder, nodes: list[Node], cursor: Cursor | None = None) -> Pieces:
    """Words in which ``\\SetKwFunction`` and ``\\SetKw`` commands may stand; ``cursor`` has what follows."""
    out: Pieces = []
    inner = cursor if cursor is not None else Cursor(nodes, builder.context.text)
    queue = list(nodes) if cursor is not None else None
    row: list[Node] = []
    while (node := (queue.pop(0) if queue else None) if queue is not None else inner.next()) is not None:
        word = (
            builder.context.options.get(f"algorithm-word-{node.macroname}") if kind(node) == "macro" else None
        )
        if not word:
            row.append(node)
            continue
        out += builder.inline(row)
        row = []
        how, shown, *_ = word.split(PART)
        if how == "SetKwFunction":
            following = inner.peek(skip_blank=False)
            out.append(Mark(f"`{shown}`"))
            if following is not None and kind(following) == "group":
                (argument,) = inner.arguments(node, "{")
                out += [Text("("), *builder.argument(argument), Text(")")]
        else:
            out += bold(shown)
    return [*out, *builder.inline(row)]


@macro(*OWN_WORDS)
def own_keyword(builder: Builder, node: Node, cursor: Cursor) -> None:
    """algorithm2e's words of the author's own: the command, what is printed, for blocks also what closes."""
    arguments = cursor.arguments(node, "{{{{" if node.macroname == "SetKwProg" else "{{")
    name, *shown = (builder.source(argument) for argument in arguments)
    builder.context.options[f"algorithm-word-{name}"] = PART.join([node.macroname, *shown])


@macro("Return", "KwRet", "KwTo", "And", "Or", "Not", "True", "False")
def keyword(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Keywords inside a statement."""
    words = {"KwTo": "to", "KwRet": "return", "Return": "return"}.get(node.macroname, node.macroname.lower())
    builder.add(*bold(words), Text(" "))
