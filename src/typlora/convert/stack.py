"""Which engines a run asks, from the flags a person gave; shared by every command that converts."""

from dataclasses import dataclass
from pathlib import Path

from typlora.convert.cache import ConversionCache
from typlora.convert.cascade import Cascade
from typlora.engines.base import Engine
from typlora.errors import ConfigError
from typlora.verify.formula import FormulaVerifier
from typlora.verify.pool import WorkerPool

CHOICES = ("auto", "model", "rules")
SERVERS = ("http://", "https://")
LONGEST_ANSWER = 1024  # tokens; the longest verified pair of the corpus has 700


@dataclass(frozen=True, slots=True)
class Options:
    """``engine`` is one of ``CHOICES``; ``samples``: candidates a unit at the end. ``model`` and ``adapter``
    are folders (``cli`` finds them); or a server's address and its name for the model, which is asked with
    our own prompt where ``tokenizer``, a base folder, is given.

    Hashable and picklable: workers open the same stack from it, once each.
    """

    engine: str = "auto"
    model: str | None = None
    adapter: str | None = None
    samples: int = 0
    device: str | None = None
    backend: str = "auto"
    max_length: int | None = None
    cache: bool = True
    tokenizer: str | None = None


def open_cascade(options: Options, pool: WorkerPool | None = None) -> Cascade:
    """Engines, verifier and cache. Without a pool candidates are verified in this process: only for a worker.

    Raises ``ConfigError`` for an unknown engine or backend, ``ModelError`` where ``--engine model`` has none.
    """
    if options.engine not in CHOICES:
        raise ConfigError(f"there is no engine '{options.engine}'; --engine takes {', '.join(CHOICES)}")
    engines: list[Engine] = []
    if options.engine != "model":
        engines.extend(open_rules())
    if options.engine != "rules":
        engines.append(_open_model(options))
    verifier = FormulaVerifier(pool)
    return Cascade(
        engines,
        verifier,
        ConversionCache() if options.cache else None,
        samples=options.samples,
    )


def open_rules() -> list[Engine]:
    """The rule engines of this installation, cheapest first."""
    from typlora.engines import open_engine

    return [open_engine("tylax"), open_engine("pandoc")]


def _open_model(options: Options) -> Engine:
    from typlora.engines import open_engine

    if options.model is not None and options.model.startswith(SERVERS):
        return open_engine(
            options.model,
            server_model=options.adapter or "",
            base=None if options.tokenizer is None else Path(options.tokenizer),
            max_new_tokens=options.max_length or LONGEST_ANSWER,
        )
    return open_engine(
        "model",
        base=None if options.model is None else Path(options.model),
        adapter=None if options.adapter is None else Path(options.adapter),
        device=options.device or "auto",
        backend=options.backend,
        samples=options.samples,
        max_new_tokens=options.max_length or LONGEST_ANSWER,
    )
