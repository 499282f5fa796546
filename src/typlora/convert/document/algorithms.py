"""The float of an algorithm with its caption and label; what is in it is `algorithmic` or `algorithm2e`."""

import re

from typlora.convert.document.algorithm2e import read_algorithm2e
from typlora.convert.document.builder import Builder, environment, environment_arguments
from typlora.convert.document.captions import caption_words
from typlora.convert.document.context import Target
from typlora.convert.document.inline import string
from typlora.convert.document.nodes import Node, argument_text, is_blank, is_macro, kind, known_arguments
from typlora.convert.document.pieces import Mark, Pieces, Shift, is_empty
from typlora.convert.document.printed_names import printed_name
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
    numbered = _numbered(builder)
    inner = [n for n in nodes if not is_macro(n, "caption")]
    for found in _own_labels(nodes, all_of_them=not numbered):
        inner.remove(found)
        key = known_arguments(found)
        context.define(argument_text(key[-1][1], context.text) if key else "", target, found)
    old, context.options["caption-done"] = context.options.get("caption-done", ""), "yes"
    if any(
        kind(n) == "environment" and n.environmentname.startswith(("algorithmic", "algpseudo")) for n in inner
    ):
        body = builder.flow(inner)
    else:
        body = write_lines(builder, read_algorithm2e(builder, inner), numbered=numbered)
    if not old:
        context.options.pop("caption-done")
    context.current = saved
    if is_empty(body):
        return
    context.need("algorithm-figure")
    name = context.options.get("name-algorithm") or printed_name(context, "algorithmname")
    out: Pieces = [
        Mark("#figure(\n"), Shift(2), Mark(f'  kind: "algorithm",\nsupplement: {string(name)},\n')
    ]  # fmt: skip
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


def _numbered(builder: Builder) -> bool:
    """Whether algorithm2e numbers the lines here."""
    numbered = "linesnumbered" in builder.context.options.get("algorithm2e", "")
    for found in re.finditer(r"\\Lines(Not)?Numbered\b", builder.context.text):
        numbered = found[1] is None
    return numbered


def _own_labels(nodes: list[Node], *, all_of_them: bool) -> list[Node]:
    """Labels of the float itself: before its first statement, or behind its caption."""
    found: list[Node] = []
    own = True
    for node in nodes:
        if is_macro(node, "label"):
            if own or all_of_them:
                found.append(node)
        elif not is_blank(node) and not (kind(node) == "chars" and not node.chars.strip()):
            own = is_macro(node, "caption") or (own and is_macro(node, "centering", "small", "footnotesize"))
    return found
