"""algorithm2e: statements end with ``\\;``, blocks are arguments, keywords may be the author's own."""

import re

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.nodes import NO_NODE, Chars, Cursor, Node, content, is_macro, kind
from typlora.convert.document.pieces import Mark, Pieces, Text, is_empty, strip
from typlora.convert.document.statements import HEADS, Line, bold

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


def read_algorithm2e(builder: Builder, nodes: list[Node], depth: int = 0) -> list[Line]:
    """Statements end with ``\\;``; blocks are arguments of their commands."""
    lines: list[Line] = []
    row: list[Node] = []
    lead: Pieces = []
    cursor = Cursor(nodes, builder.context.text)

    def finish(end: str = "") -> None:
        nonlocal lead, row
        pieces = [*lead, *builder.inline(row)]
        if not is_empty(pieces):
            lines.append((depth, [*strip(pieces), *([Text(end)] if end else [])]))
        lead, row = [], []

    while (node := cursor.next()) is not None:
        name = node.macroname if kind(node) == "macro" else ""
        if name == ";":
            finish("" if builder.context.options.get("no-semicolons") else ";")
        elif name in {"\\", "par"}:
            finish()
        elif name in {"KwIn", "KwOut", "KwData", "KwResult", "KwInput", "KwOutput", "Input", "Output"}:
            finish()
            (argument,) = cursor.arguments(node, "{")
            own = builder.context.options.get(f"algorithm-word-{name}", "").partition(":")[2]
            head_words = f"{own}:" if own else HEADS[name]
            lines.append((depth, [*bold(head_words), Text(" "), *strip(builder.argument(argument))]))
        elif name in {"Return", "KwRet"}:
            finish()
            following = cursor.peek()
            lead = [*bold("return"), Text(" ")]
            if following is not None and kind(following) == "group":
                row.extend(content(cursor.arguments(node, "{")[0]))
        elif name in _ALGORITHM2E:
            finish()
            before, after = _ALGORITHM2E[name]
            if name in {"Else", "uElse", "lElse", "Begin"}:
                (inside,) = cursor.arguments(node, "{")
                lines.append((depth, bold(before)))
                lines += read_algorithm2e(builder, content(inside), depth + 1)
            elif name == "Repeat":
                condition, inside = cursor.arguments(node, "{{")
                lines.append((depth, bold(before)))
                lines += read_algorithm2e(builder, content(inside), depth + 1)
                lines.append((depth, [*bold(after), Text(" "), *builder.argument(condition)]))
            else:
                remark = _remark(builder, cursor)
                condition, inside = cursor.arguments(node, "{{")
                lines.append(
                    (
                        depth,
                        [
                            *bold(before),
                            Text(" "),
                            *read_statement(builder, content(condition)),
                            Text(" "),
                            *bold(after),
                            *remark,
                        ],
                    )
                )
                lines += read_algorithm2e(builder, content(inside), depth + 1)
                if name == "eIf":
                    (other,) = cursor.arguments(NO_NODE, "{")
                    lines.append((depth, bold("else")))
                    lines += read_algorithm2e(builder, content(other), depth + 1)
        elif name in {"tcp", "tcc", "tcp*", "tcc*"}:
            _, _, words = cursor.arguments(node, "*[{")
            note: Pieces = [Text("// "), *builder.argument(words)]
            if row or lead:
                lead, row = [*lead, *builder.inline(row), Text("  "), *note], []
            elif lines and lines[-1][0] == depth and _starred(builder, node):
                lines[-1] = (depth, [*lines[-1][1], Text("  "), *note])
            else:
                lines.append((depth, note))
        elif name in {"DontPrintSemicolon", "PrintSemicolon"}:
            builder.context.options["no-semicolons"] = "yes" if name[0] == "D" else ""
        elif name in {"SetKwFunction", "SetKwInOut", "SetKwInput", "SetKw", "SetKwData", "SetKwProg"}:
            arguments = cursor.arguments(node, "{{{{" if name == "SetKwProg" else "{{")
            shown = builder.source(arguments[1])
            builder.context.options[f"algorithm-word-{builder.source(arguments[0])}"] = f"{name}:{shown}"
        elif name in {"Switch", "Case", "uCase", "lCase", "Other", "uOther", "lOther"}:
            finish()
            other = name.endswith("ther")
            condition, inside = (
                cursor.arguments(node, "{{") if not other else (None, cursor.arguments(node, "{")[0])
            )
            keyword_of, after = {"S": ("switch", "do"), "C": ("case", "do"), "O": ("otherwise", "do")}[
                name.lstrip("ul")[0]
            ]
            head = [] if other else [Text(" "), *builder.argument(condition)]
            lines.append((depth, [*bold(keyword_of), *head, Text(" "), *bold(after)]))
            lines += read_algorithm2e(builder, content(inside), depth + 1)
        elif word := builder.context.options.get(f"algorithm-word-{name}" if name else "", ""):
            how, _, shown = word.partition(":")
            if how in {"SetKwInOut", "SetKwInput"}:
                finish()
                (argument,) = cursor.arguments(node, "{")
                lines.append((depth, [*bold(f"{shown}:"), Text(" "), *strip(builder.argument(argument))]))
            elif how == "SetKwProg":
                finish()
                title, inside = cursor.arguments(node, "{{")
                head = strip(read_statement(builder, content(title)))
                lines.append((depth, [*bold(shown), Text(" "), *head, *bold(":")]))
                lines += read_algorithm2e(builder, content(inside), depth + 1)
            else:
                lead, row = [*lead, *builder.inline(row), *read_statement(builder, [node], cursor)], []
        elif re.fullmatch(
            r"(Set|Dont|Restyle|Print|Lines|no|No|Indp|Indm|Block).*|DontPrintSemicolon|BlankLine|Nl|nllabel",
            name,
        ):
            spec = {"SetKwInOut": "{{", "SetKwFunction": "{{", "SetKw": "{{", "SetKwData": "{{",
            "SetKwInput": "{{",
                    "SetKwProg": "{{{{", "SetKwComment": "{{{", "SetAlgoLined": ""}.get(name, "")  # fmt: skip
            cursor.arguments(node, spec)
        else:
            row.append(node)
    finish()
    return lines


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


def read_statement(builder: Builder, nodes: list[Node], cursor: Cursor | None = None) -> Pieces:
    """Words in which ``\\SetKwFunction`` and ``\\SetKw`` commands may stand; ``cursor`` has what follows."""
    out: Pieces = []
    inner = cursor if cursor is not None else Cursor(nodes, builder.context.text)
    queue = list(nodes) if cursor is not None else None
    row: list[Node] = []
    while (node := (queue.pop(0) if queue else None) if queue is not None else inner.next()) is not None:
        word = (
            builder.context.options.get(f"algorithm-word-{node.macroname}") if kind(node) == "macro" else None
        )
        if not word:
            row.append(node)
            continue
        out += builder.inline(row)
        row = []
        how, _, shown = word.partition(":")
        if how == "SetKwFunction":
            following = inner.peek(skip_blank=False)
            out.append(Mark(f"`{shown}`"))
            if following is not None and kind(following) == "group":
                (argument,) = inner.arguments(node, "{")
                out += [Text("("), *builder.argument(argument), Text(")")]
        else:
            out += bold(shown)
    return [*out, *builder.inline(row)]


@macro("SetKwFunction", "SetKwInOut", "SetKwInput", "SetKw", "SetKwData", "SetKwProg")
def own_keyword(builder: Builder, node: Node, cursor: Cursor) -> None:
    """algorithm2e's words of the author's own, declared outside of an algorithm."""
    arguments = cursor.arguments(node, "{{{{" if node.macroname == "SetKwProg" else "{{")
    name, shown = (builder.source(argument) for argument in arguments[:2])
    builder.context.options[f"algorithm-word-{name}"] = f"{node.macroname}:{shown}"


@macro("Return", "KwRet", "KwTo", "And", "Or", "Not", "True", "False")
def keyword(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Keywords inside a statement."""
    words = {"KwTo": "to", "KwRet": "return", "Return": "return"}.get(node.macroname, node.macroname.lower())
    builder.add(*bold(words), Text(" "))
