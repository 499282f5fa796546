"""A randomly initialised Llama of two layers with a tokenizer of its own: a base in all but size."""

import json
from pathlib import Path

MARKS = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<jupyter_text>", "<jupyter_code>", "<jupyter_script>",
    "<issue_start>", "<issue_comment>", "<issue_closed>", "<jupyter_output>", "<empty_output>", "<gh_stars>",
)  # fmt: skip


def make_base(folder: Path, seed: int = 0) -> Path:
    """Write config, weights (float32, 45,000 of them) and tokenizer."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM

    folder.mkdir(parents=True)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=list(MARKS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(["\\frac{a}{b} alpha beta sum x_1"], trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>",
        "bos_token": "<|im_start|>",
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def write_data(path: Path, count: int, start: int = 0) -> Path:
    """``count`` different rows in the current format."""
    lines = []
    for n in range(start, start + count):
        latex, typst = f"\\frac{{x_{n}}}{{{n + 1}}}" + " + y" * (n % 5), f"x_{n}/{n + 1}" + " + y" * (n % 5)
        wrap = ("\\[", "\\]", "$ ", " $") if n % 3 == 0 else ("$", "$", "$", "$")
        lines.append(
            json.dumps(
                {
                    "prompt": [{"role": "user", "content": wrap[0] + latex + wrap[1]}],
                    "completion": [{"role": "assistant", "content": wrap[2] + typst + wrap[3]}],
                }
            )
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
