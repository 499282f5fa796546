"""Which of the author's macros may stay: used often, and with a body that is whole by itself."""

import re
from collections import Counter
from dataclasses import dataclass

from typlora.tex.includes import control_words
from typlora.tex.lexer import short_argument
from typlora.tex.macros import Macro, MacroTable, collect
from typlora.tex.project import Project
from typlora.tex.specs import ENVIRONMENT_SPECS, MACRO_SPECS, STRUCTURAL

OFTEN = 3  # uses from which on a function is worth its line
# What a body may not hold: structure that reaches out of it, cells, definitions, conditions.
_REACHING = re.compile(
    r"\\(?:label|tag|section|subsection|subsubsection|paragraph|chapter|part|item|caption|def|let|newcommand|"
    r"renewcommand|global|if\w*|else|fi|csname|expandafter|hline|input|include|limits|nolimits|"
    r"bibitem|footnotetext|mathchoice|mathpalette|relax|futurelet|setcounter|stepcounter|refstepcounter|"
    r"addtocounter|the\w+|verb|begin|end|maketitle|tikz\w*|includegraphics|over|atop|choose|displaystyle|"
    r"textstyle|scriptstyle|mathop|mathrel|mathbin|mathord|nonumber|notag|par|rm|bf|it)(?![A-Za-z])"
)
# Commands whose argument is a key, a length or a program, not something a function could be given.
_KEYED = re.compile(
    r"\\(?:\w*ref|cite\w*|\w*cite|gls\w*|url|href|SI|si|num|unit|qty|ce|[hv]space|color|textcolor|colorbox|ac\w?|"
    r"index|hyperlink|hypertarget|raisebox|rule|input|fontsize|selectfont)\*?\s*(?:\[[^\]]*\])*\{[^{}]*#"
)
_LENGTH = re.compile(r"-?[\d.]*\s*(?:[a-z]{2}|\\(?:text|line|column|paper)(?:width|height))")
_CELLS = re.compile(r"(?<!\\)&|\\\\|\n\s*\n|@")
_ENVIRONMENT_BODY = re.compile(
    r"\\(?:label|tag|def|let|item|caption|global|if\w*|csname|(?:re|step)\w*counter)\b"
)
_NAMES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_KEYWORDS = frozenset(
    [
        "let",
        "set",
        "show",
        "if",
        "else",
        "for",
        "while",
        "in",
        "not",
        "and",
        "or",
        "none",
        "auto",
        "true",
        "false",
        "context",
        "import",
        "include",
        "return",
        "break",
        "continue",
        "as",
        "body",
        "std",
        "sys",
        "calc",
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
    ]
)


@dataclass(frozen=True, slots=True)
class Authored:
    """A macro, or an environment where there is an ``ending``, and the name it has in Typst.

    ``parts`` is the body, text and numbers of parameters (from 1). ``defaults`` has an entry for each
    parameter: what an optional one is when it is left out, ``None`` for a mandatory one.
    """

    name: str
    typst: str
    parts: tuple[str | int, ...]
    defaults: tuple[str | None, ...] = ()
    ending: tuple[str | int, ...] | None = None

    @property
    def key(self) -> str:
        """How the expander calls it."""
        return self.name if self.ending is None else f"begin{{{self.name}}}"

    @property
    def spec(self) -> str:
        """Its arguments as the parser's specification."""
        return "".join("{" if default is None else "[" for default in self.defaults)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters in Typst."""
        if self.ending is not None:
            return (*_NAMES[: len(self.defaults)], "body")
        return ("body",) if len(self.defaults) == 1 else _NAMES[: len(self.defaults)]

    @property
    def spaced(self) -> bool:
        """The body ends with ``\\xspace``."""
        return (
            bool(self.parts)
            and isinstance(self.parts[-1], str)
            and self.parts[-1].rstrip().endswith("\\xspace")
        )

    @property
    def formula(self) -> str | None:
        """The LaTeX of a body that is a formula wherever it stands (``$...$``), with ``#1``."""
        body = self.latex
        for head, tail in (("\\ensuremath{", "}"), ("$", "$"), ("\\(", "\\)")):
            inside = body.removeprefix(head)
            if body.startswith(head) and inside.endswith(tail):
                inside = inside[: -len(tail)]
                if "$" not in inside and _balanced(inside):
                    return inside
        return None

    @property
    def latex(self) -> str:
        """The body with ``#1`` for the first parameter, without ``\\xspace``."""
        text = "".join(f"#{part}" if isinstance(part, int) else part for part in self.parts).strip()
        return text.removesuffix("\\xspace").strip() if self.spaced else text


def candidates(project: Project, taken: str) -> list[Authored]:
    """Macros and environments worth keeping. ``taken`` is Typst whose names must keep their meaning."""
    own = MacroTable()
    for source in (*project.packages, project.source):
        own.update(collect(source))
    text = project.source.text
    uses, defined = _uses(text)
    names = set(re.findall(r"[A-Za-z][\w-]*", re.sub(r'"(?:[^"\\]|\\.)*"', " ", taken))) | _KEYWORDS
    found: list[Authored] = []
    for environment, table in ((False, own.definitions), (True, own.environments)):
        for name, macro in sorted(table.items()):
            key = f"begin{{{name}}}" if environment else name
            many = uses[key] - (0 if environment else defined[name]) >= OFTEN
            if not many or defined[name] > 1 or not _whole(name, macro, environment):
                continue
            typst = _typst_name(name, names)
            names.add(typst)
            defaults = tuple(p.default if p.kind == "o" else None for p in macro.parameters)
            found.append(Authored(name, typst, macro.body, defaults, macro.ending if environment else None))
    return found


def _uses(text: str) -> tuple[Counter[str], Counter[str]]:
    """How often each command and ``begin{environment}`` stands in a text, and how often it is defined."""
    uses: Counter[str] = Counter()
    for word, _, after in control_words(text):
        uses[word] += 1
        if word == "begin" and (found := short_argument(text, after)):
            uses[f"begin{{{found[0]}}}"] += 1
    defining = re.compile(
        r"\\(?:(?:re|provide)?newcommand|providecommand|DeclareRobustCommand|NewDocumentCommand|def|let|"
        r"DeclareMathOperator|newenvironment|renewenvironment)\s*\*?\s*\{?\s*\\?([A-Za-z]+)"
    )
    return uses, Counter(found[1] for found in defining.finditer(text))


def _whole(name: str, macro: Macro, environment: bool) -> bool:
    """Whether a function can say the same: no structure that begins inside and ends outside."""
    if (
        not name.isalpha()
        or macro.machinery
        or macro.final
        or macro.prefix
        or macro.pair
        or name in STRUCTURAL
    ):
        return False
    if name in (ENVIRONMENT_SPECS if environment else MACRO_SPECS):
        return False
    for parameter in macro.parameters:
        plain = parameter.kind == "m" or (parameter.kind == "o" and (parameter.default or "").isalnum())
        if not plain:
            return False
    text = "".join(f"#{part}" if isinstance(part, int) else part for part in macro.body)
    if environment:
        ending = "".join(f"#{part}" if isinstance(part, int) else part for part in macro.ending or ())
        return not (_ENVIRONMENT_BODY.search(text + ending) or "&" in text + ending or "@" in text + ending)
    body = text.strip()
    last = re.search(r"\\([A-Za-z]+)$", body.removesuffix("\\xspace").rstrip())
    return bool(
        body
        and not _REACHING.search(body)
        and not _CELLS.search(body)
        and not _KEYED.search(body)
        and not _LENGTH.fullmatch(body)
        and body[0] not in "_^"
        and body[-1] not in "_^"
        and _balanced(body)
        and body.count("$") % 2 == 0
        and len(re.findall(r"\\left\b", body)) == len(re.findall(r"\\right\b", body))
        and not (last and "{" in MACRO_SPECS.get(last[1], ""))  # takes what follows it
    )


def _balanced(text: str) -> bool:
    depth = 0
    for found in re.finditer(r"\\.|[{}]", text, re.S):
        depth += (found[0] == "{") - (found[0] == "}")
        if depth < 0:
            return False
    return depth == 0


def _typst_name(name: str, taken: set[str]) -> str:
    """Its own name where that is free; a letter alone would be a variable in Typst."""
    for candidate in (name, f"my{name[0].upper()}{name[1:]}", f"own{name[0].upper()}{name[1:]}"):
        if len(candidate) > 1 and candidate not in taken:
            return candidate
    number = 2
    while f"own{name}{'x' * number}" in taken:
        number += 1
    return f"own{name}{'x' * number}"
