"""Citations of works that Typst's own bibliography holds: ``@key``, ``#cite(...)``, or words around them.

Typst forms a parenthesis of its own and has no note before a work; where LaTeX puts one there, or leaves the
parentheses out, the parts are written one by one. Most numeric styles of Typst do not print a note behind
the number (seen with all built-in styles), so it is written behind the bracket.
"""

from typlora.convert.document.bibfile import Native, style
from typlora.convert.document.context import Context
from typlora.convert.document.inline import string
from typlora.convert.document.names import all_names, short_names
from typlora.convert.document.pieces import Code, Mark, Piece, Pieces, Reference, Styled, Text, is_empty

_AUTHOR_YEAR = frozenset(
    [
        "apa",
        "chicago-author-date",
        "harvard-cite-them-right",
        "mla",
        "elsevier-harvard",
        "springer-basic-author-date",
    ]
)
_SHOW_NOTES = frozenset({"ieee"})  # numeric styles that print a supplement
_TEXTUAL = frozenset({"citet", "textcite", "citeasnoun", "citeA", "citeN", "shortciteN", "citealt"})


def native_citation(
    context: Context, command: str, keys: list[str], before: Pieces, after: Pieces, *, starred: bool = False
) -> Pieces:
    """One citation command; ``before`` and ``after`` are its notes."""
    entries = [entry for key in keys if isinstance(entry := context.citations[key], Native)]
    lower = command[0].lower() + command[1:]
    alone = _parts(lower, entries, starred)
    if alone is not None:
        lead = [*before, Text(" ")] if not is_empty(before) else []
        tail = [Text(", "), *after] if not is_empty(after) else []
        return [*lead, *alone, *tail]
    if style(context) in _AUTHOR_YEAR:
        return _author_year(context, lower, entries, before, after, starred)
    return _numeric(context, lower, entries, before, after, starred)


def _parts(command: str, entries: list[Native], starred: bool) -> Pieces | None:
    """Commands that print a part of the entry, the same in every style."""
    if command in {"citeauthor", "citefullauthor"}:
        full = starred or command == "citefullauthor"
        return _joined([[Text(all_names(e.record) if full else short_names(e.record))] for e in entries])
    if command in {"citeyear", "citedate"}:
        return _joined([[_cite(entry, "year")] for entry in entries])
    if command == "citeyearpar":
        return [Text("("), *_joined([[_cite(entry, "year")] for entry in entries]), Text(")")]
    if command in {"fullcite", "footfullcite"}:
        return _joined([[_cite(entry, "full")] for entry in entries])
    if command == "citetitle":
        from typlora.convert.document.bibtex import clean_field

        titles = [clean_field("title", e.record.fields.get("title", "")) or e.record.key for e in entries]
        shown = (title.replace("{", "").replace("}", "").replace("\\", "") for title in titles)
        return _joined([[Styled("_", (Text(title),))] for title in shown])
    if command == "citeurl":
        urls = [e.record.fields.get("url", "") for e in entries]
        return _joined([[Code(f"#link({string(url)})")] for url in urls if url]) or None
    return None


def _author_year(
    context: Context, command: str, entries: list[Native], before: Pieces, after: Pieces, starred: bool
) -> Pieces:
    biblatex = "biblatex" in context.packages
    comma = (
        "\u00a0" if biblatex or style(context) == "chicago-author-date" else ", "
    )  # Typst joins cites at a space
    lead: Pieces = [*before, Text(" ")] if not is_empty(before) else []
    tail: Pieces = [Text(", "), *after] if not is_empty(after) else []
    if command in _TEXTUAL - {"citealt"} or (
        command == "cite" and not biblatex and "natbib" in context.packages
    ):
        between = " and " if biblatex and len(entries) == 2 else "; "
        if lead or starred:
            rows: list[Pieces] = []
            for entry in entries:
                note = tail if entry is entries[-1] else []
                rows.append(
                    [*_name(entry, starred), Text(" ("), *lead, _cite(entry, "year"), *note, Text(")")]
                )
            return _joined(rows, between)
        last = entries[-1]
        return _joined([[_cite(e, "prose", after if e is last else [])] for e in entries], between)
    if starred and command == "parencite":
        return [Text("("), *lead, *_joined([[_cite(e, "year")] for e in entries]), *tail, Text(")")]
    bare = command in {"citealp", "citealt", "footcite", "smartcite"} or (command == "cite" and biblatex)
    if not bare and not lead and not starred:
        return _bracketed(entries, after)
    comma = "\u00a0" if command == "citealt" else comma
    rows = [[*_name(entry, starred), Text(comma), _cite(entry, "year")] for entry in entries]
    body = [*lead, *_joined(rows, "; "), *tail]
    return body if bare else [Text("("), *body, Text(")")]


def _numeric(
    context: Context, command: str, entries: list[Native], before: Pieces, after: Pieces, starred: bool
) -> Pieces:
    lead: Pieces = [*before, Text(" ")] if not is_empty(before) else []
    inside = style(context) in _SHOW_NOTES
    tail: Pieces = [Text(", "), *after] if not inside and not is_empty(after) else []
    note = after if inside else []
    if command in _TEXTUAL:
        rows: list[Pieces] = []
        for entry in entries:
            last = entry is entries[-1]
            name = all_names(entry.record) if starred else short_names(entry.record)
            rows.append([Text(f"{name} "), *_bracketed([entry], note if last else [])])
        return [*lead, *_joined(rows), *tail]
    if command == "supercite":
        return [Mark("#super["), *lead, *_bracketed(entries, note), *tail, Code("]")]
    return [*lead, *_bracketed(entries, note), *tail]


def _bracketed(entries: list[Native], after: Pieces) -> Pieces:
    """Works that Typst puts into one parenthesis or bracket."""
    out: Pieces = []
    for entry in entries:
        out += [Text(" ")] if out else []
        out += (
            [Reference(entry.label)] if entry is not entries[-1] or is_empty(after) else _noted(entry, after)
        )
    return out


def _noted(entry: Native, after: Pieces) -> Pieces:
    return [Mark(f"#cite(<{entry.label}>, supplement: ["), *after, Code("])")]


def _name(entry: Native, starred: bool) -> Pieces:
    return [Text(all_names(entry.record))] if starred else [_cite(entry, "author")]


def _cite(entry: Native, form: str, after: Pieces | None = None) -> Piece:
    if after:
        from typlora.convert.document.pieces import Later

        noted = [Mark(f'#cite(<{entry.label}>, form: "{form}", supplement: ['), *after, Code("])")]
        return Later(lambda: noted)
    return Code(f'#cite(<{entry.label}>, form: "{form}")')


def _joined(rows: list[Pieces], between: str = ", ") -> Pieces:
    out: Pieces = []
    for row in rows:
        out += [Text(between)] if out else []
        out += row
    return out
