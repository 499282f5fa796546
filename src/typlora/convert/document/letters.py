"""Letters of the classes letter and scrlttr2: who writes to whom, and what stands around the text."""

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.nodes import Cursor, Node, content
from typlora.convert.document.pieces import LINE_BREAK, Code, Mark, Pieces, Text, is_empty, strip
from typlora.convert.document.titles import today
from typlora.tex.unit import UnitKind

_WORDS = {
    "encl": {"en": "encl:", "de": "Anlage(n):", "fr": "P. J. :", "es": "Adjunto(s):", "pt": "Anexo:",
             "it": "Allegati:", "nl": "Bijlage(n):"},
    "cc": {"en": "cc:", "de": "Verteiler:", "fr": "Copie à :", "es": "Copia a:", "pt": "Cópia:",
           "it": "e p. c.:", "nl": "cc:"},
}  # fmt: skip
# KOMA-Script's line of references, and what it calls them in English and in German.
_REFERENCES = {
    "yourref": ("Your ref.", "Ihr Zeichen"), "yourmail": ("Your letter of", "Ihr Schreiben vom"),
    "myref": ("Our ref.", "Unser Zeichen"), "customer": ("Customer no.", "Kundennummer"),
    "invoice": ("Invoice no.", "Rechnungsnummer"),
}  # fmt: skip
# Parts of the sender that KOMA-Script prints only where an option of the class asks for them.
_OPTIONAL = {"fromphone": ("Phone", "Telefon"), "fromfax": ("Fax", "Telefax"),
             "fromemail": ("Email", "E-Mail"), "fromurl": ("URL", "URL")}  # fmt: skip


@macro("signature", "telephone", "location")
def collect(builder: Builder, node: Node, cursor: Cursor) -> None:
    """What a letter says about its sender, kept until a letter is written."""
    builder.context.meta[f"letter-{node.macroname}"] = [content(cursor.arguments(node, "{")[0])]


@macro("setkomavar")
def setkomavar(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A variable of a KOMA-Script letter."""
    _, name, _, value = cursor.arguments(node, "*{[{")
    builder.context.meta[f"letter-{builder.source(name)}"] = [content(value)]


def _field(builder: Builder, name: str) -> Pieces:
    rows = builder.context.meta.get(name) or []
    lines: Pieces = []
    for row in rows:
        lines += ([LINE_BREAK] if lines else []) + strip(builder.inline(row))
    return lines


def _at_right(pieces: Pieces) -> Pieces:
    return [Mark("#align(right, box(align(left)["), *pieces, Code("]))")]


@environment("letter")
def letter(builder: Builder, node: Node) -> None:
    """One letter: sender, date, recipient, subject, and the text."""
    context = builder.context
    (_, recipient), nodes = environment_arguments(builder, node, "[{")
    if context.options.get("letters"):
        builder.block(UnitKind.RAW, [Mark("#pagebreak()")], node)
    context.options["letters"] = "yes"
    koma = context.document_class.startswith("scr")
    sender = _koma_sender(builder) if koma else _field(builder, "author")
    if not is_empty(sender):
        builder.block(UnitKind.PARAGRAPH, _at_right(sender), node)
    date = _date(builder, node)
    place = _field(builder, "letter-place")
    when = [*place, Text(", "), *date] if not is_empty(place) and not is_empty(date) else date
    if not is_empty(when):
        builder.block(UnitKind.PARAGRAPH, _at_right(when), node)
    builder.block(UnitKind.PARAGRAPH, strip(builder.argument(recipient)), node)
    references = _references(builder) if koma else []
    if references:
        builder.block(UnitKind.PARAGRAPH, references, node)
    subject = _field(builder, "letter-subject")
    if not is_empty(subject):
        builder.block(UnitKind.PARAGRAPH, [Mark("#strong["), *subject, Code("]")], node)
    builder.run(nodes)
    builder.flush()


def _date(builder: Builder, node: Node) -> Pieces:
    """The author's date; without one LaTeX prints the day the letter is made."""
    for name in ("letter-date", "date"):
        if name in builder.context.meta:
            return _field(builder, name)
    inner = builder.nested()
    today(inner, node, Cursor([], builder.context.text))
    return inner.paragraph


def _german(builder: Builder) -> int:
    return 1 if builder.context.language == "de" else 0


def _koma_sender(builder: Builder) -> Pieces:
    options = builder.context.class_options
    lines: Pieces = []
    for name in ("fromname", "fromaddress", *_OPTIONAL):
        words = _field(builder, f"letter-{name}")
        asked = name not in _OPTIONAL or {name, f"{name}=true", f"{name}=on"} & options
        if is_empty(words) or not asked:
            continue
        label = [Text(f"{_OPTIONAL[name][_german(builder)]}: ")] if name in _OPTIONAL else []
        lines += [*([LINE_BREAK] if lines else []), *label, *words]
    return lines


def _references(builder: Builder) -> Pieces:
    out: Pieces = []
    for name, labels in _REFERENCES.items():
        words = _field(builder, f"letter-{name}")
        if not is_empty(words):
            out += [*([LINE_BREAK] if out else []), Text(f"{labels[_german(builder)]}: "), *words]
    return out


@macro("opening")
def opening(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The salutation, a paragraph of its own."""
    builder.block(UnitKind.PARAGRAPH, builder.argument(cursor.arguments(node, "{")[0]), node)


@macro("closing")
def closing(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The greeting, room to sign, and the name."""
    words = builder.argument(cursor.arguments(node, "{")[0])
    named = ("letter-signature", "letter-fromname", "letter-name")
    name = next((found for field in named if not is_empty(found := _field(builder, field))), [])
    koma = builder.context.document_class.startswith("scr")
    signed = [Mark(" \\\n#v(3em)\n"), *name] if name else []
    indent = "0pt" if koma else "50%"
    builder.block(UnitKind.PARAGRAPH, [Mark(f"#pad(left: {indent})["), *words, *signed, Code("]")], node)


@macro("encl", "cc")
def enclosed(builder: Builder, node: Node, cursor: Cursor) -> None:
    """What goes with the letter, and who gets it too."""
    words = builder.argument(cursor.arguments(node, "{")[0])
    names = _WORDS[node.macroname]
    label = names.get(builder.context.language, names["en"])
    row = [Mark("#grid(columns: 2, column-gutter: 0.5em, ["), Text(label), Mark("], ["), *words, Code("])")]
    builder.context.need("grid")
    builder.block(UnitKind.PARAGRAPH, row, node)


@macro("ps")
def postscript(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A new paragraph; its words follow, in braces or not."""
    builder.flush()
