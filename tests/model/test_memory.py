"""The memory plan: exact where it can be, smaller where it must be, and known without a download."""

import json
from pathlib import Path

import pytest

from typlora.model.memory import KNOWN, Device, fitting_plan, plan_memory, read_sizes
from typlora.model.profiles import effective

GPU = Device(8e9, "a GPU", True)
LLAMA = KNOWN["meta-llama/Llama-3.2-3B-Instruct"]


def test_known_sizes_count_the_published_numbers_of_weights() -> None:
    assert LLAMA.linear + LLAMA.embedding == pytest.approx(3.21e9, rel=0.01)
    eight = KNOWN["meta-llama/Meta-Llama-3-8B-Instruct"]
    assert eight.linear + eight.embedding == pytest.approx(8.03e9, rel=0.01)
    small = KNOWN["smollm2-135m"]
    assert small.linear + small.embedding == pytest.approx(134.5e6, rel=0.01)


def test_the_profile_for_8_gb_fits_8_gb_and_says_what_it_gives_up() -> None:
    config = effective("llama32-3b").config
    wanted = plan_memory(LLAMA, config, 1024, GPU)
    assert not wanted.fits and "will not fit with 2048 tokens at once" in wanted.table()
    plan = fitting_plan(LLAMA, config, 1024, GPU)
    assert plan.fits and plan.checkpointing and plan.micro_tokens == 2048
    assert plan.weights == pytest.approx(2.24e9, rel=0.01)
    short = fitting_plan(LLAMA, config, 200, GPU)
    assert short.fits and not short.checkpointing and short.micro_tokens == 400  # two rows


def test_micro_batches_are_halved_before_activations_are_recomputed() -> None:
    config = effective("llama32-3b", flags={"batch_size": "8"}).config
    plan = fitting_plan(LLAMA, config, 256, GPU)
    assert (plan.micro_tokens, plan.checkpointing) == (512, False)
    roomy = Device(80e9, "a GPU", True)
    assert fitting_plan(LLAMA, config, 256, roomy) == plan_memory(LLAMA, config, 256, roomy)


def test_what_never_fits_is_the_smallest_plan_and_layers_can_be_shared_out() -> None:
    config = effective("llama3-8b").config
    eight = KNOWN["meta-llama/Meta-Llama-3-8B-Instruct"]
    alone = fitting_plan(eight, config, 2048, Device(4e9, "a GPU", True))
    assert not alone.fits and alone.checkpointing
    assert fitting_plan(eight, config, 2048, GPU, shards=2).fits


def test_sizes_are_read_from_the_base(tmp_path: Path) -> None:
    facts = {
        "num_hidden_layers": 30, "hidden_size": 576, "intermediate_size": 1536, "num_attention_heads": 9,
        "num_key_value_heads": 3, "vocab_size": 49152, "tie_word_embeddings": True,
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(facts))
    assert read_sizes(tmp_path) == KNOWN["smollm2-135m"]
