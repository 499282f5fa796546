"""Theorems that are said again later (thm-restate): the same words under the number they had."""

from typlora.convert.document.builder import Builder, environment, environment_arguments
from typlora.convert.document.context import Restatable
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import (
    Mark,
    Pieces,
    Reference,
    Shift,
    Styled,
    Text,
    call,
    is_empty,
    strip,
)
from typlora.tex.unit import UnitKind


@environment("restatable", "restatable*")
def restatable(builder: Builder, node: Node) -> None:
    """``\\begin{restatable}[title]{theorem}{name}``: a theorem, which ``\\name`` says again."""
    from typlora.convert.document.theorems import write_theorem

    context = builder.context
    (title, kind, name), body = environment_arguments(builder, node, "[{{")
    known, command = builder.source(kind), builder.source(name)
    if known not in context.theorems:
        builder.run(body)
        context.lose(node, f"unknown environment {known}; its text is kept", f"\\begin{{{known}}}")
        return
    target = write_theorem(builder, node, known, title, body)
    context.restated[command] = Restatable(known, title, body, target)


def say_again(builder: Builder, node: Node, cursor: Cursor) -> None:
    """``\\name`` or ``\\name*``: the theorem under the number it had; its labels stay where they are."""
    context = builder.context
    cursor.arguments(node, "*")
    known = context.restated[node.macroname]
    theorem = context.theorems[known.environment]
    outside, context.options["restating"] = context.options.get("restating", ""), "yes"
    title, body = strip(builder.argument(known.title)), strip(builder.flow(known.body))
    context.options["restating"] = outside
    head: Pieces = [Text(theorem.name)]
    if known.target.native:
        known.target.label = known.target.label or context.unique_label(node.macroname)
        head += [Text("\u00a0"), Reference(known.target.label)]
    head = [Styled("_" if theorem.style == "remark" else "*", tuple(head))]
    if not is_empty(title):
        head += [Text(" ("), *title, Text(")")]
    said = call("emph", body) if theorem.style == "plain" else body
    inside: Pieces = [Mark("\n"), Shift(2), Mark("  "), *head, Text(". "), *said, Shift(-2), Mark("\n")]
    builder.block(UnitKind.THEOREM, [*call("block(width: 100%)", inside)], node)
