"""The report as one self-contained HTML page: nothing is fetched, and nothing foreign can run in it.

The data travel as JSON inside the page; rows are built by script as they scroll into view, as text and never
as HTML, so LaTeX and Typst from anywhere are only ever shown. Pictures come from ``render``, which rebuilds
them from a short list of allowed elements.
"""

from importlib import resources
from pathlib import Path
from typing import Any

from typlora.convert.report.items import Document, Item, Report
from typlora.convert.report.render import Compiler, Pictures, render
from typlora.convert.report.template import fill, link_to

LONGEST = 4000  # characters of LaTeX or Typst shown of one unit; the whole is in the sources


def to_html(report: Report, pool: Compiler | None = None, folder: Path | None = None) -> str:
    """The page. Without a ``pool`` formulas are not rendered.

    ``folder`` is where the page will stand: places then link to the files of the source.
    """
    items = [item for document in report.documents for item in document.items]
    pictures = render(items, pool) if pool is not None else Pictures()
    data = {
        "typlora": report.typlora,
        "typst": report.typst,
        "engine": report.engine,
        "seconds": round(report.seconds, 2),
        "documents": [_document(document, pictures, folder) for document in report.documents],
    }
    template = resources.files("typlora.convert.report").joinpath("page.html").read_text("utf-8")
    return fill(template, data, pictures.glyphs)


def _links(document: Document, folder: Path | None) -> dict[str, str]:
    """Where each file of the source stands, seen from the page; files that are not there have no link."""
    if folder is None:
        return {}
    source = Path(document.source)
    root = source if source.is_dir() else source.parent
    files = {item.span.file for item in document.items if item.span.file}
    return {name: link_to(root / name, folder) for name in sorted(files) if (root / name).is_file()}


def _document(document: Document, pictures: Pictures, folder: Path | None) -> dict[str, Any]:
    return {
        "source": document.source,
        "links": _links(document, folder),
        "output": document.output,
        "seconds": round(document.seconds, 2),
        "notes": list(document.notes),
        "counts": {str(status): count for status, count in document.counts().items()},
        "engines": document.engines(),
        "items": [_item(item, pictures) for item in document.items],
    }


def _item(item: Item, pictures: Pictures) -> dict[str, Any]:
    """Short keys and no empty values: a long document has thousands of these."""
    found: dict[str, Any] = {
        "k": item.kind,
        "s": str(item.status),
        "f": item.span.file,
        "l": item.span.line,
        "x": _cut(item.latex),
        "t": _cut(item.typst),
        "d": item.display,
        "e": item.engine,
        "n": item.note,
        "v": list(item.differences) if item.differences and not item.note else [],
        "p": pictures.svg.get((item.typst, item.display), ""),
    }
    return {key: value for key, value in found.items() if value}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + f"\n… {len(text) - LONGEST} more characters"
