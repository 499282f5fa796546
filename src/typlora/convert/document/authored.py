"""Macros and environments of the author's own that stay functions: calls in text, and definitions."""

import re
from collections.abc import Sequence

from typlora.convert.authored.choice import Authored
from typlora.convert.authored.formulas import PARAMETER, body_latex
from typlora.convert.document.builder import Builder, environment_arguments, join, macro
from typlora.convert.document.context import Context
from typlora.convert.document.emit import emit
from typlora.convert.document.nodes import Cursor, Node, kind
from typlora.convert.document.nouns import Block
from typlora.convert.document.pieces import Code, Mark, Pieces, Text
from typlora.tex.macros import MacroTable, expand_all
from typlora.tex.parse import parse
from typlora.tex.source import SourceText
from typlora.tex.unit import Unit, UnitKind

_BODY = f"\\{PARAMETER}Z{{}}"
_NOTHING_BEFORE = ".,'/?;:!~-)} \n\t"  # as \xspace has it


def call(builder: Builder, node: Node, cursor: Cursor, authored: Authored) -> None:
    """``#name``, ``#name[argument][argument]``; arguments of one that is a formula are formulas."""
    context = builder.context
    context.authored_used.add(authored.name)
    arguments = cursor.arguments(node, authored.spec)
    if not arguments:
        builder.add(Code(f"#{authored.typst}"))
        after = cursor.peek(skip_blank=False)
        chars = getattr(after, "chars", "") if after is not None else ""
        if authored.spaced and node.macro_post_space and chars[:1] not in _NOTHING_BEFORE:
            builder.add(Text(" "))
        return
    formula = authored.formula is not None
    out: Pieces = [Mark(f"#{authored.typst}(" if formula else f"#{authored.typst}")]
    for index, (argument, default) in enumerate(zip(arguments, authored.defaults, strict=True)):
        if formula:
            latex = default if argument is None and default is not None else builder.source(argument)
            out += [Mark(", " if index else ""), context.formula(latex, node, display=False)]
        else:
            words = (
                [Text(default)] if argument is None and default is not None else builder.argument(argument)
            )
            out += [Mark("["), *words, Mark("]")]
    builder.add(*out, Code(")" if formula else ""))


def surround(builder: Builder, node: Node, authored: Authored) -> None:
    """``#name[argument][body]`` for an environment."""
    context = builder.context
    context.authored_used.add(authored.name)
    arguments, nodes = environment_arguments(builder, node, authored.spec)
    out: Pieces = [Mark(f"#{authored.typst}")]
    for argument, default in zip(arguments, authored.defaults, strict=True):
        words = [Text(default)] if argument is None and default is not None else builder.argument(argument)
        out += [Mark("["), *words, Mark("]")]
    out += [Mark("[\n"), *builder.flow(nodes), Mark("\n]")]
    builder.block(UnitKind.QUOTE, out, node)


def definitions(context: Context, table: MacroTable) -> list[Block]:
    """``#let`` of every macro that was called in text and is no formula, in order of their names.

    ``table`` has all macros: bodies are written with them expanded.
    """
    return [
        _definition(context, one, table)
        for _, one in sorted(context.authored.items())
        if one.name in context.authored_used and (one.ending is not None or one.formula is None)
    ]


def _definition(context: Context, authored: Authored, table: MacroTable) -> Block:
    """Converted in a context of its own text that shares everything else, formulas included."""
    latex = body_latex(authored.latex)
    if authored.ending is not None:
        ending = "".join(f"#{part}" if isinstance(part, int) else part for part in authored.ending)
        latex = f"{latex}{_BODY}{body_latex(ending)}"
    source = expand_all(SourceText.from_file(f"\\{authored.name}", latex), table).source
    latex = source.text
    inner = Context.__new__(Context)
    inner.__dict__.update(context.__dict__)
    inner.source, inner.text = source, latex
    inner.options = {**context.options, "authored-parameters": " ".join(authored.parameters)}
    builder = Builder(inner)
    builder.run(parse(source, table.specs(), table.environment_specs()).nodes)
    builder.flush()
    head = f"#let {authored.typst}"
    if authored.parameters:
        head += f"({', '.join(authored.parameters)})"
    block = authored.ending is not None
    around = (f"{head} = [\n", "\n]") if block else (f"{head} = [", "]")
    pieces: Pieces = [Mark(around[0]), *join(builder.chunks), Mark(around[1])]
    parts = tuple(
        re.sub(r"(#[a-z]+);(?=[\s\]*:,!?)]|$)", r"\1", part) if isinstance(part, str) else part
        for part in emit(pieces)
    )
    return Block(Unit(UnitKind.RAW, latex, source.span(0, len(latex))), parts)


@macro(*(f"{PARAMETER}{letter}" for letter in "ABCDEFGHIZ"))
def parameter(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A parameter in the body of a definition."""
    names: Sequence[str] = builder.context.options.get("authored-parameters", "").split()
    letter = node.macroname[-1]
    following = cursor.peek(skip_blank=False)
    if following is not None and kind(following) == "group" and not getattr(following, "nodelist", None):
        cursor.next()
    name = names[-1] if letter == "Z" else names[ord(letter) - 65]
    builder.add(Mark(f"#{name};"))
