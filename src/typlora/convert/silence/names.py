"""The lists of ``names.toml`` together with the argument specifications of `tex.specs`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from typlora.tex.specs import ENVIRONMENT_SPECS, MACRO_SPECS

LETTERS = {
    "ss": "ss", "o": "o", "O": "O", "ae": "ae", "AE": "AE", "oe": "oe", "OE": "OE", "aa": "a", "AA": "A",
    "l": "l", "L": "L", "i": "i", "j": "j", "LaTeX": "LaTeX", "TeX": "TeX", "LaTeXe": "LaTeX2e",
    "BibTeX": "BibTeX",
}  # fmt: skip
"""Commands that are letters or names; no longer than their LaTeX, so that offsets stay."""


@dataclass(frozen=True, slots=True)
class Names:
    """Argument specifications use ``!`` for a mandatory argument that holds no words."""

    formulas: frozenset[str]
    elsewhere: frozenset[str]
    joining: frozenset[str]
    items: frozenset[str]
    references: frozenset[str]
    front: tuple[str, ...]
    listings: dict[str, str]
    silent: dict[str, str]
    specs: dict[str, str]
    environments: dict[str, str]


@cache
def names() -> Names:
    """Read once; environments by name without star."""
    text = (files("typlora.convert.silence") / "names.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    maths = {name.rstrip("*") for name, (_, is_maths) in ENVIRONMENT_SPECS.items() if is_maths}
    environments = {
        name.rstrip("*"): spec.replace("{", "!")
        for name, (spec, is_maths) in ENVIRONMENT_SPECS.items()
        if not is_maths
    }
    titled = set(table["titled"].split())
    known = {name: spec for name, spec in environments.items() if name not in titled}
    return Names(
        frozenset(maths | set(table["formulas"].split())),
        frozenset(table["elsewhere"].split()),
        frozenset(table["joining"].split()),
        frozenset(table["items"].split()),
        frozenset(table["references"].split()),
        tuple(table["front"].split()),
        _by_name(table["listings"]),
        _by_name(table["silent"]),
        dict(MACRO_SPECS) | _by_name(table["specs"]),
        known | _by_name(table["environments"]),
    )


def _by_name(rows: dict[str, str]) -> dict[str, str]:
    return {name: spec for spec, listed in rows.items() for name in listed.split()}
