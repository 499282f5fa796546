"""The fused pass and the completion loss compute what the stock modules and plain cross-entropy compute."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.train.conftest import Trainer
from tests.train.tiny import write_data
from typlora.model.profiles import TrainConfig
from typlora.model.prompt import Encoded, PromptEncoder
from typlora.train.batches import cut_micro_batches, plan_steps
from typlora.train.dataset import encode_rows, load_rows
from typlora.train.kernels import make_kernels
from typlora.train.loop import micro_step
from typlora.train.loss import completion_loss
from typlora.train.network import Network, build_network


@pytest.fixture
def rows(base: Path, tmp_path: Path) -> list[Encoded]:
    encoder = PromptEncoder.from_folder(base)
    return list(encode_rows(load_rows([write_data(tmp_path / "d.jsonl", 12)])[0], encoder, 512).rows)


def network(base: Path, **changes: object) -> Network:
    config = TrainConfig(model_id=str(base), dtype="fp32", lora_dropout=0.0, lora_r=4).changed(**changes)
    built = build_network(base, config, 0)
    generator = torch.Generator().manual_seed(3)
    for name, tensor in built.trainable():
        if "lora_B" in name:  # B starts at zero, and then the gradient of A is zero too
            tensor.data.copy_(torch.randn(tensor.shape, generator=generator) * 0.1)
    return built


def gradients(built: Network, rows: list[Encoded]) -> tuple[float, dict[str, torch.Tensor]]:
    loss = micro_step(built, rows, 1 / sum(row.completion_length for row in rows))
    return loss, {name: tensor.grad for name, tensor in built.trainable()}


@pytest.mark.parametrize("rslora", [False, True])
def test_fused_pass_has_the_loss_and_gradients_of_peft(base: Path, rows: list[Encoded], rslora: bool) -> None:
    stock = network(base, fused="off", rslora=rslora)
    fast = network(base, fused="eager", rslora=rslora)
    assert stock.fast is None and fast.fast is not None
    loss, wanted = gradients(stock, rows)
    fast_loss, found = gradients(fast, rows)
    assert fast_loss == pytest.approx(loss, rel=1e-5)
    assert found.keys() == wanted.keys() and len(found) == 28
    for name in wanted:
        torch.testing.assert_close(found[name], wanted[name], rtol=1e-3, atol=1e-6, msg=name)


@pytest.mark.parametrize("fused", ["eager", "off"])
def test_rows_packed_together_have_the_logits_of_rows_alone(
    base: Path, rows: list[Encoded], fused: str
) -> None:
    built = network(base, fused=fused)
    together, targets = built.completion_states(rows)
    alone = [built.completion_states([row]) for row in rows]
    wanted = torch.cat([states for states, _ in alone]) @ built.head.t()
    torch.testing.assert_close(together @ built.head.t(), wanted, rtol=1e-4, atol=1e-5)
    assert torch.equal(targets, torch.cat([tokens for _, tokens in alone]))


@pytest.mark.parametrize("changes", [{"lora_dropout": 0.1}, {"lora_targets": ("q_proj", "v_proj")}])
def test_fused_pass_stands_back_where_it_does_not_apply(base: Path, changes: dict[str, object]) -> None:
    assert network(base, fused="eager", **changes).fast is None


def test_a_compilation_that_fails_costs_speed_not_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from torch._dynamo.exc import TorchDynamoException

    tried: list[str] = []

    def failing(function: Any, **settings: object) -> Any:
        def call(*arguments: object) -> None:
            tried.append(function.__name__)
            raise TorchDynamoException("no compiler")

        return call

    monkeypatch.setattr(torch, "compile", failing)
    fast, plain = make_kernels(compiled=True), make_kernels(compiled=False)
    both = torch.randn(3, 8)
    for _ in range(2):
        torch.testing.assert_close(fast.gate_forward(both), plain.gate_forward(both))
    assert tried == ["gate_forward"]  # not tried again
    assert capsys.readouterr().err.count("gate_forward could not be compiled") == 1


def test_completion_loss_is_cross_entropy_with_its_gradient() -> None:
    torch.manual_seed(0)
    hidden = torch.randn(700, 16, requires_grad=True)
    head, targets = torch.randn(50, 16), torch.randint(0, 50, (700,))
    completion_loss(hidden, head, targets, 0.5).backward()
    found, hidden.grad = hidden.grad, None
    wanted = torch.nn.functional.cross_entropy(hidden @ head.t(), targets, reduction="sum") * 0.5
    wanted.backward()
    torch.testing.assert_close(found, hidden.grad)
    torch.testing.assert_close(completion_loss(hidden, head, targets, 0.5), wanted)
    trained = head.clone().requires_grad_(True)
    completion_loss(hidden, trained, targets, 0.5).backward()
    assert trained.grad is not None and trained.grad.abs().sum() > 0


def test_base_weights_stay_as_they_are_and_memory_is_shared(base: Path, rows: list[Encoded]) -> None:
    stock, fast = network(base, fused="off"), network(base, fused="eager")
    gradients(fast, rows)
    wanted = dict(stock.model.named_parameters())
    for name, tensor in fast.model.named_parameters():
        assert torch.equal(tensor, wanted[name]), name
    layer = fast.causal.model.layers[0].self_attn
    assert layer.q_proj.base_layer.weight.untyped_storage().data_ptr() == (
        layer.v_proj.base_layer.weight.untyped_storage().data_ptr()
    )


def test_every_epoch_sees_every_row_once_and_micro_batches_lose_none(rows: list[Encoded]) -> None:
    plan = plan_steps(10, 4, 2, -1, seed=1)
    assert len(plan.steps) == 6 and plan.steps_per_epoch == 3
    for epoch in (plan.steps[:3], plan.steps[3:]):
        assert sorted(number for step in epoch for number in step) == list(range(10))
    assert plan.steps[:3] != plan.steps[3:]
    assert plan_steps(10, 4, 2, -1, seed=1) == plan and plan_steps(10, 4, 2, -1, seed=2) != plan
    micros = cut_micro_batches(rows, 64, 3)
    assert sorted(row.input_ids for micro in micros for row in micro) == sorted(row.input_ids for row in rows)
    for micro in micros:
        longest = max(len(row.input_ids) for row in micro)
        assert len(micro) == 1 or (len(micro) <= 3 and len(micro) * longest <= 64)


def test_nf4_trains_a_step_on_a_cpu(base: Path, data: Path, tmp_path: Path, run: Trainer) -> None:
    pytest.importorskip("bitsandbytes")
    status, said = run(data, tmp_path / "r", quantize="nf4", dtype="bf16", max_steps=2)
    assert status == 0, said
    assert (tmp_path / "r" / "adapter_model.safetensors").is_file()


def test_full_fine_tuning_writes_a_whole_model(base: Path, data: Path, tmp_path: Path, run: Trainer) -> None:
    status, _ = run(data, tmp_path / "r", method="full", max_steps=2, save_steps=2)
    assert status == 0
    from transformers import AutoModelForCausalLM

    before = AutoModelForCausalLM.from_pretrained(base).state_dict()
    after = AutoModelForCausalLM.from_pretrained(tmp_path / "r").state_dict()
    assert any(not torch.equal(before[name], after[name]) for name in before)
