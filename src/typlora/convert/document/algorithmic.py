"""algorithmic and algorithmicx: a command a line, blocks between an opening and a closing one."""

from typlora.convert.document.builder import Builder, environment, environment_arguments
from typlora.convert.document.nodes import Cursor, Node, content, kind, known_arguments
from typlora.convert.document.pieces import Code, Mark, Pieces, Text, is_empty, strip
from typlora.convert.document.statements import HEADS, Line, bold, write_lines
from typlora.tex.unit import UnitKind

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
            lead = bold(_CLOSE[name])
            finish()
        elif name == "Until":
            finish()
            depth = max(0, depth - 1)
            lead = [*bold("until"), Text(" ")]
            row.extend(content(cursor.arguments(node, "{")[0]))
            finish()
        elif name in _OPEN:
            finish()
            if name in {"Else", "ElsIf", "ElseIf"}:
                depth = max(0, depth - 1)
            before, after = _OPEN[name]
            if name in {"Procedure", "Function"}:
                title, parameters = cursor.arguments(node, "{{")
                lead = [*bold(before), Text(" "), *_call(builder, title, parameters)]
            elif name in {"Else", "Loop", "Repeat"}:
                lead = bold(before)
            else:
                (condition,) = cursor.arguments(node, "{")
                lead = [*bold(before), Text(" "), *builder.argument(condition), Text(" "), *bold(after)]
            pieces = lead
            lead = []
            if pieces:
                lines.append((depth, pieces))
            depth += 1
        elif name in HEADS:
            if name not in {"Return", "Print"} or not (lead or row):
                finish()
            following = [*bold(HEADS[name]), Text(" ")]
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
    return any(argument is not None for _, argument in known_arguments(node))


def _call(builder: Builder, title: Node | None, parameters: Node | None) -> Pieces:
    name = strip(builder.argument(title))
    shown: Pieces = [Mark("#smallcaps["), *name, Code("]")] if not is_empty(name) else []
    return [*shown, Text("("), *builder.argument(parameters), Text(")")]
