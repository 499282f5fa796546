"""``\\bibliography`` and ``\\printbibliography``: the ``.bbl`` the author saw, or the ``.bib`` files.

A ``.bib`` file is read by `bibtex` and written again with what Typst's reader accepts: entries that are
cited, one of each key, known fields, strings written out. Typst then lists them in its own style, which is
close to the author's, not the same; a ``.bbl`` is preferred because it is what the author saw.
"""

import re
from dataclasses import dataclass

from typlora.convert.document.bibtex import Record, read_records, write_record
from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context
from typlora.convert.document.inline import string
from typlora.convert.document.nodes import Cursor, Node, argument_text, is_macro, known_arguments, walk
from typlora.convert.document.nouns import Asset
from typlora.convert.document.pieces import Code, Later, Mark, Piece, Pieces, Reference, Text, is_empty
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


@dataclass(eq=False, slots=True)
class Native:
    """An entry that Typst's bibliography holds."""

    record: Record
    label: str


# Style files of BibTeX and styles of biblatex: the one of Typst's that looks most alike.
_STYLES = {
    "plainnat": "apa", "abbrvnat": "apa", "apalike": "apa", "apa": "apa", "authoryear": "chicago-author-date",
    "agsm": "harvard-cite-them-right", "chicago": "chicago-author-date", "harvard": "harvard-cite-them-right",
    "acm": "association-for-computing-machinery", "nature": "nature", "mla": "mla", "vancouver": "vancouver",
    "apsrev": "american-physics-society", "apsrev4-1": "american-physics-society",
    "phys": "american-physics-society",
    "apsrev4-2": "american-physics-society", "splncs04": "springer-lecture-notes-in-computer-science",
    "chicago-authordate": "chicago-author-date", "authoryear-comp": "chicago-author-date",
    "science": "nature",
    "ACM-Reference-Format": "association-for-computing-machinery", "humannat": "apa",
    "iclr2024_conference": "apa",
}  # fmt: skip


def collect_files(context: Context, nodes: list[Node]) -> None:
    """Read the ``.bib`` files a document names, so that citations know which keys exist."""
    names: list[str] = []
    for node in walk(nodes):
        if is_macro(node, "bibliography", "addbibresource"):
            arguments = known_arguments(node)
            names += argument_text(arguments[-1][1], context.text).split(",") if arguments else []
        elif is_macro(node, "bibliographystyle") and known_arguments(node):
            context.options["bst"] = argument_text(known_arguments(node)[-1][1], context.text)
    if context.citations:
        return  # a formatted bibliography was found
    for name in names:
        text = _read(context, name.strip())
        if text is None:
            continue
        for record in read_records(text):
            if record.key not in context.citations:
                context.citations[record.key] = Native(record, context.unique_label(record.key))


def _read(context: Context, name: str) -> str | None:
    root = context.project.root.resolve()
    path = root / (name if name.endswith(".bib") else f"{name}.bib")
    try:
        if not path.resolve().is_relative_to(root) or path.stat().st_size > 10_000_000:
            return None
        data = path.read_bytes()
    except (OSError, ValueError):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


@macro("bibliography", "printbibliography")
def bibliography(builder: Builder, node: Node, cursor: Cursor) -> None:
    """``#bibliography("references.bib")`` with the cited entries, mended."""
    context = builder.context
    cursor.arguments(node, "[" if node.macroname == "printbibliography" else "[{")
    if context.options.get("bibliography-done"):
        context.lose(node, "a second bibliography; all entries are in the first one")
        return
    if not any(isinstance(entry, Native) for entry in context.citations.values()):
        context.lose(node, "no formatted bibliography (.bbl) or readable .bib file beside the document")
        return
    context.options["bibliography-done"] = "yes"
    builder.block(UnitKind.BIBLIOGRAPHY, [Later(lambda: _write(context, node))], node)


@macro("addbibresource", "ExecuteBibliographyOptions", "DeclareFieldFormat")
def bibliography_setup(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Read already (`collect_files`), or about looks."""
    cursor.arguments(node, "[{{" if node.macroname == "DeclareFieldFormat" else "[{")


def _write(context: Context, node: Node) -> Pieces:
    cited = [key.removeprefix("cited:") for key in context.options if key.startswith("cited:")]
    entries = [entry for key, entry in context.citations.items() if isinstance(entry, Native)]
    everything = "*" in cited
    chosen = [entry for entry in entries if everything or entry.record.key in cited]
    if not chosen:
        return []
    written = [write_record(entry.record, entry.label) for entry in chosen]
    path, chosen_style = "references.bib", style(context)
    name = context.options.get("biblatex-style") or context.options.get("bst", "") or "the default one"
    context.lose(
        node,
        f"the bibliography is in Typst's style {chosen_style}, not in the author's ({name}): order, labels "
        "and punctuation can differ",
    )
    context.assets[path] = Asset(path, None, "\n".join(written).encode())
    arguments = [string(path), f"style: {string(chosen_style)}"]
    if (not everything and not _all_referenced(context, chosen)) or everything:
        arguments.append("full: true")
    return [Code(f"#bibliography({', '.join(arguments)})")]


def _all_referenced(context: Context, chosen: list[Native]) -> bool:
    return all(context.options.get(f"cited:{entry.record.key}") != "nocite" for entry in chosen)


def style(context: Context) -> str:
    """Typst's style for the document's."""
    name = context.options.get("biblatex-style") or context.options.get("bst", "")
    if name in _STYLES:
        chosen = _STYLES[name]
        numeric = context.options.get("citation-style") == "numeric"
        return "ieee" if numeric and chosen in {"apa", "chicago-author-date"} else chosen
    if "biblatex" in context.packages:
        return "ieee"
    if context.options.get("citation-style") == "author-year" or (
        "natbib" in context.packages and context.options.get("citation-style") != "numeric"
    ):
        return "apa"
    return "ieee"


def native_citation(context: Context, command: str, keys: list[str], before: Pieces, after: Pieces) -> Pieces:
    """A citation of entries that Typst's own bibliography holds; notes become supplements."""
    lower = command[0].lower() + command[1:]
    forms = {
        "citet": "prose", "textcite": "prose", "citeauthor": "author", "citefullauthor": "author",
        "citeyear": "year",
        "citeyearpar": "year", "citealt": "prose", "citeasnoun": "prose", "fullcite": "full",
        "citetitle": "full",
    }  # fmt: skip
    form = forms.get(lower, "")
    out: Pieces = [*before, Text(" ")] if not is_empty(before) else []
    for index, key in enumerate(keys):
        entry = context.citations[key]
        if not isinstance(entry, Native):
            continue
        last = index == len(keys) - 1 and not is_empty(after)
        if index:
            out.append(Text(", " if form else " "))
        out.extend(_one(entry, form, after if last else []))
    return out


def _one(entry: Native, form: str, after: Pieces) -> list[Piece]:
    if not form and not after:
        return [Reference(entry.label)]
    settings = f', form: "{form}"' if form else ""
    if not after:
        return [Code(f"#cite(<{entry.label}>{settings})")]
    return [Mark(f"#cite(<{entry.label}>{settings}, supplement: ["), *after, Code("])")]
