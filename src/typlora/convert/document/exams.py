"""Exams and exercise sheets: solutions of the class exam, and the columns of the package tasks."""

import re

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.context import NumberFormat, Target
from typlora.convert.document.list_labels import Label, read_label
from typlora.convert.document.lists import items
from typlora.convert.document.nodes import Chars, Cursor, Node, children, content, end, kind
from typlora.convert.document.pieces import Mark, Pieces, Shift, Text, strip
from typlora.convert.document.tally import count
from typlora.tex.unit import UnitKind

_ANSWERS = re.compile(r"^[^%\n]*?\\(no)?printanswers(?![A-Za-z])", re.M)
_COLUMNS = re.compile(r"\s*\((\d+)\)")
_DROPPED = {"gradetable": "[[", "bonusgradetable": "[[", "combinedgradetable": "[[", "pointtable": "[["}
_LAYOUT = """addpoints noaddpoints pointsinmargin pointsinrightmargin pointsdroppedatright nopointsinmargin
    bracketedpoints boxedpoints nobracketedpoints unframedsolutions framedsolutions shadedsolutions droppoints
    settasks"""


def prints_answers(builder: Builder) -> bool:
    """Whether the class exam shows the solutions: its option, or the last of two commands."""
    said = _ANSWERS.findall(builder.context.text)
    return not said[-1] if said else "answers" in builder.context.class_options


@environment("examsolution")
def solution(builder: Builder, node: Node) -> None:
    """A solution, where the class prints it; else it is as hidden as in LaTeX, and told."""
    if not prints_answers(builder):
        latex = builder.context.text[node.pos : end(node)]
        count(builder.context, "solutions that LaTeX does not print either", node, "solution", latex)
        return
    inner = builder.flow(children(node))
    body = [Mark("#block(width: 100%, stroke: 0.5pt, inset: 5pt)["), Mark("*Solution:* "), *inner, Mark("]")]
    builder.block(UnitKind.PARAGRAPH, body, node)


@macro(*_DROPPED)
def grade_table(builder: Builder, node: Node, cursor: Cursor) -> None:
    """The table of points, which the class counts while it prints."""
    cursor.arguments(node, _DROPPED[node.macroname])
    builder.context.lose(node, "the table of points is not in the output")


@macro(*_LAYOUT.split())
def exam_layout(builder: Builder, node: Node, cursor: Cursor) -> None:
    """How points and solutions look."""
    if node.macroname == "settasks":
        options = builder.source(cursor.arguments(node, "{")[0])
        builder.context.options["tasks"] = options
    count(builder.context, "layout not carried over: looks of exams", node, node.macroname, "")


@environment("tasks")
def tasks(builder: Builder, node: Node) -> None:
    """Short exercises in rows, ``(3)`` beside each other."""
    context = builder.context
    (given,), nodes = environment_arguments(builder, node, "[")
    wide = 1
    first = next((n for n in nodes if kind(n) != "comment"), None)
    if first is not None and kind(first) == "chars" and (found := _COLUMNS.match(first.chars)):
        wide = int(found[1])
        nodes[nodes.index(first)] = Chars(first.chars[found.end() :], first.pos + found.end())
    label = _label(builder, given)
    saved = context.current
    cells: list[Pieces] = []
    for number, (own, inner, _) in enumerate(items(builder, nodes, "task")[1], 1):
        target = context.current = Target("item", label.reference(number))
        shown = strip(builder.inline(content(own))) if own is not None else [Text(label.show(number))]
        cells.append([*shown, Text("\u00a0"), *builder.inline(inner), target.hidden_anchor()])
    context.current = saved
    if not cells:
        return
    context.need("grid")
    out: Pieces = [Mark(f"#grid(columns: (1fr,) * {wide}, gutter: 0.8em,\n"), Shift(2)]
    for cell in cells:
        out += [Mark("  ["), *cell, Mark("],\n")]
    builder.block(UnitKind.LIST, [*out, Shift(-2), Mark(")")], node)


def _label(builder: Builder, given: Node | None) -> Label:
    options = builder.source(given) or builder.context.options.get("tasks", "")
    options = re.sub(r"counter-format\s*=\s*", "label=", options)
    options = re.sub(r"tsk\[([aAiI1])\]", lambda found: _STYLES[found[1]], options)
    return read_label(options, enumitem=True)[0] or _USUAL


_STYLES = {"a": r"\alph*", "A": r"\Alph*", "i": r"\roman*", "I": r"\Roman*", "1": r"\arabic*"}
_USUAL = Label(NumberFormat("", "a", ")"))
