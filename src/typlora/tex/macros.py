"""User macros: what a document defines, and its text with the definitions applied.

Definitions are read with the small tokenizer of `lexer.py` and applied by `expander.py`, not with a parser:
what a macro means is decided token by token while TeX reads (a body may hold half an environment, an
argument may begin in one expansion and end in another text), so there is no tree before expansion. The
result is what the parser reads.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache

from typlora.tex.project import Project
from typlora.tex.source import Problem, SourceText
from typlora.tex.specs import MACRO_SPECS


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a macro.

    ``kind``: ``m`` mandatory; ``o`` optional between ``opening`` and ``closing``; ``s`` a star; ``t`` the
    optional token ``opening``; ``e`` an argument after the token ``opening`` (as in ``e{^_}``); ``g`` an
    optional group; ``u`` everything up to the text ``closing``. ``default`` is the text where an optional one
    is left out (``None``: xparse's "no value").
    """

    kind: str
    default: str | None = None
    opening: str = "["
    closing: str = "]"


@dataclass(frozen=True, slots=True)
class Pair:
    """The delimiters of ``\\DeclarePairedDelimiter`` and its like; ``before`` and ``after`` are outside."""

    left: str
    right: str
    before: tuple[str | int, ...] = ()
    after: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Macro:
    """A definition.

    ``body`` alternates text with parameter numbers (from 1). ``prefix`` is text that must follow the name
    (``\\def\\a(#1)``). ``final`` bodies are not expanded again (``\\let\\old\\section`` keeps the old
    meaning). ``internal``: ``@`` is a letter in the body. ``ending`` is the second body of an environment.
    ``machinery``: the body needs TeX's inner workings; such a macro is known, but never expanded.
    ``overrides``: expanded even where the name is one of LaTeX's own that means the same in all documents.
    """

    name: str
    parameters: tuple[Parameter, ...] = ()
    body: tuple[str | int, ...] = ()
    prefix: str = ""
    final: bool = False
    internal: bool = False
    pair: Pair | None = None
    ending: tuple[str | int, ...] | None = None
    machinery: bool = False
    overrides: bool = False


@dataclass(slots=True)
class MacroTable:
    """Definitions by name (without backslash); environments apart."""

    definitions: dict[str, Macro] = field(default_factory=dict)
    environments: dict[str, Macro] = field(default_factory=dict)

    @classmethod
    def from_latex(cls, definitions: str) -> "MacroTable":
        """The table of some LaTeX definitions; what is not understood is left out."""
        return collect(definitions)

    def copy(self) -> "MacroTable":
        """An independent table with the same definitions."""
        return MacroTable(dict(self.definitions), dict(self.environments))

    def update(self, other: "MacroTable") -> None:
        """Take over another table's definitions, which win."""
        self.definitions.update(other.definitions)
        self.environments.update(other.environments)

    def specs(self) -> dict[str, str]:
        """Argument specifications (as in `specs.py`) of the macros, for parsing text where they were left."""
        return {name: spec for name, macro in self.definitions.items() if (spec := _spec(macro))}

    def environment_specs(self) -> dict[str, tuple[str, bool]]:
        """The same for environments."""
        return {name: (spec, False) for name, macro in self.environments.items() if (spec := _spec(macro))}


@dataclass(frozen=True, slots=True)
class Expanded:
    """``source`` with user macros expanded; ``table`` holds all definitions that were met on the way."""

    source: SourceText
    table: MacroTable
    problems: tuple[Problem, ...] = ()


def collect(source: SourceText | str) -> MacroTable:
    """All definitions in a text, whatever group or conditional they stand in; a later one wins."""
    from typlora.tex.definitions import collect_into

    table = MacroTable()
    collect_into(source if isinstance(source, str) else source.text, table)
    return table


def project_table(project: Project) -> MacroTable:
    """What the class and the packages beside the main file define.

    Commands that arrange pages are known, but not expanded; a class does not redefine what we know.
    """
    from typlora.tex.bodies import arranges_pages

    table = MacroTable()
    for package in project.packages:
        found = collect(package)
        is_class = package.span(0, 1).file.endswith(".cls")
        for own in (found.definitions, found.environments):
            for name, macro in own.items():
                if arranges_pages(macro) or (is_class and name in MACRO_SPECS):
                    own[name] = replace(macro, machinery=True)
        table.update(found)
    return table


def expand_project(project: Project) -> Expanded:
    """The project's text with its own macros, those of its local packages and of known packages expanded."""
    from typlora.tex.packages import loaded_table

    table = loaded_table(project)
    table.update(project_table(project))
    return expand_all(project.source, table)


def expand(
    source: SourceText, table: MacroTable | None = None, problems: list[Problem] | None = None
) -> SourceText:
    """Apply ``table`` and the text's own definitions, each from where it stands on.

    Spans of expanded text point to the use. Definitions that were understood are taken out of the text. A
    macro that runs away or needs TeX's inner machinery stays as it is; the former is added to ``problems``.
    """
    result = expand_all(source, table)
    if problems is not None:
        problems.extend(result.problems)
    return result.source


def expand_all(
    source: SourceText, table: MacroTable | None = None, kept: frozenset[str] = frozenset()
) -> Expanded:
    """`expand` with everything it found out. ``kept`` names what stays, an environment as ``begin{name}``."""
    from typlora.tex.commands import COMMANDS
    from typlora.tex.expander import Expander

    expander = Expander(source.text, (table or MacroTable()).copy(), COMMANDS)
    expander.kept = kept
    pieces = expander.run()
    text = SourceText.join(
        source.slice(piece.first, piece.last)
        if piece.literal
        else source.replaced(piece.first, piece.last, piece.text)
        for piece in pieces
    )
    problems = tuple(Problem(source.span(start, end), message) for start, end, message in expander.problems)
    return Expanded(text, expander.table, problems)


def expand_formula(
    latex: str, macros: str | MacroTable, *, display: bool = False, packages: bool = True
) -> str:
    """One formula's LaTeX with the definitions in ``macros`` applied; for formulas by the thousand.

    ``display`` decides which form of a ``\\mathchoice`` in a macro is taken. ``packages``: commands that
    nobody defines are taken for those of the packages that have them (see `packages.py`).
    """
    if "\\" not in latex:
        return latex
    table = _cached_table(macros) if isinstance(macros, str) else macros
    if packages:
        from typlora.tex.packages import table_for_unknown

        table = table_for_unknown(latex, macros if isinstance(macros, str) else "", table) or table
    names = table.definitions
    if not (
        table.environments
        or "\\def" in latex
        or "\\newcommand" in latex
        or any(name in latex for name in names)
    ):
        return latex
    from typlora.tex.commands import COMMANDS
    from typlora.tex.expander import Expander

    expander = Expander(latex, table, COMMANDS, math=True)
    expander.display = display
    return "".join(piece.of(latex) for piece in expander.run())


@lru_cache(maxsize=4096)
def _cached_table(macros: str) -> MacroTable:
    return MacroTable.from_latex(macros) if macros else MacroTable()


def _spec(macro: Macro) -> str:
    """In the parser's terms; empty where they do not suffice."""
    if macro.pair is not None:
        return "*[" + "{" * sum(parameter.kind == "m" for parameter in macro.parameters)
    kinds = {"m": "{", "o": "[", "s": "*"}
    letters = [kinds.get(parameter.kind, "?") for parameter in macro.parameters]
    return "" if "?" in letters or macro.prefix else "".join(letters)
