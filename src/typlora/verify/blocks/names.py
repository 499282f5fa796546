"""The lists of ``latex_names.toml``, read once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Names:
    """``theorems`` maps an environment to what it prints first; ``silent*`` hold regular expressions."""

    harmless: frozenset[str]
    transparent: frozenset[str]
    silent: tuple[str, ...]
    silent_pairs: tuple[str, ...]
    theorems: dict[str, str]


@cache
def names() -> Names:
    text = (files("typlora.verify.blocks") / "latex_names.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return Names(
        frozenset(table["harmless"].split()),
        frozenset(table["transparent"].split()),
        tuple(table["silent"].split()),
        tuple(table["silent_pairs"].split()),
        {name: head for head, listed in table["theorems"].items() for name in listed.split()},
    )
