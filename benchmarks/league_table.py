"""The league's tables as the README shows them, made from the stored results and nothing else."""

import json
import math
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULT = HERE / "results" / "league.json"
TEXTS = HERE / "results" / "texts.json"
README = HERE.parent / "README.md"
MARKS = {
    "league": ("<!-- league:begin -->", "<!-- league:end -->"),
    "texts": ("<!-- texts:begin -->", "<!-- texts:end -->"),
}
OWN = ("auto", "model", "rules")
MODEL = ("model", "repaired")  # engines that are the language model
_TOLD = ("typlora", "typst", "tylax", "tex2typst", "openvino", "ctranslate2")
_PARTS = {
    "formulas": "formulas",
    "blocks": "snippets",
    "documents": "documents",
    "eval": "rows of `eval.jsonl`",
}
_ASPECTS = ("words", "headings", "formulas", "shapes", "references", "figures")
_NAMES = {"shapes": "table shapes"}
# Why a column may belong to somebody else. A column that is not here is told as unexplained.
SPEED = "milliseconds a formula"
REASONS = {
    SPEED: "ours include the proof by the verifier, theirs is conversion alone",
    "headings": "pandoc wrote the reference reading, and ours writes the title page apart from it",
    "figures": "a missing picture becomes a visible placeholder with us, a broken file name with them",
    "references": "references to labels that do not exist stay visible and reported with us",
}


def table(result: dict[str, Any]) -> str:
    """The committed benchmark."""
    columns = (
        "formulas as expected", "silently wrong", "ms a formula", "snippets as expected", "compile",
        "silently missing", "documents that compile", "kept of what they say", "`eval.jsonl` equal",
    )  # fmt: skip
    lines = _head(columns)
    for name, entry in result["converters"].items():
        cases = entry["cases"]
        formulas, blocks, documents = (cases.get(part, []) for part in ("formulas", "blocks", "documents"))
        mean = entry["ms"].get("formulas", 0.0)
        compiled = sum(case.get("compiles", True) for case in documents)
        cells = [
            _label(name, entry),
            _share(sum(passed(case) for case in formulas), len(formulas)),
            _share(sum(case.get("silent", 0) > 0 for case in formulas), len(formulas)),
            f"{mean:.1f}" if mean >= 0.05 else f"{mean:.2f}",
            _share(sum(passed(case) for case in blocks), len(blocks)),
            _share(sum(case.get("compiles", True) for case in blocks), len(blocks)),
            _share(sum(case.get("silent", 0) > 0 for case in blocks), len(blocks)),
            f"{compiled} of {len(documents)}" if documents else "-",
            _share(sum(case["met"] for case in documents), sum(case["wanted"] for case in documents)),
            _share(entry["eval"]["equal"], entry["eval"]["judged"]),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    sizes = {name: _sizes(entry) for name, entry in result["converters"].items()}
    limited = {name: sizes[name] for name, entry in result["converters"].items() if entry.get("limits")}
    whole = {part: max(one.get(part, 0) for one in sizes.values()) for part in _PARTS}
    counts = ", ".join(f"{whole[part]} {text}" for part, text in _PARTS.items())
    lines += ["", f"Per cent of {counts}{_less(limited, whole)}."]
    lines += _better({name: _suite_values(entry) for name, entry in result["converters"].items()})
    lines += [_alone(result), _versions(result), "Made by `make bench` (`benchmarks/league.py`)."]
    lines += [
        "The rows of `eval.jsonl` were proved with our own rule engines first: `rules` and `auto` are near",
        "100 there by construction, and it measures the model. tex2typst converts formulas only.",
    ]
    return "\n".join(line for line in lines if line is not None)


def _sizes(entry: dict[str, Any]) -> dict[str, int]:
    return {**{part: len(cases) for part, cases in entry["cases"].items()}, "eval": entry["eval"]["rows"]}


def _less(sizes: dict[str, dict[str, int]], whole: dict[str, int]) -> str:
    """Who was asked for a part only, evenly spread, and for how much."""
    found = []
    for name, mine in sizes.items():
        parts = [f"{mine[part]} {_PARTS[part]}" for part in mine if mine[part] < whole[part]]
        if parts:
            found.append(f"`{name}`, which is slow: {', '.join(parts)}, evenly spread")
    return f"; less for {'; '.join(found)}" if found else ""


def _alone(result: dict[str, Any]) -> str | None:
    """What the model adds to the rules."""
    entry = result["converters"].get("auto")
    if entry is None:
        return None
    solved, rows = entry["model alone"], entry["eval"]["model alone"]
    return (
        f"`auto` asks the model only where no rule is proved: it alone solved {solved} formulas of the suite "
        f"and {rows} of `eval.jsonl`."
    )


def texts_table(result: dict[str, Any]) -> str:
    """Texts of others."""
    columns = (
        "formulas proved equal (95 %)", "compile", "silently wrong", "ms a formula", "documents that compile",
        *(f"{_NAMES.get(name, name)} kept" for name in _ASPECTS), "silently lost a 1,000 words",
    )  # fmt: skip
    lines = _head(columns)
    for name, entry in result["converters"].items():
        formulas, documents = entry["formulas"], entry.get("documents")
        low, high = formulas["interval"]
        cells = [
            _label(name, entry),
            f"{_share(formulas['equal'], formulas['judged'])} ({100 * low:.1f}–{100 * high:.1f})",
            _share(formulas["compiles"], formulas["rows"]),
            _share(formulas["silent"], formulas["judged"]),
            f"{formulas['ms']:.2f}",
        ]
        if documents is None:
            cells += ["-"] * (len(_ASPECTS) + 2)
        else:
            cells.append(f"{documents['compiles']} of {documents['documents']}")
            cells += [_share(*documents["kept"][aspect][:2]) for aspect in _ASPECTS]
            cells.append(f"{documents['silent']:.1f}" if documents["compiles"] else "-")
        lines.append("| " + " | ".join(cells) + " |")
    converters = result["converters"]
    rows = max(entry["formulas"]["rows"] for entry in converters.values())
    judged = max(entry["formulas"]["judged"] for entry in converters.values())
    papers = max(entry["documents"]["documents"] for entry in converters.values() if "documents" in entry)
    sizes = {
        name: {
            "texts": entry["formulas"]["rows"],
            "papers": entry.get("documents", {}).get("documents", papers),
        }
        for name, entry in converters.items()
    }
    less = [
        f"`{name}`, which is slow: {mine['texts']:,} formulas and {mine['papers']} documents, evenly spread"
        for name, mine in sizes.items()
        if converters[name].get("limits") and (mine["texts"] < rows or mine["papers"] < papers)
    ]
    told = f"Per cent; {rows:,} formulas, {judged:,} of them with a reference, {papers} documents"
    lines += ["", told + (f"; less for {'; '.join(less)}." if less else ".")]
    if "auto" in converters:
        alone = converters["auto"]["formulas"]["model alone"]
        lines.append(f"The model alone solved {alone} of the formulas, those that no rule was proved on.")
    lines.append(
        "Documents: of what the LaTeX has by pandoc's own reading, all together; nothing is kept where the "
        "output cannot be read."
    )
    lines += _better({name: _texts_values(entry) for name, entry in converters.items()})
    lines.append(_versions(result))
    return "\n".join(lines)


def _better(values: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Where another converter has the better figure, with the reason. ``values``: more is better."""
    found: list[str] = []
    for column in dict.fromkeys(column for mine in values.values() for column in mine):
        ours = [mine[column] for name, mine in values.items() if name in {"auto", "rules"} and column in mine]
        best = max(ours, default=math.inf)
        ahead = [n for n, mine in values.items() if n not in OWN and mine.get(column, -math.inf) > best]
        if ahead:
            found.append(f"{column} ({' and '.join(ahead)}: {REASONS.get(column, 'not looked into yet')})")
    return [f"Others are ahead in {'; '.join(found)}."] if found else []


def _texts_values(entry: dict[str, Any]) -> dict[str, float]:
    """The columns of the table of others' texts, those that can be compared."""
    kept = entry.get("documents", {}).get("kept", {})
    values = {name: kept[name][0] / kept[name][1] for name in _ASPECTS if name in kept and kept[name][1]}
    formulas = entry["formulas"]
    return {
        SPEED: -formulas["ms"],
        "formulas proved": formulas["equal"] / max(1, formulas["judged"]),
        "formulas that compile": formulas["compiles"] / max(1, formulas["rows"]),
        **values,
    }


def _suite_values(entry: dict[str, Any]) -> dict[str, float]:
    """The columns of the table of the committed benchmark."""
    found = {SPEED: -entry["ms"].get("formulas", 0.0)}
    for part, cases in entry["cases"].items():
        if cases:
            found[f"{_PARTS[part]} as expected"] = sum(map(passed, cases)) / len(cases)
            found[f"silence about {_PARTS[part]}"] = -sum(one.get("silent", 0) > 0 for one in cases) / len(
                cases
            )
    return found


def _head(columns: Iterable[str]) -> list[str]:
    names = list(columns)
    return ["| converter | " + " | ".join(names) + " |", "|---|" + "--:|" * len(names)]


def _label(name: str, entry: dict[str, Any]) -> str:
    return f"**typlora {name}**" if name in OWN else f"{name} {entry['version']}"


def _versions(result: dict[str, Any]) -> str:
    told = ", ".join(f"{name} {version}" for name, version in result["versions"].items() if name in _TOLD)
    weights = {entry["version"] for name, entry in result["converters"].items() if name in {"auto", "model"}}
    return f"Versions: {told}" + (f"; model: {', '.join(sorted(weights))}." if weights else ".")


def passed(case: dict[str, Any]) -> bool:
    """It compiles and everything expected is there."""
    return bool(case.get("compiles", True) and case["met"] == case["wanted"])


def _share(count: int, total: int) -> str:
    """Cut, not rounded: 100.0 means all."""
    return f"{int(1000 * count / total) / 10:.1f}" if total else "-"


def with_table(readme: str, text: str, name: str = "league") -> str:
    """The README with a table between its marks; unchanged where it has none."""
    begin, end = MARKS[name]
    head, found, rest = readme.partition(begin)
    if not found:
        return readme
    return f"{head}{begin}\n{text}\n{end}{rest.partition(end)[2]}"


def compact(result: dict[str, Any]) -> dict[str, Any]:
    """What is stored: verdicts and sums. Texts of what is missing and the time of each row are left out; they
    change with every run, and ``--only NAME`` shows them."""
    stored = dict(result, converters={})
    for name, entry in result["converters"].items():
        cases = entry["cases"]
        ms = {
            part: 1000 * sum(case["seconds"] for case in rows) / len(rows)
            for part, rows in cases.items()
            if rows
        }
        alone = sum(case["solved"].get(who, 0) for rows in cases.values() for case in rows for who in MODEL)
        kept = {part: [_verdict(case) for case in rows] for part, rows in cases.items()}
        stored["converters"][name] = {
            **entry,
            "ms": {part: round(value, 4) for part, value in ms.items()},
            "model alone": alone,
            "cases": kept,
        }
    return stored


def _verdict(case: dict[str, Any]) -> dict[str, Any]:
    """A row that compiles and keeps nothing silent does not say so."""
    found = {"id": case["id"], "met": case["met"], "wanted": case["wanted"]}
    found |= {} if case["compiles"] else {"compiles": False}
    return found | ({"silent": case["silent"]} if case["silent"] else {})


def write_result(result: dict[str, Any], path: Path) -> None:
    """JSON with a line for each row, so that a change shows as the rows it is in."""
    text = json.dumps(result, ensure_ascii=False, indent=1)
    # Objects that hold no others, and lists of numbers.
    text = re.sub(r"[{\[]\n\s*([^][{}]*?)\n\s*[]}]", lambda found: _on_one_line(found[0]), text)
    path.write_text(text + "\n", encoding="utf-8")


def _on_one_line(text: str) -> str:
    return json.dumps(json.loads(text), ensure_ascii=False)


def shown(readme: str) -> str:
    """The README as the stored results want it."""
    for name, path, make in (("league", RESULT, table), ("texts", TEXTS, texts_table)):
        if path.is_file():
            readme = with_table(readme, make(json.loads(path.read_text(encoding="utf-8"))), name)
    return readme


def write_readme() -> None:
    """Put the tables between their marks."""
    readme = README.read_text(encoding="utf-8")
    if (wanted := shown(readme)) != readme:
        README.write_text(wanted, encoding="utf-8")


def check() -> int:
    """0 when the README shows the stored results."""
    readme = README.read_text(encoding="utf-8")
    if readme == shown(readme):
        return 0
    print(
        "README.md does not show benchmarks/results/; run: python benchmarks/league.py --readme",
        file=sys.stderr,
    )
    return 1


def changes(result: dict[str, Any]) -> None:
    """What passed in the stored result and fails now, and the other way round."""
    if not RESULT.is_file():
        return
    before = json.loads(RESULT.read_text(encoding="utf-8"))["converters"]
    for name, entry in result["converters"].items():
        for part, cases in entry["cases"].items():
            earlier = before.get(name, {}).get("cases", {}).get(part, [])
            old = {case["id"]: passed(case) for case in earlier}
            broken = [case["id"] for case in cases if old.get(case["id"]) and not passed(case)]
            fixed = [case["id"] for case in cases if old.get(case["id"]) is False and passed(case)]
            if broken or fixed:
                print(f"{name}, {part}: fixed {', '.join(fixed) or 'none'}")
                print(f"{name}, {part}: broken {', '.join(broken) or 'none'}")


def print_failures(result: dict[str, Any], name: str) -> None:
    """What a converter misses, case by case."""
    for part, cases in result["converters"].get(name, {}).get("cases", {}).items():
        for case in cases:
            if not passed(case):
                silent = ", silent" if case.get("silent") else ""
                missing = f": {case['missing']}" if "missing" in case else ""
                print(f"{part} {case['id']}: {case['met']} of {case['wanted']}{silent}{missing}")
