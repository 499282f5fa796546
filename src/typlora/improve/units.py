"""Which formulas the model is asked: from the files given, none twice, none that evaluation measures on."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from typlora.data.canonical import form_of, latex_key
from typlora.data.corpus import Given, read_corpus
from typlora.data.judge import expand
from typlora.data.versions import versions
from typlora.errors import DataError
from typlora.evaluate.suites import Suite, read_suite
from typlora.files import write_atomic
from typlora.tex.unit import Unit, UnitKind

FILE = "asked.jsonl"


@dataclass(frozen=True, slots=True)
class Asked:
    """A formula to ask: ``latex`` without macros and labels; ``target`` the Typst its file has for it."""

    latex: str
    display: bool
    target: str = ""
    source: str = ""

    @property
    def unit(self) -> Unit:
        """As engines and verifier take it."""
        return Unit(UnitKind.FORMULA, self.latex, display=self.display)

    @property
    def key(self) -> str:
        """Names the formula whatever its spelling."""
        return latex_key(self.latex, self.display)


@dataclass(frozen=True, slots=True)
class Picked:
    """``left_out`` counts by reason what was passed over on the way."""

    asked: tuple[Asked, ...]
    left_out: Counter[str]


def sources(units: Sequence[Path], data: Path) -> list[Path]:
    """The files given, else the data versions. Raises ``DataError`` where there are none."""
    for path in units:
        if not path.exists():
            raise DataError(f"{path}: there is no such file; give JSONL rows, LaTeX or a folder with --units")
    found = list(units) or [version.path for version in versions(data)]
    if not found:
        raise DataError(f"{data}: there are no data versions to take formulas from; give --units FILE")
    return found


def pick(
    paths: Sequence[Path], suites: Sequence[Suite], known: Iterable[Asked], rows: int, seed: int
) -> Picked:
    """``rows`` formulas in an order that the seed decides; those in ``known`` only when others run out.

    A formula without a reference cannot be proved, so it is not asked.
    """
    barred = _barred(suites)
    asked_before = {one.key for one in known}
    candidates: dict[str, tuple[Given, str]] = {}
    for given, target in _read(paths):
        candidates.setdefault(latex_key(given.latex, given.display) + given.macros, (given, target))

    def turn(key: str) -> bytes:
        return hashlib.blake2b(f"{seed}/{key}".encode("utf-8", "surrogatepass"), digest_size=8).digest()

    left_out: Counter[str] = Counter()
    chosen: dict[str, Asked] = {}
    again: list[Asked] = []
    forms: set[str] = set()
    for key in sorted(candidates, key=turn):
        if len(chosen) == rows:
            break
        given, target = candidates[key]
        latex = expand(given)
        one = Asked(latex or "", given.display, target, given.source)
        if not one.latex or one.key in chosen:
            left_out["not expanded" if not one.latex else "repeated"] += 1
        elif one.key in asked_before:
            again.append(one)
        elif not (form := form_of(one.latex, one.display)):
            left_out["without a reference"] += 1
        elif one.key in barred or form in barred:
            left_out["measured on"] += 1
        elif form in forms:
            left_out["repeated"] += 1
        else:
            forms.add(form)
            chosen[one.key] = one
    for one in again[: rows - len(chosen)]:
        chosen.setdefault(one.key, one)
    return Picked(tuple(chosen.values()), left_out)


def save(folder: Path, asked: Sequence[Asked]) -> None:
    """Write the choice down: a round asks the same when it goes on."""
    write_atomic(folder / FILE, "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in asked))


def load(folder: Path) -> list[Asked]:
    """What a round asks; nothing where it has not chosen yet."""
    path = folder / FILE
    if not path.is_file():
        return []
    try:
        return [Asked(**json.loads(line)) for line in path.read_text(encoding="utf-8").split("\n") if line]
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"{path}: cannot be read ({error}); delete the round's folder") from error


def _barred(suites: Sequence[Suite]) -> set[str]:
    barred: set[str] = set()
    for suite in suites:
        for item in suite.items:
            if not item.is_block:
                unit = item.unit
                barred.add(latex_key(unit.latex, unit.display))
                barred.add(latex_key(item.latex, item.display))
                if form := form_of(unit.latex, unit.display):
                    barred.add(form)
    return barred


def _read(paths: Sequence[Path]) -> Iterator[tuple[Given, str]]:
    for path in paths:
        if path.suffix != ".jsonl":
            for given in read_corpus([path]):
                yield given, ""
            continue
        for item in read_suite(path).items:
            if not item.is_block:
                given = Given(item.latex, item.display, item.macros, f"{path.name}:{item.line}")
                yield given, item.target or ""
