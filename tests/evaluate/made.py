"""Small results to compare."""

from typlora.evaluate.results import Evaluation, RowResult, SuiteResult


def row(name: str, equal: bool, compiles: bool = True, reference: bool = True) -> RowResult:
    outcome = "equal" if equal else "different"
    return RowResult(name, compiles, outcome, reference, False, 0.01, typst="x")


def evaluation(name: str, verdicts: str, constructs: dict[str, tuple[str, ...]] | None = None) -> Evaluation:
    """``verdicts``: a letter a row: ``=`` equal, ``x`` different, ``!`` broken, ``?`` no reference."""
    rows = tuple(
        row(str(i), letter == "=", letter != "!", letter != "?") for i, letter in enumerate(verdicts)
    )
    suite = SuiteResult("suite", "suite.jsonl", "digest", rows, constructs or {})
    return Evaluation(name, "1", name, (suite,))
