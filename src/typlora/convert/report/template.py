"""Fill a page's template: the shared look and script, outlines of glyphs, and the data as JSON.

A page stays one file that fetches nothing: everything is written into it.
"""

import json
import os
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from urllib.parse import quote


def fill(template: str, data: object, glyphs: Mapping[str, str]) -> str:
    """The page. ``template`` has the marks ``{{look}}``, ``{{script}}``, ``{{glyphs}}`` and ``{{data}}``."""
    folder = resources.files("typlora.convert.report")
    symbols = "".join(
        f'<symbol id="{name}" overflow="visible"><path d="{shape}"/></symbol>'
        for name, shape in glyphs.items()
    )
    parts = {
        "{{look}}": folder.joinpath("look.css").read_text("utf-8"),
        "{{script}}": folder.joinpath("look.js").read_text("utf-8"),
        "{{glyphs}}": symbols,
        "{{data}}": script_json(data),
    }
    page, rest = "", template
    # In the order in which they stand, so that what was put in is never searched for marks.
    for mark in sorted(parts, key=template.index):
        head, _, rest = rest.partition(mark)
        page += head + parts[mark]
    return page + rest


def script_json(data: object) -> str:
    """JSON that may stand inside ``<script>``: no ``<``, so neither ``</script>`` nor ``<!--`` can occur."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return (
        (
            text.replace("<", "\\u003c")
            .replace(">", "\\u003e")
            .replace("\u2028", "\\u2028")
            .replace("\u2029", "\\u2029")
        )
        .encode("utf-8", "replace")
        .decode("utf-8")
    )


def link_to(path: Path, folder: Path) -> str:
    """The address of a file for a page that stands in ``folder``."""
    try:
        return quote(os.path.relpath(path.resolve(), folder.resolve()).replace(os.sep, "/"))
    except ValueError:  # another drive
        return path.resolve().as_uri()
