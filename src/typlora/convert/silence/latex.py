"""The words that LaTeX puts on the page, with their places, by a flat reading of the expanded source.

What prints nothing is masked by characters of the same number, so offsets stay those of the source:
a blank parts words, ``JOIN`` does not (``{B}ayes``, ``caf\\'e``), ``FORMULA`` stands for a formula or a
reference.
"""

import re
from collections.abc import Iterator

from typlora.convert.silence.names import LETTERS, Names, names
from typlora.convert.silence.scanning import TOKEN, Scanner, closing
from typlora.convert.silence.shorthands import in_german, unwritten
from typlora.convert.silence.words import FORMULA, JOIN, PART, Token, tokens
from typlora.tex.lexer import column_dollar, line_end
from typlora.tex.wordlist import words

_NAME = re.compile(r"\s*\{\s*([^{}]*?)\s*\}")
_LENGTH = re.compile(
    r"\s*=?\s*[-+]?[\d.,]*\s*(?:\\[A-Za-z@]+|(?:true\s*)?(?:pt|em|ex|cm|mm|in|pc|bp|sp|mu|zw|zh|Q|fil+)\b)"
    r"(?:\s*(?:plus|minus)\s*[-+]?[\d.,]+\s*[a-z]+)*"
)
# Lengths follow without braces.
_PRIMITIVES = frozenset(
    {"hskip", "vskip", "kern", "mskip", "raise", "lower", "hsize", "vsize", "parindent", "parskip", "itemsep"}
    | {"baselineskip", "lineskip", "abovedisplayskip", "belowdisplayskip", "topsep", "parsep", "leftmargin"}
    | {"tabcolsep", "textwidth", "textheight"}
)
_RULE_SIZES = re.compile(r"(?:\s*(?:height|width|depth)\s*(?:[-\d.,]+\s*(?:true\s*)?[a-z]{2}|\\[A-Za-z@]+))*")
_BOX_SIZE = re.compile(r"\s*(?:to|spread)\s*(?:-?[\d.]+\s*(?:true\s*)?[a-z]{2}|\\[A-Za-z]+)")
_MATHS = ("equation", "align", "multline", "gather", "eqnarray")  # environments of a document's own
_ALGORITHMS = ("algorithm", "procedure", "function")
_AGAIN = re.compile(
    r"(?:(?!\\end(?:head|foot|lastfoot)\b|\\end\s*\{).)*\\end(?:head|foot|lastfoot)(?![a-z])", re.S
)
_ACRONYMS = words("ac acs acl acf acp acsp aclp acfp Ac Acp Acl Acf")
# Their words stand in the title block, in an order of its own.
_FRONT = words(
    """title subtitle author address email urladdr curraddr thanks subjclass dedicatory date keywords ead
    cortext fntext tnotetext affiliation affil institute inst and maketitle sep orcidID abstract"""
)

# They are here only where their file is not, and then shown.
_FILES = frozenset({"input", "include", "subfile", "subfileinclude", "import", "subimport"})
_BOXED = re.compile(r"\\newtcbtheorem\s*(?:\[[^\]]*\])?\s*\{(\w+)\}")
_COLUMNS = re.compile(r"(?:\s*\[[^\]]*\]|\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}){0,2}")
_ACCENTS = frozenset("`'^\"~=.uvHtcdbkr")
_KEY = re.compile(r"(?<![^\s,{])[a-z]+\s*=(?=\s*\Z)")  # before a value in braces
_IS_OPTION = re.compile(r"\s*(?:[htbpHTBP!]+|[a-z\-.\d]+\s*=.*|-?[\d.]+\s*[a-z]{2}|\d*)\s*", re.S)


def latex_tokens(text: str) -> list[Token]:
    """Words and formulas of the body, and the words of the title block, in the order of the source."""
    begin = text.find("\\begin{document}")
    stop = text.find("\\end{document}", begin)
    body = begin + len("\\begin{document}") if begin >= 0 else 0
    masked = _Reader(text, body, stop if stop >= 0 else len(text)).read()
    front: list[Token] = []
    if begin >= 0 and "\\maketitle" in text:
        for start, end in _front_matter(text[:begin]):
            front += tokens(_Reader(text, start, end).read(), start, end)
    return [*front, *tokens(masked, body, len(masked))]


def _front_matter(preamble: str) -> Iterator[tuple[int, int]]:
    """The arguments of ``\\title`` and the like."""
    for found in re.finditer(
        rf"^[^%\n]*?\\({'|'.join(names().front)})\s*(?:\[[^\]]*\]\s*)?\{{", preamble, re.M
    ):
        yield found.end(), closing(preamble, found.end() - 1)


class _Reader(Scanner):
    """One pass over a stretch of source that writes what prints into ``out``."""

    def __init__(self, text: str, start: int, end: int) -> None:
        super().__init__(text, end)
        self.start = start
        self.names: Names = names()
        self.out: list[str] = [" " * start]
        self.done = start
        self.german = in_german(text)
        self.algorithms = 0  # open environments of statements
        self.boxed = set(_BOXED.findall(text))  # theorems whose second argument is a label
        self.labels: set[int] = set()  # where such labels begin
        self.keys = start  # where the argument ends that is a list of keys and values

    def read(self) -> str:
        position = self.start
        while position < self.end:
            found = TOKEN.search(self.text, position, self.end)
            if found is None:
                break
            self._copy(found.start())
            position = self._token(found)
        self._copy(self.end)
        return "".join(self.out)

    def _copy(self, until: int) -> None:
        until = min(until, self.end)
        if until > self.done:
            text = self.text[self.done : until]
            text = unwritten(text) if self.german else text
            keyed = self.done < self.keys
            self.out.append(_KEY.sub(lambda key: " " * len(key[0]), text) if keyed else text)
            self.done = until

    def _mask(self, until: int, filler: str = " ") -> int:
        until = max(self.done, min(until, self.end))
        length = until - self.done
        if filler in {FORMULA, PART} and length > 1:
            self.out.append(" " + filler + " " * (length - 2))
        else:
            self.out.append(filler * length)
        self.done = until
        return until

    def _token(self, found: re.Match[str]) -> int:
        text, token = self.text, found[0]
        if token[0] == "%":
            return self._mask(found.end(), JOIN)
        if token == "$" and column_dollar(text, found.start()):
            return self._mask(found.end())
        if token[0] == "$":
            return self._mask(self.after(token, found.end()), FORMULA)
        if token == "{" and found.start() in self.labels:
            return self._mask(closing(text, found.start()) + 1)
        if token == "{":
            return self._mask(found.end(), JOIN)
        if token == "}":
            follows = text[found.end() : found.end() + 1]
            return self._mask(found.end(), self._between() if follows == "{" else JOIN)
        name = found[1]
        if name in {"(", "["}:
            return self._mask(self.after("\\)" if name == "(" else "\\]", found.end()), FORMULA)
        if self.algorithms and name not in _ACCENTS and not name.startswith("text"):
            self._mask(found.start() + 1, PART)
        if name in {"-", "/", ""}:
            return self._mask(found.end(), JOIN)
        if name in _ACCENTS and not name.isalpha():
            return self._mask(found.end(), JOIN)
        if name in {"begin", "end"}:
            return self._environment(name, found.end())
        return self._macro(name, found.end())

    def _between(self) -> str:
        return PART if self.algorithms else " "

    def _environment(self, what: str, position: int) -> int:
        named = _NAME.match(self.text, position)
        if named is None:
            return self._mask(position)
        name, position = named[1], named.end()
        if name in {"abstract", "keyword", "highlights", "frontmatter", "IEEEkeywords"}:
            self._mask(position - 1, PART)
        if name.startswith(_ALGORITHMS):
            self.algorithms = max(0, self.algorithms + (1 if what == "begin" else -1))
        if what == "end":
            return self._mask(position)
        if name in self.boxed:
            title = self.skip(position, "[{")
            self.labels.add(self.blank(title))
        plain = name.rstrip("*")
        if plain in self.names.formulas or plain.endswith(_MATHS):
            return self._mask(self.after(f"\\end{{{name}}}", position), FORMULA)
        if plain in self.names.elsewhere:
            return self._mask(self.after(f"\\end{{{name}}}", position))
        if plain in self.names.listings:
            self._mask(self.skip(position, self.names.listings[plain]))
            close = f"\\end{{{name}}}"
            self._copy(self.after(close, self.done) - len(close))
            return self._mask(self.done + len(close))
        if "tabular" in plain and (plain != name or plain not in self.names.environments):
            columns = _COLUMNS.match(self.text, position)
            return self._mask(columns.end() if columns else position)
        return self._arguments(
            position, self.names.environments.get(plain, "["), plain not in self.names.environments
        )

    def _macro(self, name: str, position: int) -> int:
        plain = name.rstrip("*")
        if plain in LETTERS or plain.endswith("TeX"):
            letter = LETTERS.get(plain, plain)
            self.out.append(letter)
            self.done += len(letter)
            while position < self.end and self.text[position] in " \t":
                position += 1
            return self._mask(position, " " if "TeX" in plain else JOIN)
        if plain in _ACCENTS:
            return self._mask(position, JOIN)
        if plain in _PRIMITIVES:
            length = _LENGTH.match(self.text, position)
            return self._mask(length.end() if length else position)
        if plain in {"hbox", "vbox", "vtop"} and (size := _BOX_SIZE.match(self.text, position)):
            return self._mask(size.end())
        if plain in {"hrule", "vrule"}:
            sizes = _RULE_SIZES.match(self.text, position)
            return self._mask(sizes.end() if sizes else position)
        if plain == "csname":
            return self._mask(self.after("\\endcsname", position))
        if plain in {"endfirsthead", "endhead"}:  # what follows pages have again is reported by its writer
            again = _AGAIN.match(self.text, position, self.end)
            return self._mask(again.end() if again else position, PART)
        if plain.startswith(("gls", "Gls", "acr")) or plain in _ACRONYMS:
            return self._mask(self.skip(position, "*[{"), PART)
        if (
            plain in {"endfoot", "endlastfoot", "caption", "nomenclature"} | _FRONT | _FILES
        ):  # a foot stands in the output where the table ends
            self._mask(position - 1, PART)
        if plain == "verb" or plain == "lstinline":
            return self._verb(position)
        if plain in {"ensuremath", "ce", "chemfig"}:
            return self._mask(self.skip(position, "[{"), FORMULA)
        if plain == "def":
            brace = self.text.find("{", position, self.end)
            return self._mask(closing(self.text, brace) + 1 if brace >= 0 else position)
        if plain in self.names.joining:
            return self._mask(position, JOIN)
        if plain in self.names.references:
            if plain.lower().endswith("cites"):
                return self._mask(self.all_arguments(position), FORMULA)
            return self._mask(self.skip(position, "*[[{"), FORMULA)
        if plain in self.names.silent:
            return self._mask(self.skip(position, self.names.silent[plain]))
        spec = self.names.specs.get(plain, "[")
        position = self._arguments(position, spec, plain in self.names.items)
        if plain == "affiliation" and self.text[position : position + 1] == "{":
            self.keys = closing(self.text, position)
        return position

    def _verb(self, position: int) -> int:
        while self.text[position : position + 1] == "[":
            position = self.text.find("]", position) + 1 or self.end
        fence = self.text[position : position + 1]
        if not fence or fence.isalnum() or fence.isspace():
            return self._mask(position)
        until = self.end if fence == "{" else line_end(self.text, position)
        close = self.text.find("}" if fence == "{" else fence, position + 1, until)
        if close < 0:
            return self._mask(position)
        self._mask(position + 1)
        self._copy(close)
        return self._mask(close + 1)

    def _arguments(self, position: int, spec: str, options: bool) -> int:
        """Mask what is no text among the arguments: options (unless they may be words), ``!`` of ``spec``."""
        self._mask(position)
        for wanted in spec:
            ahead = self.blank(position)
            if wanted == "*" and self.text[ahead : ahead + 1] == "*":
                position = self._mask(ahead + 1)
            elif wanted == "[" and self.text[ahead : ahead + 1] == "[":
                close = self.bracket(ahead)
                inside = self.text[ahead + 1 : close]
                if options and not _IS_OPTION.fullmatch(inside):
                    return self._mask(ahead + 1)
                position = self._mask(close + 1)
            elif wanted == "!" and self.text[ahead : ahead + 1] == "{":
                position = self._mask(self.group(ahead))
            elif wanted == "{":
                break
        return position
