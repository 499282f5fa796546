"""The use of a macro while it is expanded, and why it may have to be undone."""

from dataclasses import dataclass


class Abort(Exception):
    """The use under way cannot be expanded because of ``culprit``; no message: not worth a problem."""

    def __init__(self, culprit: str, message: str = "") -> None:
        self.culprit = culprit
        self.message = message


@dataclass(slots=True)
class Use:
    """The use of a macro in the document that is being expanded, and what to return to if it fails."""

    name: str
    first: int
    last: int
    frame: int
    after: int
    pieces: int
    math: bool
    groups: int
    environments: int
    conditions: int
    steps: int = 0
    characters: int = 0
