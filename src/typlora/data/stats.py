"""What the data versions cover: rows per declared construct, as a table and as a chart.

With the results of an evaluation (rows as ``typlora formulas`` writes them) the accuracy per construct
stands beside the counts, so that a person sees what the next version needs.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from typlora.data.constructs import BLOCK_FAMILIES, CONSTRUCTS, constructs_of
from typlora.data.rows import Row, read_rows
from typlora.errors import DataError

# Below this a construct counts as poorly covered and is marked in table and chart.
SPARSE = 20


@dataclass(frozen=True, slots=True)
class Coverage:
    """One file: ``rows``, rows by kind, and rows that use each construct (all declared ones, zeros too)."""

    name: str
    rows: int
    kinds: Mapping[str, int]
    uses: Mapping[str, int]
    latex_characters: int
    bytes: int

    @property
    def covered(self) -> int:
        """Declared constructs with at least one row."""
        return sum(1 for count in self.uses.values() if count)


@dataclass(slots=True)
class Accuracy:
    """Verified and asked, by construct."""

    asked: Counter[str] = field(default_factory=Counter)
    equal: Counter[str] = field(default_factory=Counter)

    def share(self, name: str) -> float | None:
        """From 0 to 1; ``None`` where nothing was asked."""
        return self.equal[name] / self.asked[name] if self.asked[name] else None


def coverage(path: Path) -> Coverage:
    """Count one file. Raises ``DataError`` where it cannot be read or a row is wrong."""
    return coverage_of(path.stem, read_rows(path), path.stat().st_size if path.is_file() else 0)


def coverage_of(name: str, rows: Iterable[Row], size: int = 0) -> Coverage:
    """Count rows."""
    kinds: Counter[str] = Counter()
    uses: Counter[str] = Counter(dict.fromkeys((construct.name for construct in CONSTRUCTS), 0))
    characters = total = 0
    for row in rows:
        total += 1
        kinds[row.kind] += 1
        characters += len(row.latex)
        uses.update(constructs_of(row.latex, row.is_block))
    return Coverage(name, total, dict(kinds), dict(uses), characters, size)


def accuracy(results: Path) -> Accuracy:
    """Read verdicts: rows ``{"latex", "verdict"}``, or a report of ``typlora evaluate`` (the first one).

    ``DataError`` names what is neither.
    """
    try:
        text = results.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{results}: cannot be read ({error})") from error
    found = Accuracy()
    for names, equal in _evaluated(text) or _rows(results, text):
        found.asked.update(names)
        if equal:
            found.equal.update(names)
    return found


def _evaluated(text: str) -> list[tuple[tuple[str, ...], bool]]:
    """Constructs and verdict of each row of an evaluation's report; empty where it is none."""
    try:
        report = json.loads(text)
        return [
            (
                tuple(suite["constructs"].get(row["id"], ())),
                bool(row["compiles"]) and row["outcome"] == "equal",
            )
            for suite in report["evaluations"][0]["suites"]
            for row in suite["rows"]
            if row["reference"]
        ]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return []


def _rows(results: Path, text: str) -> list[tuple[tuple[str, ...], bool]]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            latex, verdict = str(record["latex"]), str(record["verdict"])
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f'{results}:{number}: a result needs "latex" and "verdict" ({error})') from None
        found.append((constructs_of(latex), verdict == "equal"))
    return found


def table(files: Sequence[Coverage], measured: Accuracy | None = None) -> str:
    """Rows per construct in plain text: a column a file, families apart, a bar for the last file."""
    most = max([1, *(files[-1].uses.values())]) if files else 1
    width = max(len(construct.name) for construct in CONSTRUCTS)
    head = f"{'construct':<{width}}" + "".join(f"{one.name:>12}" for one in files)
    lines = [head + ("   equal" if measured else "")]
    family = ""
    for construct in CONSTRUCTS:
        if construct.family != family:
            family = construct.family
            lines.append(f"-- {family}")
        counts = "".join(f"{one.uses[construct.name]:>12,}" for one in files)
        share = measured.share(construct.name) if measured else None
        shown = "" if measured is None else ("       -" if share is None else f"{share:>8.1%}")
        bar = "█" * round(20 * files[-1].uses[construct.name] / most) if files else ""
        lines.append(f"{construct.name:<{width}}{counts}{shown}  {bar}".rstrip())
    lines.append("")
    for one in files:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(one.kinds.items()))
        lines.append(
            f"{one.name}: {one.rows:,} rows ({kinds}), {one.covered} of {len(CONSTRUCTS)} constructs, "
            f"{one.latex_characters / max(one.rows, 1):.0f} characters a row, {one.bytes / 1e6:.1f} MB"
        )
    return "\n".join(lines) + "\n"


def as_json(files: Sequence[Coverage], measured: Accuracy | None = None) -> dict[str, object]:
    """The same for programs."""
    return {
        "files": {one.name: {"rows": one.rows, "kinds": one.kinds, "constructs": one.uses} for one in files},
        "accuracy": {}
        if measured is None
        else {c.name: measured.share(c.name) for c in CONSTRUCTS if measured.asked[c.name]},
    }


_COLOURS = ("#4269d0", "#efb118", "#3ca951", "#ff725c", "#a463f2")
_ROW, _LEFT, _PLOT, _TOP = 13, 190, 520, 44


def chart(files: Sequence[Coverage], measured: Accuracy | None = None) -> str:
    """An SVG: a line of dots for each construct, one colour a file, logarithmic; accuracy in words.

    Constructs with fewer than ``SPARSE`` rows in all files together have their name in red.
    """
    from math import log10

    most = max([10, *(one.uses[c.name] for one in files for c in CONSTRUCTS)])
    scale = _PLOT / log10(most + 1)
    height = _TOP + _ROW * len(CONSTRUCTS) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _PLOT + 90}" height="{height}" '
        'font-family="sans-serif" font-size="9">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="8" y="16" font-size="13">Rows per construct ({len(CONSTRUCTS)} declared)</text>',
    ]
    for number, one in enumerate(files):
        x = _LEFT + number * 130.0
        parts.append(f'<circle cx="{x}" cy="30" r="4" fill="{_COLOURS[number % len(_COLOURS)]}"/>')
        parts.append(f'<text x="{x + 8}" y="33">{escape(one.name)} ({one.rows:,})</text>')
    tick = 1
    while tick <= most:
        x = _LEFT + scale * log10(tick + 1)
        parts.append(f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{height - 14}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{height - 4}" text-anchor="middle" fill="#666">{tick:,}</text>')
        tick *= 10
    for line, construct in enumerate(CONSTRUCTS):
        y = _TOP + _ROW * line + 9
        total = sum(one.uses[construct.name] for one in files)
        fill = "#c00" if total < SPARSE else ("#555" if construct.family in BLOCK_FAMILIES else "#000")
        name = escape(construct.name)
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 3}" text-anchor="end" fill="{fill}">{name}</text>')
        for number, one in enumerate(files):
            x = _LEFT + scale * log10(one.uses[construct.name] + 1)
            colour = _COLOURS[number % len(_COLOURS)]
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y}" r="3.5" fill="{colour}" fill-opacity="0.75">'
                f"<title>{escape(one.name)}: {one.uses[construct.name]:,}</title></circle>"
            )
        if measured is not None and (share := measured.share(construct.name)) is not None:
            parts.append(f'<text x="{_LEFT + _PLOT + 14}" y="{y + 3}">{share:.0%} equal</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
