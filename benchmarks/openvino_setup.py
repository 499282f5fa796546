"""OpenVINO GenAI for ``benchmarks/inference.py``: the merged weights as a GGUF file, which it reads itself.

Needs ``pip install openvino-genai gguf`` (Apache-2.0). Nothing is exported through another library: the file
is written here in half precision; OpenVINO computes in float32 (``INFERENCE_PRECISION_HINT``).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}


def write_gguf(weights: Any, encoder: Any, path: Path) -> None:
    """A Llama with tied embeddings as GGUF, float16, norms in float32."""
    import gguf
    import numpy as np

    model = weights.load("float32", "cpu")
    config = model.config
    heads, kv_heads = config.num_attention_heads, config.num_key_value_heads
    theta = getattr(config, "rope_theta", None) or config.rope_parameters["rope_theta"]
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(float(theta))
    writer.add_rope_dimension_count(config.hidden_size // heads)
    writer.add_vocab_size(config.vocab_size)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    _write_vocabulary(writer, weights.base / "tokenizer.json", config.vocab_size, encoder)
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight":  # tied
            continue
        array = tensor.numpy()
        if name.endswith(("q_proj.weight", "k_proj.weight")):
            # GGUF keeps the two halves of a rotated head interleaved
            count = heads if name.endswith("q_proj.weight") else kv_heads
            array = array.reshape(count, 2, array.shape[0] // count // 2, -1).swapaxes(1, 2)
            array = array.reshape(tensor.shape)
        kind = np.float32 if array.ndim == 1 else np.float16
        writer.add_tensor(_tensor_name(name), np.ascontiguousarray(array, dtype=kind))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensor_name(name: str) -> str:
    fixed = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight"}
    if name in fixed:
        return fixed[name]
    _, _, layer, rest = name.split(".", 3)
    return f"blk.{layer}.{NAMES[rest.removesuffix('.weight')]}.weight"


def _write_vocabulary(writer: Any, path: Path, size: int, encoder: Any) -> None:
    import gguf

    tokenizer = json.loads(path.read_text(encoding="utf-8"))
    names = [f"[unused{number}]" for number in range(size)]
    kinds = [gguf.TokenType.UNUSED] * size
    for token, number in tokenizer["model"]["vocab"].items():
        names[number], kinds[number] = token, gguf.TokenType.NORMAL
    for token in tokenizer["added_tokens"]:
        names[token["id"]], kinds[token["id"]] = token["content"], gguf.TokenType.CONTROL
    merges = [one if isinstance(one, str) else " ".join(one) for one in tokenizer["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(names)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_eos_token_id(encoder.eos_id)
    writer.add_pad_token_id(encoder.pad_id)


class OpenVINO:
    """Greedy generation; a batch runs until its last row ends, since a streamer takes single rows only."""

    def __init__(self, weights: Any, encoder: Any, work: Path, cores: int) -> None:
        self._encoder, self._batch_size = encoder, 32
        path = work / f"{weights.identity()}.gguf"
        if not path.is_file():
            part = path.with_suffix(".part")
            write_gguf(weights, encoder, part)
            part.rename(path)
        import openvino_genai

        self._pipe = openvino_genai.LLMPipeline(
            str(path), "CPU", INFERENCE_PRECISION_HINT="f32", INFERENCE_NUM_THREADS=cores
        )
        self._config = openvino_genai.GenerationConfig()
        self._config.do_sample = False
        self._config.apply_chat_template = False
        self._config.eos_token_id = encoder.eos_id
        self._config.stop_token_ids = {encoder.eos_id}

    def generate(self, requests: Sequence[Any], _: float) -> list[Any]:
        import numpy as np
        import openvino
        import openvino_genai

        from typlora.engines.generation import Generated, batches
        from typlora.engines.stopping import Finish

        found: dict[int, Generated] = {}
        for batch in batches(requests, self._batch_size):
            prompts = [list(requests[index].prompt) for index in batch]
            width = max(map(len, prompts))
            pad = self._encoder.pad_id
            ids = np.array([[pad] * (width - len(one)) + one for one in prompts], dtype=np.int64)
            mask = np.array([[0] * (width - len(one)) + [1] * len(one) for one in prompts], dtype=np.int64)
            self._config.max_new_tokens = max(requests[index].limit for index in batch)
            inputs = openvino_genai.TokenizedInputs(openvino.Tensor(ids), openvino.Tensor(mask))
            for index, row in zip(batch, self._pipe.generate(inputs, self._config).tokens, strict=True):
                ended = self._encoder.eos_id in row
                answer = tuple(int(one) for one in (row[: row.index(self._encoder.eos_id)] if ended else row))
                ended = ended and len(answer) < requests[index].limit
                finish = Finish.END if ended else Finish.LENGTH
                found[index] = Generated(answer[: requests[index].limit], finish)
        return [found[index] for index in range(len(requests))]
