"""Which model a converting command asks: base and adapter, found from the flags or from what is installed."""

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from typlora.errors import ConfigError, ModelError

if TYPE_CHECKING:
    from typlora.convert.stack import Options

WEIGHTS = "adapter_model.safetensors"


def with_model(options: "Options") -> tuple["Options", list[str]]:
    """``options`` with folders of base and adapter, and lines that tell what is missing.

    ``--engine auto`` without a model becomes ``rules``, with one line that says why. Raises ``ModelError``
    where a model was asked for (``--engine model``, ``--model`` or ``--adapter``) and is not there, and
    ``ConfigError`` for a server without a model's name, or with a backend.
    """
    if options.engine == "rules":
        return options, []
    if options.model is not None and options.model.startswith(("http://", "https://")):
        return _with_server(options), []
    asked = options.engine == "model" or options.model is not None or options.adapter is not None
    try:
        adapter = find_adapter(options.adapter)
        base = find_base(options.model, adapter)
        _check_libraries()
    except ModelError as error:
        if asked:
            raise
        return replace(options, engine="rules", samples=0), [f"going on with rules alone: {error}"]
    quiet()
    return replace(options, model=str(base), adapter=str(adapter)), []


def _with_server(options: "Options") -> "Options":
    """``--model URL --adapter NAME``: a run of ours by its name there gets our own prompt, others a chat."""
    if options.backend != "auto":
        raise ConfigError("--backend is for a model on this machine; a server computes as it was started")
    if options.adapter is None:
        raise ConfigError(f"which model of {options.model}? give --adapter NAME, as the server names it")
    try:
        adapter = find_adapter(options.adapter)
    except ModelError:
        return options
    return replace(options, adapter=adapter.name, tokenizer=str(find_base(None, adapter)))


def outputs_folders() -> list[Path]:
    """Where run folders may stand: the working folder's ``outputs/``, then the checkout's."""
    import typlora

    checkout = Path(typlora.__file__).resolve().parents[2]
    return [folder for folder in dict.fromkeys((Path("outputs"), checkout / "outputs")) if folder.is_dir()]


def find_adapter(name: str | None) -> Path:
    """A run's folder by path, name or number, or the promoted run. ``ModelError`` where there is none."""
    if name is not None:
        from typlora.model.numbering import numbered
        from typlora.model.runs import RECORD_FILE

        places = [Path(name), *(outputs / name for outputs in outputs_folders())]
        places += filter(None, (numbered(name, outputs) for outputs in outputs_folders()))
        for folder in places:
            if (folder / WEIGHTS).is_file():
                return folder
            if (folder / RECORD_FILE).is_file():
                raise ModelError(f"{folder} is not finished (it has no {WEIGHTS}); typlora resume {folder}")
        raise ModelError(f"there is no adapter in '{name}' ({WEIGHTS} is missing); see: typlora models list")
    for outputs in outputs_folders():
        if (run := promoted_run(outputs)) is not None:
            return run
    raise ModelError("no adapter is installed; give --adapter RUN, or train one with typlora train")


def promoted_run(outputs: Path) -> Path | None:
    """The promoted run of an ``outputs/`` folder; without a promotion the newest one that has weights."""
    from typlora.model.numbering import promoted

    runs = sorted(folder for folder in outputs.iterdir() if (folder / WEIGHTS).is_file())
    named = [folder for folder in runs if folder.name == promoted(outputs)]
    return named[0] if named else runs[-1] if runs else None


def find_base(model: str | None, adapter: Path) -> Path:
    """The base's folder: as given, else the one the adapter was trained on. Never downloads anything."""
    from typlora.model import base, runs

    name = model
    if name is None:
        record = adapter / runs.RECORD_FILE
        name = runs.read_record(adapter).base if record.is_file() else base.DEFAULT_BASE
    try:
        return base.resolve(name, may_pull=False)
    except ModelError as error:
        if name in base.EMBEDDED or Path(name).exists() or name.count("/") != 1:
            raise
        raise ModelError(
            f"the weights of {name} are not on this machine (they may need an account at their hub); give "
            f"their folder with --model, or use the embedded base: --model {base.DEFAULT_BASE} with an "
            "adapter trained on it"
        ) from error


def quiet() -> None:
    """Model libraries tell programmers of coming changes on standard error; our lines must stand out."""
    import logging
    import os
    import warnings

    warnings.filterwarnings("ignore")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    for name in ("transformers", "bitsandbytes", "peft", "torch"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _check_libraries() -> None:
    missing = [name for name in ("torch", "transformers", "peft") if importlib.util.find_spec(name) is None]
    if missing:
        raise ModelError(f"{', '.join(missing)} not installed; pip install 'typlora[cpu]'")
