"""One decoder layer of the fused pass (``train/fused.py``), forward and backward."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from typlora.train.kernels import Kernels


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes that do not change from batch to batch."""

    heads: int
    keys: int
    head_width: int
    scale: float
    eps: float


@dataclass(frozen=True, slots=True)
class Frozen:
    """One layer's base weights: both norms, q|k|v, o, gate|up, down."""

    norm1: Any
    norm2: Any
    qkv: Any
    out: Any
    gate_up: Any
    down: Any


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the tokens of this micro-batch stand: ``places`` flat -> padded, ``rows`` padded -> flat."""

    places: Any
    rows: Any
    real: Any
    cos: Any
    sin: Any
    chosen: Any
    future: Any

    @property
    def length(self) -> int:
        return int(self.rows.shape[1])


def _add_lora(out: Any, x: Any, pairs: Sequence[Any], scale: float) -> list[Any]:
    """Add scale * x A^T B^T for each (A, B), each to its own columns of ``out``; returns the scaled x A^T."""
    middles = []
    start = 0
    for a, b in zip(pairs[::2], pairs[1::2], strict=True):
        middle = (x @ a.t()).mul_(scale)
        out[:, start : start + b.shape[0]].addmm_(middle, b.t())
        middles.append(middle)
        start += b.shape[0]
    return middles


def _lora_gradients(
    gradient: Any, x: Any, pairs: Sequence[Any], middles: Sequence[Any], scale: float, into: Any
) -> list[Any]:
    """Gradients for each A and B; what flows on to x is added to ``into`` (unless it is ``None``)."""
    found = []
    start = 0
    for a, b, middle in zip(pairs[::2], pairs[1::2], middles, strict=True):
        part = gradient[:, start : start + b.shape[0]]
        back = (part @ b).mul_(scale)
        found += [back.t() @ x, part.t() @ middle]
        if into is not None:
            into.addmm_(back, a)
        start += b.shape[0]
    return found


_function: Any = None


def layer_function() -> Any:
    """The autograd function of one decoder layer, made on first use (torch comes late)."""
    global _function
    if _function is not None:
        return _function
    import torch

    class Layer(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(
            ctx: Any, x: Any, kernels: Kernels, shape: Shape, layout: Layout, frozen: Frozen, scale: float,
            chosen: Any, *lora: Any,
        ) -> Any:  # fmt: skip
            normed1, inverse1 = kernels.norm_forward(x, frozen.norm1, shape.eps)
            qkv = normed1 @ frozen.qkv.t()
            middles = _add_lora(qkv, normed1, lora[:6], scale)
            query, key, value = kernels.spread(
                qkv, layout.rows, layout.cos, layout.sin, shape.heads, shape.keys, shape.scale
            )
            weights = kernels.attend_forward(torch.bmm(query, key.transpose(1, 2)), layout.future)
            attended = kernels.gather_heads(
                torch.bmm(weights, value), layout.places, shape.keys, layout.length
            )
            residual = x
            if chosen is not None:
                attended, residual = attended[chosen], x[chosen]
            middle = torch.addmm(residual, attended, frozen.out.t())
            middles += _add_lora(middle, attended, lora[6:8], scale)
            normed2, inverse2 = kernels.norm_forward(middle, frozen.norm2, shape.eps)
            both = normed2 @ frozen.gate_up.t()
            middles += _add_lora(both, normed2, lora[8:12], scale)
            gated = kernels.gate_forward(both)
            out = torch.addmm(middle, gated, frozen.down.t())
            middles += _add_lora(out, gated, lora[12:], scale)
            ctx.save_for_backward(
                x, normed1, inverse1, query, key, value, weights, attended, middle, normed2, inverse2, both,
                gated, *middles, *lora,
            )  # fmt: skip
            ctx.fixed = (kernels, shape, layout, frozen, scale, chosen)
            return out

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> tuple[Any, ...]:
            kernels, shape, layout, frozen, scale, chosen = ctx.fixed
            saved = ctx.saved_tensors
            x, normed1, inverse1, query, key, value, weights, attended = saved[:8]
            middle, normed2, inverse2, both, gated = saved[8:13]
            middles, lora = saved[13:20], saved[20:]

            for_gated = gradient @ frozen.down
            down = _lora_gradients(gradient, gated, lora[12:], middles[6:], scale, for_gated)
            for_both = kernels.gate_backward(for_gated, both)
            for_normed = for_both @ frozen.gate_up
            gate_up = _lora_gradients(for_both, normed2, lora[8:12], middles[4:6], scale, for_normed)
            for_middle = kernels.norm_backward(for_normed, middle, inverse2, frozen.norm2, gradient)

            for_attended = for_middle @ frozen.out
            out = _lora_gradients(for_middle, attended, lora[6:8], middles[3:4], scale, for_attended)
            if chosen is not None:
                for_attended = for_attended.new_zeros(len(x), for_attended.shape[1]).index_copy_(
                    0, chosen, for_attended
                )
                for_middle = for_middle.new_zeros(x.shape).index_copy_(0, chosen, for_middle)
            heads = kernels.scatter_heads(for_attended, layout.rows, layout.real, shape.heads, shape.keys)
            for_value = torch.bmm(weights.transpose(1, 2), heads)
            for_scores = kernels.attend_backward(torch.bmm(heads, value.transpose(1, 2)), weights)
            for_query = torch.bmm(for_scores, key)
            for_key = torch.bmm(for_scores.transpose(1, 2), query)
            for_qkv = kernels.unspread(
                for_query, for_key, for_value, layout.places, layout.cos, layout.sin, shape.heads, shape.keys,
                shape.scale, layout.length,
            )  # fmt: skip
            wanted = ctx.needs_input_grad[0]  # not below the first layer: nothing is trained there
            for_normed = for_qkv @ frozen.qkv if wanted else None
            qkv = _lora_gradients(for_qkv, normed1, lora[:6], middles[:3], scale, for_normed)
            for_x = None
            if wanted:
                for_x = kernels.norm_backward(for_normed, x, inverse1, frozen.norm1, for_middle)
            return (for_x, None, None, None, None, None, None, *qkv, *out, *gate_up, *down)

    _function = Layer
    return _function
