"""A unit with the Typst chosen for it, and how far that is proved."""

from dataclasses import dataclass

from typlora.tex.unit import Unit
from typlora.verify.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Conversion:
    """``provenance``: ``model``, ``rules:tylax``, ``rules:pandoc``, ``rules:mitex``, ``structure``
    (deterministic writers), ``model:parts`` and ``rules:parts`` (put together from answers for parts),
    ``repaired`` or ``kept-latex`` (nothing compiled: the LaTeX stays visible).
    ``note`` is the reason shown to a person where something was lost."""

    unit: Unit
    typst: str
    verdict: Verdict
    provenance: str
    seconds: float = 0.0
    note: str = ""
