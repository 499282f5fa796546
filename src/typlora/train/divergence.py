"""Notices when a run goes wrong: the loss is not a number, or far above where it was."""

import math
from dataclasses import dataclass

DECAY = 0.95  # of the running mean: about the last twenty steps
FACTOR = 3.0  # a loss this many times the running mean is no noise of small batches
MARGIN = 1.0  # nats a token, so that a loss near zero may still wobble
GRACE = 10  # steps before the mean means anything

ADVICE = "try a lower --learning-rate (half), a higher --lora-dropout (0.2), or --max-grad-norm 0.5"


@dataclass(slots=True)
class Watch:
    """``mean`` is the running mean of the loss over ``seen`` steps."""

    mean: float = 0.0
    seen: int = 0

    def complaint(self, loss: float, norm: float) -> str:
        """Why this step diverged, or an empty string; a good loss enters the mean."""
        if not math.isfinite(loss):
            return "the loss is not a number"
        if not math.isfinite(norm):
            return "the gradient is not finite"
        if self.seen >= GRACE and loss > FACTOR * self.mean + MARGIN:
            return f"the loss rose to {loss:.2f} from a running mean of {self.mean:.2f}"
        self.mean = loss if self.seen == 0 else DECAY * self.mean + (1 - DECAY) * loss
        self.seen += 1
        return ""
