"""Numbers and units of siunitx as Unicode text; how they look is a `UnitStyle`."""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

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
_OPTION = re.compile(r"([\w-]+)\s*(?:=\s*(\{[^{}]*\}|[^,]*))?")
_POWERS = {"squared": 2, "square": 2, "cubed": 3, "cubic": 3}
THIN = "\u202f"


@dataclass(frozen=True, slots=True)
class UnitStyle:
    """What ``\\sisetup`` and the options of one command say.

    ``per``: ``power`` (s⁻¹) or ``symbol`` (/s); ``places``: digits behind the point; ``own``: units that the
    author declared.
    """

    per: str = "power"
    separate: bool = False
    decimal: str = "."
    times: str = "×"
    between: str = " to "
    group: str = THIN
    places: int | None = None
    repeat: bool = True
    own: dict[str, str] = field(default_factory=dict)

    def with_options(self, options: str) -> "UnitStyle":
        """The style after ``key = value, ...``; keys that change nothing here are passed over."""
        style = self
        given = {key: value.strip("{} ") for key, value in _OPTION.findall(options)}
        if mode := given.get("per-mode", ""):
            style = replace(style, per="power" if mode.startswith(("power", "reciprocal")) else "symbol")
        if "separate-uncertainty" in given or "uncertainty-mode" in given:
            value = given.get("separate-uncertainty", given.get("uncertainty-mode", ""))
            style = replace(style, separate=value in {"", "true", "separate"})
        if marker := given.get("output-decimal-marker", ""):
            style = replace(style, decimal=marker)
        if "cdot" in given.get("exponent-product", ""):
            style = replace(style, times="·")
        if phrase := given.get("range-phrase", ""):
            style = replace(style, between=_phrase(phrase))
        if (separator := given.get("group-separator", "")) and "\\" not in separator:
            style = replace(style, group=separator)
        if given.get("group-digits", "") in {"none", "false"}:
            style = replace(style, group="")
        if given.get("round-mode", "") == "places" or "round-precision" in given:
            digits = given.get("round-precision", "2")
            style = replace(style, places=int(digits) if digits.isdigit() else None)
        if "single" in (given.get("range-units", ""), given.get("list-units", "")):
            style = replace(style, repeat=False)
        return style


def _phrase(latex: str) -> str:
    """What parts the ends of a range: ``--``, ``\\text{ to }``, ``\\,--\\,``."""
    text = re.sub(r"\\(?:text|mbox|textrm|ensuremath)|[{}$]", "", latex).replace("\\,", THIN)
    dashes = re.sub(r"-{1,3}|\\textendash|\\numrangedash", "–", text).replace("~", "\u00a0")
    return dashes if "–" in dashes else f" {dashes.strip()} "


def unit_text(latex: str, style: UnitStyle | None = None) -> str:
    """A unit as Unicode text: ``\\kilo\\metre\\per\\second`` is ``km s⁻¹``, or ``km/s``."""
    style = style or UnitStyle()
    latex = re.sub(r"\{([^{}]*)\}", r"\1", latex) if "\\" not in latex else latex
    if "\\" not in latex:
        text = re.sub(r"\^\(?([-+]?\d+)\)?", lambda m: m[1].translate(_SUPER), latex)
        return re.sub(r"\s*[.~]\s*", THIN, text.strip())
    found: list[tuple[str, str]] = []  # symbol and power
    prefix, per, power = "", False, ""
    for name, other in _TOKEN.findall(re.sub(r"\s+", " ", latex)):
        if name == "per":
            per = True
        elif name in _PREFIXES:
            prefix = _PREFIXES[name]
        elif name in {"squared", "cubed"} and found:
            found[-1] = (found[-1][0], _times(found[-1][1], str(_POWERS[name])))
        elif name in {"square", "cubic"}:
            power = str(_POWERS[name])
        elif name in {"tothe", "raiseto", "of", "highlight", "cancel"} or name in _POWERS:
            continue
        elif name:
            symbol = style.own.get(name) or _UNITS.get(name, name)
            found.append((prefix + symbol, ("-" if per else "") + (power or "1")))
            prefix, per, power = "", False, ""
        elif raised := re.match(r"\s*\{?\^?\{?([-+]?\d+)\}?", other):
            if found and not prefix:
                found[-1] = (found[-1][0], _times(found[-1][1], raised[1]))
        elif other.strip(" {}~."):
            found.append((other.strip(" {}~."), "1"))
    return _joined(found, style)


def _times(power: str, by: str) -> str:
    return ("-" if power.startswith("-") else "") + by if power.lstrip("-") == "1" else power


def _joined(units: list[tuple[str, str]], style: UnitStyle) -> str:
    above = [(unit, power) for unit, power in units if not power.startswith("-") or style.per == "power"]
    below = [(unit, power[1:]) for unit, power in units if power.startswith("-") and style.per != "power"]
    over, under = (
        THIN.join(unit + ("" if power == "1" else power.translate(_SUPER)) for unit, power in part)
        for part in (above, below)
    )
    if not under:
        return over
    return f"{over or '1'}/{f'({under})' if len(below) > 1 else under}"


def number_text(latex: str, style: UnitStyle | None = None) -> str:
    """A number as siunitx prints it: groups of digits, times, a power of ten."""
    style = style or UnitStyle()
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
        if style.places is not None and whole + decimals and not uncertain:
            sign, whole, decimals = _rounded(sign, whole, decimals, style.places)
            point = "." if decimals else ""
        if style.separate and uncertain.startswith("("):
            uncertain = "±" + _last_digits(uncertain[1:-1], len(decimals))
        if decimals and not whole:
            whole = "0"
        shown = sign.replace("-", "−").replace("+", "") + _grouped(whole, style.group)
        shown += (style.decimal if point else "") + _grouped_right(decimals, style.group)
        shown += uncertain.replace("±", " ± ").replace(".", style.decimal)
        if power:
            tail = "10" + power.lstrip("+").translate(_SUPER)
            bare = not shown.strip("−+")
            shown = sign.replace("-", "−") + tail if bare else f"{shown}{THIN}{style.times}{THIN}{tail}"
        out.append(shown)
    return f"{THIN}×{THIN}".join(out)


def _rounded(sign: str, whole: str, decimals: str, places: int) -> tuple[str, str, str]:
    try:
        value = round(Decimal(f"{whole or '0'}.{decimals or '0'}"), places)
    except InvalidOperation:
        return sign, whole, decimals
    shown, _, rest = f"{value:.{places}f}".partition(".")
    return sign, shown, rest


def _last_digits(digits: str, decimals: int) -> str:
    """``(4)`` behind two decimals is 0.04."""
    if not decimals:
        return digits
    padded = digits.rjust(decimals + 1, "0")
    return f"{padded[:-decimals]}.{padded[-decimals:]}"


def _grouped(digits: str, group: str) -> str:
    if len(digits) < 5:
        return digits
    head = len(digits) % 3
    groups = [digits[:head]] if head else []
    return group.join(groups + [digits[i : i + 3] for i in range(head, len(digits), 3)])


def _grouped_right(digits: str, group: str) -> str:
    if len(digits) < 5:
        return digits
    return (group if group == THIN else "").join(digits[i : i + 3] for i in range(0, len(digits), 3))
