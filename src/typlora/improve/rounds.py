"""Rounds of improvement, each stage done once, whatever stops the process in between."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from typlora.data.rows import Row, line_of
from typlora.data.versions import next_version
from typlora.errors import ConfigError
from typlora.evaluate.gate import GateVerdict, compare
from typlora.evaluate.metrics import measure
from typlora.evaluate.promotion import RECORD, record
from typlora.evaluate.results import Evaluation
from typlora.files import write_atomic
from typlora.improve import pairs, units
from typlora.improve.journal import Answer, answered
from typlora.improve.log import write_log
from typlora.improve.plan import Plan
from typlora.improve.state import (
    Round,
    alone,
    open_campaign,
    round_folder,
    rounds,
    save_campaign,
)
from typlora.improve.workshop import Workshop
from typlora.model import numbering
from typlora.model.runs import ADAPTER_FILE, RECORD_FILE

BATCH = 128  # units between two entries of a journal: what a stop can cost

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``status`` is the exit status: 0; 1 where the gate refused every round; 128 + n after signal n."""

    rounds: tuple[Round, ...]
    status: int


def improve(plan: Plan, shop: Workshop, start: Path, work: Path, say: Say, *, fresh: bool = False) -> Outcome:
    """All rounds of the plan, from the adapter ``start``, recorded in ``work``.

    Raises ``ConfigError`` where another plan is unfinished in ``work`` or another process works there.
    """
    plan.check()
    with alone(work):
        _check_out_data(plan, work)
        campaign = open_campaign(work, plan, str(start), fresh=fresh)
        done: list[Round] = []
        for number in range(campaign.first, campaign.first + plan.rounds):
            one = _open_round(work, number, campaign.start, done)
            if not one.finished:
                say(f"round {number}: improving {Path(one.adapter).name}")
                status = 0
                for stage in _STAGES:
                    one, status = stage(one, plan, shop, say)
                    write_log(work, rounds(work))
                    if status or one.finished:
                        break
                if status:
                    return Outcome((*done, one), status)
            done.append(one)
            if one.facts["result"] == "nothing":
                break
        save_campaign(work, replace(campaign, done=True))
        write_log(work, rounds(work))
    refused = any(one.facts["result"] == "refused" for one in done)
    return Outcome(tuple(done), int(refused and not any(one.promoted for one in done)))


def _open_round(work: Path, number: int, start: str, done: Sequence[Round]) -> Round:
    """The round as it was left, or a new one on top of those before."""
    known = {one.number: one for one in rounds(work) if one.facts}
    if number in known:
        return known[number]
    adapter, pending = start, tuple[str, ...]()
    for one in done:
        if one.promoted:
            adapter, pending = str(one.facts["run"]), ()
        else:
            pending = (*pending, str(one.facts["data"]))
    return Round(round_folder(work, number), number, adapter, pending).with_facts()


Stage = Callable[[Round, Plan, Workshop, Say], tuple[Round, int]]


def _ask(one: Round, plan: Plan, shop: Workshop, say: Say) -> tuple[Round, int]:
    """Choose the units, and ask the model once for each and several times where it is wrong."""
    if "sampled" in one.facts:
        return one, 0
    if "asked" not in one.facts:
        others = [other for other in rounds(one.folder.parent) if other.number != one.number]
        known = [asked for other in others for asked in units.load(other.folder)]
        picked = units.pick(
            units.sources(plan.units, plan.data), shop.suites, known, plan.rows, plan.seed + one.number
        )
        units.save(one.folder, picked.asked)
        one = one.with_facts(asked=len(picked.asked), left_out=dict(picked.left_out))
        say(f"{len(picked.asked)} formulas to ask" + _counts(picked.left_out, "; left out: "))
    asked = units.load(one.folder)
    verifier = shop.verifier
    model = shop.open_model(Path(one.adapter))
    try:
        first = answered(
            one.folder / "greedy.jsonl",
            range(len(asked)),
            BATCH,
            lambda some: pairs.greedy(asked, some, model, verifier),
            lambda now, all_: say(f"asked {now} of {all_}"),
        )
        wrong = [index for index, answer in first.items() if not answer.proved]
        one = one.with_facts(wrong=len(wrong))
        say(f"wrong: {len(wrong)} of {len(asked)}")
        drawn = answered(
            one.folder / "sampled.jsonl",
            wrong if plan.samples else [],
            BATCH // 4,
            lambda some: pairs.sampled(asked, some, model, verifier, plan, one.number),
            lambda now, all_: say(f"sampled for {now} of {all_}"),
        )
    finally:
        model.close()
    rescued = sum(answer.proved for answer in drawn.values())
    say(f"right in {plan.samples} samples: {rescued}")
    return one.with_facts(sampled=rescued), 0


def _rules(one: Round, plan: Plan, shop: Workshop, say: Say) -> tuple[Round, int]:
    """Other engines for what is still wrong, then the next data version."""
    if "data" in one.facts and "rows" in one.facts:
        return one, 0
    asked = units.load(one.folder)
    wrong = _wrong(one, asked)
    proved = _proved(one, "sampled.jsonl", wrong)
    rest = [index for index in wrong if index not in proved]
    judge, verifier = shop.judge, shop.verifier
    others = answered(
        one.folder / "others.jsonl",
        rest,
        BATCH,
        lambda some: pairs.by_others(asked, some, judge, verifier),
    )
    proved.update((index, answer) for index, answer in others.items() if answer.proved)
    by_engine = Counter(answer.engine for answer in others.values() if answer.proved)
    rows = pairs.rows_of(asked, [proved[index] for index in sorted(proved)], one.number)
    facts = {"rules": sum(by_engine.values()), "engines": dict(by_engine), "rows": len(rows)}
    say(f"right by other engines: {sum(by_engine.values())}; rows: {len(rows)}")
    if not rows:
        return one.with_facts(**facts, result="nothing", reasons=["no new pair was proved"]), 0
    one = _write_version(one, plan, rows)
    return one.with_facts(**facts), 0


def _write_version(one: Round, plan: Plan, rows: Sequence[Row]) -> Round:
    """The version's name is recorded before the file is there, so a stop in between finds it again."""
    content = "".join(line_of(row) + "\n" for row in rows)
    name = one.facts.get("data")
    path = Path(str(name)) if name else None
    if path is None:
        first = plan.out_data is not None and not plan.out_data.exists()
        folder = plan.data if plan.out_data is None else plan.out_data.parent
        path = plan.out_data if plan.out_data is not None and first else next_version(folder)
        one = one.with_facts(data=str(path))
    if path.exists() and path.read_text(encoding="utf-8") != content:  # somebody else was there first
        return _write_version(one.with_facts(data=""), plan, rows)
    write_atomic(path, content)
    return one


def _check_out_data(plan: Plan, work: Path) -> None:
    """Only a version of this improvement's may stand where the first round's is to go."""
    ours = {str(one.facts.get("data")) for one in rounds(work)}
    if plan.out_data is not None and plan.out_data.exists() and str(plan.out_data) not in ours:
        raise ConfigError(f"--out-data {plan.out_data} is there already; a version is never overwritten")


def _train(one: Round, plan: Plan, shop: Workshop, say: Say) -> tuple[Round, int]:
    """Continue the adapter with the new version, and those written since it was trained."""
    if "trained" in one.facts:
        return one, 0
    adapter = Path(one.adapter)
    _mark_in_use(plan.outputs)
    if "run" not in one.facts:
        one = one.with_facts(run=str(shop.next_run(adapter)))
    out = Path(str(one.facts["run"]))
    data = [Path(name) for name in (*one.pending, str(one.facts["data"]))]
    say(f"training {out.name} on {', '.join(path.name for path in data)}")
    status = shop.train(data, out, adapter)
    return (one, status) if status else (one.with_facts(trained=True), 0)


def _mark_in_use(outputs: Path) -> None:
    """Without a promotion the newest run is in use; a new one must not take its place by being newer."""
    if numbering.promoted(outputs) or not outputs.is_dir():
        return
    there = [path for path in outputs.iterdir() if (path / ADAPTER_FILE).is_file()]
    if there and (max(there) / RECORD_FILE).is_file():
        numbering.promote(max(there))


def _judge(one: Round, plan: Plan, shop: Workshop, say: Say) -> tuple[Round, int]:
    """Evaluate, and promote only through the gate: against the promoted run, or else the one continued.

    Where the gate refuses the run, its mean with the adapter it continued is judged too: a short training on
    mistakes learns some and forgets some, and halfway between there is often more learnt than forgotten.
    """
    adapter, run = Path(one.adapter), Path(str(one.facts["run"]))
    if "passed" not in one.facts:
        found, verdict = _compared(plan, shop, adapter, run)
        one = one.with_facts(passed=verdict.passed, reasons=list(verdict.reasons), **found)
    if one.facts["passed"]:
        return _promoted(one, plan, run, say), 0
    say(f"{run.name} is not promoted: {one.facts['reasons'][0]}")
    if "mean" not in one.facts:
        one = one.with_facts(mean=str(shop.next_run(adapter)))
    mean = Path(str(one.facts["mean"]))
    if not (mean / RECORD_FILE).is_file() and not shop.average(adapter, run, mean):
        return one.with_facts(mean="", result="refused"), 0
    if "mean_passed" not in one.facts:
        found, verdict = _compared(plan, shop, adapter, mean)
        one = one.with_facts(
            mean_after=found["after"], mean_passed=verdict.passed, mean_reasons=list(verdict.reasons)
        )
    if one.facts["mean_passed"]:
        return _promoted(one, plan, mean, say), 0
    say(f"{mean.name}, the mean of both, is not promoted: {one.facts['mean_reasons'][0]}")
    return one.with_facts(result="refused"), 0


def _compared(plan: Plan, shop: Workshop, adapter: Path, run: Path) -> tuple[dict[str, Any], GateVerdict]:
    """What is recorded of the comparison, and what the gate says to ``run``."""
    before, after = shop.evaluate(adapter), shop.evaluate(run)
    current = plan.outputs / (numbering.promoted(plan.outputs) or "-")
    in_use = shop.evaluate(current) if current.is_dir() and current.resolve() != adapter.resolve() else before
    facts = {"before": accuracy(before), "after": accuracy(after), "against": in_use.converter}
    return facts, compare(in_use, after)


def _promoted(one: Round, plan: Plan, run: Path, say: Say) -> Round:
    if not _recorded(plan.outputs, run.name):
        record(plan.outputs, run.name, numbering.promoted(plan.outputs) or None, GateVerdict((), ()))
    numbering.promote(run)
    say(f"{run.name} is promoted")
    return one.with_facts(run=str(run), result="promoted")


_STAGES: tuple[Stage, ...] = (_ask, _rules, _train, _judge)


def _recorded(outputs: Path, run: str) -> bool:
    path = outputs / RECORD
    return path.is_file() and f'"run": "{run}"' in path.read_text(encoding="utf-8")


def accuracy(evaluation: Evaluation) -> dict[str, list[int]]:
    """By suite: rows equal, and rows that can be compared."""
    return {
        suite.suite: [found.equal.count, found.equal.total]
        for suite in evaluation.suites
        for found in (measure(suite.rows),)
    }


def _wrong(one: Round, asked: Sequence[units.Asked]) -> list[int]:
    first = answered(one.folder / "greedy.jsonl", range(len(asked)), BATCH, _never)
    return [index for index, answer in first.items() if not answer.proved]


def _proved(one: Round, name: str, indices: Sequence[int]) -> dict[int, Answer]:
    path = one.folder / name
    if not path.is_file():
        return {}
    found = answered(path, indices, BATCH, _never)
    return {index: answer for index, answer in found.items() if answer.proved}


def _never(indices: Sequence[int]) -> list[Answer]:
    """For stages that are finished: whoever lost their journal has lost the round."""
    raise ConfigError("answers of this round are missing; delete its folder and begin it anew")


def _counts(counts: Counter[str], before: str) -> str:
    return before + ", ".join(f"{count} {reason}" for reason, count in counts.most_common()) if counts else ""
