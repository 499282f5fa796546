"""Formulas: what engines get, and the numbers and labels LaTeX puts on displays.

A display with one number is a Typst equation with a label. Where rows have numbers of their own the
helper ``equation-rows`` of the preamble sets them: it is told for each row a label, ``auto`` (a number
without label), ``none``, or a tag.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.colors import color
from typlora.convert.document.context import Context, Target
from typlora.convert.document.equation_rows import Row, number_row, row_argument, rows_of, settle
from typlora.convert.document.formula_source import formula_latex
from typlora.convert.document.nodes import (
    Cursor,
    Node,
    children,
    content,
    is_macro,
    kind,
)
from typlora.convert.document.nouns import Slot
from typlora.convert.document.pieces import LINE_END, Later, Mark, Pieces, Text, call

ROW_ENVIRONMENTS = frozenset(
    [
        "align",
        "flalign",
        "alignat",
        "xalignat",
        "gather",
        "eqnarray",
        "IEEEeqnarray",
        "dgroup",
    ]
)
ONE_NUMBER = frozenset(["equation", "multline", "dmath", "math", "displaymath"])


def math_node(builder: Builder, node: Node) -> None:
    """``$...$``, ``\\(...\\)``, ``\\[...\\]`` or ``$$...$$``."""
    inner = children(node)
    context = builder.context
    if node.displaytype == "inline" and _colored(builder, node, inner):
        return
    latex = formula_latex(inner, context)
    if node.displaytype == "inline":
        inline_formula(builder, node, latex)
        return
    rows = rows_of(inner, context)
    row = rows[0]
    row.keys, row.numbered = [key for one in rows for key in one.keys], row.tag is not None
    row.ends_proof = any(one.ends_proof for one in rows)
    settle(context, row)
    display(builder, node, latex, [row])


def _colored(builder: Builder, node: Node, inner: Sequence[Node]) -> bool:
    """``$\\textcolor{red}{x}$``, coloured as a whole, becomes coloured text around the formula."""
    row = [part for part in inner if kind(part) != "comment" and getattr(part, "chars", "x").strip()]
    if len(row) != 1 or not is_macro(row[0], "textcolor"):
        return False
    model, name, body = Cursor([], builder.context.text).arguments(row[0], "[{{")
    fill = color(builder.context, builder.source(name), builder.source(model))
    latex = formula_latex(content(body), builder.context)
    if not fill or not latex.strip():
        return False
    slot = builder.context.formula(latex, node, display=False)
    builder.add(*call(f"text(fill: {fill})", [slot]))
    return True


def inline_formula(builder: Builder, node: Node, latex: str) -> None:
    """A formula in a line; one that is empty leaves nothing."""
    if not latex.strip():
        return
    builder.add(builder.context.formula(latex, node, display=False))


@macro("ensuremath")
def ensuremath(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Mathematics wherever it stands."""
    (argument,) = cursor.arguments(node, "{")
    if argument is not None:
        inline_formula(builder, node, formula_latex(content(argument), builder.context))


def _math_body(node: Node) -> list[Node]:
    return children(node)


@environment("math")
def math_environment(builder: Builder, node: Node) -> None:
    """An inline formula written as an environment."""
    inline_formula(builder, node, formula_latex(_math_body(node), builder.context))


@environment(
    *(f"{name}{star}" for name in ROW_ENVIRONMENTS | ONE_NUMBER - {"math"} for star in ("", "*")),
    "split", "aligned", "gathered", "cases", "array", "matrix", "pmatrix", "bmatrix", "vmatrix", "xxalignat",
    "narrowmultline", "narrowmultline*", )  # fmt: skip
def display_environment(builder: Builder, node: Node) -> None:
    """All environments of mathematics that stand alone."""
    from typlora.convert.document.intertext import has_intertext, write_with_intertext
    from typlora.convert.document.multline import write_multline

    inner = _math_body(node)
    if has_intertext(inner):
        write_with_intertext(builder, node, inner)
        return
    latex, rows = environment_formula(builder, node, inner)
    if "multline" not in node.environmentname or not write_multline(builder, node, inner, latex, rows):
        display(builder, node, latex, rows)


def environment_formula(
    builder: Builder, node: Node, inner: list[Node], name: str = ""
) -> tuple[str, list[Row]]:
    """What engines get, and the numbers of the rows; ``inner`` is the body of ``node`` or a part of it,
    ``name`` the environment it stands for."""
    context = builder.context
    head = f"\\begin{{{name}}}" if name else _head(node, context)
    name = name or node.environmentname
    base = name.rstrip("*").removeprefix("narrow") if name.startswith("narrow") else name.rstrip("*")
    latex = formula_latex(inner, context)
    numbers = not name.endswith("*") and base in ROW_ENVIRONMENTS | ONE_NUMBER - {"math", "displaymath"}
    rows = rows_of(inner, context)
    if base in ROW_ENVIRONMENTS:
        latex = f"{head}\n{latex.strip()}\n\\end{{{name}}}"
        for row in rows:
            row.numbered = (row.numbered and numbers) or row.tag is not None
        while len(rows) > 1 and not rows[-1].keys and not _row_content(inner, context):
            rows.pop()
    else:
        keys = [key for row in rows for key in row.keys]
        tags = [row for row in rows if row.tag is not None]
        one = replace(tags[0], keys=keys) if tags else Row(keys)
        one.numbered = (numbers and all(row.numbered for row in rows)) or bool(tags)
        one.ends_proof = any(row.ends_proof for row in rows)
        rows = [one]
        if base not in ONE_NUMBER or base in {"multline"}:
            shown = name.removeprefix("narrow")
            latex = f"{head}\n{latex.strip()}\n\\end{{{name}}}".replace(name, shown)
    for row in rows:
        settle(context, row)
    return latex, rows


def _head(node: Node, context: Context) -> str:
    """``\\begin{...}`` with its arguments."""
    inner = _math_body(node)
    return context.text[node.pos : inner[0].pos].strip() if inner else f"\\begin{{{node.environmentname}}}"


def _row_content(inner: Sequence[Node], context: Context) -> bool:
    """Whether anything stands behind the last ``\\\\``."""
    last = [index for index, node in enumerate(inner) if is_macro(node, "\\", "cr")]
    return not last or bool(formula_latex(inner[last[-1] + 1 :], context).strip())


def display(builder: Builder, node: Node, latex: str, rows: list[Row]) -> None:
    """A formula on lines of its own, inside the paragraph it belongs to."""
    context = builder.context
    if not latex.strip():
        return
    from typlora.convert.document.displays import drawn_display

    if drawn_display(builder, node, latex, rows):
        return
    numbered = [row for row in rows if row.numbered]
    labels = [key for row in rows for key, _ in row.keys]
    if not numbered:
        target = Target("equation", context.current.number, label=context.current.label)
        for key, place in (pair for row in rows for pair in row.keys):
            context.define(key, context.current if context.current.name else target, place)
        if function := columns_helper(node, rows):
            context.need("row-number", "equation-rows", "each-column", function)
            slot = context.formula(latex, node, display=True, before=f"#{function}($ ", after=" $)")
            builder.add(LINE_END, slot, LINE_END)
            return
        bare = context.formula(latex, node, display=True, before="$ ", after=" $")
        wrapped = replace(bare, before="#unnumbered($ ", after=" $)")
        builder.add(LINE_END, Later(lambda: [_unnumbered(context, bare, wrapped)]), LINE_END)
        return
    targets = [number_row(context, row) for row in rows]
    function = columns_helper(node, rows)
    if len(rows) == 1 and rows[0].tag is None and not function:
        slot = context.formula(
            latex, node, display=True, labels=labels, before="$ ", after=_label(targets[0], " $")
        )
    else:
        context.need("row-number", "equation-rows")
        arguments: Pieces = []
        for row, counted in zip(rows, targets, strict=True):
            arguments += [*row_argument(builder, row, counted), Mark(", ")]
        if function:
            context.need("each-column", function)
        function = function or "equation-rows"
        builder.add(LINE_END, Mark(f"#{function}("), *arguments)
        slot = context.formula(latex, node, display=True, labels=labels, before="$ ", after=" $)")
        context.numbered_equations = context.numbered_equations or not all(row.ends_proof for row in numbered)
        builder.add(slot, LINE_END)
        return
    context.numbered_equations = True
    builder.add(LINE_END, slot, LINE_END)


def columns_helper(node: Node, rows: Sequence[Row]) -> str:
    """The helper that sets columns where LaTeX has them and Typst has not; empty where they agree."""
    name = node.environmentname.rstrip("*") if kind(node) == "environment" else ""
    if name in {"eqnarray", "IEEEeqnarray"}:
        return "eqnarray" if len(rows) > 1 else ""
    if name not in {"align", "flalign"}:
        return ""
    count = most = 0
    for part in _math_body(node):
        count = 0 if is_macro(part, "\\", "cr", "intertext", "shortintertext") else count
        text = getattr(part, "specials_chars", "") or getattr(part, "chars", "")
        count += text.count("&")
        most = max(most, count)
    return "pairs-apart" if most > 1 else ""


def _unnumbered(context: Context, bare: Slot, wrapped: Slot) -> Slot:
    """Where other equations of the document have numbers this one must say that it has none."""
    if not context.numbered_equations:
        return bare
    context.need("unnumbered")
    return wrapped


def _label(target: Target | None, closing: str) -> str:
    return f"{closing} <{target.label}>" if target is not None and target.label else closing


@environment("subequations")
def subequations(builder: Builder, node: Node) -> None:
    """Equations numbered 1a, 1b, ...; a label before the first one points to the 1."""
    grouped(builder, lambda: builder.flow(environment_arguments(builder, node, "[")[1]))


def grouped(builder: Builder, write: Callable[[], Pieces]) -> None:
    """What ``write`` makes, with the letters of one number: 1a, 1b, ..."""
    context = builder.context
    context.need("subequations")
    context.counters.step("equation")
    parent = context.counters.show("equation")
    saved = context.counters.values["equation"]
    saved_target = context.current
    group = Target("equation", parent, native=False)
    context.current = group
    context.options["subequations"] = parent
    context.counters.values["equation"] = 0
    inner = write()
    context.counters.values["equation"] = saved
    context.options.pop("subequations", None)
    context.current = saved_target
    context.numbered_equations = True
    pieces: Pieces = [Mark("#subequations[\n"), *inner, LINE_END, Mark("]"), group.anchor()]
    if builder.paragraph:
        builder.add(LINE_END, *pieces, LINE_END)
    else:
        builder.add(*pieces, LINE_END, Text(""))
