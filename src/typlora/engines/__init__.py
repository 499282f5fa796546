"""Whatever proposes Typst for LaTeX, behind one protocol.

``open_engine`` opens any of them by name:

    tylax, pandoc                rule engines, formulas only
    model                        the language model on this machine
    http://.../v1 or https://... an OpenAI-compatible server
"""

from pathlib import Path

from typlora.engines.base import Candidate, Engine

__all__ = ["RULES", "Candidate", "Engine", "open_engine"]

RULES = ("tylax", "pandoc")  # cheapest first


def open_engine(
    spec: str,
    *,
    base: Path | None = None,
    adapter: Path | None = None,
    server_model: str = "",
    device: str = "auto",
    backend: str = "auto",
    batch_size: int = 32,
    max_new_tokens: int = 1024,
    samples: int = 0,
    temperature: float = 0.7,
    seed: int = 0,
    threads: int = 2,
) -> Engine:
    """The engine that ``spec`` names; ``base`` and ``adapter`` are folders.

    Loading happens at the first call. Raises ``ConfigError`` for an unknown name or a missing setting,
    ``EngineError`` when what an engine runs on is not installed.
    """
    from typlora.errors import ConfigError

    if spec == "tylax":
        from typlora.engines.tylax_engine import TylaxEngine

        return TylaxEngine()
    if spec == "pandoc":
        from typlora.engines.pandoc_engine import PandocEngine

        return PandocEngine()
    if spec == "model":
        from typlora.engines.model_engine import ModelEngine

        if base is None:
            raise ConfigError("the model engine needs a base; run: typlora models pull smollm2-135m")
        return ModelEngine(
            base, adapter, device, batch_size, max_new_tokens, samples, temperature, seed, backend, threads
        )
    if spec.startswith(("http://", "https://")):
        from typlora.engines.openai_engine import OpenAIEngine

        if not server_model:
            raise ConfigError(f"which model of {spec}? name it as the server does")
        return OpenAIEngine(
            spec,
            server_model,
            base,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            seed=seed,
        )
    raise ConfigError(f"there is no engine '{spec}'; choose tylax, pandoc, model or a server's address")
