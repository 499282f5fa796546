"""Reads the verifier's test set (``formula_cases.txt``) for the tests and the benchmark."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Case:
    """One conversion with what the verifier must say of it; ``line`` is its place in the file."""

    latex: str
    display: bool
    typst: str
    right: bool
    line: int


FILE = Path(__file__).with_name("formula_cases.txt")


def read_cases(path: Path = FILE) -> list[Case]:
    """All cases in the order of the file."""
    cases: list[Case] = []
    latex, display = "", False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(("D ", "I ")):
            latex, display = line[2:], line[0] == "D"
        elif line.startswith(("= ", "! ")):
            cases.append(Case(latex, display, line[2:], line[0] == "=", number))
    return cases


def composed(cases: list[Case]) -> list[Case]:
    """Longer formulas: every formula beside the next one of its kind, right with right and right with wrong.

    Aligned displays are left out: two of them side by side are not what one would write.
    """
    short = [case for case in cases if "\\\\" not in case.latex and "&" not in case.latex + case.typst]
    by_latex: dict[tuple[str, bool], list[Case]] = {}
    for case in short:
        by_latex.setdefault((case.latex, case.display), []).append(case)
    groups = list(by_latex.values())
    pairs: list[Case] = []
    for first, second in pairwise(groups):
        right = next(case for case in first if case.right)
        if first[0].display != second[0].display:
            continue
        wrong = [case for case in second if not case.right][:1]
        for case in [case for case in second if case.right] + wrong:
            latex = f"{right.latex} \\quad {case.latex}"
            pairs.append(Case(latex, case.display, f"{right.typst} quad {case.typst}", case.right, case.line))
    return pairs
