"""Algorithms (algorithmic, algorithmicx, algorithm2e) as structured text: keywords bold, blocks indented.

Statements become a nested list without markers; line numbers follow LaTeX's option.
"""

import re

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.context import Target
from typlora.convert.document.figures import caption_words
from typlora.convert.document.nodes import NO_NODE, Chars, Cursor, Node, content, is_macro, kind
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, Styled, Text, is_empty, strip
from typlora.tex.unit import UnitKind

Line = tuple[int, Pieces]

# algorithmic(x): command -> (words before the argument, words behind it, change of depth behind the line)
_OPEN = {
    "If": ("if", "then"), "For": ("for", "do"), "ForAll": ("for all", "do"), "While": ("while", "do"),
    "Loop": ("loop", ""), "Repeat": ("repeat", ""), "Procedure": ("procedure", ""), "Function": ("function",
    ""),
    "ForEach": ("for each", "do"), "Else": ("else", ""), "ElsIf": ("else if", "then"), "ElseIf": ("else if",
    "then"),
}  # fmt: skip
_CLOSE = {"EndIf": "end if", "EndFor": "end for", "EndWhile": "end while", "EndLoop": "end loop",
          "EndProcedure": "end procedure", "EndFunction": "end function", "EndForAll": "end for",
          "EndForEach": "end for"}  # fmt: skip
_PLAIN = {"Require": "Require:", "Ensure": "Ensure:", "Input": "Input:", "Output": "Output:",
    "Return": "return",
          "Print": "print", "KwIn": "Input:", "KwOut": "Output:", "KwData": "Data:", "KwResult": "Result:",
          "KwRet": "return", "SetAlgoLined": "", "Initialize": "Initialize:", "KwInput": "Input:",
          "KwOutput": "Output:"}  # fmt: skip
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


def _bold(words: str) -> Pieces:
    return [Styled("*", (Text(words),))] if words else []


@environment("algorithmic", "algorithmic*", "algpseudocode")
def algorithmic(builder: Builder, node: Node) -> None:
    """Statements of algorithmic and algorithmicx."""
    (numbers,), nodes = environment_arguments(builder, node, "[")
    lines = read_algorithmic(builder, nodes)
    builder.block(UnitKind.ALGORITHM, write_lines(builder, lines, numbered=numbers is not None), node)


def read_algorithmic(builder: Builder, nodes: list[Node]) -> list[Line]:
    """``(depth, pieces)`` of each line."""
    lines: list[Line] = []
    depth = 0
    lead: Pieces = []
    row: list[Node] = []
    cursor = Cursor(nodes, builder.context.text)

    def finish() -> None:
        nonlocal lead, row
        pieces = [*lead, *builder.inline(row)]
        if not is_empty(pieces):
            lines.append((depth, strip(pieces)))
        lead, row = [], []

    while (node := cursor.next()) is not None:
        name = _canonical(node.macroname) if kind(node) == "macro" else ""
        if name in {"State", "Statex"}:
            finish()
            if known := cursor.arguments(node, "{")[0] if _has_group(node) else None:
                row.extend(content(known))
        elif name in _CLOSE:
            finish()
            depth = max(0, depth - 1)
            lead = _bold(_CLOSE[name])
            finish()
        elif name == "Until":
            finish()
            depth = max(0, depth - 1)
            lead = [*_bold("until"), Text(" ")]
            row.extend(content(cursor.arguments(node, "{")[0]))
            finish()
        elif name in _OPEN:
            finish()
            if name in {"Else", "ElsIf", "ElseIf"}:
                depth = max(0, depth - 1)
            before, after = _OPEN[name]
            if name in {"Procedure", "Function"}:
                title, parameters = cursor.arguments(node, "{{")
                lead = [*_bold(before), Text(" "), *_call(builder, title, parameters)]
            elif name in {"Else", "Loop", "Repeat"}:
                lead = _bold(before)
            else:
                (condition,) = cursor.arguments(node, "{")
                lead = [*_bold(before), Text(" "), *builder.argument(condition), Text(" "), *_bold(after)]
            pieces = lead
            lead = []
            if pieces:
                lines.append((depth, pieces))
            depth += 1
        elif name in _PLAIN:
            if name not in {"Return", "Print"} or not (lead or row):
                finish()
            following = [*_bold(_PLAIN[name]), Text(" ")]
            if row:
                row.append(node)
            else:
                lead = [*lead, *following]
        elif name == "Comment":
            (words,) = cursor.arguments(node, "{")
            note = [Text("  ▷ "), *builder.argument(words)]
            if row or lead:
                lead, row = [*lead, *builder.inline(row), *note], []
            elif lines:
                lines[-1] = (lines[-1][0], [*lines[-1][1], *note])
            else:
                lead = note
        elif name == "Call":
            title, parameters = cursor.arguments(node, "{{")
            lead = [*lead, *builder.inline(row), *_call(builder, title, parameters)]
            row = []
        elif name in {"algrenewcommand", "algnewcommand"}:
            cursor.arguments(node, "{{")
        else:
            row.append(node)
    finish()
    return lines


def _canonical(name: str) -> str:
    """algorithmic writes its commands in capitals."""
    upper = {"STATE": "State", "IF": "If", "ELSE": "Else", "ELSIF": "ElsIf", "ENDIF": "EndIf", "FOR": "For",
             "FORALL": "ForAll", "ENDFOR": "EndFor", "WHILE": "While", "ENDWHILE": "EndWhile",
             "REPEAT": "Repeat",
             "UNTIL": "Until", "LOOP": "Loop", "ENDLOOP": "EndLoop", "REQUIRE": "Require", "ENSURE": "Ensure",
             "RETURN": "Return", "PRINT": "Print", "COMMENT": "Comment", "INPUT": "Input", "OUTPUT": "Output",
             "PROCEDURE": "Procedure", "ENDPROCEDURE": "EndProcedure", "FUNCTION": "Function",
             "ENDFUNCTION": "EndFunction"}  # fmt: skip
    return upper.get(name, name)


def _has_group(node: Node) -> bool:
    from typlora.convert.document.nodes import known_arguments

    return any(argument is not None for _, argument in known_arguments(node))


def _call(builder: Builder, title: Node | None, parameters: Node | None) -> Pieces:
    name = strip(builder.argument(title))
    shown: Pieces = [Mark("#smallcaps["), *name, Code("]")] if not is_empty(name) else []
    return [*shown, Text("("), *builder.argument(parameters), Text(")")]


def write_lines(builder: Builder, lines: list[Line], *, numbered: bool) -> Pieces:
    """``#algorithm-lines`` with one argument a line: depth and content."""
    if not lines:
        return []
    builder.context.need("algorithm-lines")
    out: Pieces = [
        Mark(f"#algorithm-lines(numbered: {'true' if numbered else 'false'},\n"),
        Shift(2),
        Mark("  "),
    ]
    for depth, pieces in lines:
        out += [Mark(f"({depth}, ["), *pieces, Mark("]),\n")]
    return [*out, Shift(-2), Mark("\n"), Code(")")]


@environment("algorithm", "algorithm*", "algorithm2e", "algorithm2e*", "procedure", "function", "algo")
def algorithm(builder: Builder, node: Node) -> None:
    """The float, and algorithm2e's statements inside it."""
    context = builder.context
    _, nodes = environment_arguments(builder, node, "[")
    saved = context.current
    words = caption_words(builder, nodes)
    if words is not None:
        context.counters.step("algorithm")
    target = Target("algorithm", str(context.counters.values.get("algorithm", 0)), native=words is not None)
    context.current = target
    inner = [n for n in nodes if not is_macro(n, "caption", "label")]
    for found in nodes:
        if is_macro(found, "label"):
            from typlora.convert.document.nodes import argument_text, known_arguments

            key = known_arguments(found)
            context.define(argument_text(key[-1][1], context.text) if key else "", target, found)
    old, context.options["caption-done"] = context.options.get("caption-done", ""), "yes"
    if any(
        kind(n) == "environment" and n.environmentname.startswith(("algorithmic", "algpseudo")) for n in inner
    ):
        body = builder.flow(inner)
    else:
        options = builder.context.options.get("algorithm2e", "")
        lines = read_algorithm2e(builder, inner)
        body = write_lines(builder, lines, numbered="linesnumbered" in options)
    if not old:
        context.options.pop("caption-done")
    context.current = saved
    if is_empty(body):
        return
    context.need("algorithm-figure")
    out: Pieces = [Mark("#figure(\n"), Shift(2), Mark('  kind: "algorithm",\nsupplement: "Algorithm",\n')]
    if words is not None:
        out += [Mark("caption: ["), *words, Mark("],\n")]
    else:
        out.append(Mark("numbering: none,\n"))
    out += [
        Mark("[\n"),
        Shift(2),
        Mark("  "),
        *body,
        Shift(-2),
        Mark("\n],\n"),
        Shift(-2),
        Mark("\n"),
        Mark(")"),
    ]
    builder.block(UnitKind.ALGORITHM, [*out, *([target.anchor()] if words is not None else [])], node)


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
            head_words = f"{own}:" if own else _PLAIN[name]
            lines.append((depth, [*_bold(head_words), Text(" "), *strip(builder.argument(argument))]))
        elif name in {"Return", "KwRet"}:
            finish()
            following = cursor.peek()
            lead = [*_bold("return"), Text(" ")]
            if following is not None and kind(following) == "group":
                row.extend(content(cursor.arguments(node, "{")[0]))
        elif name in _ALGORITHM2E:
            finish()
            before, after = _ALGORITHM2E[name]
            if name in {"Else", "uElse", "lElse", "Begin"}:
                (inside,) = cursor.arguments(node, "{")
                lines.append((depth, _bold(before)))
                lines += read_algorithm2e(builder, content(inside), depth + 1)
            elif name == "Repeat":
                condition, inside = cursor.arguments(node, "{{")
                lines.append((depth, _bold(before)))
                lines += read_algorithm2e(builder, content(inside), depth + 1)
                lines.append((depth, [*_bold(after), Text(" "), *builder.argument(condition)]))
            else:
                remark = _remark(builder, cursor)
                condition, inside = cursor.arguments(node, "{{")
                lines.append(
                    (
                        depth,
                        [
                            *_bold(before),
                            Text(" "),
                            *read_statement(builder, content(condition)),
                            Text(" "),
                            *_bold(after),
                            *remark,
                        ],
                    )
                )
                lines += read_algorithm2e(builder, content(inside), depth + 1)
                if name == "eIf":
                    (other,) = cursor.arguments(NO_NODE, "{")
                    lines.append((depth, _bold("else")))
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
            lines.append((depth, [*_bold(keyword_of), *head, Text(" "), *_bold(after)]))
            lines += read_algorithm2e(builder, content(inside), depth + 1)
        elif word := builder.context.options.get(f"algorithm-word-{name}" if name else "", ""):
            how, _, shown = word.partition(":")
            if how in {"SetKwInOut", "SetKwInput"}:
                finish()
                (argument,) = cursor.arguments(node, "{")
                lines.append((depth, [*_bold(f"{shown}:"), Text(" "), *strip(builder.argument(argument))]))
            elif how == "SetKwProg":
                finish()
                title, inside = cursor.arguments(node, "{{")
                head = strip(read_statement(builder, content(title)))
                lines.append((depth, [*_bold(shown), Text(" "), *head, *_bold(":")]))
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
            out += _bold(shown)
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
    builder.add(*_bold(words), Text(" "))
