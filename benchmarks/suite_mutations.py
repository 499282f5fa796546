"""Does the committed benchmark notice when a conversion gets worse? Good outputs are spoiled to see.

    python benchmarks/suite_mutations.py [--every N] [--show]

Every snippet and document is converted with the rules; where everything expected is there, the Typst is
spoiled in one place: a line left out, a word or number changed, a heading, list item, emphasis, cell,
reference, caption or note lost. A spoiled version counts where a reader sees another document; it is caught
when an expectation is no longer met or it does not compile. Prints the share caught by kind, with ``--show``
what was not. ``--every N`` takes each N-th snippet.
"""

import argparse
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from typlora.convert.stack import Options
from typlora.evaluate import benchmark
from typlora.evaluate.converters import Document
from typlora.evaluate.expectations import Said, check
from typlora.evaluate.observe import Seen
from typlora.evaluate.opening import open_converter
from typlora.evaluate.suites import Item, read_suite
from typlora.verify.compiler import CompilerPool

SUITE = Path(__file__).resolve().parent / "suite"
PREAMBLE = re.compile(r"^(?:#(?:set|show|let|import)\b|//|\s|[)}\]]|$)")  # with what is indented below it


@dataclass(frozen=True, slots=True)
class Good:
    """A conversion that meets everything."""

    id: str
    wanted: benchmark.Expectations
    made: Document
    seen: Seen


@dataclass(frozen=True, slots=True)
class Spoiled:
    """One version with one fault; ``caught``: the runner objects."""

    id: str
    kind: str
    before: str
    after: str
    caught: bool


def spoil(typst: str) -> Iterator[tuple[str, str, str, str]]:
    """Kind, the place before and after, and the whole text with that one fault."""
    lines = typst.split("\n")
    # The preamble defines; it says nothing.
    start = next((number for number, line in enumerate(lines) if not PREAMBLE.match(line)), len(lines))
    for number in range(start, len(lines)):
        line = lines[number]
        if not line.strip():
            continue

        def whole(changed: str, number: int = number) -> str:
            return "\n".join([*lines[:number], changed, *lines[number + 1 :]])

        yield "line left out", line, "", whole("")
        for kind, pattern, replacement in FAULTS:
            changed = re.sub(pattern, replacement, line, count=1)
            if changed != line:
                yield kind, line, changed, whole(changed)


FAULTS = (
    ("word changed", r"(?<![\w#<@\\:.\"-])[A-Za-z]{4,}(?![\w(:>.\"-])", "zzzz"),
    ("number changed", r"(?<![\w.#<@\"-])\d+(?![\w>\"-]|\.\d)", "777"),
    ("heading lost", r"^=+ ", ""),
    ("item lost", r"^(\s*)[-+] ", r"\1"),
    ("emphasis lost", r"(?<!\w)([*_])(\w[^*_]*)\1(?!\w)", r"\2"),
    ("cell emptied", r"(?<=, )\[[^\[\]]+\]", "[]"),
    ("cell dropped", r"\[[^\[\]]*\], (?=\[)", ""),
    ("span lost", r"(colspan|rowspan): \d+", r"\1: 1"),
    ("reference lost", r"@[\w:-]+", "1"),
    ("label lost", r" <[\w:-]+>", ""),
    ("note lost", r"#footnote\[[^\[\]]*\]", ""),
    ("caption lost", r"caption: \[[^\[\]]*\]", "caption: []"),
    ("formula changed", r"\$([^$]+)\$", r"$\1 zeta$"),
    ("code changed", r"^(```\w*|  .*\w.*)$", r"\1 zz"),
    ("link changed", r"https?://", "ftp://"),
)


def good_ones(pool: CompilerPool, every: int = 1) -> Iterator[Good]:
    """Blocks (each ``every``-th) and documents whose conversion meets all expectations and can be read."""
    converter = open_converter("rules", Options(engine="rules", cache=False), pool)
    path = SUITE / benchmark.BLOCKS
    pairs = list(zip(read_suite(path).items, benchmark.read_expectations(path), strict=True))[::every]
    items = [Item(one.id, benchmark.frame(one), is_block=True) for one, _ in pairs]
    outputs = converter.convert(items)
    for item, output, (_, (_, wanted)) in zip(items, outputs, pairs, strict=True):
        yield from _good(item.id, wanted, benchmark.as_document(output), pool)
    for wanted_path in sorted((SUITE / benchmark.DOCUMENTS).glob("*/expect.json"))[::every]:
        with tempfile.TemporaryDirectory() as scratch:
            made = converter.document(wanted_path.parent / "main.tex", Path(scratch))
            yield from _good(wanted_path.parent.name, benchmark.read_expected(wanted_path), made, pool)


def _good(name: str, wanted: benchmark.Expectations, made: Document, pool: CompilerPool) -> Iterator[Good]:
    seen = benchmark.look(made, pool)
    if seen.compiles and seen.doc and all(one.passed for one in check(wanted, seen, Said(made.reports))):
        yield Good(name, wanted, made, seen)


def spoiled(good: Good, pool: CompilerPool) -> Iterator[Spoiled]:
    """All faults of one conversion that a reader can see."""
    for kind, before, after, text in spoil(good.made.typst):
        made = Document(text, good.made.root, good.made.reports, 0.0)
        seen = benchmark.look(made, pool)
        if seen.compiles and seen.doc == good.seen.doc and seen.text == good.seen.text:
            continue  # nobody can see it
        caught = not seen.compiles or any(
            not one.passed for one in check(good.wanted, seen, Said(made.reports))
        )
        yield Spoiled(good.id, kind, before.strip(), after.strip(), caught)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--show", action="store_true")
    flags = parser.parse_args()
    caught: Counter[str] = Counter()
    total: Counter[str] = Counter()
    never: list[str] = []
    with CompilerPool(2, memory_mb=4096) as pool:
        for good in good_ones(pool, flags.every):
            found = list(spoiled(good, pool))
            total.update(one.kind for one in found)
            caught.update(one.kind for one in found if one.caught)
            if found and not any(one.caught for one in found):
                never.append(good.id)
            for one in found:
                if flags.show and not one.caught:
                    print(f"{one.id} {one.kind}: {one.before[:100]}  ->  {one.after[:100]}", flush=True)
    for kind, count in total.most_common():
        print(f"{kind:<16} {caught[kind]:5} of {count:5} caught")
    share = sum(caught.values()) / max(1, sum(total.values()))
    print(f"{sum(caught.values())} of {sum(total.values())} faults caught ({share:.1%})")
    if never:
        print("nothing is ever caught in:", ", ".join(never))


if __name__ == "__main__":
    main()
