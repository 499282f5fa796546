"""Floats and pictures: ``figure(...)`` with caption and label, images found as LaTeX finds them."""

import re
from pathlib import Path

from typlora.convert.document.builder import Builder, Chunk, environment, environment_arguments, macro
from typlora.convert.document.context import Context, Target, letter
from typlora.convert.document.inline import string
from typlora.convert.document.nodes import (
    Cursor,
    Node,
    children,
    content,
    end,
    is_macro,
    kind,
    known_arguments,
)
from typlora.convert.document.nouns import Asset
from typlora.convert.document.pieces import (
    Code,
    Later,
    Mark,
    Piece,
    Pieces,
    Shift,
    Text,
    call,
    is_empty,
    strip,
)
from typlora.convert.document.tables import is_table, length
from typlora.tex.unit import UnitKind

_EXTENSIONS = (
    ".pdf",
    ".png",
    ".jpg",
    ".jpeg",
    ".svg",
    ".gif",
    ".webp",
    ".PDF",
    ".PNG",
    ".JPG",
    ".JPEG",
    ".SVG",
)
_READABLE = {".pdf", ".png", ".jpg", ".jpeg", ".svg", ".gif", ".webp"}
_MAGIC = {
    ".pdf": b"%PDF",
    ".png": b"\x89PNG",
    ".gif": b"GIF8",
    ".webp": b"RIFF",
    ".jpg": b"\xff\xd8",
    ".jpeg": b"\xff\xd8",
}
# Floats with a counter of their own, and what their captions call them.
_OWN_FLOATS = {
    "scheme": "Scheme", "chart": "Chart", "graph": "Graph", "listing": "Listing", "longlisting": "Listing",
    "program": "Program", "plate": "Plate", "map": "Map", "video": "Video",
}  # fmt: skip
_OWN_KINDS = {name: "raw" if "listing" in name else f'"{name}"' for name in _OWN_FLOATS}


@environment(
    "figure", "figure*", "table", "table*", "wrapfigure", "wraptable", "sidewaysfigure", "sidewaystable",
    "sidewaysfigure*", "sidewaystable*", "marginfigure", "margintable", "SCfigure", "SCtable", "floatingfigure",
    "teaserfigure", "scheme", "scheme*", "chart", "chart*", "graph", "graph*", "listing", "listing*", "longlisting", "program",
    "example*_float", "plate", "map", "video",
)  # fmt: skip
def float_environment(builder: Builder, node: Node) -> None:
    """A float: its body, its caption, its number."""
    name = node.environmentname
    spec = {"wrapfigure": "[{[{", "wraptable": "[{[{", "floatingfigure": "[{"}.get(name, "[")
    _, nodes = environment_arguments(builder, node, spec)
    what = "table" if "table" in name else "figure"
    base = name.rstrip("*")
    if base in _OWN_FLOATS:
        what = base
    context = builder.context
    saved_float, context.options["in-float"] = context.options.get("in-float", ""), "yes"
    saved = context.current
    number_of = sum(1 for n in _flat(nodes) if is_macro(n, "caption", "captionof"))
    parts = _split(nodes) if number_of > 1 and not _subfloats(nodes) else [nodes]
    for part in parts:
        context.options["subfigure"] = "0"
        pieces = write_float(builder, node, None, part, what)
        if pieces:
            builder.block(UnitKind.TABLE if what == "table" else UnitKind.FIGURE, pieces, node)
    context.options["in-float"] = saved_float
    context.current = saved


def _flat(nodes: list[Node]) -> list[Node]:
    """Nodes with those inside groups, centred and boxed environments, but not of subfigures or tables."""
    out: list[Node] = []
    for node in nodes:
        out.append(node)
        boxes = {
            "center",
            "minipage",
            "flushleft",
            "flushright",
            "threeparttable",
            "adjustbox",
            "small",
            "scriptsize",
        }
        if kind(node) == "group" or (kind(node) == "environment" and node.environmentname in boxes):
            out.extend(_flat(children(node)))
    return out


def _subfloats(nodes: list[Node]) -> bool:
    return any(
        (kind(n) == "environment" and n.environmentname in {"subfigure", "subtable"})
        or is_macro(n, "subfloat", "subfigure")
        for n in _flat(nodes)
    )


def _split(nodes: list[Node]) -> list[list[Node]]:
    """Several captions in one float: each with what stands before it (and the label right behind)."""
    units: list[Node] = []
    for node in nodes:
        if kind(node) == "environment" and node.environmentname in {"minipage", "center"}:
            units.extend(children(node))
        else:
            units.append(node)
    parts: list[list[Node]] = [[]]
    done = False
    for node in units:
        if (
            done
            and not is_macro(node, "label")
            and not (kind(node) in {"chars", "comment"} and not getattr(node, "chars", "").strip())
        ):
            parts.append([])
            done = False
        parts[-1].append(node)
        done = done or is_macro(node, "caption", "captionof")
    return [part for part in parts if any(kind(n) not in {"comment"} for n in part)]


def write_float(builder: Builder, node: Node, ready: Pieces | None, nodes: list[Node], what: str) -> Pieces:
    """``#figure(body, caption: [...]) <label>``; ``ready`` is a body that was converted already."""
    context = builder.context
    caption: Node | None = None
    for found in _flat(nodes):
        if is_macro(found, "caption", "captionof"):
            caption = found
            if found.macroname == "captionof":
                what = builder.source(known_arguments(found)[0][1]) if known_arguments(found) else what
                what = what if what in {"table", "figure"} else "figure"
            break
    starred = caption is not None and context.text[caption.pos : caption.pos + 9] == "\\caption*"
    target = context.current
    if caption is not None and not starred:
        context.counters.step(what)
        context.need(f"counted-{what}")
        target = Target(what, context.counters.show(what), native=True)
        context.current = target
    words = _caption(builder, caption, nodes)
    if ready is None:
        inner = builder.nested()
        context.options["caption-done"] = "yes"
        inner.run(nodes)
        inner.flush()
        context.options.pop("caption-done", None)
        body = _body(inner.chunks)
    else:
        for found in nodes:
            if is_macro(found, "label"):
                context.define(builder.source(_last(found)), target, found)
        body = ready
    if caption is None:
        if not body:
            return []
        return _uncaptioned(body)
    out_kind = (
        f'kind: {_OWN_KINDS[what]},\nsupplement: "{_OWN_FLOATS[what]}",\n' if what in _OWN_FLOATS else ""
    )
    kind_argument = "" if (what == "table") == _looks_like_table(body) and not _is_text(body) else what
    kind_of = {"table": "table", "figure": "image"}.get(kind_argument, "")
    if starred:
        context.need("plain-figure")
    out: Pieces = [Mark("#figure(\n"), Shift(2), Mark("  ")]
    from typlora.convert.document.frontmatter import two_columns

    if kind(node) == "environment" and node.environmentname.endswith("*") and two_columns(context):
        out.append(Mark('placement: top,\nscope: "parent",\n'))
    context.need(f"caption-{what}")
    if what == "table" and caption is not None and _before_table(caption, nodes):
        context.need("caption-above")
    out += [*(body or [Mark("[]")]), Mark(",\ncaption: ["), *words, Mark("],\n")]
    if out_kind:
        out.append(Mark(out_kind))
    elif kind_of:
        out.append(Mark(f"kind: {kind_of},\n"))
    if starred:
        out.append(Mark("numbering: none,\n"))
    return [*out, Shift(-2), Mark("\n"), Mark(")"), *([target.anchor()] if not starred else [])]


def _before_table(caption: Node, nodes: list[Node]) -> bool:
    tables = [
        n for n in _flat(nodes) if kind(n) == "environment" and n.environmentname.startswith(("tab", "long"))
    ]
    return not tables or bool(caption.pos < tables[0].pos or tables[0].environmentname.startswith("long"))


def _last(node: Node) -> Node | None:
    arguments = known_arguments(node)
    return arguments[-1][1] if arguments else None


def _caption(builder: Builder, caption: Node | None, nodes: list[Node]) -> Pieces:
    if caption is None:
        return []
    if caption.macroname == "captionof":
        argument = Cursor([], "").arguments(caption, "{[{")[2]
    else:
        argument = Cursor([], "").arguments(caption, "*[{")[2]
    return strip(builder.flow(content(argument)))


def _caption_words(builder: Builder, nodes: list[Node]) -> Pieces | None:
    """Words of the first caption, None where there is none."""
    found = next((n for n in _flat(nodes) if is_macro(n, "caption")), None)
    return None if found is None else _caption(builder, found, nodes)


@macro("caption", "captionof", "captionlistentry")
def caption(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Inside a float the caption was taken already; elsewhere it is a paragraph."""
    arguments = cursor.arguments(node, "{[{" if node.macroname == "captionof" else "*[{")
    if builder.context.options.get("caption-done"):
        return
    builder.flush()
    builder.add(*builder.argument(arguments[2]))
    builder.flush()


def _looks_like_table(body: Pieces) -> bool:
    first = next((p for p in body if isinstance(p, Mark) and p.typst.strip()), None)
    return first is not None and first.typst.lstrip("#").startswith("table(")


def _is_text(body: Pieces) -> bool:
    """A body that Typst cannot tell the kind of."""
    first = next((p for p in body if isinstance(p, Mark | Code) and p.typst.strip()), None)
    head = first.typst.lstrip("#").split("(")[0] if first is not None else ""
    return head not in {"table", "image"}


def _body(chunks: list[Chunk]) -> Pieces:
    """One expression from the blocks of a float."""
    parts = [strip(_unhash(chunk.pieces)) for chunk in chunks]
    parts = [part for part in parts if not is_empty(part)]
    if not parts:
        return []
    if len(parts) == 1 and _is_expression(parts[0]):
        return parts[0]
    out: Pieces = [Mark("[\n"), Shift(2), Mark("  ")]
    for index, part in enumerate(parts):
        if index:
            beside = _is_subfigure(part) and _is_subfigure(parts[index - 1])
            out.append(Mark("\n" if beside else "\n\n"))
        out.extend([Mark("#"), *part] if _is_expression(part) else part)
    return [*out, Shift(-2), Mark("\n"), Mark("]")]


def _is_subfigure(part: Pieces) -> bool:
    return isinstance(part[0], Mark) and part[0].typst.startswith("#subfigure(")


_EXPRESSION = re.compile(r"#?(table|image|grid|scale|rotate|raw|rect|missing-image|stack)\(")


def _unhash(pieces: Pieces) -> Pieces:
    """``#image(..)`` alone without its ``#``; anything else unchanged."""
    row = strip(pieces)
    seen = [p for p in row if not (isinstance(p, Mark | Code | Text) and not _string(p).strip())]
    if not seen or not isinstance(seen[0], Mark | Code):
        return pieces
    if len(seen) == 1 and isinstance(seen[0], Code) and _EXPRESSION.match(seen[0].typst):
        return [Code(seen[0].typst.removeprefix("#"))]
    head = seen[0].typst
    if head == "#" and len(seen) > 2 and isinstance(seen[1], Mark) and seen[1].typst.startswith("table("):
        depth_ok = sum(isinstance(p, Mark) and p.typst == "#" for p in seen) == 1
        last = seen[-1]
        if depth_ok and isinstance(last, Mark | Code) and _string(last) in {")", ""}:
            return row[1:]
    return pieces


def _string(piece: Piece) -> str:
    return piece.text if isinstance(piece, Text) else piece.typst if isinstance(piece, Mark | Code) else "x"


def _is_expression(pieces: Pieces) -> bool:
    first = next((p for p in pieces if isinstance(p, Mark | Code) and p.typst.strip()), None)
    return (
        pieces[0] is first
        and first is not None
        and bool(re.match(r"(table|image|grid|scale|rotate|missing-image)\(", _string(first)))
    )


def _uncaptioned(body: Pieces) -> Pieces:
    if _is_expression(body):
        return [Mark("#align(center, "), *body, Mark(")")]
    return [Mark("#align(center)"), *body]


@macro("includegraphics", "includesvg", "includepdf", "epsfig", "tcbincludegraphics")
def includegraphics(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A picture, or a visible placeholder where the file is missing or of a kind Typst cannot read."""
    _, options, argument = cursor.arguments(node, "*[{")
    name = builder.source(argument).strip('"')
    builder.add(Code(image(builder.context, node, name, builder.source(options))))


def image(context: Context, node: Node, name: str, options: str) -> str:
    """``#image("path", width: ...)``."""
    found = find_image(context, name)
    if found is None or found.suffix.lower() not in _READABLE or not _is_sound(found):
        what = "is missing" if found is None else f"is {found.suffix or 'of a kind'} that Typst cannot read"
        context.lose(node, f"picture '{name}' {what}; a placeholder stands for it")
        context.need("missing-image")
        return f"#missing-image({string(name)})"
    path = asset(context, found)
    settings = dict(re.findall(r"([a-zA-Z]+)\s*=\s*(\{[^{}]*\}|[^,]*)", options))
    arguments = [string(path)]
    if "page" in settings and settings["page"].strip().isdigit() and found.suffix.lower() == ".pdf":
        arguments.append(f"page: {settings['page'].strip()}")
    for key in ("width", "height"):
        if key in settings and (value := length(settings[key].strip("{} "))) != "auto":
            arguments.append(f"{key}: {value}")
    if "height" in settings and "\\textheight" in settings["height"] and len(arguments) == 1:
        share = re.match(r"\d*\.?\d*", settings["height"].strip("{} "))
        if share:
            arguments.append(f"height: {float(share[0] or 1) * 100:g}%") if False else arguments.append(
                "width: 100%"
            )
    if len(arguments) > 2 and "keepaspectratio" in options:
        arguments = arguments[:2]
    result = f"image({', '.join(arguments)})"
    scale = re.fullmatch(r"\d*\.?\d+", settings.get("scale", "").strip())
    if scale and len(arguments) == 1 and float(scale[0]) != 1:
        result = f"scale({float(scale[0]) * 100:g}%, reflow: true, {result})"
    angle = re.fullmatch(r"-?\d*\.?\d+", settings.get("angle", "").strip())
    if angle and float(angle[0]):
        result = f"rotate({-float(angle[0]):g}deg, reflow: true, {result})"
    return "#" + result


def find_image(context: Context, name: str) -> Path | None:
    """The file LaTeX would take, below the project folder."""
    root = context.project.root.resolve()
    if not name or len(name) > 1000 or "\x00" in name:
        return None
    for folder in ["", *context.graphics_paths]:
        base = root / folder / name
        suffixes = ["", *_EXTENSIONS] if base.suffix else list(_EXTENSIONS)
        for suffix in suffixes:
            candidate = base.with_name(base.name + suffix) if base.name else base
            try:
                if candidate.is_file() and candidate.resolve().is_relative_to(root):
                    if candidate.suffix.lower() in {".eps", ".ps"}:
                        others = [candidate.with_suffix(s) for s in _EXTENSIONS]
                        return next((o for o in others if o.is_file()), candidate)
                    return candidate
            except (OSError, ValueError):
                return None
    return None


def _is_sound(path: Path) -> bool:
    """A first look at the file; the compiler has the last word."""
    magic = _MAGIC.get(path.suffix.lower())
    try:
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError:
        return False
    return bool(head) and (magic is None or head.lstrip()[: len(magic)] == magic or magic in head)


def asset(context: Context, found: Path) -> str:
    """Remember a file the output needs; its path beside the output."""
    root = context.project.root.resolve()
    path = found.resolve().relative_to(root).as_posix()
    context.assets[path] = Asset(path, found)
    return path


@environment("subfigure", "subtable", "subfigure*", "subcaptionblock")
def subfigure(builder: Builder, node: Node) -> None:
    """A part of a figure with a caption of its own, numbered (a), (b), ..."""
    arguments, nodes = environment_arguments(builder, node, "[[[{")
    write_subfigure(builder, node, nodes, None, length(builder.source(arguments[3])))


@macro("subfloat", "subcaptionbox")
def subfloat(builder: Builder, node: Node, cursor: Cursor) -> None:
    """subfig's and subcaption's commands for the same."""
    if node.macroname == "subfloat":
        first, second, argument = cursor.arguments(node, "[[{")
        write_subfigure(builder, node, content(argument), content(second or first))
    else:
        words, _, argument = cursor.arguments(node, "{[{")
        write_subfigure(builder, node, content(argument), content(words))


def write_subfigure(
    builder: Builder, node: Node, nodes: list[Node], words: list[Node] | None, width: str = "auto"
) -> None:
    """``#subfigure(...)`` in the flow of its figure."""
    context = builder.context
    context.need("subfigure")
    saved = context.current
    index = int(context.options.get("subfigure", "0")) + 1
    context.options["subfigure"] = str(index)
    number = saved.number or context.counters.show("figure")
    target = context.current = Target("subfigure", f"{number}{letter(index)}")
    inner = builder.nested()
    inner.run(nodes)
    inner.flush()
    found = next((n for n in _flat(nodes) if is_macro(n, "caption")), None)
    if words is None:
        caption_words = _caption(builder, found, nodes)
    else:
        caption_words = strip(builder.inline(words))
    body = _body(inner.chunks) or [Mark("[]")]
    context.current = saved
    sized = [Mark(f"width: {width}, ")] if width != "auto" else []
    out: Pieces = [Mark("#subfigure("), *sized, *body, Mark(", caption: ["), *caption_words, Mark("])")]
    builder.flush()
    builder.chunks.append(Chunk(UnitKind.FIGURE, [*out, target.anchor()], node.pos, end(node)))


@environment("center", "centering", "flushleft", "flushright", "raggedright")
def center(builder: Builder, node: Node) -> None:
    """Centred blocks. A single table or picture keeps its own block."""
    nodes = children(node)
    side = {"flushleft": "left", "raggedright": "left", "flushright": "right"}.get(
        node.environmentname, "center"
    )
    inner = builder.nested()
    inner.run(nodes)
    inner.flush()
    if builder.context.options.get("in-float"):
        builder.flush()
        builder.chunks.extend(inner.chunks)
        return
    if not inner.chunks:
        builder.flush()
        return
    kind_of = inner.chunks[0].kind if len(inner.chunks) == 1 else UnitKind.PARAGRAPH
    kind_of = UnitKind.TABLE if is_table(nodes) and len(inner.chunks) == 1 else kind_of
    body: Pieces = []
    for index, chunk in enumerate(inner.chunks):
        body += ([Mark("\n\n")] if index else []) + chunk.pieces
    builder.block(kind_of, call(f"align({side})", [Mark("\n"), *body, Mark("\n")]), node)


@environment("minipage", "adjustbox", "landscape", "sloppypar", "spacing", "singlespace", "doublespace", "onehalfspace",
             "adjustwidth", "widetext", "multicols", "multicols*", "small", "footnotesize", "scriptsize", "tiny", "large",
             "normalsize", "threeparttable", "measuredfigure", "samepage", "CJK", "CJK*", "otherlanguage", "savenotes",
             "strip", "fullwidth", "frontmatter", "mainmatter", "appendices", "subappendices", "refsection", "linenumbers",
             "document", "titlepage", "Large", "em", "it", "bf", "itshape", "bfseries", "thenomenclature", "hyphenrules",
             "dblcoltabularx@", "restatable@", "column", "columns", "onecolabstract", "changemargin")  # fmt: skip
def transparent(builder: Builder, node: Node) -> None:
    """Environments that only change the place or size of what is inside."""
    specs = {"minipage": "[[[{", "adjustbox": "{", "spacing": "{", "adjustwidth": "{{", "multicols": "{[", "CJK": "{{",
             "multicols*": "{[", "CJK*": "{{", "otherlanguage": "{", "threeparttable": "[", "column": "[{", "columns": "[",
             "hyphenrules": "{", "changemargin": "{{"}  # fmt: skip
    _, nodes = environment_arguments(builder, node, specs.get(node.environmentname, ""))
    if node.environmentname == "appendices":
        from typlora.convert.document.headings import appendix

        appendix(builder, node, Cursor([], builder.context.text))
    builder.flush()
    builder.run(nodes)
    builder.flush()


__all__ = ["Later", "find_image", "write_float"]
