"""Labels, references and what they are called.

A reference to something Typst numbers is ``@label``; to anything else a link that shows the number LaTeX
gives. Targets are known only at the end of the document, so references are written later.
"""

import re
from collections.abc import Sequence

from typlora.convert.document.autorefs import autoref_name
from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.context import Context, Target
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Code, Later, Mark, Piece, Pieces, Reference, Styled, Text

# The short and long forms of cleveref: singular, plural.
CLEVEREF = {
    "equation": ("eq.", "eqs."), "figure": ("fig.", "figs."), "table": ("table", "tables"), "part": ("part",
    "parts"),
    "chapter": ("chapter", "chapters"), "section": ("section", "sections"), "subsection": ("section",
    "sections"),
    "subsubsection": ("section", "sections"), "paragraph": ("paragraph", "paragraphs"), "item": ("item",
    "items"),
    "appendix": ("appendix", "appendices"), "subfigure": ("fig.", "figs."), "algorithm": ("algorithm",
    "algorithms"),
    "listing": ("listing", "listings"), "footnote": ("footnote", "footnotes"), "page": ("page", "pages"),
    "line": ("line", "lines"),
}  # fmt: skip
_LONG = {"eq.": "equation", "eqs.": "equations", "fig.": "figure", "figs.": "figures"}
_NUMBER = re.compile(r"\d+$")


@macro("label")
def label(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Points to what was numbered last."""
    (argument,) = cursor.arguments(node, "{")
    key = builder.source(argument)
    context = builder.context
    if context.options.get("restating"):
        return  # it stays where the theorem stood first
    target = context.current
    if not target.name and not target.number:
        target = context.current = Target("nothing", "")
        builder.add(Later(lambda: [Mark(f"#metadata(none) <{target.label}>")] if target.label else []))
    context.define(key, target, node)


@macro(
    "ref",
    "eqref",
    "pageref",
    "autoref",
    "Autoref",
    "vref",
    "fullref",
    "thmref",
    "subref",
    "footref",
    "labelcref",
)
def reference(builder: Builder, node: Node, cursor: Cursor) -> None:
    """One reference; ``\\ref*`` is only not a link."""
    argument = cursor.arguments(node, "*{")[1]
    key = builder.source(argument)
    name = node.macroname
    context = builder.context
    if name == "labelcref":
        keys = _keys(key)
        builder.add(Later(lambda: _list(context, node, keys)))
        return
    builder.add(Later(lambda: _reference(context, node, name, key)))


@macro("cref", "Cref", "Vref", "namecref", "nameCref", "cpageref", "labelcpageref")
def clever_reference(builder: Builder, node: Node, cursor: Cursor) -> None:
    """cleveref: names before numbers, several keys at once."""
    argument = cursor.arguments(node, "*{")[1]
    keys = _keys(builder.source(argument))
    context = builder.context
    name = node.macroname
    builder.add(Later(lambda: _clever(context, node, name, keys)))


@macro("crefrange", "Crefrange")
def clever_range(builder: Builder, node: Node, cursor: Cursor) -> None:
    """``eqs. (1) to (3)``."""
    _, first, last = cursor.arguments(node, "*{{")
    keys = [builder.source(first), builder.source(last)]
    context = builder.context
    name = node.macroname

    def pieces() -> Pieces:
        target = _find(context, keys[0])
        noun = _name(context, target.name, 2, name[0] == "C") if target else ""
        first_, last_ = (_shown(context, node, key) for key in keys)
        return [Text(f"{noun}\u00a0"), *first_, Text(" to "), *last_]

    builder.add(Later(pieces))


@macro("nameref", "titleref", "Nameref")
def name_reference(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The title of a section, theorem or float; the number of what has none."""
    key = builder.source(cursor.arguments(node, "*{")[1])
    context = builder.context
    builder.add(Later(lambda: _title(context, node, key)))


def _title(context: Context, node: Node, key: str) -> Pieces:
    target = _find(context, key)
    if target is None:
        return missing(context, node, key)
    if not target.title or any(
        isinstance(piece, Mark) and "#footnote" in piece.typst for piece in target.title
    ):
        context.lose(node, "\\nameref is written as a reference to the number")
        return _number(context, node, key)
    return [Mark(f"#link(<{target.label}>)["), *target.title, Code("]")]


def link_to(builder: Builder, key: str, words: Pieces, node: Node) -> Piece:
    """``#link(<label>)[words]``, or the words alone where the label does not exist."""
    context = builder.context

    def pieces() -> Pieces:
        target = _find(context, key)
        if target is None or not target.label:
            context.lose(node, f"link to '{key}', which does not exist")
            return list(words)
        return [Mark(f"#link(<{target.label}>)["), *words, Code("]")]

    return Later(pieces)


def missing(context: Context, node: Node, key: str) -> Pieces:
    """What LaTeX shows for a label that does not exist; the source says which."""
    context.lose(node, f"reference to '{key}', which does not exist")
    command = f"\\{node.macroname}{{{key}}}".replace("*/", "* /").replace("/*", "/ *").replace("//", "/ /")
    return [Code(f"#strong[??]/* {' '.join(command.split())} */")]


def _keys(value: str) -> list[str]:
    return [key.strip() for key in value.split(",") if key.strip()]


def _find(context: Context, key: str) -> Target | None:
    return context.targets.get(" ".join(key.split()))


def _reference(context: Context, node: Node, command: str, key: str) -> Pieces:
    target = _find(context, key)
    if target is None:
        return missing(context, node, key)
    if command == "pageref":
        context.need("page-of")
        return [Code(f"#page-of(<{target.label}>)")]
    number = _number(context, node, key)
    if command == "subref" and target.name == "subfigure":
        return [Mark(f"#link(<{target.label}>)["), Text(target.number.lstrip("0123456789.")), Code("]")]
    if command == "eqref":
        return [Text("("), *number, Text(")")]
    if command in {"autoref", "Autoref", "fullref", "thmref"}:
        name = autoref_name(context, target.name)
        return [Text(f"{name}\u00a0"), *number] if name else number
    return number


def _number(context: Context, node: Node, key: str) -> Pieces:
    """The number of a target."""
    target = _find(context, key)
    if target is None:
        return missing(context, node, key)
    if target.name == "footnote":
        context.need("note-number")
        return [Code(f"#note-number(<{target.label}>)")]
    if target.native:
        context.need("plain-references")
        return [Reference(target.label)]
    if not target.number and not target.shown:
        context.lose(node, f"reference to '{key}', which has no number")
        return [Styled("*", (Text("??"),))]
    return [Mark(f"#link(<{target.label}>)["), *(target.shown or [Text(target.number)]), Code("]")]


def _shown(context: Context, node: Node, key: str) -> Pieces:
    """As cleveref shows it: equations in parentheses."""
    target = _find(context, key)
    number = _number(context, node, key)
    if target is not None and target.name == "equation":
        return [Text("("), *number, Text(")")]
    return number


def _name(context: Context, kind: str, count: int, capital: bool) -> str:
    own = context.names.get(f"\\Cref {kind}" if capital else kind) or context.names.get(kind)
    singular_plural = own or CLEVEREF.get(kind) or (kind.lower(), kind.lower() + "s")
    word = singular_plural[1 if count > 1 else 0]
    if own is None and (capital or "cleveref-long" in context.options):
        word = _LONG.get(word, word)
    if capital or (own is None and "cleveref-capital" in context.options):
        word = word[:1].upper() + word[1:]
    return word


def _list(context: Context, node: Node, keys: Sequence[str]) -> Pieces:
    """Numbers in order, runs of three or more as ``1 to 3``."""
    runs: list[list[str]] = []
    for key in sorted(keys, key=lambda k: _sort_key(context, k)):
        if runs and _follows(context, runs[-1][-1], key):
            runs[-1].append(key)
        else:
            runs.append([key])
    items: list[Pieces] = []
    for run in runs:
        if len(run) > 2:
            items.append([*_shown(context, node, run[0]), Text(" to "), *_shown(context, node, run[-1])])
        else:
            items.extend(_shown(context, node, key) for key in run)
    out: Pieces = []
    for index, item in enumerate(items):
        if index:
            out.append(Text(" and " if len(items) == 2 else " and " if index == len(items) - 1 else ", "))
        out.extend(item)
    return out


def _sort_key(context: Context, key: str) -> tuple[str, list[int]]:
    target = _find(context, key)
    if target is None:
        return ("~", [])
    return (
        target.number[:1] if target.number[:1].isalpha() else "",
        [int(n) for n in re.findall(r"\d+", target.number)],
    )


def _follows(context: Context, first: str, second: str) -> bool:
    one, two = _find(context, first), _find(context, second)
    if one is None or two is None:
        return False
    a, b = _NUMBER.search(one.number), _NUMBER.search(two.number)
    return bool(a and b and one.number[: a.start()] == two.number[: b.start()] and int(b[0]) == int(a[0]) + 1)


def _clever(context: Context, node: Node, command: str, keys: Sequence[str]) -> Pieces:
    capital = command[0] in "CV" or command == "nameCref"
    groups: dict[str, list[str]] = {}
    out: Pieces = []
    for key in keys:
        target = _find(context, key)
        if target is None:
            out.extend([*([Text(", ")] if out else []), *missing(context, node, key)])
        else:
            groups.setdefault(_name(context, target.name, 1, capital), []).append(key)
    for index, members in enumerate(groups.values()):
        target = _find(context, members[0])
        kind = target.name if target else ""
        if out:
            last = " and " if len(groups) == 2 else ", and "
            out.append(Text(last if index == len(groups) - 1 else ", "))
        name = _name(context, kind, len(members), capital and not index)
        if command in {"namecref", "nameCref"}:
            out.append(Text(name))
            continue
        if name:
            out.append(Text(f"{name}\u00a0"))
        out.extend(_list(context, node, members))
    return out
