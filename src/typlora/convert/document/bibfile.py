"""``\\bibliography`` and ``\\printbibliography``: the ``.bbl`` the author saw, or the ``.bib`` files.

A ``.bib`` file is read by `bibtex` and written again with what Typst's reader accepts: entries that are
cited, one of each key, known fields, strings written out. Typst then lists them in its own style, which is
close to the author's, not the same; a ``.bbl`` is preferred because it is what the author saw.
"""

import re
from dataclasses import dataclass

from typlora.convert.document.amsrefs import formatted_entries
from typlora.convert.document.bibliography import plain_latex, reference_word
from typlora.convert.document.bibtex import Fault, Record, read_records, write_record
from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context
from typlora.convert.document.emit import escape
from typlora.convert.document.inline import string
from typlora.convert.document.nodes import Cursor, Node, argument_text, is_macro, known_arguments, walk
from typlora.convert.document.nouns import Asset
from typlora.convert.document.pieces import Code, Later, Pieces
from typlora.tex.project import Project
from typlora.tex.source import SourceText
from typlora.tex.unit import UnitKind

_COMMAND = re.compile(r"^[^%\n]*?(\\(?:bibliography\s*\{[^{}]*\}|printbibliography(?:\s*\[[^\]]*\])?))", re.M)


def insert_bbl(project: Project) -> SourceText:
    """The source with the formatted bibliography where LaTeX would read it."""
    source = formatted_entries(project.source)
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
    "iclr2024_conference": "apa", "ieee": "ieee", "elsarticle-num": "elsevier-with-titles",
    "elsarticle-harv": "elsevier-harvard", "elsarticle-num-names": "elsevier-with-titles", "IEEEtran": "ieee",
    "IEEEtranN": "ieee", "ieeetr": "ieee", "unsrt": "ieee", "spbasic": "springer-basic-author-date",
    "spmpsci": "springer-mathphys", "chem-acs": "american-chemical-society", "unsrtnat": "apa", "dcu": "apa",
    "aer": "chicago-author-date", "ecta": "chicago-author-date", "jf": "chicago-author-date",
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
        faults: list[Fault] = []
        for record in read_records(text, faults):
            if record.key not in context.citations:
                context.citations[record.key] = Native(record, context.unique_label(record.key))

        context.bib_faults += [
            f"{name.strip().removesuffix('.bib')}.bib:{fault.line}: entry '{fault.key}': {fault.what}"
            for fault in faults
        ]


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
    """``#bibliography("paper-references.bib")`` with the cited entries, mended."""
    context = builder.context
    (options, *_) = cursor.arguments(node, "[" if node.macroname == "printbibliography" else "[{")
    if context.options.get("bibliography-done"):
        context.lose(node, "a second bibliography; all entries are in the first one")
        return
    if not any(isinstance(entry, Native) for entry in context.citations.values()):
        context.lose(node, "no formatted bibliography (.bbl) or readable .bib file beside the document")
        return
    context.options["bibliography-done"] = "yes"
    settings = dict(re.findall(r"(\w+)\s*=\s*(\{[^{}]*\}|[^,]*)", builder.source(options)))
    title = (
        settings.get("title", "").strip("{} ") or context.options.get("refname") or reference_word(context)
    )
    if settings.get("heading") == "none" or context.document_class == "beamer":
        title = ""
    builder.block(UnitKind.BIBLIOGRAPHY, [Later(lambda: _write(context, node, plain_latex(title)))], node)


@macro("addbibresource", "ExecuteBibliographyOptions", "DeclareFieldFormat")
def bibliography_setup(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Read already (`collect_files`), or about looks."""
    cursor.arguments(node, "[{{" if node.macroname == "DeclareFieldFormat" else "[{")


def _path(context: Context) -> str:
    """A name that is no file of the author's: the output may stand beside them, and beside other outputs."""
    main = context.project.main
    if main is None:
        return "references.bib"
    path = f"{main.stem}-references.bib"
    return path if path.removesuffix(".bib") not in context.text else f"{main.stem}-typst.bib"


def _write(context: Context, node: Node, title: str) -> Pieces:
    cited = [key.removeprefix("cited:") for key in context.options if key.startswith("cited:")]
    entries = [entry for key, entry in context.citations.items() if isinstance(entry, Native)]
    everything = "*" in cited
    chosen = [entry for entry in entries if everything or entry.record.key in cited]
    if not chosen:
        return []
    written = [write_record(entry.record, entry.label) for entry in chosen]
    path, chosen_style = _path(context), style(context)
    name = context.options.get("biblatex-style") or context.options.get("bst", "") or "the default one"
    context.lose(
        node,
        f"the bibliography is in Typst's style {chosen_style}, not in the author's ({name}): order, labels "
        "and punctuation can differ",
    )
    for fault in context.bib_faults:
        context.lose(node, fault)
    _unseen_notes(context, node, chosen, chosen_style)
    context.assets[path] = Asset(path, None, "\n".join(written).encode())
    arguments = [string(path), f"style: {string(chosen_style)}"]
    if title != _TITLES.get(context.language, "Bibliography"):
        arguments.append(f"title: [{escape(title)}]" if title else "title: none")
    if (not everything and not _all_referenced(context, chosen)) or everything:
        arguments.append("full: true")
    return [Code(f"#bibliography({', '.join(arguments)})")]


def _all_referenced(context: Context, chosen: list[Native]) -> bool:
    return all(context.options.get(f"cited:{entry.record.key}") != "nocite" for entry in chosen)


_TITLES = {
    "ja": "参考文献",
    "de": "Bibliographie",
    "fr": "Bibliographie",
    "es": "Bibliografía",
}  # Typst's own
_SHOWS_NOTES = frozenset({"iso-690-numeric", "iso-690-author-date"})


def _unseen_notes(context: Context, node: Node, chosen: list[Native], used: str) -> None:
    """Fields that BibTeX prints and nearly no style of Typst does."""
    if used in _SHOWS_NOTES:
        return
    for name in ("note", "howpublished"):
        taken = {"publisher", "school", "institution", "organization"}  # else it stands as the publisher
        keys = [
            entry.record.key
            for entry in chosen
            if _words_only(entry.record.fields.get(name, ""))
            and (name == "note" or taken & entry.record.fields.keys())
        ]
        if keys:
            shown = ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
            context.lose(
                node, f"Typst's style does not print the field '{name}' of {shown}; it is in the .bib file"
            )


def _words_only(value: str) -> bool:
    return bool(re.sub(r"\\url\s*\{[^{}]*\}|https?://\S+|[{}\s]", "", value))


# Names of styles that sort by author and number the result, as BibTeX's plain does.
_SORTED = frozenset(
    {"plain", "abbrv", "amsplain", "siam", "siamplain", "acm", "plainurl", "abbrvurl", "amsrefs"}
)
_NUMERIC = "association-for-computing-machinery"  # the one of Typst's that sorts and has full names


def style(context: Context) -> str:
    """Typst's style for the document's."""
    name = context.options.get("biblatex-style") or context.options.get("bst", "")
    numeric = context.options.get("citation-style") == "numeric"
    if name in _STYLES:
        chosen = _STYLES[name]
        if numeric and chosen in {"apa", "chicago-author-date", "harvard-cite-them-right"}:
            return "nature" if context.options.get("citation-super") else _NUMERIC
        return chosen
    if "biblatex" in context.packages:
        if name.startswith(("author", "verbose")):
            return "chicago-author-date"
        return "ieee" if context.options.get("biblatex-sorting") == "none" else _NUMERIC
    if context.options.get("citation-super"):
        return "nature"
    if name in _SORTED:
        return _NUMERIC
    author_year = context.options.get("citation-style") == "author-year"
    if author_year or ("natbib" in context.packages and not numeric):
        return "apa"
    return "ieee"
