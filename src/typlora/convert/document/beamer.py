"""Beamer: every frame is a page with its title as heading; overlays are flattened."""

import re

from typlora.convert.document.builder import MACROS, Builder, environment, environment_arguments, macro
from typlora.convert.document.context import Context
from typlora.convert.document.nodes import (
    NO_NODE,
    Chars,
    Cursor,
    Node,
    children,
    content,
    is_macro,
    kind,
    walk,
)
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, Styled, call, is_empty, strip
from typlora.tex.unit import UnitKind

_OVERLAY = re.compile(r"\s*<[^<>\n]{0,60}>")


def flatten_overlays(context: Context, nodes: list[Node]) -> None:
    """Report overlays once a frame; the specifications themselves are taken off where they are read."""
    for node in walk(nodes):
        if kind(node) == "environment" and node.environmentname == "frame":
            text = context.text[node.pos : node.pos + node.len]
            if re.search(r"\\pause\b|\\(?:only|uncover|visible|onslide|alt|temporal)\s*<|\\item\s*<", text):
                context.lose(node, "overlays of this frame are shown all at once", "\\begin{frame}")


@environment("frame")
def frame(builder: Builder, node: Node) -> None:
    """One page."""
    context = builder.context
    cursor = Cursor(children(node), context.text)
    known = cursor.arguments(node, "[")
    del known
    _take_overlay(cursor)
    first = cursor.arguments(NO_NODE, "[")
    del first
    title: Pieces = []
    following = cursor.peek()
    if following is not None and kind(following) == "group" and _is_title(builder, following, node):
        title = builder.argument(cursor.arguments(NO_NODE, "{")[0])
    nodes = cursor.rest()
    for found in walk(nodes):
        if is_macro(found, "frametitle") and is_empty(title):
            title = builder.argument(
                Cursor(nodes[nodes.index(found) + 1 :] if found in nodes else [], context.text).arguments(
                    found, "*[{"
                )[2]
            )
    if context.options.get("frames"):
        builder.block(UnitKind.RAW, [Code("#pagebreak(weak: true)")], node)
    context.options["frames"] = "yes"
    if not is_empty(title):
        builder.block(
            UnitKind.HEADING, [Mark("=== "), *[p for p in strip(title) if p != Mark(" \\\n")]], node
        )
    builder.run(nodes)
    builder.flush()


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
        for argument in cursor.arguments(node, "{{" if name == "alt" else "{{{"):
            builder.run(content(argument))
        return
    (argument,) = cursor.arguments(node, "{")
    if name in {"alert", "structure"}:
        builder.add(*strong(builder, builder.argument(argument)))
    else:
        builder.run(content(argument))


@environment("block", "alertblock", "exampleblock", "beamercolorbox", "beamerboxesrounded")
def block(builder: Builder, node: Node) -> None:
    """A titled box."""
    cursor = Cursor(children(node), builder.context.text)
    _take_overlay(cursor)
    (argument,) = cursor.arguments(node, "{")
    title = builder.argument(argument)
    body = builder.flow(cursor.rest())
    inside: Pieces = [Mark("\n"), Shift(2), Mark("  ")]
    if not is_empty(title):
        inside += [Styled("*", tuple(strip(title))), Mark("\n\n")]
    style = "block(fill: luma(94%), inset: 8pt, width: 100%, radius: 3pt)"
    builder.block(UnitKind.PARAGRAPH, call(style, [*inside, *body, Shift(-2), Mark("\n")]), node)


@environment(
    "columns", "column", "overlayarea", "overprint", "onlyenv", "uncoverenv", "actionenv", "overlayarea"
)
def columns(builder: Builder, node: Node) -> None:
    """Columns follow each other."""
    name = node.environmentname
    if name == "columns":
        _, nodes = environment_arguments(builder, node, "[")
        parts = [n for n in nodes if kind(n) == "environment" and n.environmentname == "column"]
        if parts and all(
            kind(n) in {"environment", "comment"} or not getattr(n, "chars", "x").strip() for n in nodes
        ):
            cells: Pieces = []
            for part in parts:
                _, inner = environment_arguments(builder, part, "[{")
                cells += [Mark("[\n"), *builder.flow(inner), Mark("\n], ")]
            widths = ", ".join(["1fr"] * len(parts))
            builder.block(
                UnitKind.PARAGRAPH,
                [Mark(f"#grid(columns: ({widths},), column-gutter: 1em, "), *cells, Code(")")],
                node,
            )
            return
        builder.run(nodes)
        return
    spec = {"column": "[{", "overlayarea": "{{"}.get(name, "")
    cursor = Cursor(children(node), builder.context.text)
    _take_overlay(cursor)
    cursor.arguments(node, spec)
    builder.flush()
    builder.run(cursor.rest())
    builder.flush()


@macro("titlepage", "insertframenumber", "inserttitle", "usebeamercolor", "usebeamerfont", "setbeamersize",
    "AtBeginSection",
       "AtBeginSubsection", "insertsectionhead", "hypersetup", "transdissolve",
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
    cursor.arguments(node, spec)
