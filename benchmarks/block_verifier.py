"""Precision and recall of the block verifier on right and deliberately wrong conversions.

    python benchmarks/block_verifier.py [--seed N] [--per-fault N] [--show] [--documents DIR]

Positive means "proved equal": precision is the share of right conversions among those called equal, recall
the share of right conversions called equal. Wrong conversions that do not compile are left out of both: the
compiler found them.

``--documents`` takes other pairs: blocks cut from the ``main.tex`` files below DIR, with the Typst that
pandoc makes of each. How many of these are proved says how far the verifier can see in real text; of the
proved ones wrong ones are made as above. pandoc also reads the reference, so its reading is not tested by
this, all the rest is.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.verify.blocks.cases import Case, Pair, load_pairs
from tests.verify.blocks.faults import wrong_cases
from tests.verify.blocks.rewrites import right_cases

from typlora.tex.macros import expand_project
from typlora.tex.project import read_project
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.blocks import verify_blocks
from typlora.verify.compiler import CompilerPool
from typlora.verify.verdict import Outcome

_WRITE = """
for _, text in ipairs(pandoc.json.decode(io.read("a"), false)) do
  local ok, typst = pcall(function() return pandoc.write(pandoc.read(text, "latex"), "typst") end)
  print(pandoc.json.encode(ok and typst or ""))
end
"""
_EDGE = re.compile(r"\\(begin|end)\s*\{([^}]*)\}")
_SECTION = re.compile(r"\n(?=\s*\\(?:sub)*section\b)")
MAX_BLOCK = 4000  # characters; more is not one block any more


def blocks_of(main: Path) -> list[str]:
    """Pieces of a document between blank lines that do not cut an environment."""
    text = expand_project(read_project(main)).source.text
    body = text.partition("\\begin{document}")[2].partition("\\end{document}")[0]
    found: list[str] = []
    waiting, depth = "", 0
    for piece in re.split(r"\n[ \t]*\n", re.sub(r"(?<!\\)%.*", "", _SECTION.sub("\n\n", body))):
        waiting += ("\n\n" if waiting else "") + piece
        depth += sum(1 if edge == "begin" else -1 for edge, _ in _EDGE.findall(piece))
        if depth <= 0:
            found.append(waiting.strip())
            waiting, depth = "", 0
    return [block for block in found if block and len(block) <= MAX_BLOCK]


def proved_pairs(folder: Path, show: bool) -> list[Pair]:
    """Real blocks whose conversion by pandoc is proved; prints how many are not, and why."""
    import pypandoc

    texts = [text for main in sorted(folder.glob("*/main.tex")) for text in blocks_of(main)]
    command = [pypandoc.get_pandoc_path(), "lua", "-e", _WRITE]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, encoding="utf-8", check=True)
    typst = [renamed(json.loads(line)) for line in done.stdout.split("\n") if line]
    # Labels that pandoc makes up for headings are not in the LaTeX: losing one is no fault.
    typst = [
        re.sub(r"\n<([^<>\s]+)>$", lambda m, t=text: m[0] if f"{{{m[1]}}}" in t else "", made, flags=re.M)
        for text, made in zip(texts, typst, strict=True)
    ]
    units = [Unit(UnitKind.RAW, text) for text in texts]
    with CompilerPool() as pool:
        verdicts = verify_blocks(units, [text or None for text in typst], pool)
    names = Counter("does not compile" if not v.compiles else str(v.outcome) for v in verdicts)
    print(f"{len(texts)} real blocks, converted by pandoc: {dict(names)}")
    if show:
        for text, made, verdict in zip(texts, typst, verdicts, strict=True):
            if not verdict.proved:
                print(f"\n--- {verdict}\n{text}\n---\n{made}")
    return [
        Pair(UnitKind.RAW, text, made.strip())
        for text, made, verdict in zip(texts, typst, verdicts, strict=True)
        if verdict.proved and made.strip()
    ]


def renamed(typst: str) -> str:
    """pandoc 3.9 writes names that Typst 0.15 has no more."""
    typst = re.sub(r"\bsect\b", "inter", typst)
    return re.sub(r"\b(plus|minus|times|dot)\.circle\b", r"\1.o", typst)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the block verifier.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--per-fault", type=int, default=8)
    parser.add_argument("--show", action="store_true", help="print every case that was judged wrongly")
    parser.add_argument("--documents", type=Path, help="use blocks of real documents")
    flags = parser.parse_args()
    if flags.documents is None:
        pairs = load_pairs()
        right = right_cases(pairs, flags.seed)
    else:
        pairs = proved_pairs(flags.documents, flags.show)
        right = [Case(pair.unit, pair.typst, "") for pair in pairs]
    wrong = wrong_cases(pairs, flags.seed, flags.per_fault)
    cases = [*right, *wrong]
    started = time.perf_counter()
    with CompilerPool() as pool:
        verdicts = verify_blocks([case.unit for case in cases], [case.typst for case in cases], pool)
    seconds = time.perf_counter() - started
    results = list(zip(cases, verdicts, strict=True))
    missed = [(case, verdict) for case, verdict in results[: len(right)] if not verdict.proved]
    judged = [(case, verdict) for case, verdict in results[len(right) :] if verdict.compiles]
    fooled = [(case, verdict) for case, verdict in judged if verdict.proved]
    unknown = sum(verdict.outcome is Outcome.UNKNOWN for _, verdict in judged)
    found = len(right) - len(missed)
    kinds = len({case.fault for case, _ in judged})
    print(f"{len(pairs)} pairs, {len(right)} right, {len(judged)} wrong of {kinds} kinds")
    print(f"{len(wrong) - len(judged)} more wrong ones do not compile")
    precision = found / max(1, found + len(fooled))
    print(f"precision {100 * precision:.2f} %, recall {100 * found / len(right):.2f} %")
    print(f"wrong: {len(fooled)} called equal, {unknown} unknown; {len(cases) / seconds:.0f} blocks a second")
    if flags.show:
        for case, verdict in [*missed, *fooled]:
            print(f"\n--- {case.fault or 'right'}: {verdict}\n{case.unit.latex}\n---\n{case.typst}")


if __name__ == "__main__":
    main()
