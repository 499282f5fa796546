"""Text in several columns (``multicols``): balanced as in LaTeX, or filled one after the other.

Typst fills columns of the page's height. The helper ``balanced-columns`` looks for the smallest height that
holds the text; what is longer than a page stays unbalanced: Typst measures within one page only, and columns
of a height that is too small are printed over what follows. Columns up to the end of the document, where
nothing follows that would have to stand below them, are a rule and need no function around the text.
"""

import re

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.context import Context
from typlora.convert.document.nodes import Cursor, Node, content, end, is_macro, walk
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, call, is_empty
from typlora.convert.document.tally import count
from typlora.tex.unit import UnitKind

_LOST = "layout not carried over: columns"
_PAGE = 4_000  # characters of LaTeX: about a page, beyond which balance is seen on the last page alone


@environment("multicols", "multicols*")
def multicols(builder: Builder, node: Node) -> None:
    """``#balanced-columns(2)[...]``; the starred form is ``#columns(2)[...]``."""
    context = builder.context
    (number, preface), nodes = environment_arguments(builder, node, "{[")
    columns = builder.source(number)
    builder.flush()
    if preface is not None:
        builder.run(content(preface))
        builder.flush()
    if not re.fullmatch(r"[2-9]|10", columns) or not _may_stand_in_columns(context, nodes):
        count(context, _LOST, node, node.environmentname, "")
        builder.run(nodes)
        builder.flush()
        return
    outside, context.options["in-columns"] = context.options.get("in-columns", ""), "yes"
    balanced = not node.environmentname.endswith("*")
    if _to_the_end(context, node) and (not balanced or end(node) - node.pos > _PAGE):
        if builder.chunks:
            context.need("columns")
        rule = f"#show: columns.with({columns})" if builder.chunks else f"#set page(columns: {columns})"
        builder.block(UnitKind.RAW, [Mark(rule)], node)
        builder.chunks[-1].stop = nodes[0].pos if nodes else end(node)
        builder.run(nodes)
        builder.flush()
    else:
        body = builder.flow(nodes)
        if not is_empty(body):
            function = "balanced-columns" if balanced else "columns"
            context.need(function)
            inside: Pieces = [Mark("\n"), Shift(2), Mark("  "), *body, Shift(-2), Mark("\n")]
            builder.block(UnitKind.PARAGRAPH, call(f"{function}({columns})", inside), node)
    context.options["in-columns"] = outside


def _may_stand_in_columns(context: Context, nodes: list[Node]) -> bool:
    """Not inside a float, whose height is its own, and nothing inside may begin a page or a title."""
    if context.options.get("in-float") or context.options.get("in-columns"):
        return False
    return not any(
        is_macro(part, "chapter", "maketitle", "appendix", "tableofcontents") for part in walk(nodes)
    )


def _to_the_end(context: Context, node: Node) -> bool:
    """Whether nothing of the document follows."""
    behind = re.sub(r"(?<!\\)%[^\n]*", "", context.text[end(node) :]).strip()
    return behind.startswith("\\end{document}")


@macro("columnbreak", "newcolumn")
def column_break(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The next column, where there are any."""
    cursor.arguments(node, "[")
    if builder.context.options.get("in-columns"):
        builder.block(UnitKind.RAW, [Code("#colbreak()")], node)
    else:
        count(builder.context, "layout not carried over: page and column breaks", node, node.macroname, "")
