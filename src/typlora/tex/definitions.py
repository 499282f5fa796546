"""Read definitions of macros and environments.

`read_definition` looks at one defining command and says which macro it makes; it never raises. What needs
more than names, arguments and a body (``\\def\\a#1#{``, verbatim arguments) gives no macro, and the command
stays in the text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from typlora.tex.includes import control_words
from typlora.tex.lexer import bracket_end, group_end, line_end, skip_blank, word_end
from typlora.tex.macros import Macro, MacroTable, Pair, Parameter
from typlora.tex.specs import ENVIRONMENT_SPECS, MACRO_SPECS, STRUCTURAL

_PREFIXES = frozenset({"long", "global", "outer", "protected"})
MANDATORY = Parameter("m")


@dataclass(frozen=True, slots=True)
class Definition:
    """What one defining command does. ``macro`` is ``None`` where it is not one that can be expanded."""

    end: int
    name: str = ""
    macro: Macro | None = None
    environment: bool = False
    globally: bool = False
    keep_old: bool = False
    expand_now: bool = False
    failed: bool = False  # something expected was not there


class _Reader:
    """Takes arguments one after the other; ``failed`` once something expected was not there."""

    def __init__(self, text: str, position: int, end: int, internal: bool) -> None:
        self.text = text
        self.position = position
        self.end = end
        self.internal = internal
        self.failed = False

    def star(self) -> bool:
        """Whether a star stands here."""
        self._blank()
        if self._at("*"):
            self.position += 1
            return True
        return False

    def group(self) -> str:
        """A mandatory argument: a group's inside, a control sequence or a character."""
        self._blank()
        if self.position >= self.end:
            self.failed = True
            return ""
        if self._at("{"):
            end = group_end(self.text, self.position, self.end - self.position)
            if end < 0:
                self.failed = True
                return ""
            inside = self.text[self.position + 1 : end - 1]
            self.position = end
            return inside
        start = self.position
        if self._at("\\"):
            self.position = min(self.end, word_end(self.text, start, at_letter=self.internal))
        elif self._at("}"):
            self.failed = True
        else:
            self.position += 1
        return self.text[start : self.position]

    def option(self) -> str | None:
        """An optional argument, ``None`` where there is none."""
        self._blank()
        if not self._at("["):
            return None
        end = bracket_end(self.text, self.position)
        if end < 0 or end > self.end:
            return None
        inside = self.text[self.position + 1 : end - 1]
        self.position = end
        return inside

    def name(self) -> str:
        """A control sequence, in braces or not, without its backslash."""
        word = self.group().strip()
        if len(word) < 2 or word[0] != "\\" or word_end(word, 0, at_letter=True) != len(word):
            self.failed = True
            return ""
        return word[1:]

    def _at(self, character: str) -> bool:
        return self.position < self.end and self.text[self.position] == character

    def _blank(self) -> None:
        self.position = min(self.end, skip_blank(self.text, self.position))


def read_definition(
    text: str, word: str, after: int, end: int, table: MacroTable, internal: bool
) -> Definition | None:
    """The definition made by the command ``word`` whose name ends at ``after``; ``None`` if it is not one.

    ``table`` is needed for ``\\let``; ``internal`` says that ``@`` is a letter here.
    """
    globally = False
    while word in _PREFIXES:
        start = skip_blank(text, after)
        if start >= end or text[start] != "\\":
            return None
        after = word_end(text, start, at_letter=internal)
        globally = globally or word == "global"
        word = text[start + 1 : after]
    kind = COMMANDS.get(word)
    if kind is None:
        return None
    reader = _Reader(text, after, end, internal)
    definition = kind(reader, word, table)
    if definition is None or reader.failed:
        return Definition(max(reader.position, after), failed=reader.failed)
    macro = definition.macro
    if macro is not None and (
        definition.name in STRUCTURAL
        or (definition.environment and (definition.name in ENVIRONMENT_SPECS or definition.name in _PLAIN))
    ):
        macro = None
    if macro is not None and needs_machinery(macro):
        macro = replace(macro, machinery=True)
    return Definition(
        reader.position,
        definition.name,
        macro,
        definition.environment,
        globally or definition.globally,
        definition.keep_old,
        definition.expand_now,
    )


_PLAIN = frozenset(
    {"abstract", "quote", "quotation", "verse", "center", "flushleft", "flushright", "document", "acks"}
)


_CONTROL_WORD = re.compile(r"\\([A-Za-z@]+)")
_PRIMITIVES = frozenset(
    {
        "expandafter",
        "csname",
        "futurelet",
        "catcode",
        "afterassignment",
        "aftergroup",
        "setbox",
        "box",
        "copy",
    }
    | {
        "advance",
        "multiply",
        "count",
        "dimen",
        "toks",
        "loop",
        "read",
        "write",
        "immediate",
        "openout",
        "the",
    }
    | {
        "number",
        "romannumeral",
        "string",
        "meaning",
        "mathchar",
        "mathchardef",
        "chardef",
        "halign",
        "valign",
    }
    | {
        "noalign",
        "everypar",
        "mathpalette",
        "special",
        "if",
        "ifx",
        "ifnum",
        "ifdim",
        "ifcat",
        "ifcase",
        "ifodd",
    }
    | {
        "ifhmode",
        "ifvmode",
        "ifdefined",
        "ifcsname",
        "ooalign",
        "lower",
        "raise",
        "numexpr",
        "dimexpr",
        "detokenize",
    }
    | {
        "@startsection",
        "list",
        "trivlist",
        "newcount",
        "newdimen",
        "value",
        "the",
        "ifinner",
        "accent",
        "char",
    }
)


def needs_machinery(macro: Macro) -> bool:
    """Whether a body computes with TeX's registers, boxes or tokens, which only TeX can do."""
    pieces = macro.body if macro.ending is None else (*macro.body, *macro.ending)
    return any(
        not _PRIMITIVES.isdisjoint(_CONTROL_WORD.findall(piece)) for piece in pieces if isinstance(piece, str)
    )


# In a class or package these mean that a command arranges pages and does not abbreviate text.
_LAYOUT = frozenset(
    {
        "newpage",
        "clearpage",
        "twocolumn",
        "onecolumn",
        "setkeys",
        "hrule",
        "vrule",
        "vskip",
        "hskip",
        "vspace",
    }
    | {"setlength", "addtolength", "setcounter", "global", "pagestyle", "thispagestyle", "def", "let", "gdef"}
)


def arranges_pages(macro: Macro) -> bool:
    """Whether a macro of a class or package is about layout or options, so that it is better left alone."""
    pieces = macro.body if macro.ending is None else (*macro.body, *macro.ending)
    for piece in pieces:
        if isinstance(piece, str):
            words = _CONTROL_WORD.findall(piece)
            if not _LAYOUT.isdisjoint(words) or piece.count("@") > sum(word.count("@") for word in words):
                return True
    return False


def collect_into(text: str, table: MacroTable) -> None:
    """Add all definitions of a text to a table."""
    skip = failures = 0
    for word, start, after in control_words(text, at_letter=True):
        if start < skip:
            continue
        definition = read_definition(text, word, after, len(text), table, internal=True)
        if definition is None:
            continue
        failures += definition.failed
        if failures > 20:
            return  # each search for what is missing may go through the whole text
        skip = definition.end
        apply(definition, table)


def apply(definition: Definition, table: MacroTable) -> None:
    """Put a definition into a table."""
    macros = table.environments if definition.environment else table.definitions
    if definition.macro is None:
        return
    if definition.keep_old and (
        definition.name in macros
        or definition.name in (ENVIRONMENT_SPECS if definition.environment else MACRO_SPECS)
    ):
        return
    macros[definition.name] = definition.macro


def body_pieces(text: str, count: int) -> tuple[str | int, ...]:
    """A body cut at its parameters ``#1`` ...; comments are dropped and ``##`` becomes ``#``."""
    text = without_comments(text)
    pieces: list[str | int] = []
    begun, position = 0, text.find("#")
    buffer = ""
    while position >= 0:
        following = text[position + 1 : position + 2]
        if following == "#":
            buffer += text[begun : position + 1]
            begun = position = position + 2
        elif following.isdigit() and following.isascii() and 1 <= int(following) <= count:
            if buffer or position > begun:
                pieces.append(buffer + text[begun:position])
            buffer = ""
            pieces.append(int(following))
            begun = position = position + 2
        else:
            position += 1
        position = text.find("#", position)
    if rest := buffer + text[begun:]:
        pieces.append(rest)
    return tuple(pieces)


def without_comments(text: str) -> str:
    """Without comments; as in TeX, one takes its newline and the blanks of the next line with it."""
    if "%" not in text:
        return text
    out: list[str] = []
    position = begun = 0
    while (position := text.find("%", position)) >= 0:
        backslashes = position
        while backslashes > begun and text[backslashes - 1] == "\\":
            backslashes -= 1
        if (position - backslashes) % 2:
            position += 1
            continue
        out.append(text[begun:position])
        position = line_end(text, position)
        while position < len(text) and text[position] in " \t":
            position += 1
        begun = position
    out.append(text[begun:])
    return "".join(out)


def _count(reader: _Reader) -> int:
    option = reader.option()
    if option is None:
        return 0
    option = option.strip()
    if not (option.isascii() and option.isdigit() and int(option) <= 9):
        reader.failed = True
        return 0
    return int(option)


def _latex_parameters(reader: _Reader) -> tuple[Parameter, ...]:
    """``[2][default]`` of ``\\newcommand``."""
    count = _count(reader)
    default = reader.option() if count else None
    if default is None:
        return (MANDATORY,) * count
    return (Parameter("o", default), *((MANDATORY,) * (count - 1)))


def _newcommand(reader: _Reader, word: str, table: MacroTable) -> Definition | None:
    reader.star()
    name = reader.name()
    parameters = _latex_parameters(reader)
    body = body_pieces(reader.group(), len(parameters))
    macro = Macro(name, parameters, body, internal=reader.internal)
    return Definition(0, name, macro, keep_old=word == "providecommand")


def _newenvironment(reader: _Reader, word: str, table: MacroTable) -> Definition | None:
    reader.star()
    name = reader.group().strip()
    parameters = _latex_parameters(reader)
    begin = body_pieces(reader.group(), len(parameters))
    macro = Macro(name, parameters, begin, internal=reader.internal, ending=body_pieces(reader.group(), 0))
    return Definition(0, name, macro, environment=True, keep_old=word.startswith("provide"))


def _def(reader: _Reader, word: str, table: MacroTable) -> Definition | None:
    """``\\def\\name<parameter text>{body}``; parameters may be delimited."""
    name = reader.name()
    if reader.failed:
        return None
    start = reader.position
    brace = reader.text.find("{", start, min(reader.end, start + 200))
    if brace < 0:
        reader.failed = True
        return None
    parameter_text = reader.text[start:brace]
    reader.position = brace
    body = reader.group()
    parts = parameter_text.split("#")
    numbers = [part[:1] for part in parts[1:]]
    if numbers != [str(number + 1) for number in range(len(numbers))] or "\n\n" in parameter_text:
        return None
    parameters = tuple(
        Parameter("u", closing=part[1:]) if part[1:].strip() else MANDATORY for part in parts[1:]
    )
    prefix = parts[0].strip() if len(parts) > 1 else parts[0].lstrip()
    macro = Macro(name, parameters, body_pieces(body, len(parameters)), prefix, internal=reader.internal)
    return Definition(0, name, macro, globally=word in {"gdef", "xdef"}, expand_now=word in {"edef", "xdef"})


def _let(reader: _Reader, word: str, table: MacroTable) -> Definition | None:
    name = reader.name()
    reader._blank()
    if reader._at("="):
        reader.position += 1
    target = reader.group()
    if reader.failed or not target or target == name:
        return None
    if target[0] == "\\" and (known := table.definitions.get(target[1:])) is not None:
        return Definition(0, name, known)
    return Definition(0, name, Macro(name, (), (target,), final=True))


def _operator(reader: _Reader, word: str, table: MacroTable) -> Definition | None:
    command = "\\operatorname*{" if reader.star() else "\\operatorname{"
    name = reader.name()
    body = command + without_comments(reader.group()) + "}"
    return Definition(0, name, Macro(name, (), (body,), internal=reader.internal), globally=True)


def _paired(reader: _Reader, word: str, table: MacroTable) -> Definition | None:
    name = reader.name()
    count = _count(reader) if word != "DeclarePairedDelimiter" else 1
    before: tuple[str | int, ...] = ()
    after: tuple[str | int, ...] = ()
    if word.endswith("XPP"):
        before = body_pieces(reader.group(), count)
    left, right = reader.group().strip(), reader.group().strip()
    if word.endswith("XPP"):
        after = body_pieces(reader.group(), count)
    body = body_pieces(reader.group(), count) if word != "DeclarePairedDelimiter" else (1,)
    macro = Macro(
        name,
        (MANDATORY,) * count,
        body,
        internal=reader.internal,
        pair=Pair(left, right, before, after),
    )
    return Definition(0, name, macro, globally=True)


def _document_command(reader: _Reader, word: str, table: MacroTable) -> Definition | None:
    name = reader.name()
    parameters = xparse_parameters(reader.group())
    body = reader.group()
    if parameters is None:
        return None
    macro = Macro(name, parameters, body_pieces(body, len(parameters)), internal=reader.internal)
    return Definition(0, name, macro, keep_old=word.startswith("Provide"))


def _document_environment(reader: _Reader, word: str, table: MacroTable) -> Definition | None:
    name = reader.group().strip()
    parameters = xparse_parameters(reader.group())
    begin, ending = reader.group(), reader.group()
    if parameters is None:
        return None
    count = len(parameters)
    macro = Macro(
        name,
        parameters,
        body_pieces(begin, count),
        internal=reader.internal,
        ending=body_pieces(ending, count),
    )
    return Definition(0, name, macro, environment=True, keep_old=word.startswith("Provide"))


def xparse_parameters(text: str) -> tuple[Parameter, ...] | None:
    """``m o O{} s t+ d() D(){} r() R(){} e{^_} g G{}`` of ``\\NewDocumentCommand``; ``None`` for others."""
    reader = _Reader(text, 0, len(text), False)
    found: list[Parameter] = []
    while (kind := reader.group()) and not reader.failed:
        if kind in {"+", "!", " "}:
            continue
        if kind in {">", "="}:
            reader.group()
        elif kind in {"m", "s", "o", "g"}:
            found.append(Parameter(kind))
        elif kind in {"O", "G"}:
            found.append(Parameter(kind.lower(), reader.group()))
        elif kind == "t":
            found.append(Parameter("t", opening=reader.group()))
        elif kind in {"d", "D", "r", "R"}:
            opening, closing = reader.group(), reader.group()
            default = reader.group() if kind in {"D", "R"} else None
            found.append(Parameter("o", default, opening, closing))
        elif kind in {"e", "E"}:
            tokens = [token for token in reader.group() if not token.isspace()]
            if kind == "E":
                reader.group()
            found += [Parameter("e", opening=token) for token in tokens]
        else:
            return None
    return None if len(found) > 9 else tuple(found)


COMMANDS: dict[str, Callable[[_Reader, str, MacroTable], Definition | None]] = {
    **dict.fromkeys(("newcommand", "renewcommand", "providecommand", "DeclareRobustCommand"), _newcommand),
    **dict.fromkeys(("newenvironment", "renewenvironment", "provideenvironment"), _newenvironment),
    **dict.fromkeys(("def", "gdef", "edef", "xdef"), _def),
    "let": _let,
    "DeclareMathOperator": _operator,
    **dict.fromkeys(
        ("DeclarePairedDelimiter", "DeclarePairedDelimiterX", "DeclarePairedDelimiterXPP"), _paired
    ),
    **{
        f"{how}{what}DocumentCommand": _document_command
        for how in ("New", "Renew", "Provide", "Declare")
        for what in ("", "Expandable")
    },
    **{f"{how}DocumentEnvironment": _document_environment for how in ("New", "Renew", "Provide", "Declare")},
}
DEFINING = frozenset(COMMANDS) | _PREFIXES
