"""A Llama as an OpenVINO model with a cache of its own, built operation by operation from merged weights.

Built here because the libraries that export models for OpenVINO hold back the versions of transformers, and
because the loop that uses it wants two things of its own: rows that leave the batch (``beam_idx`` says which
rows of the step before go on) and the logits of the last position alone.
"""

import importlib.util
import json
from pathlib import Path
from typing import Any

from typlora.engines.weights import Weights
from typlora.errors import ModelError

MASKED = -1e9  # finite: a row of padding sees nothing, and a softmax over nothing but -inf is not a number


def installed() -> bool:
    """Whether the library is there."""
    return importlib.util.find_spec("openvino") is not None


def readable(base: Path) -> bool:
    """Whether this base has the architecture that is built here: a Llama without biases."""
    try:
        settings = json.loads((base / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    biases = settings.get("attention_bias") or settings.get("mlp_bias")
    return (
        settings.get("model_type") == "llama" and settings.get("hidden_act", "silu") == "silu" and not biases
    )


def convert(weights: Weights, folder: Path) -> None:
    """Write ``model.xml`` and ``model.bin`` into ``folder``. Raises ``ModelError``."""
    try:
        import openvino
    except ImportError:
        raise ModelError(
            "this engine needs openvino: pip install 'typlora[cpu]', or --backend transformers"
        ) from None
    if not readable(weights.base):
        raise ModelError(
            f"{weights.base}: OpenVINO is only used for Llama models; --backend auto takes another"
        )
    model = build(weights.load("float32", "cpu"))
    folder.mkdir()
    openvino.save_model(model, folder / "model.xml", compress_to_fp16=False)


def build(llama: Any) -> Any:
    """The OpenVINO model of a ``LlamaForCausalLM``.

    Inputs: ``input_ids`` (B, S), ``attention_mask`` (B, T) with cached positions, ``position_ids`` (B, S),
    ``beam_idx`` (B), for each row the row of the step before that it goes on from. Output: logits (B, 1, V).
    """
    import numpy as np
    import openvino
    from openvino import opset13 as ops

    state = {name: tensor.numpy() for name, tensor in llama.state_dict().items()}
    config, rotary = llama.config, llama.model.rotary_emb
    ids = ops.parameter([-1, -1], np.int64, name="input_ids")
    mask = ops.parameter([-1, -1], np.int64, name="attention_mask")
    positions = ops.parameter([-1, -1], np.int64, name="position_ids")
    rows = ops.parameter([-1], np.int32, name="beam_idx")
    inputs = [ids, mask, positions, rows]
    for node in inputs:
        node.output(0).get_tensor().set_names({node.get_friendly_name()})

    angles = ops.matmul(
        ops.unsqueeze(ops.convert(positions, "f32"), -1),
        rotary.inv_freq.numpy().reshape(1, 1, -1),
        False,
        False,
    )
    angles = ops.unsqueeze(ops.concat([angles, angles], -1), 1)
    scale = np.float32(rotary.attention_scaling)
    turn = (ops.multiply(ops.cos(angles), scale), ops.multiply(ops.sin(angles), scale))
    layer = _Layer(config, turn, _visible(ids, mask), rows, ops.gather(ops.shape_of(ids), [0], 0))

    hidden = ops.gather(state["model.embed_tokens.weight"], ids, 0)
    sinks: list[Any] = []
    for number in range(config.num_hidden_layers):
        prefix = f"model.layers.{number}."
        own = {name.removeprefix(prefix): one for name, one in state.items() if name.startswith(prefix)}
        hidden = layer.build(hidden, own, number, sinks)
    last = ops.slice(hidden, [-1], [2**31 - 1], [1], [1])
    head = state.get("lm_head.weight", state["model.embed_tokens.weight"])
    logits = _linear(_norm(last, state["model.norm.weight"], config.rms_norm_eps), head)
    logits.output(0).get_tensor().set_names({"logits"})
    return openvino.Model([ops.result(logits)], sinks, inputs, "llama")


def _visible(ids: Any, mask: Any) -> Any:
    """What is added to the scores (B, 1, S, T): nothing where a position may be looked at."""
    import numpy as np
    from openvino import opset13 as ops

    zero, one = np.int64(0), np.int64(1)
    length = ops.squeeze(ops.gather(ops.shape_of(mask), [1], 0), [0])
    fresh = ops.squeeze(ops.gather(ops.shape_of(ids), [1], 0), [0])
    keys = ops.unsqueeze(ops.range(zero, length, one, "i64"), 0)
    queries = ops.unsqueeze(ops.range(ops.subtract(length, fresh), length, one, "i64"), 1)
    before = ops.unsqueeze(ops.less_equal(keys, queries), [0, 1])
    there = ops.unsqueeze(ops.not_equal(mask, zero), [1, 2])
    return ops.select(ops.logical_and(before, there), np.float32(0), np.float32(MASKED))


class _Layer:
    """Builds the layers one after another; what they share is given once."""

    def __init__(self, config: Any, turn: tuple[Any, Any], visible: Any, rows: Any, batch: Any) -> None:
        self._heads, self._kv_heads = config.num_attention_heads, config.num_key_value_heads
        self._size = getattr(config, "head_dim", None) or config.hidden_size // self._heads
        self._eps, self._turn, self._visible = config.rms_norm_eps, turn, visible
        self._rows, self._batch = rows, batch

    def build(self, hidden: Any, state: dict[str, Any], number: int, sinks: list[Any]) -> Any:
        """Hidden states after the layer; the writes of its cache are added to ``sinks``."""
        from openvino import opset13 as ops

        normed = _norm(hidden, state["input_layernorm.weight"], self._eps)
        query = self._turned(self._split(_linear(normed, state["self_attn.q_proj.weight"]), self._heads))
        key = self._turned(self._split(_linear(normed, state["self_attn.k_proj.weight"]), self._kv_heads))
        value = self._split(_linear(normed, state["self_attn.v_proj.weight"]), self._kv_heads)
        key = self._remembered(key, f"key.{number}", sinks)
        value = self._remembered(value, f"value.{number}", sinks)
        mixed = ops.scaled_dot_product_attention(
            query, self._repeated(key), self._repeated(value), self._visible
        )
        mixed = ops.reshape(ops.transpose(mixed, [0, 2, 1, 3]), [0, 0, self._heads * self._size], True)
        hidden = ops.add(hidden, _linear(mixed, state["self_attn.o_proj.weight"]))
        normed = _norm(hidden, state["post_attention_layernorm.weight"], self._eps)
        gate = ops.swish(_linear(normed, state["mlp.gate_proj.weight"]))
        up = _linear(normed, state["mlp.up_proj.weight"])
        return ops.add(hidden, _linear(ops.multiply(gate, up), state["mlp.down_proj.weight"]))

    def _split(self, states: Any, heads: int) -> Any:
        """(B, S, heads times size) to (B, heads, S, size)."""
        from openvino import opset13 as ops

        return ops.transpose(ops.reshape(states, [0, 0, heads, self._size], True), [0, 2, 1, 3])

    def _turned(self, states: Any) -> Any:
        """Rotary positions."""
        import numpy as np
        from openvino import opset13 as ops

        first, second = ops.variadic_split(states, 3, [self._size // 2, self._size // 2]).outputs()
        crossed = ops.concat([ops.multiply(second, np.float32(-1)), first], -1)
        return ops.add(ops.multiply(states, self._turn[0]), ops.multiply(crossed, self._turn[1]))

    def _remembered(self, states: Any, name: str, sinks: list[Any]) -> Any:
        """What the cache has of the rows that go on, and these states after it."""
        import numpy as np
        import openvino
        from openvino import opset13 as ops

        shape = ops.concat([self._batch, np.array([self._kv_heads, 0, self._size], np.int64)], 0)
        empty = ops.broadcast(np.float32(0), shape)
        known = openvino.PartialShape([-1, self._kv_heads, -1, self._size])
        past = ops.gather(ops.read_value(empty, name, openvino.Type.f32, known), self._rows, 0)
        states = ops.concat([past, states], 2)
        sinks.append(ops.assign(states, name))
        return states

    def _repeated(self, states: Any) -> Any:
        """A head of keys or values for each head of queries."""
        import numpy as np
        from openvino import opset13 as ops

        times = self._heads // self._kv_heads
        if times == 1:
            return states
        wide = ops.broadcast(
            ops.unsqueeze(states, 2), np.array([1, 1, times, 1, 1], np.int64), broadcast_spec="BIDIRECTIONAL"
        )
        return ops.reshape(wide, [0, self._heads, -1, self._size], True)


def _linear(states: Any, weight: Any) -> Any:
    from openvino import opset13 as ops

    return ops.matmul(states, weight, False, True)


def _norm(states: Any, weight: Any, eps: float) -> Any:
    """Root mean square, in the form that the runtime knows as one operation."""
    import numpy as np
    from openvino import opset13 as ops

    square = ops.reduce_mean(ops.power(states, np.float32(2)), [-1], True)
    inverse = ops.divide(np.float32(1), ops.sqrt(ops.add(square, np.float32(eps))))
    return ops.multiply(ops.multiply(states, inverse), weight)
