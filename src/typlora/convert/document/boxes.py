"""Environments around blocks: centred, in a box, in another size; only alignment is kept."""

from typlora.convert.document.beside import LONGEST, count_box
from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.lengths import length
from typlora.convert.document.nodes import Cursor, Node, children, end, is_macro
from typlora.convert.document.pieces import Mark, Pieces, call
from typlora.convert.document.tables import is_table
from typlora.convert.document.tally import count
from typlora.tex.unit import UnitKind

# What may not stand in an aligned block.
_STAY = (
    "section",
    "subsection",
    "chapter",
    "part",
    "maketitle",
    "tableofcontents",
    "appendix",
    "bibliography",
)


@environment("center", "centering", "flushleft", "flushright", "raggedright")
def center(builder: Builder, node: Node) -> None:
    """Centred blocks. A single table or picture keeps its own block."""
    nodes = children(node)
    side = {"flushleft": "left", "raggedright": "left", "flushright": "right"}.get(
        node.environmentname, "center"
    )
    options = builder.context.options
    inner = _aligned(builder, nodes, side)
    if options.get("in-float"):
        builder.flush()
        builder.chunks.extend(inner.chunks)
        return
    _write(builder, inner, nodes, node, side)


@macro("centering", "Centering", "raggedleft", "RaggedLeft")
def aligned_rest(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The rest of a group or box in the middle or on the right; floats and centred boxes have it already."""
    context, rest = builder.context, cursor.rest()
    side = "center" if node.macroname.lower() == "centering" else "right"
    already = context.options.get("in-float") or (side == "center" and context.options.get("centred"))
    far = rest and end(rest[-1]) - rest[0].pos > LONGEST
    if (
        already
        or far
        or builder.one_line
        or context.options.get("in-table")
        or any(is_macro(one, *_STAY) for one in rest)
    ):
        if not already:
            count(context, "layout not carried over: alignment of running text", node, node.macroname, "")
        cursor.push(rest)
        return
    _write(builder, _aligned(builder, rest, side), rest, rest[0] if rest else node, side)


def _aligned(builder: Builder, nodes: list[Node], side: str) -> Builder:
    """The flow inside, which knows how it is aligned."""
    options = builder.context.options
    saved, options["centred"] = options.get("centred", ""), "yes" if side == "center" else ""
    inner = builder.nested()
    inner.run(nodes)
    inner.flush()
    options["centred"] = saved
    return inner


def _write(builder: Builder, inner: Builder, nodes: list[Node], node: Node, side: str) -> None:
    if not inner.chunks:
        builder.flush()
        return
    kind_of = inner.chunks[0].kind if len(inner.chunks) == 1 else UnitKind.PARAGRAPH
    kind_of = UnitKind.TABLE if is_table(nodes) and len(inner.chunks) == 1 else kind_of
    body: Pieces = []
    for index, chunk in enumerate(inner.chunks):
        body += ([Mark("\n\n")] if index else []) + chunk.pieces
    builder.block(kind_of, call(f"align({side})", [Mark("\n"), *body, Mark("\n")]), node)


@environment("minipage", "adjustbox", "landscape", "sloppypar", "spacing", "singlespace", "doublespace",
    "onehalfspace",
             "adjustwidth", "widetext", "large",
             "normalsize", "threeparttable", "measuredfigure", "samepage", "CJK", "CJK*",
             "savenotes",
             "strip", "fullwidth", "titlingpage",
             "mainmatter", "credits", "appendices", "subappendices", "refsection",
             "linenumbers",
             "document", "titlepage", "Large", "em", "it", "bf", "itshape", "bfseries", "thenomenclature",
             "hyphenrules",
             "changemargin")  # fmt: skip
def transparent(builder: Builder, node: Node) -> None:
    """Environments that only change the place or size of what is inside."""
    specs = {"minipage": "[[[{", "adjustbox": "{", "spacing": "{", "adjustwidth": "{{",
    "CJK": "{{",
             "CJK*": "{{", "threeparttable": "[",
             "hyphenrules": "{", "changemargin": "{{"}  # fmt: skip
    arguments, nodes = environment_arguments(builder, node, specs.get(node.environmentname, ""))
    if node.environmentname == "minipage" and length(builder.source(arguments[3])) != "100%":
        count_box(builder.context, node)
    if node.environmentname == "appendices":
        from typlora.convert.document.headings import appendix

        appendix(builder, node, Cursor([], builder.context.text))
    options = builder.context.options
    outside = options.get("fit-table", "")
    if node.environmentname == "adjustbox" and not options.get("in-table"):
        options["fit-table"] = "yes"
    builder.flush()
    builder.run(nodes)
    builder.flush()
    options["fit-table"] = outside
