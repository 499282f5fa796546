"""Cut a text into units that can be converted and judged alone.

Four levels: ``formula`` (every formula, nothing else), ``block`` (headings, paragraphs with their formulas,
lists, tables, figures ...), ``section`` and ``document``. The text should be macro-expanded before. At every
level but the first the units cover the body: what lies between them is white space and comments.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal, get_args

from typlora.errors import ConfigError
from typlora.tex.lexer import VERBATIM_ENVIRONMENTS
from typlora.tex.parse import parse
from typlora.tex.source import SourceText
from typlora.tex.specs import ENVIRONMENT_SPECS
from typlora.tex.unit import Unit, UnitKind

Level = Literal["formula", "block", "section", "document"]

_UNWRAPPED = frozenset({"equation", "equation*", "displaymath", "math", "dmath", "dmath*"})
_DROPPED = frozenset({"label", "nonumber", "notag"})  # numbering is not part of what a formula says
_DEFINING = frozenset({"newcommand", "renewcommand", "providecommand", "newenvironment", "renewenvironment"})
_HEADINGS = ("part", "chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph")
_KINDS: dict[str, UnitKind] = {
    **dict.fromkeys(("itemize", "enumerate", "description", "list", "trivlist"), UnitKind.LIST),
    **dict.fromkeys(("compactitem", "compactenum", "inparaenum", "asparaenum"), UnitKind.LIST),
    **dict.fromkeys(
        ("table", "table*", "tabular", "tabular*", "tabularx", "longtable", "tblr"), UnitKind.TABLE
    ),
    **dict.fromkeys(("figure", "figure*", "wrapfigure", "tikzpicture", "SCfigure"), UnitKind.FIGURE),
    **dict.fromkeys(("theorem", "lemma", "proposition", "corollary", "definition"), UnitKind.THEOREM),
    **dict.fromkeys(("remark", "example", "conjecture", "proof", "claim", "exercise"), UnitKind.THEOREM),
    **dict.fromkeys(VERBATIM_ENVIRONMENTS, UnitKind.LISTING),
    **dict.fromkeys(("algorithm", "algorithm*", "algorithmic", "algorithm2e"), UnitKind.ALGORITHM),
    **dict.fromkeys(("quote", "quotation", "verse", "displayquote"), UnitKind.QUOTE),
    "thebibliography": UnitKind.BIBLIOGRAPHY,
}


def cut(source: SourceText, level: Level) -> list[Unit]:
    """The units of a text, in order. Raises ``ConfigError`` for a level that does not exist."""
    if level not in get_args(Level):
        raise ConfigError(f"there is no chunk level '{level}'; use one of {', '.join(get_args(Level))}")
    nodes = parse(source).nodes
    body = _body(nodes)
    if level == "formula":
        return [unit for node in _formula_nodes(body) if (unit := formula_unit(source, node)) is not None]
    if level == "block":
        return list(_blocks(source, body, _theorems(nodes)))
    if level == "section":
        return list(_sections(source, body))
    return _unit(source, body, UnitKind.RAW)


def formula_unit(source: SourceText, node: Any) -> Unit | None:
    """The unit of a formula node: maths between delimiters, a maths environment, or ``\\ensuremath``.

    ``latex`` is the inside without comments, labels and ``\\nonumber``; environments that decide the layout
    stay around it. ``None`` when nothing is left.
    """
    display = True
    inside = list(node.nodelist) if _kind(node) != "Macro" else _argument(node)
    wrap: tuple[str, str] = ("", "")
    if _kind(node) == "Math":
        display = node.displaytype == "display"
    elif _kind(node) == "Environment":
        display = node.environmentname != "math"
        if node.environmentname not in _UNWRAPPED:
            first = inside[0].pos if inside else node.pos + node.len
            head = source.text[node.pos : first] if inside else f"\\begin{{{node.environmentname}}}"
            wrap = (head, f"\\end{{{node.environmentname}}}")
    else:
        display = False
    labels = tuple(_labels(inside))
    latex = _without(source.text, inside)
    if not latex.strip():
        return None
    return Unit(
        UnitKind.FORMULA,
        wrap[0] + (latex.strip() if not wrap[0] else latex) + wrap[1],
        source.span(node.pos, node.pos + node.len),
        display,
        "",
        labels,
    )


def walk(nodes: Sequence[Any]) -> Iterator[Any]:
    """All nodes in the order of the text, arguments included; without recursion."""
    stack = [node for node in reversed(nodes) if node is not None]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(_below(node)))


def _below(node: Any) -> list[Any]:
    arguments = getattr(node, "nodeargd", None)
    below = [
        *((arguments.argnlist or []) if arguments is not None else []),
        *(getattr(node, "nodelist", None) or []),
    ]
    return [child for child in below if child is not None]


@cache
def _kind_of(kind: Any) -> str:
    return str(kind.__name__).removeprefix("Latex").removesuffix("Node")


def _kind(node: Any) -> str:
    name: str = _kind_of(type(node))  # type: ignore[arg-type]
    return name


def _argument(node: Any) -> list[Any]:
    """The nodes of a macro's last argument."""
    arguments = [argument for argument in node.nodeargd.argnlist if argument is not None]
    if not arguments:
        return []
    return list(arguments[-1].nodelist) if _kind(arguments[-1]) == "Group" else [arguments[-1]]


def _body(nodes: list[Any]) -> list[Any]:
    """What stands inside ``document``; everything when there is none."""
    for node in nodes:
        if _kind(node) == "Environment" and node.environmentname == "document":
            return list(node.nodelist)
    return nodes


def _is_formula(node: Any) -> bool:
    kind = _kind(node)
    if kind == "Environment":
        return ENVIRONMENT_SPECS.get(node.environmentname, ("", False))[1]
    return kind == "Math" or (kind == "Macro" and node.macroname == "ensuremath")


def _formula_nodes(nodes: list[Any]) -> Iterator[Any]:
    """Outermost formulas in order; a formula inside ``\\text`` of another belongs to that one."""
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if _is_formula(node):
            yield node
        elif not (_kind(node) == "Macro" and node.macroname in _DEFINING):
            stack.extend(reversed(_below(node)))


def _labels(nodes: list[Any]) -> Iterator[str]:
    for node in walk(nodes):
        if _kind(node) == "Macro" and node.macroname == "label":
            key = "".join(child.chars for child in _argument(node) if _kind(child) == "Chars").strip()
            if key:
                yield key


def _without(text: str, nodes: list[Any]) -> str:
    """The text of nodes without comments and numbering commands."""
    if not nodes:
        return ""
    parts: list[str] = []
    position = nodes[0].pos
    for node in walk(nodes):
        is_comment = _kind(node) == "Comment"
        if node.pos >= position and (is_comment or (_kind(node) == "Macro" and node.macroname in _DROPPED)):
            parts.append(text[position : node.pos])
            position = node.pos + node.len
            if is_comment and node.comment_post_space:
                parts.append("\n")
            elif not is_comment and text[position - 1 : position].isspace():
                parts.append(" ")
    parts.append(text[position : nodes[-1].pos + nodes[-1].len])
    # A line on which only a label stood must not become a blank one, which ends a formula.
    return (
        "\n".join(line for line in "".join(parts).split("\n") if line.strip()) if len(parts) > 1 else parts[0]
    )


def _unit(source: SourceText, nodes: Sequence[Any], kind: UnitKind) -> list[Unit]:
    """One unit from the first to the last of the nodes, none when there are only blanks and comments."""
    return _stretch(source, nodes[0].pos, nodes[-1].pos + nodes[-1].len, nodes, kind) if nodes else []


def _stretch(source: SourceText, start: int, end: int, nodes: Sequence[Any], kind: UnitKind) -> list[Unit]:
    """A unit for a part of the text; comments at its ends do not belong to it."""
    text = source.text
    visible = [
        node
        for node in nodes
        if _kind(node) != "Comment" and text[max(start, node.pos) : min(end, node.pos + node.len)].strip()
    ]
    if not visible:
        return []
    start = max(start, visible[0].pos)
    end = min(end, visible[-1].pos + visible[-1].len)
    latex = text[start:end]
    start += len(latex) - len(latex.lstrip())
    latex = latex.strip()
    end = start + len(latex)
    return [Unit(kind, latex, source.span(start, end), labels=tuple(_labels(visible)))]


def _theorems(nodes: list[Any]) -> frozenset[str]:
    """Names declared by ``\\newtheorem``."""
    names: set[str] = set()
    for node in nodes:
        if _kind(node) == "Macro" and node.macroname == "newtheorem" and len(node.nodeargd.argnlist) > 1:
            group = node.nodeargd.argnlist[1]
            names.update(child.chars for child in getattr(group, "nodelist", ()) if _kind(child) == "Chars")
    return frozenset(names)


def _block_kind(node: Any, theorems: frozenset[str]) -> UnitKind | None:
    """The kind of a node that is a block by itself, ``None`` for what belongs to a paragraph."""
    if _kind(node) == "Macro":
        if node.macroname in _HEADINGS:
            return UnitKind.HEADING
        return UnitKind.BIBLIOGRAPHY if node.macroname in {"bibliography", "printbibliography"} else None
    if _kind(node) != "Environment" or _is_formula(node) or node.environmentname == "subequations":
        return None
    return (
        UnitKind.THEOREM
        if node.environmentname in theorems
        else _KINDS.get(node.environmentname, UnitKind.RAW)
    )


def _blocks(source: SourceText, nodes: list[Any], theorems: frozenset[str]) -> Iterator[Unit]:
    """Paragraphs and what stands between them."""
    paragraph: list[Any] = []
    start = nodes[0].pos if nodes else 0
    for index, node in enumerate(nodes):
        kind = _block_kind(node, theorems)
        if kind is not None:
            yield from _stretch(source, start, node.pos, paragraph, UnitKind.PARAGRAPH)
            paragraph = []
            start = node.pos + node.len
            label = _following_label(nodes, index) if kind is UnitKind.HEADING else None
            if label is not None:
                start = label.pos + label.len
            yield from _stretch(
                source, node.pos, start, [node, *([label] if label is not None else [])], kind
            )
            continue
        if node.pos + node.len <= start:
            continue  # the label of a heading
        paragraph.append(node)
        for end in _paragraph_ends(node):
            yield from _stretch(source, start, end, paragraph, UnitKind.PARAGRAPH)
            start, paragraph = end, [node]
    yield from _stretch(source, start, len(source), paragraph, UnitKind.PARAGRAPH)


def _following_label(nodes: list[Any], index: int) -> Any:
    """The ``\\label`` right behind a heading, if there is one."""
    for node in nodes[index + 1 : index + 4]:
        if _kind(node) == "Macro" and node.macroname == "label":
            return node
        if _kind(node) != "Comment" and not (_kind(node) == "Chars" and not node.chars.strip()):
            return None
    return None


def _paragraph_ends(node: Any) -> Iterator[int]:
    """Offsets of blank lines in a characters node; the end of ``\\par``."""
    if _kind(node) == "Macro" and node.macroname == "par":
        yield node.pos + node.len
    if _kind(node) != "Chars" or "\n" not in node.chars:
        return
    offset, blank = node.pos, False
    lines = node.chars.split("\n")
    for number, line in enumerate(lines):
        # The first and the last line may go on before and behind this node.
        empty = not line.strip() and 0 < number < len(lines) - 1
        if empty and not blank:
            yield offset
        blank = empty
        offset += len(line) + 1


def _sections(source: SourceText, nodes: list[Any]) -> Iterator[Unit]:
    """From one heading of the highest level in use to the next; what comes before the first is one too."""
    used = [node.macroname for node in nodes if _kind(node) == "Macro" and node.macroname in _HEADINGS]
    top = min(used, key=_HEADINGS.index) if used else ""
    begun: list[Any] = []
    for node in nodes:
        if begun and _kind(node) == "Macro" and node.macroname == top:
            yield from _unit(source, begun, UnitKind.RAW)
            begun = []
        begun.append(node)
    yield from _unit(source, begun, UnitKind.RAW)
