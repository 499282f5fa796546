"""Commands that print a character, and accents: LaTeX's names for what Unicode writes directly."""

import re
import unicodedata

from typlora.convert.document.builder import MACROS, Builder, macro
from typlora.convert.document.nodes import Chars, Cursor, Node, is_macro
from typlora.convert.document.pieces import LINE_BREAK, Mark, Piece, Text, plain
from typlora.convert.document.quotes import quote
from typlora.convert.document.tally import count

COMBINING = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323",
    "b": "\u0331", "t": "\u0361", "textcommabelow": "\u0326",
}  # fmt: skip

SYMBOLS = {
    "ss": "ß", "SS": "SS", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ",
    "DJ": "Đ",
    "ng": "ŋ", "NG": "Ŋ",
    "%": "%", "&": "&", "#": "#", "$": "$", "_": "_", "{": "{", "}": "}", "textbackslash": "\\",
    "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_", "textbar": "|", "textless": "<",
    "textgreater": ">", "textbraceleft": "{", "textbraceright": "}", "textdollar": "$",
    "textquotesingle": "\u2032",
    "textquotedbl": "\u201d", "textasciigrave": "`", "lbrack": "[", "rbrack": "]", "slash": "/",
    "textpercent": "%",
    "lbrace": "{", "rbrace": "}", "textsterling": "£", "pounds": "£", "texteuro": "€", "euro": "€",
    "EUR": "€",
    "textyen": "¥", "textcent": "¢", "copyright": "©", "textcopyright": "©", "textregistered": "®",
    "texttrademark": "™", "S": "§", "P": "¶", "textsection": "§", "textparagraph": "¶", "dag": "†",
    "ddag": "‡",
    "textdagger": "†", "textdaggerdbl": "‡", "dots": "…", "ldots": "…", "textellipsis": "…",
    "textbullet": "•",
    "textendash": "–", "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’",
    "textquotedblleft": "“",
    "textquotedblright": "”", "quotedblbase": "„", "quotesinglbase": "‚", "guillemotleft": "«",
    "guillemotright": "»", "guillemetleft": "«", "guillemetright": "»", "guilsinglleft": "‹", "og": "«\u00a0",
    "fg": "\u00a0»", "guilsinglright": "›", "glqq": "„", "grqq": "“", "glq": "‚", "grq": "‘",
    "flqq": "«", "frqq": "»", "flq": "‹", "frq": "›", "lq": "‘", "rq": "’",
    "textexclamdown": "¡",
    "textquestiondown": "¿", "textdegree": "°", "degree": "°", "textmu": "µ", "textpm": "±", "texttimes": "×",
    "textdiv": "÷", "textonehalf": "½", "textonequarter": "¼", "textthreequarters": "¾",
    "textonesuperior": "¹",
    "texttwosuperior": "²", "textthreesuperior": "³", "textordfeminine": "ª", "textordmasculine": "º",
    "textrightarrow": "→", "textleftarrow": "←", "textuparrow": "↑", "textdownarrow": "↓",
    "textperiodcentered": "·",
    "textasteriskcentered": "∗", "textvisiblespace": "␣", "textmusicalnote": "♪", "textnumero": "№",
    "No": "№",
    "textbardbl": "‖", "textlangle": "〈", "textrangle": "〉", "textbigcircle": "◯", "textopenbullet": "◦",
    "textreferencemark": "※", "textohm": "Ω", "textcelsius": "℃", "textsurd": "√", "textminus": "−",
    "checkmark": "✓",
    "textquotestraightbase": "‚", "textquotestraightdblbase": "„", "textcompwordmark": "", "textalpha": "α",
    "textbeta": "β", "textgamma": "γ", "cdots": "⋯", "textunderscript": "_", "maltese": "✠", "circledR": "®",
    "yen": "¥", "Letter": "✉", "Telefon": "☎", "phone": "☎", "pilcrow": "¶", "textinterrobang": "‽",
    "QED": "∎", "newblock": "", "BibTeX": "BibTeX", "TeX": "TeX", "LaTeX": "LaTeX", "LaTeXe": "LaTeX2ε",
    "XeTeX": "XeTeX", "LuaTeX": "LuaTeX", "XeLaTeX": "XeLaTeX", "LuaLaTeX": "LuaLaTeX", "pdfTeX": "pdfTeX",
    "pdfLaTeX": "pdfLaTeX", "AmS": "AMS", "AMS": "AMS", "AmSLaTeX": "AMSLaTeX", "METAFONT": "METAFONT",
    "MF": "METAFONT",
    "MP": "METAPOST", "PS": "PostScript", "hyp": "-", "fshyp": "/", "dash": "–", "Dash": "—", "-": "\u00ad",
    "/": "", "@": "", ",": "\u202f", "thinspace": "\u202f", ";": "\u2005", ":": "\u2005", ">": "\u2005",
    " ": " ", "\n": " ", "\t": " ", "!": "", "space": " ", "nobreakspace": "\u00a0", "enspace": "\u2002",
    "enskip": "\u2002", "quad": "\u2003", "qquad": "\u2003\u2003", "negthinspace": "", "Box": "□",
    "ldotp": ".", "lnot": "¬", "at": "@", "nobreakdash": "-", "mynobreakdash": "-", "nbd": "",
    "ordinal": "º", "tm": "™",
    "textgreek": "", "idotless": "ı", "textbackslashsolidus": "\\", "csname": "", "endcsname": "",
}  # fmt: skip

# Characters of fonts that are named by number: pifont's ticks and crosses, seen in many tables.
DING = {"51": "✓", "52": "✔", "53": "✕", "54": "✖", "55": "✗", "56": "✘", "72": "★", "73": "☆", "108": "●",
        "109": "❍", "110": "■", "111": "❏", "115": "▲", "172": "①", "173": "②", "174": "③", "175": "④",
        "182": "❶", "183": "❷", "184": "❸", "185": "❹", "192": "①", "202": "❶", "42": "☞",
        "43": "☞"}  # fmt: skip

# Commands of mathematics that work in text too, or that authors use there and LaTeX only warns about.
MATH_IN_TEXT = {
    "triangleright",
    "leadsto",
    "top",
    "bot",
    "rightarrow",
    "leftarrow",
    "Rightarrow",
    "ensuremath",
}


def _symbol(builder: Builder, node: Node, cursor: Cursor) -> None:
    name = node.macroname
    builder.add(Text(SYMBOLS[name]) if SYMBOLS[name] else Text(""))
    following = cursor.peek(skip_blank=False)
    post = getattr(node, "macro_post_space", "") or ""
    if post and not name.isalpha():
        builder.add(Text(post))
    if following is not None and getattr(following, "nodelist", None) == []:
        cursor.next()  # \LaTeX{}: the group only ends the name


for _name in SYMBOLS:
    MACROS[_name] = _symbol


@macro(*COMBINING)
def accent(builder: Builder, node: Node, cursor: Cursor) -> None:
    """``\\'e`` and its relatives become one character where Unicode has it."""
    (argument,) = cursor.arguments(node, "{")
    base = plain(builder.argument(argument))
    if base is None:
        builder.add(*builder.argument(argument))
        return
    dotless = {"ı": "i", "ȷ": "j"}
    base = dotless.get(base, base)
    combining = COMBINING[node.macroname]
    head = base[:1] or "\u00a0"
    builder.add(Text(unicodedata.normalize("NFC", head + combining) + base[1:]))


@macro("\\", "newline", "linebreak", "tabularnewline")
def line_break(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A forced line break. ``\\linebreak[0]`` only allows one."""
    spec = "*[" if node.macroname in {"\\", "tabularnewline"} else "["
    arguments = cursor.arguments(node, spec)
    if node.macroname == "linebreak" and builder.source(arguments[0]) in {"0", "1", "2"}:
        return
    if node.macroname == "linebreak" and builder.context.depth == 1:
        # It fits LaTeX's line; Typst breaks the paragraph elsewhere, and the line would end half full.
        count(builder.context, "layout not carried over: line breaks in paragraphs", node, "linebreak", "")
        builder.add(Text(" "))
        return
    before = next(
        (p for p in reversed(builder.paragraph) if not (isinstance(p, Text) and not p.text.strip())), None
    )
    if before is not None and before != LINE_BREAK:
        builder.add(LINE_BREAK)


@macro("par", "endgraf", "bigskip", "medskip", "smallskip", "bigbreak", "medbreak", "smallbreak")
def paragraph_break(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Ends the paragraph; vertical space beyond that is left to the style."""
    builder.flush()


@macro("xspace")
def xspace(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A space unless punctuation follows, as the package decides it."""
    following = cursor.peek(skip_blank=False)
    chars = getattr(following, "chars", "") if following is not None else ""
    post = getattr(node, "macro_post_space", "") or ""
    if (post and (following is None or chars[:1] not in tuple(".,;:!?)'/-]}"))) or (
        following is not None and chars and chars[0] not in " \n\t~.,;:!?)'/-]}\""
    ):
        builder.add(Text(" "))
    elif following is not None and not chars and is_macro(following) and following.macroname.isalpha():
        punctuation = following.macroname in {"footnote", "xspace", "space", "par"}
        builder.add(Text("" if punctuation else " "))


@macro("ding")
def ding(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A character of Zapf Dingbats by number."""
    (argument,) = cursor.arguments(node, "{")
    number = builder.source(argument)
    if number in DING:
        builder.add(Text(DING[number]))
    else:
        builder.keep(node, f"character {number} of Zapf Dingbats has no known Unicode form")


@macro("symbol", "char")
def character(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A character by its code, where that is a plain number."""
    if node.macroname == "char":
        following = cursor.next()
        chars = getattr(following, "chars", "") if following is not None else ""
        found = re.match(r"\s*(?:\"([0-9A-F]+)|'([0-7]+)|(\d+)|`\\?(.))\s?", chars)
        if found and following is not None:
            code = (
                int(found[1], 16)
                if found[1]
                else int(found[2], 8)
                if found[2]
                else int(found[3] or ord(found[4]))
            )
            builder.add(Text(_character(code)))
            if rest := chars[found.end() :]:
                cursor.push([Chars(rest, following.pos + found.end())])
            return
        if chars.strip() == "`" and (letter_node := cursor.next()) is not None:
            builder.add(Text(getattr(letter_node, "macroname", "") or getattr(letter_node, "chars", "")))
            return
        if following is not None:
            cursor.push([following])
        builder.keep(node, "character given by a code that is not a number")
        return
    (argument,) = cursor.arguments(node, "{")
    digits = builder.source(argument)
    if found := re.fullmatch(r"(\d{1,8})|\"([0-9A-Fa-f]{1,6})|'([0-7]{1,8})", digits):
        code = int(found[1]) if found[1] else int(found[2], 16) if found[2] else int(found[3], 8)
        builder.add(Text(_character(code)))
    else:
        builder.keep(node, "character given by a code that is not a number")


def _character(value: int) -> str:
    return chr(value) if 32 <= value < 0x110000 and not 0xD800 <= value < 0xE000 else ""


def text_piece(char: str, before: list[Piece]) -> Piece:
    """A quotation mark or a character of ordinary text."""
    return quote(char, before) if char in {"`", "'"} else Text(char)


__all__ = ["COMBINING", "SYMBOLS", "Mark", "accent"]
