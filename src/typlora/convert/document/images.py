"""Pictures: found as LaTeX finds them, placed with their size, copied beside the output."""

import re
from pathlib import Path, PurePosixPath

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context
from typlora.convert.document.inline import string
from typlora.convert.document.lengths import length
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.nouns import Asset
from typlora.convert.document.pieces import Code

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


@macro("includegraphics", "includesvg", "includepdf", "epsfig", "tcbincludegraphics")
def includegraphics(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A picture, or a visible placeholder where the file is missing or of a kind Typst cannot read."""
    _, options, argument = cursor.arguments(node, "*[{")
    name = builder.source(argument).strip('"')
    builder.add(Code(image(builder.context, node, name, builder.source(options))))


def image(context: Context, node: Node, name: str, options: str) -> str:
    """``#image("path", width: ...)``."""
    found = find_image(context, name, beside=PurePosixPath(context.node_span(node).file).parent.as_posix())
    if found is None or found.suffix.lower() not in _READABLE or not _is_sound(found):
        what = "is missing" if found is None else f"is {found.suffix or 'of a kind'} that Typst cannot read"
        context.lose(node, f"picture '{name}' {what}; a placeholder stands for it")
        context.need("missing-image")
        asked = re.search(r"(?:^|,)\s*width\s*=\s*([^,]*)", options)
        width = length(asked[1].strip("{} ")) if asked else "auto"
        return f"#missing-image({string(name)}{'' if width == 'auto' else f', width: {width}'})"
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


def find_image(context: Context, name: str, beside: str = "") -> Path | None:
    """The file LaTeX would take, below the project folder.

    ``beside`` is the folder of the file that asks, where the ``import`` package lets LaTeX look.
    """
    root = context.project.root.resolve()
    if not name or len(name) > 1000 or "\x00" in name:
        return None
    for folder in ["", *context.graphics_paths, beside]:
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
