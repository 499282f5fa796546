"""A grammar that writes LaTeX: rules in a TOML file, the same bytes for the same seed.

    [rules]
    start = ['@sum', '3| @fraction']          # "3|" is a weight; without one it is 1
    sum = ['\\sum_{@{i=index}=1}^{@bound} @{x=letter}_@i']   # @{i=index} binds, @i says it again
    polynomial = ['@{2..4 term " + "}']       # two to four, joined
    table = ['@{grid 2..3 2..3 entry}']       # rows and columns, joined by \\\\ and &
    product = ['@{letter}x']                  # braces where a letter follows; names are small letters only

A field (``[fields.analysis]``) has rules of its own that stand before the common ones; each row is
written in one field, so that its letters and shapes belong together. ``include = ["letters.toml"]``
takes the rules of other files. ``[focus]`` says which rules rows start from, and how often. ``macros``
names a LaTeX file of definitions whose commands the rules may use. ``blocks = true`` says that what is
written are blocks of a document and not formulas.
"""

import random
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from typlora.data.manner import joined
from typlora.errors import DataError

# Rules that nest deeper than this are cut off by choosing their shortest alternative.
DEPTH = 9
# A runaway grammar must not fill memory: no real formula has so many parts.
MOST_PARTS = 2_000

_WEIGHT = re.compile(r"\A(\d+(?:\.\d+)?)\|\s?")
_REFERENCE = re.compile(
    r"@(?:(?P<plain>[a-z]+)"
    r"|\{(?P<braced>[a-z]+)\}"
    r"|\{(?P<bind>[a-z]+)=(?P<rule>[a-z]+)\}"
    r"|\{(?P<low>\d+)\.\.(?P<high>\d+) (?P<repeated>[a-z]+)(?: \"(?P<separator>[^\"]*)\")?\}"
    r"|\{grid (?P<rows>\d+\.\.\d+) (?P<columns>\d+\.\.\d+) (?P<cell>[a-z]+)\})"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A literal text, or a reference: ``rule`` with ``bind``, or repeated ``low..high`` (and ``columns``)."""

    text: str = ""
    rule: str = ""
    bind: str = ""
    low: int = 1
    high: int = 1
    separator: str = ""
    columns: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    weight: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Grammar:
    """Rules by name, fields with their own rules, and what rows start from with weights."""

    rules: Mapping[str, tuple[Alternative, ...]]
    fields: Mapping[str, Mapping[str, tuple[Alternative, ...]]]
    focus: Mapping[str, float]
    macros: str = ""
    blocks: bool = False
    name: str = field(default="grammar")

    @cached_property
    def field_names(self) -> list[str]:
        """Sorted, so that a seed decides and not the order in the file."""
        return sorted(self.fields) or [""]

    @cached_property
    def heights(self) -> Mapping[tuple[str, str], int]:
        """The least depth each rule of each field needs to end."""
        return _heights(self)

    def write(self, seed: str, start: str | None = None) -> tuple[str, str]:
        """One text and the rule it started from; ``seed`` decides everything.

        Raises ``DataError`` where the rules produce more than any formula holds.
        """
        return _Writer(self, random.Random(seed)).write(start)


def load_grammar(path: Path) -> Grammar:
    """Read and check a spec. Raises ``DataError``: which file, which rule, what is wrong."""
    rules: dict[str, tuple[Alternative, ...]] = {}
    fields: dict[str, dict[str, tuple[Alternative, ...]]] = {}
    focus: dict[str, float] = {}
    macros: list[str] = []
    top = _read(path, rules, fields, focus, macros, ())
    blocks = top.get("blocks", False) is True
    grammar = Grammar(rules, fields, focus or {"start": 1.0}, "\n".join(macros), blocks, path.stem)
    _check(grammar, path)
    return grammar


def _read(
    path: Path,
    rules: dict[str, tuple[Alternative, ...]],
    fields: dict[str, dict[str, tuple[Alternative, ...]]],
    focus: dict[str, float],
    macros: list[str],
    above: tuple[Path, ...],
) -> dict[str, Any]:
    if path in above:
        raise DataError(f"{path}: the spec includes itself")
    try:
        spec = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: the spec cannot be read ({error.strerror or error})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: the spec is not valid TOML ({error})") from error
    for name in spec.get("include", []):
        inner: dict[str, float] = {}  # an included file gives rules; what to start from is decided here
        _read(path.parent / name, rules, fields, inner, macros, (*above, path))
    if name := spec.get("macros"):
        try:
            macros.append((path.parent / str(name)).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{path}: the macros in {name} cannot be read ({error})") from error
    for name, alternatives in _table(spec, "rules", path).items():
        rules[name] = _alternatives(alternatives, f"{path}: rule '{name}'")
    for name, own in _table(spec, "fields", path).items():
        if not isinstance(own, dict):
            raise DataError(f"{path}: field '{name}' must be a table of rules")
        target = fields.setdefault(name, {})
        for rule, alternatives in own.items():
            target[rule] = _alternatives(alternatives, f"{path}: rule '{rule}' of field '{name}'")
    for name, weight in _table(spec, "focus", path).items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or weight < 0:
            raise DataError(f"{path}: focus '{name}' must be a number that is not negative")
        focus[name] = float(weight)
    return spec


def _table(spec: dict[str, Any], key: str, path: Path) -> dict[str, Any]:
    table = spec.get(key, {})
    if not isinstance(table, dict):
        raise DataError(f"{path}: [{key}] must be a table")
    return table


def _alternatives(values: Any, where: str) -> tuple[Alternative, ...]:
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise DataError(f"{where} must be a list of texts that is not empty")
    found = []
    for value in values:
        weight = 1.0
        if match := _WEIGHT.match(value):
            weight, value = float(match.group(1)), value[match.end() :]
        found.append(Alternative(weight, _parts(value)))
    return tuple(found)


def _parts(text: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    at = 0
    for match in _REFERENCE.finditer(text):
        if match.start() > at:
            parts.append(Part(text[at : match.start()]))
        at = match.end()
        got = match.groupdict()
        if name := got["plain"] or got["braced"]:
            parts.append(Part(rule=name))
        elif got["bind"]:
            parts.append(Part(rule=got["rule"], bind=got["bind"]))
        elif got["repeated"]:
            low, high = int(got["low"]), int(got["high"])
            parts.append(Part(rule=got["repeated"], low=low, high=high, separator=got["separator"] or ""))
        else:
            (low, high), (left, right) = (map(int, got[key].split("..")) for key in ("rows", "columns"))
            parts.append(Part(rule=got["cell"], low=low, high=high, columns=(left, right)))
    if at < len(text):
        parts.append(Part(text[at:]))
    return tuple(parts)


def _check(grammar: Grammar, path: Path) -> None:
    """Every reference leads to a rule or to something bound, and every rule can end."""
    bound = {
        part.bind
        for table in (grammar.rules, *grammar.fields.values())
        for alternatives in table.values()
        for alternative in alternatives
        for part in alternative.parts
        if part.bind
    }
    for label, table in (("", grammar.rules), *grammar.fields.items()):
        known = set(grammar.rules) | set(table) | bound
        common = (
            set.intersection(*(set(rules) for rules in grammar.fields.values())) if grammar.fields else set()
        )
        for name, alternatives in table.items():
            for alternative in alternatives:
                for part in alternative.parts:
                    if part.rule and part.rule not in known and part.rule not in common:
                        place = f"field '{label}', " if label else ""
                        raise DataError(
                            f"{path}: {place}rule '{name}' uses @{part.rule}, which no rule defines"
                        )
    for name in grammar.focus:
        if any(not _lookup(grammar, one, name) for one in grammar.field_names):
            raise DataError(f"{path}: focus '{name}' is not a rule of every field")
    for (label, name), height in grammar.heights.items():
        if height >= _NEVER:
            place = f"field '{label}', " if label else ""
            raise DataError(
                f"{path}: {place}rule '{name}' can never end; give it an alternative without itself"
            )


_NEVER = 10**6


def _lookup(grammar: Grammar, label: str, name: str) -> tuple[Alternative, ...] | None:
    return grammar.fields.get(label, {}).get(name) or grammar.rules.get(name)


def _heights(grammar: Grammar) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for label in grammar.field_names:
        names = [*grammar.rules, *grammar.fields.get(label, {})]
        heights = dict.fromkeys(names, _NEVER)
        changed = True
        while changed:
            changed = False
            for name in names:
                best = min(
                    1 + max((heights.get(part.rule, 0) for part in one.parts if part.rule), default=0)
                    for one in _lookup(grammar, label, name) or ()
                )
                if best < heights[name]:
                    heights[name], changed = best, True
        found.update({(label, name): height for name, height in heights.items()})
    return found


class _Writer:
    """The state of writing one text: what is bound, how much was written, which field."""

    def __init__(self, grammar: Grammar, chance: random.Random) -> None:
        self.grammar, self.chance = grammar, chance
        self.label = chance.choice(grammar.field_names)
        self.parts_left = MOST_PARTS

    def write(self, start: str | None) -> tuple[str, str]:
        if start is None:
            names = sorted(self.grammar.focus)
            start = self.chance.choices(names, [self.grammar.focus[name] for name in names])[0]
        return self._rule(start, DEPTH, {}), start

    def _rule(self, name: str, depth: int, bound: Mapping[str, str]) -> str:
        self.parts_left -= 1
        if self.parts_left < 0:
            raise DataError(f"the grammar wrote more than {MOST_PARTS} parts in one row; make it branch less")
        alternatives = _lookup(self.grammar, self.label, name)
        if alternatives is None:
            raise DataError(f"the field '{self.label}' has no rule '{name}'")
        fitting = [one for one in alternatives if self._height(one) < depth]
        if not fitting:
            fitting = [min(alternatives, key=self._height)]
        chosen = self.chance.choices(fitting, [one.weight for one in fitting])[0]
        here = dict(bound)
        text = ""
        for part in chosen.parts:
            text = joined(text, self._part(part, depth - 1, here))
        return text

    def _height(self, alternative: Alternative) -> int:
        heights = self.grammar.heights
        return max((heights.get((self.label, p.rule), 0) for p in alternative.parts if p.rule), default=0)

    def _part(self, part: Part, depth: int, bound: dict[str, str]) -> str:
        if not part.rule:
            return part.text
        if part.columns:
            rows, columns = self.chance.randint(part.low, part.high), self.chance.randint(*part.columns)
            cells = [[self._rule(part.rule, depth, bound) for _ in range(columns)] for _ in range(rows)]
            return r" \\ ".join(" & ".join(row) for row in cells)
        if part.high > 1 or part.low != 1:
            count = self.chance.randint(part.low, part.high)
            return part.separator.join(self._rule(part.rule, depth, bound) for _ in range(count))
        if not part.bind and part.rule in bound:
            return bound[part.rule]
        text = self._rule(part.rule, depth, bound)
        if part.bind:
            bound[part.bind] = text
        return text
