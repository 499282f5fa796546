"""One letter, one style: how a character is drawn, whatever code point carries it.

Unicode has the same italic x as U+1D465, as ``x`` in an ``mi`` and as ``x`` with a font command. Here each
becomes ``(base character, style)``. Styles: ``n`` upright, ``i`` italic, ``b`` bold, ``bi`` bold italic,
``bb`` double-struck, ``cal``, ``scr``, ``bcal``, ``bscr``, ``frak``, ``bfrak``, ``sf``, ``sfb``, ``sfi``,
``sfbi``, ``tt``; the empty style for everything that is not a letter or digit.
"""

import unicodedata
from functools import lru_cache

# MATHEMATICAL <words> CAPITAL/SMALL/DIGIT ... -> style (Unicode Standard, block 1D400-1D7FF).
_STYLE_WORDS = {
    "BOLD": "b",
    "ITALIC": "i",
    "BOLD ITALIC": "bi",
    "SCRIPT": "cal",
    "BOLD SCRIPT": "bcal",
    "FRAKTUR": "frak",
    "BOLD FRAKTUR": "bfrak",
    "DOUBLE-STRUCK": "bb",
    "SANS-SERIF": "sf",
    "SANS-SERIF BOLD": "sfb",
    "SANS-SERIF ITALIC": "sfi",
    "SANS-SERIF BOLD ITALIC": "sfbi",
    "MONOSPACE": "tt",
}
# Letters that Unicode had before the mathematical alphabets (Letterlike Symbols block).
_LETTERLIKE = {
    "ℎ": ("h", "i"),
    "ℬ": ("B", "cal"),
    "ℰ": ("E", "cal"),
    "ℱ": ("F", "cal"),
    "ℋ": ("H", "cal"),
    "ℐ": ("I", "cal"),
    "ℒ": ("L", "cal"),
    "ℳ": ("M", "cal"),
    "ℛ": ("R", "cal"),
    "ℯ": ("e", "cal"),
    "ℊ": ("g", "cal"),
    "ℴ": ("o", "cal"),
    "ℭ": ("C", "frak"),
    "ℌ": ("H", "frak"),
    "ℑ": ("I", "frak"),
    "ℜ": ("R", "frak"),
    "ℨ": ("Z", "frak"),
    "ℂ": ("C", "bb"),
    "ℍ": ("H", "bb"),
    "ℕ": ("N", "bb"),
    "ℙ": ("P", "bb"),
    "ℚ": ("Q", "bb"),
    "ℝ": ("R", "bb"),
    "ℤ": ("Z", "bb"),
    "ℼ": ("π", "bb"),
    "ℽ": ("γ", "bb"),
    "ℾ": ("Γ", "bb"),
    "ℿ": ("Π", "bb"),
}
_VARIATION = {"\ufe00": "cal", "\ufe01": "scr"}  # after a script letter: chancery or roundhand

# Characters that a reader cannot tell apart, or that the two languages spell differently.
SAME = {
    "-": "−",
    "‐": "−",
    "‑": "−",
    "|": "|",
    "∣": "|",
    "❘": "|",
    "∥": "‖",
    "〈": "⟨",
    "〉": "⟩",
    "·": "⋅",
    "∙": "•",
    "*": "∗",
    "∶": ":",
    "∖": "\\",
    "⟂": "⊥",
    "⌀": "∅",
    "◦": "∘",
    "⁄": "/",
    "∕": "/",
    "◻": "□",
    "☐": "□",
    "µ": "μ",
    "ħ": "ℏ",
    "~": "∼",
    "˜": "∼",
    "’": "'",
    "‘": "`",
    "´": "'",
    "∆": "△",
    "▵": "△",
    "⋄": "⋄",
    "◇": "⋄",
    "♢": "⋄",
    "⬦": "⋄",
    "﹨": "\\",
    "\u00a0": " ",
    "⦁": "•",
    "∎": "■",
    "◼": "■",
    "▪": "■",
    "●": "•",
    "⟦": "⟦",
    "⦃": "{",
    "❲": "(",
    "ǀ": "|",
    "˙": "⋅",
    "⋆": "⋆",
    "★": "★",
    "⨯": "×",
    "✓": "✓",
    "⩵": "==",
    "⁎": "∗",
    "ı": "ı",
    "𝚤": "ı",
    "𝚥": "ȷ",
    "◯": "○",
    "⌢": "⌢",
    "⏜": "⏜",
}
# One code point in Typst where LaTeX writes several, and the other way round.
SPLIT = {"≔": ":=", "≕": "=:", "⩴": "::=", "∷": "::", "″": "′′", "‴": "′′′", "⁗": "′′′′"}
# Letters by their Unicode category that mathematics uses as symbols, with one look only.
LETTER_SYMBOLS = frozenset("ℵℶℷℓ℘ıȷℏ℧∂Ⅎ⅁∁ℇ℮")
# What each sort of big operator looks like depends on the style it is set in.
BIG_OPERATORS = frozenset("∑∏∐∫∬∭⨌∮∯∰⋂⋃⋀⋁⨀⨁⨂⨃⨄⨅⨆⨉∱∲∳")


# Where the style ends in a Unicode name: MATHEMATICAL BOLD ITALIC | SMALL A.
_NAME_MARKERS = (
    *(
        " CAPITAL ",
        " SMALL ",
        " DIGIT ",
        " NABLA",
        " PARTIAL DIFFERENTIAL",
        " EPSILON SYMBOL",
        " THETA SYMBOL",
    ),
    *(" KAPPA SYMBOL", " PHI SYMBOL", " RHO SYMBOL", " PI SYMBOL"),
)


@lru_cache(maxsize=4096)
def fold(character: str) -> tuple[str, str]:
    """``(base, style)`` of one character; the style is that of the code point itself.

    A plain letter or digit is ``n`` (upright): whoever reads a language in which a bare letter is italic
    says so by choosing the style.
    """
    if character in _LETTERLIKE:
        return _LETTERLIKE[character]
    if character in SAME:
        character = SAME[character]
    if len(character) == 1 and 0x1D400 <= ord(character) <= 0x1D7FF:
        name = unicodedata.name(character, "")
        words = name.removeprefix("MATHEMATICAL ")
        for marker in _NAME_MARKERS:
            if marker in words + " ":
                style = _STYLE_WORDS.get(words.split(marker.rstrip())[0].strip(), "n")
                # Not NFKC: it would go on and merge the lunate epsilon with the usual one.
                base = chr(int(unicodedata.decomposition(character).split()[-1], 16))
                if base in "∇∂":
                    style = "b" if "b" in style else ""
                return base, style
    if character in LETTER_SYMBOLS:
        return character, ""
    if len(character) == 1 and (character.isalnum()):
        composed = unicodedata.normalize("NFC", character)
        return SAME.get(composed, composed), "n"
    return character, ""


def is_greek(character: str) -> bool:
    """Whether a base character is a Greek letter (including the symbol variants)."""
    return "Ͱ" <= character <= "Ͽ"


def styled(text: str) -> list[tuple[str, str]]:
    """The folded letters of a run of text, variation selectors and combining negation attached."""
    letters: list[tuple[str, str]] = []
    for character in unicodedata.normalize("NFC", text):
        if character in _VARIATION and letters:
            base, style = letters[-1]
            if style in {"cal", "bcal"}:
                letters[-1] = (base, style.replace("cal", _VARIATION[character]))
            continue
        if "\ufe00" <= character <= "\ufe0f" or character in "\u200b\u2061\u2062\u2063\u2064\u2060":
            continue  # presentation selectors and invisible operators draw nothing
        if character == "\u0338" and letters:
            base, style = letters[-1]
            letters[-1] = (unicodedata.normalize("NFC", base + character), style)
            continue
        if character in SPLIT:
            letters.extend(fold(part) for part in SPLIT[character])
            continue
        letters.append(fold(character))
    return letters
