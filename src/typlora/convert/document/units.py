"""siunitx and mhchem: numbers, units and chemical formulas in text."""

import re

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.formula_words import formula_words
from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Code, Mark, Pieces, Text

_UNITS = {
    "metre": "m", "meter": "m", "kilogram": "kg", "gram": "g", "second": "s", "ampere": "A", "kelvin": "K",
    "mole": "mol",
    "candela": "cd", "hertz": "Hz", "newton": "N", "pascal": "Pa", "joule": "J", "watt": "W",
    "coulomb": "C", "volt": "V",
    "farad": "F", "ohm": "Ω", "siemens": "S", "weber": "Wb", "tesla": "T", "henry": "H", "celsius": "°C",
    "degreeCelsius": "°C", "lumen": "lm", "lux": "lx", "becquerel": "Bq", "gray": "Gy", "sievert": "Sv",
    "minute": "min",
    "hour": "h", "day": "d", "degree": "°", "arcminute": "′", "arcsecond": "″", "hectare": "ha", "litre": "L",
    "liter": "L", "tonne": "t", "electronvolt": "eV", "dalton": "Da", "bar": "bar", "mmHg": "mmHg",
    "angstrom": "Å",
    "percent": "%", "decibel": "dB", "radian": "rad", "steradian": "sr", "bit": "bit", "byte": "B",
    "astronomicalunit": "au",
    "clight": "c", "elementarycharge": "e", "neper": "Np", "bel": "B", "katal": "kat", "knot": "kn",
    "barn": "b",
    "nauticalmile": "M", "atomicmassunit": "u", "planckbar": "ℏ", "pixel": "px", "year": "a",
    "m": "m", "s": "s", "g": "g", "kg": "kg", "mg": "mg", "cm": "cm", "mm": "mm", "um": "µm", "nm": "nm",
    "km": "km",
    "ms": "ms", "us": "µs", "ns": "ns", "Hz": "Hz", "kHz": "kHz", "MHz": "MHz", "GHz": "GHz", "N": "N",
    "Pa": "Pa",
    "kPa": "kPa", "MPa": "MPa", "J": "J", "kJ": "kJ", "W": "W", "kW": "kW", "MW": "MW", "V": "V",
    "mV": "mV", "kV": "kV",
    "A": "A", "mA": "mA", "K": "K", "mol": "mol", "eV": "eV", "keV": "keV", "MeV": "MeV", "GeV": "GeV",
    "TeV": "TeV",
    "l": "L", "L": "L", "mL": "mL", "ml": "mL", "dB": "dB", "h": "h",
}  # fmt: skip
_PREFIXES = {
    "quecto": "q", "yocto": "y", "zepto": "z", "atto": "a", "femto": "f", "pico": "p", "nano": "n",
    "micro": "µ",
    "milli": "m", "centi": "c", "deci": "d", "deca": "da", "hecto": "h", "kilo": "k", "mega": "M",
    "giga": "G",
    "tera": "T", "peta": "P", "exa": "E", "zetta": "Z", "yotta": "Y", "kibi": "Ki", "mebi": "Mi",
    "gibi": "Gi", "tebi": "Ti",
}  # fmt: skip
_SUPER = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
_TOKEN = re.compile(r"\\([A-Za-z]+)|([^\\]+)")


def unit_text(latex: str) -> str:
    """A unit as Unicode text: ``\\kilo\\metre\\per\\second`` is ``km s⁻¹``."""
    latex = re.sub(r"\{([^{}]*)\}", r"\1", latex) if "\\" not in latex else latex
    if "\\" not in latex:
        text = re.sub(r"\^\(?([-+]?\d+)\)?", lambda m: m[1].translate(_SUPER), latex)
        return re.sub(r"\s*[.~]\s*", "\u202f", text.strip())
    out: list[str] = []
    prefix, per = "", False
    for name, other in _TOKEN.findall(re.sub(r"\s+", " ", latex)):
        if name == "per":
            per = True
        elif name in _PREFIXES:
            prefix = _PREFIXES[name]
        elif name in {"squared", "cubed", "square", "cubic", "tothe", "raiseto"}:
            power = {"squared": "2", "cubed": "3", "square": "2", "cubic": "3"}.get(name, "")
            if name in {"squared", "cubed"} and out:
                out[-1] = _powered(out[-1], power)
            elif power:
                prefix = f"^{power}^{prefix}"
        elif name in _UNITS or name:
            symbol = _UNITS.get(name, name)
            raised = ""
            if found := re.match(r"\^(\d)\^", prefix):
                raised, prefix = found[1], prefix[found.end() :]
            out.append(f"{prefix}{symbol}" + (raised.translate(_SUPER) if raised and not per else ""))
            if per:
                out[-1] = out[-1] + ("-" + (raised or "1")).translate(_SUPER)
            prefix, per = "", False
        elif power_ := re.match(r"\s*\{?\^?\{?([-+]?\d+)\}?", other):
            if out:
                out[-1] = _powered(out[-1], power_[1])
        elif other.strip(" {}~."):
            out.append(other.strip(" {}~."))
    return "\u202f".join(out)


def _powered(unit: str, power: str) -> str:
    if unit.endswith("⁻¹"):
        return unit[:-2] + f"-{power}".translate(_SUPER)
    return unit + power.translate(_SUPER)


def number_text(latex: str) -> str:
    """A number as siunitx prints it: groups of digits, times, a power of ten."""
    text = re.sub(r"\\[,;!]|[~\s{}]", "", latex)
    text = text.replace("\\pm", "±").replace("+-", "±").replace("\\times", "x").replace("\\cdot", "x")
    out = []
    for part in text.split("x"):
        found = re.fullmatch(
            r"([<>~]?[-+±]?)(\d*)([.,]?)(\d*)((?:\(\d+\))?(?:±[\d.]+)?)(?:[eEdD]([-+]?\d+))?", part
        )
        if not found:
            out.append(part.replace("-", "−"))
            continue
        sign, whole, point, decimals, uncertain, power = found.groups()
        shown = (
            sign.replace("-", "−")
            + _grouped(whole)
            + ("." if point else "")
            + _grouped_right(decimals)
            + uncertain
        )
        if power:
            tail = "10" + power.lstrip("+").translate(_SUPER)
            shown = f"{shown}\u202f×\u202f{tail}" if shown.strip("−+") else sign.replace("-", "−") + tail
        out.append(shown)
    return "\u202f×\u202f".join(out)


def _grouped(digits: str) -> str:
    if len(digits) < 5:
        return digits
    head = len(digits) % 3
    groups = [digits[:head]] if head else []
    return "\u202f".join(groups + [digits[i : i + 3] for i in range(head, len(digits), 3)])


def _grouped_right(digits: str) -> str:
    if len(digits) < 5:
        return digits
    return "\u202f".join(digits[i : i + 3] for i in range(0, len(digits), 3))


@macro(
    "SI",
    "qty",
    "num",
    "si",
    "unit",
    "ang",
    "SIrange",
    "qtyrange",
    "numrange",
    "numlist",
    "SIlist",
    "qtylist",
    "tablenum",
)
def quantity(builder: Builder, node: Node, cursor: Cursor) -> None:
    """siunitx in text."""
    name = node.macroname
    spec = {"SI": "[{[{", "qty": "[{{", "SIrange": "[{{{", "qtyrange": "[{{{", "numrange": "[{{",
    "SIlist": "[{{",
            "qtylist": "[{{"}.get(name, "[{")  # fmt: skip
    arguments = [builder.source(a) for a in cursor.arguments(node, spec)]
    if name in {"si", "unit"}:
        builder.add(Text(unit_text(arguments[1])))
    elif name in {"num", "tablenum"}:
        builder.add(Text(number_text(arguments[1])))
    elif name == "ang":
        parts = arguments[1].split(";")
        builder.add(
            Text(
                "".join(f"{number_text(p)}{sign}" for p, sign in zip(parts, "°′″", strict=False) if p.strip())
            )
        )
    elif name in {"numlist", "SIlist", "qtylist"}:
        numbers = [number_text(n) for n in arguments[1].split(";")]
        unit = f"\u202f{unit_text(arguments[2])}" if len(arguments) > 2 else ""
        joined = ", ".join(n + unit for n in numbers[:-1])
        builder.add(Text(f"{joined} and {numbers[-1]}{unit}" if joined else numbers[-1] + unit))
    elif name in {"numrange", "SIrange", "qtyrange"}:
        unit = f"\u202f{unit_text(arguments[3])}" if len(arguments) > 3 else ""
        builder.add(Text(f"{number_text(arguments[1])}{unit} to {number_text(arguments[2])}{unit}"))
    else:
        unit = unit_text(arguments[-1])
        space = "" if unit in {"°", "′", "″"} else "\u202f"
        builder.add(Text(f"{number_text(arguments[1])}{space}{unit}"))


@macro("celsius", "degreeCelsius", "perthousand", "micro", "ohm")
def unit_symbol(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A unit outside of a quantity (gensymb, older siunitx)."""
    symbols = {"celsius": "°C", "degreeCelsius": "°C", "perthousand": "‰", "micro": "µ", "ohm": "Ω"}
    builder.add(Text(symbols[node.macroname] + node.macro_post_space))


_ARROWS = {"->": "→", "<-": "←", "<->": "↔", "<=>": "⇌", "<=>>": "⇌", "<<=>": "⇌"}


@macro("ce", "ch", "chem", "cee", "cf")
def chemistry(builder: Builder, node: Node, cursor: Cursor) -> None:
    """mhchem: figures after a symbol are subscripts, charges superscripts, ``->`` an arrow."""
    (argument,) = cursor.arguments(node, "{")
    builder.add(*chemical(builder.source(argument)))


def chemical(latex: str) -> Pieces:
    """Pieces of a chemical formula."""
    out: Pieces = []
    latex = re.sub(r"(?<=\s)\^(?=\s|$)", "↑", re.sub(r"(?<=\s)v(?=\s|$)", "↓", latex))
    text = re.sub(r"\\(?:bond\{[^}]*\}|,|;|!)", "", latex).replace("\\cdot", "·").replace("~", " ")
    pattern = re.compile(
        r"(?P<arrow><=>>|<<=>|<=>|<->|->|<-)(?:\[(?P<above>[^\]]*)\])?(?:\[[^\]]*\])?"
        r"|\^(?:\{(?P<ups>[^{}]*)\}|(?P<up>\d*[+-]|\d+|[^\s{}]))|_(?:\{(?P<downs>[^{}]*)\}|(?P<down>\d+|[^\s{}]))"
        r"|(?<=[A-Za-z)\]])(?P<count>\d+(?:\.\d+)?)(?P<sign>[+-](?![\w(\[]|>))?"
        r"|(?<=[A-Za-z)\]])(?P<charge>[+-])(?=\s|$|[)\],])|\((?P<state>aq|s|l|g)\)|(?P<other>.)",
        re.S,
    )
    for found in pattern.finditer(text):
        if found["arrow"]:
            above = formula_words(found["above"].strip("${} ")) if found["above"] else ""
            out.append(
                Text(
                    f" {_ARROWS[found['arrow']]} " if not above else f" —[{above}]{_ARROWS[found['arrow']]} "
                )
            )
        elif up := found["ups"] or found["up"]:
            out += [Mark("#super["), Text(up.replace("-", "−")), Code("]")]
        elif down := found["downs"] or found["down"]:
            out += [Mark("#sub["), Text(down), Code("]")]
        elif found["count"]:
            out += [Mark("#sub["), Text(found["count"]), Code("]")]
            if found["sign"]:
                out += [Mark("#super["), Text(found["sign"].replace("-", "−")), Code("]")]
        elif found["charge"]:
            out += [Mark("#super["), Text(found["charge"].replace("-", "−")), Code("]")]
        elif found["state"]:
            out.append(Text(f"({found['state']})"))
        else:
            out.append(Text(re.sub(r"[{}$\\]", "", found["other"])))
    return out
