"""What LaTeX's control words draw.

Most characters come from latex2mathml's copy of Günter Milde's unimath table; the dictionaries here hold what
that table has otherwise than amsmath and amssymb draw it, and the words that are not characters.
"""

from functools import lru_cache

# Where TeX's fonts show something else than the table's first entry, or the table has no entry.
_OVERRIDES = {
    "epsilon": "ϵ", "varepsilon": "ε", "phi": "ϕ", "varphi": "φ", "theta": "θ", "vartheta": "ϑ", "rho": "ρ",
    "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "pi": "π", "varpi": "ϖ", "kappa": "κ", "varkappa": "ϰ",
    "emptyset": "∅", "varnothing": "∅", "hbar": "ℏ", "hslash": "ℏ", "ell": "ℓ", "wp": "℘", "Re": "ℜ",
    "Im": "ℑ", "imath": "ı", "jmath": "ȷ",
    "ldots": "…", "dots": "…?", "dotsc": "…", "dotso": "…", "dotsb": "⋯", "dotsm": "⋯", "dotsi": "⋯",
    "cdots": "⋯", "mathellipsis": "…",
    "vdots": "⋮", "ddots": "⋱", "iddots": "⋰", "to": "→", "gets": "←", "iff": "⟺", "implies": "⟹",
    "impliedby": "⟸",
    "le": "≤", "ge": "≥", "ne": "≠", "neq": "≠", "land": "∧", "lor": "∨", "lnot": "¬", "neg": "¬",
    "ni": "∋", "owns": "∋",
    "mid": "|", "vert": "|", "lvert": "|", "rvert": "|", "Vert": "‖", "lVert": "‖", "rVert": "‖", "|": "‖",
    "parallel": "‖",
    "langle": "⟨", "rangle": "⟩", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "{": "{",
    "}": "}",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lgroup": "⟮", "rgroup": "⟯",
    "ulcorner": "⌜", "urcorner": "⌝", "llcorner": "⌞", "lrcorner": "⌟",
    "llbracket": "⟦", "rrbracket": "⟧", "backslash": "\\", "setminus": "\\", "smallsetminus": "\\",
    "colon": ":", "vcentcolon": ":", "ratio": ":",
    "ast": "∗", "star": "⋆", "circ": "∘", "bullet": "•", "cdot": "⋅", "cdotp": "⋅", "centerdot": "⋅",
    "times": "×", "div": "÷", "pm": "±", "mp": "∓",
    "prime": "′", "backprime": "‵", "partial": "∂", "nabla": "∇", "infty": "∞", "top": "⊤", "bot": "⊥",
    "perp": "⊥", "angle": "∠",
    "square": "□", "Box": "□", "blacksquare": "■", "qedsymbol": "□", "Diamond": "⋄", "diamond": "⋄",
    "lozenge": "◊", "triangle": "△", "bigtriangleup": "△",
    "bigtriangledown": "▽", "triangledown": "▽", "triangleleft": "◁", "triangleright": "▷", "bigcirc": "○",
    "vartriangle": "△", "blacktriangle": "▲",
    "coloneqq": ":=", "coloneq": ":−", "eqqcolon": "=:", "Coloneqq": "::=", "dblcolon": "::",
    "triangleq": "≜", "doteq": "≐", "models": "⊨", "vDash": "⊨",
    "dag": "†", "dagger": "†", "ddag": "‡", "ddagger": "‡", "S": "§", "P": "¶", "copyright": "©",
    "pounds": "£", "mathsection": "§", "mathdollar": "$",
    "%": "%", "&": "&", "#": "#", "$": "$", "_": "_", "textbackslash": "\\", "degree": "°",
    "checkmark": "✓", "aleph": "ℵ", "beth": "ℶ", "gimel": "ℷ",
    "complement": "∁", "Finv": "Ⅎ", "Game": "⅁", "eth": "ð", "mho": "℧", "surd": "√", "natural": "♮",
    "sharp": "♯", "flat": "♭", "L": "Ł", "l": "ł", "O": "Ø", "o": "ø", "AA": "Å", "aa": "å",
    "clubsuit": "♣", "spadesuit": "♠", "heartsuit": "♡", "diamondsuit": "⋄", "Join": "⋈", "bowtie": "⋈",
    "rightsquigarrow": "⇝", "leadsto": "⇝", "rightarrowtail": "↣",
    "hookrightarrow": "↪", "hookleftarrow": "↩", "mapsto": "↦", "longmapsto": "⟼", "longrightarrow": "⟶",
    "longleftarrow": "⟵", "longleftrightarrow": "⟷",
    "Longrightarrow": "⟹", "Longleftarrow": "⟸", "Longleftrightarrow": "⟺", "restriction": "↾",
    "upharpoonright": "↾", "sim": "∼", "lhd": "⊲", "rhd": "⊳", "unlhd": "⊴", "unrhd": "⊵",
    "vartriangleleft": "⊲", "vartriangleright": "⊳", "trianglelefteq": "⊴", "trianglerighteq": "⊵",
    "frown": "⌢", "smile": "⌣", "intercal": "⊺", "And": "&", "bbslash": "\\", "amalg": "⨿",
    "textmu": "μ", "mathsterling": "£", "yen": "¥", "euro": "€", "upsilon": "υ", "Upsilon": "Υ",
    "omicron": "ο", "digamma": "ϝ", "nmid": "∤", "nparallel": "∦", "varpropto": "∝",
    "lt": "<", "gt": ">", "minus": "−", "plus": "+", "equal": "=", "slash": "/", "divslash": "/",
    "lq": "`", "rq": "'", "thinspace": "",
}  # fmt: skip
_GREEK_CAPITALS = {
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
BIG = {
    "sum": "∑", "prod": "∏", "coprod": "∐", "bigcap": "⋂", "bigcup": "⋃", "bigwedge": "⋀", "bigvee": "⋁",
    "bigodot": "⨀", "bigoplus": "⨁",
    "bigotimes": "⨂", "biguplus": "⨄", "bigsqcup": "⨆", "bigsqcap": "⨅",
}  # fmt: skip
INTEGRALS = {
    "int": "∫", "iint": "∬", "iiint": "∭", "iiiint": "⨌", "oint": "∮", "oiint": "∯", "oiiint": "∰",
    "ointop": "∮", "intop": "∫", "varointclockwise": "∲", "ointctrclockwise": "∳",
}  # fmt: skip
# Operator names: with limits in display (amsopn's \qopname ... m), and without.
LIMIT_NAMES = {
    "lim": "lim", "limsup": "lim sup", "liminf": "lim inf", "max": "max", "min": "min", "sup": "sup",
    "inf": "inf", "det": "det", "gcd": "gcd", "Pr": "Pr",
    "injlim": "inj lim", "projlim": "proj lim",
}  # fmt: skip
PLAIN_NAMES = frozenset({
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "dim", "exp", "hom",
    "ker", "lg", "ln", "log", "sec", "sin", "sinh", "tan", "tanh",
})  # fmt: skip
ACCENT_COMMANDS = {
    "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde", "bar": "bar",
    "overline": "overline", "vec": "arrow", "overrightarrow": "arrow",
    "overleftarrow": "larrow", "overleftrightarrow": "lrarrow", "dot": "dot", "ddot": "ddot",
    "dddot": "dddot", "ddddot": "ddddot", "check": "check", "widecheck": "check",
    "breve": "breve", "acute": "acute", "grave": "grave", "mathring": "ring", "overbrace": "overbrace",
    "overbracket": "overbracket", "wideparen": "overparen", "overparen": "overparen",
}  # fmt: skip
UNDER_COMMANDS = {
    "underline": "underline", "underbar": "underline", "underbrace": "underbrace",
    "underbracket": "underbracket", "underparen": "underparen",
}  # fmt: skip
# Font commands: (style of letters, whether it also sets Greek and digits). \boldsymbol is handled apart.
FONTS = {
    "mathrm": "n", "mathbf": "b", "mathit": "i", "mathsf": "sf", "mathtt": "tt", "mathbb": "bb",
    "mathds": "bb", "mathbbm": "bb", "Bbb": "bb", "mathcal": "cal", "mathscr": "scr", "mathfrak": "frak",
    "frak": "frak", "mathnormal": "", "mathup": "n", "mathbfit": "bi", "symbf": "b", "symrm": "n",
    "symit": "i", "symbb": "bb", "symcal": "cal", "symscr": "scr", "symfrak": "frak", "mathsfit": "sfi",
    "mathbfsf": "sfb",
}  # fmt: skip
OLD_FONTS = {
    "rm": "n", "bf": "b", "it": "i", "sf": "sf", "tt": "tt", "cal": "cal", "mit": "", "sl": "i",
    "rmfamily": "n", "bfseries": "b", "itshape": "i",
}  # fmt: skip
BOLD_COMMANDS = frozenset({"boldsymbol", "bm", "pmb", "mathbold", "boldmath"})
TEXT_COMMANDS = {
    "text": "n", "textrm": "n", "textnormal": "n", "mbox": "n", "hbox": "n", "textup": "n", "textmd": "n",
    "textbf": "b", "textit": "i", "emph": "i", "textsl": "i", "texttt": "tt", "textsf": "sf",
}  # fmt: skip
STYLES = {"displaystyle": 0, "textstyle": 1, "scriptstyle": 2, "scriptscriptstyle": 3}
# Gaps: True where it is wide enough to keep two words apart.
SPACES = {
    ",": True, ":": True, ">": True, ";": True, " ": True, "!": False, "quad": True, "qquad": True,
    "thinspace": True, "medspace": True, "thickspace": True, "enspace": True, "negthinspace": False,
    "negmedspace": False, "negthickspace": False, "/": False, "enskip": True, "space": True,
    "nobreakspace": True,
}  # fmt: skip
IGNORED = frozenset(
    [
        "nonumber",
        "notag",
        "limits@",
        "displaylimits",
        "relax",
        "allowbreak",
        "nobreak",
        "protect",
        "mathstrut",
        "strut",
        "hfill",
        "hfil",
        "noindent",
        "displaybreak",
        "break",
        "smallskip",
        "medskip",
        "bigskip",
        "par",
        "null",
        "ensuremath@",
        "normalfont",
        "upshape",
        "mathpalette",
        "centering",
        "boldmath",
        "unboldmath",
        "newline@",
        "linebreak",
        "pagebreak",
        "nolinebreak",
    ]
)
PASS_ARGUMENT = frozenset(
    [
        "mathord",
        "mathbin",
        "mathrel",
        "mathopen",
        "mathclose",
        "mathpunct",
        "mathinner",
        "ensuremath",
        "smash",
        "mathstrut@",
        "mathrlap",
        "mathllap",
        "mathclap",
        "rlap",
        "llap",
        "clap",
        "mathchoice@",
        "vcenter",
        "hphantom@",
        "mathsurround@",
        "cramped",
    ]
)
NO_INK = frozenset({"phantom", "hphantom", "vphantom"})
DELIMITER_SIZES = frozenset(
    size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")
)
ARROW_COMMANDS = {
    "xrightarrow": "→", "xleftarrow": "←", "xleftrightarrow": "↔", "xRightarrow": "⇒", "xLeftarrow": "⇐",
    "xLeftrightarrow": "⇔", "xmapsto": "↦", "xhookrightarrow": "↪", "xhookleftarrow": "↩",
    "xlongequal": "=", "xtwoheadrightarrow": "↠",
}  # fmt: skip


@lru_cache(maxsize=2048)
def character(word: str) -> str | None:
    """The character(s) a control word draws, or ``None`` where it is no symbol we know."""
    if word in _GREEK_CAPITALS:
        return _GREEK_CAPITALS[word]
    if word in _OVERRIDES:
        return _OVERRIDES[word]
    from latex2mathml.symbols_parser import convert_symbol

    code = convert_symbol("\\" + word)
    return chr(int(code, 16)) if code else None
