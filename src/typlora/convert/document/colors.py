"""Colours of xcolor as Typst colours."""

import re

from typlora.convert.document.context import Context

NAMED = {
    "red": "red", "green": "green", "blue": "blue", "black": "black", "white": "white", "gray": "gray",
    "grey": "gray", "orange": "orange", "purple": "purple", "yellow": "yellow", "teal": "teal",
    "olive": "olive",
    "lime": "lime", "cyan": 'rgb("#00aeef")', "magenta": 'rgb("#ec008c")', "brown": 'rgb("#bf8040")',
    "pink": 'rgb("#ffbfbf")', "violet": 'rgb("#800080")', "darkgray": "luma(25%)", "lightgray": "luma(75%)",
    "navy": "navy", "maroon": "maroon", "darkgreen": 'rgb("#006400")', "darkblue": 'rgb("#00008b")',
    "darkred": 'rgb("#8b0000")', "Red": "red", "Blue": "blue", "Green": "green", "Black": "black",
    "ForestGreen": 'rgb("#228b22")', "BrickRed": 'rgb("#b22222")', "RoyalBlue": 'rgb("#4169e1")',
    "OliveGreen": 'rgb("#3c8031")', "Maroon": "maroon", "Orange": "orange", "Gray": "gray",
    "Purple": "purple",
}  # fmt: skip


def color(context: Context, name: str, model: str = "") -> str:
    """Typst for a colour expression of xcolor; empty when it is not known."""
    name = name.strip()
    if model:
        return from_model(model, name)
    if name in context.colors:
        return context.colors[name]
    if name in NAMED:
        return NAMED[name]
    base, _, mix = name.partition("!")
    share, _, other = mix.partition("!")
    first = color(context, base) if mix else ""
    if first and re.fullmatch(r"\d+(\.\d+)?", share):
        second = color(context, other) if other else "white"
        if second:
            return f"color.mix(({first}, {share}%), ({second}, {round(100 - float(share), 2):g}%))"
    return ""


def from_model(model: str, value: str) -> str:
    """Typst for ``\\definecolor{...}{model}{value}``; empty when it is not understood."""
    model = model.strip()
    numbers = re.findall(r"\d*\.?\d+", value)
    if model in {"HTML", "html"} and re.fullmatch(r"\s*[0-9A-Fa-f]{6}\s*", value):
        return f'rgb("#{value.strip().lower()}")'
    if model == "RGB" and len(numbers) == 3:
        return "rgb({}, {}, {})".format(*(min(255, round(float(n))) for n in numbers))
    if model == "rgb" and len(numbers) == 3:
        return "rgb({}%, {}%, {}%)".format(*(_percent(n) for n in numbers))
    if model == "cmyk" and len(numbers) == 4:
        return "cmyk({}%, {}%, {}%, {}%)".format(*(_percent(n) for n in numbers))
    if model == "gray" and len(numbers) == 1:
        return f"luma({_percent(numbers[0])}%)"
    return ""


def _percent(number: str) -> str:
    return f"{min(100.0, round(float(number) * 100, 2)):g}"
