"""Small pictures of formulas for the HTML page: SVG whose glyphs are shared by the whole page.

Typst names glyph outlines by their content, so one list of outlines serves every formula and a picture is
only a few references. The SVG is rebuilt from a short list of allowed elements and attributes: candidates
are foreign text, and a page must not run what they bring along.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from typlora.convert.report.items import Item

MOST = 4000  # distinct pictures a page, the worst units first; about 1.5 kB each
_PAGES_A_COMPILE = 200
_HEAD = """\
#set page(width: auto, height: auto, margin: 3pt, fill: none)
#set text(size: 11pt, top-edge: "bounds", bottom-edge: "bounds")
"""
_NUMBERS = re.compile(r"^[\d\s.,eE+\-a-zA-Z()]*$")
_DRAWN = {"d", "transform", "x", "y", "stroke-width"}


class Compiled(Protocol):
    """What a compile gives."""

    @property
    def ok(self) -> bool: ...
    @property
    def pages(self) -> tuple[bytes, ...]: ...


class Compiler(Protocol):
    """``verify.compiler.CompilerPool`` or a stand-in."""

    def compile(self, source: str, format: str = "pdf") -> Compiled: ...


@dataclass(slots=True)
class Pictures:
    """``glyphs`` are the outlines by short name; ``svg`` the pictures by (typst, display)."""

    glyphs: dict[str, str] = field(default_factory=dict)
    svg: dict[tuple[str, bool], str] = field(default_factory=dict)


def render(items: Sequence[Item], pool: Compiler, most: int = MOST) -> Pictures:
    """Pictures of the formulas among ``items``, the first ``most`` distinct ones; failures have none."""
    wanted: dict[tuple[str, bool], None] = {}
    for item in items:
        if item.kind == "formula" and item.typst:
            wanted.setdefault((item.typst, item.display))
            if len(wanted) == most:
                break
    pictures = Pictures()
    names: dict[str, str] = {}
    keys = list(wanted)
    for start in range(0, len(keys), _PAGES_A_COMPILE):
        _some(keys[start : start + _PAGES_A_COMPILE], pool, pictures, names)
    return pictures


def _some(
    keys: Sequence[tuple[str, bool]], pool: Compiler, pictures: Pictures, names: dict[str, str]
) -> None:
    source = _HEAD + "\n#pagebreak()\n".join(_equation(*key) for key in keys)
    compiled = pool.compile(source, format="svg")
    if compiled.ok and len(compiled.pages) == len(keys):
        for key, page in zip(keys, compiled.pages, strict=True):
            if (svg := _rebuild(page, pictures, names)) is not None:
                pictures.svg[key] = svg
    elif len(keys) > 1:
        half = len(keys) // 2
        _some(keys[:half], pool, pictures, names)
        _some(keys[half:], pool, pictures, names)


def _equation(typst: str, display: bool) -> str:
    return f"$ {typst}\n$" if display else f"${typst.strip()}$"


def _rebuild(page: bytes, pictures: Pictures, names: dict[str, str]) -> str | None:
    """The picture without its outlines, which go to ``pictures.glyphs``; ``None`` for anything unexpected."""
    from lxml import etree

    try:
        root = etree.fromstring(page, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None
    width, height = root.get("width", "0pt"), root.get("height", "0pt")
    if not (_NUMBERS.match(width) and _NUMBERS.match(height)):
        return None
    for symbol in root.iter("{http://www.w3.org/2000/svg}symbol"):
        outline = symbol.find("{http://www.w3.org/2000/svg}path")
        name, shape = symbol.get("id", ""), "" if outline is None else outline.get("d", "")
        if not name or not _NUMBERS.match(shape):
            return None
        if name not in names:
            names[name] = f"g{len(names):x}"
            pictures.glyphs[names[name]] = _rounded(shape, 3)
    drawn = _children(root, names)
    if drawn is None:
        return None
    box = f"{_short(width)} {_short(height)}"
    return f'<svg viewBox="0 0 {box}" width="{width}" height="{height}">{drawn}</svg>'


def _children(parent: object, names: dict[str, str]) -> str | None:
    from lxml import etree

    assert isinstance(parent, etree._Element)
    out: list[str] = []
    for child in parent:
        tag = str(child.tag).rpartition("}")[2]
        if tag == "defs":
            continue
        inner = _children(child, names) if tag == "g" else ""
        attributes = _attributes(child, tag, names)
        if tag not in {"g", "use", "path"} or inner is None or attributes is None:
            return None
        out.append(f"<{tag}{attributes}>{inner}</{tag}>" if tag == "g" else f"<{tag}{attributes}/>")
    return "".join(out)


def _attributes(element: object, tag: str, names: dict[str, str]) -> str | None:
    from lxml import etree

    assert isinstance(element, etree._Element)
    out = ""
    for raw, value in element.attrib.items():
        key, value = str(raw).rpartition("}")[2], str(value)
        if key == "href":
            name = names.get(value.removeprefix("#"))
            if name is None:
                return None
            out += f' href="#{name}"'
        elif key in _DRAWN and _NUMBERS.match(value):
            if not (key in {"x", "y"} and value == "0"):
                out += f' {key}="{_rounded(value)}"'
        elif key in {"fill", "stroke"} and re.fullmatch(r"none|#[0-9a-fA-F]{3,8}", value):
            ink = "currentColor" if value == "#000000" else value
            if tag != "use" or ink != "currentColor":
                out += f' {key}="{ink}"'
    return out


def _rounded(numbers: str, places: int = 2) -> str:
    return re.sub(r"-?\d+\.\d{3,}", lambda found: f"{float(found[0]):.{places}f}", numbers)


def _short(length: str) -> str:
    return re.sub(r"[a-zA-Z]", "", length)
