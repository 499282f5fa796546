"""Lists: ``- item``, ``+ item``, ``/ term: description``, nested and with the labels LaTeX would print."""

import re

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.context import Target
from typlora.convert.document.list_labels import (
    LEVELS,
    Label,
    at_level,
    before_reference,
    bullet,
    read_label,
    with_numbers,
)
from typlora.convert.document.nodes import Cursor, Node, content, is_macro, kind
from typlora.convert.document.pieces import (
    Code,
    Later,
    Mark,
    Piece,
    Pieces,
    Shift,
    Text,
    is_empty,
    plain,
    strip,
)
from typlora.convert.document.seams import mark_odd
from typlora.tex.unit import UnitKind

Item = tuple[Node | None, list[Node], Node]


def items(builder: Builder, nodes: list[Node], name: str = "item") -> tuple[list[Node], list[Item]]:
    """What stands before the first ``\\item``, and ``(label, nodes, the macro)`` of each item."""
    cursor = Cursor(nodes, builder.context.text)
    before: list[Node] = []
    found: list[Item] = []
    while (node := cursor.next()) is not None:
        if is_macro(node, name, "bibitem"):
            found.append((cursor.arguments(node, "[")[0], [], node))
        elif found:
            found[-1][1].append(node)
        else:
            before.append(node)
    return before, found


@environment("itemize", "compactitem", "asparaitem", "inparaitem", "dinglist", "itemize*", "list", "trivlist")
def itemize(builder: Builder, node: Node) -> None:
    """A bullet list; items with labels of their own keep them."""
    spec = {"list": "{{", "dinglist": "{"}.get(node.environmentname, "[")
    arguments, nodes = environment_arguments(builder, node, spec)
    if node.environmentname in {"itemize*", "inparaitem"}:
        write_inline(builder, nodes, None, 1)
        return
    given = builder.source(arguments[0]) if spec == "[" else ""
    _write(builder, node, nodes, "- ", bullet=bullet(builder, node, given))


@environment("enumerate", "compactenum", "asparaenum", "inparaenum", "enumerate*")
def enumerate_list(builder: Builder, node: Node) -> None:
    """A numbered list; how it counts comes from enumitem's options or enumerate's short form."""
    context = builder.context
    (options,), nodes = environment_arguments(builder, node, "[")
    depth = int(context.options.get("enumerate-depth", "0"))
    given = with_numbers(context, at_level(builder.source(options), depth + 1))
    enumitem = "enumitem" in context.packages
    label, start = read_label(given, enumitem=enumitem)
    if label and depth and "label*" in given:
        label = label.below(context.options.get("enum-shown", ""))
    usual = context.options.get(f"enum-label{depth + 1}") or context.options.get("enum-label")
    if label is None and usual:
        label = read_label(usual, enumitem=enumitem)[0]
    if "resume" in given:
        start = context.counters.values.get(f"enum{depth}", 0) + 1
    if node.environmentname in {"enumerate*", "inparaenum"}:
        write_inline(builder, nodes, label or LEVELS[0], start)
        return
    context.options["enumerate-depth"] = str(depth + 1)
    if depth and label is None:
        context.need("enum-levels")
    _write(builder, node, nodes, "+ ", label=label, start=start, depth=depth)
    context.options["enumerate-depth"] = str(depth)


@environment("description", "compactdesc", "labeling")
def description(builder: Builder, node: Node) -> None:
    """Terms and their descriptions."""
    spec = "[{" if node.environmentname == "labeling" else "["
    _write(builder, node, environment_arguments(builder, node, spec)[1], "/ ")


@macro("setlist", "setenumerate")
def setlist(builder: Builder, node: Node, cursor: Cursor) -> None:
    """How the lists that follow are numbered."""
    which, options = cursor.arguments(node, "[{")
    names = builder.source(which)
    numbered = node.macroname == "setenumerate" or "enumerate" in names
    if numbered and "label" in builder.source(options):
        for level in re.findall(r"[1-4]", names) or [""]:
            builder.context.options[f"enum-label{level}"] = builder.source(options)


def _write(
    builder: Builder,
    node: Node,
    nodes: list[Node],
    marker: str,
    *,
    label: Label | None = None,
    start: int = 1,
    depth: int = 0,
    bullet: Pieces | None = None,
) -> None:
    context = builder.context
    shown = label or LEVELS[min(depth, 3)]
    first, found = items(builder, nodes)
    lead = builder.nested()
    lead.run([n for n in first if kind(n) != "comment"])
    lead.flush()
    builder.flush()
    builder.chunks.extend(lead.chunks)
    saved, options = context.current, context.options
    begun, outer = options.get("enum-begun", ""), options.get("enum-shown", "")
    forced = marker == "+ " and bool(begun)  # a list around this one has numbers of its own
    if marker == "+ ":
        options["enum-begun"] = "yes" if start != 1 or label else ""
        label = label or (LEVELS[min(depth, 3)] if forced else None)
    out: Pieces = []
    number = start - 1
    explicit = marker == "+ " and any(own is not None for own, _, _ in found)
    for own, inner, _ in found:
        if out:
            out.append(Mark("\n"))
        target: Target | None = None
        if marker == "+ " and own is None:
            number += 1
            before = before_reference(context.items) if shown.joined else ""
            item = (before, shown.reference(number))
            target = context.current = Target("item", "".join(item))
            options["enum-shown"] = shown.show(number)
            context.items.append(item)
        body = builder.nested()
        body.run(inner)
        body.flush()
        if target is not None:
            context.items.pop()
        mark_odd(context, body.chunks)
        pieces = _body(body, target)
        if marker == "/ ":
            out.extend(_term(builder, own, pieces))
        elif own is not None:
            out.extend(_labelled(builder, own, pieces))
        elif explicit:
            out.extend([Mark(f"{number}. "), Shift(2), *pieces, Shift(-2)])
        else:
            out.extend([Mark(marker), Shift(2), *pieces, Shift(-2)])
        context.counters.values[f"enum{depth}"] = number
    context.current = saved
    options["enum-begun"], options["enum-shown"] = begun, outer
    if not out:
        return
    if bullet:
        out = [Mark("#[\n#set list(marker: ["), *bullet, Mark("])\n"), *out, Mark("\n]")]
    elif marker == "+ " and (label is not None or start != 1 or forced):
        out = [Mark("#[\n"), Later(lambda: _settings(builder, label, start, forced)), *out, Mark("\n]")]
    builder.block(UnitKind.LIST, out, node)


def _settings(builder: Builder, label: Label | None, start: int, forced: bool) -> Pieces:
    settings = [f"numbering: {label.numbering()}"] if label else []
    settings += ["full: false"] if label and "enum-levels" in builder.context.needs else []
    settings += [f"start: {start}"] if start != 1 or forced else []
    return [Mark(f"#set enum({', '.join(settings)})\n")]


def write_inline(builder: Builder, nodes: list[Node], label: Label | None, start: int) -> None:
    """A list within the paragraph (``enumerate*``, ``inparaenum``); bullets where there is no ``label``."""
    context = builder.context
    before, found = items(builder, nodes)
    builder.run(before)
    saved, number = context.current, start - 1
    for own, inner, _ in found:
        mark: Pieces = strip(builder.inline(content(own))) if own is not None else [Text("•")]
        anchor: Pieces = []
        if label is not None and own is None:
            number += 1
            target = context.current = Target("item", label.reference(number))
            mark, anchor = [Text(label.show(number))], [target.hidden_anchor()]
        builder.add(*mark, Text("\u00a0"), *strip(builder.inline(inner)), *anchor, Text(" "))
    context.current = saved


def _body(body: Builder, target: Target | None) -> Pieces:
    """The blocks of an item; a nested list follows its line without a blank line between."""
    out: Pieces = []
    for index, chunk in enumerate(body.chunks):
        if index:
            tight = (
                chunk.kind is UnitKind.LIST
                and body.chunks[index - 1].inline
                and not _is_wrapped(chunk.pieces)
            )
            out.append(Mark("\n" if tight else "\n\n"))
        out.extend(chunk.pieces)
    if not body.chunks or (not body.chunks[0].inline and body.chunks[0].kind is UnitKind.LIST):
        out = [Mark("#[]"), Mark("\n"), *out] if out else [Mark("#[]")]
    return [*out, target.hidden_anchor()] if target is not None else out


def _is_wrapped(pieces: Pieces) -> bool:
    first = pieces[0] if pieces else None
    return isinstance(first, Mark) and first.typst.startswith("#")


def _term(builder: Builder, label: Node | None, pieces: Pieces) -> Pieces:
    title = strip(builder.inline(content(label))) if label is not None else []
    if is_empty(title):
        return [Mark("- "), Shift(2), *pieces, Shift(-2)]
    title = [Text(p.text.replace("\n", " ")) if isinstance(p, Text) else p for p in title if not _breaks(p)]
    if ":" in (plain(title) or ":"):  # a colon, or something that may hold one, would end the term
        title = [Mark("#["), *title, Mark("]")]
    return [Mark("/ "), *title, Mark(": "), Shift(2), *pieces, Shift(-2)]


def _breaks(piece: Piece) -> bool:
    return isinstance(piece, Mark) and "\n" in piece.typst


def _labelled(builder: Builder, label: Node, pieces: Pieces) -> Pieces:
    """``\\item[x]`` in a bullet or numbered list: the label replaces the marker."""
    title = strip(builder.inline(content(label)))
    builder.context.need("labelled-item")
    if is_empty(title):
        title = []
    return [Mark("#labelled-item["), *title, Mark("]["), *pieces, Code("]")]
