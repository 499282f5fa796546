"""algorithm2e: statements end with ``\\;``, blocks are arguments, keywords may be the author's own."""

import re
from dataclasses import dataclass

from typlora.convert.document.algorithm2e_words import OWN_WORDS, PART, own_keyword, read_statement
from typlora.convert.document.builder import Builder
from typlora.convert.document.nodes import NO_NODE, Chars, Cursor, Node, content, is_blank, is_macro, kind
from typlora.convert.document.pieces import Pieces, Text, is_empty, strip
from typlora.convert.document.statements import HEADS, Lines, bold

_ALGORITHM2E = {"If": ("if", "then"), "uIf": ("if", "then"), "lIf": ("if", "then"), "For": ("for", "do"),
                "ForEach": ("foreach", "do"), "ForAll": ("forall", "do"), "While": ("while", "do"),
                "Else": ("else", ""),
                "uElse": ("else", ""), "lElse": ("else", ""), "ElseIf": ("else if", "then"),
                "uElseIf": ("else if", "then"),
                "Repeat": ("repeat", "until"), "lFor": ("for", "do"), "lWhile": ("while", "do"),
                "Fn": ("Function", ":"),
                "lForEach": ("foreach", "do"), "eIf": ("if", "then"), "Function": ("Function", ":"),
                "Procedure": ("Procedure", ":"), "lElseIf": ("else if", "then"), "Begin": ("begin",
                "")}  # fmt: skip


# Blocks that end without a line of their own: what follows belongs to them (\\uIf), or is on one line.
_OPEN_ENDED = frozenset({"uIf", "uElse", "uElseIf", "uCase", "uOther"})
_INPUTS = frozenset({"KwIn", "KwOut", "KwData", "KwResult", "KwInput", "KwOutput", "Input", "Output"})


def read_algorithm2e(builder: Builder, nodes: list[Node]) -> Lines:
    """Statements end with ``\\;``; blocks are arguments of their commands."""
    lines = Lines(builder)
    options = builder.context.options.get("algorithm2e", "").split(",")
    source = builder.context.text[nodes[0].pos : nodes[-1].pos] if nodes else ""
    said = builder.context.text[: nodes[0].pos] if nodes else ""
    without = {"vlined", "noend"} & set(options) or re.search(r"\\SetAlgo(?:Vlined|NoEnd)\b", said + source)
    _Reader(builder, lines, ends=not without).read(nodes, 0)
    return lines


@dataclass(slots=True)
class _Reader:
    """Reads blocks within blocks into ``lines``; ``ends``: blocks close with a line that says so."""

    builder: Builder
    lines: Lines
    ends: bool

    def read(self, nodes: list[Node], depth: int) -> None:
        """The statements of one block."""
        builder = self.builder
        row: list[Node] = []
        lead: Pieces = []
        cursor = Cursor(nodes, builder.context.text)

        def finish(end: str = "") -> None:
            nonlocal lead, row
            pieces = strip([*lead, *builder.inline(row)])
            if not is_empty(pieces):
                self.lines.add(depth, [*pieces, *([Text(end)] if end else [])])
            lead, row = [], []

        while (node := cursor.next()) is not None:
            name = node.macroname if kind(node) == "macro" else ""
            word = builder.context.options.get(f"algorithm-word-{name}" if name else "", "")
            if name == ";":
                finish("" if builder.context.options.get("no-semicolons") else ";")
            elif name in {"\\", "par"}:
                finish()
            elif name in _INPUTS or word.startswith(("SetKwInOut", "SetKwInput")):
                finish()
                (argument,) = cursor.arguments(node, "{")
                own = word.split(PART)[1] if word else ""
                heading = f"{own}:" if own else HEADS[name]
                pieces = [*bold(heading), Text(" "), *strip(builder.argument(argument))]
                self.lines.add(depth, pieces, numbered=False)
            elif name in {"Return", "KwRet"}:
                finish()
                following = cursor.peek()
                lead = [*bold("return"), Text(" ")]
                if following is not None and kind(following) == "group":
                    row.extend(content(cursor.arguments(node, "{")[0]))
            elif name in _ALGORITHM2E and not word:
                finish()
                self._block(node, name, cursor, depth)
            elif name in {"Switch", "Case", "uCase", "lCase", "Other", "uOther", "lOther"}:
                finish()
                self._case(node, name, cursor, depth)
            elif name in {"tcp", "tcc", "tcp*", "tcc*"}:
                _, _, words = cursor.arguments(node, "*[{")
                note: Pieces = [Text("// "), *builder.argument(words)]
                if lead or any(not is_blank(part) for part in row):
                    starred = "" if builder.context.options.get("no-semicolons") else ";"
                    end = starred if _starred(builder, node) else ""
                    said = builder.inline(row)
                    lead, row = [*lead, *strip(said), Text(f"{end}  "), *note], []
                    if end or _starred(builder, node):
                        finish()
                elif self.lines.found and _starred(builder, node):
                    self.lines.append([Text("  "), *note])
                else:
                    self.lines.add(depth, note, numbered=False)
            elif name in {"DontPrintSemicolon", "PrintSemicolon"}:
                builder.context.options["no-semicolons"] = "yes" if name[0] == "D" else ""
            elif name in OWN_WORDS:
                own_keyword(builder, node, cursor)
            elif name == "label":
                self.lines.label(node, pending=bool(lead) or not is_empty(builder.nested().inline(row)))
            elif word.startswith("SetKwProg"):
                finish()
                _, shown, after, end = word.split(PART)
                title, inside = cursor.arguments(node, "{{")
                called = strip(read_statement(builder, content(title)))
                self.lines.add(depth, [*bold(shown), Text(" "), *called, *bold(after)])
                self.read(content(inside), depth + 1)
                if self.ends:
                    self.lines.add(depth, bold(end))
            elif word:
                lead, row = [*lead, *builder.inline(row), *read_statement(builder, [node], cursor)], []
            elif re.fullmatch(
                r"(Set|Dont|Restyle|Print|Lines|no|No|Indp|Indm|Block).*|BlankLine|Nl|nllabel", name
            ):
                cursor.arguments(node, {"SetKwComment": "{{{"}.get(name, ""))
            else:
                row.append(node)
        finish()

    def _block(self, node: Node, name: str, cursor: Cursor, depth: int) -> None:
        """``\\If{condition}{block}`` and its relatives."""
        builder = self.builder
        before, after = _ALGORITHM2E[name]
        if name == "Repeat":
            remark = _remark(builder, cursor)
            condition, inside = cursor.arguments(node, "{{")
            self.lines.add(depth, [*bold(before), *remark])
            self.read(content(inside), depth + 1)
            until = read_statement(builder, content(condition))
            self.lines.add(depth, [*bold(after), Text(" "), *until])
            return
        remark = _remark(builder, cursor)
        if name in {"Else", "uElse", "lElse", "Begin"}:
            head: Pieces = bold(before)
        else:
            (condition,) = cursor.arguments(node, "{")
            words = read_statement(builder, content(condition))
            head = [*bold(before), Text(" "), *words, Text(" "), *bold(after)]
            node = NO_NODE
        (inside,) = cursor.arguments(node, "{")
        if name[0] == "l":
            statement = read_statement(builder, content(inside))
            semicolon = "" if builder.context.options.get("no-semicolons") else ";"
            self.lines.add(depth, [*head, Text(" "), *strip(statement), Text(semicolon), *remark])
            return
        self.lines.add(depth, [*head, *remark])
        self.read(content(inside), depth + 1)
        if name == "eIf":
            remark = _remark(builder, cursor)
            (other,) = cursor.arguments(NO_NODE, "{")
            self.lines.add(depth, [*bold("else"), *remark])
            self.read(content(other), depth + 1)
        self._end(name, depth)

    def _case(self, node: Node, name: str, cursor: Cursor, depth: int) -> None:
        """``\\Switch`` and what stands in it."""
        other = name.endswith("ther")
        remark = _remark(self.builder, cursor)
        condition = None if other else cursor.arguments(node, "{")[0]
        (inside,) = cursor.arguments(node if other else NO_NODE, "{")
        word, after = {"S": ("switch", "do"), "C": ("case", "do"), "O": ("otherwise", "do")}[
            name.lstrip("ul")[0]
        ]
        words = [] if other else [Text(" "), *read_statement(self.builder, content(condition))]
        self.lines.add(depth, [*bold(word), *words, Text(" "), *bold(after), *remark])
        self.read(content(inside), depth + 1)
        self._end(name, depth)

    def _end(self, name: str, depth: int) -> None:
        if self.ends and name not in _OPEN_ENDED and name[0] != "l":
            self.lines.add(depth, bold("end"))


def _starred(builder: Builder, node: Node) -> bool:
    return builder.context.text[node.pos : node.pos + 5].rstrip().endswith("*")


def _remark(builder: Builder, cursor: Cursor) -> Pieces:
    """``\\If(\\tcc*[f]{remark}){...}``: what stands in parentheses behind the command."""
    following = cursor.peek()
    if following is None or not str(getattr(following, "chars", "")).lstrip().startswith("("):
        return []
    row: list[Node] = []
    while (found := cursor.next()) is not None:
        chars = str(getattr(found, "chars", ""))
        if ")" in chars:
            rest = chars[chars.index(")") + 1 :]
            if rest.strip():
                cursor.push([Chars(rest, found.pos + chars.index(")") + 1)])
            break
        row.append(found)
    inner = Cursor(row, builder.context.text)
    while (found := inner.next()) is not None:
        if is_macro(found, "tcc", "tcp"):
            return [Text("  // "), *builder.argument(inner.arguments(found, "*[{")[2])]
    return []
