"""The small operations between the matrix products of ``train/fused.py``.

Written as plain tensor functions and compiled into one loop each where a C++ compiler (or a GPU) is there:
in eager mode they walk through memory five to ten times each and cost a third of the step. Products stay
out of here, so that compiling takes seconds. T counts tokens, H width, N heads, K key heads, D head width.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def norm_forward(x: Any, weight: Any, eps: float) -> tuple[Any, Any]:
    """RMS norm: x (T, H) -> normed (T, H) and 1/rms (T, 1) in float32."""
    wide = x.float()
    inverse = (wide.pow(2).mean(-1, keepdim=True) + eps).rsqrt()
    return (wide * inverse).to(x.dtype) * weight, inverse


def norm_backward(gradient: Any, x: Any, inverse: Any, weight: Any, residual: Any) -> Any:
    """Gradient (T, H) for x through the norm, plus what came along the residual."""
    wide = gradient.float() * weight.float()
    normed = x.float() * inverse
    along = (wide * normed).mean(-1, keepdim=True)
    return (residual.float() + inverse * (wide - normed * along)).to(x.dtype)


def gate_forward(both: Any) -> Any:
    """silu(gate) * up, from both side by side (T, 2M) -> (T, M)."""
    gate, up = both.chunk(2, -1)
    gate = gate.float()
    return (gate * gate.sigmoid() * up.float()).to(both.dtype)


def gate_backward(gradient: Any, both: Any) -> Any:
    """Gradient (T, 2M) for gate and up side by side."""
    import torch

    gate, up = both.chunk(2, -1)
    gate, wide = gate.float(), gradient.float()
    sigmoid = gate.sigmoid()
    for_gate = wide * up.float() * sigmoid * (1.0 + gate * (1.0 - sigmoid))
    return torch.cat([for_gate.to(both.dtype), (wide * gate * sigmoid).to(both.dtype)], -1)


def turn(x: Any, cos: Any, sin: Any) -> Any:
    """Rotary positions: x (..., D), cos and sin (..., D/2) in float32; a negative sin turns back."""
    import torch

    first, second = x.float().chunk(2, -1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def spread(
    qkv: Any, rows: Any, cos: Any, sin: Any, heads: int, keys: int, scale: float
) -> tuple[Any, Any, Any]:
    """Flat (T, (N+2K)D) to padded heads: queries (B*K, N/K*S, D) times ``scale``, keys, values (B*K, S, D).

    ``rows`` (B, S) names the token at each place; padding names any token, it is never looked at.
    """
    batch, length = rows.shape
    width = qkv.shape[-1] // (heads + 2 * keys)
    padded = qkv[rows].view(batch, length, heads + 2 * keys, width)
    cos, sin = cos[rows].unsqueeze(2), sin[rows].unsqueeze(2)
    query = (turn(padded[:, :, :heads], cos, sin) * scale).to(qkv.dtype)
    key = turn(padded[:, :, heads : heads + keys], cos, sin).to(qkv.dtype)
    value = padded[:, :, heads + keys :]
    query = query.view(batch, length, keys, heads // keys, width).permute(0, 2, 3, 1, 4)
    return (
        query.reshape(batch * keys, heads // keys * length, width),
        key.permute(0, 2, 1, 3).reshape(batch * keys, length, width),
        value.permute(0, 2, 1, 3).reshape(batch * keys, length, width),
    )


def unspread(
    query: Any,
    key: Any,
    value: Any,
    places: Any,
    cos: Any,
    sin: Any,
    heads: int,
    keys: int,
    scale: float,
    length: int,
) -> Any:
    """Gradients of padded heads back to flat tokens (T, (N+2K)D): the reverse of ``spread``."""
    import torch

    width = query.shape[-1]
    group = heads // keys
    batch = key.shape[0] // keys
    query = (
        query.view(batch, keys, group, length, width).permute(0, 3, 1, 2, 4).reshape(-1, heads, width)[places]
    )
    key = key.view(batch, keys, length, width).permute(0, 2, 1, 3).reshape(-1, keys, width)[places]
    value = value.view(batch, keys, length, width).permute(0, 2, 1, 3).reshape(-1, keys, width)[places]
    cos, back = cos.unsqueeze(1), -sin.unsqueeze(1)
    query = (turn(query, cos, back) * scale).to(value.dtype)
    key = turn(key, cos, back).to(value.dtype)
    return torch.cat([query, key, value], 1).flatten(1)


def gather_heads(output: Any, places: Any, keys: int, length: int) -> Any:
    """Attention output (B*K, G*S, D) of the real tokens, flat: (T, N*D)."""
    width = output.shape[-1]
    group = output.shape[1] // length
    batch = output.shape[0] // keys
    heads = output.view(batch, keys, group, length, width).permute(0, 3, 1, 2, 4)
    return heads.reshape(-1, keys * group * width)[places]


def scatter_heads(gradient: Any, rows: Any, real: Any, heads: int, keys: int) -> Any:
    """Flat gradient (T, N*D) to padded heads (B*K, G*S, D); zero where ``real`` (B, S) is 0."""
    batch, length = rows.shape
    width = gradient.shape[-1] // heads
    padded = (gradient[rows] * real.unsqueeze(-1)).view(batch, length, keys, heads // keys, width)
    return padded.permute(0, 2, 3, 1, 4).reshape(batch * keys, heads // keys * length, width)


def attend_forward(scores: Any, hidden: Any) -> Any:
    """Causal softmax of (B*K, G*S, S), overwriting ``scores``; ``hidden`` (G*S, S) is true for the future."""
    return scores.masked_fill_(hidden, float("-inf")).softmax(-1)


def attend_backward(gradient: Any, probabilities: Any) -> Any:
    """Gradient through the softmax; masked places have probability zero and stay zero."""
    import torch

    return torch._softmax_backward_data(gradient, probabilities, -1, probabilities.dtype)


def surprise(logits: Any, targets: Any) -> tuple[Any, Any]:
    """Logits (P, V), targets (P, 1) -> log of the normaliser (P, 1) and d(-log p)/d(logits) (P, V)."""
    import torch

    wide = logits.float()
    highest = wide.amax(-1, keepdim=True)
    shares = (wide - highest).exp()
    total = shares.sum(-1, keepdim=True)
    hit = torch.arange(logits.shape[-1], device=logits.device) == targets
    return highest + total.log(), (shares / total - hit.float()).to(logits.dtype)


@dataclass(frozen=True, slots=True)
class Kernels:
    """All of the above, compiled or not."""

    norm_forward: Callable[..., Any]
    norm_backward: Callable[..., Any]
    gate_forward: Callable[..., Any]
    gate_backward: Callable[..., Any]
    spread: Callable[..., Any]
    unspread: Callable[..., Any]
    gather_heads: Callable[..., Any]
    scatter_heads: Callable[..., Any]
    attend_forward: Callable[..., Any]
    attend_backward: Callable[..., Any]
    surprise: Callable[..., Any]


_COMPILED = (norm_forward, norm_backward, gate_forward, gate_backward, spread, unspread, surprise)
_EAGER = (gather_heads, scatter_heads, attend_forward, attend_backward)


def make_kernels(compiled: bool) -> Kernels:
    """``compiled`` uses torch.compile with dynamic shapes: one compilation serves every batch.

    Gathering and softmax stay eager: compiled they were slower (20 ms against 0.3 for ``gather_heads``).
    Where a compilation fails (a broken compiler; torch's own probe of the processor timing out on a very busy
    machine was seen) that function goes on uncompiled, and one line says so.
    """
    functions: dict[str, Callable[..., Any]] = {f.__name__: f for f in (*_COMPILED, *_EAGER)}
    if compiled:
        import torch

        for function in _COMPILED:
            fast = torch.compile(function, dynamic=True, fullgraph=True)
            functions[function.__name__] = _or_plain(fast, function)
    return Kernels(**functions)


def _or_plain(fast: Callable[..., Any], plain: Callable[..., Any]) -> Callable[..., Any]:
    """``fast`` until it cannot be compiled, ``plain`` from then on."""
    from torch._dynamo.exc import TorchDynamoException
    from torch._inductor.exc import InductorError

    usable = True

    def call(*arguments: Any) -> Any:
        nonlocal usable
        if usable:
            try:
                return fast(*arguments)
            except (TorchDynamoException, InductorError) as error:
                usable = False
                told = f"{plain.__name__} could not be compiled ({type(error).__name__}); going on without"
                print(f"typlora train: {told}, which is slower", file=sys.stderr, flush=True)
        return plain(*arguments)

    return call
