"""A language model small enough for a test: random weights, a byte vocabulary, the marks of the prompt."""

from pathlib import Path
from typing import Any

MARKS = [f"<|reserved_special_token_{number}|>" for number in range(10)]


def byte_tokenizer() -> tuple[Any, int]:
    """A tokenizer of bytes with the marks of the prompt, and the size of its vocabulary."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate([*MARKS, "<|eot_id|>", *letters])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([*MARKS, "<|eot_id|>"])
    return tokenizer, len(vocabulary)


def tiny_base(folder: Path, seed: int = 0) -> Path:
    """A Llama of two layers with its tokenizer, as transformers saves them."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer, size = byte_tokenizer()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|eot_id|>", pad_token=MARKS[9], bos_token=MARKS[8]
    ).save_pretrained(folder)
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=size,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        eos_token_id=10,
        pad_token_id=9,
        bos_token_id=8,
        initializer_range=0.3,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def tiny_adapter(base: Path, folder: Path) -> Path:
    """A LoRA adapter with weights large enough to change what the base says."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    model = get_peft_model(
        AutoModelForCausalLM.from_pretrained(str(base)),
        LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "down_proj"], task_type="CAUSAL_LM"),
    )
    for name, tensor in model.named_parameters():
        if "lora_B" in name:
            tensor.data.normal_(0, 0.3)
    model.save_pretrained(folder)
    return folder
