"""pylatexenc's database of argument specifications, filled from `specs.py`; for imports inside functions."""

from typing import Any

from pylatexenc.macrospec import (  # noqa: TID253
    EnvironmentSpec,
    LatexContextDb,
    MacroSpec,
    MacroStandardArgsParser,
    std_specials,
)

from typlora.tex.specs import ENVIRONMENT_SPECS, MACRO_SPECS, TEXT_ARGUMENT


def context(macros: dict[str, str], environments: dict[str, tuple[str, bool]]) -> Any:
    """The specification database: what `specs.py` knows, and before it what this document defines."""
    database = LatexContextDb()
    for name, own_macros, own_environments in (
        ("document", macros, environments),
        ("known", MACRO_SPECS, ENVIRONMENT_SPECS),
    ):
        database.add_context_category(
            name,
            macros=[MacroSpec(key, args_parser=_parser(key, spec)) for key, spec in own_macros.items()],
            environments=[
                EnvironmentSpec(key, args_parser=MacroStandardArgsParser(spec), is_math_mode=is_math)
                for key, (spec, is_math) in own_environments.items()
            ],
            specials=[std_specials(text) for text in ("&", "~", "``", "''", "--", "---", "!`", "?`")],
        )
    return database


def _parser(name: str, spec: str) -> Any:
    if name == "ensuremath":
        return MacroStandardArgsParser(spec, args_math_mode=[True])
    modes = [False] * len(spec) if name in TEXT_ARGUMENT else None
    return MacroStandardArgsParser(spec, optional_arg_no_space=name == "\\", args_math_mode=modes)
