"""Lists: ``- item``, ``+ item``, ``/ term: description``, nested and with the labels LaTeX would print."""

import re

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.context import Target, letter, roman
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

# LaTeX's own labels of the four levels of enumerate; Typst's default is 1. at every level.
_LEVELS = ["1.", "(a)", "i.", "A."]
_KINDS = {"arabic": "1", "alph": "a", "Alph": "A", "roman": "i", "Roman": "I"}

Item = tuple[Node | None, list[Node], Node]


def items(builder: Builder, nodes: list[Node]) -> tuple[list[Node], list[Item]]:
    """What stands before the first ``\\item``, and ``(label, nodes, the macro)`` of each item."""
    cursor = Cursor(nodes, builder.context.text)
    before: list[Node] = []
    found: list[Item] = []
    while (node := cursor.next()) is not None:
        if is_macro(node, "item", "bibitem"):
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
    _write(builder, node, environment_arguments(builder, node, spec)[1], "- ")


@environment("enumerate", "compactenum", "asparaenum", "inparaenum", "enumerate*")
def enumerate_list(builder: Builder, node: Node) -> None:
    """A numbered list; how it counts comes from enumitem's options or enumerate's short form."""
    context = builder.context
    (options,), nodes = environment_arguments(builder, node, "[")
    depth = int(context.options.get("enumerate-depth", "0"))
    given = builder.source(options)
    pattern, start = _numbering(given)
    if not pattern and (usual := context.options.get("enum-label")) and not depth:
        pattern = _numbering(usual)[0]
    resume = "resume" in builder.source(options)
    if resume:
        start = context.counters.values.get(f"enum{depth}", 0) + 1
    shown = pattern or _LEVELS[min(depth, 3)]
    context.options["enumerate-depth"] = str(depth + 1)
    if depth and not pattern:
        context.need("enum-levels")
    _write(builder, node, nodes, "+ ", pattern=shown, usual=not pattern, start=start, depth=depth)
    context.options["enumerate-depth"] = str(depth)


@environment("description", "compactdesc", "labeling", "acronym")
def description(builder: Builder, node: Node) -> None:
    """Terms and their descriptions."""
    spec = "[{" if node.environmentname == "labeling" else "["
    _write(builder, node, environment_arguments(builder, node, spec)[1], "/ ")


@macro("setlist", "setenumerate")
def setlist(builder: Builder, node: Node, cursor: Cursor) -> None:
    """How the lists that follow are numbered."""
    which, options = cursor.arguments(node, "[{")
    numbered = node.macroname == "setenumerate" or "enumerate" in builder.source(which)
    if numbered and "label" in builder.source(options):
        builder.context.options["enum-label"] = builder.source(options)


def _numbering(options: str) -> tuple[str, int]:
    """Typst numbering pattern and first number from enumitem's or enumerate's optional argument."""
    start = int(found[1]) if (found := re.search(r"start\s*=\s*(\d+)", options)) else 1
    label = (
        found[1]
        if (found := re.search(r"label\*?\s*=\s*(\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|[^,]*)", options))
        else ""
    )
    if not label and options and "=" not in options:
        label = re.sub(r"\{[^{}]*\}", "", options)
        found = re.search(r"[1aAiI]", label)
        return (
            _clean(label[: found.start()]) + found[0] + _clean(label[found.end() :]) if found else ""
        ), start
    found = re.search(r"\\(arabic|alph|Alph|roman|Roman)\*?", label)
    if not found:
        return "", start
    return _clean(label[: found.start()]) + _KINDS[found[1]] + _clean(label[found.end() :]), start


def _clean(text: str) -> str:
    """The punctuation around a number; letters would be read as numbers by Typst."""
    text = re.sub(r"\\[a-zA-Z]+\*?", "", text)
    return re.sub(r"[{}*~\"\\]|[1aAiI]", "", text)


def _write(
    builder: Builder,
    node: Node,
    nodes: list[Node],
    marker: str,
    *,
    pattern: str = "",
    usual: bool = True,
    start: int = 1,
    depth: int = 0,
) -> None:
    context = builder.context
    before, found = items(builder, nodes)
    lead = builder.nested()
    lead.run([n for n in before if kind(n) != "comment"])
    lead.flush()
    builder.flush()
    builder.chunks.extend(lead.chunks)
    saved = context.current
    out: Pieces = []
    number = start - 1
    explicit = marker == "+ " and any(label is not None for label, _, _ in found)
    for label, inner, _ in found:
        if out:
            out.append(Mark("\n"))
        target: Target | None = None
        if marker == "+ " and label is None:
            number += 1
            target = context.current = Target("item", _format(pattern, number))
        body = builder.nested()
        body.run(inner)
        body.flush()
        mark_odd(context, body.chunks)
        pieces = _body(body, target)
        if marker == "/ ":
            out.extend(_term(builder, label, pieces))
        elif label is not None:
            out.extend(_labelled(builder, label, pieces))
        elif explicit:
            out.extend([Mark(f"{number}. "), Shift(2), *pieces, Shift(-2)])
        else:
            out.extend([Mark(marker), Shift(2), *pieces, Shift(-2)])
        context.counters.values[f"enum{depth}"] = number
    context.current = saved
    if not out:
        return
    if marker == "+ " and (not usual or start != 1):
        out = [
            Mark("#[\n"),
            Later(lambda: _settings(builder, "" if usual else pattern, start)),
            *out,
            Mark("\n]"),
        ]
    builder.block(UnitKind.LIST, out, node)


def _settings(builder: Builder, pattern: str, start: int) -> Pieces:
    settings = [f'numbering: "{pattern}"'] if pattern else []
    settings += ["full: false"] if pattern and "enum-levels" in builder.context.needs else []
    settings += [f"start: {start}"] if start != 1 else []
    return [Mark(f"#set enum({', '.join(settings)})\n")]


def _format(pattern: str, number: int) -> str:
    """The number as ``\\ref`` prints it: without the punctuation after it."""
    found = re.search(r"[1aAiI]", pattern)
    kind_of = found[0] if found else "1"
    shown = {
        "1": str(number), "a": letter(number), "A": letter(number).upper(),
        "i": roman(number).lower(), "I": roman(number),
    }[kind_of]  # fmt: skip
    before = pattern[: found.start()] if found else ""
    after = pattern[found.end() :] if found else ""
    return f"{before}{shown}{after}".rstrip(".")


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
