"""Which engines a run asks, from the flags a person gave; shared by every command that converts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from typlora.convert.cache import ConversionCache
from typlora.convert.cascade import Cascade
from typlora.engines.base import Engine
from typlora.errors import ConfigError, ModelError
from typlora.verify.formula import FormulaVerifier
from typlora.verify.pool import WorkerPool

CHOICES = ("auto", "model", "rules")


@dataclass(frozen=True, slots=True)
class Options:
    """``engine`` is one of ``CHOICES``; ``samples``: candidates a unit at the end; the rest as the flags.

    Hashable and picklable: workers open the same stack from it, once each.
    """

    engine: str = "auto"
    model: str | None = None
    adapter: str | None = None
    samples: int = 0
    device: str | None = None
    max_length: int | None = None
    cache: bool = True


@dataclass(slots=True)
class Stack:
    """A cascade ready to ask; ``notes`` are lines for the person, such as "no model is installed"."""

    cascade: Cascade
    notes: list[str] = field(default_factory=list)

    def close(self) -> None:
        self.cascade.close()


def open_stack(options: Options, pool: WorkerPool | None = None) -> Stack:
    """Engines, verifier and cache. Without a pool candidates are verified in this process: only for a worker.

    Raises ``ConfigError`` for an unknown engine, ``ModelError`` when ``--engine model`` has no model.
    """
    if options.engine not in CHOICES:
        raise ConfigError(f"there is no engine '{options.engine}'; --engine takes {', '.join(CHOICES)}")
    engines: list[Engine] = []
    notes: list[str] = []
    if options.engine != "model":
        engines.extend(open_rules())
    if options.engine != "rules":
        model, note = _open_model(options)
        engines.extend(model)
        notes.extend(note)
    verifier = FormulaVerifier(pool)
    cascade = Cascade(
        engines,
        verifier,
        ConversionCache() if options.cache else None,
        samples=options.samples,
    )
    return Stack(cascade, notes)


def open_rules() -> list[Engine]:
    """The rule engines of this installation, cheapest first. Raises ``ConfigError`` when there is none."""
    from typlora.engines.pandoc_engine import PandocEngine
    from typlora.engines.tylax_engine import TylaxEngine

    return [TylaxEngine(), PandocEngine()]


def rules_only(options: Options) -> Options:
    """The same without a model; what workers get, none of which shall load one."""
    return replace(options, engine="rules", model=None, adapter=None, samples=0)


def uses_model(options: Options) -> bool:
    """Whether a model will be asked: then one process holds it; rules alone run in every worker."""
    return options.engine == "model" or (options.engine == "auto" and find_model(options) is not None)


def find_model(options: Options) -> object | None:
    """The base and adapter that ``options`` lead to, or ``None`` where they are not installed."""
    return None


def _open_model(options: Options) -> tuple[Sequence[Engine], list[str]]:
    raise ModelError("the model engine is not there yet")
