"""The log, made from the states of all rounds: ``improve.jsonl`` for programs, ``improve.md`` for people."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from typlora.files import write_atomic
from typlora.improve.state import Round

_HEAD = (
    "# Improvement, round by round\n\n"
    "asked: formulas given to the model; wrong: its first answer is not proved; samples: of those, right in "
    "one of several draws; engines: of the rest, right by other engines; rows: pairs written; before and "
    "after: rows of a suite that are equal, of those that can be compared.\n\n"
    "| round | from | asked | wrong | samples | engines | rows | data | run | before | after | result |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|\n"
)


def write_log(work: Path, rounds: Sequence[Round]) -> None:
    """Write both files anew."""
    lines = [
        json.dumps(
            {"round": one.number, "adapter": one.adapter, "pending": one.pending, **one.facts},
            ensure_ascii=False,
        )
        for one in rounds
    ]
    write_atomic(work / "improve.jsonl", "".join(line + "\n" for line in lines))
    notes = [note for one in rounds if (note := _note(one))]
    table = "".join(_line(one) for one in rounds)
    write_atomic(work / "improve.md", _HEAD + table + ("\n" + "\n".join(notes) + "\n" if notes else ""))


def _line(one: Round) -> str:
    facts = one.facts
    cells = [
        str(one.number),
        Path(one.adapter).name,
        *(str(facts.get(name, "")) for name in ("asked", "wrong", "sampled", "rules", "rows")),
        Path(str(facts.get("data", ""))).name,
        Path(str(facts.get("run", ""))).name,
        _shares(facts.get("before")),
        _shares(facts.get("after")),
        str(facts.get("result", "unfinished")),
    ]
    return "| " + " | ".join(cells) + " |\n"


def _shares(found: Mapping[str, Sequence[int]] | None) -> str:
    if not found:
        return ""
    return ", ".join(f"{name} {_percent(*counts)}" for name, counts in found.items())


def _percent(count: int, total: int) -> str:
    return f"{count / total:.2%} of {total}" if total else "none to compare"


def _note(one: Round) -> str:
    reasons: Sequence[Any] = one.facts.get("reasons") or []
    engines: Mapping[str, int] = one.facts.get("engines") or {}
    parts = [f"engines: {', '.join(f'{name} {count}' for name, count in engines.items())}"] if engines else []
    parts += [f"not promoted: {reason}" for reason in reasons]
    if one.facts.get("mean_after"):
        refused = [f"not promoted: {reason}" for reason in one.facts.get("mean_reasons", [])]
        told = [_shares(one.facts["mean_after"]), *(refused or ["promoted"])]
        name = Path(str(one.facts["mean"])).name
        parts.append(f"{name}, its mean with the adapter before: {'; '.join(told)}")
    return f"Round {one.number}: " + "; ".join(parts) + "." if parts else ""
