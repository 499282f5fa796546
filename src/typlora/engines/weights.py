"""Weights for inference: a base, with an adapter merged into it in memory."""

import hashlib
import importlib.util
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typlora.errors import ModelError

ADAPTER_WEIGHTS = "adapter_model.safetensors"
ADAPTER_CONFIG = "adapter_config.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """Which weights an engine answers with. ``adapter`` is a run folder or a plain PEFT folder."""

    base: Path
    adapter: Path | None = None

    def identity(self) -> str:
        """A hash over base and adapter, 16 hexadecimal digits. Raises ``ModelError`` for a broken adapter."""
        from typlora.model.base import weights_hash

        digest = hashlib.sha256(weights_hash(self.base).encode())
        if self.adapter is not None:
            for name in (ADAPTER_CONFIG, ADAPTER_WEIGHTS):
                path = self.adapter / name
                try:
                    digest.update(hashlib.sha256(path.read_bytes()).digest())
                except OSError as error:
                    raise ModelError(
                        f"{path}: cannot read the adapter ({error.strerror}); see: typlora models list"
                    ) from None
        return digest.hexdigest()[:16]

    def check(self, template_hash: str) -> None:
        """Refuse an adapter trained on another base or prompt template; a plain PEFT folder has no record."""
        from typlora.model.base import weights_hash
        from typlora.model.runs import RECORD_FILE, read_record

        if self.adapter is not None and (self.adapter / RECORD_FILE).is_file():
            read_record(self.adapter).check(self.adapter, weights_hash(self.base), template_hash)

    def load(self, dtype: str, device: str) -> Any:
        """The merged model in evaluation mode. ``dtype``: ``float32`` or ``bfloat16``. Needs no network.

        Raises ``ModelError`` when weights or adapter cannot be read or a library is missing.
        """
        try:
            import torch
            from transformers import AutoModelForCausalLM
            from transformers.utils import logging as transformers_logging
        except ImportError as error:
            raise ModelError(
                f"the model engine needs {error.name}: pip install 'typlora[cpu]', or use --engine rules"
            ) from None
        transformers_logging.disable_progress_bar()
        try:
            model = AutoModelForCausalLM.from_pretrained(
                str(self.base),
                dtype=getattr(torch, dtype),
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=False,
            )
        except (OSError, ValueError) as error:
            raise ModelError(f"{self.base}: cannot load the base model ({_line(error)})") from None
        if self.adapter is not None:
            model = self._merged(model)
        return model.eval().requires_grad_(False).to(device)

    def _merged(self, model: Any) -> Any:
        if importlib.util.find_spec("peft") is None:
            raise ModelError("adapters need peft: pip install 'typlora[cpu]'")
        # bitsandbytes, which peft imports, complains of an optional package that would be downloaded
        logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
        from peft import PeftModel

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)
                with_adapter = PeftModel.from_pretrained(model, str(self.adapter), local_files_only=True)
                return with_adapter.merge_and_unload()
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise ModelError(f"{self.adapter}: the adapter does not fit this base ({_line(error)})") from None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
