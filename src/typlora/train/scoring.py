"""The verified accuracy of the model as it stands, on a fixed sample, while it is being trained."""

import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from typlora.data.delimiters import FORMULA
from typlora.data.rows import Row
from typlora.errors import TyploraError
from typlora.model.profiles import TrainConfig
from typlora.model.prompt import PromptEncoder
from typlora.train.network import Network

if TYPE_CHECKING:
    from typlora.train.loop import Run

BATCH = 16
SPARE = 32  # tokens an answer may have beyond three times its prompt


def scorer(
    run: "Run", encoder: PromptEncoder, rows: Sequence[Row], config: TrainConfig, *, held_out: bool
) -> Callable[[int], None]:
    """A hook for the loop: every ``eval_steps`` steps it scores, logs and says the share proved equal.

    The sample is of ``rows`` (held-out ones where the caller has them, else it says that they are trained
    on), the same for a seed. Where the base is shared out over processes all of them have to take part;
    otherwise the first one scores and the others wait for it.
    """
    formulas = [row for row in rows if row.kind == FORMULA]
    sample = random.Random(config.seed).sample(formulas, min(config.eval_rows, len(formulas)))
    what = "held-out formulas" if held_out else "formulas trained on"

    def hook(step: int) -> None:
        if step % config.eval_steps or not sample:
            return
        if run.team.first:
            try:
                share = verified_share(run.network, encoder, sample)
            except (TyploraError, OSError) as error:  # hours of training are worth more than a figure
                run.progress.say(f"step {step}: not scored ({error})")
            else:
                run.progress.scored(step, share, len(sample), what)
        elif run.network.sharded:
            greedy(run.network, encoder, sample)
        run.team.wait()

    return hook


def verified_share(network: Network, encoder: PromptEncoder, rows: Sequence[Row]) -> float:
    """Share of ``rows`` whose greedy answer compiles and is proved equal to its LaTeX."""
    from typlora.tex.unit import Unit, UnitKind
    from typlora.verify.compiler import CompilerPool
    from typlora.verify.formula import FormulaVerifier

    answers = greedy(network, encoder, rows)
    units = [Unit(UnitKind.FORMULA, row.latex, display=row.display) for row in rows]
    with CompilerPool(1) as pool:
        verdicts = FormulaVerifier(pool).verify(units, answers)
    return sum(verdict.proved for verdict in verdicts) / max(1, len(rows))


def greedy(network: Network, encoder: PromptEncoder, rows: Sequence[Row]) -> list[str | None]:
    """Greedy answers in the order of ``rows``; ``None`` where the model did not come to an end."""
    import torch

    order = sorted(range(len(rows)), key=lambda n: len(rows[n].latex))
    answers: list[str | None] = [None] * len(rows)
    random_state = torch.get_rng_state()
    network.model.eval()
    try:
        with torch.no_grad():
            for start in range(0, len(order), BATCH):
                numbers = order[start : start + BATCH]
                prompts = [encoder.encode_prompt(rows[n].latex, rows[n].display) for n in numbers]
                for number, ids in zip(numbers, _generate(network, encoder, prompts), strict=True):
                    if encoder.eos_id in ids:
                        answers[number] = encoder.decode(ids)
    finally:
        network.model.train()
        torch.set_rng_state(random_state)  # scoring must not change what a resumed run does
    return answers


def _generate(network: Network, encoder: PromptEncoder, prompts: list[list[int]]) -> list[list[int]]:
    """Batch of prompts, padded left; the new tokens of each."""
    import torch

    width = max(len(prompt) for prompt in prompts)
    ids = [[encoder.pad_id] * (width - len(prompt)) + prompt for prompt in prompts]
    mask = [[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    device: Any = network.device
    made = network.causal.generate(
        input_ids=torch.tensor(ids, device=device),
        attention_mask=torch.tensor(mask, device=device),
        do_sample=False,
        use_cache=True,
        max_new_tokens=min(512, 3 * width + SPARE),
        eos_token_id=encoder.eos_id,
        pad_token_id=encoder.pad_id,
    )
    return [row[width:].tolist() for row in made]
