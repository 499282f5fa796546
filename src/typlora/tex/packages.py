r"""What the commands of common packages stand for, written as definitions in terms of amsmath.

A document that loads ``physics`` means by ``\dv{f}{x}`` a fraction; with these definitions the expander
writes that fraction, and whoever reads the formula after it needs to know nothing of the package. What a
definition in LaTeX cannot say (``\xmat``, tables of several sizes) is left out and stays in the text.

    table_of(["physics", "bm"])         definitions for a document that loads these packages
    table_for_unknown(latex, macros)    the same for a formula that comes without its document

Only commands that no document could mean otherwise are guessed in the second case, and only where their
arguments stand as the package wants them: ``\norm[0,1]`` is somebody's own ``\norm``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from typlora.tex.includes import local_packages
from typlora.tex.macros import Macro, MacroTable
from typlora.tex.package_commands import GUESSED, PACKAGES, WITH_UNITS
from typlora.tex.project import Project
from typlora.tex.text_commands import RENAMED, TEXTS

__all__ = ["PACKAGES", "loaded_table", "table_for_unknown", "table_of"]


def _words(names: str) -> list[str]:
    return names.split()


# How a use must go on to be one of these commands and not another author's of the same name.
_GROUP = r"\s*\*?\s*\{"
_OPTION = r"\s*\*?\s*(?:\[[^\]]*\]\s*)?\{"
_TOKEN = r"\s*\*?\s*[{\\A-Za-z0-9]"
_PAIR = r"\s*\*?\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}\s*\{"
_SIGNATURES: Mapping[str, str] = {
    **dict.fromkeys(_words("vb va vu bra ket Bra Ket odif"), _TOKEN),
    **dict.fromkeys(_words("braket Braket expval abs norm order eval"), _GROUP),
    **dict.fromkeys(_words("indices Set pqty bqty vqty Bqty pmqty bmqty vmqty pdif qq"), _GROUP),
    **dict.fromkeys(_words("ketbra dyad mel comm acomm flatfrac"), _PAIR),
    **dict.fromkeys(_words("dv pdv fdv odv tensor"), _OPTION),
    **dict.fromkeys(_words("nicefrac sfrac"), _PAIR),
    **dict.fromkeys(_words("grad curl laplacian Tr tr dd"), ""),
    "vdotswithin": _GROUP,
    **dict.fromkeys(_words("varlimsup varliminf"), ""),
    "mleft": "",
    "mright": "",
    **dict.fromkeys(("qty", "mqty"), r"\s*\*?\s*(?:\\[bB]igg?)?\s*[(|\[]"),
}
_FOLLOWS = {name: re.compile(pattern) for name, pattern in _SIGNATURES.items()}
_UNKNOWN = re.compile(r"\\(" + "|".join(sorted(_SIGNATURES, key=len, reverse=True)) + r")(?![A-Za-z])")
# Who is asked first for a command that several packages have.
_ORDER = (
    "braket",
    "physics",
    "tensor",
    "nicefrac",
    "xfrac",
    "mathtools",
    "mleftright",
    "derivative",
    "amsmath",
)


@lru_cache(maxsize=64)
def _package(name: str) -> MacroTable:
    table = _read(PACKAGES.get(name, ""))
    table.update(_read(TEXTS.get(name, "")))
    for own, meant in RENAMED.get(name, {}).items():
        for macros in (table.definitions, table.environments):
            if own in macros:
                macros[meant] = replace(macros.pop(own), overrides=True)
    return table


def _read(definitions: str) -> MacroTable:
    return MacroTable.from_latex(re.sub(r"\n +", "", definitions))


def table_of(names: Iterable[str]) -> MacroTable:
    """The definitions of these packages, in the order in which they are loaded; unknown ones add nothing."""
    table = MacroTable()
    for name in names:
        if name in PACKAGES or name in TEXTS:
            table.update(_package(name))
    return table


def loaded_table(project: Project) -> MacroTable:
    """What the packages mean that a project, or a package or class beside it, loads."""
    texts = [package.text for package in project.packages] + [project.source.text]
    loaded = [local_packages(text) for text in texts]
    names = [name for one in loaded for name in one.packages]
    table = table_of(
        [*names, *(f"class:{one.document_class}" for one in loaded), *_languages(texts[-1], names)]
    )
    if "physics" in names and "siunitx" in names:
        table.update(_read(WITH_UNITS))
    return table


def _languages(text: str, packages: Iterable[str]) -> list[str]:
    """``babel:NAME`` for each language that a document loads babel or polyglossia with."""
    if not {"babel", "polyglossia"} & set(packages):
        return []
    return [
        f"babel:{name.strip().removeprefix('main=')}"
        for found in _LANGUAGES.finditer(text)
        for name in (found[1] or found[2] or found[3]).split(",")
    ]


_LANGUAGES = re.compile(
    r"\\documentclass\s*\[([^\]]*)\]|\\usepackage\s*\[([^\]]*)\]\s*\{[^{}]*babel[^{}]*\}"
    r"|\\set(?:default|main|other)languages?\s*(?:\[[^\]]*\]\s*)?\{([^{}]*)\}"
)


@lru_cache(maxsize=1)
def _all() -> MacroTable:
    table = table_of(reversed(_ORDER))
    table.update(_package("physics"))
    table.update(_read(GUESSED))
    return table


def table_for_unknown(latex: str, macros: str, table: MacroTable) -> MacroTable | None:
    """``table`` (the author's, which wins) with what packages mean by the commands it does not define.

    ``None`` where there is nothing to add. ``macros`` is the text that ``table`` was made from.
    """
    uses = _uses(latex)
    if macros:
        uses = {**uses, **{name: fits and uses.get(name, True) for name, fits in _uses_in_macros(macros)}}
    wanted = [name for name, fits in uses.items() if fits and name not in table.definitions]
    if not wanted:
        return None
    known = _all().definitions
    return MacroTable(
        {**_helpers(), **{name: known[name] for name in wanted}, **table.definitions},
        dict(table.environments),
    )


def _uses(latex: str) -> dict[str, bool]:
    """Commands in ``latex`` that may be a package's, and whether all their uses go on as they should."""
    uses: dict[str, bool] = {}
    for found in _UNKNOWN.finditer(latex):
        name = found.group(1)
        uses[name] = uses.get(name, True) and _FOLLOWS[name].match(latex, found.end()) is not None
    return uses


@lru_cache(maxsize=4096)
def _uses_in_macros(macros: str) -> tuple[tuple[str, bool], ...]:
    return tuple(_uses(macros).items())


@lru_cache(maxsize=1)
def _helpers() -> dict[str, Macro]:
    return {name: macro for name, macro in _all().definitions.items() if "@" in name}
