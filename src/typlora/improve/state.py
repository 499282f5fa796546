"""What is finished: the rounds of one ``improve`` and the stages of each, as files that are always whole."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from typlora.errors import ConfigError, DataError
from typlora.files import write_atomic
from typlora.improve.plan import Plan

STATE = "state.json"
CAMPAIGN = "campaign.json"


@dataclass(frozen=True, slots=True)
class Round:
    """One round. ``adapter`` is what it improves on; ``pending``: versions written since that was trained.

    ``facts`` are the results of finished stages; the presence of a fact is what says that a stage is done.
    """

    folder: Path
    number: int
    adapter: str
    pending: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def with_facts(self, **facts: Any) -> "Round":
        """The round with more facts, which are on disk when this returns."""
        changed = replace(self, facts={**self.facts, **facts})
        record = {name: value for name, value in asdict(changed).items() if name != "folder"}
        write_atomic(self.folder / STATE, json.dumps(record, indent=1, ensure_ascii=False) + "\n")
        return changed

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return "result" in self.facts

    @property
    def promoted(self) -> bool:
        """Whether its run took the place of the one before."""
        return self.facts.get("result") == "promoted"


@dataclass(frozen=True, slots=True)
class Campaign:
    """The rounds of one command, ``first`` and those that follow; ``start`` is an adapter."""

    plan: Mapping[str, Any]
    first: int
    start: str
    done: bool = False


def rounds(work: Path) -> list[Round]:
    """All rounds in ``work``, by number."""
    if not work.is_dir():
        return []
    found = [_read(path) for path in sorted(work.glob(f"round-*/{STATE}"))]
    return sorted(found, key=lambda one: one.number)


def round_folder(work: Path, number: int) -> Path:
    """``round-001``."""
    return work / f"round-{number:03d}"


def open_campaign(work: Path, plan: Plan, start: str, *, fresh: bool = False) -> Campaign:
    """The unfinished campaign of this plan, or a new one beginning at ``start``.

    Raises ``ConfigError`` where one of another plan is unfinished and ``fresh`` does not give it up.
    """
    path = work / CAMPAIGN
    if path.is_file():
        campaign = Campaign(**_load(path))
        if not campaign.done and not fresh:
            unlike = [name for name, value in plan.as_record().items() if campaign.plan.get(name) != value]
            if unlike and not any(one.number >= campaign.first and one.facts for one in rounds(work)):
                campaign = Campaign(plan.as_record(), campaign.first, start)  # nothing was done yet
                save_campaign(work, campaign)
                return campaign
            if unlike:
                flags = ", ".join("--" + name.replace("_", "-") for name in unlike)
                raise ConfigError(
                    f"an improvement with other settings ({flags}) is unfinished in {work}; give the same "
                    "flags to go on with it, or --fresh to give it up"
                )
            return campaign
    known = rounds(work)
    campaign = Campaign(plan.as_record(), known[-1].number + 1 if known else 1, start)
    save_campaign(work, campaign)
    return campaign


def save_campaign(work: Path, campaign: Campaign) -> None:
    """Write it."""
    write_atomic(work / CAMPAIGN, json.dumps(asdict(campaign), indent=1, ensure_ascii=False) + "\n")


@contextmanager
def alone(work: Path) -> Iterator[None]:
    """One process at a time. Raises ``ConfigError`` where another one works here."""
    from filelock import FileLock, Timeout

    work.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(str(work / ".lock"), timeout=0):
            yield
    except Timeout:
        raise ConfigError(f"another improvement is running in {work}; wait for it or give --work") from None


def _read(path: Path) -> Round:
    record = _load(path)
    try:
        return Round(
            path.parent,
            int(record["number"]),
            str(record["adapter"]),
            tuple(record["pending"]),
            dict(record["facts"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: is no record of a round ({error}); delete its folder") from error


def _load(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read ({error}); delete it to begin anew") from error
    if not isinstance(record, dict):
        raise DataError(f"{path}: is no record; delete it to begin anew")
    return record
