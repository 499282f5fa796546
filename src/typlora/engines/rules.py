"""Tables of the rewriting rules: what a LaTeX command becomes, and what is dropped."""

from typing import Literal

from typlora.tex.wordlist import words

Style = Literal["display", "text", "script"]


class UnreadableError(Exception):
    """The formula holds something that no rule engine may be trusted with."""


STYLES: dict[str, tuple[Style, str]] = {
    "\\displaystyle": ("display", "display("),
    "\\textstyle": ("text", "inline("),
    "\\scriptstyle": ("script", "script("),
    "\\scriptscriptstyle": ("script", "sscript("),
}
SWITCHES = {
    "\\rm": "\\mathrm",
    "\\bf": "\\mathbf",
    "\\it": "\\mathit",
    "\\sf": "\\mathsf",
    "\\tt": "\\mathtt",
    "\\cal": "\\mathcal",
    "\\mit": "\\mathit",
    "\\sl": "\\mathit",
    "\\frak": "\\mathfrak",
    "\\scr": "\\mathscr",
    "\\bfseries": "\\mathbf",
    "\\itshape": "\\mathit",
    "\\boldmath": "\\boldsymbol",
    "\\normalfont": "\\mathrm",
    "\\rmfamily": "\\mathrm",
    "\\ttfamily": "\\mathtt",
    "\\sffamily": "\\mathsf",
    "\\em": "\\mathit",
}
INFIX = {"\\over": "\\frac", "\\choose": "\\binom"}
FONTS = {
    "\\mathrm": "upright(",
    "\\mathup": "upright(",
    "\\mathbf": "upright(bold(",
    "\\mathbfit": "bold(",
    "\\mathit": "italic(",
    "\\mathnormal": "italic(",
    "\\mathsf": "upright(sans(",
    "\\mathtt": "mono(",
    "\\mathcal": "cal(",
    "\\mathscr": "scr(",
    "\\mathfrak": "frak(",
    "\\mathbb": "bb(",
    "\\Bbb": "bb(",
    "\\mathds": "bb(",
    "\\mathbbm": "bb(",
    "\\boldsymbol": "bold(",
    "\\bm": "bold(",
    "\\pmb": "bold(",
    "\\symbf": "upright(bold(",
}
WORD_FONTS = ("upright(", "upright(bold(", "italic(", "upright(sans(", "mono(")
"""Fonts in which a word may stand as a string: the string is upright, the letters would be."""
WRAPPERS = {
    "\\overline": "overline(",
    "\\underline": "underline(",
    "\\hat": "hat(",
    "\\widehat": "hat(",
    "\\check": "caron(",
    "\\widecheck": "caron(",
    "\\tilde": "tilde(",
    "\\widetilde": "tilde(",
    "\\acute": "acute(",
    "\\grave": "grave(",
    "\\dot": "dot(",
    "\\ddot": "dot.double(",
    "\\dddot": "dot.triple(",
    "\\ddddot": "dot.quad(",
    "\\breve": "breve(",
    "\\bar": "macron(",
    "\\mathring": "circle(",
    "\\vec": "arrow(",
    "\\overrightarrow": "arrow(",
    "\\overleftarrow": "arrow.l(",
    "\\overleftrightarrow": "arrow.l.r(",
    "\\cancel": "cancel(",
    "\\mathord": 'class("normal", ',
    "\\mathbin": 'class("binary", ',
    "\\mathrel": 'class("relation", ',
    "\\mathpunct": 'class("punctuation", ',
    "\\phantom": "#hide($",
    "\\hphantom": "#hide($",
    "\\boxed": "#box(stroke: 0.5pt, inset: 3pt, $display(",
    "\\fbox": "#box(stroke: 0.5pt, inset: 3pt, $",
}
BRACES = {
    "\\underbrace": "underbrace(",
    "\\overbrace": "overbrace(",
    "\\underbracket": "underbracket(",
    "\\overbracket": "overbracket(",
    "\\underparen": "underparen(",
    "\\overparen": "overparen(",
}
ARROWS = {
    "\\xrightarrow": "->",
    "\\xleftarrow": "<-",
    "\\xleftrightarrow": "<->",
    "\\xRightarrow": "=>",
    "\\xLeftarrow": "arrow.l.double",
    "\\xLeftrightarrow": "<=>",
    "\\xmapsto": "|->",
    "\\xhookrightarrow": "arrow.r.hook",
    "\\xhookleftarrow": "arrow.l.hook",
    "\\xtwoheadrightarrow": "arrow.r.twohead",
    "\\xrightleftharpoons": "harpoons.rtlb",
    "\\xlongequal": "=",
}
FRACTIONS: dict[str, tuple[str, Style | None]] = {
    "\\frac": ("\\frac", None),
    "\\dfrac": ("\\frac", "display"),
    "\\cfrac": ("\\frac", "display"),
    "\\tfrac": ("\\frac", "text"),
    "\\nicefrac": ("\\frac", None),
    "\\binom": ("\\binom", None),
    "\\dbinom": ("\\binom", "display"),
    "\\tbinom": ("\\binom", "text"),
}
DROPPED = words(
    r"""
        \! \/ \strut \mathstrut \null \allowbreak \nobreak \displaybreak \smallskip
        \medskip \bigskip \par \noindent \nonumber \notag \relax \protect \ignorespaces
        \unskip \hfill \hfil \hss \centering \limits@ \normalsize \small \footnotesize
        \scriptsize \tiny \large \Large \nolinebreak \linebreak \qedhere \break
        \goodbreak \penalty10000 \negthinspace \negmedspace \negthickspace \xspace
        """
)
DROPPED_WITH_ARGUMENT = words(
    r"""
        \label \vphantom \vspace \noalign \raisebox \setlength \mathopen{} \index \tag
        """
)
INVISIBLE = words(
    r"""
        \mathrlap \mathllap \mathclap \rlap \llap \clap \smash \mathinner \mathstrut
        """
)
SIZES = frozenset(
    f"\\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")
)
DELIMITERS = {
    "(": "\\(",
    ")": "\\)",
    "[": "\\[",
    "]": "\\]",
    "\\{": "\\{",
    "\\}": "\\}",
    "\\lbrace": "\\{",
    "\\rbrace": "\\}",
    "\\lbrack": "\\[",
    "\\rbrack": "\\]",
    "|": "|",
    "\\vert": "|",
    "\\lvert": "|",
    "\\rvert": "|",
    "\\|": "bar.v.double",
    "\\Vert": "bar.v.double",
    "\\lVert": "bar.v.double",
    "\\rVert": "bar.v.double",
    "\\langle": "chevron.l",
    "\\rangle": "chevron.r",
    "<": "chevron.l",
    ">": "chevron.r",
    "\\lfloor": "floor.l",
    "\\rfloor": "floor.r",
    "\\lceil": "ceil.l",
    "\\rceil": "ceil.r",
    "\\lgroup": "paren.l.flat",
    "\\rgroup": "paren.r.flat",
    "\\llbracket": "bracket.l.stroked",
    "\\rrbracket": "bracket.r.stroked",
    "\\ulcorner": "corner.l.t",
    "\\urcorner": "corner.r.t",
    "/": "\\/",
    "\\backslash": "backslash",
    "\\uparrow": "arrow.t",
    "\\downarrow": "arrow.b",
    "\\updownarrow": "arrow.t.b",
    "\\Uparrow": "arrow.t.double",
    "\\Downarrow": "arrow.b.double",
    ".": "",
}
MATCHED = {("(", ")"), ("[", "]"), ("\\{", "\\}"), ("\\lbrace", "\\rbrace"), ("\\lbrack", "\\rbrack")}
BIG = words(
    r"""
        \sum \prod \coprod \bigcup \bigcap \bigvee \bigwedge \bigoplus \bigotimes \lim
        \limsup \liminf \max \min \sup \inf \det \gcd \Pr
        """
)
"""Operators that carry their limits above and below in display style anyway."""
INTEGRALS = words(r"\int \iint \iiint \oint \oiint")
SHOWS_STYLE = (
    BIG
    | INTEGRALS
    | frozenset(FRACTIONS)
    | frozenset(INFIX)
    | words(r"\begin \limsup \liminf \mathop \operatorname")
)
"""What looks different in display style than in text style."""
STACKED = words(r"\stackrel \overset \underset")
SPACES = words(r"\, \: \; \> \quad \qquad \enspace \thinspace \hspace \hskip \kern \mkern \mskip ~") | {"\\ "}
"""A script behind a space has no base."""
LATIN_ONLY = words(r"\mathrm \mathbf \mathit \mathsf \mathtt \mathup")
SMALL_GREEK = words(
    r"""
    \alpha \beta \gamma \delta \epsilon \varepsilon \zeta \eta \theta \vartheta \iota \kappa \lambda \mu
    \nu \xi
    \pi \varpi \rho \varrho \sigma \varsigma \tau \upsilon \phi \varphi \chi \psi \omega \ell \partial
    """
)
TAKES_ARGUMENT = (
    frozenset(FONTS)
    | frozenset(WRAPPERS)
    | frozenset(FRACTIONS)
    | words(
        r"""
        \sqrt \text \textrm \textbf \textit \texttt \textsf \textnormal \mbox \hbox
        \operatorname \mathop \overset \underset \stackrel \not
        """
    )
)
"""What may follow ``_`` or ``^`` without braces and brings its own arguments along."""
