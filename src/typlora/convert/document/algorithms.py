"""The float of an algorithm with its caption and label; what is in it is `algorithmic` or `algorithm2e`."""

from typlora.convert.document.algorithm2e import read_algorithm2e
from typlora.convert.document.builder import Builder, environment, environment_arguments
from typlora.convert.document.context import Target
from typlora.convert.document.figures import caption_words
from typlora.convert.document.nodes import Node, argument_text, is_macro, kind, known_arguments
from typlora.convert.document.pieces import Mark, Pieces, Shift, is_empty
from typlora.convert.document.statements import write_lines
from typlora.tex.unit import UnitKind


@environment("algorithm", "algorithm*", "algorithm2e", "algorithm2e*", "procedure", "function", "algo")
def algorithm(builder: Builder, node: Node) -> None:
    """The float, and algorithm2e's statements inside it."""
    context = builder.context
    _, nodes = environment_arguments(builder, node, "[")
    saved = context.current
    words = caption_words(builder, nodes)
    if words is not None:
        context.counters.step("algorithm")
    target = Target("algorithm", str(context.counters.values.get("algorithm", 0)), native=words is not None)
    context.current = target
    inner = [n for n in nodes if not is_macro(n, "caption", "label")]
    for found in nodes:
        if is_macro(found, "label"):
            key = known_arguments(found)
            context.define(argument_text(key[-1][1], context.text) if key else "", target, found)
    old, context.options["caption-done"] = context.options.get("caption-done", ""), "yes"
    if any(
        kind(n) == "environment" and n.environmentname.startswith(("algorithmic", "algpseudo")) for n in inner
    ):
        body = builder.flow(inner)
    else:
        options = builder.context.options.get("algorithm2e", "")
        lines = read_algorithm2e(builder, inner)
        body = write_lines(builder, lines, numbered="linesnumbered" in options)
    if not old:
        context.options.pop("caption-done")
    context.current = saved
    if is_empty(body):
        return
    context.need("algorithm-figure")
    out: Pieces = [Mark("#figure(\n"), Shift(2), Mark('  kind: "algorithm",\nsupplement: "Algorithm",\n')]
    if words is not None:
        out += [Mark("caption: ["), *words, Mark("],\n")]
    else:
        out.append(Mark("numbering: none,\n"))
    out += [
        Mark("[\n"),
        Shift(2),
        Mark("  "),
        *body,
        Shift(-2),
        Mark("\n],\n"),
        Shift(-2),
        Mark("\n"),
        Mark(")"),
    ]
    builder.block(UnitKind.ALGORITHM, [*out, *([target.anchor()] if words is not None else [])], node)
