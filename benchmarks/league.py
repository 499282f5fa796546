"""The league table: this project and other converters on the committed benchmark, in under 10 minutes.

    python benchmarks/league.py                    run everything, store the result, write the README's table
    python benchmarks/league.py --texts DIR        the same for formulas.jsonl and documents/ in DIR
    python benchmarks/league.py --only pandoc      these converters alone, nothing is stored
    python benchmarks/league.py --limit model=60   at most 60 rows or 2 documents (30 to 1) a part for `model`
    python benchmarks/league.py --readme           no run: write the README's tables from what is stored
    python benchmarks/league.py --check            no run: are the README's tables those that are stored?
    python benchmarks/league.py --failures rules   no run: rows that this converter misses in what is stored
                                                   (``--only rules`` tells what is missing in them)

Converters: ``auto`` and ``model`` (where a run and its base are installed), ``rules``, and pandoc, tylax and
tex2typst as a user runs them, with their own names and defaults; tex2typst converts formulas only. Slow ones
are asked for part of the rows, evenly spread; the limits stand under the table. What was measured is kept, by
converter, content and code, so a second run costs nothing (``--fresh`` forgets it).
See ``benchmarks/suite/README.md`` for what is measured and what the columns mean.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import league_table
from league_table import OWN, README, RESULT, TEXTS

HERE = Path(__file__).resolve().parent
SUITE = HERE / "suite"
EVAL = HERE.parent / "jsonl" / "eval.jsonl"
ALL = (*OWN, "pandoc", "tylax", "tex2typst")
# Seconds of one core a row with the model of 135M: 0.2 a formula of the suite, 0.35 of `eval.jsonl`, 2.5 a
# document. Two cores do this in about four minutes; `auto` asks the model only for what the rules left.
LIMITS: dict[str, dict[str, int]] = {"model": {"eval": 500, "texts": 600, "papers": 6}}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", help="comma-separated converters; nothing is stored")
    parser.add_argument("--texts", type=Path, metavar="DIR", help="formulas.jsonl and documents/ of others")
    parser.add_argument("--limit", action="append", default=[], metavar="NAME=N", help="rows a part")
    parser.add_argument("--adapter", help="the run behind `auto` and `model`; default: the promoted one")
    parser.add_argument("--fresh", action="store_true", help="measure again what is kept from before")
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--failures", metavar="NAME")
    parser.add_argument("--jobs", type=int, default=2)
    flags = parser.parse_args()
    if flags.readme:
        league_table.write_readme()
        return league_table.check()
    if flags.check:
        return league_table.check()
    if flags.failures:
        league_table.print_failures(json.loads(RESULT.read_text(encoding="utf-8")), flags.failures)
        return 0
    names = flags.only.split(",") if flags.only else list(ALL)
    measured = measure(names, flags)
    result = measured if flags.texts else league_table.compact(measured)
    print(league_table.texts_table(result) if flags.texts else league_table.table(result))
    print(f"{result['seconds']} s")
    if flags.only:
        for name in names:
            league_table.print_failures(measured, name)
        return 0
    if not flags.texts:
        league_table.changes(result)
    path = TEXTS if flags.texts else RESULT
    path.parent.mkdir(exist_ok=True)
    league_table.write_result(result, path)
    league_table.write_readme()
    return 0


def limits_of(name: str, texts: Sequence[str]) -> dict[str, int]:
    """Rows a part for a converter: those of ``LIMITS``, cut by ``--limit NAME=N``."""
    given = dict(text.split("=", 1) for text in texts)
    limits = dict(LIMITS.get(name, {}))
    if name in given:
        most = int(given[name])
        for part in ("formulas", "blocks", "documents", "eval", "texts", "papers"):
            share = max(1, most // 30) if part in {"documents", "papers"} else most
            limits[part] = min(limits.get(part, share), share)
    return limits


def measure(names: Sequence[str], flags: argparse.Namespace) -> dict[str, Any]:
    """Run the converters; those that are not installed are left out and told."""
    from typlora.errors import TyploraError
    from typlora.evaluate.versions import versions
    from typlora.verify.compiler import CompilerPool

    found: dict[str, Any] = {}
    started = time.perf_counter()
    with CompilerPool(flags.jobs, memory_mb=4096) as pool:
        for name in names:
            try:
                converter = opened(name, flags.adapter, pool)
            except TyploraError as error:
                print(f"{name} is left out: {error}", file=sys.stderr)
                continue
            limits = limits_of(name, flags.limit)
            keep = Keep(name, converter.fingerprint, flags.fresh)
            run = texts_of_others if flags.texts else own_suite
            found[name] = {
                "version": converter.version,
                "limits": limits,
                **run(converter, pool, limits, keep, flags.texts),
            }
            converter.close()
    seconds = round(time.perf_counter() - started)
    return {"versions": versions(), "seconds": seconds, "converters": found}


def opened(name: str, adapter: str | None, pool: Any) -> Any:
    """The converter. Raises ``TyploraError`` where it, or its model, is not installed."""
    from typlora.cli._model import with_model
    from typlora.convert.stack import Options
    from typlora.errors import ModelError
    from typlora.evaluate.opening import open_converter

    options = Options(engine=name if name in OWN else "rules", cache=False)
    if name in {"auto", "model"}:
        options, notes = with_model(Options(engine=name, adapter=adapter, cache=False))
        if notes:
            raise ModelError("; ".join(notes))
    return open_converter(name, options, pool)


class Keep:
    """Parts that were measured before, by converter, content, limit and code."""

    def __init__(self, name: str, fingerprint: str, fresh: bool) -> None:
        self._name, self._fingerprint, self._fresh = name, fingerprint, fresh

    def part(self, part: str, files: Sequence[Path], limit: int | None, make: Callable[[], Any]) -> Any:
        """``make()``'s plain value and the seconds it took, from the file where nothing has changed."""
        from typlora import config
        from typlora.evaluate.versions import package_fingerprint
        from typlora.files import write_atomic

        digest = hashlib.sha256(f"2/{self._name}/{self._fingerprint}/{package_fingerprint()}".encode())
        digest.update(f"{part}/{limit}/".encode() + Path(__file__).read_bytes())
        for file in files:
            digest.update(file.read_bytes())
        path = config.home() / "evaluations" / f"league-{digest.hexdigest()[:24]}.json"
        if path.is_file() and not self._fresh:
            kept = json.loads(path.read_text(encoding="utf-8"))
        else:
            started = time.perf_counter()
            value = make()
            kept = {"value": value, "seconds": round(time.perf_counter() - started, 1)}
            write_atomic(path, json.dumps(kept))
        print(f"{self._name}: {part} in {kept['seconds']} s", file=sys.stderr, flush=True)
        return kept


def own_suite(converter: Any, pool: Any, limits: dict[str, int], keep: Keep, _: object) -> dict[str, Any]:
    """The committed benchmark and ``eval.jsonl``."""
    from typlora.evaluate import benchmark
    from typlora.evaluate.run import evaluate
    from typlora.evaluate.suites import read_suite

    entry: dict[str, Any] = {"cases": {}, "took": {}}
    folder = sorted(path for path in (SUITE / "documents").rglob("*") if path.is_file())
    parts = [("formulas", [SUITE / benchmark.FORMULAS], benchmark.run_formulas)]
    if not converter.formulas_only:
        parts.append(("blocks", [SUITE / benchmark.BLOCKS], benchmark.run_blocks))
        parts.append(("documents", folder, benchmark.run_documents))
    for part, files, run in parts:
        limit = limits.get(part)
        kept = keep.part(part, files, limit, lambda run=run, limit=limit: [  # type: ignore[misc]
            benchmark.case_record(case) for case in run(SUITE, converter, pool, limit)
        ])  # fmt: skip
        entry["cases"][part], entry["took"][part] = kept["value"], kept["seconds"]
    suite = read_suite(EVAL)
    kept = keep.part("eval", [EVAL], limits.get("eval"), lambda: row_figures(
        evaluate(converter, [suite.limited(limits.get("eval"))], pool).suites[0].rows
    ))  # fmt: skip
    entry["eval"], entry["took"]["eval"] = kept["value"], kept["seconds"]
    return entry


def texts_of_others(
    converter: Any, pool: Any, limits: dict[str, int], keep: Keep, folder: Path
) -> dict[str, Any]:
    """Formulas and documents that are not part of the repository: figures only, not one word of them."""
    from typlora.evaluate.documents import evaluate_documents, find_documents
    from typlora.evaluate.run import evaluate
    from typlora.evaluate.suites import read_suite

    rows = folder / "formulas.jsonl"
    suite = read_suite(rows).limited(limits.get("texts"))
    kept = keep.part(
        "texts", [rows], limits.get("texts"),
        lambda: row_figures(evaluate(converter, [suite], pool).suites[0].rows),
    )  # fmt: skip
    entry: dict[str, Any] = {"formulas": kept["value"], "took": {"texts": kept["seconds"]}}
    if not converter.formulas_only:
        papers = find_documents([folder])[0].limited(limits.get("papers"))
        files = [main for main in papers.mains]
        kept = keep.part(
            "papers", files, limits.get("papers"),
            lambda: document_figures(evaluate_documents(converter, papers, pool).rows),
        )  # fmt: skip
        entry["documents"], entry["took"]["papers"] = kept["value"], kept["seconds"]
    return entry


def row_figures(rows: Sequence[Any]) -> dict[str, Any]:
    """What the tables need of the rows of a suite."""
    from typlora.evaluate.metrics import by_engine, by_model_alone, measure

    one = measure(rows)
    return {
        "rows": one.rows,
        "compiles": one.compiles.count,
        "judged": one.equal.total,
        "equal": one.equal.count,
        "interval": [round(bound, 5) for bound in one.equal.interval],
        "silent": one.silent.count,
        "ms": round(1000 * one.seconds, 3),
        "engines": {name: [part.equal, part.answered] for name, part in by_engine(rows).items()},
        "model alone": len(by_model_alone(rows)),
    }


def document_figures(rows: Sequence[Any]) -> dict[str, Any]:
    """What the tables need of documents."""
    from typlora.evaluate.document_metrics import measure_documents

    one = measure_documents(rows)
    kept = {
        name: [part.kept, part.total, *(round(x, 5) for x in part.interval)]
        for name, part in one.kept.items()
    }
    return {
        "documents": one.documents,
        "compiles": one.compiles.count,
        "readable": one.readable,
        "kept": kept,
        "silent": round(one.silent, 2),
        "reports": one.reports,
        "seconds": round(one.seconds, 3),
    }


if __name__ == "__main__":
    assert README.is_file()
    sys.exit(main())
