"""algorithmic and algorithmicx: a command a line, blocks between an opening and a closing one."""

from typlora.convert.document.builder import Builder, environment, environment_arguments
from typlora.convert.document.nodes import Cursor, Node, content, is_blank, kind, known_arguments
from typlora.convert.document.pieces import Code, Mark, Pieces, Text, is_empty, strip
from typlora.convert.document.statements import HEADS, Lines, bold, keyword, write_lines
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


def read_algorithmic(builder: Builder, nodes: list[Node]) -> Lines:
    """The lines that the commands make."""
    lines = Lines(builder)
    ends = not builder.context.options.get("algorithm-noend")
    depth = 0
    lead: Pieces = []
    row: list[Node] = []
    numbered = True
    cursor = Cursor(nodes, builder.context.text)

    def finish() -> None:
        nonlocal lead, row, numbered
        lines.add(depth, [*lead, *builder.inline(row)], numbered=numbered)
        lead, row, numbered = [], [], True

    while (node := cursor.next()) is not None:
        name = _canonical(node.macroname) if kind(node) == "macro" else ""
        if name in {"State", "Statex"}:
            finish()
            numbered = name == "State"
            if known := cursor.arguments(node, "{")[0] if _has_group(node) else None:
                row.extend(content(known))
        elif name == "item":  # \item[\textbf{Input:}], a line without number
            finish()
            numbered = False
            (words,) = cursor.arguments(node, "[")
            lead = [*builder.argument(words), Text(" ")] if words is not None else []
        elif name in _CLOSE:
            finish()
            depth = max(0, depth - 1)
            if ends:
                lines.add(depth, _end_words(builder, name))
        elif name == "Until":
            finish()
            depth = max(0, depth - 1)
            lead = [*bold(keyword(builder, "until", "until")), Text(" ")]
            row.extend(content(cursor.arguments(node, "{")[0]))
            finish()
        elif name in _OPEN:
            finish()
            if name in {"Else", "ElsIf", "ElseIf"}:
                depth = max(0, depth - 1)
            before, after = (_word(builder, word) for word in _OPEN[name])
            if name in {"Procedure", "Function"}:
                title, parameters = cursor.arguments(node, "{{")
                call = _call(builder, title, parameters, brackets=False)
                lines.add(depth, [*bold(before), Text(" "), *call])
            elif name in {"Else", "Loop", "Repeat"}:
                lines.add(depth, bold(before))
            else:
                (condition,) = cursor.arguments(node, "{")
                words = [Text(" "), *builder.argument(condition), Text(" ")]
                lines.add(depth, [*bold(before), *words, *bold(after)])
            depth += 1
        elif name in HEADS:
            starts = node.macroname.isupper()  # algorithmic's \RETURN is a line of its own
            finishes = name not in {"Return", "Print"} or not (lead or row) or starts
            if finishes:
                finish()
            following = [*bold(keyword(builder, name.lower(), HEADS[name])), Text(" ")]
            lead = [*lead, *builder.inline(row), *following]
            row = []
            numbered = numbered and (name in {"Return", "Print"} or not finishes)
        elif name == "Comment":
            (words,) = cursor.arguments(node, "{")
            note = _remark(builder, words)
            if not _only_blank(row) or lead:
                lead, row = [*lead, *builder.inline(row), *note], []
            elif lines.found:
                lines.append(note)
            else:
                lead = note
        elif name == "Call":
            title, parameters = cursor.arguments(node, "{{")
            lead = [*lead, *builder.inline(row), *_call(builder, title, parameters)]
            row = []
        elif name == "label":
            lines.label(node, pending=bool(lead) or not _only_blank(row))
        else:
            row.append(node)
    finish()
    return lines


def _only_blank(row: list[Node]) -> bool:
    return all(is_blank(node) or (kind(node) == "chars" and not node.chars.strip()) for node in row)


def _word(builder: Builder, words: str) -> str:
    """``else if``, ``do``, ... or what the document has made of them."""
    names = {"for all": "forall", "else if": "elsif"}
    return keyword(builder, names.get(words, words), words) if words else ""


def _end_words(builder: Builder, name: str) -> Pieces:
    """``end while``, as two words that a document may redefine."""
    what = _CLOSE[name].removeprefix("end ")
    return bold(f"{keyword(builder, 'end', 'end')} {_word(builder, what)}".strip())


def _remark(builder: Builder, words: Node | None) -> Pieces:
    """A comment as the package shows it, or as the document does (``\algorithmiccomment``)."""
    own = builder.context.keyword_commands.get("algorithmiccomment", "")
    shown = builder.argument(words)
    packages = builder.context.packages
    if not own and "algorithmic" in packages and not packages & {"algpseudocode", "algcompatible"}:
        return [Text(" {"), *shown, Text("}")]
    return [Text("  // " if "//" in own else "  ▷ "), *shown]


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


def _call(builder: Builder, title: Node | None, parameters: Node | None, *, brackets: bool = True) -> Pieces:
    name = strip(builder.argument(title))
    shown: Pieces = [Mark("#smallcaps["), *name, Code("]")] if not is_empty(name) else []
    given = builder.argument(parameters)
    return [*shown, Text("("), *given, Text(")")] if brackets or not is_empty(given) else shown
