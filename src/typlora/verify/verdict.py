"""What the verifier says of one candidate."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """``UNKNOWN`` means: compiles, but there is no reference to compare with."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``differences`` are short sentences for people; ``error`` is the compiler's message if it failed."""

    compiles: bool
    outcome: Outcome
    differences: tuple[str, ...] = ()
    error: str = ""

    @property
    def proved(self) -> bool:
        """Compiles and is equal to its reference."""
        return self.compiles and self.outcome is Outcome.EQUAL
