"""Beamer: every frame is a page with its title as heading; overlays are flattened (`overlays`)."""

import re

from typlora.convert.document.builder import MACROS, Builder, Chunk, environment, macro
from typlora.convert.document.nodes import (
    NO_NODE,
    Chars,
    Cursor,
    Node,
    children,
    content,
    end,
    is_macro,
    kind,
    walk,
)
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, Styled, Text, call, is_empty, strip
from typlora.tex.unit import UnitKind

_OVERLAY = re.compile(r"\s*<[^<>\n]{0,60}>")


@environment("frame")
def frame(builder: Builder, node: Node) -> None:
    """One page."""
    context = builder.context
    cursor = Cursor(children(node), context.text)
    cursor.arguments(node, "[")
    cursor.arguments(NO_NODE, "[")
    title: Pieces = []
    subtitle: Pieces = []
    following = cursor.peek()
    if following is not None and kind(following) == "group" and _is_title(builder, following, node):
        title = builder.argument(cursor.arguments(NO_NODE, "{")[0])
        following = cursor.peek(skip_blank=False)
        if following is not None and kind(following) == "group":
            subtitle = builder.argument(cursor.arguments(NO_NODE, "{")[0])
    write_frame(builder, node, title, subtitle, cursor.rest())


def write_frame(builder: Builder, node: Node, title: Pieces, subtitle: Pieces, nodes: list[Node]) -> None:
    """A new page with its title; a page break stands before the (invisible) headings of its section."""
    context = builder.context
    for found in walk(nodes):
        if is_macro(found, "frametitle") and is_empty(title):
            title = builder.argument(
                Cursor(nodes[nodes.index(found) + 1 :] if found in nodes else [], context.text).arguments(
                    found, "*[{"
                )[2]
            )
    builder.flush()
    if context.options.get("frames"):
        place = len(builder.chunks)
        while place and builder.chunks[place - 1].pieces[:1] in ([Mark("= ")], [Mark("== ")]):
            place -= 1
        chunk = Chunk(UnitKind.RAW, [Code("#pagebreak(weak: true)")], node.pos, node.pos)
        builder.chunks.insert(place, chunk)
    context.options["frames"] = "yes"
    if not is_empty(title):
        builder.block(
            UnitKind.HEADING, [Mark("=== "), *[p for p in strip(title) if p != Mark(" \\\n")]], node
        )
    if not is_empty(subtitle):
        builder.block(UnitKind.PARAGRAPH, [Styled("_", tuple(strip(subtitle)))], node)
    builder.run(nodes)
    builder.flush()


@macro("frame")
def frame_command(builder: Builder, node: Node, cursor: Cursor) -> None:
    """``\\frame{...}`` is a page in beamer, and a box around words elsewhere."""
    _, argument = cursor.arguments(node, "[{")
    if builder.context.document_class == "beamer":
        write_frame(builder, node, [], [], content(argument))
    else:
        builder.add(*call("box(stroke: 0.5pt, inset: 3pt)", builder.argument(argument)))


@macro("note")
def speaker_note(builder: Builder, node: Node, cursor: Cursor) -> None:
    """What the speaker reads is not on the slide."""
    _, argument = cursor.arguments(node, "[{")
    if builder.context.document_class != "beamer":
        builder.run(content(argument))
        return
    stop = end(argument) if argument is not None else end(node)
    latex = builder.context.text[node.pos : stop]
    builder.context.lose(node, "notes for the speaker are not in the output", latex)


def _is_title(builder: Builder, group: Node, frame_node: Node) -> bool:
    """``\\begin{frame}{Title}`` on the same line."""
    return "\n" not in builder.context.text[frame_node.pos : group.pos].split("}", 1)[-1]


def _take_overlay(cursor: Cursor) -> None:
    """``<1->`` behind a command."""
    following = cursor.peek(skip_blank=False)
    if following is not None and kind(following) == "chars" and (found := _OVERLAY.match(following.chars)):
        cursor.next()
        rest = following.chars[found.end() :]
        if rest:
            cursor.push([Chars(rest, following.pos + found.end())])


@macro("frametitle", "framesubtitle")
def frametitle(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The title was taken by the frame; a subtitle is a line below it."""
    _take_overlay(cursor)
    argument = cursor.arguments(node, "*[{")[2]
    if node.macroname == "framesubtitle":
        builder.add(Styled("_", tuple(builder.argument(argument))))
        builder.flush()


@macro(
    "only",
    "uncover",
    "visible",
    "onslide",
    "alert",
    "structure",
    "invisible",
    "temporal",
    "alt",
    "pause",
    "action",
)
def overlay(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Everything is visible at once."""
    from typlora.convert.document.inline import strong

    name = node.macroname
    if name == "pause":
        cursor.arguments(node, "[")
        return
    _take_overlay(cursor)
    if name == "onslide":
        return
    if name in {"alt", "temporal"}:
        arguments = [a for a in cursor.arguments(node, "{{" if name == "alt" else "{{{") if content(a)]
        for index, argument in enumerate(arguments):
            builder.add(*([Text(" / ")] if index else []))
            builder.run(content(argument))
        return
    (argument,) = cursor.arguments(node, "{")
    if name in {"alert", "structure"}:
        builder.add(*strong(builder, builder.argument(argument)))
    else:
        builder.run(content(argument))
        following = cursor.peek(skip_blank=False)
        if following is not None and is_macro(following, "only", "uncover", "visible", "onslide", "alt"):
            builder.add(Text(" "))


@environment("block", "alertblock", "exampleblock", "beamercolorbox", "beamerboxesrounded")
def block(builder: Builder, node: Node) -> None:
    """A titled box."""
    cursor = Cursor(children(node), builder.context.text)
    _take_overlay(cursor)
    spec = {"beamercolorbox": "[{", "beamerboxesrounded": "[{"}.get(node.environmentname, "{")
    argument = cursor.arguments(node, spec)[-1]
    title = builder.argument(argument) if node.environmentname != "beamercolorbox" else []  # a colour's name
    body = builder.flow(cursor.rest())
    inside: Pieces = [Mark("\n"), Shift(2), Mark("  ")]
    if not is_empty(title):
        inside += [Styled("*", tuple(strip(title))), Mark("\n\n")]
    style = "block(fill: luma(94%), inset: 8pt, width: 100%, radius: 3pt)"
    builder.block(UnitKind.PARAGRAPH, call(style, [*inside, *body, Shift(-2), Mark("\n")]), node)


@environment("column", "overlayarea", "overprint", "onlyenv", "uncoverenv", "actionenv")
def shown_at_times(builder: Builder, node: Node) -> None:
    """What is there on some of the slides of a frame follows what stands before."""
    spec = {"column": "[{", "overlayarea": "{{"}.get(node.environmentname, "")
    cursor = Cursor(children(node), builder.context.text)
    _take_overlay(cursor)
    cursor.arguments(node, spec)
    builder.flush()
    builder.run(cursor.rest())
    builder.flush()


@macro("againframe")
def again(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A frame that is shown a second time."""
    _take_overlay(cursor)
    argument = cursor.arguments(node, "[[{")[2]
    stop = end(argument) if argument is not None else end(node)
    latex = builder.context.text[node.pos : stop]
    builder.context.lose(node, "a frame that was shown before is not shown again", latex)


@macro("beamerbutton", "beamergotobutton", "beamerskipbutton", "beamerreturnbutton")
def button(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The words of a button, with a frame around them."""
    (argument,) = cursor.arguments(node, "{")
    builder.add(
        *call(
            "box(stroke: 0.5pt, inset: (x: 2pt), outset: (y: 2pt), radius: 3pt)", builder.argument(argument)
        )
    )


@macro("movie", "sound", "multiinclude")
def film(builder: Builder, node: Node, cursor: Cursor) -> None:
    """What stands for a film before it is played."""
    _, poster, name = cursor.arguments(node, "[{{")
    stop = end(name) if name is not None else end(node)
    builder.context.lose(
        node, "films and sounds are not in the output", builder.context.text[node.pos : stop]
    )
    builder.run(content(poster))


@macro("titlepage", "insertframenumber", "inserttitle", "usebeamercolor", "usebeamerfont", "setbeamersize",
    "AtBeginSection",
       "AtBeginSubsection", "insertsectionhead", "hypersetup",
       "beamertemplatenavigationsymbolsempty",
       "logo", "titlegraphic", "mode", "beamerdefaultoverlayspecification")  # fmt: skip
def machinery(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The title page; the rest is decoration."""
    name = node.macroname
    if name == "titlepage":
        MACROS["maketitle"](builder, node, cursor)
        return
    spec = {"usebeamercolor": "*[{", "usebeamerfont": "*[{", "setbeamersize": "{", "AtBeginSection": "[{",
    "hypersetup": "{",
            "AtBeginSubsection": "[{", "logo": "{", "titlegraphic": "{"}.get(name, "")  # fmt: skip
    _take_overlay(cursor)
    arguments = cursor.arguments(node, spec)
    if name.startswith("AtBegin") and arguments[-1] is not None:
        latex = builder.context.text[node.pos : end(arguments[-1])]
        builder.context.lose(
            node, "slides that are made at the begin of every section are not in the output", latex
        )
