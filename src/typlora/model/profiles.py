"""How a run is configured: defaults < profile < file < flags, validated as a whole, printed with origins."""

import dataclasses
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from typlora.errors import ConfigError

LINEAR_LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Everything that decides a run. The comments in ``configs/*.toml`` say what each value costs and buys.

    An optimizer step sees ``batch_size * grad_accum`` rows, however they are cut into micro-batches.
    """

    model_id: str = "meta-llama/Llama-3.2-3B-Instruct"
    method: str = "lora"
    quantize: str = "none"
    dtype: str = "bf16"
    lora_r: int = 8
    lora_alpha: float = 16.0
    lora_dropout: float = 0.1
    lora_targets: tuple[str, ...] = LINEAR_LAYERS
    rslora: bool = False
    lora_plus_ratio: float = 1.0
    epochs: float = 5.0
    max_steps: int = -1
    batch_size: int = 2
    grad_accum: int = 8
    micro_tokens: int = 2048
    max_len: int = 1024
    learning_rate: float = 2e-4
    schedule: str = "cosine"
    warmup_steps: float = 0.03
    weight_decay: float = 0.0
    max_grad_norm: float = 1.0
    replay: float = 0.1
    save_steps: int = 50
    save_total_limit: int = 5
    log_steps: int = 10
    eval_steps: int = 0
    eval_rows: int = 64
    on_divergence: str = "stop"
    attention: str = "auto"
    fused: str = "auto"
    activation_checkpointing: str = "auto"
    offload: str = "auto"
    report_to: tuple[str, ...] = ()
    threads: int = 0
    seed: int = 42

    @property
    def rows_per_step(self) -> int:
        """The effective batch."""
        return self.batch_size * self.grad_accum

    def changed(self, **values: Any) -> "TrainConfig":
        """A copy with other values."""
        return dataclasses.replace(self, **values)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in dataclasses.asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Effective:
    """A configuration and where each of its values came from."""

    config: TrainConfig
    origins: Mapping[str, str]

    def table(self) -> str:
        """One line a key: value and origin."""
        rows = [
            (name, json.dumps(value), self.origins[name]) for name, value in self.config.as_dict().items()
        ]
        left = max(len(name) for name, _, _ in rows)
        middle = min(44, max(len(value) for _, value, _ in rows))
        return "\n".join(f"  {name:<{left}}  {value:<{middle}}  {origin}" for name, value, origin in rows)


CHOICES: dict[str, tuple[str, ...]] = {
    "method": ("lora", "full"),
    "quantize": ("none", "nf4"),
    "dtype": ("bf16", "fp32"),
    "schedule": ("cosine", "linear", "constant"),
    "on_divergence": ("stop", "rollback"),
    "attention": ("auto", "eager", "sdpa"),
    "fused": ("auto", "eager", "off"),
    "activation_checkpointing": ("auto", "on", "off"),
    "offload": ("auto", "on", "off"),
}
_REPORTERS = ("none", "tensorboard", "trackio")
_POSITIVE = (
    "lora_r", "lora_alpha", "lora_plus_ratio", "batch_size", "grad_accum", "micro_tokens", "learning_rate",
    "max_grad_norm", "save_steps", "save_total_limit", "log_steps", "eval_rows",
)  # fmt: skip


def profiles_folder() -> Path:
    """The shipped profiles: ``configs/`` of a checkout, else the copy that a wheel carries.

    ``src/typlora/configs`` is a link to ``configs/``, so that there is one source of truth; a checkout on a
    system without links has a text file in its place.
    """
    carried = Path(__file__).parents[1] / "configs"
    return carried if carried.is_dir() else Path(__file__).parents[3] / "configs"


def profile_names() -> list[str]:
    return sorted(path.stem for path in profiles_folder().glob("*.toml"))


def effective(
    profile: str | None = None,
    file: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    inherited: Mapping[str, Any] | None = None,
) -> Effective:
    """Merge all sources; raises ``ConfigError`` naming every mistake at once.

    ``inherited`` stands between file and flags: the adapter's shape, which a continued run cannot change.
    """
    sources: list[tuple[str, Mapping[str, Any]]] = []
    if profile is not None:
        path = profiles_folder() / f"{profile}.toml"
        if not path.is_file():
            raise ConfigError(f"--profile {profile}: there is none; known: {', '.join(profile_names())}")
        sources.append((f"profile {profile}", _read_toml(path)))
    if file is not None:
        sources.append((str(file), _read_toml(file)))
    if inherited:
        sources.append(("parent run", inherited))
    if flags:
        sources.append(("flag", flags))
    problems: list[str] = []
    values: dict[str, Any] = {}
    hints = get_type_hints(TrainConfig)
    origins = {name: "default" for name in hints}
    for origin, source in sources:
        for name, value in source.items():
            if name not in hints:
                problems.append(f"{origin}: no key '{name}'")
                continue
            try:
                values[name] = _coerce(value, hints[name])
                origins[name] = origin
            except ValueError:
                problems.append(f"{origin}: {name} = {value!r} is not {_describe(hints[name])}")
    if not problems:
        config = TrainConfig(**values)
        problems = validate(config)
        if not problems:
            return Effective(config, origins)
    raise ConfigError("the configuration is wrong: " + "; ".join(problems))


def validate(config: TrainConfig) -> list[str]:
    """Every mistake in ``config``, each naming the flag to change."""
    wrong: list[str] = []
    for name, choices in CHOICES.items():
        if getattr(config, name) not in choices:
            wrong.append(f"{_flag(name)} must be one of {', '.join(choices)}, not '{getattr(config, name)}'")
    for name in _POSITIVE:
        if not getattr(config, name) > 0:
            wrong.append(f"{_flag(name)} must be positive, not {getattr(config, name)}")
    if config.epochs <= 0 and config.max_steps <= 0:
        wrong.append("--epochs or --max-steps must be positive")
    if not 0 <= config.lora_dropout < 1:
        wrong.append(f"--lora-dropout must be in [0, 1), not {config.lora_dropout}")
    if not 0 <= config.replay < 1:
        wrong.append(f"--replay must be in [0, 1), not {config.replay}")
    if config.warmup_steps < 0 or config.weight_decay < 0 or config.eval_steps < 0 or config.threads < 0:
        wrong.append("--warmup-steps, --weight-decay, --eval-steps and --threads must not be negative")
    if config.max_len < 16:
        wrong.append(f"--max-len must be at least 16, not {config.max_len}")
    if config.learning_rate > 0.1:
        wrong.append(f"--learning-rate {config.learning_rate} cannot train anything; LoRA wants about 2e-4")
    if unknown := sorted(set(config.lora_targets) - set(LINEAR_LAYERS)):
        wrong.append(f"--lora-targets: {', '.join(unknown)}; choose from {', '.join(LINEAR_LAYERS)}")
    if not config.lora_targets:
        wrong.append("--lora-targets must name at least one layer")
    if config.method == "full" and config.quantize != "none":
        wrong.append("--method full cannot train quantised weights; drop --quantize or use --method lora")
    if unknown := sorted(set(config.report_to) - set(_REPORTERS)):
        wrong.append(f"--report-to: {', '.join(unknown)}; choose from {', '.join(_REPORTERS)}")
    return wrong


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot read it ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error


def _coerce(value: Any, hint: Any) -> Any:
    """``value`` as the field's type; ``ValueError`` where it cannot be one without losing something."""
    if isinstance(hint, UnionType):
        return None if value is None else _coerce(value, get_args(hint)[0])
    if get_origin(hint) is tuple:
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
            raise ValueError
        return tuple(part.strip() for part in parts if part.strip())
    if hint is bool:
        if isinstance(value, bool):
            return value
        if str(value).lower() in {"true", "yes", "on", "1", "false", "no", "off", "0"}:
            return str(value).lower() in {"true", "yes", "on", "1"}
        raise ValueError
    if hint is str:
        if not isinstance(value, str):
            raise ValueError
        return value
    if isinstance(value, bool):
        raise ValueError
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError
    if hint is int:
        if number != int(number):
            raise ValueError
        return int(number)
    return number


def _describe(hint: Any) -> str:
    named = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
    return named.get(hint, "a list of names")


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
