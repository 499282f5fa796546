"""Acronyms and glossaries (glossaries, acronym, acro): in full where they are used first, short afterwards.

Definitions are read from the source, wherever they stand; their words are converted where they are used.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from typlora.convert.document.builder import Builder, environment, macro
from typlora.convert.document.context import Context, GlossaryEntry
from typlora.convert.document.headings import write_heading
from typlora.convert.document.nodes import NO_NODE, Cursor, Node
from typlora.convert.document.pieces import Later, Mark, Piece, Pieces, Shift, Text, strip
from typlora.convert.document.slices import inline_slice
from typlora.tex.unit import UnitKind

_GROUP = r"\{((?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)\}"
_OPTIONS = r"(?:\[((?:[^\[\]{}]|\{[^{}]*\})*)\])?"
_ACRONYM = re.compile(rf"\\newacronym\s*{_OPTIONS}\s*{_GROUP}\s*{_GROUP}\s*{_GROUP}")
_SHORT_LONG = re.compile(rf"\\(?:acro|newacro|acrodef)\s*{_GROUP}\s*{_OPTIONS}\s*{_GROUP}")
_KEYED = re.compile(rf"\\(?:newglossaryentry|DeclareAcronym|newabbreviation)\s*{_GROUP}\s*{_GROUP}")


@dataclass(frozen=True, slots=True)
class _Use:
    """What a command prints: which form, plural or not, with a capital or not."""

    form: str = "first"
    plural: bool = False
    capital: bool = False


_USES = {
    **dict.fromkeys(("gls", "ac", "glsxtrfull"), _Use()),
    **dict.fromkeys(("glspl", "acp"), _Use(plural=True)),
    **dict.fromkeys(("Gls", "Ac", "GLS"), _Use(capital=True)),
    **dict.fromkeys(("Glspl", "Acp"), _Use(plural=True, capital=True)),
    **dict.fromkeys(
        ("acrshort", "acs", "glsentryshort", "glsentrytext", "glsxtrshort", "glstext"), _Use("short")
    ),
    **dict.fromkeys(("acrshortpl", "acsp"), _Use("short", plural=True)),
    **dict.fromkeys(
        ("acrlong", "acl", "glsentrylong", "glsxtrlong", "glsentryname", "glsname"), _Use("long")
    ),
    **dict.fromkeys(("acrlongpl", "aclp"), _Use("long", plural=True)),
    **dict.fromkeys(("Acrlong", "Acl"), _Use("long", capital=True)),
    **dict.fromkeys(("acrfull", "acf"), _Use("full")),
    **dict.fromkeys(("acrfullpl", "acfp"), _Use("full", plural=True)),
    **dict.fromkeys(("glsdesc", "glsentrydesc"), _Use("description")),
}


def entries(context: Context) -> dict[str, GlossaryEntry]:
    """The entries of the document by their keys, read once."""
    if context.glossary is None:
        context.glossary = {}
        text = context.text
        for found in _ACRONYM.finditer(text):
            plural = _keyed(text, found.span(1), "longplural"), _keyed(text, found.span(1), "shortplural")
            entry = GlossaryEntry(found.span(3), found.span(4), True, plural[1], plural[0])
            context.glossary[found[2].strip()] = entry
        for found in _SHORT_LONG.finditer(text):
            short = found.span(2) if found[2] else found.span(1)
            context.glossary[found[1].strip()] = GlossaryEntry(short, found.span(3), True)
        for found in _KEYED.finditer(text):
            at = found.span(2)
            brief, full = _keyed(text, at, "short"), _keyed(text, at, "long")
            made = GlossaryEntry(brief, full, True) if brief and full else _term_of(text, found)
            context.glossary[found[1].strip()] = made
    return context.glossary


def _term_of(text: str, found: re.Match[str]) -> GlossaryEntry:
    """``\\newglossaryentry{key}{name=..., description=...}``."""
    name, said = (_keyed(text, found.span(2), key) for key in ("name", "description"))
    return GlossaryEntry(name or found.span(1), said or (0, 0), False, _keyed(text, found.span(2), "plural"))


def _keyed(text: str, span: tuple[int, int], key: str) -> tuple[int, int] | None:
    """Where the value of a key stands."""
    if span[0] < 0:
        return None
    pattern = re.compile(rf"(?<![a-z]){key}\s*=\s*(?:{_GROUP}|([^,{{}}]*))")
    found = pattern.search(text, *span)
    return None if found is None else found.span(1) if found[1] is not None else found.span(2)


@macro(*_USES)
def use(builder: Builder, node: Node, cursor: Cursor) -> None:
    """``\\gls{key}`` and its relatives."""
    star, _, argument = cursor.arguments(node, "*[{")
    following = cursor.peek(skip_blank=False)
    ending: Node | None = None
    if str(getattr(following, "chars", "")).startswith("['"):  # \gls{key}['s]
        (ending,) = cursor.arguments(NO_NODE, "[")
    key, context, how = builder.source(argument), builder.context, _USES[node.macroname]
    entry = entries(context).get(key)
    if entry is None:
        context.lose(node, f"'{key}' is in no glossary; its key is shown")
        builder.add(Text(key))
        return
    form = how.form
    if form == "first":
        again = context.glossary_used.get(key) or not entry.acronym
        form = "short" if again else "full"
    if how.form in {"first", "full"} and star is None:
        context.glossary_used[key] = True
    shown = _shown(builder, entry, form, how.plural)
    builder.add(*(_capital(shown) if how.capital else shown), *builder.argument(ending))


def _shown(builder: Builder, entry: GlossaryEntry, form: str, plural: bool) -> Pieces:
    short = _part(builder, entry.short, entry.shorts, plural)
    if form == "short" or (not entry.acronym and form != "description"):
        return short
    long = _part(builder, entry.long, entry.longs, plural)
    return long if form != "full" else [*long, Text(" ("), *short, Text(")")]


def _part(builder: Builder, one: tuple[int, int], several: tuple[int, int] | None, plural: bool) -> Pieces:
    if plural and several:
        return strip(inline_slice(builder, *several))
    pieces = strip(inline_slice(builder, *one))
    return [*pieces, Text("s")] if plural else pieces


def _capital(pieces: Pieces) -> Pieces:
    first: Piece | None = pieces[0] if pieces else None
    if isinstance(first, Text):
        return [Text(first.text[:1].upper() + first.text[1:]), *pieces[1:]]
    return pieces


@macro("newacronym", "newacro", "acrodef", "newglossaryentry", "DeclareAcronym", "newabbreviation", "acro")
def definition(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Read already (`entries`)."""
    spec = {"newacronym": "[{{{", "newabbreviation": "[{{{", "newglossaryentry": "{{", "DeclareAcronym": "{{"}
    cursor.arguments(node, spec.get(node.macroname, "{[{"))


@macro("glsresetall", "acresetall")
def reset(builder: Builder, node: Node, cursor: Cursor) -> None:
    """From here on everything is used for the first time."""
    used = builder.context.glossary_used
    used.update(dict.fromkeys(used, False))


@macro(
    "printglossary",
    "printnoidxglossary",
    "printglossaries",
    "printacronyms",
    "printnoidxglossaries",
)
def print_glossary(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The entries that the document uses, as terms under a heading."""
    options = builder.source(cursor.arguments(node, "[")[0])
    asked = node.macroname
    kinds = [True] if "acronym" in asked + options else [False, True] if "glossaries" in asked else [False]
    title = re.search(r"title\s*=\s*(\{[^{}]*\}|[^,]*)", options)
    known = entries(builder.context)
    for acronyms in kinds:
        keys = sorted((key for key, entry in known.items() if entry.acronym is acronyms), key=str.lower)
        if keys:
            usual = "Acronyms" if acronyms else "Glossary"
            _list(builder, node, title[1].strip("{} ") if title else usual, keys)


def _list(builder: Builder, node: Node, title: str, keys: list[str]) -> None:
    """Terms under a heading; those that nothing uses are left out once all is read."""
    context = builder.context
    level = "chapter" if context.chapters else "section"
    write_heading(builder, node, level, [Text(title)], starred=True)
    terms = {key: _term(builder, key) for key in keys}
    everything = "\\glsaddall" in context.text

    def pieces() -> Pieces:
        shown = [term for key, term in terms.items() if everything or key in context.glossary_used]
        return _lines(shown or list(terms.values()))

    builder.block(UnitKind.LIST, [Later(pieces)], node)


def _lines(terms: Sequence[Pieces]) -> Pieces:
    """A line for each."""
    return [piece for n, term in enumerate(terms) for piece in ([Mark("\n")] if n else []) + term]


def _term(builder: Builder, key: str) -> Pieces:
    entry = entries(builder.context)[key]
    name = strip(inline_slice(builder, *entry.short))
    return [
        Mark("/ #["),
        *name,
        Mark("]: "),
        Shift(2),
        *strip(inline_slice(builder, *entry.long)),
        Shift(-2),
    ]


@environment("acronym")
def acronyms(builder: Builder, node: Node) -> None:
    """The list of the package acronym: all that it defines."""
    source = builder.context.text[node.pos : node.pos + node.len]
    keys = [found[1].strip() for found in _SHORT_LONG.finditer(source)]
    terms = [_term(builder, key) for key in keys if key in entries(builder.context)]
    builder.block(UnitKind.LIST, _lines(terms), node)


@macro("nomenclature")
def nomenclature(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A symbol and what it means, for ``\\printnomenclature``."""
    _, symbol, meaning = cursor.arguments(node, "[{{")
    words = [Mark("/ #["), *strip(builder.argument(symbol)), Mark("]: "), *strip(builder.argument(meaning))]
    builder.context.symbols.append(words)
    if "\\printnomenclature" not in builder.context.text:
        builder.context.lose(node, "the list of symbols is not printed by the document")


@macro("printnomenclature")
def print_nomenclature(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The symbols that the whole document names."""
    cursor.arguments(node, "[")
    context = builder.context
    write_heading(
        builder, node, "chapter" if context.chapters else "section", [Text("Nomenclature")], starred=True
    )
    builder.block(UnitKind.LIST, [Later(lambda: _lines(context.symbols))], node)
