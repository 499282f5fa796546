"""The abstract, which classes print where it stands or with the title."""

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.nodes import Cursor, Node, content
from typlora.convert.document.pieces import Mark, Shift, call, is_empty
from typlora.tex.unit import UnitKind


@environment("abstract", "onecolabstract", "Abstract", "summary", "abstracts")
def abstract(builder: Builder, node: Node) -> None:
    """A centred heading and a narrower block. Classes that print the abstract with the title get it there."""
    context = builder.context
    (_,), nodes = environment_arguments(builder, node, "[")
    later = context.document_class in {"amsart", "amsproc", "acmart", "revtex4", "revtex4-1", "revtex4-2"}
    later = later or bool(context.options.get("in-frontmatter"))
    if later and context.two_columns:
        context.options["abstract-spans"] = "yes"
    if later and not context.options.get("title-done") and context.options.get("has-maketitle"):
        context.meta.setdefault("abstract", []).append(nodes)
        return
    write_abstract(builder, node, nodes)


@macro("abstract", "abst")
def abstract_command(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The abstract as an argument, in classes that print it with the title."""
    (argument,) = cursor.arguments(node, "{")
    if not builder.context.options.get("title-done") and builder.context.options.get("has-maketitle"):
        builder.context.meta.setdefault("abstract", []).append(content(argument))
        return
    write_abstract(builder, node, content(argument))


def write_abstract(builder: Builder, node: Node, nodes: list[Node]) -> None:
    """The helper of the preamble sets heading and width."""
    body = builder.flow(nodes)
    if is_empty(body):
        return
    builder.context.need("abstract")
    inside = [Mark("\n"), Shift(2), Mark("  "), *body, Shift(-2), Mark("\n")]
    block = call("abstract", inside)
    if builder.context.options.get("abstract-spans"):
        builder.context.need("spanning", "noted")
        block = call("spanning", block)
    builder.block(UnitKind.PARAGRAPH, block, node)
