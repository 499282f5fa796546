# ruff: noqa: E501  (a table reads best with one construct a line)
"""The declared list of what LaTeX a version must cover: name, family, and how a row is seen to use it.

``constructs_of(latex)`` names every construct in a piece of LaTeX. ``data stats`` counts rows by them,
``eval.jsonl`` is stratified by them, and the replay sampler keeps the rare ones. A detector is a regular
expression on the LaTeX, so that it works on any row of any file, and is a few microseconds a row.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

FORMULA_FAMILIES = (
    "symbols", "operators", "relations", "arrows", "big operators", "letter styles", "accents", "scripts",
    "fractions", "roots", "delimiters", "matrices", "environments", "stretched", "functions", "spacing",
    "text", "numbers", "notation",
)  # fmt: skip
BLOCK_FAMILIES = ("blocks",)


@dataclass(frozen=True, slots=True)
class Construct:
    """``pattern`` finds at least one use in LaTeX."""

    name: str
    family: str
    pattern: re.Pattern[str]


def _words(*names: str) -> str:
    """A pattern for any of these control words, whole."""
    return r"\\(?:" + "|".join(names) + r")(?![a-zA-Z])"


def _environment(*names: str) -> str:
    return r"\\begin\s*\{(?:" + "|".join(names) + r")\}"


_GREEK = "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|upsilon|phi|chi|psi|omega"
_FUNCTION_NAMES = "sin|cos|tan|cot|sec|csc|arcsin|arccos|arctan|sinh|cosh|tanh|coth"

# Family, then name and pattern. The order is the order of every table a person reads.
_TABLE: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("symbols", (
        ("greek lower", _words(_GREEK)),
        ("greek variants", _words("var(?:epsilon|theta|pi|rho|sigma|phi|kappa)")),
        ("greek upper", _words("Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega")),
        ("hebrew letters", _words("aleph|beth|gimel|daleth")),
        ("ell and hbar", _words("ell|hbar|hslash|imath|jmath|wp|Re|Im")),
        ("infinity", _words("infty")),
        ("nabla and partial", _words("nabla|partial")),
        ("empty set", _words("emptyset|varnothing")),
        ("dots on the line", _words("ldots|dots|dotsc")),
        ("dots in the middle", _words("cdots|dotsb|dotsm|dotsi")),
        ("dots down", _words("vdots|ddots")),
        ("quantifiers", _words("forall|exists|nexists")),
        ("logic signs", _words("neg|lnot|land|lor|top|bot")),
        ("shapes", _words("triangle|square|Box|Diamond|star|bigstar|blacksquare|lozenge|circ|bullet")),
        ("angle signs", _words("angle|measuredangle|sphericalangle")),
        ("music and cards", _words("flat|sharp|natural|clubsuit|diamondsuit|heartsuit|spadesuit")),
        ("marks", _words("dagger|ddagger|checkmark|prime|backprime|S|P|complement")),
    )),
    ("operators", (
        ("plus minus", _words("pm|mp")),
        ("times and division", _words("times|div")),
        ("centred dot", _words("cdot")),
        ("ast and star", _words("ast|star|bullet")),
        ("ring operator", _words("circ")),
        ("circled operators", _words("oplus|otimes|ominus|oslash|odot")),
        ("boxed operators", _words("boxplus|boxtimes|boxminus|boxdot")),
        ("cup and cap", _words("cup|cap|uplus|sqcup|sqcap")),
        ("wedge and vee", _words("wedge|vee|land|lor|barwedge|veebar|curlywedge|curlyvee")),
        ("set difference", _words("setminus|smallsetminus|backslash")),
        ("semidirect products", _words("ltimes|rtimes|wr|amalg|bowtie")),
        ("triangle operators", _words("triangleleft|triangleright|trianglelefteq|trianglerighteq|unlhd|unrhd|lhd|rhd")),
    )),
    ("relations", (
        ("equal signs", r"="),
        ("less and greater", r"[<>]|" + _words("lt|gt")),
        ("less or equal", _words("leq|geq|le|ge|leqslant|geqslant|leqq|geqq")),
        ("much less", _words("ll|gg|lll|ggg")),
        ("similar and approximate", _words("sim|simeq|approx|cong|approxeq|thicksim|backsim")),
        ("equivalent", _words("equiv")),
        ("proportional", _words("propto|varpropto")),
        ("asymptotic", _words("asymp|doteq|triangleq|bumpeq|lesssim|gtrsim|lessgtr")),
        ("definition signs", r":=|=:|" + _words("coloneqq|eqqcolon|coloneq|vcentcolon|triangleq|stackrel")),
        ("subsets", _words("subset|supset|subseteq|supseteq|subsetneq|supsetneq|Subset|sqsubseteq|sqsupseteq|subsetneqq")),
        ("membership", _words("in|ni|owns")),
        ("not in", _words("notin|not\\s*\\\\in")),
        ("precedes", _words("prec|succ|preceq|succeq|preccurlyeq|succcurlyeq")),
        ("divides", _words("mid|nmid")),
        ("parallel and perpendicular", _words("parallel|perp|nparallel")),
        ("turnstiles", _words("vdash|dashv|models|vDash|Vdash|nvdash|nvDash")),
        ("not equal", _words("neq|ne")),
        ("negated with not", _words("not")),
        ("negated relations", _words("nleq|ngeq|nless|ngtr|nsubseteq|nsupseteq|ncong|nsim|nprec|nsucc|ntriangleleft|nrightarrow")),
        ("therefore and because", _words("therefore|because")),
    )),
    ("arrows", (
        ("right arrow", _words("to|rightarrow")),
        ("left arrow", _words("gets|leftarrow")),
        ("both ways", _words("leftrightarrow|Leftrightarrow|rightleftarrows|leftrightarrows")),
        ("maps to", _words("mapsto|longmapsto")),
        ("double arrows", _words("Rightarrow|Leftarrow")),
        ("long arrows", _words("longrightarrow|longleftarrow|longleftrightarrow|Longrightarrow|Longleftarrow")),
        ("implies and iff", _words("implies|iff|impliedby|Longleftrightarrow")),
        ("hooks and heads", _words("hookrightarrow|hookleftarrow|twoheadrightarrow|twoheadleftarrow|rightarrowtail")),
        ("harpoons", _words("rightharpoonup|leftharpoonup|rightleftharpoons|rightharpoondown|leftharpoondown|upharpoonright|restriction")),
        ("vertical arrows", _words("uparrow|downarrow|Uparrow|Downarrow|updownarrow")),
        ("diagonal arrows", _words("nearrow|searrow|nwarrow|swarrow")),
        ("wavy arrows", _words("leadsto|rightsquigarrow|curvearrowright|circlearrowleft|dashrightarrow")),
    )),
    ("big operators", (
        ("sum", _words("sum")),
        ("product", _words("prod|coprod")),
        ("integral", _words("int")),
        ("several integrals", _words("iint|iiint|idotsint")),
        ("contour integral", _words("oint|oiint|varointclockwise|ointctrclockwise")),
        ("big union", _words("bigcup|bigcap|bigsqcup|biguplus")),
        ("big logic", _words("bigwedge|bigvee")),
        ("big circled", _words("bigoplus|bigotimes|bigodot")),
        ("limits on both ends", r"\\(?:sum|prod|int|oint|coprod|big[a-z]+)\s*(?:\\limits\s*)?_(?:\{[^{}]*\}|\\?[a-zA-Z0-9]+)\s*\^"),
        ("forced limits", _words("limits|nolimits")),
        ("stacked conditions", _words("substack") + "|" + _environment("subarray")),
    )),
    ("letter styles", (
        ("blackboard bold", _words("mathbb|Bbb")),
        ("calligraphic", _words("mathcal|cal")),
        ("script", _words("mathscr")),
        ("fraktur", _words("mathfrak|frak")),
        ("bold", _words("mathbf|bf|bold")),
        ("bold symbols", _words("boldsymbol|bm|pmb")),
        ("sans serif", _words("mathsf|sf")),
        ("typewriter", _words("mathtt|tt")),
        ("italic words", _words("mathit|it")),
        ("upright", _words("mathrm|rm")),
        ("old font switches", _words("rm|bf|it|cal|sf|tt|frak")),
        ("styled words", r"\\math(?:rm|bf|sf|tt|it)\s*\{[a-zA-Z]{2,}"),
        ("nested styles", r"\\math[a-z]+\s*\{[^{}]*\\math[a-z]+"),
    )),
    ("accents", (
        ("hat", _words("hat")),
        ("wide hat", _words("widehat")),
        ("tilde", _words("tilde")),
        ("wide tilde", _words("widetilde")),
        ("bar", _words("bar")),
        ("overline", _words("overline")),
        ("underline", _words("underline")),
        ("vector", _words("vec")),
        ("over arrow", _words("overrightarrow|overleftarrow|overleftrightarrow")),
        ("dot accent", _words("dot")),
        ("several dots", _words("ddot|dddot|ddddot")),
        ("check and breve", _words("check|breve|acute|grave|mathring")),
        ("accent on accent", r"\\(?:hat|tilde|bar|vec|dot|ddot|widehat|widetilde|overline)\s*\{\s*\\(?:hat|tilde|bar|vec|dot|ddot|widehat|widetilde|overline)"),
    )),
    ("scripts", (
        ("subscript", r"_"),
        ("superscript", r"\^"),
        ("both scripts", r"_(?:\{[^{}]*\}|\\[a-zA-Z]+|[^\\{}\s])\s*\^|\^(?:\{[^{}]*\}|\\[a-zA-Z]+|[^\\{}\s])\s*_"),
        ("long script", r"[_^]\s*\{[^{}]{4,}"),
        ("script in script", r"[_^]\s*\{[^{}]*[_^]"),
        ("single prime", r"(?<!')'(?!')"),
        ("several primes", r"''"),
        ("prime with scripts", r"'+\s*[_^]|_(?:\{[^{}]*\}|[^\\{}\s])\s*'"),
        ("scripts on the left", r"(?:^|[^a-zA-Z0-9}\]\)])\{\}\s*[_^]|" + _words("prescript|sideset")),
        ("star script", r"\^\s*(?:\*|\{\s*\*|\\ast|\\star|\{\s*\\ast)"),
        ("transpose and dagger", r"\^\s*\{?\s*(?:\\top|\\dagger|\\intercal|T(?![a-zA-Z])|\\mathsf\s*\{?T|\\mathrm\s*\{?T)"),
        ("inverse", r"\^\s*\{\s*-\s*1\s*\}"),
        ("word script", r"[_^]\s*\{?\s*\\(?:text|mathrm|rm|mbox|textrm)"),
    )),
    ("fractions", (
        ("fraction", _words("frac")),
        ("fraction in fraction", r"\\[dtc]?frac\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\\[dtc]?frac"),
        ("small and display fractions", _words("tfrac|dfrac")),
        ("continued fraction", _words("cfrac")),
        ("binomial", _words("binom|tbinom|dbinom|choose")),
        ("old fractions", _words("over|atop|choose|above|brack|brace")),
        ("slash", r"/"),
        ("derivative fraction", r"\\[dt]?frac\s*\{\s*(?:\\partial|d|\\mathrm\s*\{?\s*d|D)(?![a-zA-Z])"),
        ("fraction without braces", r"\\[dt]?frac\s*[0-9a-zA-Z\\][^{}]"),
    )),
    ("roots", (
        ("square root", r"\\sqrt\s*(?![\[\sa-zA-Z])"),
        ("nth root", r"\\sqrt\s*\["),
        ("root in root", r"\\sqrt\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\\sqrt"),
    )),
    ("delimiters", (
        ("parentheses", r"\("),
        ("brackets", r"(?<!\\)(?<!sqrt)\["),
        ("braces", r"\\[{}]|" + _words("lbrace|rbrace")),
        ("absolute value", r"\||" + _words("lvert|rvert|vert")),
        ("norm", r"\\\||" + _words("lVert|rVert|Vert")),
        ("angle brackets", _words("langle|rangle")),
        ("floor and ceiling", _words("lfloor|rfloor|lceil|rceil")),
        ("growing delimiters", _words("left")),
        ("one-sided delimiters", r"\\(?:left|right)\s*\."),
        ("middle delimiter", _words("middle")),
        ("sized delimiters", _words("[bB]ig{1,2}[lrm]?")),
        ("mixed interval", r"\[[^\[\]()]*,[^\[\]()]*\)|\([^\[\]()]*,[^\[\]()]*\]"),
        ("evaluation bar", r"\\right\s*\||\\[bB]ig{1,2}r?\s*\|"),
        ("double brackets", _words("llbracket|rrbracket|lBrack|rBrack")),
    )),
    ("matrices", (
        ("plain matrix", _environment("matrix")),
        ("round matrix", _environment(r"pmatrix\*?")),
        ("square matrix", _environment(r"bmatrix\*?")),
        ("brace matrix", _environment(r"Bmatrix\*?")),
        ("determinant matrix", _environment(r"vmatrix\*?")),
        ("norm matrix", _environment(r"Vmatrix\*?")),
        ("small matrix", _environment("smallmatrix")),
        ("array", _environment("array")),
        ("array with lines", r"\\begin\s*\{array\}\s*(?:\[[a-z]\])?\s*\{[^{}]*\|"),
        ("matrix with dots", _words("ddots|vdots") + r"[\s\S]*\\end\s*\{[a-zA-Z]*(?:matrix|array)"),
        ("column vector", r"\\begin\s*\{[pbvBV]?(?:matrix)\}[^&]*\\\\[^&]*\\end\s*\{[pbvBV]?matrix\}"),
    )),
    ("environments", (
        ("cases", _environment("cases")),
        ("display cases", _environment("dcases|rcases|drcases")),
        ("align", _environment(r"align\*?")),
        ("aligned", _environment("aligned")),
        ("align at", _environment(r"alignat\*?|alignedat|xalignat\*?")),
        ("full align", _environment(r"flalign\*?")),
        ("gather", _environment(r"gather\*?")),
        ("gathered", _environment("gathered")),
        ("multline", _environment(r"multline\*?")),
        ("split", _environment("split")),
        ("equation array", _environment(r"eqnarray\*?")),
        ("several columns", r"&[^&\\]*(?:\\(?!\\)[^&\\]*)*&"),
        ("line breaks", r"\\\\"),
        ("row spacing", r"\\\\\s*\[[^\]]*(?:pt|em|ex|mm|cm)\]"),
        ("tags and numbers", _words("tag|nonumber|notag")),
        ("text between rows", _words("intertext|shortintertext")),
    )),
    ("stretched", (
        ("overbrace", _words("overbrace")),
        ("underbrace", _words("underbrace")),
        ("overbracket", _words("overbracket|underbracket")),
        ("overset", _words("overset|stackrel")),
        ("underset", _words("underset")),
        ("labelled arrow", _words("xrightarrow|xleftarrow|xleftrightarrow|xRightarrow|xhookrightarrow|xmapsto")),
        ("strike out", _words("cancel|bcancel|xcancel|cancelto")),
        ("boxed", _words("boxed|fbox")),
    )),
    ("functions", (
        ("trigonometric", _words(_FUNCTION_NAMES)),
        ("logarithm and exponential", _words("log|ln|lg|exp")),
        ("limit", _words("lim|limsup|liminf|varlimsup|varliminf|varinjlim|varprojlim|injlim|projlim")),
        ("maximum and minimum", _words("max|min|sup|inf|argmax|argmin")),
        ("algebra functions", _words("det|dim|ker|hom|deg|gcd|arg|Pr")),
        ("modulo", _words("bmod|pmod|mod|pod")),
        ("operator name", r"\\operatorname\s*(?!\*)(?![a-zA-Z])"),
        ("operator name with limits", r"\\operatorname\s*\*|" + _words("operatornamewithlimits|DeclareMathOperator")),
        ("function call", r"[a-zA-Z}]\s*(?:\\left\s*)?\("),
    )),
    ("spacing", (
        ("thin space", r"\\[,:;>]|" + _words("thinspace|medspace|thickspace")),
        ("quad", _words("quad")),
        ("double quad", _words("qquad")),
        ("negative space", r"\\!|" + _words("negthinspace|negmedspace")),
        ("forced space", r"(?<!\\)(?:\\\\)*\\ |~|" + _words("space|enspace")),
        ("measured space", _words("hspace|mspace|mkern|kern|hskip|mskip")),
        ("phantom", _words("phantom|hphantom|vphantom|mathstrut|smash")),
        ("display style", _words("displaystyle|textstyle|scriptstyle|scriptscriptstyle")),
    )),
    ("text", (
        ("text", _words("text|mbox|hbox|textnormal")),
        ("styled text", _words("textrm|textbf|textit|textsf|texttt|textsc|emph")),
        ("text with a formula", r"\\(?:text|mbox|textrm)\s*\{[^{}]*\$"),
        ("text with accents or CJK", r"[^\x00-\x7f]"),
        ("condition", r"\\(?:text|mbox|textrm)\s*\{\s*(?:if|for|when|where|and|otherwise|with|as|else)\b"),
    )),
    ("numbers", (
        ("integer", r"(?<![\w.])\d+(?![\w.])"),
        ("decimal", r"\d\.\d"),
        ("thousands", r"\d\{?,\}?\d{3}(?!\d)"),
        ("power of ten", r"10\s*\^"),
        ("percent", r"\\%"),
        ("degrees", r"\^\s*\{?\s*\\circ|\\degree"),
        ("units", r"\\,\s*\\(?:mathrm|text|rm)\s*\{|" + _words("SI|si|qty|unit")),
        ("negative number", r"(?:^|[({=,\[^]\s*)-\s*\d"),
    )),
    ("notation", (
        ("set builder", r"\\\{[\s\S]*(?:\\mid|\||:)[\s\S]*\\\}"),
        ("map with colon", r":\s*[^:=][\s\S]*\\(?:to|rightarrow|longrightarrow|hookrightarrow)(?![a-zA-Z])|\\colon"),
        ("upright differential", r"\\(?:mathrm|rm|operatorname)\s*\{\s*d\s*\}|\\dd(?![a-zA-Z])"),
        ("plain differential", r"(?:\\,|\s)d[a-zA-Z](?![a-zA-Z])"),
        ("bra and ket", r"\|[^|]*\\rangle|\\langle[^|]*\||" + _words("ket|bra|braket")),
        ("conditional bar", r"(?:\\Pr|\\mathbb\{?[PE]\}?|\\operatorname\{[A-Z][a-z]*\}|[PpEq])\s*[(\[][^()]*(?:\\mid|\|)"),
        ("sequence", r",\s*\\(?:ldots|dots|cdots)\s*,"),
        ("factorial", r"[a-zA-Z0-9)]!"),
        ("atom class", _words("mathop|mathbin|mathrel|mathord|mathopen|mathclose|mathpunct|mathinner")),
        ("colour", _words("color|textcolor|mathcolor")),
        ("escaped sign", r"\\[#&_$]"),
        ("sentence end", r"[.,;]\s*$"),
    )),
    ("blocks", (
        ("heading", _words("part|chapter|section|subsection|subsubsection|paragraph|subparagraph") + r"\*?\s*[\[{]"),
        ("emphasis", _words("emph|textit|itshape|it")),
        ("strong text", _words("textbf|bfseries")),
        ("code words", _words("texttt|verb|lstinline")),
        ("small capitals", _words("textsc|scshape")),
        ("bullet list", _environment("itemize")),
        ("numbered list", _environment("enumerate")),
        ("description list", _environment("description")),
        ("nested list", r"\\begin\s*\{(?:itemize|enumerate)\}(?:(?!\\end\s*\{(?:itemize|enumerate)\})[\s\S])*\\begin\s*\{(?:itemize|enumerate)\}"),
        ("footnote", _words("footnote")),
        ("table", _environment(r"tabular[x*]?|longtable")),
        ("table rules", _words("toprule|midrule|bottomrule|hline|cline|cmidrule")),
        ("spanning cells", _words("multicolumn|multirow")),
        ("figure", _environment(r"figure\*?") + "|" + _words("includegraphics")),
        ("caption", _words("caption")),
        ("theorem", _environment("theorem|lemma|proposition|corollary|definition|remark|example|claim|conjecture")),
        ("proof", _environment("proof")),
        ("label", _words("label")),
        ("reference", _words("ref|eqref|cref|Cref|autoref|pageref")),
        ("citation", _words("cite|citep|citet|parencite|textcite")),
        ("verbatim", _environment(r"verbatim\*?|lstlisting|minted|Verbatim")),
        ("quotation", _environment("quote|quotation|verse")),
        ("link", _words("href|url|hyperref")),
        ("centred text", _environment("center|flushleft|flushright") + "|" + _words("centering")),
        ("quotation marks", r"``[^`']+''"),
        ("dashes", r"[^-]---?[^-]"),
        ("Japanese paragraph", r"[\u3040-\u30ff\u4e00-\u9fff]{4,}"),
        ("paragraph with formulas", r"[a-z]{3,}[^$]*(?<!\\)\$[^$]+\$"),
        ("algorithm", _environment(r"algorithm\*?|algorithmic")),
        ("bibliography", _environment("thebibliography") + "|" + _words("bibliography")),
    )),
)  # fmt: skip

CONSTRUCTS: tuple[Construct, ...] = tuple(
    Construct(name, family, re.compile(pattern)) for family, rows in _TABLE for name, pattern in rows
)
BY_NAME: dict[str, Construct] = {construct.name: construct for construct in CONSTRUCTS}

_FORMULA_CONSTRUCTS = tuple(c for c in CONSTRUCTS if c.family not in BLOCK_FAMILIES)
_BLOCK_CONSTRUCTS = tuple(c for c in CONSTRUCTS if c.family in BLOCK_FAMILIES)


# Some patterns look ahead over the whole text; a bound keeps the longest row at milliseconds.
_LOOKED_AT = 4_000


@lru_cache(maxsize=65_536)
def constructs_of(latex: str, block: bool = False) -> tuple[str, ...]:
    """Names of the constructs used, in the order of the list. Blocks are asked about blocks only."""
    candidates = _BLOCK_CONSTRUCTS if block else _FORMULA_CONSTRUCTS
    head = latex[:_LOOKED_AT]
    return tuple(construct.name for construct in candidates if construct.pattern.search(head))


def rarest(names: Iterable[str], counts: dict[str, int]) -> str:
    """The construct that stands for a row when each row may count once: the least common one it uses."""
    return min(names, key=lambda name: (counts.get(name, 0), name), default="plain")
