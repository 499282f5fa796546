"""Commands and environments that no converter is registered for: their words stay, and the rest is shown."""

from typing import TYPE_CHECKING

from typlora.convert.document.nodes import Cursor, Node, children, content, end, kind, known_arguments
from typlora.convert.document.pieces import Text
from typlora.convert.document.seams import around, may_have_edges

if TYPE_CHECKING:
    from typlora.convert.document.builder import Builder


def unknown_command(builder: "Builder", node: Node, cursor: Cursor) -> None:
    """A command nobody registered: its groups stay as text when it has some, else it stays visible."""
    from typlora.convert.document.curriculum import is_icon, no_icon

    builder.odd = True
    arguments = [argument for _, argument in known_arguments(node) if argument is not None]
    following = cursor.peek(skip_blank=False)
    name = node.macroname
    if name.startswith("the") and name[3:] in builder.context.counters.values:
        from typlora.convert.document.counters import shown

        builder.add(Text(shown(builder.context, name[3:]) + node.macro_post_space))
        return
    if is_icon(builder, name):
        no_icon(builder, node)
        return
    if name.endswith("TeX") and not arguments:
        builder.context.lose(node, f"the logo \\{name} is written as a word")
        space = "" if following is None or kind(following) == "group" else node.macro_post_space
        builder.add(Text(name + space))
        return
    if not arguments and following is not None and kind(following) == "group":
        builder.context.lose(node, f"unknown command \\{name}; its text is kept", f"\\{name}")
        return  # the groups that follow are converted as ordinary text
    if arguments:
        builder.context.lose(node, f"unknown command \\{name}; its text is kept")
        for argument in arguments:
            if kind(argument) == "group":
                builder.run(content(argument))
        return
    builder.keep(node, f"unknown command \\{name}", stop=node.pos + len(name) + 1)
    if node.macro_post_space:
        builder.add(Text(" "))


def unknown_environment(builder: "Builder", node: Node) -> None:
    """An environment nobody registered: its text is kept."""
    name, context = node.environmentname, builder.context
    inner = children(node)
    context.lose(
        node,
        f"unknown environment {name}; its text is kept",
        context.text[node.pos : node.pos + len(name) + 8],
    )
    builder.flush()
    if builder.chunks and builder.chunks[-1].run_in:  # a heading that stands in the first line of the text
        builder.run(inner)
        builder.flush()
        return
    flow = builder.nested()
    flow.run(inner)
    flow.flush()
    if may_have_edges(context, flow.chunks):
        around(context, flow.chunks, node.pos, end(node))
    builder.chunks.extend(flow.chunks)
