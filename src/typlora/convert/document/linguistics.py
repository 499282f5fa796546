"""Linguists' examples (gb4e, linguex): numbered through the document, with glosses word under word."""

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.context import Target, letter
from typlora.convert.document.nodes import Cursor, Node, content, is_blank, is_macro, kind
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, Text, is_empty, strip
from typlora.tex.unit import UnitKind


@environment("exe", "xlist", "xlista", "xlisti", "examples")
def examples(builder: Builder, node: Node) -> None:
    """``(1)``, ``(2)``, ...; letters inside ``xlist``."""
    context = builder.context
    _, nodes = environment_arguments(builder, node, "[")
    cursor = Cursor(nodes, context.text)
    parts: list[tuple[Node | None, Node, list[Node]]] = []
    while (found := cursor.next()) is not None:
        if is_macro(found, "ex", "exi", "sn", "item"):
            marker = cursor.arguments(found, "{")[0] if found.macroname == "exi" else None
            parts.append((marker, found, []))
            if found.macroname == "ex" and (judged := cursor.arguments(found, "[")[0]) is not None:
                parts[-1][2].extend(content(judged))  # a judgement of the sentence, ``*`` or ``?``
        elif parts:
            parts[-1][2].append(found)
        elif not is_blank(found) and not (kind(found) == "chars" and not found.chars.strip()):
            parts.append((None, found, [found]))
    letters = node.environmentname.startswith("xlist")
    saved = context.current
    out: Pieces = []
    for marker, found, inner in parts:
        head: Pieces
        if marker is not None:
            head = builder.inline(content(marker))
        elif is_macro(found, "sn"):
            head = []
        elif letters:
            index = context.counters.values.get("xlist", 0) + 1
            context.counters.values["xlist"] = index
            context.current = Target("example", f"{context.counters.values.get('exx', 0)}{letter(index)}")
            head = [Text(f"{letter(index)}.")]
        else:
            context.counters.step("exx")
            context.counters.values["xlist"] = 0
            context.current = Target("example", str(context.counters.values["exx"]))
            head = [Text(f"({context.current.number})")]
        target = context.current
        body = builder.flow(inner)
        context.need("labelled-item")
        out += [Mark("\n\n")] if out else []
        anchor = target.hidden_anchor()
        used = [anchor] if marker is None else []
        out += [Mark("#labelled-item["), *strip(head), Mark("]["), *body, *used, Code("]")]
    context.current = saved
    if out:
        builder.block(UnitKind.LIST, out, node)


@macro("gll", "glll", "gllll")
def gloss(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Two (or three) lines whose words stand under each other."""
    count = len(node.macroname) - 1
    lines: list[list[Pieces]] = []
    row: list[Node] = []
    while len(lines) < count and (found := cursor.next()) is not None:
        if is_macro(found, "\\"):
            lines.append(_words(builder, row))
            row = []
        elif is_macro(found, "glt", "trans", "glend", "ex"):
            cursor.push([found])
            break
        else:
            row.append(found)
    if row:
        lines.append(_words(builder, row))
    width = max((len(line) for line in lines), default=0)
    if not width:
        return
    out: Pieces = [
        Mark(f"#grid(columns: {width}, column-gutter: 0.8em, row-gutter: 0.5em,\n"),
        Shift(2),
        Mark("  "),
    ]
    for line in lines:
        for index in range(width):
            out += [Mark("["), *(line[index] if index < len(line) else []), Mark("], ")]
        out.append(Mark("\n"))
    builder.block(UnitKind.PARAGRAPH, [*out, Shift(-2), Mark("\n"), Code(")")], node)


def _words(builder: Builder, nodes: list[Node]) -> list[Pieces]:
    """Words of a line; a group is one word."""
    out: list[list[Node]] = [[]]
    from typlora.convert.document.nodes import Chars

    for node in nodes:
        if kind(node) == "chars":
            position = node.pos
            for index, part in enumerate(_split(node.chars)):
                if index % 2:
                    out.append([])
                elif part:
                    out[-1].append(Chars(part, position))
                position += len(part)
        elif kind(node) != "comment":
            out[-1].append(node)
            if getattr(node, "macro_post_space", ""):
                out.append([])
    words = [strip(builder.inline(word)) for word in out if word]
    return [word for word in words if not is_empty(word)]


def _split(chars: str) -> list[str]:
    import re

    return re.split(r"(\s+)", chars)


@macro("glt", "trans", "glend", "glottx")
def translation(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The free translation is a line of its own."""
    builder.flush()
