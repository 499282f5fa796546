"""siunitx in text: numbers, quantities, ranges, lists, angles, and its settings."""

import re

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Text
from typlora.convert.document.units import THIN, UnitStyle, number_text, unit_text

_SPECS = {
    "SI": "[{[{", "qty": "[{{", "SIrange": "[{{{", "qtyrange": "[{{{", "numrange": "[{{", "SIlist": "[{{",
    "qtylist": "[{{", "qtyproduct": "[{{", "complexqty": "[{{",
}  # fmt: skip
_CLOSE = {"°", "′", "″"}  # units without a space before them


@macro("sisetup")
def settings(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Settings of the numbers and units that follow."""
    style = builder.context.unit_style.with_options(builder.source(cursor.arguments(node, "{")[0]))
    builder.context.unit_style = style


@macro("DeclareSIUnit")
def own_unit(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A unit of the author's own."""
    _, name, shown = (builder.source(argument) for argument in cursor.arguments(node, "[{{"))
    text = re.sub(r"\\(?:text|mathrm|textrm|ensuremath|ohm)|[{}$]", "", shown)
    if re.fullmatch(r"\\[A-Za-z]+", name) and text and "\\" not in text:
        builder.context.unit_style.own[name[1:]] = text


@macro(
    "SI", "qty", "num", "si", "unit", "ang", "SIrange", "qtyrange", "numrange", "numlist", "SIlist",
    "qtylist",
    "tablenum", "numproduct", "qtyproduct", "complexnum", "complexqty",
)  # fmt: skip
def quantity(builder: Builder, node: Node, cursor: Cursor) -> None:
    """One of siunitx's commands."""
    name = node.macroname
    options, *arguments = (builder.source(a) for a in cursor.arguments(node, _SPECS.get(name, "[{")))
    style = builder.context.unit_style.with_options(options)
    builder.add(Text(_shown(name, arguments, style)))


def _shown(name: str, arguments: list[str], style: UnitStyle) -> str:
    if name in {"si", "unit"}:
        return unit_text(arguments[0], style)
    if name in {"num", "tablenum", "numproduct"}:
        return number_text(arguments[0], style)
    if name == "ang":
        parts = zip(arguments[0].split(";"), "°′″", strict=False)
        return "".join(f"{number_text(part, style)}{sign}" for part, sign in parts if part.strip())
    has_unit = name.startswith(("SI", "qty", "complexqty"))
    unit = unit_text(arguments[-1], style) if has_unit else ""
    unit = unit if unit in _CLOSE or not unit else THIN + unit
    if name.startswith("complex"):
        return re.sub(r"(?<=[\di])\s*([+-])\s*", r" \1 ", arguments[0]).replace("-", "−") + unit
    if name.endswith("product"):
        return f"{THIN}×{THIN}".join(number_text(part, style) + unit for part in arguments[0].split("x"))
    if name.endswith("list"):
        numbers = [number_text(part, style) for part in arguments[0].split(";")]
        return _listed(numbers, unit, style)
    if name.endswith("range"):
        first, last = (number_text(part, style) for part in arguments[:2])
        return f"{first}{unit if style.repeat else ''}{style.between}{last}{unit}"
    number = number_text(arguments[0], style)
    return (f"({number})" if " ± " in number else number) + unit


def _listed(numbers: list[str], unit: str, style: UnitStyle) -> str:
    each = unit if style.repeat else ""
    joined = ", ".join(number + each for number in numbers[:-1])
    return f"{joined} and {numbers[-1]}{unit}" if joined else numbers[-1] + unit


@macro("celsius", "degreeCelsius", "perthousand", "micro", "ohm")
def unit_symbol(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A unit outside of a quantity (gensymb, older siunitx)."""
    symbols = {"celsius": "°C", "degreeCelsius": "°C", "perthousand": "‰", "micro": "µ", "ohm": "Ω"}
    builder.add(Text(symbols[node.macroname] + node.macro_post_space))
