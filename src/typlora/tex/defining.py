"""The commands that define macros and environments, each read by a function of its own."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from typlora.tex.bodies import body_pieces, without_comments
from typlora.tex.lexer import bracket_end, group_end, skip_blank, word_end
from typlora.tex.macros import Macro, MacroTable, Pair, Parameter

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


class DefinitionReader:
    """Takes arguments one after the other; ``failed`` once something expected was not there."""

    def __init__(self, text: str, position: int, end: int, internal: bool) -> None:
        self.text = text
        self.position = position
        self.end = end
        self.internal = internal
        self.failed = False

    def star(self) -> bool:
        """Whether a star stands here."""
        self.blank()
        if self.at("*"):
            self.position += 1
            return True
        return False

    def group(self) -> str:
        """A mandatory argument: a group's inside, a control sequence or a character."""
        self.blank()
        if self.position >= self.end:
            self.failed = True
            return ""
        if self.at("{"):
            end = group_end(self.text, self.position, self.end - self.position)
            if end < 0:
                self.failed = True
                return ""
            inside = self.text[self.position + 1 : end - 1]
            self.position = end
            return inside
        start = self.position
        if self.at("\\"):
            self.position = min(self.end, word_end(self.text, start, at_letter=self.internal))
        elif self.at("}"):
            self.failed = True
        else:
            self.position += 1
        return self.text[start : self.position]

    def option(self) -> str | None:
        """An optional argument, ``None`` where there is none."""
        self.blank()
        if not self.at("["):
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

    def at(self, character: str) -> bool:
        """Whether ``character`` stands here."""
        return self.position < self.end and self.text[self.position] == character

    def blank(self) -> None:
        """Go over blanks and comments."""
        self.position = min(self.end, skip_blank(self.text, self.position))


def _count(reader: DefinitionReader) -> int:
    option = reader.option()
    if option is None:
        return 0
    option = option.strip()
    if not (option.isascii() and option.isdigit() and int(option) <= 9):
        reader.failed = True
        return 0
    return int(option)


def _latex_parameters(reader: DefinitionReader) -> tuple[Parameter, ...]:
    """``[2][default]`` of ``\\newcommand``."""
    count = _count(reader)
    default = reader.option() if count else None
    if default is None:
        return (MANDATORY,) * count
    return (Parameter("o", default), *((MANDATORY,) * (count - 1)))


def _newcommand(reader: DefinitionReader, word: str, table: MacroTable) -> Definition | None:
    reader.star()
    name = reader.name()
    parameters = _latex_parameters(reader)
    body = body_pieces(reader.group(), len(parameters))
    macro = Macro(name, parameters, body, internal=reader.internal)
    return Definition(0, name, macro, keep_old=word == "providecommand")


def _newenvironment(reader: DefinitionReader, word: str, table: MacroTable) -> Definition | None:
    reader.star()
    name = reader.group().strip()
    parameters = _latex_parameters(reader)
    begin = body_pieces(reader.group(), len(parameters))
    macro = Macro(name, parameters, begin, internal=reader.internal, ending=body_pieces(reader.group(), 0))
    return Definition(0, name, macro, environment=True, keep_old=word.startswith("provide"))


def _def(reader: DefinitionReader, word: str, table: MacroTable) -> Definition | None:
    """``\\def\\name<parameter text>{body}``; parameters may be delimited."""
    name = reader.name()
    if reader.failed:
        return None
    start = reader.position
    brace = reader.text.find("{", start, min(reader.end, start + 200))
    if brace < 0:
        reader.failed = True
        return None
    parameter_text = without_comments(reader.text[start:brace])
    reader.position = brace
    body = reader.group()
    parts = parameter_text.split("#")
    numbers = [part[:1] for part in parts[1:]]
    if numbers != [str(number + 1) for number in range(len(numbers))] or "\n\n" in parameter_text:
        return None
    parameters = tuple(
        Parameter("u", closing=re.sub(r"\s+", " ", part[1:])) if part[1:] else MANDATORY for part in parts[1:]
    )
    prefix = parts[0].strip() if len(parts) > 1 else parts[0].lstrip()
    macro = Macro(name, parameters, body_pieces(body, len(parameters)), prefix, internal=reader.internal)
    return Definition(0, name, macro, globally=word in {"gdef", "xdef"}, expand_now=word in {"edef", "xdef"})


def _let(reader: DefinitionReader, word: str, table: MacroTable) -> Definition | None:
    name = reader.name()
    reader.blank()
    if reader.at("="):
        reader.position += 1
    if reader.at("{") or reader.at("}"):
        return None  # \let\bgroup={
    target = reader.group()
    if reader.failed or not target or target == name:
        return None
    if target[0] == "\\" and (known := table.definitions.get(target[1:])) is not None:
        return Definition(0, name, known)
    return Definition(0, name, Macro(name, (), (target,), final=True))


def _operator(reader: DefinitionReader, word: str, table: MacroTable) -> Definition | None:
    command = "\\operatorname*{" if reader.star() else "\\operatorname{"
    name = reader.name()
    body = command + without_comments(reader.group()) + "}"
    return Definition(0, name, Macro(name, (), (body,), internal=reader.internal), globally=True)


def _paired(reader: DefinitionReader, word: str, table: MacroTable) -> Definition | None:
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


def _document_command(reader: DefinitionReader, word: str, table: MacroTable) -> Definition | None:
    name = reader.name()
    parameters = xparse_parameters(reader.group())
    body = reader.group()
    if parameters is None:
        return None
    macro = Macro(name, parameters, body_pieces(body, len(parameters)), internal=reader.internal)
    return Definition(0, name, macro, keep_old=word.startswith("Provide"))


def _document_environment(reader: DefinitionReader, word: str, table: MacroTable) -> Definition | None:
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
    reader = DefinitionReader(text, 0, len(text), False)
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


COMMANDS: dict[str, Callable[[DefinitionReader, str, MacroTable], Definition | None]] = {
    **dict.fromkeys(("newcommand", "renewcommand", "providecommand", "DeclareRobustCommand"), _newcommand),
    **dict.fromkeys(("algnewcommand", "algrenewcommand"), _newcommand),
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
