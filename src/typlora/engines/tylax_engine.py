"""Rule engine: tylax, in this process, about 0.02 ms a formula."""

import time
from collections.abc import Sequence
from importlib import metadata

from typlora.engines.base import Candidate
from typlora.engines.prepare import LEAKS, Prepared, prepare
from typlora.engines.renames import modernise
from typlora.tex.unit import Unit, UnitKind

NAME = "rules:tylax"


class TylaxEngine:
    """Proposes for formulas only. Its work is the plain function ``convert``: worker processes may run that."""

    name = NAME

    @property
    def fingerprint(self) -> str:
        return f"{NAME}/{metadata.version('tylax')}/{Prepared.RULES}"

    def propose(self, units: Sequence[Unit]) -> list[Candidate | None]:
        found: list[Candidate | None] = []
        for unit in units:
            start = time.perf_counter()
            typst = convert(unit.latex, unit.display) if unit.kind is UnitKind.FORMULA else None
            found.append(None if typst is None else Candidate(typst, NAME, time.perf_counter() - start))
        return found

    def close(self) -> None:
        return None


def convert(latex: str, display: bool) -> str | None:
    """Typst for one macro-expanded formula, without dollars; ``None`` where tylax fails or leaks LaTeX."""
    prepared = prepare(latex, display)
    if prepared is None:
        return None
    raw = _run(prepared.latex)
    if raw is None or any(leak in raw for leak in LEAKS):
        return None
    return prepared.restore(modernise(raw))


def _run(latex: str) -> str | None:
    import tylax

    try:
        # Slashes bring a bug with them: `\frac{1}{n}\sum` becomes `1/nsum`.
        options = tylax.L2TOptions(frac_to_slash=False, expand_macros=False)
        typst = str(tylax.latex_to_typst(latex, options=options)).strip()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a Rust panic arrives as pyo3's PanicException, which is no Exception
        return None
    wrapper = "#math.equation(block: true, numbering: none)["
    if typst.startswith(wrapper):
        typst = typst[len(wrapper) :].removesuffix("]").strip()
    if len(typst) > 1 and typst[0] == typst[-1] == "$":
        typst = typst[1:-1].strip()
    return typst
