"""What the verifier said of a refused candidate, in the words that a model is shown (and was trained on)."""

from typlora.verify.verdict import Outcome, Verdict

LONGEST = 200  # characters; the first differences are the ones that help, and prompts stay short


def complaint(verdict: Verdict) -> str:
    """One line; empty where nothing can be complained of (proved, or no reference to differ from)."""
    if not verdict.compiles:
        return _line(verdict.error.partition("(hint:")[0]) or "does not compile"
    if verdict.outcome is not Outcome.DIFFERENT:
        return ""
    return _line("; ".join(verdict.differences[:2])) or "is not equal"


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST].strip()
