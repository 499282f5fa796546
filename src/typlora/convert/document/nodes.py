"""Reading the parse tree: kinds of nodes, a cursor over a row of them, and arguments of macros.

Arguments are taken from the node where the parser knew the macro, and from the nodes that follow it
where it did not, so a converter states what it expects once and works with any set of argument
specifications.
"""

from collections.abc import Iterator, Sequence
from typing import Any

Node = Any  # a pylatexenc node; the library has no types

_KINDS = {
    "LatexCharsNode": "chars",
    "LatexGroupNode": "group",
    "LatexCommentNode": "comment",
    "LatexMacroNode": "macro",
    "LatexEnvironmentNode": "environment",
    "LatexSpecialsNode": "specials",
    "LatexMathNode": "math",
}


def kind(node: Node) -> str:
    """``chars``, ``group``, ``comment``, ``macro``, ``environment``, ``specials`` or ``math``."""
    return _KINDS.get(type(node).__name__, "chars")


def is_macro(node: Node, *names: str) -> bool:
    """True for a macro with one of these names (any macro without names)."""
    return kind(node) == "macro" and (not names or node.macroname in names)


def is_blank(node: Node) -> bool:
    """True for white space without a paragraph break, and for comments."""
    return kind(node) == "comment" or (
        kind(node) == "chars" and not node.chars.strip() and node.chars.count("\n") < 2
    )


def end(node: Node) -> int:
    """Offset just behind a node."""
    return int(node.pos + node.len)


def children(node: Node) -> list[Node]:
    """The nodes inside a group, an environment or a formula."""
    return [child for child in (getattr(node, "nodelist", None) or []) if child is not None]


def content(node: Node | None) -> list[Node]:
    """What an argument holds: the inside of a group, or the node itself."""
    if node is None:
        return []
    return children(node) if kind(node) == "group" else [node]


def known_arguments(node: Node) -> list[tuple[str, Node | None]]:
    """``(kind, node)`` of the arguments the parser took, kinds as in ``*[{``."""
    parsed = getattr(node, "nodeargd", None)
    nodes = list(getattr(parsed, "argnlist", None) or [])
    spec = str(getattr(parsed, "argspec", None) or "")
    if len(spec) != len(nodes):
        spec = "".join("[" if a is None or _bracketed(a) else "{" for a in nodes)
    return list(zip(spec, nodes, strict=True))


def last_argument(node: Node) -> Node | None:
    """The last argument the parser took, which holds the words of most commands."""
    arguments = known_arguments(node)
    return arguments[-1][1] if arguments else None


def delimiter(node: Node) -> str:
    """What a group begins with, ``{`` or ``[``."""
    return str(next(iter(getattr(node, "delimiters", None) or "{")))


def _bracketed(node: Node) -> bool:
    return kind(node) == "group" and delimiter(node) == "["


def walk(nodes: Sequence[Node | None]) -> Iterator[Node]:
    """Every node below, in order, arguments included, without recursion."""
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if node is None:
            continue
        yield node
        below: list[Node | None] = [argument for _, argument in known_arguments(node)]
        stack.extend(reversed(below + list(children(node))))


class Cursor:
    """A row of nodes that is read from left to right; ``text`` is the source they come from."""

    def __init__(self, nodes: Sequence[Node], text: str) -> None:
        self._nodes = [node for node in nodes if node is not None]
        self._index = 0
        self._text = text

    def next(self) -> Node | None:
        """The next node, or None at the end."""
        if self._index >= len(self._nodes):
            return None
        node = self._nodes[self._index]
        self._index += 1
        return node

    def peek(self, skip_blank: bool = True) -> Node | None:
        """The node that comes next, white space and comments skipped unless told otherwise."""
        for index in range(self._index, len(self._nodes)):
            if not (skip_blank and is_blank(self._nodes[index])):
                return self._nodes[index]
        return None

    def rest(self) -> list[Node]:
        """All remaining nodes; the cursor stands at the end afterwards."""
        rest, self._index = self._nodes[self._index :], len(self._nodes)
        return rest

    def push(self, nodes: Sequence[Node]) -> None:
        """Put nodes back in front of what is still to be read."""
        self._nodes[self._index : self._index] = list(nodes)

    def arguments(self, node: Node, spec: str) -> list[Node | None]:
        """Arguments of ``node`` as ``spec`` says (``*`` star, ``[`` optional, ``{`` mandatory); missing
        ones are None."""
        known = known_arguments(node)
        out: list[Node | None] = []
        for wanted in spec:
            if known:
                if known[0][0] == wanted:
                    out.append(known.pop(0)[1])
                elif wanted == "{" and any(have == "{" for have, _ in known):
                    while known[0][0] != "{":
                        known.pop(0)
                    out.append(known.pop(0)[1])
                else:
                    out.append(None)
            elif wanted == "{":
                out.append(self._mandatory())
            else:
                out.append(self._optional(wanted))
        return out

    def _skip_blank(self) -> int:
        index = self._index
        while index < len(self._nodes) and is_blank(self._nodes[index]):
            index += 1
        return index

    def _mandatory(self) -> Node | None:
        index = self._skip_blank()
        if index >= len(self._nodes):
            return None
        node = self._nodes[index]
        if kind(node) == "chars":
            stripped = node.chars.lstrip()
            if len(node.chars) - len(stripped) and node.chars[: -len(stripped) or None].count("\n") > 1:
                return None
            if stripped:
                skipped = len(node.chars) - len(stripped)
                self._nodes[index : index + 1] = [
                    Chars(stripped[0], node.pos + skipped),
                    *([Chars(stripped[1:], node.pos + skipped + 1)] if stripped[1:] else []),
                ]
                node = self._nodes[index]
        self._index = index + 1
        return node

    def _optional(self, wanted: str) -> Node | None:
        index = self._skip_blank()
        if index >= len(self._nodes) or kind(self._nodes[index]) != "chars":
            return None
        first = self._nodes[index]
        stripped = first.chars.lstrip()
        skipped = len(first.chars) - len(stripped)
        if not stripped.startswith(wanted) or first.chars[:skipped].count("\n") > 1:
            return None
        if wanted == "*":
            rest = stripped[1:]
            self._nodes[index : index + 1] = [Chars(rest, first.pos + skipped + 1)] if rest else []
            self._index = index
            return Chars("*", first.pos + skipped)
        return self._bracket(index, Chars(stripped[1:], first.pos + skipped + 1))

    def _bracket(self, index: int, first: Node) -> Node | None:
        """The nodes up to the ``]`` that closes a ``[`` just read; the rest stays to be read."""
        inside: list[Node] = []
        depth = 0
        for position in range(index, len(self._nodes)):
            node = first if position == index else self._nodes[position]
            if kind(node) != "chars":
                inside.append(node)
                continue
            for offset, char in enumerate(node.chars):
                depth += (char == "[") - (char == "]")
                if depth < 0:
                    inside.append(Chars(node.chars[:offset], node.pos))
                    rest = node.chars[offset + 1 :]
                    tail = [Chars(rest, node.pos + offset + 1)] if rest else []
                    self._nodes[index : position + 1] = tail
                    self._index = index
                    return Group(inside, first.pos - 1, node.pos + offset + 1)
            if "\n\n" in node.chars:
                return None
            inside.append(node)
        return None


class Chars:
    """Stand-in for a parser's text node, where one was split."""

    def __init__(self, chars: str, pos: int) -> None:
        self.chars, self.pos, self.len = chars, pos, len(chars)


class Group:
    """Stand-in for a parser's group node around nodes that were not grouped by it."""

    delimiters = ("[", "]")

    def __init__(self, nodelist: list[Node], start: int, stop: int) -> None:
        self.nodelist, self.pos, self.len = nodelist, start, stop - start


class _NoNode:
    """Stands where arguments follow without a command of their own."""

    nodeargd = None


NO_NODE = _NoNode()
_KINDS |= {"Chars": "chars", "Group": "group"}


def latex(nodes: Sequence[Node], text: str) -> str:
    """The source of a row of nodes."""
    row = [node for node in nodes if node is not None]
    return text[row[0].pos : end(row[-1])] if row else ""


def argument_text(node: Node | None, text: str) -> str:
    """The source inside an argument, white space trimmed."""
    return latex(content(node), text).strip()
