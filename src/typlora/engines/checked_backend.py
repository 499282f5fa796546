"""Fast weights draft, exact weights check: the answers of float32 for little more than the price of int8.

Quantised weights answer as float32 does except where two tokens are nearly as likely. So a draft is checked
only where one of its tokens was in doubt, all its positions in one pass of the exact weights; where they
prefer another token the draft goes on from there. Steps of few rows are bound by reading the weights, so the
exact ones generate nothing themselves while few rows are left.
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
ROUNDS = 4  # drafts after corrections; what is still wrong then is left to the exact weights


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
        found: dict[int, Generated] = {}
        waiting = dict(enumerate(requests))
        for _ in range(ROUNDS):
            waiting = self._round(waiting, found)
            if not waiting:
                break
        answers = self._exact.generate(list(waiting.values()), 0.0)
        found.update(zip(waiting, answers, strict=True))
        return [found[index] for index in range(len(requests))]

    def _round(self, waiting: dict[int, Request], found: dict[int, Generated]) -> dict[int, Request]:
        """Draft what is waiting; what the exact weights would have answered otherwise, with their token."""
        drafts = dict(zip(waiting, self._fast.scored(list(waiting.values())), strict=True))
        found.update((index, draft) for index, (draft, _) in drafts.items())
        doubtful = [index for index, (_, lowest) in drafts.items() if lowest < self._doubt]
        settled = [(*waiting[index].prompt, *waiting[index].begun) for index in doubtful]
        answers = [self._said(found[index])[len(waiting[index].begun) :] for index in doubtful]
        places = self._exact.disagreements(settled, answers) if doubtful else []
        wrong: dict[int, Request] = {}
        for index, answer, other in zip(doubtful, answers, places, strict=True):
            if other is not None:
                place, token = other
                begun = (*waiting[index].begun, *answer[:place], token)
                wrong[index] = replace(waiting[index], begun=begun)
        self.checked += len(doubtful)
        self.corrected += len(wrong)
        return wrong

    def _said(self, draft: Generated) -> tuple[int, ...]:
        return (*draft.ids, self._end) if draft.finish is Finish.END else draft.ids
