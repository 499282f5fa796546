"""The model engine on a tiny random model, with the real libraries behind it."""

import dataclasses
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("ctranslate2")

import torch
import typst as typst_compiler
from tests.engines.tiny import tiny_adapter, tiny_base

from typlora.engines.brackets import closed
from typlora.engines.ct2_backend import CT2Backend
from typlora.engines.generation import Request, Stops, batches
from typlora.engines.model_engine import ModelEngine
from typlora.engines.stopping import Finish
from typlora.engines.torch_backend import TorchBackend
from typlora.engines.weights import Weights
from typlora.errors import ConfigError, EngineError, ModelError
from typlora.model.prompt import PromptEncoder
from typlora.tex.unit import Unit, UnitKind

LATEX = ["x", "a+b", r"\frac{a}{b}", "x_1^2", r"\alpha\beta", "y", "f(x)=0", r"\sum_i i", "z^{n+1}", "1"]
UNITS = [Unit(UnitKind.FORMULA, latex, display=number % 2 == 0) for number, latex in enumerate(LATEX)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def adapter(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_adapter(base, tmp_path_factory.mktemp("adapter"))


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TYPLORA_HOME", str(tmp_path_factory.getbasetemp() / "home"))


@pytest.fixture(scope="module")
def encoder(base: Path) -> PromptEncoder:
    return PromptEncoder.from_folder(base)


@pytest.fixture(scope="module")
def stops(encoder: PromptEncoder) -> Stops:
    # a piece of no brackets: random text would be stopped as unbalanced long before it ends
    # a random model hardly ever says the end token: every ninth token ends a row here
    ends = frozenset({encoder.eos_id, *range(18, 260, 9)})
    return Stops(ends, tuple(sorted(encoder.mark_ids)), encoder.pad_id, lambda _: "x")


@pytest.fixture(scope="module")
def requests(encoder: PromptEncoder) -> list[Request]:
    prompts = [tuple(encoder.encode_prompt(unit.latex, unit.display)) for unit in UNITS]
    return [Request(prompt, 24, seed) for seed, prompt in enumerate(prompts)]


def reference(base: Path, requests: list[Request], stops: Stops) -> list[tuple[int, ...]]:
    """What transformers' own ``generate`` says, one row at a time."""
    model = Weights(base).load("float32", "cpu")
    found = []
    for request in requests:
        output = model.generate(
            torch.tensor([request.prompt]),
            attention_mask=torch.ones(1, len(request.prompt), dtype=torch.long),
            max_new_tokens=request.limit,
            do_sample=False,
            suppress_tokens=list(stops.never),
            eos_token_id=sorted(stops.ends),
            pad_token_id=stops.pad,
        )
        ids = output[0, len(request.prompt) :].tolist()
        end = next((place for place, token in enumerate(ids) if token in stops.ends), len(ids))
        found.append(tuple(ids[:end]))
    return found


@pytest.mark.parametrize("size", [1, 3, 32])
def test_batches_say_what_transformers_says_alone(
    base: Path, requests: list[Request], stops: Stops, size: int
) -> None:
    found = TorchBackend(Weights(base), stops, "cpu", batch_size=size).generate(requests, 0.0)
    expected = reference(base, requests, stops)
    assert len({len(ids) for ids in expected}) > 1, "rows must end at different steps to test anything"
    for one, ids in zip(found, expected, strict=True):
        assert one.ids == ids[: len(one.ids)]
        assert one.finish in (Finish.END, Finish.LENGTH, Finish.REPETITION)
        assert len(one.ids) == len(ids) or one.finish is Finish.REPETITION


@pytest.mark.parametrize("size", [1, 4, 32])
def test_ctranslate2_agrees_with_transformers(
    base: Path, requests: list[Request], stops: Stops, encoder: PromptEncoder, size: int
) -> None:
    expected = TorchBackend(Weights(base), stops, "cpu").generate(requests, 0.0)
    backend = CT2Backend(Weights(base), stops, encoder.token, "float32", batch_size=size)
    assert backend.generate(requests, 0.0) == expected


def test_an_adapter_changes_both_backends_alike(
    base: Path, adapter: Path, requests: list[Request], stops: Stops, encoder: PromptEncoder
) -> None:
    plain = TorchBackend(Weights(base), stops, "cpu").generate(requests, 0.0)
    merged = TorchBackend(Weights(base, adapter), stops, "cpu").generate(requests, 0.0)
    assert plain != merged
    fast = CT2Backend(Weights(base, adapter), stops, encoder.token, "float32")
    assert fast.generate(requests, 0.0) == merged


@pytest.mark.parametrize("backend", ["transformers", "ct2-float32"])
def test_draws_depend_on_the_seed_alone(base: Path, backend: str) -> None:
    def draw(seed: int) -> list[list[str]]:
        engine = ModelEngine(base, device="cpu", backend=backend, max_new_tokens=20)
        return [[one.typst for one in found] for found in engine.sample(UNITS, 4, 1.5, seed)]

    first = draw(1)
    assert draw(1) == first
    assert draw(2) != first
    assert all(len(set(found)) == len(found) <= 4 for found in first)


def test_running_out_of_memory_halves_the_batch(
    base: Path, requests: list[Request], stops: Stops, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = TorchBackend(Weights(base), stops, "cpu")
    expected = backend.generate(requests, 0.0)
    sizes: list[int] = []
    plain = TorchBackend._batch

    def small(self: TorchBackend, rows: list[Request], temperature: float):  # type: ignore[no-untyped-def]
        sizes.append(len(rows))
        if len(rows) > 3:
            raise torch.OutOfMemoryError
        return plain(self, rows, temperature)

    monkeypatch.setattr(TorchBackend, "_batch", small)
    assert backend.generate(requests, 0.0) == expected
    assert sizes[:3] == [10, 5, 2]
    monkeypatch.setattr(TorchBackend, "_batch", lambda *_: (_ for _ in ()).throw(MemoryError()))
    with pytest.raises(EngineError, match="out of memory with a single formula"):
        backend.generate(requests, 0.0)


def test_fingerprint_names_weights_and_template(base: Path, adapter: Path) -> None:
    one = ModelEngine(base, device="cpu", backend="transformers").fingerprint
    two = ModelEngine(base, adapter, device="cpu", backend="transformers").fingerprint
    assert one != two
    assert one == ModelEngine(base, device="cpu", backend="transformers").fingerprint


def test_what_cannot_be_loaded_is_one_line(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no backend 'magic'"):
        ModelEngine(base, backend="magic")
    with pytest.raises(ModelError, match=r"adapter_config\.json: cannot read the adapter"):
        _ = ModelEngine(base, tmp_path / "missing").fingerprint
    with pytest.raises(ModelError, match=r"tokenizer\.json is missing"):
        ModelEngine(tmp_path).propose(UNITS[:1])


def test_an_adapter_of_another_base_is_refused_with_both_hashes(base: Path, adapter: Path) -> None:
    from typlora.model.runs import RunRecord, write_record

    record = RunRecord("x", "other", "sha256:feed", "cafe", (), None, {})
    write_record(adapter, record)
    try:
        with pytest.raises(ModelError, match="sha256:feed"):
            ModelEngine(base, adapter, device="cpu").propose(UNITS[:1])
    finally:
        (adapter / "run.json").unlink()


def test_watch_stops_what_leads_nowhere(stops: Stops) -> None:
    def run(text: str, limit: int = 1000) -> Finish | None:
        watch = dataclasses.replace(stops, piece=chr, ends=frozenset()).watch(Request((), limit))
        for char in text:
            if watch.push(ord(char)):
                break
        return watch.finish

    assert run("a+b") is None
    assert run("a+b", limit=2) is Finish.LENGTH
    assert run("x, " * 60) is Finish.REPETITION
    assert run("mat(" + "0, " * 12 + "0)") is None
    assert run("))))))") is Finish.UNBALANCED
    assert run(r'"))))))" \)\)\)\)\)\)') is None
    assert run("".join(f"({number}" for number in range(200))) is Finish.UNBALANCED
    assert run('#import "x"') is Finish.FORBIDDEN
    assert run('#text(1em)[#json("x")') is Finish.FORBIDDEN


@pytest.mark.parametrize(
    ("typst", "missing"),
    [
        ("frac(a, b)", ""),
        ("[0, 1) union (a", ""),
        ("f(x", ""),
        (r'"a(b" sin \( x', ""),
        ("frac(a, [b)", ")"),
        ("frac(a", ")"),
        ("sqrt(abs((a, b", ")))"),
        ("(frac(a", ")"),
        ("abs(x]", ")"),
        ("frac(a}, arrow.r(x)", ")"),
        ('op("if x', '")'),
        ("frac(a, b\\", " )"),
    ],
)
def test_an_answer_that_stops_inside_of_arguments_is_closed(typst: str, missing: str) -> None:
    assert closed(typst) == typst + missing
    source = f"#set page(width: auto, height: auto)\n$ {closed(typst)} $".encode()
    if "a, b" in typst or "[b" in typst or not missing:
        typst_compiler.compile(source, format="svg")


def test_rows_of_like_length_share_a_batch_and_no_batch_needs_too_much_memory() -> None:
    lengths = [10, 11, 12, 9, 13, 300, 290, *[280] * 6, 2_000, 3_900]
    requests = [Request((1,) * length, 5) for length in lengths]
    found = [[lengths[index] for index in batch] for batch in batches(requests, 32)]
    assert found == [[3_900], [2_000, 300, 290, 280], [*[280] * 5, 13, 12, 11], [10, 9]]
    assert [len(batch) for batch in batches(requests[:5], 3)] == [3, 2]
    twenty = requests[:1] * 20
    assert [len(batch) for batch in batches(twenty, 32)] == [20]
    assert [len(batch) for batch in batches(twenty, 32, workers=2)] == [10, 10], "one of two stands idle"
    assert [len(batch) for batch in batches(twenty, 32, workers=4)] == [8, 8, 4], (
        "steps of few rows cost as much"
    )
    many = [Request((1,) * 2_000, 5) for _ in range(10)]
    assert max(len(batch) for batch in batches(many, 32)) <= 4


def test_what_no_model_can_do_costs_nothing(base: Path) -> None:
    engine = ModelEngine(base, device="cpu", backend="transformers", max_new_tokens=5)
    long = Unit(UnitKind.FORMULA, r"\alpha + \beta " * 700)
    odd = [Unit(UnitKind.FORMULA, latex) for latex in ("", " ", "\x00\x07x", "\ud800")]
    assert engine.propose([long]) == [None]
    assert len(engine.propose([*odd, long])) == 5
