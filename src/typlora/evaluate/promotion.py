"""Evaluate runs for the gate, and keep the record of who promoted what, and why."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from typlora.errors import ConfigError, InputError
from typlora.evaluate.gate import GateVerdict, compare
from typlora.evaluate.results import Evaluation
from typlora.evaluate.suites import Suite, find_suites

if TYPE_CHECKING:
    from typlora.convert.stack import Options
    from typlora.evaluate.run import Progress
    from typlora.verify.compiler import CompilerPool

RECORD = "promotions.jsonl"
# Frozen: their rows are never trained on and never change, so that figures of years can be compared.
FROZEN = ("jsonl/eval.jsonl", "benchmarks/suite/formulas.jsonl")


@dataclass(frozen=True, slots=True)
class Promotion:
    """One line of ``outputs/promotions.jsonl``. ``forced_by`` and ``reason`` only where the gate refused.

    ``suites``: the digests of the suites on which it was decided, by name.
    """

    run: str
    before: str | None
    when: str
    passed: bool
    reasons: tuple[str, ...]
    forced_by: str = ""
    reason: str = ""
    suites: Mapping[str, str] = field(default_factory=dict)


def frozen_suites(outputs: Path) -> list[Suite]:
    """The frozen suites beside the ``outputs/`` folder. Raises ``ConfigError`` when there is none."""
    there = [outputs.resolve().parent / name for name in FROZEN]
    found = [path for path in there if path.is_file()]
    if not found:
        raise ConfigError(f"no frozen suite to compare on: {', '.join(map(str, there))} are missing")
    return find_suites(found)


def evaluate_run(
    options: "Options", suites: Sequence[Suite], pool: "CompilerPool", progress: "Progress | None" = None
) -> Evaluation:
    """The model alone (``options`` hold base and adapter); rows of an earlier evaluation are reused."""
    from typlora.evaluate.opening import open_converter
    from typlora.evaluate.run import evaluate, journals_folder

    converter = open_converter("model", options, pool)
    try:
        return evaluate(converter, suites, pool, journals=journals_folder(), progress=progress)
    finally:
        converter.close()


def decide(before: Evaluation | None, after: Evaluation) -> GateVerdict:
    """The gate's verdict; the first run of all has nothing to break."""
    return GateVerdict((), ()) if before is None else compare(before, after)


def changed_since(outputs: Path, run: str, suites: Sequence[Suite]) -> list[str]:
    """Names of the suites whose content is another one than when ``run`` was promoted.

    Frozen suites should not change; where they do, both runs are measured on what they are now.
    """
    try:
        lines = (outputs / RECORD).read_text(encoding="utf-8").splitlines()
        records = [json.loads(line) for line in lines if line.strip()]
        kept = (one["suites"] for one in reversed(records) if one.get("run") == run)
        known: dict[str, str] = next(kept, {})
        return [suite.name for suite in suites if known.get(suite.name, suite.digest) != suite.digest]
    except (OSError, ValueError, KeyError, AttributeError):
        return []  # no record, or one of before suites were recorded


def record(
    outputs: Path,
    run: str,
    before: str | None,
    verdict: GateVerdict,
    forced_by: str = "",
    reason: str = "",
    suites: Sequence[Suite] = (),
) -> Promotion:
    """Append to the record. Raises ``ConfigError`` where the gate refused and nobody says who and why."""
    if not verdict.passed and not (forced_by.strip() and reason.strip()):
        raise ConfigError("--force needs --reason TEXT, which is recorded with your name")
    made = Promotion(
        run,
        before,
        datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        verdict.passed,
        verdict.reasons,
        forced_by if not verdict.passed else "",
        reason if not verdict.passed else "",
        {suite.name: suite.digest for suite in suites},
    )
    line = json.dumps(
        {name: getattr(made, name) for name in Promotion.__slots__}, ensure_ascii=False, default=list
    )
    try:
        with (outputs / RECORD).open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    except OSError as error:
        raise InputError(
            f"cannot write {outputs / RECORD}: {error.strerror or error}; nothing was promoted"
        ) from error
    return made
