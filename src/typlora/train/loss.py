"""Cross-entropy over completion positions only, without ever holding all logits."""

from typing import Any

from typlora.train.kernels import surprise

CHUNK = 256  # positions at a time: 256 x 49,152 logits in float32 are 50 MB


def completion_loss(hidden: Any, head: Any, targets: Any, scale: float, surprise: Any = surprise) -> Any:
    """Sum of ``-log p(target)`` times ``scale``, as a scalar tensor with a gradient for ``hidden``.

    ``hidden`` is (positions, width), ``head`` the LM head's weight (vocabulary, width), ``targets``
    (positions,); ``surprise`` is the kernel of that name, compiled or not. With a frozen head the gradient is
    computed together with the loss, chunk by chunk, so the logits are made once and thrown away. A trained
    head (full fine-tuning) takes autograd's way.
    """
    import torch

    if head.requires_grad:
        total = hidden.new_zeros((), dtype=torch.float32)
        for start in range(0, len(targets), CHUNK):
            logits = torch.nn.functional.linear(hidden[start : start + CHUNK], head).float()
            total = total + torch.nn.functional.cross_entropy(
                logits, targets[start : start + CHUNK], reduction="sum"
            )
        return total * scale
    return _frozen_head_loss().apply(hidden, head, targets, scale, surprise)


_function: Any = None


def _frozen_head_loss() -> Any:
    """The autograd function, made on first use because torch may not be imported at module level."""
    global _function
    if _function is not None:
        return _function
    import torch

    class FrozenHeadLoss(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, hidden: Any, head: Any, targets: Any, scale: float, kernel: Any) -> Any:
            gradient = torch.empty_like(hidden)
            total = torch.zeros((), dtype=torch.float32, device=hidden.device)
            for start in range(0, len(targets), CHUNK):
                part = slice(start, start + CHUNK)
                wanted = targets[part].unsqueeze(1)
                logits = torch.mm(hidden[part], head.t())
                normaliser, slope = kernel(logits, wanted)
                total += (normaliser - logits.gather(1, wanted)).sum()
                torch.mm(slope, head, out=gradient[part])
            gradient *= scale
            ctx.save_for_backward(gradient)
            return total * scale

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> tuple[Any, None, None, None, None]:
            (gradient,) = ctx.saved_tensors
            return gradient * upstream.to(gradient.dtype), None, None, None, None

    _function = FrozenHeadLoss
    return _function
