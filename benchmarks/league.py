"""The league table: this project and other converters on the committed benchmark, in under 10 minutes.

    python benchmarks/league.py                    run everything, store the result, write the README's table
    python benchmarks/league.py --only pandoc      these converters alone, nothing is stored
    python benchmarks/league.py --readme           no run: write the README's table from the stored result
    python benchmarks/league.py --check            no run: is the README's table that of the stored result?
    python benchmarks/league.py --failures rules   no run: what the stored result says this converter misses

Converters: ``auto`` and ``model`` (where a run and its base are installed), ``rules``, and pandoc, tylax and
tex2typst as a user runs them, with their own names and defaults. Documents go through the real commands:
``typlora convert``, ``pandoc -s``, ``tylax.latex_to_typst(text, document=True)``; tex2typst converts formulas
only. See ``benchmarks/suite/README.md`` for what is measured and what the columns mean.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SUITE = HERE / "suite"
RESULT = HERE / "results" / "league.json"
README = HERE.parent / "README.md"
EVAL = HERE.parent / "jsonl" / "eval.jsonl"
BEGIN, END = "<!-- league:begin -->", "<!-- league:end -->"
OWN = ("auto", "model", "rules")
ALL = (*OWN, "pandoc", "tylax", "tex2typst")
EVAL_ROWS = 1000  # of eval.jsonl, evenly spread: keeps the whole run under 10 minutes on two cores


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", help="comma-separated converters; nothing is stored")
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--failures", metavar="NAME")
    parser.add_argument("--jobs", type=int, default=2)
    flags = parser.parse_args()
    if flags.readme:
        write_readme(json.loads(RESULT.read_text(encoding="utf-8")))
        return check()
    if flags.check:
        return check()
    if flags.failures:
        return failures(flags.failures)
    names = flags.only.split(",") if flags.only else list(ALL)
    started = time.perf_counter()
    result = measure(names, flags.jobs)
    result["seconds"] = round(time.perf_counter() - started)
    print(table(result))
    print(f"{result['seconds']} s")
    if flags.only:
        for name in names:
            _print_failures(result, name)
        return 0
    changes(result)
    RESULT.parent.mkdir(exist_ok=True)
    text = json.dumps(result, ensure_ascii=False, indent=1) + "\n"
    RESULT.write_text(text, encoding="utf-8")
    write_readme(result)
    return 0


def write_readme(result: dict[str, Any]) -> None:
    """Put the table between the marks, where the README has them."""
    readme = README.read_text(encoding="utf-8") if README.is_file() else ""
    if BEGIN in readme:
        README.write_text(with_table(readme, result), encoding="utf-8")


def measure(names: Sequence[str], jobs: int) -> dict[str, Any]:
    """Run the converters; those that are not installed are left out and told."""
    from typlora.cli._model import with_model
    from typlora.convert.stack import Options
    from typlora.errors import TyploraError
    from typlora.evaluate.benchmark import case_record, run_blocks, run_documents, run_formulas
    from typlora.evaluate.metrics import measure as figures
    from typlora.evaluate.opening import open_converter
    from typlora.evaluate.run import evaluate
    from typlora.evaluate.suites import read_suite
    from typlora.evaluate.versions import versions
    from typlora.verify.compiler import CompilerPool

    found: dict[str, Any] = {}
    with CompilerPool(jobs, memory_mb=4096) as pool, tempfile.TemporaryDirectory() as scratch:
        for name in names:
            options = Options(engine=name if name in OWN else "rules", cache=False)
            try:
                if name in {"auto", "model"}:
                    options, notes = with_model(options)
                    if notes:
                        raise TyploraError("; ".join(notes))
                converter = open_converter(name, options, pool)
            except TyploraError as error:
                print(f"{name} is left out: {error}", file=sys.stderr)
                continue
            entry: dict[str, Any] = {"version": converter.version}
            parts = {"formulas": run_formulas(SUITE, converter, pool)}
            if name != "tex2typst":
                parts["blocks"] = run_blocks(SUITE, converter, pool)
                convert = document_converter(name, Path(scratch))
                parts["documents"] = run_documents(SUITE, convert, pool)
            entry["cases"] = {part: [case_record(case) for case in cases] for part, cases in parts.items()}
            if EVAL.is_file():
                suite = read_suite(EVAL).limited(EVAL_ROWS)
                rows = evaluate(converter, [suite], pool).suites[0].rows
                one = figures(rows)
                entry["eval"] = {
                    "rows": one.rows,
                    "compiles": one.compiles.count,
                    "judged": one.equal.total,
                    "equal": one.equal.count,
                    "silent": one.silent.count,
                }
            converter.close()
            found[name] = entry
            print(f"{name} done", file=sys.stderr)
    return {"versions": versions(), "converters": found}


def document_converter(name: str, scratch: Path) -> Callable[[Path], Any]:
    """A function from ``main.tex`` to the document that the converter's command writes."""
    from typlora.evaluate.benchmark import Document

    def ours(main: Path) -> Document:
        folder = scratch / f"{name}-{main.parent.name}"
        folder.mkdir(parents=True, exist_ok=True)
        out, report = folder / "main.typ", folder / "report.json"
        command = [sys.executable, "-m", "typlora", "convert", str(main), "-o", str(out), "--engine", name]
        command += ["--report", str(report), "--quiet", "--no-cache", "--jobs", "1"]
        started = time.perf_counter()
        subprocess.run(command, capture_output=True, timeout=300, check=False)
        seconds = time.perf_counter() - started
        if not out.is_file():
            return Document("", folder, (), seconds)
        items = json.loads(report.read_text(encoding="utf-8"))["documents"][0]["items"]
        reports = [f"{item['latex']} {item['note']}" for item in items if item["status"] != "proved"]
        return Document(out.read_text(encoding="utf-8"), folder, tuple(reports), seconds)

    def pandoc(main: Path) -> Document:
        import pypandoc

        command = [pypandoc.get_pandoc_path(), "-s", main.name, "-t", "typst"]
        started = time.perf_counter()
        done = subprocess.run(command, cwd=main.parent, capture_output=True, timeout=120, check=False)
        seconds = time.perf_counter() - started
        told = tuple(done.stderr.decode("utf-8", "replace").split("[WARNING]")[1:])
        text = done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
        return Document(text, main.parent, told, seconds)

    def tylax(main: Path) -> Document:
        import tylax as library

        started = time.perf_counter()
        try:
            text = str(library.latex_to_typst(main.read_text(encoding="utf-8"), document=True))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # a Rust panic is no Exception
            text = ""
        return Document(text, main.parent, (), time.perf_counter() - started)

    return {"pandoc": pandoc, "tylax": tylax}.get(name, ours)


def table(result: dict[str, Any]) -> str:
    """The table of the README."""
    lines = [
        "| converter | formulas as expected | silently wrong | ms a formula | snippets as expected |"
        " compile | silently missing | documents that compile | kept of what they say | `eval.jsonl` equal |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, entry in result["converters"].items():
        cases = entry["cases"]
        formulas, blocks, documents = (cases.get(part, []) for part in ("formulas", "blocks", "documents"))
        label = f"**typlora {name}**" if name in OWN else f"{name} {entry['version']}"
        mean = 1000 * sum(case["seconds"] for case in formulas) / max(1, len(formulas))
        cells = [
            label,
            _share(sum(_passed(case) for case in formulas), len(formulas)),
            _share(sum(case["silent"] > 0 for case in formulas), len(formulas)),
            f"{mean:.1f}",
            _share(sum(_passed(case) for case in blocks), len(blocks)),
            _share(sum(case["compiles"] for case in blocks), len(blocks)),
            _share(sum(case["silent"] > 0 for case in blocks), len(blocks)),
            f"{sum(case['compiles'] for case in documents)} of {len(documents)}" if documents else "-",
            _share(sum(case["met"] for case in documents), sum(case["wanted"] for case in documents)),
            _share(entry["eval"]["equal"], entry["eval"]["judged"]) if "eval" in entry else "-",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    sizes = {part: len(cases) for part, cases in next(iter(result["converters"].values()))["cases"].items()}
    told = ", ".join(f"{name} {version}" for name, version in result["versions"].items() if name in _TOLD)
    counts = ", ".join(f"{count} {part}" for part, count in sizes.items())
    lines += [
        "",
        f"Per cent; {counts}. Versions: {told}. Made by `make bench` (`benchmarks/league.py`).",
        "The rows of `eval.jsonl` were proved with our own rule engines first: `rules` and `auto` are near",
        "100 there by construction, and it measures the model. tex2typst converts formulas only.",
    ]
    return "\n".join(lines)


_TOLD = ("typlora", "typst", "tylax", "tex2typst", "torch", "ctranslate2")


def _passed(case: dict[str, Any]) -> bool:
    return bool(case["compiles"] and case["met"] == case["wanted"])


def _share(count: int, total: int) -> str:
    return f"{int(1000 * count / total) / 10:.1f}" if total else "-"


def with_table(readme: str, result: dict[str, Any]) -> str:
    """The README with the table between its marks."""
    head, _, rest = readme.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table(result)}\n{END}{tail}"


def check() -> int:
    """0 when the README shows the stored result."""
    readme = README.read_text(encoding="utf-8")
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    if readme == with_table(readme, result):
        return 0
    print("README.md does not show benchmarks/results/league.json; run: make bench", file=sys.stderr)
    return 1


def changes(result: dict[str, Any]) -> None:
    """What passed in the stored result and fails now, and the other way round."""
    if not RESULT.is_file():
        return
    before = json.loads(RESULT.read_text(encoding="utf-8"))["converters"]
    for name, entry in result["converters"].items():
        for part, cases in entry["cases"].items():
            earlier = before.get(name, {}).get("cases", {}).get(part, [])
            old = {case["id"]: _passed(case) for case in earlier}
            broken = [case["id"] for case in cases if old.get(case["id"]) and not _passed(case)]
            fixed = [case["id"] for case in cases if old.get(case["id"]) is False and _passed(case)]
            if broken or fixed:
                print(f"{name}, {part}: fixed {', '.join(fixed) or 'none'}")
                print(f"{name}, {part}: broken {', '.join(broken) or 'none'}")


def failures(name: str) -> int:
    """Print what the stored result says a converter misses."""
    _print_failures(json.loads(RESULT.read_text(encoding="utf-8")), name)
    return 0


def _print_failures(result: dict[str, Any], name: str) -> None:
    for part, cases in result["converters"].get(name, {}).get("cases", {}).items():
        for case in cases:
            if not _passed(case):
                silent = ", silent" if case["silent"] else ""
                print(f"{part} {case['id']}: {case['met']} of {case['wanted']}{silent}: {case['missing']}")


if __name__ == "__main__":
    sys.exit(main())
