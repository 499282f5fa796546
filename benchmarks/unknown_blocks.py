"""How often a model's answer for a block that no writer knows is accepted.

    python benchmarks/unknown_blocks.py --rows jsonl/eval.jsonl      # blocks whose environments are renamed
    python benchmarks/unknown_blocks.py --documents FOLDER           # what is unknown in real LaTeX

With ``--rows`` the environments of all block rows get names that nobody knows (``RENAMED``): the writers are
switched off for them, and what they mean is known. With ``--documents`` every ``.tex`` below the folder is
read as a document of its own. "as it stands" are answers to the block itself, "as read" to its likeliest
reading.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from typlora.cli._model import with_model
from typlora.convert.cascade import Cascade
from typlora.convert.conversion import Conversion
from typlora.convert.draft import draft
from typlora.convert.stack import Options, open_cascade
from typlora.convert.unknown import ask, place
from typlora.convert.unknown.asking import Asked
from typlora.convert.unknown.questions import questions
from typlora.errors import TyploraError
from typlora.tex.project import Project, read_project, read_string
from typlora.verify.compiler import CompilerPool

RENAMED = {
    "itemize": "points",
    "enumerate": "steps",
    "description": "notions",
    "tabular": "cells",
    "quote": "saying",
    "quotation": "saying",
    "theorem": "claimed",
    "lemma": "claimed",
    "proposition": "claimed",
    "definition": "claimed",
    "remark": "claimed",
    "example": "claimed",
}
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([A-Za-z]+)\}")


def renamed(latex: str) -> str:
    """The same with environments that nobody knows."""
    return _ENVIRONMENT.sub(lambda found: rf"\{found[1]}{{{RENAMED.get(found[2], found[2])}}}", latex)


def rows(path: Path) -> Iterator[tuple[str, Project]]:
    """The blocks of a data file that have an environment to rename, by kind."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        latex = row["prompt"][0]["content"]
        if row["meta"]["kind"] != "formula" and renamed(latex) != latex:
            yield row["meta"]["kind"], read_string(renamed(latex))


def documents(folder: Path) -> Iterator[tuple[str, Project]]:
    """Each ``.tex`` file below a folder."""
    for path in sorted(folder.rglob("*.tex")):
        try:
            yield "document", read_project(path)
        except TyploraError as error:
            print(f"left out: {error}")


def outcome(answers: list[Conversion], taken: list[Conversion], place_of: int) -> str:
    """Which of the two answers of a question was taken."""
    span = answers[2 * place_of].unit.span
    found = next((one for one in taken if one.unit.span == span), None)
    if found is None:
        return "kept"
    return "as it stands" if found.typst == answers[2 * place_of].typst else "as read"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what a model makes of unknown blocks.")
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--samples", type=int, default=0)
    parser.add_argument("--most", type=int, default=200, help="questions to ask")
    parser.add_argument("--show", action="store_true", help="print each question with its answers")
    flags = parser.parse_args()
    options, notes = with_model(Options(engine="model", cache=False, samples=flags.samples))
    if notes:
        raise SystemExit(notes[0])
    found: Counter[tuple[str, str]] = Counter()
    seen = unknown = asked_of = 0
    started = time.perf_counter()
    with CompilerPool(1) as pool:
        cascade = open_cascade(options, pool)
        sources = rows(flags.rows) if flags.rows else documents(flags.documents)
        for kind, project in sources:
            made = draft(project)
            unknown += len(questions(made))
            asked = ask(made, pool)
            seen += 1
            for state, name in _answers(cascade, made, asked, flags.show):
                found[(kind, state)] += 1
                asked_of += 1
                if flags.show:
                    print(f"     {state}: {name}", flush=True)
            if asked_of >= flags.most:
                break
        cascade.close()
    print(f"{seen} sources, {unknown} blocks that nobody knows, {asked_of} of them asked")
    for (kind, state), count in sorted(found.items()):
        print(f"{kind:12} {state:14} {count}")
    total = found.total() or 1
    good = sum(count for (_, state), count in found.items() if state != "kept")
    print(f"accepted {good} of {found.total()} ({100 * good / total:.1f} %), ", end="")
    print(f"{(time.perf_counter() - started) / total:.2f} s a question")


def _answers(cascade: Cascade, made: object, asked: Asked, show: bool) -> Iterator[tuple[str, str]]:
    from typlora.convert.cascade import Blocks
    from typlora.convert.draft import Draft

    assert isinstance(made, Draft)
    if not asked.units:
        return
    answers = cascade.convert(asked.units, None, Blocks(asked.judge, asked.salt))
    _, taken = place(made, asked, answers)
    for number, question in enumerate(asked.questions):
        if show:
            for answer in answers[2 * number : 2 * number + 2]:
                print(f"--- {answer.unit.latex!r}\n  -> {answer.typst!r}\n     {answer.note}")
        yield outcome(answers, taken, number), question.shown


if __name__ == "__main__":
    main()
