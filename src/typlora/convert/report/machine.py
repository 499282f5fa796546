"""The report as JSON for programs; docs/report.md documents the schema."""

import json
from typing import Any

from typlora.convert.report.items import Document, Item, Report

SCHEMA = 1


def to_json(report: Report) -> str:
    """One JSON object, indented, ending in a newline."""
    return json.dumps(to_dict(report), ensure_ascii=False, indent=1) + "\n"


def to_dict(report: Report) -> dict[str, Any]:
    """The report as plain values."""
    return {
        "schema": SCHEMA,
        "typlora": report.typlora,
        "typst": report.typst,
        "engine": report.engine,
        "seconds": round(report.seconds, 3),
        "losses": report.losses(),
        "documents": [_document(document) for document in report.documents],
    }


def _document(document: Document) -> dict[str, Any]:
    return {
        "source": document.source,
        "output": document.output,
        "seconds": round(document.seconds, 3),
        "counts": {str(status): count for status, count in document.counts().items()},
        "engines": document.engines(),
        "notes": list(document.notes),
        "words": None if document.words is None else {"checked": document.words, "missing": document.missing},
        "items": [_item(item) for item in document.items],
    }


def _item(item: Item) -> dict[str, Any]:
    span = item.span
    return {
        "kind": item.kind,
        "status": str(item.status),
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "latex": item.latex,
        "typst": item.typst,
        "display": item.display,
        "engine": item.engine,
        "note": item.note,
        "differences": list(item.differences),
        "seconds": round(item.seconds, 5),
    }
