"""Why a piece of LaTeX gave no pair: the words that yield reports count."""

from collections.abc import Sequence

from typlora.verify.verdict import Outcome, Verdict

NOT_EXPANDED = "has macros that cannot be expanded"
NO_PROPOSAL = "has no proposal by any engine"
NO_REFERENCE = "has no reference"
NOT_COMPILED = "does not compile"
DIFFERENT = "is not equal"
LOST = "would lose something"


def refusal(verdicts: Sequence[Verdict]) -> tuple[str, str]:
    """The reason, and its detail, that say most about LaTeX no engine was proved on."""
    if not verdicts:
        return NO_PROPOSAL, ""
    for verdict in verdicts:
        if verdict.compiles and verdict.outcome is Outcome.DIFFERENT:
            return DIFFERENT, "; ".join(verdict.differences[:2])
    if any(verdict.compiles for verdict in verdicts):
        return NO_REFERENCE, ""
    return NOT_COMPILED, verdicts[0].error
