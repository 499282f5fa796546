"""Read definitions of macros and environments.

`read_definition` looks at one defining command and says which macro it makes; it never raises. What needs
more than names, arguments and a body (``\\def\\a#1#{``, verbatim arguments) gives no macro, and the command
stays in the text.
"""

from dataclasses import replace

from typlora.tex.bodies import needs_machinery, shows_number
from typlora.tex.defining import COMMANDS, Definition, DefinitionReader
from typlora.tex.includes import control_words
from typlora.tex.lexer import skip_blank, word_end
from typlora.tex.macros import MacroTable
from typlora.tex.specs import ENVIRONMENT_SPECS, MACRO_SPECS, STRUCTURAL

_PREFIXES = frozenset({"long", "global", "outer", "protected"})
DEFINING = frozenset(COMMANDS) | _PREFIXES


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
    reader = DefinitionReader(text, after, end, internal)
    definition = kind(reader, word, table)
    if definition is None or reader.failed:
        return Definition(max(reader.position, after), failed=reader.failed)
    macro = definition.macro
    if macro is not None and (
        definition.name in STRUCTURAL
        or shows_number(macro)
        or (word == "renewcommand" and _is_number(definition.name, table))
        or (definition.environment and _is_known(definition.name, internal))
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


# Classes define these for themselves; where the author does, it is the author's that counts.
_THEOREM_LIKE = frozenset(
    {"theorem", "lemma", "proposition", "corollary", "definition", "example", "remark", "claim", "conjecture"}
    | {"fact", "note", "exercise", "problem", "solution", "question", "assumption", "property", "axiom"}
    | {"case", "observation", "notation", "hypothesis", "construction", "proof", "thm", "lem", "prop", "cor"}
    | {"defn", "rem", "ex", "conj"}
)


_NO_COUNTERS = frozenset({"theta", "therefore"})


def _is_number(name: str, table: MacroTable) -> bool:
    """Whether it may be how a counter is printed: ``\\the...``, and nothing the author has defined."""
    return name.startswith("the") and name not in _NO_COUNTERS and name not in table.definitions


def _is_known(name: str, internal: bool) -> bool:
    """Whether an environment means what its name says, however it is defined (``internal``: by a package)."""
    return name in _PLAIN or (name in ENVIRONMENT_SPECS and (internal or name not in _THEOREM_LIKE))


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
