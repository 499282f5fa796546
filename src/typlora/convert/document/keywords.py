"""Keywords and classifications, printed where they stand or with the title."""

from typlora.convert.document.builder import Builder, environment, macro
from typlora.convert.document.nodes import NO_NODE, Cursor, Node, children, content, is_macro
from typlora.convert.document.pieces import Mark, Pieces, Text, is_empty, strip
from typlora.tex.unit import UnitKind


@macro(
    "keywords",
    "subjclass",
    "pacs",
    "PACS",
    "JEL",
    "kword",
    "classification",
    "ccsdesc",
)
def keywords(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Keywords and classifications with the words LaTeX puts before them."""
    _, argument = cursor.arguments(node, "[{")
    heads = {"keywords": "Keywords", "subjclass": "Mathematics Subject Classification", "pacs": "PACS",
    "PACS": "PACS",
             "JEL": "JEL", "kword": "Keywords", "ccsdesc": "CCS Concepts",
             "classification": "Classification"}  # fmt: skip
    words = _separated(builder, content(argument))
    if node.macroname == "ccsdesc":
        words = [Text(p.text.replace("\u00a0", " → ")) if isinstance(p, Text) else p for p in words]
    _keywords(builder, node, heads.get(node.macroname, "Keywords"), words)


def _keywords(builder: Builder, node: Node, head: str, words: Pieces) -> None:
    """Written here, or with a title that is still to come; what has the same head is joined."""
    context = builder.context
    if is_empty(words):
        return
    if not context.options.get("title-done") and context.options.get("has-maketitle"):
        if context.keywords and context.keywords[-1][0] == head:
            context.keywords[-1][1].extend([Text("; "), *words])
        else:
            context.keywords.append((head, words))
    else:
        write_keywords(builder, node, head, words)


def write_keywords(builder: Builder, node: Node, head: str, words: Pieces) -> None:
    builder.block(UnitKind.PARAGRAPH, [Mark(f"_{head}:_ "), *words], node)


def _separated(builder: Builder, nodes: list[Node]) -> Pieces:
    """Keywords between ``\\and`` or ``\\sep``; a code of a classification among them starts a new part."""
    out: Pieces = []
    row: list[Node] = []
    codes = {"MSC": "MSC: ", "PACS": "PACS: ", "JEL": "JEL: ", "UDC": "UDC: "}
    cursor = Cursor(nodes, builder.context.text)
    separator = ", " if builder.context.document_class != "llncs" else " · "

    def finish(lead: str) -> None:
        nonlocal row
        words = strip(builder.inline(row))
        if not is_empty(words):
            out.extend(words)
        row = []
        if lead and out:
            out.append(Text(lead))

    while (node := cursor.next()) is not None:
        if is_macro(node, "and", "sep"):
            finish(separator)
        elif is_macro(node, *codes):
            year, _ = cursor.arguments(NO_NODE, "[[")
            finish("; ")
            edition = builder.source(year)
            code = codes[node.macroname]
            out.append(Text(code.replace(":", f" {edition}:") if edition else code))
            rest = getattr(node, "nodeargd", None)
            row = [a for a in (getattr(rest, "argnlist", None) or []) if a is not None]
        else:
            row.append(node)
    finish("")
    return out


@environment("keyword", "keywords", "IEEEkeywords", "Keywords", "AMS", "MSCcodes", "kwd")
def keyword_environment(builder: Builder, node: Node) -> None:
    """The same as an environment."""
    head = {"AMS": "AMS subject classifications", "MSCcodes": "MSC codes"}.get(
        node.environmentname, "Keywords"
    )
    if node.environmentname == "IEEEkeywords":
        head = "Index Terms"
    _keywords(builder, node, head, _separated(builder, children(node)))
