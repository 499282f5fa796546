"""How fast LaTeX is read, expanded, parsed and cut.

    python benchmarks/read_tex.py FOLDER_OF_PROJECTS [--corpus FILE.jsonl ...] [--book-mb 3]

One line a project (``FOLDER/*/main.tex``), then a synthetic book made by repeating the largest one, then rows
a second of ``expand_formula`` on corpus rows (``latex``, ``macros``). Times are CPU seconds of this process.
"""

import argparse
import json
import time
from collections.abc import Iterable
from pathlib import Path

from typlora.tex.macros import expand_formula, expand_project
from typlora.tex.parse import parse
from typlora.tex.project import Project, read_project, read_string
from typlora.tex.segment import cut


def measure(name: str, project: Project, reading: float) -> None:
    """Time the stages on one project and print them."""
    seconds = [reading]
    begun = time.process_time()
    expanded = expand_project(project)
    seconds.append(time.process_time() - begun)
    begun = time.process_time()
    parsed = parse(expanded.source, expanded.table.specs(), expanded.table.environment_specs())
    seconds.append(time.process_time() - begun)
    found = []
    for level in ("formula", "block"):
        begun = time.process_time()
        found.append(len(cut(expanded.source, level)))
        seconds.append(time.process_time() - begun)
    problems = len(project.problems) + len(expanded.problems) + len(parsed.problems)
    stages = zip(("read", "expand", "parse", "cut formulas", "cut blocks"), seconds, strict=True)
    times = "  ".join(f"{stage} {value:.3f}" for stage, value in stages)
    print(f"{name:14} {len(project.source):9,} chars  {times}", end="  ")
    print(f"{found[0]} formulas, {found[1]} blocks, {problems} problems")


def corpus_rows(files: Iterable[Path]) -> list[tuple[str, str]]:
    """``latex`` and ``macros`` of all rows."""
    rows = []
    for path in files:
        with path.open(encoding="utf-8") as lines:
            rows += [(row["latex"], row.get("macros", "")) for row in map(json.loads, lines)]
    return rows


def main() -> None:
    """Measure what the flags name."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("projects", type=Path)
    parser.add_argument("--corpus", type=Path, nargs="*", default=[])
    parser.add_argument("--book-mb", type=float, default=3)
    arguments = parser.parse_args()
    largest = ""
    for main_file in sorted(arguments.projects.glob("*/main.tex")):
        begun = time.process_time()
        project = read_project(main_file)
        measure(main_file.parent.name, project, time.process_time() - begun)
        largest = max(largest, project.source.text, key=len)
    head, _, rest = largest.partition("\\begin{document}")
    body = rest.partition("\\end{document}")[0] or largest
    for part in (4, 2, 1):
        copies = max(1, int(arguments.book_mb * 1_000_000 / part / len(body)))
        text = f"{head}\\begin{{document}}{body * copies}\\end{{document}}"
        begun = time.process_time()
        project = read_string(text, "book.tex")
        measure(f"book / {part}", project, time.process_time() - begun)
    rows = corpus_rows(arguments.corpus)
    for name, wanted in (("without macros", False), ("with macros", True)):
        chosen = [row for row in rows if bool(row[1]) == wanted]
        begun = time.process_time()
        for latex, macros in chosen:
            expand_formula(latex, macros)
        seconds = max(time.process_time() - begun, 1e-9)
        if chosen:
            print(f"{len(chosen)} rows {name}: {len(chosen) / seconds:,.0f} rows/s")


if __name__ == "__main__":
    main()
