"""Fast weights draft, exact weights check: the answers of float32 for little more than the price of int8.

Quantised weights answer as float32 does except where two tokens are nearly as likely. So a draft is checked
only where one of its tokens was in doubt, all its positions in one pass of the exact weights; where they
prefer another token the row goes on from there with them.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from typlora.engines.ct2_backend import CT2Backend
from typlora.engines.generation import Generated, Request
from typlora.engines.stopping import Finish

# In 475 positions int8 moved the logits of likely tokens by 0.36 (root mean square), and preferred another
# token than float32 only where float32 had two within 0.24. At a probability of 0.7 they are 0.85 apart.
DOUBT = 0.7


class CheckedBackend:
    """``fast`` drafts, ``exact`` checks; both of the same weights. ``end`` is the end token."""

    def __init__(self, fast: CT2Backend, exact: CT2Backend, end: int, doubt: float = DOUBT) -> None:
        self._fast, self._exact, self._end, self._doubt = fast, exact, end, math.log(doubt)
        self.checked = self.corrected = 0

    @property
    def fingerprint(self) -> str:
        return f"{self._exact.fingerprint} drafts {self._fast.fingerprint} {self._doubt:.3f}"

    def close(self) -> None:
        self._fast.close()
        self._exact.close()

    def generate(self, requests: Sequence[Request], temperature: float) -> list[Generated]:
        """One answer a request, in order. Draws come from the fast weights alone: chance is no drift."""
        if temperature > 0:
            return self._fast.generate(requests, temperature)
        drafts = self._fast.scored(requests)
        found = [draft for draft, _ in drafts]
        doubtful = [index for index, (_, lowest) in enumerate(drafts) if lowest < self._doubt]
        if not doubtful:
            return found
        answers = [self._said(found[index]) for index in doubtful]
        places = self._exact.disagreements([requests[index].prompt for index in doubtful], answers)
        again: list[tuple[int, Request]] = []
        for index, answer, other in zip(doubtful, answers, places, strict=True):
            if other is not None:
                place, token = other
                again.append((index, replace(requests[index], begun=(*answer[:place], token))))
        self.checked += len(doubtful)
        self.corrected += len(again)
        corrected = self._exact.generate([request for _, request in again], 0.0)
        for (index, _), right in zip(again, corrected, strict=True):
            found[index] = right
        return found

    def _said(self, draft: Generated) -> tuple[int, ...]:
        return (*draft.ids, self._end) if draft.finish is Finish.END else draft.ids
