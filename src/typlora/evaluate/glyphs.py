"""Glyphs of a PDF with their places, in one spelling for Computer Modern and New Computer Modern Math."""

import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from typlora.errors import ConfigError

SIZE = 10.0  # points of the text on both sides
_SAME = {
    "∣": "|", "∥": "‖", "⋅": "·", "∙": "·", "−": "-", "–": "-", "‐": "-", "—": "-", "∗": "*",
    "⟂": "⊥", "∼": "~", "˜": "~",
    "〈": "⟨", "〉": "⟩", "ϕ": "φ", "∆": "Δ", "△": "Δ", "∇": "∇", "µ": "μ", "⋆": "⋆", "★": "⋆",
    "\"": "”", "″": "'", "′": "'", "’": "'", "‘": "'", "ʹ": "'", "∘": "◦", "○": "◦", "⚬": "◦",
    "⋄": "◇", "⩽": "⩽", "≤": "≤", "∖": "\\", "⁄": "/",
    "⋯": "…", "ℎ": "h", "ħ": "ℏ", "□": "◻", "◻": "◻", "■": "◼", "ı": "i", "ȷ": "j", "ℓ": "ℓ",
    "∈": "∈", "ε": "ε",
}  # fmt: skip
# One glyph on one side, several on the other.
_SEVERAL = {
    "…": "...", "⋯": "...", "⋅": ".", "·": ".", "‴": "'''", "″": "''", "⁗": "''''", "≔": ":=",
    "≅": "~=", "⋈": "⋊⋉",
    "⟹": "=⇒", "⟸": "⇐=", "⊨": "|=", "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "≐": "=.",
    "⋮": "...",
}  # fmt: skip
_NOT = "\u0338"
_LEFT_OUT = frozenset({"Mn", "Cf", "Cc", "Co", "Sk"})
_STYLES = (
    ("CMMIB", "bi"), ("CMBSY", "bcal"), ("CMMI", "i"), ("CMBX", "b"), ("CMSY", "cal"),
    ("MSBM", "bb"), ("EUFM", "frak"),
    ("EUFB", "frak"), ("RSFS", "scr"), ("CMSS", "sf"), ("CMTT", "tt"), ("CMTI", "i"), ("SFTI", "i"),
    ("SFBX", "b"),
    ("SFTT", "tt"), ("SFSS", "sf"), ("ECBX", "b"), ("ECTI", "i"), ("ECTT", "tt"), ("ECSS", "sf"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Glyph:
    """``x`` and ``y`` of its origin and its ``size``, all in em of the formula's text size."""

    char: str
    style: str
    x: float
    y: float
    size: float


def glyph_pages(pdf: bytes) -> Iterator[list[Glyph] | str]:
    """The glyphs of each page, or the name of a font whose glyphs have no names.

    Raises ``ConfigError`` without pdfminer.
    """
    try:
        from pdfminer.high_level import extract_pages
        from pdfminer.layout import LAParams
    except ImportError as error:
        raise ConfigError("pdfminer.six is not installed; pip install 'typlora[dev]'") from error
    for page in extract_pages(io.BytesIO(pdf), laparams=LAParams(all_texts=True)):
        yield _read(list(_characters(page)))


def _characters(element: Any) -> Iterator[Any]:
    from pdfminer.layout import LTChar

    if isinstance(element, LTChar):
        yield element
    elif hasattr(element, "__iter__"):
        for child in element:
            yield from _characters(child)


def _read(characters: Sequence[Any]) -> list[Glyph] | str:
    glyphs: list[Glyph] = []
    for one in characters:
        text = one.get_text()
        if text.startswith("(cid:"):
            if "CMEX" in one.fontname:
                continue  # pieces of growing delimiters
            return f"a glyph without a name in {one.fontname}"
        for char in _spelled(text):
            if glyph := _glyph(char, one):
                glyphs.append(glyph)
    return glyphs


def _spelled(text: str) -> str:
    """The characters that both sides have; a stroke through a sign is a character of its own."""
    parts = []
    for char in text:
        apart = unicodedata.normalize("NFD", char)
        several = apart if _NOT in apart else unicodedata.normalize("NFC", apart)
        parts.append("".join(_SEVERAL.get(one, one) for one in several))
    return "".join(parts)


def _glyph(char: str, one: Any) -> Glyph | None:
    """Spaces and accents are left out; styles of letters come from the code point or the font."""
    if char != _NOT and (char.isspace() or unicodedata.category(char) in _LEFT_OUT):
        return None
    name = unicodedata.name(char, "")
    plain = char
    if char not in _SAME and name.startswith(("MATHEMATICAL", "DOUBLE-STRUCK", "SCRIPT", "BLACK-LETTER")):
        plain = _undressed(char)
    plain = _SAME.get(plain, plain)
    style = ""
    if plain.isalpha() and plain.isascii():
        style = "i" if char == "ℎ" else _font_style(one.fontname) if plain == char else _code_style(name)
    return Glyph(plain, style, one.matrix[4] / SIZE, one.matrix[5] / SIZE, one.size / SIZE)


def _undressed(char: str) -> str:
    """The letter without its font, one step only: two steps make theta of its variant."""
    last = unicodedata.decomposition(char).rpartition(" ")[2]
    return chr(int(last, 16)) if last else char


def _code_style(name: str) -> str:
    for words, style in (
        ("DOUBLE-STRUCK", "bb"), ("FRAKTUR", "frak"), ("BLACK-LETTER", "frak"), ("SCRIPT", "cal"),
        ("SANS-SERIF ITALIC", "sfi"), ("SANS-SERIF", "sf"),
        ("MONOSPACE", "tt"), ("BOLD ITALIC", "bi"), ("BOLD", "b"), ("ITALIC", "i"),
    ):  # fmt: skip
        if words in name:
            return style
    return ""


def _font_style(font: str) -> str:
    name = font.partition("+")[2] or font
    for start, style in _STYLES:
        if name.upper().startswith(start):
            return "cal" if style in {"scr", "bcal"} else style
    return "b" if "Bold" in name else "i" if "Italic" in name else ""
