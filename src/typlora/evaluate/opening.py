"""Converters by the names a person gives: an engine, another converter, a run, or results kept in a file."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from typlora import __version__
from typlora.evaluate.converters import Converter, OwnConverter
from typlora.evaluate.others import NAMES, open_other

if TYPE_CHECKING:
    from typlora.convert.stack import Options
    from typlora.verify.compiler import CompilerPool

OWN = ("auto", "model", "rules")


def open_converter(name: str, options: "Options", pool: "CompilerPool") -> Converter:
    """``name`` is one of ``OWN`` or ``others.NAMES``, or a server's address.

    ``options`` hold the folders of base and adapter; for a server ``model`` is the model's name there.

    Raises ``ConfigError`` for what is not installed, ``ModelError`` where a model is missing.
    """
    if name in NAMES:
        return open_other(name)
    if name.startswith(("http://", "https://")):
        return _server(name, options, pool)
    from typlora.convert.stack import open_cascade

    chosen = replace(options, engine=name)
    cascade = open_cascade(chosen, pool)
    return OwnConverter(_name(chosen), _version(chosen), cascade, pool)


def _server(url: str, options: "Options", pool: "CompilerPool") -> Converter:
    from typlora.convert.cascade import Cascade
    from typlora.engines import open_engine
    from typlora.verify.formula import FormulaVerifier

    engine = open_engine(url, server_model=options.model or "", samples=options.samples)
    cascade = Cascade([engine], FormulaVerifier(pool), samples=options.samples)
    return OwnConverter(f"{options.model} ({url})", __version__, cascade, pool)


def _name(options: "Options") -> str:
    name = f"typlora {options.engine}"
    if options.engine != "rules" and options.adapter is not None:
        name += f" {Path(options.adapter).name}"
    return name + (f" k={options.samples}" if options.samples else "")


def _version(options: "Options") -> str:
    """The version, and the weights where there are any."""
    if options.engine == "rules" or options.adapter is None:
        return __version__
    import hashlib

    weights = Path(options.adapter) / "adapter_model.safetensors"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()[:12] if weights.is_file() else "unknown"
    return f"{__version__} weights {digest}"
