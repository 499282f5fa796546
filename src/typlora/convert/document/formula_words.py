"""Simple formulas as Unicode text, for places where no formula can stand (titles in a ``.bib`` file)."""

import re

_FONTS = re.compile(
    r"\\(?:math(?:rm|bf|it|cal|bb|sf|frak)|text(?:rm|it|bf)?|rm|bf|it|cal|left|right|displaystyle|[,;!:])"
    r"(?![A-Za-z])"
)
_SUPER = str.maketrans("0123456789+-=()ni∘", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ°")
_SUB = str.maketrans("0123456789+-=()aeoxhklmnpstijruv", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ")


def formula_words(formula: str) -> str:
    """``\\alpha`` is α, ``x^2`` is x²; of what Unicode does not have the letters stay."""
    from typlora.verify.texmath.symbols import character

    def name(found: re.Match[str]) -> str:
        known = character(found[1])
        return known if known else found[1]

    text = re.sub(r"\\([A-Za-z]+)\s*", name, _FONTS.sub("", formula))
    text = re.sub(r"\^(?:\{([^{}]*)\}|(.))", lambda m: _moved(m[1] or m[2] or "", _SUPER, "^"), text)
    text = re.sub(r"_(?:\{([^{}]*)\}|(.))", lambda m: _moved(m[1] or m[2] or "", _SUB, "_"), text)
    return text.replace("{", "").replace("}", "")


def _moved(text: str, table: dict[int, int], mark: str) -> str:
    return text.translate(table) if all(ord(char) in table for char in text) else f"{mark}{text}"
